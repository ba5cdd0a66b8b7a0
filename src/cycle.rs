//! One poll cycle, the whole story on one page.
//!
//! fetch → analyze → aggregate → alert: what is new at the PCE goes through the
//! rules as it comes in; what the rules have to tell becomes one mail; the mail
//! and the new positions are saved in one write; only then is it sent. Knows
//! every room. A fetch that fails costs nothing but time: its position stays.

mod conditions;
mod events;
mod letter;
mod outcome;
mod test_mail;
mod traffic;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::lang::{Lang, cycle as say};
use crate::mail::outbox::Reader;
use crate::pce::client::{Client, Clock, Error};
use crate::pce::health::{Health, health, noop};
use crate::report::tally::Tally;
use crate::report::{Alert, Condition, ConditionNews};
use crate::rules::minutes::minute_of;
use crate::rules::{Filter, Level, Rule, Threshold};
use crate::store::state::State;
use crate::store::{self, Config, Env, Opened, Saved, StateUse, Store};

pub use outcome::{Code, Figures, Outcome};
pub use test_mail::{TestMail, test_mail};

/// How long waiting mail is tried before anything else.
const WAITING_MAIL: Duration = Duration::from_secs(60);

/// How long this cycle's own mail is tried, beyond the cycle's deadline if need be.
const OWN_MAIL: Duration = Duration::from_secs(60);

/// The least that the first run looks back.
const FIRST_REACH_MINUTES: u32 = 10;

/// A clock that jumps by more is told.
const CLOCK_JUMP: SignedDuration = SignedDuration::from_mins(5);

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
        self.lang
            .or_else(|| env.locale().and_then(Lang::from_tag))
            .unwrap_or_default()
    }
}

/// Runs one cycle on the config at `path`. Never fails: whatever goes wrong is in
/// the outcome, and what could be done all the same is done.
pub fn run(path: &Path, env: &Env, start: Start<'_>) -> Outcome {
    let began = Instant::now();
    let lang = start.language(env);
    let refuse = |error: &store::Error| {
        let code = if error.needs_a_person() {
            Code::Config
        } else {
            Code::Retry
        };
        Outcome::refused(code, error.lines(lang), start.now, began.elapsed())
    };
    let locked =
        store::resolve(path).and_then(|path| Ok((store::lock_run(&path, start.now)?, path)));
    let (_lock, path) = match locked {
        Ok(locked) => locked,
        Err(error) => return refuse(&error),
    };
    match store::open(&path, env, start.state_use) {
        Ok(opened) => Cycle::new(opened, start, began).whole(),
        Err(unopened) => match unopened.last {
            Some(last) => Cycle::new(*last, start, began).on_an_invalid_file(&unopened.error),
            None => refuse(&unopened.error),
        },
    }
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
    code: Code,
    figures: Figures,
    /// What failed, for standard error.
    problems: Vec<String>,
    /// What was lost, skipped, cut or reset, for the mail.
    notices: Vec<String>,
    /// What this run did see, for the mail's footer.
    seen: Vec<String>,
    news: Vec<ConditionNews>,
    alerts: Vec<Alert>,
}

impl<'a> Cycle<'a> {
    fn new(opened: Opened, start: Start<'a>, began: Instant) -> Self {
        let Opened {
            store,
            mut config,
            state,
            notes,
            ..
        } = opened;
        let lang = start.lang.unwrap_or(config.settings.language);
        config.settings.language = lang;
        let (lost, told): (Vec<_>, Vec<_>) = notes.iter().partition(|note| note.is_loss());
        let offset = SignedDuration::from_secs(state.clock_offset_seconds);
        let mut problems = config.warnings.clone();
        problems.extend(told.iter().chain(&lost).map(|note| note.text(lang)));
        if !config.pce.verify_tls {
            problems.push(say::tls_not_verified(lang));
        }
        Self {
            notices: lost.iter().map(|note| note.text(lang)).collect(),
            clock: Clock::of_host(start.now, offset),
            code: Code::Done,
            figures: Figures::default(),
            seen: Vec::new(),
            news: Vec::new(),
            alerts: Vec::new(),
            config,
            store,
            state,
            lang,
            start,
            began,
            problems,
        }
    }

