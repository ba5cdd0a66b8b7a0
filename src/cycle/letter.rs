//! ALERT: the cycle's one mail, and its delivery from the outbox.

use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Code, Cycle, notice};
use crate::lang::cycle as say;
use crate::mail::compose::{Look, compose};
use crate::mail::mime::{self, Thread};
use crate::mail::outbox::{Asked, Failure, Waiting};
use crate::report::{BeginMail, Condition, Kind, Phase, Report};
use crate::rules::{Filter, Level};
use crate::store::Config;
use crate::store::state::Held;

/// Runs that are further apart, in minutes, are no regular ones.
const LONGEST_INTERVAL: i64 = 60;

/// So many remarks stand in a mail's footer; `check` has all.
const REMARKS: usize = 3;

/// Puts a report into words, ready for the outbox.
pub fn letter(report: &Report, config: &Config, random: u64) -> Waiting {
    let look = Look {
        lang: config.settings.language,
        zone: &config.settings.timezone,
        raw_snapshot: config.mail.raw_snapshot,
    };
    let composed = compose(report, &look);
    let hide = |text: &str| config.secrets.hide(text);
    Waiting {
        message_id: mime::message_id(report.made_at, random, &config.mail.sender),
        made_at: report.made_at,
        subject: hide(&composed.subject),
        level: report.level(),
        kind: report.kind,
        site: report.site.clone(),
        text: hide(&composed.text),
        html: hide(&composed.html),
        lines: composed.lines.iter().map(|line| hide(line)).collect(),
        served: Vec::new(),
        in_doubt: false,
        unconfirmed: false,
        asked: Asked::default(),
        about_mail: false,
        thread: Thread::default(),
        attachment: None,
        detached: None,
    }
}

/// A report with nothing in it yet.
pub fn blank_report(config: &Config, kind: Kind, made_at: Timestamp) -> Report {
    Report {
        kind,
        site: config.settings.site_name.clone(),
        pce_url: config.pce.url.clone(),
        org_id: config.pce.org_id.clone(),
        made_at,
        conditions: Vec::new(),
        alerts: Vec::new(),
        notices: Vec::new(),
        footer: Vec::new(),
        daily: None,
    }
}

/// This host's name, where the kernel tells it.
fn hostname() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

