//! The debug view: the last events and flows as the PCE returns them, or those around a
//! time, and which rule would match each, and why not.
//!
//! Sends no mail, takes no lock, touches no state. What is printed fits the columns
//! given, and nothing of it reaches the terminal unescaped.

mod groups;
pub(super) mod look;
pub(super) mod show;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use self::look::{Around, Look, MOST_ROWS, Read, TIME, Unread};
use self::show::Show;
use crate::config::Config;
use crate::lang::{Lang, cycle as cycle_says, inspect as say};
use crate::net::AddressBook;
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::error::Error;
use crate::pce::health::noop;
use crate::pce::ip_lists::{Table, fetch};
use crate::report::snapshot::indent;
use crate::report::tally::Tally;
use crate::rules::ip_lists;

/// How many records of each kind are shown at most.
pub const MOST: usize = 20;

/// How many unless the user says.
pub const USUAL: usize = 5;

/// How much of a raw record is shown, in bytes.
const RAW_BYTES: usize = 16 * 1024;

/// What it is shown on.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// No line is wider.
    pub columns: usize,
    /// True where no letters beyond ASCII can be shown: marks become `+` and `x`.
    pub ascii: bool,
}

/// What the PCE returned.
pub struct Inspection<'a> {
    config: &'a Config,
    counted: &'a BTreeMap<String, Tally>,
    lang: Lang,
    /// Which of the IP lists that rules name an address is in.
    lists: Table,
    /// Why that is not known.
    lists_unread: Option<Error>,
    events: Result<Read, Unread>,
    flows: Result<Read, Unread>,
}

/// Asks the PCE for its last events and flows, `how_many` of each (1 to [`MOST`]), or for
/// those nearest to a time.
/// `counted` is what the runs keep of each rule; `now` is the host's clock; `progress` is
/// told while the PCE computes.
///
/// # Errors
/// Where the PCE is not reached or refuses the key; what fails later is part of what
/// is shown.
pub fn inspect<'a>(
    config: &'a Config,
    counted: &'a BTreeMap<String, Tally>,
    lang: Lang,
    now: Timestamp,
    (how_many, at): (usize, Option<Timestamp>),
    progress: &dyn Fn(&str),
) -> Result<Inspection<'a>, Error> {
    let (clock, book) = (Clock::of_host(now, SignedDuration::ZERO), AddressBook::empty());
    let mut client = Client::new(&config.pce, clock, Instant::now() + TIME, &book)?;
    // Tells the PCE's time, by which all that follows is asked for.
    noop(&mut client)?;
    let lists = match ip_lists(&config.rules) {
        none if none.is_empty() => Ok(Table::default()),
        named => {
            let wanted = named.into_keys().collect();
            fetch(&mut client, &wanted).map(|fetched| fetched.table())
        }
    };
    let lists = match lists {
        Err(error @ Error::Credentials { .. }) => return Err(error),
        lists => lists,
    };
    let none = Table::default();
    let look = Look {
        rules: &config.rules,
        how_many: how_many.clamp(1, MOST),
        around: at.map(|at| Around::of(at, client.clock().now())),
        of: None,
        most_rows: MOST_ROWS,
        lists: lists.as_ref().unwrap_or(&none),
        progress,
        lang,
    };
    let events = match look.events(&mut client) {
        Err(Unread::Pce(error @ Error::Credentials { .. })) => return Err(error),
        events => events,
    };
    let mut client = Client::new(&config.pce, *client.clock(), Instant::now() + TIME, &book)?;
    let flows = look.flows(&mut client);
    let (lists, lists_unread) = match lists {
        Ok(lists) => (lists, None),
        Err(error) => (Table::default(), Some(error)),
    };
    Ok(Inspection { config, counted, lang, lists, lists_unread, events, flows })
}

impl Inspection<'_> {
    /// Prints the records with the rules' verdicts, then what each rule matched of
    /// all that was read.
    ///
    /// # Errors
    /// The output's.
    pub fn write(&self, out: &mut dyn Write, view: View) -> io::Result<()> {
        let mut show = self.show(out, view);
        show.line(0, &say::intro(self.lang))?;
        show.line(0, "")?;
        show.events(&self.events)?;
        show.line(0, "")?;
        let events = self.events.as_ref().map_or(0, |read| read.latest.len());
        if let Some(error) = &self.lists_unread {
            show.line(0, &cycle_says::ip_lists_unread(self.lang, error.text(self.lang)))?;
            show.line(0, "")?;
        }
        show.flows(&self.flows, events + 1)?;
        show.line(0, "")?;
        show.all_rules(&self.events, &self.flows)
    }

    fn show<'s>(&'s self, out: &'s mut dyn Write, view: View) -> Show<'s> {
        Show {
            out,
            view,
            lang: self.lang,
            zone: &self.config.settings.timezone,
            rules: &self.config.rules,
            lists: &self.lists,
            counted: self.counted,
        }
    }

    /// How many records are shown; they are numbered from 1.
    pub fn records(&self) -> usize {
        let kept = |read: &Result<Read, Unread>| read.as_ref().map_or(0, |read| read.latest.len());
        kept(&self.events) + kept(&self.flows)
    }

    /// Prints the record of this number as the PCE sent it; nothing where there is
    /// no such record.
    ///
    /// # Errors
    /// The output's.
    pub fn write_raw(&self, number: usize, out: &mut dyn Write, view: View) -> io::Result<()> {
        let both = [&self.events, &self.flows].into_iter().flatten();
        let mut records = both.flat_map(|read| &read.latest);
        let Some(record) = number.checked_sub(1).and_then(|place| records.nth(place)) else {
            return Ok(());
        };
        let mut show = self.show(out, view);
        let raw = String::from_utf8_lossy(&record.raw);
        let text = indent(&raw, view.columns);
        let shown = text.get(..text.floor_char_boundary(RAW_BYTES)).unwrap_or_default();
        show.line(0, "")?;
        show.line(0, &say::record_raw(self.lang, number))?;
        for line in shown.lines() {
            show.line(line.len() - line.trim_start().len(), line)?;
        }
        match text.len() - shown.len() {
            0 => Ok(()),
            more => show.line(0, &say::raw_cut(self.lang, more)),
        }
    }
}
