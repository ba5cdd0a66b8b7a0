//! The best practices: shows what it would add, and asks before it replaces.

use serde_json::Value;

use super::Menu;
use super::console::{Stop, Style};
use super::fields;
use crate::lang::{menu as say, menu_rules as words};
use crate::rules::best_practices::{Set, plan};

/// Adds what is missing, and replaces what differs where the user wants it. A script
/// is asked nothing: it gets what is missing, and nothing of its own is replaced.
pub fn load(menu: &mut Menu<'_>) -> Result<(), Stop> {
    let lang = menu.console.lang;
    menu.console.screen(&say::load_practices(lang));
    let complete = offer_set(menu, Set::First)?;
    let missing = plan(&menu.rules(), Set::Security, lang).missing;
    // One who is new to it has enough to read with the first.
    if complete && !missing.is_empty() && menu.console.person() {
        offer_set(menu, Set::Security)?;
    }
    Ok(())
}

/// The first set alone, below what stands on the screen.
pub fn offer(menu: &mut Menu<'_>) -> Result<(), Stop> {
    offer_set(menu, Set::First).map(drop)
}

/// True where nothing of the set is missing then.
fn offer_set(menu: &mut Menu<'_>, set: Set) -> Result<bool, Stop> {
    let lang = menu.console.lang;
    let rules = menu.rules();
    let plan_now = plan(&rules, set, lang);
    if plan_now.missing.is_empty() && plan_now.differing.is_empty() {
        menu.console.notice(Style::Good, &words::practices_all_here(lang));
        return Ok(true);
    }
    let mut add = !plan_now.missing.is_empty();
    if add {
        let title = match set {
            Set::First => words::practices_missing(lang),
            Set::Security => words::security_practices_missing(lang),
        };
        menu.console.show(Style::Plain, &title);
        names(menu, &plan_now.missing);
        if menu.console.person() {
            let by_itself = set == Set::First;
            let question = words::practices_add(lang, plan_now.missing.len());
            add = menu.console.yes(&question, by_itself)?;
        }
    }
    let mut replace = false;
    if !plan_now.differing.is_empty() {
        let own: Vec<Value> =
            plan_now.differing.iter().filter_map(|(at, _)| rules.get(*at).cloned()).collect();
        let count = own.len();
        menu.console.line(Style::Plain, &words::practices_differ(lang, count));
        names(menu, &own);
        if menu.console.person() {
            replace = menu.console.yes(&words::practices_replace(lang, count), false)?;
        }
    }
    if add || replace || !menu.console.person() {
        save(menu, set, add, replace);
    }
    Ok(add || plan_now.missing.is_empty())
}

/// One line for each: its level, its name and when it alerts.
fn names(menu: &Menu<'_>, rules: &[Value]) {
    let lang = menu.console.lang;
    for rule in rules {
        let rule = rule.as_object().cloned().unwrap_or_default();
        let level = crate::screen::columns::pad(&fields::LEVEL.shown(&rule, lang), 9);
        let name = fields::NAME.shown(&rule, lang);
        let when = fields::TRIGGER.shown(&rule, lang);
        menu.console.row(Style::Plain, &words::practice(lang, level, name, when));
    }
}

/// Plans again on the file of the moment, so that nothing is added twice.
fn save(menu: &mut Menu<'_>, set: Set, add: bool, replace: bool) {
    let lang = menu.console.lang;
    let saved = menu.save(|draft| {
        let plan = plan(&draft.rules(), set, lang);
        let (missing, differing) = (plan.missing, plan.differing);
        let added = missing.iter().filter(|_| add);
        let replaced = differing.iter().filter(|_| replace);
        replaced.clone().for_each(|(at, rule)| draft.replace_rule(*at, rule));
        let ids: Vec<i64> = added.map(|rule| draft.add_rule(rule)).collect();
        (ids.len(), replaced.count())
    });
    if let Some((added, replaced)) = saved {
        menu.console.notice(Style::Good, &words::practices_loaded(lang, added, replaced));
    }
}
