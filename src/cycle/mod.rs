//! One poll cycle, the whole story on one page.
//!
//! fetch → analyze → aggregate → alert: what is new at the PCE goes through the
//! rules as it comes in; what the rules have to tell becomes one mail; the mail
//! and the new positions are saved in one write; only then is it sent. Each stage is a
//! file below, from values to values; what they found is held together here. Knows
//! every room.

mod below;
mod clock;
mod conditions;
mod daily;
mod died;
mod events;
mod expiry;
mod filing;
mod forward;
mod gap;
mod ip_lists;
mod letter;
pub mod notice;
mod outcome;
mod pauses;
mod poll;
mod rehearsal;
mod routing;
mod sight;
mod site;
mod tallies;
mod telling;
mod test_mail;
mod thread;
mod traffic;
mod trial;
mod workloads;

use std::time::{Duration, Instant};

use jiff::Timestamp;

use self::conditions::{Standing, note_what_was_caught_up, watch};
use self::filing::Filing;
use self::letter::{blank_report, letter};
use self::notice::Happened;
use self::outcome::{Named, Trouble};
use self::poll::{Poll, fetch};
use self::site::Site;
use crate::commands::call::Call;
use crate::exit::Code;
use crate::lang::{Both, cycle as say};
use crate::mail::outbox::{Sent, Waiting};
use crate::net::AddressBook;
use crate::pce::clock::Clock;
use crate::report::{Alert, Condition, ConditionNews, Kind, Report};
use crate::rules::Level;
use crate::rules::minutes::minute_of;
use crate::store::state::{LastRun, State};
use crate::store::{self, Opened, Saved, StateUse, Store};

pub use self::outcome::{Figures, Outcome};
pub use self::rehearsal::rehearse;
pub use self::test_mail::test_mail;

/// How long waiting mail is tried before anything else.
const WAITING_MAIL: Duration = Duration::from_secs(60);

/// How long this cycle's own mail is tried, beyond the cycle's deadline if need be.
const OWN_MAIL: Duration = Duration::from_secs(60);

/// Runs one cycle. Never fails: whatever goes wrong is in the outcome, and what could be
/// done all the same is done.
pub fn run(call: Call<'_>, state_use: StateUse) -> Outcome {
    let began = Instant::now();
    let lang = call.language(None);
    let refuse = |error: &store::Error| {
        let code = Code::of_failure(error.needs_a_person());
        Outcome::refused(code, error.lines(lang), call.now, began.elapsed())
    };
    let locked =
        store::resolve(call.config).and_then(|path| Ok((store::begin_run(&path, call.now)?, path)));
    let (lock, path) = match locked {
        Ok(locked) => locked,
        Err(error) => return refuse(&error),
    };
    let cycle = |opened| Cycle::begin(opened, call, began, lock.died());
    let (outcome, died_is_kept) = match store::open(&path, call.env, state_use) {
        Ok(opened) => cycle(opened).whole(),
        Err(unopened) => match unopened.last {
            Some(last) => cycle(*last).on_an_invalid_file(&unopened.error),
            None => (refuse(&unopened.error), false),
        },
    };
    lock.end(died_is_kept);
    outcome
}

/// A cycle under way: what it goes by, what is remembered, and what it came to so far.
struct Cycle<'a> {
    site: Site<'a>,
    store: Store,
    state: State,
    /// What is known of names.
    book: AddressBook,
    /// The host's clock, until the PCE's is known.
    clock: Clock,
    /// What became of mail.
    sent: Sent,
    /// How many records were handed on.
    forwarded: usize,
    /// What else failed, in its order.
    troubles: Vec<Trouble>,
    /// What was lost, skipped, cut or reset, for the mail.
    happened: Vec<Happened>,
    /// What is merely worth knowing, for a mail a day.
    remarks: Vec<String>,
    /// What it told, by name.
    told: Vec<Named>,
    /// Whether so many runs before this one died that it is worth a mail.
    died_in_a_row: bool,
    /// Whether this cycle's state was saved at all.
    is_kept: bool,
}

/// What a cycle found, for its mail.
struct Findings {
    poll: Poll,
    alerts: Vec<Alert>,
    filing: Filing,
}

/// What a cycle has to tell, before it is put into words for anyone.
struct Telling {
    /// All of it, without a footer.
    report: Report,
    /// For its notices from the first on: the routes that take them, as
    /// [`crate::mail::Settings::taking`] has them; none for those behind.
    notices_by: Vec<u64>,
    /// So many of its notices, the last ones, are about mail.
    notices_about_mail: usize,
}

