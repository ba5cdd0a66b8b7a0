//! One poll cycle, the whole story on one page.
//!
//! fetch → analyze → aggregate → alert: what is new at the PCE goes through the
//! rules as it comes in; what the rules have to tell becomes one mail; the mail
//! and the new positions are saved in one write; only then is it sent. Knows
//! every room. A fetch that fails costs nothing but time: its position stays.

mod archive;
mod clock;
mod conditions;
mod daily;
mod died;
mod events;
mod expiry;
mod gap;
mod greet;
mod letter;
pub mod notice;
mod outcome;
mod tallies;
mod test_mail;
mod thread;
mod traffic;

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::archive::Archive;
use crate::certificate::Certificate;
use crate::exit::Code;
use crate::lang::{Lang, cycle as say};
use crate::mail::outbox::{Reader, Sent};
use crate::net::AddressBook;
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::error::Error;
use crate::report::records::Records;
use crate::report::{Alert, Condition, ConditionNews, Notice};
use crate::rules::Level;
use crate::rules::minutes::minute_of;
use crate::store::state::State;
use crate::store::{self, Config, Env, Opened, Saved, StateUse, Store};

pub use outcome::{Figures, Outcome};
pub use test_mail::test_mail;
use traffic::Asked;

/// How long waiting mail is tried before anything else.
const WAITING_MAIL: Duration = Duration::from_secs(60);

/// How long this cycle's own mail is tried, beyond the cycle's deadline if need be.
const OWN_MAIL: Duration = Duration::from_secs(60);

/// What a run is given from outside.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// The host's time.
    pub now: Timestamp,
    /// For the Message-ID.
    pub random: u64,
    /// The language asked for on the command line, over the config's.
    pub lang: Option<Lang>,
    /// Whether the last run's state is used.
    pub state_use: StateUse,
    /// Called while the PCE computes, with a line that says so.
    pub progress: &'a dyn Fn(&str),
}

impl Start<'_> {
    /// The language as long as no config says one.
    fn language(&self, env: &Env) -> Lang {
        env.screen_language(self.lang, None)
    }
}

/// Runs one cycle on the config at `path`. Never fails: whatever goes wrong is in
/// the outcome, and what could be done all the same is done.
pub fn run(path: &Path, env: &Env, start: Start<'_>) -> Outcome {
    let began = Instant::now();
    let lang = start.language(env);
    let refuse = |error: &store::Error| {
        let code = Code::of_failure(error.needs_a_person());
        Outcome::refused(code, error.lines(lang), start.now, began.elapsed())
    };
    let locked =
        store::resolve(path).and_then(|path| Ok((store::begin_run(&path, start.now)?, path)));
    let (lock, path) = match locked {
        Ok(locked) => locked,
        Err(error) => return refuse(&error),
    };
    let cycle = |opened| Cycle::new(opened, start, began, lock.died());
    let (outcome, died_is_kept) = match store::open(&path, env, start.state_use) {
        Ok(opened) => cycle(opened).whole(),
        Err(unopened) => match unopened.last {
            Some(last) => cycle(*last).on_an_invalid_file(&unopened.error),
            None => (refuse(&unopened.error), false),
        },
    };
    lock.end(died_is_kept);
    outcome
}

/// A cycle under way.
struct Cycle<'a> {
    config: Config,
    store: Store,
    state: State,
    lang: Lang,
    start: Start<'a>,
    began: Instant,
    clock: Clock,
    /// Whether it stands before what was read already: nothing is due by it.
    clock_doubted: bool,
    /// Whether the PCE took the key to the end of this cycle.
    key_accepted: bool,
    code: Code,
    figures: Figures,
    /// The positions of events and traffic before this cycle moved them. What is
    /// remembered is let go by these, or older ones: a wrong clock may have moved them.
    seen_up_to: (Option<Timestamp>, Option<Timestamp>),
    /// Whether so many runs before this one died that it is worth a mail.
    died_in_a_row: bool,
    /// Whether this cycle's state was saved at all.
    is_kept: bool,
    /// What became of mail.
    sent: Sent,
    /// What else failed, for standard error.
    problems: Vec<String>,
    /// What is merely worth knowing, for a mail a day.
    remarks: Vec<String>,
    /// What was lost, skipped, cut or reset, for the mail.
    notices: Vec<Notice>,
    /// What is wrong with the traffic that was read.
    flaws: Vec<String>,
    /// What of its bounds reading traffic has used up.
    asked: Asked,
    /// Whether more rows matched than can be remembered while they are read.
    series_overflowed: bool,
    /// Whether it is told that the PCE regrouped its rows.
    rows_regrouped: bool,
    /// What this run did see, for the mail's footer.
    seen: Vec<String>,
    news: Vec<ConditionNews>,
    alerts: Vec<Alert>,
    /// The records that matched, where they are to be attached.
    records: Option<Records>,
    /// Where records are archived.
    archive: Option<Archive>,
    /// Why some are not.
    archive_trouble: Option<String>,
    /// The PCE's certificate, once it was seen.
    certificate: Option<Certificate>,
    /// What is known of names.
    book: AddressBook,
}

