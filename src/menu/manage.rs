//! The rules: listed, shown, edited, switched on and off, deleted.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::fields;
use super::list::List;
use super::strict::Keys;
use super::trying::try_it;
use super::{doubts, form, pauses};
use crate::commands::history::LastAlerted;
use crate::commands::rules as rule_command;
use crate::commands::typed::narrow;
use crate::lang::{Lang, menu as say, menu_rules as words, pauses as pause_words};
use crate::screen::columns::width;

/// So many columns an answer has beside the question, with what ends that.
const ROOM: usize = 14;

/// A rule as it was shown, and its place then.
type Chosen = (usize, Value);

/// Shows the rules and works on those that are named, until the user goes back.
pub fn manage(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let (mut searched, mut from) = (String::new(), 0);
    loop {
        let lang = menu.console.lang;
        let rules = menu.rules();
        if rules.is_empty() {
            menu.console.notice(Style::Plain, &words::no_rules(lang));
            return Ok(());
        }
        let Some(found) = found(&rules, &searched, lang) else {
            menu.console.notice(Style::Bad, &words::none_found(lang, &searched));
            searched.clear();
            continue;
        };
        let typed = match which(menu, &rules, &found, &searched, &mut from) {
            Err(Stop::Back) if searched.is_empty() => return Ok(()),
            Err(Stop::Back) => "/".to_owned(),
            other => other?,
        };
        if let Some(part) = typed.strip_prefix('/') {
            menu.console.fine();
            (searched, from) = (part.trim().to_owned(), 0);
            continue;
        }
        if typed.eq_ignore_ascii_case("p") {
            match pauses::pauses(menu) {
                Ok(()) | Err(Stop::Back) => continue,
                leave => return leave,
            }
        }
        let Some(places) = places(&typed, rules.len()) else {
            let wrong = words::want_rules(lang, rules.len());
            match menu.console.person() {
                true => menu.console.notice(Style::Bad, &wrong),
                false => menu.console.wrong(&wrong)?,
            }
            continue;
        };
        menu.console.fine();
        let chosen: Vec<Chosen> =
            places.iter().filter_map(|at| Some((*at, rules.get(*at)?.clone()))).collect();
        match work_on(menu, &chosen) {
            Ok(()) | Err(Stop::Back) => {}
            leave => return leave,
        }
    }
}

/// Shows those of the rules that are at these places, and asks which are meant.
fn which(
    menu: &mut Menu<'_>,
    rules: &[Value],
    found: &[usize],
    searched: &str,
    from: &mut usize,
) -> Result<String, Stop> {
    let lang = menu.console.lang;
    let (head, rows) = table(menu, rules);
    let rows: Vec<String> = found.iter().filter_map(|at| rows.get(*at).cloned()).collect();
    if !menu.console.person() {
        rows.iter().for_each(|row| menu.console.line(Style::Plain, row));
    }
    let title = match searched.is_empty() {
        true => say::manage_rules(lang),
        false => words::rules_found(lang, searched, found.len(), rules.len()),
    };
    let (whole, help) = (words::which_rules(lang), words::help_rules(lang));
    // Cut, it would not say the way back.
    let prompt = match width(&whole) + ROOM > menu.console.columns() && menu.console.person() {
        true => words::which_rules_narrow(lang),
        false => whole,
    };
    List { title: &title, head: &head, rows: &rows, prompt: &prompt, help: &help }
        .choose(menu, from)
}

/// The places of the rules that have this in their id, name or event type, or as the begin
/// of a word of their kind, whatever its case and the width of its letters; all of them for
/// nothing, `None` where none has it.
fn found(rules: &[Value], searched: &str, lang: Lang) -> Option<Vec<usize>> {
    let folded = |text: &str| narrow(text).to_lowercase();
    let part = folded(searched);
    let has = |rule: &Value| {
        let keys = keys(rule);
        let texts = ["id", "name", "filter_value"].map(|key| fields::plain(&rule[key]));
        // "VEN" is no part of "event".
        let kind = format!("{} {}", fields::plain(&rule["type"]), form::kind(&keys, lang));
        texts.iter().any(|text| folded(text).contains(&part))
            || folded(&kind).split_whitespace().any(|word| word.starts_with(&part))
    };
    let places = rules.iter().enumerate().filter(|(_, rule)| has(rule));
    let places: Vec<usize> = places.map(|(at, _)| at).collect();
    (!places.is_empty()).then_some(places)
}