impl<'a> Cycle<'a> {
    fn begin(opened: Opened, call: Call<'a>, began: Instant, died: &[Timestamp]) -> Self {
        let Opened { store, mut config, mut state, notes, .. } = opened;
        let lang = call.lang.unwrap_or(config.settings.language);
        config.settings.language = lang;
        let site = Site { path: store.path().to_owned(), config, call, began };
        let (lost, told): (Vec<_>, Vec<_>) = notes.into_iter().partition(store::Note::is_loss);
        let mut remarks = site.config.warnings.clone();
        remarks.extend(told.iter().map(|note| note.text(lang)));
        if !site.config.pce.verify_tls {
            remarks.push(say::tls_not_verified(lang));
        }
        let new = died::take_note(&mut state.died, died);
        let lost_lines = lost.iter().map(|note| note.text(lang));
        let died_lines = new.iter().map(|begun| say::run_died(lang, site.local(*begun)));
        let lines = lost_lines.chain(died_lines);
        Self {
            troubles: lines.map(|line| Trouble::new(Code::Done, line)).collect(),
            happened: lost.into_iter().map(Happened::Opened).collect(),
            died_in_a_row: died::is_a_series(died, &new),
            clock: Clock::of_host(call.now, state.clock_offset()),
            book: AddressBook::new(state.addresses.clone(), call.now),
            sent: Sent::default(),
            forwarded: 0,
            is_kept: false,
            remarks,
            told: Vec::new(),
            site,
            store,
            state,
        }
    }

    /// The story. True beside its outcome where the state was saved.
    fn whole(mut self) -> (Outcome, bool) {
        self.deliver_what_waits();
        let mut filing = Filing::open(&self.site, &self.state);
        let (site, state) = (&self.site, &mut self.state);
        let mut poll = fetch(site, state, &mut filing, self.clock, &self.book);
        self.clock = poll.clock;
        let alerts = tallies::judge(site, state, poll.let_go_by, self.clock.now());
        poll.happened.extend(tallies::groups_gone(site, state, self.clock.now()));
        let left_out = filing.seal(state);
        poll.happened.extend(left_out);
        let mut found = poll.found(site);
        found.extend(workloads::found(&poll.judged));
        found.extend(below::found(site, state, &poll));
        found.extend(workloads::unwatched(site, state.conditions.keys()));
        found.extend(filing.standing().map(|standing| (Condition::Archive, standing)));
        found.extend(forward::found(site, state));
        if !poll.verdict.is_doubted() {
            found.extend(expiry::found(site, poll.certificate.as_ref()));
        }
        self.troubles.extend(poll.troubles(site));
        if let Some(unfiled) = &filing.unfiled {
            self.fails(Code::Retry, [unfiled.text(self.site.lang())]);
        }
        self.tell(Findings { poll, alerts, filing }, found)
    }

    /// The file is invalid: no cycle, but a mail through the settings of `.last`.
    fn on_an_invalid_file(mut self, error: &store::Error) -> (Outcome, bool) {
        self.deliver_what_waits();
        let now = Standing::Ill(Level::Critical, Both::of(|lang| error.lines(lang).join("\n")));
        let mut found = vec![(Condition::Configuration, now)];
        found.extend(expiry::found(&self.site, None));
        self.fails(Code::Config, error.lines(self.site.lang()));
        let (poll, filing) = (Poll::before(self.clock), Filing::default());
        self.tell(Findings { poll, alerts: Vec::new(), filing }, found)
    }

    /// One mail, saved before it is sent: what is not saved would be told again.
    /// Waiting mail had its try in this cycle and gets no other by itself.
    fn tell(
        mut self,
        mut findings: Findings,
        found: Vec<(Condition, Standing)>,
    ) -> (Outcome, bool) {
        let poll = &mut findings.poll;
        self.happened.append(&mut poll.happened);
        let pauses = self.site.pauses();
        let seen = minute_of(poll.seen_at);
        let is_paused = |condition| pauses.of_condition(condition, seen).is_some();
        let moment = self.site.moment(poll.seen_at, &is_paused);
        let mut news = watch(&mut self.state.conditions, found, &moment);
        note_what_was_caught_up(&mut news, poll);
        forward::name_receivers(&mut news, &self.site);
        workloads::note_what_is_told(&mut self.state.workloads, &poll.judged, &news);
        let news = pauses::hold_conditions(&pauses, &mut self.state, news, poll.seen_at);
        self.mind_the_gap(poll);
        let figures = Figures {
            events: poll.new_events,
            flows: poll.rows,
            alerts: findings.alerts.len(),
            mails: self.sent.delivered,
            pending: 0,
            forwarded: None,
        };
        let failed = self.code_at_the_end() != Code::Done;
        let (day, now) = (&mut self.state.day, self.clock.now());
        daily::count_the_run(&self.site, day, &figures, &findings.alerts, failed, now);
        let has_news = self.write_mails(&mut findings, news);
        self.note_the_end();
        let delivered = self.sent.delivered;
        let filing = &mut findings.filing;
        let saved = self.save() || (self.give_up(filing) && self.save());
        if saved && has_news && self.deliver(OWN_MAIL) {
            let more = self.sent.delivered - delivered;
            let failed = (failed, self.code_at_the_end() != Code::Done);
            daily::count_own_mail(&self.site, &mut self.state.day, more, failed);
            self.note_the_end();
            self.save();
        }
        // After the mail: no archive holds up an alert.
        if saved && let Err(unfiled) = filing.file() {
            self.fails(Code::Retry, [unfiled.text(self.site.lang())]);
            self.note_the_end();
            self.save();
        }
        if saved {
            self.hand_on();
        }
        self.finish(figures)
    }