impl Cycle<'_> {
    /// One mail for all that this cycle has to tell, into the outbox; false where
    /// it has nothing to tell.
    pub(super) fn write_mail(&mut self) -> bool {
        let (now, reader) = (self.now(), self.reader());
        if self.state.before_jump.is_none() {
            self.state.outbox.expire(now);
        }
        self.tell_of_many_dead();
        let about_mail = self.alerts.is_empty() && self.news.is_empty() && self.notices.is_empty();
        let lost = self.state.outbox.take_untold().into_iter();
        self.notices.extend(lost.map(|lost| notice::mail_lost(self.lang, lost.text(&reader))));
        if self.alerts.is_empty() && self.news.is_empty() && self.notices.is_empty() {
            return false;
        }
        let kind = if self.alerts.is_empty() { Kind::Condition } else { Kind::Alert };
        self.news.sort_by_key(|news| std::cmp::Reverse(news.level));
        let attachment = self.attachment();
        let footer = self.footer();
        let report = Report {
            conditions: std::mem::take(&mut self.news),
            alerts: std::mem::take(&mut self.alerts),
            notices: std::mem::take(&mut self.notices),
            footer,
            ..blank_report(&self.config, kind, now)
        };
        let mail = Waiting {
            about_mail,
            thread: self.thread(&report),
            attachment,
            ..letter(&report, &self.config, self.start.random)
        };
        for news in &report.conditions {
            if let Some(held) = self.state.conditions.get_mut(&news.condition) {
                held.message_id.get_or_insert_with(|| mail.message_id.clone());
                if news.phase == Phase::Begins {
                    held.begin_mail.get_or_insert_with(|| BeginMail {
                        message_id: mail.message_id.clone(),
                        subject: mail.subject.clone(),
                        made_at: mail.made_at,
                    });
                }
            }
        }
        self.state.outbox.push(mail, &reader);
        true
    }

    pub(super) fn config_line(&self) -> String {
        say::config_file(self.lang, self.store.path().display())
    }

    /// What was read and what was not, when the next run is due, and who says so.
    fn footer(&mut self) -> Vec<String> {
        let mut lines = std::mem::take(&mut self.seen);
        let mut enabled = self.config.rules.iter().filter(|rule| rule.enabled);
        if lines.is_empty() {
            lines.push(say::nothing_read(self.lang));
        } else if !enabled.any(|rule| matches!(rule.filter, Filter::Traffic(_))) {
            lines.push(say::no_traffic_rule(self.lang));
        }
        lines.extend(self.taken_from_memory());
        lines.extend(self.sentences_on_the_dead());
        lines.extend(self.next_run());
        let today = self.now().to_zoned(self.config.settings.timezone.clone());
        lines.extend(self.remarks(today.date()));
        lines.extend(hostname().map(|name| say::host(self.lang, name)));
        lines.push(self.config_line());
        lines
    }

    /// What is worth knowing about the setup, if no mail has told it today.
    pub(super) fn remarks(&mut self, today: Date) -> Vec<String> {
        if self.remarks.is_empty() || self.state.remarks_told == Some(today) {
            return Vec::new();
        }
        self.state.remarks_told = Some(today);
        let shown = self.remarks.iter().take(REMARKS);
        let mut lines: Vec<String> =
            shown.map(|remark| say::worth_knowing(self.lang, remark)).collect();
        let more = self.remarks.len().saturating_sub(REMARKS);
        if more > 0 {
            lines.push(say::more_worth_knowing(self.lang, more));
        }
        lines
    }

    /// After the usual time between two runs; unknown before the second one.
    fn next_run(&self) -> Option<String> {
        let minutes = self.state.rhythm.usual()?;
        if !(1..=LONGEST_INTERVAL).contains(&minutes) {
            return None;
        }
        let due = self.now().checked_add(SignedDuration::from_mins(minutes));
        let due = due.ok()?.to_zoned(self.config.settings.timezone.clone());
        let due = due.strftime("%H:%M %:z").to_string();
        Some(say::next_run(self.lang, due, minutes))
    }

    /// Tries all waiting mail; true where there was some, so that how it went has to
    /// be saved.
    pub(super) fn deliver(&mut self, patience: Duration) -> bool {
        let (now, reader) = (self.now(), self.reader());
        if self.state.outbox.mails.is_empty() && !self.state.outbox.unconfirmed.is_due(now) {
            return false;
        }
        let deadline = Instant::now() + patience;
        let outbox = &mut self.state.outbox;
        let sent = outbox.deliver_knowing(&self.config.mail, &reader, now, deadline, &self.book);
        let worst = sent.worst().cloned().or_else(|| outbox.doubt());
        self.figures.mails += sent.delivered;
        self.sent.add(sent);
        self.hold_delivery(worst);
        true
    }

    /// Mail is no news of a mail: the condition is for `status` and the daily report,
    /// and a mail that was late says so itself.
    fn hold_delivery(&mut self, worst: Option<Failure>) {
        let Some(failure) = worst else {
            self.state.conditions.remove(&Condition::Delivery);
            return;
        };
        self.code.worsen(Code::of_failure(failure.needs_a_person()));
        let detail = failure.text(self.lang);
        let held = self.state.conditions.entry(Condition::Delivery).or_insert(Held {
            since: self.clock.now(),
            told_at: None,
            level: Level::Warning,
            detail: String::new(),
            message_id: None,
            begin_mail: None,
            expiry: None,
        });
        held.detail = detail;
    }

    /// What became of mail, for standard error.
    pub(super) fn problems_of_mail(&self) -> Vec<String> {
        let doubt = self.state.outbox.doubt();
        let failures = self.sent.failures.iter().chain(&doubt);
        let failures = failures.map(|failure| failure.text(self.lang));
        failures.chain(self.sent.notes.iter().map(|note| note.text(self.lang))).collect()
    }
}
