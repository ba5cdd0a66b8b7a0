//! The keys of a rule as a person sees them: what each is called, an example, and
//! how it is asked for.

use serde_json::Value;

use super::Menu;
use super::console::Stop;
use super::question::{NOTHING, Question};
use super::strict::{Keys, typed_value};
use crate::commands::typed::meant;
use crate::config::{self, Key, Kind};
use crate::lang::{Lang, listed, menu_rules as say, rules as words};

/// A sentence in the user's language.
type Wording = fn(Lang) -> String;

/// One key of a rule.
pub struct Field {
    /// In the file.
    pub key: &'static str,
    /// What it is called.
    pub label: Wording,
    /// An example.
    pub hint: Wording,
    form: Form,
}

/// How it is asked for.
enum Form {
    /// By its kind in the file.
    Plain,
    /// Each as it stands in the file, and in words.
    Choice(&'static [(&'static str, Wording)]),
    /// The three `threshold_` keys as one.
    Trigger,
}

const LEVELS: Form =
    Form::Choice(&[("critical", say::critical), ("warning", say::warning), ("info", say::info)]);

const DECISIONS: Form = Form::Choice(&[
    ("2", words::blocked),
    ("1", words::potentially_blocked),
    ("0", words::allowed),
    ("3", words::unknown),
    ("-1", words::any_decision),
]);

const EVENT_COUNTS: Form = Form::Choice(&[
    ("events", say::by_events),
    ("objects", say::by_objects),
    ("users", say::by_users),
    ("sources", say::by_addresses),
    ("workloads", say::by_workloads),
]);

const FLOW_COUNTS: Form = Form::Choice(&[
    ("connections", say::by_connections),
    ("flows", say::by_flows),
    ("sources", say::by_sources),
    ("destinations", say::by_destinations),
    ("ports", say::by_ports),
    ("users", say::by_users),
]);

const fn field(key: &'static str, label: Wording, hint: Wording) -> Field {
    Field { key, label, hint, form: Form::Plain }
}

const fn chosen(key: &'static str, label: Wording, form: Form) -> Field {
    Field { key, label, hint: say::nothing, form }
}

/// What an event rule asks for.
pub static EVENT: [Field; 3] = [
    field("filter_value", say::filter_value, say::filter_value_hint),
    field("severity", say::severity, say::severity_hint),
    field("status", say::status, say::status_hint),
];

/// What a traffic rule asks for.
pub static TRAFFIC: [Field; 7] = [
    chosen("pd", say::decision, DECISIONS),
    field("port", say::port, say::port_hint),
    field("proto", say::proto, say::proto_hint),
    field("src_label", say::src_label, say::label_hint),
    field("dst_label", say::dst_label, say::label_hint),
    field("src_ip_in", say::src_ip, say::ip_hint),
    field("dst_ip_in", say::dst_ip, say::ip_hint),
];

/// Those of a traffic rule that every rule of that kind shows, set or not.
const TRAFFIC_SHOWN: [&str; 2] = ["pd", "port"];

/// Which flows a traffic rule leaves out.
pub static EXCEPT: [Field; 5] = [
    field("ex_port", say::ex_port, say::port_hint),
    field("ex_src_label", say::ex_src_label, say::label_hint),
    field("ex_dst_label", say::ex_dst_label, say::label_hint),
    field("ex_src_ip", say::ex_src_ip, say::ip_hint),
    field("ex_dst_ip", say::ex_dst_ip, say::ip_hint),
];

/// What a rule on workloads asks for, and from how many on, each for how long.
pub static WORKLOAD: [Field; 7] = [
    field("state", say::state, say::state_hint),
    field("label", say::label, say::label_hint),
    field("host", say::host, say::names_hint),
    field("not_host", say::not_host, say::names_hint),
    field("os", say::os, say::os_hint),
    field("threshold_window", say::standing_minutes, say::standing_minutes_hint),
    field("threshold_count", say::standing_count, say::standing_count_hint),
];

/// Of [`FURTHER`] those that only an event rule has, and those that both kinds have.
const OF_EVENTS: [&str; 5] = ["source_ip", "workload", "change", "not_source_ip", "not_workload"];
const OF_BOTH: [&str; 3] = ["user", "not_user", "technique"];

