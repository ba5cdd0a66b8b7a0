//! Plain bookkeeping: what happened, what arrived, and what that makes of a world.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::world::Mail;

/// How the event rules' names begin.
pub const TAMPERING: &str = "Tampering";

/// The traffic rule's name.
pub const BLOCKED: &str = "Blocked";

/// Connections of one burst; the traffic rule's threshold is lower.
pub const BURST: u64 = 30;

/// Kinds of tampering, each with its rule.
pub const KINDS: usize = 12;

/// The name of the rule that is paused every few hours.
pub const SUSPENDED: &str = "Suspended";

/// Its id: behind those on tampering and on bursts.
const SUSPENDED_ID: usize = KINDS + 2;

/// Rules fall into so many parts, by what they count and by who is told.
pub const PARTS: usize = 3;

/// One mailbox, and what has to come there.
pub struct Reader {
    /// Its address.
    pub to: &'static str,
    /// The parts of the rules on tampering.
    pub parts: &'static [usize],
    /// Whether bursts, too.
    pub bursts: bool,
}

/// The only one, where there are no routes.
pub const ALONE: [Reader; 1] = [Reader { to: "soc@example.net", parts: &[0, 1, 2], bursts: true }];

/// By [`routes`].
pub const ROUTED: [Reader; 3] = [
    Reader { to: "soc@example.net", parts: &[1, 2], bursts: true },
    Reader { to: "netops@example.net", parts: &[0], bursts: false },
    Reader { to: "dba@example.net", parts: &[0, 1], bursts: false },
];

/// The rules of one part go to two others and not to the recipients, those of another to
/// one of them, too. The rules on tampering have the first ids.
pub fn routes() -> Value {
    let part =
        |part: usize| (0..KINDS).filter(move |kind| kind % PARTS == part).map(|kind| kind + 1);
    let of = |nth: usize| part(nth).collect::<Vec<_>>();
    json!([
        {"rules": of(0), "to": ["netops@example.net", "dba@example.net"], "only": true},
        {"rules": of(1), "to": ["dba@example.net"]}
    ])
}

/// When the rule on suspended VENs is paused: as a whole, and for the hosts whose number
/// ends with 7. Between two of them there is time for a card.
pub fn pauses() -> Value {
    json!([
        {"id": 1, "rules": [SUSPENDED_ID], "every": "daily 07:00-08:00", "why": "CHG-1"},
        {"id": 2, "rules": [SUSPENDED_ID], "every": "daily 09:00-10:30", "why": "CHG-2",
         "match": {"workload": "*7"}},
        {"id": 3, "rules": "all", "every": "daily 22:00-23:30", "why": "CHG-3",
         "match": {"workload": "suspended-*"}}
    ])
}

/// What has to be told, and what was.
#[derive(Default)]
pub struct Ledger {
    /// Who is told.
    pub readers: &'static [Reader],
    /// The host of each tampering: each has its own, and they take turns in the kinds.
    pub hosts: Vec<String>,
    /// Bursts of blocked connections.
    pub bursts: u64,
    /// The host of each VEN that was suspended, in a pause or not.
    pub suspended: Vec<String>,
    /// For each cycle, whether mail can have arrived without the sender's knowledge.
    pub in_doubt: Vec<bool>,
    /// Each mail with the cycle in which it arrived.
    pub mails: Vec<(usize, Mail)>,
    /// The objects that were filed, and those that were heard by syslog.
    pub handed_on: (Vec<Value>, Vec<Value>),
}

/// What came of it; tables of several worlds add up.
#[derive(Default)]
pub struct Table {
    pub cycles: u64,
    pub crashes: u64,
    pub faults: BTreeMap<&'static str, u64>,
    /// Alerts by the books: events and bursts.
    expected: u64,
    delivered: u64,
    lost: Vec<String>,
    /// Told in two different mails, or in a copy that nothing explains.
    twice: Vec<String>,
    /// Copies of a mail, each explained by a crash or a lost answer.
    repeated: u64,
    /// VENs that were suspended in a pause, and told when it was over.
    held: u64,
    /// Objects in the file.
    filed: u64,
    /// Objects that syslog brought again, each with the same id.
    heard_again: u64,
}