    /// The story.
    fn whole(mut self) -> Outcome {
        self.deliver(WAITING_MAIL);
        self.watch(Condition::Configuration, None);
        self.fetch();
        self.judge();
        self.write_mail();
        self.save();
        if self.deliver(OWN_MAIL) {
            self.save();
        }
        self.finish()
    }

    /// The file is invalid: no cycle, but a mail through the settings of `.last`.
    fn on_an_invalid_file(mut self, error: &store::Error) -> Outcome {
        let lines = error.lines(self.lang);
        self.code.worsen(Code::Config);
        self.deliver(WAITING_MAIL);
        self.watch(
            Condition::Configuration,
            Some((Level::Critical, lines.join("\n"))),
        );
        self.problems.extend(lines);
        self.write_mail();
        self.save();
        if self.deliver(OWN_MAIL) {
            self.save();
        }
        self.finish()
    }

    /// FETCH, and ANALYZE on the way.
    fn fetch(&mut self) {
        let deadline =
            self.began + Duration::from_secs(self.config.settings.cycle_deadline_seconds.into());
        let mut client = match Client::new(&self.config.pce, self.clock, deadline) {
            Ok(client) => client,
            Err(error) => return self.fails(Code::Config, &error),
        };
        let reached = self.greet(&mut client);
        self.clock = *client.clock();
        self.tell_clock();
        if reached {
            self.adopt_rules();
            self.begin_traffic(&mut client);
            self.read_events(&mut client);
            self.read_traffic(&mut client);
        }
    }

    /// The first request: is the PCE there, does it take the key, is it well?
    fn greet(&mut self, client: &mut Client) -> bool {
        let answer = if self.config.settings.enable_health_check {
            health(client)
        } else {
            noop(client).map(|()| Health::NotOffered)
        };
        match answer {
            Ok(health) => {
                self.watch(Condition::Unreachable, None);
                self.tell_health(&health);
                true
            }
            Err(error @ Error::Credentials { .. }) => {
                self.watch(Condition::Unreachable, None);
                self.watch(
                    Condition::Credentials,
                    Some((Level::Critical, error.text(self.lang))),
                );
                self.fails(Code::Config, &error);
                false
            }
            Err(error) => {
                self.watch(
                    Condition::Unreachable,
                    Some((Level::Critical, error.text(self.lang))),
                );
                self.fails(Code::Retry, &error);
                false
            }
        }
    }

    fn tell_health(&mut self, health: &Health) {
        match health {
            Health::Normal => self.watch(Condition::Health, None),
            Health::Ill(complaints) => {
                let critical = complaints
                    .iter()
                    .any(|complaint| complaint.status == "critical");
                let level = if critical {
                    Level::Critical
                } else {
                    Level::Warning
                };
                let told: Vec<String> = complaints
                    .iter()
                    .map(|complaint| complaint.text(self.lang))
                    .collect();
                self.watch(Condition::Health, Some((level, told.join("\n"))));
            }
            Health::NotOffered if self.config.settings.enable_health_check => {
                self.watch(Condition::Health, None);
                self.seen.push(say::health_not_offered(self.lang));
            }
            Health::NotOffered => self.watch(Condition::Health, None),
        }
    }

    fn tell_clock(&mut self) {
        if !self.clock.is_from_pce() {
            return;
        }
        let before = SignedDuration::from_secs(self.state.clock_offset_seconds);
        let offset = self.clock.offset();
        if self.state.last_run.is_some() && (offset - before).abs() > CLOCK_JUMP {
            self.problems.push(say::clock_jumped(
                self.lang,
                before.as_secs(),
                offset.as_secs(),
            ));
        }
        self.state.clock_offset_seconds = offset.as_secs();
    }

    /// Every enabled rule gets a tally, the one it had where its filter is the
    /// same; what belongs to no rule any more is let go.
    fn adopt_rules(&mut self) {
        let now = self.now();
        let (events, traffic) = (self.events_from(now), self.traffic_from(now));
        let mut known = std::mem::take(&mut self.state.rules);
        let mut adopted = BTreeMap::new();
        for (key, rule) in keyed(&self.config.rules) {
            let since = match rule.filter {
                Filter::Event(_) => events,
                Filter::Traffic(_) => traffic,
            };
            let fresh = || Tally {
                since: Some(since),
                unknown_before: self.state.traffic.let_go,
                ..Tally::default()
            };
            adopted.insert(key.clone(), known.remove(&key).unwrap_or_else(fresh));
        }
        self.state.rules = adopted;
        if !known.is_empty() {
            self.state.traffic.let_go = Some(now);
        }
    }

