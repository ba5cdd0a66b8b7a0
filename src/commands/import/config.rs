//! The Python tool's config, key by key and rule by rule.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::later::{Translated, translated};
use super::{Ids, Import};
use crate::config::{self, Env};
use crate::exit::Code;
use crate::lang::{Lang, import as words, rules as rule_words};
use crate::store::{self, Draft, Edited, Way};

/// The sections that both programs have.
const SECTIONS: [&str; 4] = ["api", "email", "smtp", "settings"];

/// What a log-in at the mail server is made of: taken together or not at all.
const LOGIN: [&str; 3] = ["user", "password", "enable_auth"];

impl Import<'_> {
    /// Imports a config; where it is the config itself, repairs its ids alone.
    pub(super) fn take_config(&mut self, file: &Path, config: &Value) {
        let in_place = match (file.canonicalize(), self.call.config.canonicalize()) {
            (Ok(file), Ok(config)) => file == config,
            _ => false,
        };
        let (lang, env) = (self.lang, self.call.env);
        let folder = self.call.config.parent().unwrap_or(Path::new(""));
        let around = Place { env, folder, lang };
        let author = self.call.author(Way::Command("import".to_owned()));
        let edited = store::edit(self.call.config, env, self.call.now, &author, |draft| {
            draft.keep_renumbered();
            match in_place {
                true => Taken::in_place(config, lang),
                false => Taken::from(draft, config, &around),
            }
        });
        match edited {
            Ok(edited) => self.took(file, edited),
            Err(error) => self.fails(&error),
        }
    }

    fn took(&mut self, file: &Path, edited: Edited<Taken>) {
        let Edited { result: taken, changes, renumbered, problems, remark } = edited;
        for line in taken.lines {
            self.tell(file, line);
        }
        for (before, after) in renumbered {
            self.tell(file, rule_words::renumbered(self.lang, before, after));
        }
        for problem in &problems {
            let problem =
                words::of_file(self.lang, self.call.config.display(), problem.text(self.lang));
            self.said.problems.push(problem);
            self.worsen(Code::Config);
        }
        let remark = remark.iter().map(|remark| remark.text(self.lang));
        self.said.problems.extend(remark);
        self.other_pce |= taken.other_pce;
        self.rules.known = true;
        self.rules.shared.extend(taken.rules.shared);
        self.rules.taken.extend(taken.rules.taken);
        self.record(changes);
    }
}

/// Where the taking happens.
struct Place<'a> {
    env: &'a Env,
    folder: &'a Path,
    lang: Lang,
}

/// What was taken, and what there is to say.
#[derive(Default)]
struct Taken {
    lines: Vec<String>,
    rules: Ids,
    other_pce: bool,
}

impl Taken {
    fn in_place(config: &Value, lang: Lang) -> Self {
        let mut rules = Ids::of(config);
        let ids = rules_of(config).filter_map(|rule| rule["id"].as_i64());
        rules.taken = ids.map(|id| (id, id)).collect();
        Self { lines: vec![words::in_place(lang)], rules, other_pce: false }
    }

    fn from(draft: &mut Draft, config: &Value, place: &Place<'_>) -> Self {
        let mut taken = Self { rules: Ids::of(config), ..Self::default() };
        taken.take_keys(draft, config, place);
        taken.name_the_rest(config, place.lang);
        taken.take_rules(draft, config, place.lang);
        if taken.lines.is_empty() {
            taken.lines.push(words::empty(place.lang));
        }
        taken
    }

