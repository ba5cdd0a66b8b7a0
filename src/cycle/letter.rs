//! ALERT: the cycle's one mail.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::conditions::Conditions;
use super::routing::note_who_was_told;
use super::site::Site;
use crate::config::Config;
use crate::lang::cycle as say;
use crate::mail::Settings;
use crate::mail::compose::{Look, compose};
use crate::mail::mime::{self, Thread};
use crate::mail::outbox::{Asked, Waiting};
use crate::report::{BeginMail, ConditionNews, Kind, Phase, Report};
use crate::store::state::Rhythm;

/// So many remarks stand in a mail's footer; `check` has all.
const REMARKS: usize = 3;

/// Puts a report into words, ready for the outbox. `command` is what is typed to call the
/// program on this config.
pub fn letter(report: &Report, config: &Config, command: &str, random: u64) -> Waiting {
    let look = Look {
        command,
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
        to: Vec::new(),
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

/// What is held of the conditions that the mail tells: which mail told their begin.
pub(super) fn note_told_by(
    held: &mut Conditions,
    told: &[ConditionNews],
    mail: &Waiting,
    settings: &Settings,
) {
    for news in told {
        if let Some(held) = held.get_mut(&news.condition) {
            note_who_was_told(held, news, mail, settings);
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
}

/// What is worth knowing about the setup, if no mail has told it today.
pub(super) fn remarks(
    site: &Site<'_>,
    remarks: &[String],
    told: &mut Option<Date>,
    today: Date,
) -> Vec<String> {
    if remarks.is_empty() || *told == Some(today) {
        return Vec::new();
    }
    *told = Some(today);
    let (lang, shown) = (site.lang(), remarks.iter().take(REMARKS));
    let lines = shown.map(|remark| say::worth_knowing(lang, remark));
    let more = remarks.len().saturating_sub(REMARKS);
    lines.chain((more > 0).then(|| say::more_worth_knowing(lang, more))).collect()
}

/// When the next run is due, after the usual time between two; unknown before the second
/// one.
pub(super) fn next_run(site: &Site<'_>, rhythm: &Rhythm, now: Timestamp) -> Option<String> {
    let minutes = rhythm.regular()?;
    let due = now.checked_add(SignedDuration::from_mins(minutes));
    let due = due.ok()?.to_zoned(site.zone());
    let due = due.strftime("%H:%M %:z").to_string();
    Some(say::next_run(site.lang(), due, minutes))
}

/// Who says all that.
pub(super) fn signature(site: &Site<'_>) -> Vec<String> {
    let host = hostname().map(|name| say::host(site.lang(), name));
    host.into_iter().chain([site.config_line()]).collect()
}

/// This host's name, where the kernel tells it.
pub(super) fn hostname() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