/// What few rules ask for: shown where a rule does.
static FURTHER: [Field; 20] = [
    field("user", say::user, say::names_hint),
    field("source_ip", say::source_ip, say::ip_hint),
    field("workload", say::workload, say::names_hint),
    field("change", say::change, say::change_hint),
    field("process", say::process, say::names_hint),
    field("src_host", say::src_host, say::names_hint),
    field("dst_host", say::dst_host, say::names_hint),
    field("src_list", say::src_list, say::lists_hint),
    field("dst_list", say::dst_list, say::lists_hint),
    field("src_managed", say::src_managed, say::nothing),
    field("dst_managed", say::dst_managed, say::nothing),
    field("not_user", say::not_user, say::names_hint),
    field("not_source_ip", say::not_source_ip, say::ip_hint),
    field("not_workload", say::not_workload, say::names_hint),
    field("not_process", say::not_process, say::names_hint),
    field("not_src_host", say::not_src_host, say::names_hint),
    field("not_dst_host", say::not_dst_host, say::names_hint),
    field("technique", say::technique, say::technique_hint),
    field("not_src_list", say::not_src_list, say::lists_hint),
    field("not_dst_list", say::not_dst_list, say::lists_hint),
];

/// When a rule alerts.
pub static TRIGGER: Field = chosen("threshold_type", say::trigger, Form::Trigger);

/// How bad an alert is.
pub static LEVEL: Field = chosen("level", say::level, LEVELS);

/// What the user calls the rule.
pub static NAME: Field = field("name", say::name, say::name_hint);

/// From how many on.
pub static COUNT: Field = field("threshold_count", say::count, say::count_hint);

/// Within how long.
pub static WINDOW: Field = field("threshold_window", say::window, say::window_hint);

/// Which ports.
pub static PORT: Field = field("port", say::port, say::port_hint);

/// For how long what was not seen is new.
pub static NEW_WITHIN: Field = field("new_within_days", say::new_within, say::new_within_hint);

static LEARN: Field = field("learn_days", say::learn, say::learn_hint);
static EVENT_PER: Field = field("per", say::per, say::event_per_hint);
static FLOW_PER: Field = field("per", say::per, say::flow_per_hint);
static EVENT_COUNT: Field = chosen("count_by", say::count_by, EVENT_COUNTS);
static FLOW_COUNT: Field = chosen("count_by", say::count_by, FLOW_COUNTS);
static REMINDER: Field = field("cooldown_minutes", say::reminder, say::reminder_hint);
static COOLDOWN: Field = field("cooldown_minutes", say::cooldown, say::cooldown_hint);
static DESC: Field = field("desc", say::desc, say::desc_hint);
static REC: Field = field("rec", say::rec, say::rec_hint);
static NOTE: Field = field("note", say::note, say::note_hint);
static ENABLED: Field = field("enabled", say::enabled, say::nothing);

/// The fields of a rule, by its type: what any such rule has, and what this one has.
pub fn of(rule: &Keys) -> Vec<&'static Field> {
    if rule.get("type").and_then(Value::as_str) == Some("workload") {
        let mut all = vec![&NAME];
        all.extend(&WORKLOAD);
        all.extend([&REMINDER, &LEVEL, &DESC, &REC, &NOTE, &ENABLED]);
        return all;
    }
    let is_set = |field: &&Field| rule.contains_key(field.key);
    let traffic = is_traffic(rule);
    let mut all = vec![&NAME];
    match traffic {
        true => all.extend(TRAFFIC.iter().filter(|field| is_always_shown(field) || is_set(field))),
        false => all.extend(&EVENT),
    }
    all.extend(EXCEPT.iter().chain(&FURTHER).filter(is_set));
    all.push(&TRIGGER);
    all.extend(if traffic { [&FLOW_COUNT, &FLOW_PER] } else { [&EVENT_COUNT, &EVENT_PER] });
    all.extend((rule.contains_key("per") || is_set(&&NEW_WITHIN)).then_some(&NEW_WITHIN));
    all.extend((is_set(&&NEW_WITHIN) || is_set(&&LEARN)).then_some(&LEARN));
    all.extend([&COOLDOWN, &LEVEL, &DESC, &REC, &NOTE, &ENABLED]);
    all
}

