//! A rule of the Python tool's later versions, put into our keys.
//!
//! They compared the whole event type, by alternatives or a regular expression, had
//! filters on fields of an event, IP lists by name, and a throttle beside the cooldown
//! [illumio_monitor, illumio-ops]. What narrows a rule and can't be said here keeps the
//! rule out, since it would alert on what nobody asked for; all else is named.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Subnets};
use serde_json::{Map, Value};

use crate::config;
use crate::lang::{Lang, import as words};
use crate::rules::catalogue;

/// A rule as it stands in a file.
type Keys = Map<String, Value>;

/// The rule in our keys, and what there is to say of it.
pub struct Translated {
    /// The rule.
    pub rule: Value,
    /// What became of keys that this program has not.
    pub remarks: Vec<String>,
}

/// Keys that only the later versions wrote.
const OF_LATER: [&str; 9] = [
    "name_key",
    "desc_key",
    "rec_key",
    "filter_status",
    "filter_severity",
    "match_fields",
    "filter_match_fields",
    "throttle",
    "alert_throttle",
];

/// What a pattern of theirs said where it asked for nothing.
const ANYTHING: [&str; 4] = ["", "*", "any", "all"];

/// Addresses or names of IP lists, and our key for the names.
const ENDS: [(&str, &str); 4] = [
    ("src_ip_in", "src_list"),
    ("dst_ip_in", "dst_list"),
    ("ex_src_ip", "not_src_list"),
    ("ex_dst_ip", "not_dst_list"),
];

const LABELS: [&str; 4] = ["src_label", "dst_label", "ex_src_label", "ex_dst_label"];

/// The longest cooldown, in minutes.
const WEEK: u64 = 10_080;

/// Puts a rule into our keys.
///
/// # Errors
/// What narrows it and can't be said here, a sentence each.
pub fn translated(rule: &Value, lang: Lang) -> Result<Translated, Vec<String>> {
    let Some(keys) = rule.as_object() else {
        return Ok(Translated { rule: rule.clone(), remarks: Vec::new() });
    };
    let is_later = OF_LATER.iter().any(|key| keys.contains_key(*key));
    let mut work = Work { keys: keys.clone(), refused: Vec::new(), remarks: Vec::new(), lang };
    match keys.get("type").and_then(Value::as_str) {
        Some("event") => {
            if is_later {
                work.filter_value();
            }
            work.words("filter_status", "status");
            work.words("filter_severity", "severity");
            work.match_fields();
        }
        Some("traffic") => {
            LABELS.iter().for_each(|key| work.label(key));
            ENDS.iter().for_each(|(key, list)| work.end(key, list));
        }
        _ => {}
    }
    work.texts();
    work.throttle();
    match work.refused.is_empty() {
        true => Ok(Translated { rule: work.keys.into(), remarks: work.remarks }),
        false => Err(work.refused),
    }
}

struct Work {
    keys: Keys,
    refused: Vec<String>,
    remarks: Vec<String>,
    lang: Lang,
}

