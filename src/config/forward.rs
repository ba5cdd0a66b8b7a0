//! `forward`: who gets what the mails tell, beside them.

use super::address::Base;
use super::credential::ca_file;
use super::key::Kind;
use super::node::Node;
use super::problem::{Problems, shown};
use super::sections::Reading;
use super::strict::Section;
use crate::forward::{Address, Body, Framing, RECEIVERS, Receiver, Server, Way};
use crate::lang::config as words;
use crate::lang::forward as say;
use crate::rules::{Level, Rule};

/// The longest name, in characters.
const NAME: usize = 64;

/// How long a socket's path may be [unix(7)].
const SOCKET_PATH: usize = 107;

#[derive(Clone, Copy, PartialEq)]
enum Via {
    File,
    Syslog,
}

impl Via {
    fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Syslog => "syslog",
        }
    }
}

/// Reads the list; `rules` are those of the file, for the ids that it names.
pub(super) fn read(reading: &Reading<'_>, rules: &[Rule]) -> Vec<Receiver> {
    let list = match reading.document.section("forward") {
        None => {
            note_keys(reading);
            return Vec::new();
        }
        Some(Node::Null) => return Vec::new(),
        Some(Node::List(list)) => list,
        Some(other) => {
            reading.problems.add("forward", |lang| say::want_list(lang, other.kind(lang)));
            return Vec::new();
        }
    };
    if list.len() > RECEIVERS {
        reading.problems.add("forward", |lang| say::too_many(lang, list.len(), RECEIVERS));
    }
    let mut receivers: Vec<Receiver> = Vec::new();
    for (at, node) in list.iter().enumerate().take(RECEIVERS) {
        let entry = Entry {
            section: Section::open(
                Some(node),
                "forward",
                format!("forward[{at}]"),
                &reading.problems,
                None,
            ),
            reading,
        };
        if let Some(receiver) = entry.read(rules) {
            entry.tell_doubles(&receiver, &receivers);
            receivers.push(receiver);
        }
    }
    receivers
}

/// What keys there are is known by being asked for.
fn note_keys(reading: &Reading<'_>) {
    let nothing = Problems::default();
    let section = Section::open(None, "forward", "forward", &nothing, Some(&reading.keys));
    Entry { section, reading }.read(&[]);
}

/// One receiver while it is read.
struct Entry<'a> {
    section: Section<'a>,
    reading: &'a Reading<'a>,
}