impl Table {
    pub fn of(ledger: &Ledger) -> Self {
        let mut table = Self { cycles: ledger.in_doubt.len() as u64, ..Self::default() };
        for reader in ledger.readers {
            let mails = table.without_copies(ledger, reader.to);
            let hosts = ledger.hosts.iter().enumerate();
            let hosts = hosts.filter(|(nth, _)| reader.parts.contains(&(nth % PARTS)));
            let hosts: Vec<String> = hosts.map(|(_, host)| host.clone()).collect();
            let bursts = if reader.bursts { ledger.bursts } else { 0 };
            table.expected += hosts.len() as u64 + bursts;
            table.count_events(&hosts, &mails);
            table.count_bursts(bursts, &mails);
            if reader.bursts {
                table.count_suspended(&ledger.suspended, &mails);
            }
        }
        table.count_objects(ledger);
        table
    }

    /// The file has each object once, syslog at least once; and they tell what the mails do.
    fn count_objects(&mut self, ledger: &Ledger) {
        let (filed, heard) = &ledger.handed_on;
        let mut known: BTreeMap<&str, &Value> = BTreeMap::new();
        for object in filed {
            let id = object["id"].as_str().unwrap();
            if known.insert(id, object).is_some() {
                self.twice.push(format!("{id} in the file"));
            }
        }
        let mut missing = known.clone();
        for object in heard {
            let id = object["id"].as_str().unwrap();
            assert_eq!(known.get(id), Some(&object), "heard and not filed, or another");
            if missing.remove(id).is_none() {
                self.heard_again += 1;
            }
        }
        self.lost.extend(missing.keys().map(|id| format!("{id} by syslog")));
        self.filed += filed.len() as u64;
        let told = |rule: &str| filed.iter().filter(|one| is_of(one, rule)).map(matches).sum();
        self.compare("events filed", ledger.hosts.len() as u64, told(TAMPERING));
        self.compare("connections filed", ledger.bursts * BURST, told(BLOCKED));
    }

    /// One mail for each Message-ID of those that came to `to`. Between two copies lies a
    /// cycle in doubt.
    fn without_copies<'l>(&mut self, ledger: &'l Ledger, to: &str) -> Vec<&'l Mail> {
        let mut first: BTreeMap<String, &Mail> = BTreeMap::new();
        let mut before: BTreeMap<String, usize> = BTreeMap::new();
        let came = ledger.mails.iter().filter(|(_, mail)| mail.to.iter().any(|one| one == to));
        for (cycle, mail) in came {
            let id = mail.header("Message-ID");
            assert!(!id.is_empty(), "a mail without Message-ID");
            if let Some(before) = before.insert(id.clone(), *cycle) {
                match ledger.in_doubt[before] {
                    true => self.repeated += 1,
                    false => self.twice.push(format!("{id} after cycle {before}")),
                }
            }
            let known = first.entry(id).or_insert(mail);
            assert_eq!(
                known.told(),
                mail.told(),
                "a copy tells something else:\n{}\n{}",
                known.text(),
                mail.text()
            );
        }
        first.into_values().collect()
    }

    /// Each host in just one mail; and as many events told as happened.
    fn count_events(&mut self, hosts: &[String], mails: &[&Mail]) {
        let texts: Vec<String> = mails.iter().map(|mail| unquoted(&mail.text())).collect();
        for host in hosts {
            let naming: Vec<&str> = texts.iter().filter_map(|text| line_with(text, host)).collect();
            match naming.as_slice() {
                [] => self.lost.push(host.clone()),
                [_] => self.delivered += 1,
                several => self.twice.push(several.join(" | ")),
            }
        }
        self.compare("events", hosts.len() as u64, total(mails, TAMPERING));
    }

    /// All are alike, so their number has to do.
    fn count_bursts(&mut self, bursts: u64, mails: &[&Mail]) {
        let told = total(mails, BLOCKED);
        self.delivered += bursts.min(told / BURST);
        self.compare("connections", bursts * BURST, told);
    }

    /// Each as an alert or on a card, and none on both. A card names a few of each alert
    /// that it held, so that their number has to do.
    fn count_suspended(&mut self, hosts: &[String], mails: &[&Mail]) {
        let cards = mails.iter().map(|mail| held(&unquoted(&mail.text()))).sum::<u64>();
        let alerts = total(mails, SUSPENDED);
        self.held += cards;
        self.expected += hosts.len() as u64;
        self.delivered += (cards + alerts).min(hosts.len() as u64);
        self.compare("suspended VENs", hosts.len() as u64, cards + alerts);
        let texts: Vec<String> = mails.iter().map(|mail| unquoted(&mail.text())).collect();
        for host in hosts {
            let naming: Vec<&str> = texts.iter().filter_map(|text| line_with(text, host)).collect();
            if naming.len() > 1 {
                self.twice.push(naming.join(" | "));
            }
        }
    }

    fn compare(&mut self, what: &str, happened: u64, told: u64) {
        let difference = format!("{told} {what} told, {happened} happened");
        match told.cmp(&happened) {
            Ordering::Less => self.lost.push(difference),
            Ordering::Greater => self.twice.push(difference),
            Ordering::Equal => {}
        }
    }

    pub fn add(&mut self, other: Self) {
        self.cycles += other.cycles;
        self.crashes += other.crashes;
        for (name, times) in other.faults {
            *self.faults.entry(name).or_default() += times;
        }
        self.expected += other.expected;
        self.delivered += other.delivered;
        self.lost.extend(other.lost);
        self.twice.extend(other.twice);
        self.repeated += other.repeated;
        self.held += other.held;
        self.filed += other.filed;
        self.heard_again += other.heard_again;
    }

    pub fn assert_honest(&self) {
        assert!(self.expected > 0 && self.crashes > 0, "{self}");
        assert!(self.lost.is_empty(), "lost: {:?}\n{self}", self.lost);
        assert!(self.twice.is_empty(), "twice: {:?}\n{self}", self.twice);
        assert_eq!(self.delivered, self.expected);
    }
}

