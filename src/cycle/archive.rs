//! The cycle's part in the record archive: opened before the fetch, filed when the
//! state is saved. Whatever fails here costs lines of the archive and nothing else.

use super::{Code, Cycle, notice};
use crate::archive::{Archive, Batch, Kind};
use crate::lang::archive as say;
use crate::report::Condition;
use crate::rules::Level;

impl Cycle<'_> {
    /// Opens the archive where one is wanted, and files what an earlier run left.
    pub(super) fn open_archive(&mut self) {
        let Some(folder) = &self.config.settings.archive_dir else {
            // What nobody wants any more needs no mail that it is well again.
            self.state.conditions.remove(&Condition::Archive);
            return;
        };
        let token = format!("{:016x}", self.start.random);
        match Archive::open(folder, &token, self.state.archive.as_deref()) {
            Ok(archive) => self.archive = Some(archive),
            Err(error) => {
                let text = say::none_of_this_run(self.lang, error.text(self.lang));
                self.archive_fails(text);
            }
        }
    }

    /// For the records of one fetch.
    pub(super) fn archive_batch(&self, kind: Kind) -> Option<Batch> {
        self.archive.as_ref().map(|archive| archive.batch(kind))
    }

    /// That fetch was counted.
    pub(super) fn keep_batch(&mut self, kind: Kind, batch: Option<Batch>) {
        if let (Some(archive), Some(batch)) = (&mut self.archive, batch) {
            archive.keep(kind, batch);
        }
    }

    /// All is fetched: what is kept is to be filed by the state that is saved next.
    pub(super) fn seal_archive(&mut self) {
        if let Some(archive) = &mut self.archive {
            let sealed = archive.seal();
            if sealed.kept > 0 {
                self.state.archive = Some(archive.token().to_owned());
            }
            if sealed.left_out > 0 {
                let notice = notice::archive_left_out(self.lang, sealed.left_out);
                self.notices.push(notice);
            }
            match sealed.error {
                Some(error) => {
                    let text = say::lost(self.lang, error.text(self.lang), sealed.lost);
                    self.archive_fails(text);
                }
                // Only what was written shows that it can be.
                None if sealed.kept > 0 || sealed.caught_up => self.watch(Condition::Archive, None),
                None => {}
            }
        }
        if let Some(trouble) = self.archive_trouble.take() {
            self.watch(Condition::Archive, Some((Level::Warning, trouble)));
        }
    }

    /// The state could not be saved: maybe for the space that the records take, and
    /// no archive holds up an alert. True where there were any.
    pub(super) fn give_up_archive(&mut self) -> bool {
        let records = self.archive.take().map_or(0, Archive::discard);
        if records > 0 {
            self.state.archive = None;
            self.archive_fails(say::given_up(self.lang, records));
        }
        records > 0
    }

    /// Files what was kept, the state being saved. What can't be filed the next run
    /// tries again, and tells by mail; false where that is so.
    pub(super) fn file_archive(&mut self) -> bool {
        let Some(Err(error)) = self.archive.take().map(Archive::file) else {
            return true;
        };
        let text = say::not_yet(self.lang, error.text(self.lang));
        self.archive_fails(text);
        false
    }

    fn archive_fails(&mut self, text: String) {
        self.code.worsen(Code::Retry);
        self.problems.push(text.clone());
        self.archive_trouble = Some(text);
    }
}
