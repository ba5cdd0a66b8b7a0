//! Entry 1: what does the user want to see? A list of sentences, each of which fills most
//! keys of a rule, so that only what is his own is asked for.

use serde_json::Value;

use super::console::{Stop, Style};
use super::fields::{COUNT, Field, NEW_WITHIN, PORT};
use super::strict::Keys;
use super::traffic_rule::save_new;
use super::{Menu, event_rule, list, traffic_rule, workload_rule};
use crate::lang::{Lang, menu as say, menu_rules as say_rules, wanted as words};

/// A sentence in the user's language.
type Wording = fn(Lang) -> String;

/// What a user may want to see.
struct Wanted {
    /// In the list.
    line: Wording,
    /// The rule's name, and what its mails say that it means and what to do.
    texts: [Wording; 3],
    /// The other keys of the rule, as they stand in a file.
    keys: &'static str,
    /// What is asked for, with what stands in `keys` for Enter.
    asks: &'static [&'static Field],
}

/// Ports that hosts are administered through: SSH, RPC, SMB, RDP, WinRM [IANA].
/// Ports of databases: SQL Server, Oracle, MySQL, PostgreSQL, MongoDB [IANA].
static WANTED: [Wanted; 8] = [
    Wanted {
        line: words::sweep,
        texts: [words::sweep_name, words::sweep_desc, words::sweep_rec],
        keys: r#"{"type": "traffic", "pd": [2, 1], "port": "22,135,445,3389,5985-5986",
            "per": "source", "count_by": "destinations", "threshold_type": "count",
            "threshold_count": 5, "threshold_window": 10, "cooldown_minutes": 240,
            "level": "critical"}"#,
        asks: &[&PORT, &COUNT],
    },
    Wanted {
        line: words::scan,
        texts: [words::scan_name, words::scan_desc, words::scan_rec],
        keys: r#"{"type": "traffic", "pd": [2, 1], "per": ["source", "destination"],
            "count_by": "ports", "threshold_type": "count", "threshold_count": 20,
            "threshold_window": 10, "cooldown_minutes": 240, "level": "critical"}"#,
        asks: &[&COUNT],
    },
    Wanted {
        line: words::besieged,
        texts: [words::besieged_name, words::besieged_desc, words::besieged_rec],
        keys: r#"{"type": "traffic", "pd": [2, 1], "per": "destination", "count_by": "sources",
            "threshold_type": "count", "threshold_count": 50, "threshold_window": 10,
            "cooldown_minutes": 240, "level": "warning"}"#,
        asks: &[&COUNT],
    },
    Wanted {
        line: words::blocked,
        texts: [words::blocked_name, say_rules::traffic_desc, say_rules::traffic_rec],
        keys: r#"{"type": "traffic", "pd": 2, "per": "source", "threshold_type": "count",
            "threshold_count": 10, "threshold_window": 10, "cooldown_minutes": 240,
            "level": "warning"}"#,
        asks: &[&COUNT],
    },
    Wanted {
        line: words::newcomer,
        texts: [words::newcomer_name, words::newcomer_desc, words::newcomer_rec],
        keys: r#"{"type": "traffic", "pd": -1, "port": "1433,1521,3306,5432,27017",
            "per": ["source", "port"], "new_within_days": 30, "threshold_type": "immediate",
            "level": "warning"}"#,
        asks: &[&PORT, &NEW_WITHIN],
    },
    Wanted {
        line: words::guessing,
        texts: [words::guessing_name, words::guessing_desc, words::guessing_rec],
        keys: r#"{"type": "event", "filter_value": "user.login_failed", "per": "user",
            "threshold_type": "count", "threshold_count": 5, "threshold_window": 10,
            "cooldown_minutes": 60, "level": "critical"}"#,
        asks: &[&COUNT],
    },
    Wanted {
        line: words::stranger,
        texts: [words::stranger_name, words::stranger_desc, words::stranger_rec],
        keys: r#"{"type": "event", "filter_value": "user.sign_in", "status": ["success"],
            "per": ["user", "source_ip"], "new_within_days": 30,
            "threshold_type": "immediate", "level": "warning"}"#,
        asks: &[&NEW_WITHIN],
    },
    Wanted {
        line: words::leaving,
        texts: [words::leaving_name, words::leaving_desc, words::leaving_rec],
        keys: r#"{"type": "event",
            "filter_value": "agent.deactivate|agents.unpair|workloads.unpair",
            "count_by": "objects", "threshold_type": "count", "threshold_count": 5,
            "threshold_window": 60, "cooldown_minutes": 60, "level": "critical"}"#,
        asks: &[&COUNT],
    },
];

