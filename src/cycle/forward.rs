//! HAND ON: what a cycle tells, for other programs, beside the mail.
//!
//! Records are made with the mail and saved with it; they go after it, each receiver in a
//! thread of its own and all within [`PATIENCE`], so that a dead one delays neither a mail
//! nor another. How a receiver was is told by the next run's mail.

use std::thread;
use std::time::{Duration, Instant};

use super::conditions::Standing;
use super::notice::{Happened, Part};
use super::site::Site;
use super::{Cycle, letter};
use crate::exit::Code;
use crate::forward::record::{Head, Kind, Words};
use crate::forward::{Handed, Record, Sender, hand_on};
use crate::lang::{Both, Lang};
use crate::mail::compose::{alert_in_a_line, condition_in_words};
use crate::mail::outbox::Reader;
use crate::report::{Condition, ConditionNews, Notice, Phase, ReceiverKey, Report};
use crate::rules::Level;
use crate::store::state::State;

/// How long handing on may take, beyond the cycle's deadline if need be.
const PATIENCE: Duration = Duration::from_secs(15);

/// How the receivers were when something was last handed on to them.
pub(super) fn found(site: &Site<'_>, state: &State) -> Vec<(Condition, Standing)> {
    let receivers = site.config.forward.iter();
    let named = receivers.map(|receiver| (&receiver.name, ReceiverKey::of(&receiver.name)));
    let named: Vec<(&String, ReceiverKey)> = named.collect();
    let mut found = Vec::new();
    for (name, key) in &named {
        let condition = Condition::Forward(*key);
        match state.forward.failing.get(*name) {
            Some(said) => found.push((condition, Standing::Ill(Level::Warning, said.clone()))),
            None if state.conditions.contains_key(&condition) => {
                found.push((condition, Standing::Well));
            }
            None => {}
        }
    }
    let is_gone = |key: &ReceiverKey| named.iter().all(|(_, known)| known != key);
    let gone = state
        .conditions
        .keys()
        .filter(|condition| matches!(condition, Condition::Forward(key) if is_gone(key)));
    found.extend(gone.map(|condition| (*condition, Standing::Unwatched)));
    found
}

/// Says of which receiver news are.
pub(super) fn name_receivers(news: &mut [ConditionNews], site: &Site<'_>) {
    for news in news {
        let Condition::Forward(key) = news.condition else { continue };
        let mut receivers = site.config.forward.iter();
        let its = receivers.find(|receiver| ReceiverKey::of(&receiver.name) == key);
        news.receiver = its.map(|receiver| receiver.name.clone());
    }
}

impl Cycle<'_> {
    /// What will not be handed on any more, for the mail; `with_others`: one goes out anyway.
    pub(super) fn note_what_is_not_handed_on(&mut self, with_others: bool) {
        let (now, settings) = (self.clock.now(), &self.site.config.settings);
        let queue = &mut self.state.forward;
        if self.state.before_jump.is_none() {
            queue.expire(now);
        }
        let gone = queue.keep_only(&self.site.config.forward);
        let with_others = with_others || !gone.is_empty() || !self.happened.is_empty();
        let dropped = queue.take_untold(now, settings.reminder_hours, with_others);
        let let_go = gone
            .into_iter()
            .map(|(receiver, records)| Happened::RecordsLetGo { receiver, records });
        let dropped = dropped
            .into_iter()
            .map(|(receiver, records)| Happened::RecordsDropped { receiver, records });
        self.happened.extend(let_go.chain(dropped));
    }

    /// What a report tells, as far as anyone gets it.
    pub(super) fn to_hand_on(&self, report: &Report) -> Vec<Told> {
        match self.site.config.forward.is_empty() {
            true => Vec::new(),
            false => records(&self.site, report, &self.happened),
        }
    }

    /// Keeps records, to be saved with the mails. `mails`: the Message-ID of the first mail
    /// that tells what has that place, where there is one; else it is `first`.
    pub(super) fn keep_to_hand_on(
        &mut self,
        told: Vec<Told>,
        mails: &[Option<String>],
        first: &str,
    ) {
        let of = |place: usize| mails.get(place).and_then(Option::as_deref).unwrap_or(first);
        let told = told.into_iter().enumerate();
        let records = told.map(|(nth, told)| told.record.told_by(of(told.place), nth));
        self.state.forward.put(records.collect(), &self.site.config.forward);
    }

    /// Hands on what is saved, each receiver's in its order, and saves what has come.
    pub(super) fn hand_on(&mut self) {
        let handed = hand_on_to_each(&self.site, &self.state, &self.book);
        if handed.is_empty() {
            return;
        }
        let secrets = self.site.config.secrets.clone();
        for (name, Handed { served, failure, stays_open }) in handed {
            let queue = &mut self.state.forward;
            queue.serve(&name, served);
            stays_open.into_iter().for_each(|stays| queue.note_stays_open(&name, stays));
            self.forwarded += served;
            match failure.map(|failure| failure.without(&secrets)) {
                None if served > 0 => drop(queue.failing.remove(&name)),
                None => {}
                Some(failure) => {
                    let said = Both::of(|lang| secrets.hide(&failure.text(lang)));
                    let line = said.text(self.site.lang()).to_owned();
                    queue.failing.insert(name, said);
                    self.fails(Code::Retry, [line]);
                }
            }
        }
        self.note_the_end();
        self.save();
    }
}

