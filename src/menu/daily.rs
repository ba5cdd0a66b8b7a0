//! When the daily report goes out, and by which clock: a time without its zone is a guess.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Menu;
use super::console::{Stop, Style};
use super::setting::{Changes, apply, ask};
use super::settings::{DAILY, ZONE};
use crate::lang::{Lang, menu_settings as words};

/// Asks for the time, and saves it.
pub fn entry(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let mut changes = Changes::new();
    ask_time(menu, &mut changes)?;
    apply(menu, changes);
    Ok(())
}

/// Says which time zone is meant, and how late it is there, and asks for the time.
///
/// A zone that only this shell names is kept with it: cron's runs do not know the shell.
pub fn ask_time(menu: &mut Menu<'_>, changes: &mut Changes) -> Result<(), Stop> {
    let (zone, now) = (menu.holds().settings.timezone, (menu.again)().now);
    menu.console.show(Style::Plain, &clock(&zone, now, menu.console.lang));
    ask(menu, &DAILY, false, changes)?;
    let is_set = changes.iter().any(|(_, _, value)| value.is_some());
    let is_the_shells = menu.call.env.text("TZ").is_some() && ZONE.now(&menu.file()).is_none();
    if let (true, Some(name)) = (is_set && is_the_shells, zone.iana_name()) {
        changes.push(("settings", "timezone", Some(name.into())));
    }
    Ok(())
}

/// `The time is that of Asia/Taipei (+08:00), where it is 14:05 now.`
fn clock(zone: &TimeZone, now: Timestamp, lang: Lang) -> String {
    let there = now.to_zoned(zone.clone());
    let (offset, time) = (there.strftime("%:z"), there.strftime("%H:%M"));
    match zone.iana_name() {
        Some(name) => words::clock_of(lang, name, offset, time),
        None => words::clock_at(lang, offset, time),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_named_and_read() {
        let now = "2026-11-29T18:30:00Z".parse().unwrap();
        let zone = TimeZone::get("Asia/Taipei").unwrap();
        let said = clock(&zone, now, Lang::En);
        assert!(said.contains("Asia/Taipei (+08:00), where it is 02:30"), "{said}");
        let fixed = TimeZone::fixed(jiff::tz::offset(-3));
        let said = clock(&fixed, now, Lang::ZhTw);
        assert!(said.contains("-03:00") && said.contains("15:30"), "{said}");
    }
}