/// Asks what the user wants to see, then for what is missing, and saves the rule. A script
/// made for the questions of before is asked these.
pub fn add(menu: &mut Menu<'_>) -> Result<(), Stop> {
    if !menu.console.person() {
        return event_rule::add(menu);
    }
    let lang = menu.console.lang;
    let else_wanted =
        [words::event_by_type(lang), words::traffic_by_key(lang), words::workloads_by_state(lang)];
    let lines = WANTED.iter().map(|wanted| (wanted.line)(lang)).chain(else_wanted);
    let rows: Vec<String> =
        lines.zip(1..).map(|(line, number)| format!("{number:>3}  {line}")).collect();
    loop {
        let title = words::what(lang);
        let typed = list::choose(menu, &title, "", &rows, &say::choice(lang))?;
        let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let done = match number {
            Some(at) if at < WANTED.len() => WANTED.get(at).map(|wanted| wanted.add(menu)),
            Some(at) if at == WANTED.len() => Some(event_rule::add(menu)),
            Some(at) if at == WANTED.len() + 1 => Some(traffic_rule::add(menu)),
            Some(at) if at == WANTED.len() + 2 => Some(workload_rule::add(menu)),
            _ => None,
        };
        match done {
            // Who goes back comes back to the list.
            Some(Err(Stop::Back)) => {}
            Some(done) => return done,
            None => menu.console.notice(Style::Bad, &say::want_choice(lang, rows.len())),
        }
    }
}

impl Wanted {
    fn add(&self, menu: &mut Menu<'_>) -> Result<(), Stop> {
        menu.console.fine();
        let rule = menu.in_turn(|menu| self.ask(menu))?;
        save_new(menu, rule)
    }

    fn ask(&self, menu: &mut Menu<'_>) -> Result<Keys, Stop> {
        let lang = menu.console.lang;
        menu.console.screen(&(self.line)(lang));
        menu.console.show(Style::Faint, &say_rules::how_to_answer(lang));
        let mut rule = self.rule(lang);
        for field in self.asks {
            field.ask_needed(menu, &mut rule)?;
        }
        Ok(rule)
    }

    /// The rule before anything is asked.
    fn rule(&self, lang: Lang) -> Keys {
        let keys = serde_json::from_str::<Value>(self.keys).unwrap_or_default();
        let mut rule = keys.as_object().cloned().unwrap_or_default();
        for (key, text) in ["name", "desc", "rec"].into_iter().zip(self.texts) {
            rule.insert(key.to_owned(), text(lang).into());
        }
        rule
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_rule;

    #[test]
    fn what_a_user_may_want_to_see_is_a_rule_that_the_strict_reader_takes() {
        for wanted in &WANTED {
            for lang in [Lang::En, Lang::ZhTw] {
                let rule = Value::Object(wanted.rule(lang)).to_string();
                assert!(check_rule(&rule, "rule").is_ok(), "{rule}");
            }
            let rule = wanted.rule(Lang::En);
            let asks = |field: &&&Field| rule.contains_key(field.key);
            assert_eq!(wanted.asks.iter().filter(asks).count(), wanted.asks.len(), "{rule:?}");
        }
    }
}