impl<'a> Cycle<'a> {
    fn new(opened: Opened, start: Start<'a>, began: Instant, died: &[Timestamp]) -> Self {
        let Opened { store, mut config, state, notes, .. } = opened;
        let lang = start.lang.unwrap_or(config.settings.language);
        config.settings.language = lang;
        let (lost, told): (Vec<_>, Vec<_>) = notes.iter().partition(|note| note.is_loss());
        let offset = SignedDuration::from_secs(state.clock_offset_seconds.unwrap_or_default());
        let problems = lost.iter().map(|note| note.text(lang)).collect();
        let mut remarks = config.warnings.clone();
        remarks.extend(told.iter().map(|note| note.text(lang)));
        if !config.pce.verify_tls {
            remarks.push(say::tls_not_verified(lang));
        }
        let mut cycle = Self {
            notices: lost.iter().map(|note| notice::state(lang, note)).collect(),
            clock: Clock::of_host(start.now, offset),
            clock_doubted: false,
            key_accepted: false,
            code: Code::Done,
            seen_up_to: (None, None),
            figures: Figures::default(),
            flaws: Vec::new(),
            asked: Asked::default(),
            sent: Sent::default(),
            series_overflowed: false,
            rows_regrouped: false,
            seen: Vec::new(),
            news: Vec::new(),
            alerts: Vec::new(),
            records: config.mail.attach_records.then(Records::default),
            archive: None,
            archive_trouble: None,
            certificate: None,
            book: AddressBook::new(state.addresses.clone(), start.now),
            died_in_a_row: false,
            is_kept: false,
            config,
            store,
            state,
            lang,
            start,
            began,
            problems,
            remarks,
        };
        cycle.take_note_of_the_dead(died);
        cycle
    }

    /// The story. True beside its outcome where the state was saved.
    fn whole(mut self) -> (Outcome, bool) {
        if self.deliver(WAITING_MAIL) {
            self.save();
        }
        self.open_archive();
        self.fetch();
        self.judge();
        self.seal_archive();
        self.tell()
    }

    /// The file is invalid: no cycle, but a mail through the settings of `.last`.
    fn on_an_invalid_file(mut self, error: &store::Error) -> (Outcome, bool) {
        let lines = error.lines(self.lang);
        self.code.worsen(Code::Config);
        if self.deliver(WAITING_MAIL) {
            self.save();
        }
        let problem = (Level::Critical, lines.join("\n"));
        self.watch(Condition::Configuration, Some(problem));
        self.problems.extend(lines);
        self.tell()
    }

    /// One mail, saved before it is sent: what is not saved would be told again.
    /// Waiting mail had its try in this cycle and gets no other by itself.
    fn tell(mut self) -> (Outcome, bool) {
        if !self.clock_doubted {
            self.watch_expiries();
            self.mind_the_gap();
        }
        self.tell_what_was_caught_up();
        self.count_the_run();
        let daily = self.daily_report();
        let mut has_news = self.write_mail();
        if let Some(daily) = daily {
            self.state.outbox.push(daily, &self.reader());
            has_news = true;
        }
        self.note_the_end();
        let (mails, code) = (self.figures.mails, self.code);
        let saved = self.save() || (self.give_up_archive() && self.save());
        if saved && has_news && self.deliver(OWN_MAIL) {
            self.count_own_mail(mails, code);
            self.note_the_end();
            self.save();
        }
        // After the mail: no archive holds up an alert.
        if saved && !self.file_archive() {
            self.note_the_end();
            self.save();
        }
        self.finish()
    }