    fn take_keys(&mut self, draft: &mut Draft, config: &Value, place: &Place<'_>) {
        let (mut took, mut same, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let here = draft.value("api", "url");
        let url = |value: &Value| value.as_str().map(|url| url.trim_end_matches('/').to_owned());
        let theirs = config["api"].get("url");
        let differ = |here: &Value| theirs.is_some_and(|theirs| url(theirs) != url(here));
        self.other_pce = here.as_ref().is_some_and(differ);
        for section in SECTIONS {
            if section == "api" && self.other_pce {
                let here = here.as_ref().and_then(url).unwrap_or_default();
                self.lines.push(words::other_pce(place.lang, here));
                continue;
            }
            let (keys, refused) = acceptable(section, &config[section], place);
            let refused = refused.iter().map(|why| words::key_refused(place.lang, why));
            self.lines.extend(refused);
            for (key, value) in keys {
                let path = format!("{section}.{key}");
                match draft.value(section, &key) {
                    Some(here) if here == value => same.push(path),
                    Some(_) => kept.push(path),
                    None if said_elsewhere(draft, section, &key) => kept.push(path),
                    None => {
                        draft.set(section, &key, &value);
                        took.push(path);
                    }
                }
            }
        }
        type Sentence = fn(Lang, String) -> String;
        let told: [(Sentence, Vec<String>); 3] =
            [(words::keys_taken, took), (words::keys_same, same), (words::keys_kept, kept)];
        for (sentence, keys) in told {
            if !keys.is_empty() {
                self.lines.push(sentence(place.lang, keys.join(", ")));
            }
        }
    }

    /// Sections that only the Python tool has, and such that are none.
    fn name_the_rest(&mut self, config: &Value, lang: Lang) {
        for section in SECTIONS {
            let value = &config[section];
            if !value.is_null() && !value.is_object() {
                self.lines.push(words::no_section(lang, section));
            }
        }
        if !config["rules"].is_null() && !config["rules"].is_array() {
            self.lines.push(words::no_list(lang, "rules"));
        }
        let known = |key: &str| SECTIONS.contains(&key) || key == "rules" || key == "state";
        let sections = config.as_object().into_iter().flatten();
        for (key, value) in sections.filter(|(key, _)| !known(key)) {
            // The later versions told by LINE and webhooks too.
            let channels = value["active"].as_array().map(|list| {
                let names = list.iter().filter_map(Value::as_str);
                names.filter(|name| *name != "mail").collect::<Vec<_>>()
            });
            match channels {
                Some(channels) if key == "alerts" && channels.is_empty() => {}
                Some(channels) if key == "alerts" => {
                    self.lines.push(words::channels(lang, channels.join(", ")));
                }
                _ => self.lines.push(words::section_unknown(lang, key)),
            }
        }
    }

    fn take_rules(&mut self, draft: &mut Draft, config: &Value, lang: Lang) {
        let mut compared_whole = false;
        for rule in rules_of(config) {
            let rule = tidied(rule);
            let name = |rule: &Value| match rule["name"].as_str().or(rule["name_key"].as_str()) {
                Some(name) => name.to_owned(),
                None => words::unnamed(lang),
            };
            let taken = of_known_type(&rule, lang).and_then(|()| translated(&rule, lang));
            let taken = taken.and_then(|taken| supported(&taken.rule, lang).map(|()| taken));
            let Translated { rule, remarks } = match taken {
                Ok(taken) => taken,
                Err(why) => {
                    let name = name(&rule);
                    let lines = why.iter().map(|why| words::rule_refused(lang, &name, why));
                    self.lines.extend(lines);
                    continue;
                }
            };
            let name = name(&rule);
            // Only the later versions had a cooldown.
            compared_whole |= rule["type"] == "event" && rule.get("cooldown_minutes").is_some();
            let was = rule["id"].as_i64();
            let twin = draft.rules().into_iter().find(|own| same(own, &rule));
            let twin = twin.and_then(|twin| twin["id"].as_i64());
            let id = twin.unwrap_or_else(|| draft.add_rule(&rule));
            self.lines.push(match (twin, was) {
                (Some(_), _) => words::rule_same(lang, id, &name),
                (None, Some(was)) if was != id => words::rule_taken_as(lang, id, was, &name),
                (None, _) => words::rule_taken(lang, id, &name),
            });
            let remarks = remarks.iter().map(|remark| words::rule_remark(lang, id, remark));
            self.lines.extend(remarks);
            if let Some(was) = was {
                self.rules.taken.insert(was, id);
            }
        }
        if compared_whole {
            self.lines.push(words::part_of_name(lang));
        }
    }
}

impl Ids {
    /// The ids that stand more than once in a config.
    fn of(config: &Value) -> Self {
        let mut times: BTreeMap<i64, u32> = BTreeMap::new();
        for id in rules_of(config).filter_map(|rule| rule["id"].as_i64()) {
            *times.entry(id).or_default() += 1;
        }
        let shared = times.into_iter().filter(|(_, times)| *times > 1);
        Self { shared: shared.map(|(id, _)| id).collect(), ..Self::default() }
    }
}

fn rules_of(config: &Value) -> impl Iterator<Item = &Value> {
    config["rules"].as_array().into_iter().flatten()
}

/// The keys of a section that mean something here, and why the others do not. What
/// is empty says nothing.
fn acceptable(section: &str, keys: &Value, place: &Place<'_>) -> (Map<String, Value>, Vec<String>) {
    let wrong = |keys: Map<String, Value>| {
        let problems = config::check_section(section, &keys.into(), place.env, place.folder);
        let texts = problems.iter().map(|problem| problem.text(place.lang));
        texts.collect::<Vec<String>>()
    };
    let (mut fine, mut refused) = (Map::new(), Vec::new());
    let given = keys.as_object().into_iter().flatten();
    for (key, value) in given.filter(|(_, value)| !is_empty(value)) {
        let alone = wrong(Map::from_iter([(key.clone(), value.clone())]));
        match alone.is_empty() || LOGIN.contains(&key.as_str()) {
            true => drop(fine.insert(key.clone(), value.clone())),
            false => refused.extend(alone),
        }
    }
    // The later Python versions logged in over the open wire too.
    let together = wrong(fine.clone());
    if !together.is_empty() {
        LOGIN.iter().for_each(|key| drop(fine.remove(*key)));
        refused.extend(together);
    }
    (fine, refused)
}

/// Whether the key is a secret that a file holds.
fn said_elsewhere(draft: &Draft, section: &str, key: &str) -> bool {
    let file = config::keys().get(section, key).and_then(|key| key.file);
    file.is_some_and(|file| draft.value(section, file).is_some())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(keys) => keys.is_empty(),
        _ => false,
    }
}