impl Entry<'_> {
    fn read(&self, rules: &[Rule]) -> Option<Receiver> {
        let section = &self.section;
        let name = section.needed("name", "\"siem\"");
        let is_name =
            |name: &str| name.chars().count() <= NAME && !name.chars().any(char::is_control);
        if name.is_some_and(|name| !is_name(name)) {
            section.wrong("name", say::bad_name);
        }
        let vias = [Via::File, Via::Syslog].map(|via| (via.word(), via));
        let via = section.word("via", &vias);
        if section.get("via").is_none() {
            section.missing("via", "\"file\", \"syslog\"");
        }
        let bodies = [("json", Body::Json), ("cef", Body::Cef)];
        let body = section.word("body", &bodies).unwrap_or_default();
        section.holds("body", "json");
        let (levels, wanted) = (self.levels(), self.rules(rules));
        // All are asked for, so that each is known, and what does not fit is told.
        let folder = section.trimmed("path");
        let url = section.trimmed("url");
        let framings = [("octets", Framing::Octets), ("newline", Framing::Newline)];
        let framing = section.word("framing", &framings);
        section.holds("framing", "octets");
        let facility = self.facility();
        let ca_file = ca_file(section, self.reading);
        let way = match via? {
            Via::File => {
                self.refuse(&["url", "framing", "facility", "ca_file"], Via::File);
                if folder.is_none() && !section.has_other_type("path") {
                    section.missing("path", "\"/var/log/illumio-monitor\"");
                }
                Way::File(self.reading.around.folder.join(folder?))
            }
            Via::Syslog => {
                self.refuse(&["path"], Via::Syslog);
                if url.is_none() && !section.has_other_type("url") {
                    section.missing("url", "\"tcp://siem.example.com:601\"");
                }
                let to = address(url?, framing.unwrap_or_default(), ca_file);
                if to.is_none() {
                    section.wrong("url", |lang| say::bad_url(lang, shown(url.unwrap_or(""))));
                }
                let to = to?;
                self.refuse_for(&to);
                Way::Syslog { to, facility }
            }
        };
        Some(Receiver { name: name?.to_owned(), way, body, levels, rules: wanted })
    }

    fn levels(&self) -> Vec<Level> {
        let known = [Level::Critical, Level::Warning, Level::Info];
        let items = self.section.items("levels", Kind::List);
        let mut levels = Vec::new();
        for item in &items {
            match known.iter().find(|level| level.word() == item.as_ref()) {
                Some(level) => levels.push(*level),
                None => self.section.not_one_of("levels", item, known.map(Level::word)),
            }
        }
        self.refuse_empty("levels");
        levels
    }

    fn rules(&self, known: &[Rule]) -> Vec<i64> {
        let ids = self.section.ints("rules", i64::MIN..=i64::MAX, words::want_number);
        for id in ids.iter().filter(|id| known.iter().all(|rule| rule.id != **id)) {
            let path = self.section.path_of("rules");
            self.reading.remarks.add(&path, |lang| say::no_such_rule(lang, id));
        }
        self.refuse_empty("rules");
        ids
    }

    /// A list of nothing would hand on nothing, or everything: nobody knows which was meant.
    fn refuse_empty(&self, key: &str) {
        let is_empty = |node: &Node| match node {
            Node::List(list) => list.is_empty(),
            Node::Text(text) => text.trim().is_empty(),
            _ => false,
        };
        if self.section.get(key).is_some_and(is_empty) {
            self.section.wrong(key, words::empty_choice);
        }
    }

    /// `local0` unless it says otherwise.
    fn facility(&self) -> u8 {
        const FACILITIES: [(&str, u8); 9] = [
            ("local0", 16),
            ("local1", 17),
            ("local2", 18),
            ("local3", 19),
            ("local4", 20),
            ("local5", 21),
            ("local6", 22),
            ("local7", 23),
            ("user", 1),
        ];
        let facility = self.section.word("facility", &FACILITIES).unwrap_or(16);
        self.section.holds("facility", "local0");
        facility
    }

    fn refuse(&self, keys: &[&str], via: Via) {
        for key in keys.iter().filter(|key| self.section.get(key).is_some()) {
            self.section.wrong(key, |lang| say::not_for(lang, via.word()));
        }
    }

    fn refuse_for(&self, to: &Address) {
        let (scheme, keys): (_, &[&str]) = match to {
            Address::Unix(_) => ("unix", &["framing", "ca_file"]),
            Address::Udp(_) => ("udp", &["framing", "ca_file"]),
            Address::Tcp(..) => ("tcp", &["ca_file"]),
            Address::Tls(..) => ("tls", &[]),
        };
        for key in keys.iter().filter(|key| self.section.get(key).is_some()) {
            self.section.wrong(key, |lang| say::not_for_scheme(lang, scheme));
        }
    }

    fn tell_doubles(&self, receiver: &Receiver, before: &[Receiver]) {
        if before.iter().any(|other| other.name == receiver.name) {
            self.section.wrong("name", |lang| say::double_name(lang, shown(&receiver.name)));
        }
        let is_same = |other: &&Receiver| other.way == receiver.way && other.body == receiver.body;
        if matches!(receiver.way, Way::File(_)) && before.iter().any(|other| is_same(&other)) {
            self.section.wrong("path", say::double_path);
        }
    }
}

/// `None` for what is no such address.
fn address(url: &str, framing: Framing, ca_file: Option<std::path::PathBuf>) -> Option<Address> {
    let (scheme, rest) = url.split_once("://")?;
    if scheme == "unix" {
        let fits = rest.starts_with('/') && rest.len() <= SOCKET_PATH;
        let is_path = fits && !rest.chars().any(char::is_control);
        return is_path.then(|| Address::Unix(rest.into()));
    }
    // Host and port are as in every URL.
    let base = Base::parse(&format!("https://{rest}")).ok()?;
    let server = |port: u16| Server { host: base.host.clone(), port: base.port.unwrap_or(port) };
    match scheme {
        "udp" => Some(Address::Udp(server(514))),
        "tcp" => Some(Address::Tcp(server(601), framing)),
        "tls" => Some(Address::Tls(server(6514), framing, ca_file)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_a_host_and_the_usual_port() {
        let url = |text| address(text, Framing::Octets, None).map(|to| to.url());
        for (written, read) in [
            ("tcp://SIEM.example.com", Some("tcp://siem.example.com:601")),
            ("udp://10.0.0.1", Some("udp://10.0.0.1:514")),
            ("tls://[2001:db8::1]:7000", Some("tls://[2001:db8::1]:7000")),
            ("tls://siem", Some("tls://siem:6514")),
            ("unix:///dev/log", Some("unix:///dev/log")),
            ("unix://dev/log", None),
            ("http://siem", None),
            ("tcp://user:secret@siem", None),
            ("tcp://siem:0", None),
            ("tcp://siem/x", None),
            ("siem:601", None),
        ] {
            assert_eq!(url(written).as_deref(), read, "{written}");
        }
    }
}
