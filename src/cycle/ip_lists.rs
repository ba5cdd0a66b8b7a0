//! The addresses of the IP lists that traffic rules name: read once a day, before the
//! traffic's rows are looked at.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::conditions::Standing;
use super::poll::Desk;
use super::site::Site;
use super::traffic::may_pass;
use crate::lang::{Both, Lang, cycle as say, listed};
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::ip_lists::{IpLists, Lack, MOST_RANGES, fetch};
use crate::rules::{self, Level};

/// What is known of the lists, and what became of reading them.
#[derive(Default)]
pub(super) struct ListsSeen {
    /// The lists that rules name, each with their ids.
    named_by: BTreeMap<String, Vec<i64>>,
    /// Lists without addresses, with the reason where the PCE gave one.
    unknown: Vec<(String, Option<Lack>)>,
    /// Lists whose addresses are older than the last answer, which did not have them.
    stale: Vec<String>,
    /// Whether they were asked for in this run.
    asked: bool,
    /// Why they could not be read in it.
    error: Option<Error>,
    /// How often in a row they could not be.
    failures: u32,
    /// Whether a person has to mend that.
    refused: bool,
    /// When they were last read.
    read_at: Option<Timestamp>,
}

/// Reads the lists where that is due, and has the desk know their addresses. What can't be
/// read stays as it is known.
pub(super) fn read(desk: &mut Desk<'_, '_>, client: &mut Client) -> ListsSeen {
    let named_by = rules::ip_lists(&desk.site.config.rules);
    let wanted: BTreeSet<String> = named_by.keys().cloned().collect();
    let now = desk.now();
    let memory = &mut desk.state.ip_lists;
    if wanted.is_empty() {
        *memory = IpLists::default();
        return ListsSeen::default();
    }
    let (asked, mut error) = (memory.is_due(&wanted, now), None);
    if asked {
        match fetch(client, &wanted) {
            Ok(fetched) => memory.learn(fetched, now),
            Err(failed) => {
                memory.fail(!may_pass(&failed) && !matches!(failed, Error::Deadline), now);
                error = Some(failed);
            }
        }
    }
    desk.lists = memory.table();
    ListsSeen { asked, error, named_by, ..ListsSeen::of(memory, &wanted) }
}

impl ListsSeen {
    fn of(memory: &IpLists, wanted: &BTreeSet<String>) -> Self {
        let unknown = memory.without_addresses(wanted);
        let unknown = unknown.map(|(name, lack)| (name.to_owned(), lack)).collect();
        let stale = wanted
            .iter()
            .filter(|name| memory.known.contains_key(*name) && memory.lacking.contains_key(*name));
        Self {
            unknown,
            stale: stale.cloned().collect(),
            failures: memory.failures,
            refused: memory.refused,
            read_at: memory.read_at,
            ..Self::default()
        }
    }

    /// Why they could not be read, where the PCE refused the key.
    pub fn refusal(&self) -> Option<&Error> {
        self.error.as_ref().filter(|error| matches!(error, Error::Credentials { .. }))
    }

    /// Whether what the rules ask for is known. Once is an accident, unless it is known
    /// that it does not pass.
    pub fn standing(&self, site: &Site<'_>) -> Option<Standing> {
        if self.refusal().is_some() {
            return None;
        }
        if self.named_by.is_empty() {
            return Some(Standing::Unwatched);
        }
        if self.failures == 1 && !self.refused {
            return None;
        }
        let is_well = self.unknown.is_empty() && self.stale.is_empty() && self.failures == 0;
        let said = |lang| self.lines(site, lang).join("\n");
        Some(match is_well {
            true => Standing::Well,
            false => Standing::Ill(Level::Warning, Both::of(said)),
        })
    }

    /// What is not known, and why.
    pub fn lines(&self, site: &Site<'_>, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        match (&self.error, self.read_at) {
            (Some(error), _) => lines.push(say::ip_lists_unread(lang, error.text(lang))),
            (None, _) if self.failures > 0 => lines.push(say::ip_lists_refused(lang)),
            (None, _) => {}
        }
        if self.failures > 0
            && let Some(read_at) = self.read_at
        {
            lines.push(say::ip_lists_of(lang, site.local(read_at)));
        }
        let reasons = [
            (Some(Lack::Absent), say::ip_lists_absent as fn(Lang, String) -> String),
            (Some(Lack::Cut), say::ip_lists_cut),
            (Some(Lack::TooLarge), |lang, names| say::ip_lists_too_large(lang, names, MOST_RANGES)),
            (None, say::ip_lists_unknown),
        ];
        for (reason, sentence) in reasons {
            let these = self.unknown.iter().filter(|(_, lack)| *lack == reason);
            let names: Vec<String> = these.map(|(name, _)| self.named(name, lang)).collect();
            lines.extend((!names.is_empty()).then(|| sentence(lang, listed(lang, &names))));
        }
        if !self.stale.is_empty() {
            lines.push(say::ip_lists_stale(lang, listed(lang, &self.stale)));
        }
        lines
    }

    /// The list, and the rules that name it.
    fn named(&self, name: &str, lang: Lang) -> String {
        let ids = self.named_by.get(name).map(Vec::as_slice).unwrap_or_default();
        say::ip_list_of_rules(lang, name, listed(lang, ids))
    }

    /// The same for a terminal, and why they could not be read in this run: said when
    /// they were asked for, and not each time.
    pub fn news(&self, site: &Site<'_>, lang: Lang) -> (Vec<String>, Option<&Error>) {
        let lines = if self.asked { self.lines(site, lang) } else { Vec::new() };
        (lines, self.error.as_ref())
    }
}
