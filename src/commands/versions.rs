//! `config`: which changes of the config are on record, and taking them back.
//!
//! The state is no part of a version: whoever goes back loses no position and no count, as
//! long as it is the same PCE.
//! Knows the store.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::rules::{Refusal, change_json};
use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::said::Said;
use crate::exit::Code;
use crate::lang::{Lang, versions as words};
use crate::screen::columns::{fit, pad, width};
use crate::screen::visible::visible;
use crate::store::{self, Change, Error, Undone, Version, Way};

/// So many changed keys are named of one change.
const NAMED: usize = 3;

/// So many columns are shown of a value.
const VALUE: usize = 44;

/// Does what was asked for.
pub fn act(call: &Call<'_>, command: &cli::Config) -> Said {
    let lang = call.screen_language();
    let done = match &command.command {
        cli::ConfigCommand::History(options) => history(call, lang, options),
        cli::ConfigCommand::Undo(options) => undo(call, lang, options),
    };
    done.unwrap_or_else(|refusal| refusal.said(lang))
}

/// The changes, the newest last, or the same as JSON.
fn history(call: &Call<'_>, lang: Lang, options: &cli::ConfigHistory) -> Result<Said, Refusal> {
    let versions = store::versions(call.config, call.env).map_err(Refusal::File)?;
    let lines = match (options.json, versions.is_empty()) {
        (true, _) => vec![json_of(&versions).to_string()],
        (false, true) => vec![none(call, lang)],
        (false, false) => {
            let zone = store::what_holds(call.config, call.env).settings.timezone;
            let columns = call.screen.width.unwrap_or(usize::MAX);
            lines(&versions, &zone, lang)
                .iter()
                .rev()
                .flatten()
                .map(|line| fit(line, columns))
                .collect()
        }
    };
    Ok(Said { lines, ..Said::default() })
}

/// Takes back the last change, or that of a number and all that came after it. A version
/// with something wrong in it comes back only where a person says so who was shown it.
fn undo(call: &Call<'_>, lang: Lang, options: &cli::ConfigUndo) -> Result<Said, Refusal> {
    let versions = store::versions(call.config, call.env).map_err(Refusal::File)?;
    let version = match &options.number {
        None => versions.first().ok_or_else(|| Refusal::usage(none(call, lang)))?,
        Some(text) => {
            let number = text.parse::<u64>();
            let number = number.map_err(|_| Refusal::usage(words::not_a_number(lang, text)))?;
            let found = versions.iter().find(|version| version.number == number);
            found.ok_or_else(|| Refusal::usage(words::no_such(lang, number)))?
        }
    };
    let mut lines = preview(call, &versions, version, lang);
    if !options.yes {
        let Some(ask) = call.screen.ask else {
            lines.push(words::needs_yes(lang));
            return Err(Refusal::Usage(lines));
        };
        if !ask(&lines, &words::ask_on_terminal(lang)) {
            return Ok(Said { lines: vec![words::not_done(lang)], ..Said::default() });
        }
        lines.clear();
    }
    let author = call.author(Way::Command("config undo".to_owned()));
    let undone = store::undo(call.config, call.env, (call.now, &author), (version, !options.yes));
    let undone = match undone {
        Ok(undone) => undone.ok_or_else(|| Refusal::usage(words::changed_meanwhile(lang)))?,
        Err(error @ (Error::Invalid { .. } | Error::Syntax { .. } | Error::NotAnObject { .. })) => {
            let refused = error.lines(lang).into_iter().chain([words::refused(lang)]);
            return Err(Refusal::Usage(refused.collect()));
        }
        Err(error) => return Err(Refusal::File(error)),
    };
    lines.push(done(&undone, version, lang));
    let problems = undone.fault.iter().flat_map(|fault| fault.lines(lang));
    let remark = undone.remark.iter().map(|remark| remark.text(lang));
    Ok(Said {
        lines,
        problems: problems.chain(remark).collect(),
        exit: undone.fault.as_ref().map_or(0, |_| Code::Config.exit()),
        changes: undone.changes,
    })
}

/// That there is nothing on record, and why.
pub fn none(call: &Call<'_>, lang: Lang) -> String {
    match store::too_large_to_keep(call.config) {
        true => words::too_large(lang),
        false => words::none(lang),
    }
}

/// That it is done, and whether it can be taken back in turn.
fn done(undone: &Undone, version: &Version, lang: Lang) -> String {
    match undone.kept {
        true => words::done(lang, version.number),
        false => words::done_for_good(lang, version.number),
    }
}