    /// Tells the times without a run; not by a clock that is doubted.
    fn mind_the_gap(&mut self, poll: &Poll) {
        if poll.verdict.is_doubted() {
            return;
        }
        let is_good = self.code() == Code::Done;
        let gaps = gap::mind(&self.site, &mut self.state, self.clock.now(), is_good);
        self.happened.extend(gaps.into_iter().map(Happened::Gap));
    }

    /// Puts what there is to tell into the outbox; false where there is nothing.
    fn write_mails(&mut self, findings: &mut Findings, news: Vec<ConditionNews>) -> bool {
        if self.died_in_a_row {
            let died = died::tell(&mut self.state.died);
            self.happened.push(Happened::RunsDied(died));
        }
        let daily = self.daily_report(&findings.poll);
        let telling = self.what_to_tell(findings, news);
        let mut mails =
            telling.map(|telling| self.tell_each(telling, findings)).unwrap_or_default();
        if daily.is_some() {
            self.told.push(outcome::of_daily_report(self.site.lang()));
        }
        mails.extend(daily);
        let has_news = !mails.is_empty();
        let reader = self.site.reader();
        mails.into_iter().for_each(|mail| self.state.outbox.push(mail, &reader));
        has_news
    }

    /// The day's report, if it is due; not by a clock that is doubted.
    fn daily_report(&mut self, poll: &Poll) -> Option<Waiting> {
        if poll.verdict.is_doubted() {
            return None;
        }
        let (site, now) = (&self.site, self.clock.now());
        let day = daily::end_the_day(site, &mut self.state.day, now)?;
        let learning = tallies::learning(site, &mut self.state, now);
        let mut footer = died::lines(site, &mut self.state.died);
        footer.extend(site.taken_from_memory(&self.book));
        let told = &mut self.state.remarks_told;
        footer.extend(letter::remarks(site, &self.remarks, told, site.day(now)));
        footer.push(site.config_line());
        Some(daily::report(site, &self.state, (day, learning), footer, now))
    }

    /// All that this cycle has to tell, whoever hears of it.
    fn what_to_tell(
        &mut self,
        findings: &mut Findings,
        news: Vec<ConditionNews>,
    ) -> Option<Telling> {
        let (now, reader) = (self.clock.now(), self.site.reader());
        if self.state.before_jump.is_none() {
            self.state.outbox.expire(now);
        }
        let alerts = std::mem::take(&mut findings.alerts);
        self.note_what_is_not_handed_on(!alerts.is_empty() || !news.is_empty());
        let lost = self.state.outbox.take_untold();
        let nothing_else = alerts.is_empty() && news.is_empty() && self.happened.is_empty();
        let with_mail = !(nothing_else && lost.is_empty());
        let paused = pauses::found(&self.site, &mut self.state.held, now, with_mail);
        let mut notices_by = vec![0; self.happened.len()];
        for (happened, routes) in routing::by_routes(paused, &self.site.config.mail) {
            self.happened.push(happened);
            notices_by.push(routes);
        }
        let notices_about_mail = lost.len();
        self.happened.extend(lost.into_iter().map(Happened::MailLost));
        if alerts.is_empty() && news.is_empty() && self.happened.is_empty() {
            return None;
        }
        let kind = if alerts.is_empty() { Kind::Condition } else { Kind::Alert };
        let mut conditions = news;
        conditions.sort_by_key(|news| std::cmp::Reverse(news.level));
        let report = Report {
            conditions,
            alerts,
            notices: self.happened.iter().map(|happened| happened.notice(&reader)).collect(),
            ..blank_report(&self.site.config, kind, now)
        };
        self.told = outcome::told(&report, &self.site);
        Some(Telling { report, notices_by, notices_about_mail })
    }

    /// What an earlier run left, before anything else: how it went has to be saved.
    fn deliver_what_waits(&mut self) {
        if self.deliver(WAITING_MAIL) {
            self.save();
        }
    }