    /// FETCH, and ANALYZE on the way.
    fn fetch(&mut self) {
        let deadline =
            self.began + Duration::from_secs(self.config.settings.cycle_deadline_seconds.into());
        let mut client = match Client::knowing(&self.config.pce, self.clock, deadline, &self.book) {
            Ok(client) => client,
            Err(error) => {
                let problem = (Level::Critical, error.text(self.lang));
                self.watch(Condition::Configuration, Some(problem));
                return self.fails(Code::Config, &error);
            }
        };
        self.watch(Condition::Configuration, None);
        let reached = self.greet(&mut client);
        self.reckon_first_times();
        if reached && !self.clock_holds() {
            self.clock_doubted = true;
            return;
        }
        // Also where the PCE was not reached: what happens until it is, is news.
        self.adopt_rules();
        if !reached {
            return;
        }
        self.seen_up_to = self.positions_to_let_go_by();
        let posted = self.begin_traffic(&mut client);
        // A refused key ends the cycle's requests: each further one would be an
        // event of its own on the PCE.
        let refused = matches!(posted, Err(Error::Credentials { .. }));
        if refused || self.read_events(&mut client) {
            self.read_traffic(&mut client, posted);
        }
        if self.key_accepted {
            self.watch(Condition::Credentials, None);
        }
    }

    fn note_the_end(&mut self) {
        let now = self.now();
        let before = self.state.last_run.take().and_then(|run| run.complete_at);
        let code = self.code_at_the_end();
        self.state.last_run = Some(store::state::LastRun {
            at: now,
            outcome: code.word().to_owned(),
            complete_at: if code == Code::Done { Some(now) } else { before },
        });
    }

    /// A mail that nobody confirmed is one that failed, in each cycle until someone does.
    fn code_at_the_end(&self) -> Code {
        if self.state.outbox.unconfirmed.is_empty() {
            self.code
        } else {
            self.code.max(Code::Retry)
        }
    }

    /// Saves the state; false where it could be saved nowhere.
    fn save(&mut self) -> bool {
        self.state.addresses = self.book.addresses();
        let saved = self.store.save(&mut self.state);
        self.is_kept |= saved.is_ok();
        match saved {
            Ok(Saved::Both) => true,
            Ok(Saved::LastOnly(error)) => {
                self.code.worsen(Code::Config);
                self.save_failed(error.lines(self.lang));
                true
            }
            // It is in the file, and by that what a mail tells is told once.
            Ok(Saved::But(remark)) => {
                self.code.worsen(Code::Retry);
                self.save_failed(vec![remark.text(self.lang)]);
                true
            }
            Err(error) => {
                self.code.worsen(Code::of_failure(error.needs_a_person()));
                self.save_failed(error.lines(self.lang));
                false
            }
        }
    }

    /// A cycle saves up to three times, mostly with the same outcome: told once.
    fn save_failed(&mut self, lines: Vec<String>) {
        for line in lines {
            if !self.problems.contains(&line) {
                self.problems.push(line);
            }
        }
    }

    fn finish(mut self) -> (Outcome, bool) {
        self.problems.extend(self.problems_of_mail());
        // Where nothing failed, the mails and `check` tell it.
        if self.code_at_the_end() != Code::Done {
            self.problems.extend(self.taken_from_memory());
        }
        self.figures.pending = self.state.outbox.waiting();
        let outcome = Outcome {
            code: self.code_at_the_end(),
            at: self.now(),
            figures: Some(self.figures),
            problems: self
                .problems
                .iter()
                .map(|problem| self.config.secrets.hide(problem))
                .collect(),
            took: self.began.elapsed(),
        };
        (outcome, self.is_kept)
    }

    /// The cycle's time: the PCE's, from its first answer on.
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn reader(&self) -> Reader {
        Reader { lang: self.lang, zone: self.config.settings.timezone.clone() }
    }

    fn fails(&mut self, code: Code, error: &Error) {
        self.code.worsen(code);
        self.problems.push(error.text(self.lang));
    }

    /// Which names could not be looked up, and which addresses stood in for them.
    fn taken_from_memory(&self) -> Vec<String> {
        let used = self.book.used();
        let told = used.iter().map(|used| {
            let (address, at) = (used.served.address, self.local(used.served.at));
            say::from_memory(self.lang, &used.host, &used.reason, address, at)
        });
        told.collect()
    }

    /// Local time with its offset, for a sentence.
    fn local(&self, time: Timestamp) -> String {
        let zoned = time.to_zoned(self.config.settings.timezone.clone());
        zoned.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
    }
}

/// So many minutes earlier.
fn back(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MIN)
}

/// Whether so much time has passed, on the clock's minute hand: the few seconds by
/// which cron is early must not cost a cycle. A time in the future reads as now.
fn is_over(since: Timestamp, time: SignedDuration, now: Timestamp) -> bool {
    let minutes = minute_of(now) - minute_of(since.min(now));
    minutes >= time.as_mins()
}

/// The upper end of a query: events and rows of this very second are in.
fn just_after(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now)
}
