//! Where the records of a run go beside the rules: into the mail's attachment and the
//! record archive, which is opened before the fetch and filed when the state is saved.
//! Whatever fails here costs lines of the archive and nothing else.

use super::conditions::Standing;
use super::notice::Happened;
use super::site::Site;
use crate::archive::{Archive, Batch, Error, Kind};
use crate::lang::{Both, Lang, archive as say, grouped, reports};
use crate::mail::mime::Attachment;
use crate::report::records::{Collector, Records};
use crate::rules::Level;
use crate::store::state::State;

/// The name of what is attached.
const FILE: &str = "alerts.jsonl.gz";

/// The records of one run.
#[derive(Default)]
pub(super) struct Filing {
    /// Those that matched, where they are to be attached.
    records: Option<Records>,
    /// Where records are archived.
    archive: Option<Archive>,
    /// Whether they are to be.
    is_wanted: bool,
    /// Whether this run has written to it.
    has_written: bool,
    /// Why some of this run's are not in it.
    pub unfiled: Option<Unfiled>,
}

/// Why records are not in the archive.
pub(super) enum Unfiled {
    /// It could not be opened.
    All(Error),
    /// So many could not be written.
    Some(Error, u64),
    /// So many had to make room for the state.
    GivenUp(u64),
    /// They wait for the next run.
    NotYet(Error),
}

/// The records of one fetch, until it is known to be complete.
pub(super) struct Collected {
    kind: Kind,
    attached: Option<Collector>,
    archived: Option<Batch>,
}

impl Filing {
    /// Opens the archive where one is wanted, and files what an earlier run left.
    pub fn open(site: &Site<'_>, state: &State) -> Self {
        let records = site.config.mail.attach_records.then(Records::default);
        let Some(folder) = &site.config.settings.archive_dir else {
            return Self { records, ..Self::default() };
        };
        let token = format!("{:016x}", site.call.random);
        let (archive, unfiled) = match Archive::open(folder, &token, state.archive.as_deref()) {
            Ok(archive) => (Some(archive), None),
            Err(error) => (None, Some(Unfiled::All(error))),
        };
        Self { records, archive, is_wanted: true, has_written: false, unfiled }
    }

    /// For the records of one fetch.
    pub fn collected(&self, kind: Kind) -> Collected {
        Collected {
            kind,
            attached: self.records.as_ref().map(Records::collector),
            archived: self.archive.as_ref().map(|archive| archive.batch(kind)),
        }
    }

    /// That fetch was counted.
    pub fn keep(&mut self, collected: Collected) {
        if let (Some(records), Some(attached)) = (&mut self.records, collected.attached) {
            records.absorb(attached);
        }
        if let (Some(archive), Some(batch)) = (&mut self.archive, collected.archived) {
            archive.keep(collected.kind, batch);
        }
    }

    /// All is fetched: what is kept is to be filed by the state that is saved next.
    pub fn seal(&mut self, state: &mut State) -> Option<Happened> {
        let archive = self.archive.as_mut()?;
        let sealed = archive.seal();
        if sealed.kept > 0 {
            state.archive = Some(archive.token().to_owned());
        }
        self.has_written = sealed.kept > 0 || sealed.caught_up;
        self.unfiled = sealed.error.map(|error| Unfiled::Some(error, sealed.lost));
        (sealed.left_out > 0).then_some(Happened::ArchiveLeftOut(sealed.left_out))
    }

    /// How the archive is, once it is sealed.
    pub fn standing(&self) -> Option<Standing> {
        match &self.unfiled {
            // What nobody wants any more needs no mail that it is well again.
            _ if !self.is_wanted => Some(Standing::Unwatched),
            Some(unfiled) => {
                Some(Standing::Ill(Level::Warning, Both::of(|lang| unfiled.text(lang))))
            }
            // Only what was written shows that it can be.
            None => self.has_written.then_some(Standing::Well),
        }
    }

    /// The state could not be saved: maybe for the space that the records take, and
    /// no archive holds up an alert. `None` where there were none.
    pub fn give_up(&mut self, state: &mut State) -> Option<Unfiled> {
        let records = self.archive.take().map_or(0, Archive::discard);
        if records == 0 {
            return None;
        }
        state.archive = None;
        Some(Unfiled::GivenUp(records))
    }

    /// Files what was kept, the state being saved.
    ///
    /// # Errors
    /// What can't be filed the next run tries again, and tells by mail.
    pub fn file(&mut self) -> Result<(), Unfiled> {
        let filed = self.archive.take().map_or(Ok(()), Archive::file);
        filed.map_err(Unfiled::NotYet)
    }

    /// The records that matched, for a mail that tells an alert, and the footer's line
    /// that says what is there and what is not. `rules`: only what these counted.
    pub fn attachment(
        &self,
        lang: Lang,
        rules: Option<&[i64]>,
    ) -> (Option<Attachment>, Option<String>) {
        let of_some = |records: &Records| rules.map(|rules| records.of(rules));
        let Some(all) = &self.records else {
            return (None, None);
        };
        let some = of_some(all);
        let records = some.as_ref().unwrap_or(all);
        let (kept, left_out) = (records.kept, records.left_out);
        let (told, untold) = (grouped(kept), grouped(left_out));
        let line = match (kept, left_out) {
            (0, 0) => return (None, None),
            (0, _) => reports::attached_none(lang, untold),
            (_, 0) => reports::attached(lang, FILE, told),
            _ => reports::attached_cut(lang, FILE, told, untold),
        };
        let file = || Attachment { name: FILE.to_owned(), base64: records.base64() };
        ((kept > 0).then(file), Some(line))
    }
}

impl Unfiled {
    /// A finished sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::All(error) => say::none_of_this_run(lang, error.text(lang)),
            Self::Some(error, lost) => say::lost(lang, error.text(lang), lost),
            Self::GivenUp(records) => say::given_up(lang, records),
            Self::NotYet(error) => say::not_yet(lang, error.text(lang)),
        }
    }
}

impl Collected {
    /// Whether records that matched are to be attached.
    pub fn attaches(&self) -> bool {
        self.attached.is_some()
    }

    /// A record that these rules counted.
    pub fn attach(&mut self, rules: &[i64], raw: &[u8]) {
        if let Some(attached) = &mut self.attached {
            attached.add(rules, raw);
        }
    }

    /// A record that is new.
    pub fn archive(&mut self, raw: &[u8]) {
        if let Some(batch) = &mut self.archived {
            batch.add(raw);
        }
    }
}