/// What else such a rule may ask for, and this one does not.
pub fn further(rule: &Keys) -> Vec<&'static Field> {
    let is_free = |field: &&Field| !rule.contains_key(field.key);
    match is_traffic(rule) {
        true => {
            let usual = TRAFFIC.iter().filter(|field| !is_always_shown(field)).chain(&EXCEPT);
            let rare = FURTHER.iter().filter(|field| !OF_EVENTS.contains(&field.key));
            usual.chain(rare).filter(is_free).collect()
        }
        false if rule.get("type").and_then(Value::as_str) == Some("workload") => Vec::new(),
        false => {
            let of =
                |field: &&Field| OF_EVENTS.contains(&field.key) || OF_BOTH.contains(&field.key);
            FURTHER.iter().filter(of).filter(is_free).collect()
        }
    }
}

fn is_traffic(rule: &Keys) -> bool {
    rule.get("type").and_then(Value::as_str) == Some("traffic")
}

fn is_always_shown(field: &Field) -> bool {
    TRAFFIC_SHOWN.contains(&field.key)
}

impl Field {
    /// What the strict reader knows of it.
    fn known(&self) -> Key {
        let known = config::keys().get("rules", self.key);
        debug_assert!(known.is_some(), "nobody reads {}", self.key);
        known.cloned().unwrap_or_default()
    }

    /// The value as a person reads it; empty where nothing is set.
    pub fn shown(&self, rule: &Keys, lang: Lang) -> String {
        let value = rule.get(self.key).unwrap_or(&Value::Null);
        match (&self.form, self.known().kind, value) {
            (Form::Trigger, ..) => trigger_shown(rule, lang),
            (Form::Choice(choices), ..) => {
                let word = |now: String| {
                    let found = choices.iter().find(|(known, _)| *known == now);
                    found.map_or(now, |(_, words)| words(lang))
                };
                match rule.get(self.key) {
                    Some(Value::Array(several)) => {
                        let words: Vec<String> =
                            several.iter().map(|one| word(plain(one))).collect();
                        listed(lang, &words)
                    }
                    _ => word(self.chosen(rule, choices)),
                }
            }
            (_, Kind::Bool, Value::Bool(false)) => say::off(lang),
            (_, Kind::Bool, _) => say::on(lang),
            (_, Kind::Number(_), Value::Null) if self.key == NEW_WITHIN.key => String::new(),
            (_, Kind::Number(_), Value::Null) => say::by_default(lang),
            (_, _, value) => plain(value),
        }
    }

    /// The word in the rule, else the one that holds without it: the first, where the
    /// reader leaves that to the kind of rule.
    fn chosen(&self, rule: &Keys, choices: &[(&str, Wording)]) -> String {
        let known = self.known();
        match (rule.get(self.key), &known.holds) {
            (Some(value), _) => plain(value),
            (None, Value::Null) if known.required => String::new(),
            (None, Value::Null) => choices.first().map_or("", |(first, _)| first).to_owned(),
            (None, holds) => plain(holds),
        }
    }

    /// Asks for the value and puts it into the rule; Enter leaves it as it is.
    pub fn ask(&self, menu: &mut Menu<'_>, rule: &mut Keys) -> Result<(), Stop> {
        let known = self.known();
        match (&self.form, known.kind) {
            (Form::Choice(choices), _) => self.ask_choice(menu, rule, choices),
            (Form::Trigger, _) => ask_trigger(menu, rule),
            (Form::Plain, Kind::Bool) => {
                let on = rule.get(self.key) != Some(&Value::Bool(false));
                let on = menu.console.yes(&(self.label)(menu.console.lang), on)?;
                rule.insert(self.key.to_owned(), Value::Bool(on));
                Ok(())
            }
            (Form::Plain, kind) => self.ask_text(menu, rule, &kind, known.required),
        }
    }

    /// Asks for what has to be there: Enter takes what stands in the rule.
    pub fn ask_needed(&self, menu: &mut Menu<'_>, rule: &mut Keys) -> Result<(), Stop> {
        self.ask_text(menu, rule, &self.known().kind, true)
    }