/// What became of each receiver's records, of those that have some.
fn hand_on_to_each(
    site: &Site<'_>,
    state: &State,
    book: &crate::net::AddressBook,
) -> Vec<(String, Handed)> {
    let deadline = Instant::now() + PATIENCE;
    let sender = &Sender {
        host: letter::hostname().unwrap_or_default(),
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    thread::scope(|scope| {
        let under_way = site.config.forward.iter().filter_map(|receiver| {
            let queue = &state.forward;
            if queue.waiting_for(&receiver.name).is_empty() {
                return None;
            }
            let work = move || hand_on(receiver, queue, sender, book, deadline);
            Some((receiver.name.clone(), scope.spawn(work)))
        });
        let under_way: Vec<_> = under_way.collect();
        let done = under_way.into_iter();
        done.map(|(name, work)| (name, work.join().unwrap_or_default())).collect()
    })
}

/// A record, and the place of what it tells among all that is told: conditions, alerts,
/// notices.
pub(super) struct Told {
    place: usize,
    record: Record,
}

/// All that a report tells, one record each: conditions, alerts, notices. What is told of
/// receivers' own records is no record: each would bring about the next.
fn records(site: &Site<'_>, report: &Report, happened: &[Happened]) -> Vec<Told> {
    let (lang, now) = (site.lang(), report.made_at);
    let head = Head { time: now, site: &report.site, pce: &report.pce_url, org: &report.org_id };
    let conditions = report.conditions.iter().map(|news| {
        let level = if news.phase == Phase::Ended { Level::Info } else { news.level };
        let blank = Record::new(&head, Kind::Condition, level, words(news, lang, now));
        blank.of_condition(news, now)
    });
    let alerts = report.alerts.iter().map(|alert| {
        let words = Words {
            name: alert.rule_name.clone(),
            text: alert_in_a_line(alert, lang),
            meaning: alert.desc.clone(),
            advice: alert.rec.clone(),
        };
        Record::new(&head, Kind::Alert, alert.level, words).of_alert(alert)
    });
    let before = report.conditions.len() + report.alerts.len();
    let notices = report.notices.iter().zip(happened).enumerate();
    let notices = notices.filter(|(_, (_, happened))| !happened.is_about_records());
    let notices = notices.flat_map(|(at, (notice, happened))| {
        let records = of_notice(notice, happened, &head, &site.reader());
        records.into_iter().map(move |record| (before + at, record))
    });
    let hide = |text: &str| site.config.secrets.hide(text);
    let all = conditions.chain(alerts).enumerate().chain(notices);
    all.map(|(place, record)| Told { place, record: record.map(&hide) }).collect()
}

/// What a notice tells: one record, or of what a pause held one for each rule and each
/// condition. They are as bad as they would have been.
fn of_notice(
    notice: &Notice,
    happened: &Happened,
    head: &Head<'_>,
    reader: &Reader,
) -> Vec<Record> {
    let blank = |text: String| {
        let (name, advice) = (notice.title.clone(), notice.advice.clone());
        let words = Words { name, text, meaning: String::new(), advice };
        let blank = Record::new(head, Kind::Notice, Level::Warning, words);
        Record { notice: happened.word().to_owned(), ..blank }
    };
    let Happened::HeldBack(_, held) = happened else {
        return vec![blank(notice.text.clone())];
    };
    let part = |part: Part<'_>| {
        let blank = blank(part.text(reader));
        match part {
            Part::Rule(id, held) => blank.of_held_rule(id, held),
            Part::Condition(held) => blank.of_held_condition(held),
            Part::Beyond(count) => Record { count: Some(count), ..blank },
        }
    };
    Part::all_of(held).map(part).collect()
}

fn words(news: &ConditionNews, lang: Lang, now: jiff::Timestamp) -> Words {
    let [name, meaning, advice] = condition_in_words(news, lang, now);
    let text = match news.detail.text(lang) {
        "" => name.clone(),
        detail => format!("{name}: {detail}"),
    };
    Words { name, text, meaning, advice }
}