/// `1`, `1,3-5`: places in a list of so many, from 0, each once.
fn places(typed: &str, count: usize) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    for part in typed.split([',', '，', '、', ';', '；']) {
        let (from, to) = rule_command::range::<usize>(part)?;
        if from == 0 || to > count {
            return None;
        }
        places.extend(from - 1..to);
    }
    places.sort_unstable();
    places.dedup();
    Some(places)
}

/// A head and a numbered row for each rule, in the terminal's width.
fn table(menu: &Menu<'_>, rules: &[Value]) -> (String, Vec<String>) {
    const NUMBER: usize = 5;
    let width = match menu.console.person() {
        true => Some(menu.console.columns().saturating_sub(NUMBER)),
        false => None,
    };
    let told = LastAlerted::read(&menu.call);
    let mut lines = rule_command::rows(rules, &told, menu.console.lang, width).into_iter();
    let head = lines.next().unwrap_or_default();
    let rows = lines.enumerate().map(|(at, row)| format!("{:>3}  {row}", at + 1));
    (format!("  #  {head}"), rows.collect())
}

fn work_on(menu: &mut Menu<'_>, rules: &[Chosen]) -> Result<(), Stop> {
    match rules {
        [rule] => work_on_one(menu, rule),
        several => work_on_several(menu, several),
    }
}

fn work_on_one(menu: &mut Menu<'_>, rule: &Chosen) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let shown = keys(&rule.1);
    menu.console.screen(&form::title(menu, &shown));
    form::tell(menu, &shown);
    form::show(menu, &fields::of(&shown), &shown);
    let on = shown.get("enabled") != Some(&Value::Bool(false));
    let switch = if on { words::disable(lang) } else { words::enable(lang) };
    let choices = format!(
        "1 {}  2 {switch}  3 {}  4 {}  5 {}  0 {}",
        words::edit(lang),
        words::delete(lang),
        pause_words::to_pause(lang),
        words::try_it(lang),
        words::back(lang)
    );
    loop {
        match menu.console.answer(&say::prompt(lang, &choices))?.as_str() {
            "" | "0" | "-1" | "<" => return Ok(()),
            "1" => return edit(menu, rule),
            "2" => return enable(menu, std::slice::from_ref(rule), !on),
            "3" => return delete(menu, std::slice::from_ref(rule)),
            "4" => return pause(menu, std::slice::from_ref(rule)),
            "5" | "t" | "T" => return try_it(menu, &shown),
            _ => menu.console.wrong(&say::want_choice(lang, 5))?,
        }
    }
}

fn work_on_several(menu: &mut Menu<'_>, rules: &[Chosen]) -> Result<(), Stop> {
    let lang = menu.console.lang;
    menu.console.screen(&words::rules_chosen(lang, rules.len()));
    for (_, rule) in rules {
        let name = fields::NAME.shown(&keys(rule), lang);
        menu.console.row(Style::Plain, &format!("  {name}"));
    }
    let choices = format!(
        "1 {}  2 {}  3 {}  4 {}  0 {}",
        words::enable(lang),
        words::disable(lang),
        words::delete(lang),
        pause_words::to_pause(lang),
        words::back(lang)
    );
    loop {
        match menu.console.answer(&say::prompt(lang, &choices))?.as_str() {
            "" | "0" | "-1" | "<" => return Ok(()),
            "1" => return enable(menu, rules, true),
            "2" => return enable(menu, rules, false),
            "3" => return delete(menu, rules),
            "4" => return pause(menu, rules),
            _ => menu.console.wrong(&say::want_choice(lang, 4))?,
        }
    }
}

/// Saves what the form changed, key by key: what was not touched keeps its bytes.
fn edit(menu: &mut Menu<'_>, rule: &Chosen) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let before = keys(&rule.1);
    let title = form::title(menu, &before);
    let after = form::form(menu, &title, before.clone())?;
    if after == before {
        return Ok(());
    }
    let saved = menu.save(|draft| {
        let Some(at) = place_now(&draft.rules(), rule) else {
            return false;
        };
        for key in before.keys().filter(|key| !after.contains_key(*key)) {
            draft.set_in_rule(at, key, None);
        }
        for (key, value) in after.iter().filter(|(key, value)| before.get(*key) != Some(value)) {
            draft.set_in_rule(at, key, Some(value));
        }
        true
    });
    let name = fields::NAME.shown(&after, lang);
    told(menu, saved, &words::rule_saved(lang, name));
    if saved == Some(true) {
        doubts::tell(menu, &Value::Object(after));
    }
    Ok(())
}