    fn ask_text(
        &self,
        menu: &mut Menu<'_>,
        rule: &mut Keys,
        kind: &Kind,
        required: bool,
    ) -> Result<(), Stop> {
        let (reader, lang) = (menu.reader(), menu.console.lang);
        let set = rule.contains_key(self.key);
        let now = set.then(|| self.shown(rule, lang)).filter(|now| !now.is_empty());
        let hint = match (now.is_some() && !required, (self.hint)(lang)) {
            (true, hint) if hint.is_empty() => say::removes(lang),
            (true, hint) => say::hint_removes(lang, hint),
            (false, hint) => hint,
        };
        let question = Question { label: (self.label)(lang), hint, now, required, unseen: false };
        let key = self.known();
        let answer = menu.console.ask(&question, |typed| {
            let typed = &meant(&key, typed, None);
            if !required && typed == NOTHING {
                return Ok(None);
            }
            let value = typed_value(kind, typed, lang)?;
            let mut candidate = rule.clone();
            candidate.insert(self.key.to_owned(), value.clone());
            reader.rule(&candidate, self.key)?;
            if self.key == "per" {
                // What each group has but one of can't be counted in it.
                reader.rule(&candidate, "count_by")?;
            }
            Ok(Some(value))
        })?;
        match answer {
            Some(Some(value)) => drop(rule.insert(self.key.to_owned(), value)),
            Some(None) => self.remove(rule),
            None => {}
        }
        Ok(())
    }

    /// Takes the value away, and what has no meaning without it.
    fn remove(&self, rule: &mut Keys) {
        let without: &[&str] = match self.key {
            "per" => &["new_within_days", "learn_days"],
            "new_within_days" => &["learn_days"],
            _ => &[],
        };
        rule.remove(self.key);
        without.iter().for_each(|key| drop(rule.remove(*key)));
    }

    fn ask_choice(
        &self,
        menu: &mut Menu<'_>,
        rule: &mut Keys,
        choices: &[(&str, Wording)],
    ) -> Result<(), Stop> {
        let lang = menu.console.lang;
        let now = self.chosen(rule, choices);
        let at = choices.iter().position(|(value, _)| now == *value);
        // What is none of the choices, as several decisions are, stays where none is made.
        let is_other = at.is_none() && rule.contains_key(self.key);
        let words: Vec<String> = choices.iter().map(|(_, words)| words(lang)).collect();
        let default = if is_other { None } else { Some(at.unwrap_or(0)) };
        let chosen = match menu.console.choose(&(self.label)(lang), &words, default) {
            Err(Stop::Back) if is_other => None,
            chosen => chosen?,
        };
        if let Some((value, _)) = chosen.and_then(|at| choices.get(at)) {
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(*value));
            let mut candidate = rule.clone();
            candidate.insert(self.key.to_owned(), value);
            match menu.reader().rule(&candidate, self.key) {
                Ok(()) => *rule = candidate,
                Err(wrong) => menu.console.fault_notice(&wrong),
            }
        }
        Ok(())
    }
}

/// Immediately, from a count within a window on, or below one.
fn ask_trigger(menu: &mut Menu<'_>, rule: &mut Keys) -> Result<(), Stop> {
    let lang = menu.console.lang;
    let now = match (is_below(rule), counts(rule)) {
        (true, _) => 2,
        (false, counts) => usize::from(counts),
    };
    let choices =
        [say::immediately(lang), say::when_it_adds_up(lang), say::when_too_few_come(lang)];
    let chosen = menu.console.choose(&say::trigger(lang), &choices, Some(now))?;
    if chosen == Some(0) {
        rule.insert("threshold_type".to_owned(), "immediate".into());
        rule.remove("threshold_count");
        rule.remove("threshold_window");
        return Ok(());
    }
    let mut candidate = rule.clone();
    let word = if chosen == Some(2) { "below" } else { "count" };
    candidate.insert("threshold_type".to_owned(), word.into());
    let (usual, window) = match rule.get("type").and_then(Value::as_str) {
        _ if word == "below" => (1, 1_440),
        Some("traffic") => (10, 10),
        _ => (5, 10),
    };
    candidate.entry("threshold_count").or_insert(usual.into());
    candidate.entry("threshold_window").or_insert(window.into());
    COUNT.ask_needed(menu, &mut candidate)?;
    WINDOW.ask_needed(menu, &mut candidate)?;
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

fn is_below(rule: &Keys) -> bool {
    rule.get("threshold_type").and_then(Value::as_str) == Some("below")
}

fn trigger_shown(rule: &Keys, lang: Lang) -> String {
    let value = |key| rule.get(key).map(plain).unwrap_or_default();
    if is_below(rule) {
        return say::fewer_in(lang, value("threshold_count"), value("threshold_window"));
    }
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