    /// Tries all waiting mail; true where there was some, so that how it went has to
    /// be saved.
    fn deliver(&mut self, patience: Duration) -> bool {
        let (now, reader) = (self.clock.now(), self.site.reader());
        let outbox = &mut self.state.outbox;
        if outbox.mails.is_empty() && !outbox.unconfirmed.is_due(now) {
            return false;
        }
        let deadline = Instant::now() + patience;
        let mail = &self.site.config.mail;
        let sent = outbox.deliver(mail, &reader, now, deadline, &self.book);
        let delivery = match sent.worst().cloned().or_else(|| outbox.doubt()) {
            None => Standing::Well,
            Some(failure) => Standing::Ill(Level::Warning, Both::of(|lang| failure.text(lang))),
        };
        self.sent.add(sent);
        let found = vec![(Condition::Delivery, delivery)];
        // That one no pause holds.
        watch(&mut self.state.conditions, found, &self.site.moment(now, &|_| false));
        true
    }

    fn note_the_end(&mut self) {
        let now = self.clock.now();
        let before = self.state.last_run.take().and_then(|run| run.complete_at);
        let code = self.code_at_the_end();
        self.state.last_run = Some(LastRun {
            at: now,
            outcome: code.word().to_owned(),
            complete_at: if code == Code::Done { Some(now) } else { before },
        });
    }

    /// The worst of what failed in this run.
    fn code(&self) -> Code {
        let troubles = self.troubles.iter().map(|trouble| trouble.code);
        let failures = self.sent.failures.iter();
        let mails = failures.map(|failure| Code::of_failure(failure.needs_a_person()));
        troubles.chain(mails).max().unwrap_or(Code::Done)
    }

    /// A mail that nobody confirmed is one that failed, in each cycle until someone does.
    fn code_at_the_end(&self) -> Code {
        if self.state.outbox.unconfirmed.is_empty() {
            self.code()
        } else {
            self.code().max(Code::Retry)
        }
    }

    /// Saves the state; false where it could be saved nowhere.
    fn save(&mut self) -> bool {
        self.state.addresses = self.book.addresses();
        self.note_fates();
        let saved = self.store.save(&mut self.state);
        self.is_kept |= saved.is_ok();
        let lang = self.site.lang();
        match saved {
            Ok(Saved::Both) => {}
            Ok(Saved::LastOnly(error)) => self.fails(Code::Config, error.lines(lang)),
            // It is in the file, and by that what a mail tells is told once.
            Ok(Saved::But(remark)) => self.fails(Code::Retry, [remark.text(lang)]),
            Err(error) => {
                let code = Code::of_failure(error.needs_a_person());
                self.fails(code, error.lines(lang));
                return false;
            }
        }
        true
    }

    /// Lets the records for the archive go, to make room for the state; false where there
    /// were none.
    fn give_up(&mut self, filing: &mut Filing) -> bool {
        let unfiled = filing.give_up(&mut self.state);
        let lang = self.site.lang();
        self.fails(Code::Retry, unfiled.iter().map(|unfiled| unfiled.text(lang)));
        unfiled.is_some()
    }

    /// Takes note of what failed. A cycle saves up to three times, mostly with the same
    /// outcome: told once.
    fn fails(&mut self, code: Code, lines: impl IntoIterator<Item = String>) {
        for trouble in lines.into_iter().map(|line| Trouble::new(code, line)) {
            if !self.troubles.contains(&trouble) {
                self.troubles.push(trouble);
            }
        }
    }

    fn finish(self, figures: Figures) -> (Outcome, bool) {
        let (lang, code) = (self.site.lang(), self.code_at_the_end());
        let (sent, outbox) = (&self.sent, &self.state.outbox);
        let doubt = outbox.doubt();
        let troubles = self.troubles.iter().map(|trouble| trouble.text.clone());
        let failures = sent.failures.iter().chain(&doubt).map(|failure| failure.text(lang));
        let notes = sent.notes.iter().map(|note| note.text(lang));
        // Where nothing failed, the mails and `check` tell it.
        let memory = (code != Code::Done).then(|| self.site.taken_from_memory(&self.book));
        let problems = troubles.chain(failures).chain(notes).chain(memory.into_iter().flatten());
        let outcome = Outcome {
            code,
            at: self.clock.now(),
            figures: Some(Figures {
                mails: sent.delivered,
                pending: outbox.waiting(),
                forwarded: (!self.site.config.forward.is_empty()).then_some(self.forwarded),
                ..figures
            }),
            problems: problems.map(|problem| self.site.config.secrets.hide(&problem)).collect(),
            took: self.site.began.elapsed(),
            told: self.told,
            holds: outcome::holding(&self.state, &self.site),
            zone: self.site.zone(),
        };
        (outcome, self.is_kept)
    }
}
