//! `why`: how far a rule has counted, until when it is silent, and which of the PCE's
//! records it matches or nearly does.
//!
//! Reads the file and asks the PCE; takes no lock and changes nothing. Where the PCE can't
//! be read, what the file says is told all the same.

mod counted;
mod records;

use serde_json::{Value, json};

use self::counted::Counted;
use self::records::{Asked, Looked};
use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::moment::past;
use crate::commands::said::Said;
use crate::exit::{Code, USAGE};
use crate::lang::{Lang, inspect, rules as rule_words, why as say};
use crate::rules::{Filter, Rule, describe};
use crate::screen::columns::wrap;
use crate::screen::visible::visible;
use crate::store::{self, Opened, StateUse};

/// Explains a rule.
pub fn why(call: &Call<'_>, command: &cli::Why) -> Said {
    let lang = call.screen_language();
    explain(call, command, lang).unwrap_or_else(|refused| refused)
}

fn explain(call: &Call<'_>, command: &cli::Why, lang: Lang) -> Result<Said, Said> {
    let usage = |sentence| Said { problems: vec![sentence], exit: USAGE, ..Said::default() };
    let id: i64 = command.id.trim().parse().map_err(|_| usage(say::one_id(lang, &command.id)))?;
    if command.at.is_some() && command.event.is_some() {
        return Err(usage(say::at_or_event(lang)));
    }
    let opened = store::open(call.config, call.env, StateUse::Keep).map_err(|unopened| Said {
        problems: unopened.error.lines(lang),
        exit: Code::of_failure(unopened.error.needs_a_person()).exit(),
        ..Said::default()
    })?;
    let rule = opened.config.rules.iter().find(|rule| rule.id == id);
    let rule = rule.ok_or_else(|| usage(rule_words::no_such_rule(lang, id)))?;
    if command.event.is_some() && !matches!(rule.filter, Filter::Event(_)) {
        return Err(usage(say::no_event_rule(lang, inspect::rule(lang, id, &rule.name))));
    }
    let now = opened.state.pce_time(call.now);
    let zone = &opened.config.settings.timezone;
    let at = command
        .at
        .as_deref()
        .map(|text| past(text, now, zone).ok_or_else(|| usage(say::bad_time(lang, text))));
    let asked = match (at.transpose()?, &command.event) {
        (Some(at), _) => Asked::At(at),
        (None, Some(href)) => Asked::Event(href.clone()),
        (None, None) => Asked::LastHour,
    };
    let counted = Counted::of(&opened, rule, now);
    let looked = match rule.filter {
        Filter::Workload(_) => None,
        _ => Some(records::look(call, &opened, rule, &asked, lang)),
    };
    Ok(said(call, command, &opened, rule, (&counted, looked), lang))
}

fn said(
    call: &Call<'_>,
    command: &cli::Why,
    opened: &Opened,
    rule: &Rule,
    (counted, looked): (&Counted<'_>, Option<Result<Looked, records::Unread>>),
    lang: Lang,
) -> Said {
    let (looked, unread) = match looked {
        None => (None, None),
        Some(Ok(looked)) => (Some(looked), None),
        Some(Err(unread)) => (None, Some(unread)),
    };
    let lines = match command.json {
        true => vec![as_json(rule, counted, looked.as_ref(), lang).to_string()],
        false => {
            let name = inspect::rule(lang, rule.id, &rule.name);
            let mut lines = vec![name, describe::sentence(rule, lang), String::new()];
            lines.extend(counted.lines(opened, lang));
            let mut lines: Vec<String> = lines.iter().map(|line| visible(line)).collect();
            if let Some(width) = call.screen.width {
                lines = lines.iter().flat_map(|line| wrap(line, width, 4)).collect();
            }
            lines.push(String::new());
            match &looked {
                Some(looked) => lines.extend(looked.lines(call, opened, rule, lang)),
                None if unread.is_none() => lines.push(say::workloads_elsewhere(lang, rule.id)),
                None => drop(lines.pop()),
            }
            lines
        }
    };
    Said {
        lines,
        exit: unread.as_ref().map_or(0, |unread| unread.exit),
        problems: unread.map(|unread| unread.sentence).into_iter().collect(),
        ..Said::default()
    }
}

/// For scripts; the manual names the keys.
fn as_json(rule: &Rule, counted: &Counted<'_>, looked: Option<&Looked>, lang: Lang) -> Value {
    json!({
        "version": 1,
        "rule": {"id": rule.id, "name": rule.name, "enabled": rule.enabled},
        "sentence": describe::sentence(rule, lang),
        "counted": counted.json(),
        "records": looked.map(|looked| looked.json(rule, lang)),
    })
}