impl Work {
    fn refuse(&mut self, key: &str, value: &Value) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.refused.push(words::not_sayable(self.lang, key, value));
    }

    /// Alternatives by commas, each of which is a name, names by `|`, or a regular
    /// expression over the whole name.
    fn filter_value(&mut self) {
        let Some(value) = self.keys.get("filter_value").cloned() else { return };
        let Some(text) = value.as_str() else { return };
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        match parts.map(globs).collect::<Option<Vec<_>>>() {
            Some(all) => {
                self.keys.insert("filter_value".to_owned(), all.concat().join("|").into());
            }
            None => self.refuse("filter_value", &value),
        }
    }

    /// A pattern on one of the event's words.
    fn words(&mut self, theirs: &str, ours: &str) {
        let Some(value) = self.keys.remove(theirs) else { return };
        self.field(theirs, &value, ours, "");
    }

    fn match_fields(&mut self) {
        for key in ["match_fields", "filter_match_fields"] {
            let Some(fields) = self.keys.remove(key) else { continue };
            let Some(fields) = fields.as_object() else {
                self.refuse(key, &fields);
                continue;
            };
            for (path, pattern) in fields {
                let theirs = format!("{key}.{path}");
                match path.as_str() {
                    "status" | "severity" => self.field(&theirs, pattern, path, ""),
                    "created_by.user.username" => self.field(&theirs, pattern, "user", "not_user"),
                    "action.src_ip" => self.field(&theirs, pattern, "source_ip", "not_source_ip"),
                    "created_by.agent.hostname" | "created_by.ven.hostname" => {
                        self.field(&theirs, pattern, "workload", "not_workload");
                    }
                    _ => self.refuse(&theirs, pattern),
                }
            }
        }
    }

    /// A pattern of theirs as names of ours; `negated` is our key for all others.
    fn field(&mut self, theirs: &str, value: &Value, ours: &str, negated: &str) {
        let text = value.as_str().unwrap_or_default().trim();
        if ANYTHING.contains(&text) && value.is_string() {
            return;
        }
        let (key, text) = match text.strip_prefix('!') {
            Some(rest) => (negated, rest),
            None => (ours, text),
        };
        let names = globs(text).filter(|names| {
            let is_word = |name: &String| !name.contains(['*', '?']);
            // Addresses and the PCE's words are no globs here.
            matches!(key, "user" | "not_user" | "workload" | "not_workload")
                || names.iter().all(is_word)
        });
        match names {
            Some(names) if !key.is_empty() && !text.is_empty() && !self.keys.contains_key(key) => {
                self.keys.insert(key.to_owned(), names.into());
            }
            _ => self.refuse(theirs, value),
        }
    }

    /// `key:value` was as good as `key=value`.
    fn label(&mut self, key: &str) {
        if let Some(Value::String(text)) = self.keys.get_mut(key)
            && !text.contains('=')
            && let Some((name, value)) = text.split_once(':')
        {
            *text = format!("{}={}", name.trim(), value.trim());
        }
    }

    /// Addresses, networks, ranges, or names of IP lists; any of them was enough.
    fn end(&mut self, key: &str, list_key: &str) {
        let Some(value) = self.keys.get(key).cloned() else { return };
        let parts: Vec<String> = match &value {
            Value::Array(several) => several.iter().filter_map(Value::as_str).map(own).collect(),
            Value::String(text) if is_addresses(text) => return,
            Value::String(text) => vec![own(text)],
            _ => return,
        };
        let addresses: Option<Vec<Vec<String>>> = parts.iter().map(|part| nets(part)).collect();
        let names = parts.iter().all(|part| nets(part).is_none());
        match addresses {
            Some(addresses) => {
                self.keys.insert(key.to_owned(), addresses.concat().into());
            }
            None if !names => self.refuse(key, &value),
            None if config::keys().get("rules", list_key).is_some() => {
                self.keys.remove(key);
                self.keys.insert(list_key.to_owned(), parts.into());
            }
            // The strict reader says what is wrong with it.
            None => {}
        }
    }

    /// Texts stood in the later versions' own dictionary, and in the file their keys.
    fn texts(&mut self) {
        let lang = self.lang;
        let is_missing = |keys: &Keys, key: &str| {
            let text = keys.get(key).and_then(Value::as_str).unwrap_or_default();
            text.is_empty() || text.starts_with("[MISSING:")
        };
        let name_key = self.keys.remove("name_key");
        let had = [name_key.is_some(), self.keys.remove("desc_key").is_some()];
        let had = had.contains(&true) | self.keys.remove("rec_key").is_some();
        if !had {
            return;
        }
        let filter = self.keys.get("filter_value").and_then(Value::as_str).unwrap_or_default();
        let first = filter.split('|').next().unwrap_or_default();
        let known = catalogue::all().iter().find(|one| one.name == first);
        if is_missing(&self.keys, "name") {
            let key = name_key.as_ref().and_then(Value::as_str).unwrap_or_default();
            self.keys.insert("name".to_owned(), named(key).into());
        }
        for (key, text) in [
            ("desc", known.map(|one| one.meaning(lang))),
            ("rec", known.map(|one| one.advice(lang))),
        ] {
            match (is_missing(&self.keys, key), text) {
                (true, Some(text)) => drop(self.keys.insert(key.to_owned(), text.into())),
                (true, None) => drop(self.keys.remove(key)),
                (false, _) => {}
            }
        }
    }

    /// One alert in so many minutes is what a cooldown is; several in them are not.
    fn throttle(&mut self) {
        for key in ["throttle", "alert_throttle"] {
            let Some(value) = self.keys.remove(key) else { continue };
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match throttle(&value) {
                Some((1, minutes)) => {
                    let cooldown = self.keys.get("cooldown_minutes").and_then(Value::as_u64);
                    let longer = cooldown.unwrap_or(0).max(minutes).min(WEEK);
                    self.keys.insert("cooldown_minutes".to_owned(), longer.into());
                    self.remarks.push(words::throttled(self.lang, shown, longer));
                }
                _ => self.remarks.push(words::throttle_lost(self.lang, shown)),
            }
        }
    }
}

fn own(text: &str) -> String {
    text.trim().to_owned()
}

/// What the strict reader takes for addresses.
fn is_addresses(text: &str) -> bool {
    text.split(',').all(|part| {
        let part = part.trim();
        part.parse::<IpNet>().is_ok() || part.parse::<std::net::IpAddr>().is_ok()
    })
}