/// Without what says nothing, and with whole numbers as such: Python writes `10.0`.
fn tidied(rule: &Value) -> Value {
    let Some(keys) = rule.as_object() else {
        return rule.clone();
    };
    let whole = |value: &Value| match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() < 1e15 => {
            Value::from(number as i64)
        }
        _ => value.clone(),
    };
    let keys = keys.iter().filter(|(_, value)| !is_empty(value));
    keys.map(|(key, value)| (key.clone(), whole(value))).collect()
}

/// Whether a rule is of a kind that this program has too.
fn of_known_type(rule: &Value, lang: Lang) -> Result<(), Vec<String>> {
    if !rule.is_object() {
        return Err(vec![words::rule_no_object(lang)]);
    }
    match rule["type"].as_str() {
        // The later versions' only such rule.
        Some("system") => Err(vec![words::rule_of_health(lang)]),
        Some(kind) if !["event", "traffic"].contains(&kind) => {
            Err(vec![words::rule_type_unsupported(lang, kind)])
        }
        _ => Ok(()),
    }
}

/// Why a rule can't be taken.
fn supported(rule: &Value, lang: Lang) -> Result<(), Vec<String>> {
    let checked = config::check_rule(&rule.to_string(), "rule");
    let texts =
        |problems: Vec<config::Problem>| problems.iter().map(|one| one.text(lang)).collect();
    checked.map(drop).map_err(texts)
}

/// Whether two rules say the same, whatever their ids.
fn same(one: &Value, other: &Value) -> bool {
    let content = |rule: &Value| {
        let mut rule = tidied(rule);
        if let Some(keys) = rule.as_object_mut() {
            keys.remove("id");
        }
        rule
    };
    content(one) == content(other)
}