fn enable(menu: &mut Menu<'_>, rules: &[Chosen], on: bool) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let saved = menu.save(|draft| {
        let places = places_now(&draft.rules(), rules);
        for at in &places {
            draft.set_in_rule(*at, "enabled", Some(&Value::Bool(on)));
        }
        !places.is_empty()
    });
    let said = match on {
        true => words::rules_enabled(lang, rules.len()),
        false => words::rules_disabled(lang, rules.len()),
    };
    told(menu, saved, &said);
    Ok(())
}

fn pause(menu: &mut Menu<'_>, rules: &[Chosen]) -> Result<(), Stop> {
    let ids: Vec<i64> = rules.iter().filter_map(|(_, rule)| rule["id"].as_i64()).collect();
    pauses::pause(menu, &ids)
}

fn delete(menu: &mut Menu<'_>, rules: &[Chosen]) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let question = match rules.len() {
        1 => words::delete_this(lang),
        several => words::delete_these(lang, several),
    };
    if !menu.console.yes(&question, false)? {
        return Ok(());
    }
    let saved = menu.save(|draft| {
        let places = places_now(&draft.rules(), rules);
        // From the end, so that the places before stay what they are.
        for at in places.iter().rev() {
            draft.remove_rule(*at);
        }
        !places.is_empty()
    });
    told(menu, saved, &words::rules_deleted(lang, rules.len()));
    Ok(())
}

/// Tells that it was saved, or that the rule is another one meanwhile.
fn told(menu: &mut Menu<'_>, saved: Option<bool>, text: &str) {
    match saved {
        Some(true) => menu.console.notice(Style::Good, text),
        Some(false) => {
            let text = words::changed_meanwhile(menu.console.lang);
            menu.console.fault_notice(&text);
        }
        None => {}
    }
}

/// Where the rule is in the file of this moment: its place, or wherever it went.
/// Its id may be another one: ids that stood twice are mended with every save.
fn place_now(now: &[Value], (at, rule): &Chosen) -> Option<usize> {
    let alike = |other: &Value| {
        let (mut one, mut other) = (keys(rule), keys(other));
        one.remove("id");
        other.remove("id");
        one == other
    };
    match now.get(*at).is_some_and(alike) {
        true => Some(*at),
        false => now.iter().position(|other| other == rule),
    }
}

/// The places of those that are still there, in order, each once.
fn places_now(now: &[Value], rules: &[Chosen]) -> Vec<usize> {
    let places = rules.iter().filter_map(|rule| place_now(now, rule));
    let places: std::collections::BTreeSet<usize> = places.collect();
    places.into_iter().collect()
}

fn keys(rule: &Value) -> Keys {
    rule.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{found, places};
    use crate::lang::Lang;

    #[test]
    fn rules_are_found_by_id_name_kind_and_event_whatever_the_case_and_width() {
        let rules = [
            json!({"id": 7, "type": "event", "name": "VEN 遭竄改", "filter_value": "agent.tampering"}),
            json!({"id": 17, "type": "traffic", "name": "Blocked ＳＭＢ"}),
            json!({"id": 20, "type": "workload", "name": "Offline"}),
            json!("no rule at all"),
        ];
        for (searched, at) in [
            ("", Some(vec![0, 1, 2, 3])),
            ("7", Some(vec![0, 1])),
            ("竄改", Some(vec![0])),
            ("ＴＡＭＰ", Some(vec![0])),
            ("smb", Some(vec![1])),
            ("Traffic", Some(vec![1])),
            ("ven", Some(vec![0])),
            ("event", Some(vec![0])),
            ("流量", Some(vec![1])),
            ("nothing", None),
        ] {
            assert_eq!(found(&rules, searched, Lang::ZhTw), at, "{searched}");
        }
    }

    #[test]
    fn rules_are_named_by_numbers_and_ranges() {
        assert_eq!(places("2", 5), Some(vec![1]));
        assert_eq!(places("1,3-5", 5), Some(vec![0, 2, 3, 4]));
        assert_eq!(places(" 3 - 4 , 4，1", 5), Some(vec![0, 2, 3]));
        assert_eq!(places("1；3;4、5", 5), Some(vec![0, 2, 3, 4]));
        for wrong in ["0", "6", "3-6", "5-3", "a", "1,,2", "-1", "1-", ""] {
            assert_eq!(places(wrong, 5), None, "{wrong}");
        }
    }
}