/// An address, a network, or a range as the networks that it is made of.
fn nets(text: &str) -> Option<Vec<String>> {
    if is_addresses(text) {
        return Some(vec![own(text)]);
    }
    let (from, to) = text.split_once('-')?;
    let (from, to) = (from.trim().parse::<Ipv4Addr>().ok()?, to.trim().parse().ok()?);
    (from <= to).then(|| Ipv4Subnets::new(from, to, 0).map(|net| net.to_string()).collect())
}

/// `rule_agent_tampering` as `Agent tampering`.
fn named(key: &str) -> String {
    let text = key.strip_prefix("rule_").unwrap_or(key).replace('_', " ");
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A pattern of theirs as names or globs of ours. It was a regular expression where it
/// had one of their signs, else names by `|`.
fn globs(pattern: &str) -> Option<Vec<String>> {
    if ANYTHING.contains(&pattern) {
        return Some(vec!["*".to_owned()]);
    }
    let is_regex = pattern.starts_with('^')
        || pattern.ends_with('$')
        || pattern.contains(['*', '+', '?', '[', ']', '(', ')', '{', '}', '\\']);
    if !is_regex {
        return Some(pattern.split('|').map(own).collect());
    }
    let whole = pattern.strip_prefix('^').unwrap_or(pattern);
    let whole = whole.strip_suffix('$').unwrap_or(whole);
    // An alternative of a whole expression reaches to its ends, and that of a group to the
    // group's: only the first can be said.
    whole.split('|').map(glob).collect()
}

/// One expression as a glob, where it is made of plain letters, `.`, `.*`, `.+` and `\.`.
fn glob(expression: &str) -> Option<String> {
    let mut glob = String::new();
    let mut signs = expression.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '.' if signs.next_if_eq(&'*').is_some() => glob.push('*'),
            '.' if signs.next_if_eq(&'+').is_some() => glob.push_str("?*"),
            // A dot of theirs was any letter; in a type's name it is the dot.
            '.' => glob.push('.'),
            '\\' => glob.push(signs.next().filter(|next| !next.is_alphanumeric())?),
            '*' | '+' | '?' | '[' | ']' | '(' | ')' | '{' | '}' | '^' | '$' => return None,
            plain => glob.push(plain),
        }
        // A sign of repetition behind a letter can't be said.
        if signs.peek().is_some_and(|next| ['*', '+', '?'].contains(next)) {
            return None;
        }
    }
    (!glob.is_empty()).then_some(glob)
}

/// `2/10m`: how many alerts in how many minutes.
fn throttle(value: &Value) -> Option<(u64, u64)> {
    if let Some(count) = value["count"].as_u64() {
        let seconds = value["period_seconds"].as_u64().filter(|seconds| *seconds > 0);
        let minutes = seconds.map(|seconds| seconds.div_ceil(60));
        return Some((count, minutes.or(value["period_minutes"].as_u64())?));
    }
    let (count, period) = value.as_str()?.split_once('/')?;
    let period = period.trim();
    let digits = period.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
    let seconds = match period.get(digits.len()..)?.to_ascii_lowercase().as_str() {
        "s" => 1,
        "m" | "" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let period: u64 = digits.trim().parse().ok()?;
    Some((count.trim().parse().ok()?, period.saturating_mul(seconds).div_ceil(60)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_globs_where_they_can_be_said() {
        let of = |pattern| globs(pattern).map(|globs| globs.join("|"));
        for (pattern, glob) in [
            ("agent.tampering", "agent.tampering"),
            ("a.b|c.d", "a.b|c.d"),
            ("*", "*"),
            (".*", "*"),
            ("^agent\\.up.*$", "agent.up*"),
            ("user.+", "user?*"),
            ("a.*|b.c", "a*|b.c"),
        ] {
            assert_eq!(of(pattern).as_deref(), Some(glob), "{pattern}");
        }
        for pattern in ["agent*", "a?b", "(a|b).c", "[ab]", "a{2}", "\\w+", "^$", "x+", "a.*+"] {
            assert_eq!(of(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn a_throttle_is_read_in_all_its_forms() {
        let of = |value: Value| throttle(&value);
        assert_eq!(of("1/30m".into()), Some((1, 30)));
        assert_eq!(of(" 2 / 1h ".into()), Some((2, 60)));
        assert_eq!(of("1/90".into()), Some((1, 90)));
        assert_eq!(of("1/30s".into()), Some((1, 1)));
        assert_eq!(of(serde_json::json!({"count": 1, "period_seconds": 600})), Some((1, 10)));
        assert_eq!(of("1/30w".into()), None);
        assert_eq!(of("often".into()), None);
    }

    #[test]
    fn a_range_of_addresses_becomes_its_networks() {
        assert_eq!(nets("10.0.0.0-10.0.1.255").unwrap(), ["10.0.0.0/23"]);
        assert_eq!(nets("10.0.0.5").unwrap(), ["10.0.0.5"]);
        assert_eq!(nets("10.0.0.9-10.0.0.1"), None);
        assert_eq!(nets("Corp-Net"), None);
    }
}
