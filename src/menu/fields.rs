//! The keys of a rule as a person sees them: what each is called, an example, and
//! how it is asked for.

use serde_json::Value;

use super::Menu;
use super::console::Stop;
use super::question::{NOTHING, Question};
use super::strict::Keys;
use crate::lang::{Lang, menu as words_of_menu, menu_rules as say, rules as words};
use crate::rules::Level;

/// A sentence in the user's language.
type Words = fn(Lang) -> String;

/// One key of a rule.
pub struct Field {
    /// In the file.
    pub key: &'static str,
    /// What it is called.
    pub label: Words,
    /// An example.
    pub hint: Words,
    kind: Kind,
}

enum Kind {
    Text,
    /// Without this there is no rule.
    Required,
    /// A number that may be taken away.
    Number,
    /// One that may not.
    RequiredNumber,
    List,
    OnOff,
    /// Each as it stands in the file, and in words.
    Choice(&'static [(&'static str, Words)]),
    /// The three `threshold_` keys as one.
    Trigger,
}

const LEVELS: Kind =
    Kind::Choice(&[("critical", say::critical), ("warning", say::warning), ("info", say::info)]);

const DECISIONS: Kind = Kind::Choice(&[
    ("2", words::blocked),
    ("1", words::potentially_blocked),
    ("0", words::allowed),
    ("3", words::unknown),
    ("-1", words::any_decision),
]);

const EVENT_COUNTS: Kind =
    Kind::Choice(&[("events", say::by_events), ("objects", say::by_objects)]);

const FLOW_COUNTS: Kind =
    Kind::Choice(&[("connections", say::by_connections), ("flows", say::by_flows)]);

const fn field(key: &'static str, label: Words, hint: Words, kind: Kind) -> Field {
    Field { key, label, hint, kind }
}

/// What an event rule asks for.
pub static EVENT: [Field; 3] = [
    field("filter_value", say::filter_value, say::filter_value_hint, Kind::Required),
    field("severity", say::severity, say::severity_hint, Kind::List),
    field("status", say::status, say::status_hint, Kind::List),
];

/// What a traffic rule asks for.
pub static TRAFFIC: [Field; 7] = [
    field("pd", say::decision, say::nothing, DECISIONS),
    field("port", say::port, say::port_hint, Kind::Text),
    field("proto", say::proto, say::proto_hint, Kind::Text),
    field("src_label", say::src_label, say::label_hint, Kind::Text),
    field("dst_label", say::dst_label, say::label_hint, Kind::Text),
    field("src_ip_in", say::src_ip, say::ip_hint, Kind::Text),
    field("dst_ip_in", say::dst_ip, say::ip_hint, Kind::Text),
];

/// Which flows a traffic rule leaves out.
pub static EXCEPT: [Field; 5] = [
    field("ex_port", say::ex_port, say::port_hint, Kind::Text),
    field("ex_src_label", say::ex_src_label, say::label_hint, Kind::Text),
    field("ex_dst_label", say::ex_dst_label, say::label_hint, Kind::Text),
    field("ex_src_ip", say::ex_src_ip, say::ip_hint, Kind::Text),
    field("ex_dst_ip", say::ex_dst_ip, say::ip_hint, Kind::Text),
];

/// When a rule alerts.
pub static TRIGGER: Field = field("threshold_type", say::trigger, say::nothing, Kind::Trigger);

/// How bad an alert is.
pub static LEVEL: Field = field("level", say::level, say::nothing, LEVELS);

/// What the user calls the rule.
pub static NAME: Field = field("name", say::name, say::name_hint, Kind::Required);

static EVENT_COUNT: Field = field("count_by", say::count_by, say::nothing, EVENT_COUNTS);
static FLOW_COUNT: Field = field("count_by", say::count_by, say::nothing, FLOW_COUNTS);
static COOLDOWN: Field = field("cooldown_minutes", say::cooldown, say::cooldown_hint, Kind::Number);
static DESC: Field = field("desc", say::desc, say::desc_hint, Kind::Text);
static REC: Field = field("rec", say::rec, say::rec_hint, Kind::Text);
static NOTE: Field = field("note", say::note, say::note_hint, Kind::Text);
static ENABLED: Field = field("enabled", say::enabled, say::nothing, Kind::OnOff);

/// All fields of a rule, by its type.
pub fn of(rule: &Keys) -> Vec<&'static Field> {
    let (filter, count): (Vec<&Field>, _) = match rule.get("type").and_then(Value::as_str) {
        Some("traffic") => (TRAFFIC.iter().chain(&EXCEPT).collect(), &FLOW_COUNT),
        _ => (EVENT.iter().collect(), &EVENT_COUNT),
    };
    let mut all = vec![&NAME];
    all.extend(filter);
    all.extend([&TRIGGER, count, &COOLDOWN, &LEVEL, &DESC, &REC, &NOTE, &ENABLED]);
    all
}

impl Field {
    /// The value as a person reads it; empty where nothing is set.
    pub fn shown(&self, rule: &Keys, lang: Lang) -> String {
        let value = rule.get(self.key).unwrap_or(&Value::Null);
        match (&self.kind, value) {
            (Kind::Trigger, _) => trigger_shown(rule, lang),
            (Kind::OnOff, Value::Bool(false)) => say::off(lang),
            (Kind::OnOff, _) => say::on(lang),
            (Kind::Choice(choices), _) => {
                let now = self.chosen(rule, choices);
                let found = choices.iter().find(|(known, _)| *known == now);
                found.map_or(now, |(_, words)| words(lang))
            }
            (Kind::Number, Value::Null) => say::by_default(lang),
            (_, value) => plain(value),
        }
    }