fn is_of(object: &Value, rule: &str) -> bool {
    object["kind"] == "alert" && object["rule_name"].as_str().unwrap().starts_with(rule)
}

/// How many matches an object tells; of the groups beyond those that it names each one.
fn matches(object: &Value) -> u64 {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    match object["groups"].as_array() {
        None => number(&object["count"]),
        Some(groups) => {
            let named: u64 = groups.iter().map(|group| number(&group["count"])).sum();
            named + number(&object["more_groups"])
        }
    }
}

/// How many suspended VENs a mail tells as held: `Rule 14 Suspended: 3 matches, 07:05 – 07:40`.
fn held(text: &str) -> u64 {
    let begins = format!("Rule {SUSPENDED_ID} {SUSPENDED}: ");
    let counts = text.split(&begins).skip(1).map(|rest| rest.split(' ').next().unwrap());
    counts.map(|count| count.replace(',', "").parse::<u64>().unwrap()).sum()
}

/// A condition's end quotes the subject of the mail it closes, which may name a host
/// that was told there.
fn unquoted(text: &str) -> String {
    let parts = text.split(['“', '”']);
    parts.step_by(2).collect()
}

/// The first line that names the host.
fn line_with<'t>(text: &'t str, host: &str) -> Option<&'t str> {
    text.lines().find(|line| line.contains(host))
}

/// How many matches of a rule the mails tell.
fn total(mails: &[&Mail], rule: &str) -> u64 {
    let told = mails.iter().flat_map(|mail| mail.told());
    let told = told.filter(|told| told.rule.starts_with(rule));
    told.map(|told| match told.groups.as_slice() {
        [] => told.count,
        // Of those that are told in number each counts one: every host is tampered with once.
        groups => groups.iter().map(|group| group.count).sum::<u64>() + told.more_groups,
    })
    .sum()
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, times) in &self.faults {
            writeln!(out, "  {name:<32} {times:>6}")?;
        }
        let rows = [
            ("cycles", self.cycles),
            ("of them killed", self.crashes),
            ("alerts expected", self.expected),
            ("delivered", self.delivered),
            ("of them held by a pause", self.held),
            ("lost", self.lost.len() as u64),
            ("told twice without a reason", self.twice.len() as u64),
            ("mails repeated, explained", self.repeated),
            ("objects filed, each once", self.filed),
            ("heard again, with the same id", self.heard_again),
        ];
        rows.iter().try_for_each(|(name, number)| writeln!(out, "  {name:<32} {number:>6}"))
    }
}
