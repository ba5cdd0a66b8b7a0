//! What a mail tells of each rule, read out of its text part.

use jiff::Timestamp;

use super::{Mail, Run};

/// One alert as a mail tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The rule's name.
    pub rule: String,
    /// How many matches.
    pub count: u64,
    /// The first one's minute since 1970.
    pub first: i64,
    /// The last one's.
    pub last: i64,
    /// For a rule that counts some apart: what is told of each by name.
    pub groups: Vec<Group>,
    /// How many more there are.
    pub more_groups: u64,
}

/// One of those that a rule counts apart, as a mail tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// How many matches, or different ones.
    pub count: u64,
    /// The first one's minute since 1970.
    pub first: i64,
    /// The last one's.
    pub last: i64,
}

impl Mail {
    /// The alerts, in the mail's order; for mails in English.
    pub fn told(&self) -> Vec<Told> {
        self.alerts().into_iter().map(|(told, _)| told).collect()
    }

    /// The rules whose alerts say that their time is not known.
    pub fn told_in_one_go(&self) -> Vec<String> {
        let alerts = self.alerts().into_iter();
        let unknown = alerts.filter(|(_, card)| {
            let words: Vec<&str> = card.split_whitespace().collect();
            words.join(" ").contains(IN_ONE_GO)
        });
        unknown.map(|(told, _)| told.rule).collect()
    }

    /// Each alert with its card.
    fn alerts(&self) -> Vec<(Told, String)> {
        let rule = format!("{}\n", "=".repeat(78));
        let text = self.text();
        // A mail that tells but one thing has its name in its first line alone.
        // A late one says before that that it is late.
        let mut paragraphs = text.split("\n\n");
        let head = paragraphs.find(|paragraph| paragraph.starts_with('['));
        let head = head.unwrap_or_default();
        let head = head.split("\nWhat to do: ").next().unwrap_or_default().replace('\n', " ");
        let only = head.split_once(" · ").map(|(_, name)| name);
        let cards = text.split(&rule).skip(1);
        cards.filter_map(|card| Some((alert(card, only)?, card.to_owned()))).collect()
    }
}

/// What an alert says whose time nobody knows.
const IN_ONE_GO: &str = "reported in one go";

/// `[WARNING] rule 1`, `1,025 connections in 5 minutes (…)`, `First seen: …`.
fn alert(card: &str, only: Option<&str>) -> Option<Told> {
    let mut lines = card.lines().peekable();
    let title = lines.next_if(|line| line.starts_with('['));
    let title = title.and_then(|line| Some(line.split_once("] ")?.1));
    let rule = title.or(only)?.to_owned();
    let until = ["First seen:", "Seen:"];
    let lead: Vec<&str> =
        lines.take_while(|line| !until.iter().any(|label| line.starts_with(label))).collect();
    let lead = lead.join(" ");
    let (groups, more_groups) = groups(card);
    // `10.0.0.9: 5 destinations in 10 minutes (…)`
    let lead = match groups.as_slice() {
        [] => lead.as_str(),
        [worst, ..] => lead.strip_prefix(&worst.name)?.strip_prefix(": ")?,
    };
    let (count, what) = lead.trim_start_matches("at least ").split_once(' ')?;
    if !NOUNS.iter().any(|noun| what.starts_with(noun)) {
        return None;
    }
    let time = |label: &str| {
        let line = card.lines().find_map(|line| line.strip_prefix(label));
        line.map(|text| minute(text.trim()))
    };
    let seen = time("Seen:");
    Some(Told {
        rule,
        count: count.replace(',', "").parse().unwrap(),
        first: time("First seen:").or(seen).unwrap(),
        last: time("Last seen:").or(seen).unwrap(),
        groups,
        more_groups,
    })
}

const NOUNS: [&str; 8] =
    ["connection", "flow", "match", "source", "destination", "port", "user", "workload"];

/// `      200  10.0.0.66`, and below it `           2026-08-03 10:12 – 10:15 +00:00`.
fn groups(card: &str) -> (Vec<Group>, u64) {
    let list = card.split_once("\nEach by itself\n").map(|(_, list)| list);
    let list = list.and_then(|list| list.split("\n\n").next()).unwrap_or_default();
    let mut groups: Vec<Group> = Vec::new();
    let mut more = 0;
    for line in list.lines() {
        let text = line.trim();
        if let Some(rest) = text.strip_prefix("and ") {
            more = rest.split(' ').next().unwrap().replace(',', "").parse().unwrap();
        } else if let Some((first, last)) = span(text) {
            if let Some(group) = groups.last_mut().filter(|group| group.last == 0) {
                (group.first, group.last) = (first, last);
            }
        } else if let Some((count, name)) = text.split_once("  ")
            && let Ok(count) = count.trim_start_matches("≥ ").replace(',', "").parse()
        {
            groups.push(Group { name: name.trim().to_owned(), count, first: 0, last: 0 });
        }
    }
    (groups, more)
}

/// `2026-08-03 10:12 +00:00`, `2026-08-03 10:12 – 10:15 +00:00`, or with both days.
fn span(text: &str) -> Option<(i64, i64)> {
    let is_time = text.starts_with("20") && text.get(4..5) == Some("-");
    let offset = text.rsplit(' ').next().filter(|_| is_time)?;
    let Some((first, last)) = text.split_once(" – ") else {
        let at = minute(text);
        return Some((at, at));
    };
    let day = first.split(' ').next()?;
    let has_day = last.get(4..5) == Some("-");
    let last = if has_day { last.to_owned() } else { format!("{day} {last}") };
    Some((minute(&format!("{first} {offset}")), minute(&last)))
}

/// `2026-08-03 10:01 +00:00`
fn minute(text: &str) -> i64 {
    let (date, rest) = text.split_once(' ').unwrap();
    let (clock, offset) = rest.split_once(' ').unwrap();
    let at: Timestamp = format!("{date}T{clock}:00{offset}").parse().unwrap();
    at.as_second().div_euclid(60)
}

impl Run {
    /// The alerts of all its mails.
    pub fn told(&self) -> Vec<Told> {
        self.mails.iter().flat_map(Mail::told).collect()
    }
}
