//! Values as a person reads them: foreign text made harmless, numbers, times.
//!
//! Every text that came from the PCE or from the user's file goes through
//! [`clip`], [`cut`] or [`clip_lines`] before it is laid out; HTML escaping
//! comes on top of that, in `html`.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::Look;
pub(super) use crate::lang::grouped;
use crate::lang::{Lang, counts, mail as words};
use crate::screen::visible::{hidden, push_visible};

/// The columns that [`push_visible`] adds at most, in characters.
fn shown_length(c: char) -> usize {
    if hidden(c) { 6 * c.len_utf16() } else { 1 }
}

/// As much of `text` as `max` characters show, and how many were left.
fn beginning(text: &str, max: usize, keep: &[char]) -> (String, usize) {
    let mut out = String::new();
    let mut room = max;
    let mut chars = text.chars();
    loop {
        let rest = chars.as_str();
        let Some(c) = chars.next() else {
            return (out, 0);
        };
        let kept = keep.contains(&c);
        let length = if kept { 1 } else { shown_length(c) };
        if length > room {
            return (out, rest.chars().count());
        }
        room -= length;
        if kept {
            out.push(c);
        } else {
            push_visible(&mut out, c);
        }
    }
}

/// `text` on one line, in at most `max` characters, then how many more there were.
pub(super) fn clip(lang: Lang, text: &str, max: usize) -> String {
    match beginning(text, max, &[]) {
        (shown, 0) => shown,
        (shown, more) => shown + &words::characters_more(lang, grouped(more as u64)),
    }
}

/// As [`clip`], with line breaks and tabs kept as they are.
pub(super) fn clip_lines(lang: Lang, text: &str, max: usize) -> String {
    let text = text.replace("\r\n", "\n");
    match beginning(text.trim_end(), max, &['\n', '\t']) {
        (shown, 0) => shown,
        (shown, more) => shown + &words::characters_more(lang, grouped(more as u64)),
    }
}

/// `text` on one line, in at most `max` characters, the last one `…` where it was cut.
pub(super) fn cut(text: &str, max: usize) -> String {
    match beginning(text, max, &[]) {
        (shown, 0) => shown,
        _ => beginning(text, max.saturating_sub(1), &[]).0 + "…",
    }
}

/// `db-01 +2`: the first of several, and how many others there are.
pub(super) fn with_others(first: String, others: u64) -> String {
    match others {
        0 => first,
        others => format!("{first} +{}", grouped(others)),
    }
}

/// A sentence of ours with its commands as they have to be typed for this config.
pub(super) fn typed(text: &str, look: &Look) -> String {
    text.replace("`illumio-monitor ", &format!("`{} ", call(look)))
}

/// What is typed to call the program.
pub(super) fn call(look: &Look) -> String {
    /// A longer path is none to be typed.
    const MAX: usize = 300;
    clip(look.lang, look.command, MAX)
}

/// `2026-11-22 18:20 +08:00`.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).strftime("%Y-%m-%d %H:%M %:z").to_string()
}

/// `18:20`, or `11-22 18:20` where the day has to be told.
pub(super) fn clock(at: Timestamp, zone: &TimeZone, with_day: bool) -> String {
    let format = if with_day { "%m-%d %H:%M" } else { "%H:%M" };
    local(at, zone).strftime(format).to_string()
}

/// From the first to the last, with nothing told twice:
/// `2026-11-22 18:05 – 18:20 +08:00`.
pub(super) fn span(first: Timestamp, last: Timestamp, zone: &TimeZone) -> String {
    let (from, to) = (local(first, zone), local(last, zone));
    if from.offset() != to.offset() {
        return format!("{} – {}", moment(first, zone), moment(last, zone));
    }
    if from.date() != to.date() {
        return format!("{} – {}", from.strftime("%Y-%m-%d %H:%M"), moment(last, zone));
    }
    let begin = from.strftime("%Y-%m-%d %H:%M").to_string();
    let end = to.strftime("%H:%M").to_string();
    let offset = to.strftime("%:z");
    if begin.ends_with(&end) {
        format!("{begin} {offset}")
    } else {
        format!("{begin} – {end} {offset}")
    }
}

/// `2 h 10 min`; within one minute there is no number.
pub(super) fn duration(lang: Lang, from: Timestamp, to: Timestamp) -> String {
    // Between the minutes that the mail shows: a cron job's seconds of jitter make
    // no 39 of 40.
    let minute = |at: Timestamp| at.as_second().div_euclid(60);
    let minutes = minute(to).saturating_sub(minute(from)).max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let mut parts = Vec::new();
    if days > 0 {
        parts.push(words::days(lang, days));
    }
    if hours > 0 {
        parts.push(words::hours(lang, hours));
    }
    if rest > 0 && days == 0 {
        parts.push(words::minutes(lang, rest));
    }
    if minutes == 0 {
        parts.push(words::under_a_minute(lang));
    }
    parts.join(" ")
}

/// `1 minute`, `10 minutes`, `2 h`, `1 d 6 h`: a window or a bar of the timeline.
pub(super) fn window(lang: Lang, minutes: u64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    if minutes < 60 || (rest > 0 && minutes < 180) {
        return counts::minutes(lang, minutes);
    }
    let parts = [
        (days, words::days(lang, days)),
        (hours, words::hours(lang, hours)),
        (rest, words::minutes(lang, rest)),
    ];
    let told: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, word)| word).collect();
    told.join(" ")
}

fn local(at: Timestamp, zone: &TimeZone) -> Zoned {
    at.to_zoned(zone.clone())
}
