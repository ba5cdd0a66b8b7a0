//! `settings`: how a cycle works, and how it speaks.

use std::path::{Component, Path};

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Settings;
use super::address::Base;
use super::node::{Document, Node};
use super::problem::shown;
use super::sections::Reading;
use super::strict::Section;
use crate::lang::Lang;
use crate::lang::config as words;
use crate::pce;

/// Reads the section.
pub(super) fn read(reading: &Reading<'_>, pce: &pce::Settings) -> Settings {
    let settings = reading.section("settings");
    // A key of files of before: how the PCE counts is nobody's business any more.
    if settings.has_obsolete("traffic_counts") {
        reading.obsolete.add(&settings.path_of("traffic_counts"), words::does_nothing);
    }
    Settings {
        language: language(&settings, reading),
        timezone: timezone(&settings),
        site_name: site_name(&settings, pce),
        enable_health_check: settings.bool("enable_health_check", true),
        reminder_hours: settings.number("reminder_hours", 1..=168, 4),
        daily_report: daily_report(&settings),
        event_overlap_minutes: settings.number("event_overlap_minutes", 0..=1440, 10),
        traffic_overlap_minutes: settings.number("traffic_overlap_minutes", 0..=1440, 30),
        late_reach_hours: settings.number("late_reach_hours", 0..=168, 26),
        max_catch_up_hours: settings.number("max_catch_up_hours", 1..=2160, 24),
        max_event_catch_up_hours: settings.number("max_event_catch_up_hours", 1..=8760, 720),
        workload_minutes: settings.number("workload_minutes", 5..=1440, 30),
        cycle_deadline_seconds: settings.number("cycle_deadline_seconds", 1..=86_400, 420),
        guide_step: settings.number("guide_step", 0..=5, 0),
        archive_dir: settings.trimmed("archive_dir").map(|path| reading.around.folder.join(path)),
    }
}

/// What the file says, else what the first save settled, else what the kind of
/// file tells, else the locale's.
fn language(section: &Section<'_>, reading: &Reading<'_>) -> Lang {
    if let Some(text) = section.trimmed("language") {
        let lang = Lang::from_tag(text);
        if lang.is_none() {
            section.not_one_of("language", text, ["en", "zh-TW"]);
        }
        return lang.unwrap_or_default();
    }
    let around = reading.around;
    let by_locale = || around.env.locale().and_then(Lang::from_tag);
    around
        .remembered
        .or_else(|| from_python(reading.document).then_some(Lang::ZhTw))
        .or_else(by_locale)
        .unwrap_or_default()
}

/// True for a file of the Python tool that we have never written to. That tool
/// gave each event rule a `filter_key`, and named and described its rules in
/// Chinese; who writes a file by hand does neither, or reads Chinese.
fn from_python(document: &Document<'_>) -> bool {
    let Some(Node::List(rules)) = document.section("rules") else {
        return false;
    };
    document.state.is_none() && rules.iter().any(by_python)
}

fn by_python(rule: &Node) -> bool {
    let Node::Object(keys) = rule else {
        return false;
    };
    keys.iter().any(|(key, value)| match (key.as_str(), value) {
        ("filter_key", _) => true,
        ("name" | "desc" | "rec", Node::Text(text)) => text.chars().any(is_chinese),
        _ => false,
    })
}

/// The CJK ideographs that are in daily use [Unicode, block 4E00–9FFF].
fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{4e00}'..='\u{9fff}')
}

fn timezone(section: &Section<'_>) -> TimeZone {
    let Some(name) = section.trimmed("timezone") else {
        return system_zone();
    };
    let zone = zone_file(name).or_else(|| TimeZone::get(name).ok());
    zone.unwrap_or_else(|| {
        section.wrong("timezone", |lang| words::bad_zone(lang, shown(name)));
        TimeZone::UTC
    })
}

/// Where hosts keep their zones [tzfile(5)].
const ZONES: &str = "/usr/share/zoneinfo";

/// The zone's own file. jiff looks for a name in the whole folder, whatever its case,
/// which is 21 folders in each poll: that is for what isn't found here.
fn zone_file(name: &str) -> Option<TimeZone> {
    let parts = Path::new(name).components();
    let is_plain = |part| matches!(part, Component::Normal(_));
    // Below `right` are zones that count leap seconds; nobody means these.
    let is_left_out = std::env::var_os("TZDIR").is_some() || name.starts_with("right/");
    if is_left_out || !parts.into_iter().all(is_plain) {
        return None;
    }
    let file = std::fs::read(Path::new(ZONES).join(name)).ok()?;
    TimeZone::tzif(name, &file).ok()
}

/// The zone that `/etc/localtime` leads to, else what jiff finds.
fn system_zone() -> TimeZone {
    let linked = || {
        let link = std::fs::read_link("/etc/localtime").ok()?;
        let (_, name) = link.to_str()?.split_once("/zoneinfo/")?;
        zone_file(name)
    };
    let linked = std::env::var_os("TZ").is_none().then(linked).flatten();
    linked.unwrap_or_else(|| TimeZone::try_system().unwrap_or(TimeZone::UTC))
}

fn site_name(section: &Section<'_>, pce: &pce::Settings) -> String {
    let Some(text) = section.trimmed("site_name") else {
        return Base::parse(&pce.url).map(|base| base.host).unwrap_or_default();
    };
    if text.chars().any(char::is_control) || text.chars().count() > 100 {
        section.wrong("site_name", words::bad_site_name);
    }
    text.to_owned()
}

/// No daily report.
const OFF: &str = "off";

fn daily_report(section: &Section<'_>) -> Option<Time> {
    let text = section.trimmed("daily_report").unwrap_or(OFF);
    section.holds("daily_report", text);
    if text == OFF {
        return None;
    }
    let time = clock_time(text);
    if time.is_none() {
        section.wrong("daily_report", |lang| words::bad_time(lang, shown(text)));
    }
    time
}

/// `08:30`, `8:30`.
pub fn clock_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let fine = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i8>().ok().filter(|_| fine)
    };
    Time::new(number(hour, 1..=2)?, number(minute, 2..=2)?, 0, 0).ok()
}