    /// Where a first fetch begins: the longest window of an enabled rule ago.
    fn first_from(&self, now: Timestamp) -> Timestamp {
        let windows = self
            .config
            .rules
            .iter()
            .filter(|rule| rule.enabled)
            .map(|rule| match rule.threshold {
                Threshold::Immediate => 0,
                Threshold::Count { window, .. } => window,
            });
        back(
            now,
            windows
                .max()
                .unwrap_or_default()
                .max(FIRST_REACH_MINUTES)
                .into(),
        )
    }

    /// AGGREGATE: what the rules have to tell now, the worst first.
    fn judge(&mut self) {
        let minute = minute_of(self.now());
        let reach = i64::from(self.config.settings.late_reach_hours) * 60;
        let events = i64::from(self.config.settings.event_overlap_minutes).max(reach);
        let traffic = i64::from(self.config.settings.traffic_overlap_minutes).max(reach);
        let position = |position: Option<Timestamp>| position.map_or(minute, minute_of);
        let earliest_event = position(self.state.events.position) - events;
        let earliest_row = position(self.state.traffic.position) - traffic;
        for (key, rule) in keyed(&self.config.rules) {
            let Some(tally) = self.state.rules.get_mut(&key) else {
                continue;
            };
            self.alerts.extend(tally.alert(rule, minute));
            let earliest = match rule.filter {
                Filter::Event(_) => earliest_event,
                Filter::Traffic(_) => earliest_row,
            };
            tally.settle(rule.threshold, earliest);
        }
        self.alerts
            .sort_by_key(|alert| std::cmp::Reverse(alert.level));
        self.figures.alerts = self.alerts.len();
    }

    fn save(&mut self) {
        let now = self.now();
        let complete = self.code == Code::Done;
        let before = self.state.last_run.as_ref().and_then(|run| run.complete_at);
        self.state.last_run = Some(store::state::LastRun {
            at: now,
            outcome: self.code.word().to_owned(),
            complete_at: if complete { Some(now) } else { before },
        });
        match self.store.save(&mut self.state) {
            Ok(Saved::Both) => {}
            Ok(Saved::LastOnly(error)) => {
                self.code.worsen(Code::Config);
                let lines = error.lines(self.lang);
                self.problems.extend(
                    lines
                        .into_iter()
                        .filter(|line| !self.problems.contains(line))
                        .collect::<Vec<_>>(),
                );
            }
            Err(error) => {
                self.code.worsen(if error.needs_a_person() {
                    Code::Config
                } else {
                    Code::Retry
                });
                self.problems.extend(error.lines(self.lang));
            }
        }
    }

    fn finish(mut self) -> Outcome {
        self.figures.pending = self.state.outbox.mails.len();
        Outcome {
            code: self.code,
            at: self.now(),
            figures: Some(self.figures),
            problems: self.problems,
            took: self.began.elapsed(),
        }
    }

    /// The cycle's time: the PCE's, from its first answer on.
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn reader(&self) -> Reader {
        Reader {
            lang: self.lang,
            zone: self.config.settings.timezone.clone(),
        }
    }

    fn fails(&mut self, code: Code, error: &Error) {
        self.code.worsen(code);
        self.problems.push(error.text(self.lang));
    }

    /// Local time with its offset, for a sentence.
    fn local(&self, time: Timestamp) -> String {
        let zoned = time.to_zoned(self.config.settings.timezone.clone());
        zoned.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
    }
}

/// The enabled rules, each under the key that the state knows it by: its id and
/// what it matches. Of several alike, each has its own.
fn keyed(rules: &[Rule]) -> Vec<(String, &Rule)> {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    let enabled = rules.iter().filter(|rule| rule.enabled);
    let keys = enabled.map(|rule| {
        let key = format!("{}-{}", rule.id, rule.filter.fingerprint());
        let nth = times.entry(key.clone()).or_insert(0);
        *nth += 1;
        (
            if *nth == 1 {
                key
            } else {
                format!("{key}-{nth}")
            },
            rule,
        )
    });
    keys.collect()
}

/// So many minutes earlier.
fn back(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_sub(SignedDuration::from_mins(minutes))
        .unwrap_or(Timestamp::MIN)
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