    /// The word in the rule, else the one that holds without it.
    fn chosen(&self, rule: &Keys, choices: &[(&str, Words)]) -> String {
        let holds = match self.key {
            "level" => Level::default().word(),
            "count_by" => choices.first().map_or("", |(first, _)| first),
            _ => "",
        };
        rule.get(self.key).map_or_else(|| holds.to_owned(), plain)
    }

    /// Asks for the value and puts it into the rule; Enter leaves it as it is.
    pub fn ask(&self, menu: &mut Menu<'_>, rule: &mut Keys) -> Result<(), Stop> {
        match self.kind {
            Kind::Choice(choices) => self.ask_choice(menu, rule, choices),
            Kind::Trigger => ask_trigger(menu, rule),
            Kind::OnOff => {
                let on = rule.get(self.key) != Some(&Value::Bool(false));
                let on = menu.console.yes(&(self.label)(menu.console.lang), on)?;
                rule.insert(self.key.to_owned(), Value::Bool(on));
                Ok(())
            }
            _ => self.ask_text(menu, rule),
        }
    }

    fn ask_text(&self, menu: &mut Menu<'_>, rule: &mut Keys) -> Result<(), Stop> {
        let (reader, lang) = (menu.reader(), menu.console.lang);
        let set = rule.contains_key(self.key);
        let now = set.then(|| self.shown(rule, lang)).filter(|now| !now.is_empty());
        let optional = !matches!(self.kind, Kind::Required | Kind::RequiredNumber);
        let hint = match (now.is_some() && optional, (self.hint)(lang)) {
            (true, hint) if hint.is_empty() => say::removes(lang),
            (true, hint) => say::hint_removes(lang, hint),
            (false, hint) => hint,
        };
        let question =
            Question { label: (self.label)(lang), hint, now, required: !optional, unseen: false };
        let answer = menu.console.ask(&question, |typed| {
            if optional && typed == NOTHING {
                return Ok(None);
            }
            let value = self.read(typed);
            if self.is_number() && !value.is_number() {
                return Err(words_of_menu::want_number(lang));
            }
            let mut candidate = rule.clone();
            candidate.insert(self.key.to_owned(), value.clone());
            reader.rule(&candidate, &[self.key])?;
            Ok(Some(value))
        })?;
        match answer {
            Some(Some(value)) => drop(rule.insert(self.key.to_owned(), value)),
            Some(None) => drop(rule.remove(self.key)),
            None => {}
        }
        Ok(())
    }

    fn ask_choice(
        &self,
        menu: &mut Menu<'_>,
        rule: &mut Keys,
        choices: &[(&str, Words)],
    ) -> Result<(), Stop> {
        let lang = menu.console.lang;
        let now = self.chosen(rule, choices);
        let at = choices.iter().position(|(value, _)| now == *value).unwrap_or(0);
        let words: Vec<String> = choices.iter().map(|(_, words)| words(lang)).collect();
        let chosen = menu.console.choose(&(self.label)(lang), &words, Some(at))?;
        if let Some((value, _)) = chosen.and_then(|at| choices.get(at)) {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(*value));
            rule.insert(self.key.to_owned(), value);
        }
        Ok(())
    }

    fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::RequiredNumber)
    }

    /// What was typed, as it stands in the file. What is no number stays text, and the
    /// strict reader says what is wrong with it.
    fn read(&self, typed: &str) -> Value {
        let number = || typed.parse::<i64>().ok().map(Value::from);
        match self.kind {
            _ if self.is_number() => number().unwrap_or_else(|| typed.into()),
            Kind::List => {
                typed.split([',', '，', '、']).map(|part| Value::from(part.trim())).collect()
            }
            _ if self.key.ends_with("port") => number().unwrap_or_else(|| typed.into()),
            _ => typed.into(),
        }
    }
}

/// Immediately, or from a count within a window on.
fn ask_trigger(menu: &mut Menu<'_>, rule: &mut Keys) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let counts = counts(rule);
    let choices = [say::immediately(lang), say::when_it_adds_up(lang)];
    let chosen = menu.console.choose(&say::trigger(lang), &choices, Some(usize::from(counts)))?;
    if chosen == Some(0) {
        rule.insert("threshold_type".to_owned(), "immediate".into());
        rule.remove("threshold_count");
        rule.remove("threshold_window");
        return Ok(());
    }
    let mut candidate = rule.clone();
    candidate.insert("threshold_type".to_owned(), "count".into());
    let usual = match rule.get("type").and_then(Value::as_str) {
        Some("traffic") => 10,
        _ => 5,
    };
    candidate.entry("threshold_count").or_insert(usual.into());
    candidate.entry("threshold_window").or_insert(10.into());
    let count = field("threshold_count", say::count, say::count_hint, Kind::RequiredNumber);
    count.ask_text(menu, &mut candidate)?;
    let window = field("threshold_window", say::window, say::window_hint, Kind::RequiredNumber);
    window.ask_text(menu, &mut candidate)?;
    *rule = candidate;
    Ok(())
}

/// As the strict reader has it: a count by itself is one.
fn counts(rule: &Keys) -> bool {
    match rule.get("threshold_type").and_then(Value::as_str) {
        Some(kind) => kind == "count",
        None => rule.contains_key("threshold_count"),
    }
}

fn trigger_shown(rule: &Keys, lang: Lang) -> String {
    let value = |key| rule.get(key).map(plain).unwrap_or_default();
    match counts(rule) {
        true => say::count_in(lang, value("threshold_count"), value("threshold_window")),
        false => say::immediate(lang),
    }
}

/// A value without quotes; a list by commas.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