/// What taking back `version` would change, for a person to look at first.
pub fn preview(
    call: &Call<'_>,
    versions: &[Version],
    version: &Version,
    lang: Lang,
) -> Vec<String> {
    let last = versions.first().map_or(version.number, |last| last.number);
    let head = match last == version.number {
        true => words::takes_back(lang, last),
        false => words::takes_back_to(lang, version.number, last),
    };
    let indented = |line: String| format!("  {line}");
    let changes = told(version.undoing.as_deref(), usize::MAX, lang).into_iter().map(indented);
    let mut lines: Vec<String> = std::iter::once(head).chain(changes).collect();
    if version.forgets {
        lines.push(words::forgets(lang));
    }
    if version.loses {
        lines.push(words::loses(lang));
    }
    if let Some(fault) = store::fault_of(call.config, call.env, version) {
        lines.push(words::would_be_wrong(lang));
        lines.extend(fault.lines(lang).into_iter().map(indented));
    }
    lines
}

/// Each version's lines: its number, when, who and by what; then what it changed. Of
/// several hundred columns at most; the order is that of `versions`.
pub fn lines(versions: &[Version], zone: &TimeZone, lang: Lang) -> Vec<Vec<String>> {
    let who = |version: &Version| match &version.author.name {
        Some(name) => fit(&visible(name), 20),
        None => words::nobody_known(lang),
    };
    let widest = versions.iter().map(|version| width(&who(version))).max().unwrap_or(0);
    let of = |version: &Version| {
        let at = written(version.at, zone);
        let by = by(&version.author.way, lang);
        let number = format!("{:>4}", version.number);
        let head = words::row(lang, number, at, pad(&who(version), widest), by);
        let changes = told(version.changes.as_deref(), NAMED, lang).into_iter();
        std::iter::once(head).chain(changes.map(|line| format!("      {line}"))).collect()
    };
    versions.iter().map(of).collect()
}

fn written(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn by(way: &Way, lang: Lang) -> String {
    match way {
        Way::Menu => words::by_menu(lang),
        Way::Hand => words::by_hand(lang),
        Way::Command(command) => visible(command),
    }
}

/// The first `most` changes, each on a line; `None`: of a text that is no JSON.
fn told(changes: Option<&[Change]>, most: usize, lang: Lang) -> Vec<String> {
    let Some(changes) = changes else { return vec![words::no_json(lang)] };
    if changes.is_empty() {
        return vec![words::layout_only(lang)];
    }
    let mut lines: Vec<String> = changes.iter().take(most).map(|one| line(one, lang)).collect();
    if changes.len() > most {
        lines.push(words::more(lang, changes.len() - most));
    }
    lines
}

/// A change in a line; a whole rule goes by its name.
fn line(change: &Change, lang: Lang) -> String {
    const MASKED: &str = "***";
    let what = visible(&change.what);
    let what = match (what.strip_prefix("rule "), what.strip_prefix("pause ")) {
        (Some(which), _) => words::rule(lang, which),
        (_, Some(which)) => words::pause(lang, which),
        _ => what,
    };
    let name = |json: &str| {
        let element: Value = serde_json::from_str(json).unwrap_or_default();
        let name = element["name"].as_str().or(element["why"].as_str()).map(str::to_owned);
        name.filter(|_| element.is_object()).map(|name| fit(&visible(&name), VALUE))
    };
    let value = |json: &str| fit(&visible(json), VALUE);
    match (change.before.as_deref(), change.after.as_deref()) {
        (None, Some(MASKED)) => words::secret_set(lang, what),
        (Some(MASKED), Some(_)) => words::secret_changed(lang, what),
        (None, Some(after)) => match name(after) {
            Some(name) => words::element_added(lang, what, name),
            None => words::set(lang, what, value(after)),
        },
        (Some(before), None) => match name(before) {
            Some(name) => words::element_removed(lang, what, name),
            None => words::removed(lang, what),
        },
        (before, after) => {
            let text = |json: Option<&str>| value(json.unwrap_or_default());
            words::changed(lang, what, text(before), text(after))
        }
    }
}

/// For scripts; the manual names the keys.
fn json_of(versions: &[Version]) -> Value {
    let of = |version: &Version| {
        json!({
            "number": version.number,
            "at": version.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "user": version.author.name,
            "by": match &version.author.way {
                Way::Menu => "menu",
                Way::Hand => "hand",
                Way::Command(command) => command,
            },
            "changes": version.changes.as_ref().map(|changes| {
                changes.iter().map(change_json).collect::<Vec<_>>()
            }),
        })
    };
    json!({"version": 1, "changes": versions.iter().rev().map(of).collect::<Vec<_>>()})
}
