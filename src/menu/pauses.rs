//! Pauses: some rules are not told for a while.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::Menu;
use super::console::{Stop, Style};
use super::question::Question;
use crate::commands::moment::coming;
use crate::commands::pause::{self as command, by, put, written};
use crate::lang::{menu as say, pauses as words};
use crate::report::pause::Pause;
use crate::report::pause::words::State;
use crate::store::{self, StateUse};

/// Asks until when and what for, and pauses the rules with these ids from now on.
pub fn pause(menu: &mut Menu<'_>, ids: &[i64]) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let Some((_, now, zone, highest)) = known(menu) else { return Ok(()) };
    let question = |label: String, hint: String| Question {
        label,
        hint,
        now: None,
        required: true,
        unseen: false,
    };
    let (until, why) = menu.in_turn(|menu| {
        let until = question(words::until_label(lang), words::until_hint(lang));
        let until = menu.console.ask(&until, |typed| match coming(typed, now, &zone) {
            Some(time) if time > now => Ok(time),
            Some(time) => Err(words::past_time(lang, written(time, &zone))),
            None => Err(words::not_a_time(lang, typed)),
        })?;
        let why = question(words::why_label(lang), words::why_hint(lang));
        let why = menu.console.ask(&why, |typed| Ok(typed.trim().to_owned()))?;
        Ok((until, why))
    })?;
    let (Some(until), Some(why)) = (until, why) else { return Err(Stop::Back) };
    let pause = json!({
        "rules": ids, "from": written(now, &zone), "until": written(until, &zone),
        "why": why, "by": by(None, menu.call.env),
    });
    if let Some(id) = menu.save(|draft| put(draft, pause, highest)) {
        let Some((all, now, zone, _)) = known(menu) else { return Ok(()) };
        let line = all.iter().find(|(pause, _)| pause.id == id);
        let line = line.map(|(pause, held)| pause.line(now, &zone, *held, lang));
        menu.console.notice(Style::Good, &words::paused(lang, line.unwrap_or_default()));
    }
    Ok(())
}

/// Shows the pauses, and ends the one that is named.
pub fn pauses(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let Some((all, now, zone, _)) = known(menu) else { return Ok(()) };
    let is_over = |pause: &Pause| pause.state(now, &zone) == State::Over;
    let all: Vec<(Pause, u64)> = all.into_iter().filter(|(one, _)| !is_over(one)).collect();
    if all.is_empty() {
        menu.console.notice(Style::Plain, &words::no_pauses(lang));
        return Ok(());
    }
    menu.console.screen(&words::pauses(lang));
    for (pause, held) in &all {
        menu.console.show(Style::Plain, &pause.line(now, &zone, *held, lang));
    }
    menu.console.show(Style::Plain, "");
    let typed = menu.console.answer(&say::prompt(lang, words::which_to_end(lang)))?;
    if matches!(typed.as_str(), "" | "0" | "-1" | "<") {
        return Ok(());
    }
    let id = typed.trim().parse::<i64>().ok();
    let Some((pause, held)) = all.iter().find(|(pause, _)| Some(pause.id) == id) else {
        menu.console.notice(Style::Bad, &words::no_such(lang, typed));
        return Ok(());
    };
    let said = match pause.state(now, &zone) {
        State::Comes | State::Over => words::removed(lang, pause.id),
        State::Holds(_) | State::Waits if *held == 0 => words::ended_with_nothing(lang, pause.id),
        State::Holds(_) | State::Waits => words::ended(lang, pause.id, held),
    };
    if menu.console.yes(&words::end_this(lang, pause.id), true)?
        && menu.save(|draft| command::stop(draft, pause, now, &zone)).is_some()
    {
        menu.console.notice(Style::Good, &said);
    }
    Ok(())
}

/// The pauses of the file with how much each holds back, the PCE's time, the reader's zone,
/// and the highest id that the state knows.
type Known = (Vec<(Pause, u64)>, Timestamp, TimeZone, i64);

/// `None` where the file can't be used, which is told.
fn known(menu: &mut Menu<'_>) -> Option<Known> {
    let host = (menu.again)().now;
    match store::open(menu.call.config, menu.call.env, StateUse::Keep) {
        Ok(opened) => {
            let state = &opened.state;
            let now = state.pce_time(host);
            let zone = opened.config.settings.timezone.clone();
            let all = opened.config.pauses.iter();
            let all = all.map(|pause| (pause.clone(), state.held.of(pause.id))).collect();
            Some((all, now, zone, state.held.highest_id()))
        }
        Err(unopened) => {
            let lang = menu.console.lang;
            let lines = unopened.error.lines(lang);
            lines.iter().for_each(|line| menu.console.fault_notice(line));
            None
        }
    }
}
