//! What a run is given, and what does not change while it lasts.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::conditions::Moment;
use crate::commands::call::Call;
use crate::config::{Config, Settings};
use crate::lang::{Lang, cycle as say};
use crate::mail::outbox::Reader;
use crate::net::{AddressBook, FromMemory};
use crate::report::Condition;
use crate::report::pause::Pauses;
use crate::rules::minutes::minute_of;
use crate::store;

/// The config and the circumstances of one run.
pub(super) struct Site<'a> {
    /// Its language is the run's.
    pub config: Config,
    /// Where it lies.
    pub path: PathBuf,
    pub call: Call<'a>,
    pub began: Instant,
}

impl Site<'_> {
    pub fn lang(&self) -> Lang {
        self.config.settings.language
    }

    pub fn zone(&self) -> TimeZone {
        self.config.settings.timezone.clone()
    }

    /// For whom mails are written.
    pub fn reader(&self) -> Reader {
        Reader { lang: self.lang(), zone: self.zone() }
    }

    /// The config's pauses, by the reader's clock.
    pub fn pauses(&self) -> Pauses<'_> {
        Pauses::of(&self.config.pauses, &self.config.settings.timezone)
    }

    /// When the run stops to wait for the PCE.
    pub fn deadline(&self) -> Instant {
        self.began + Duration::from_secs(self.config.settings.cycle_deadline_seconds.into())
    }

    /// Local time with its offset, for a sentence.
    pub fn local(&self, time: Timestamp) -> String {
        self.reader().second(time)
    }

    /// The moment at which something is told.
    pub fn moment<'s>(
        &'s self,
        now: Timestamp,
        is_paused: &'s dyn Fn(Condition) -> bool,
    ) -> Moment<'s> {
        let Settings { timezone: zone, reminder_hours, .. } = &self.config.settings;
        Moment { now, zone, reminder_hours: *reminder_hours, is_paused }
    }

    /// The reader's day.
    pub fn day(&self, time: Timestamp) -> Date {
        time.to_zoned(self.zone()).date()
    }

    /// A name that could not be looked up, and the address that stood in for it.
    pub fn stood_in(&self, used: &FromMemory, lang: Lang) -> String {
        let (address, at) = (used.served.address, self.local(used.served.at));
        say::from_memory(lang, &used.host, &used.reason, address, at)
    }

    /// All of those, in the run's language.
    pub fn taken_from_memory(&self, book: &AddressBook) -> Vec<String> {
        book.used().iter().map(|used| self.stood_in(used, self.lang())).collect()
    }

    /// What is typed to call this program on this config.
    pub fn command(&self) -> String {
        store::command(&self.path, self.call.program)
    }

    /// The line of a mail's footer.
    pub fn config_line(&self) -> String {
        say::config_file(self.lang(), self.path.display())
    }
}

/// So many minutes earlier.
pub(super) fn back(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MIN)
}

/// Whether so much time has passed, on the clock's minute hand: the few seconds by
/// which cron is early must not cost a cycle. A time in the future reads as now.
pub(super) fn is_over(since: Timestamp, time: SignedDuration, now: Timestamp) -> bool {
    let minutes = minute_of(now) - minute_of(since.min(now));
    minutes >= time.as_mins()
}

/// The upper end of a query: events and rows of this very second are in.
pub(super) fn just_after(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now)
}
