//! Runs that did not come to their end: the next one tells of them, once.

use jiff::Timestamp;

use super::{Cycle, notice};
use crate::lang::cycle as say;

/// So many runs that died wait to be told; of more the oldest are let go.
const UNTOLD: usize = 10;

/// So many in a row are worth a mail of their own; one may be a reboot.
const IN_A_ROW: usize = 2;

impl Cycle<'_> {
    /// Takes the runs that died since the last one that did not. They stay in the state
    /// until a mail goes out that can tell of them.
    pub(super) fn take_note_of_the_dead(&mut self, died: &[Timestamp]) {
        let known = &mut self.state.died;
        known.told.retain(|begun| died.contains(begun));
        let new = died.iter().filter(|begun| !known.knows(**begun));
        let new: Vec<Timestamp> = new.copied().collect();
        self.died_in_a_row = died.len() >= IN_A_ROW && !new.is_empty();
        known.untold.extend(&new);
        let more = known.untold.len().saturating_sub(UNTOLD);
        known.untold.drain(..more);
        for begun in new {
            let sentence = say::run_died(self.lang, self.local(begun));
            self.problems.push(sentence);
        }
    }

    /// Several in a row make a notice.
    pub(super) fn tell_of_many_dead(&mut self) {
        if self.died_in_a_row {
            let sentences = self.sentences_on_the_dead();
            self.notices.push(notice::runs_died(self.lang, sentences.join("\n")));
        }
    }

    /// For a mail that goes out anyway; told with it.
    pub(super) fn sentences_on_the_dead(&mut self) -> Vec<String> {
        let died = std::mem::take(&mut self.state.died.untold);
        let sentences = died.iter().map(|begun| say::run_died(self.lang, self.local(*begun)));
        let sentences = sentences.collect();
        self.state.died.told.extend(died);
        sentences
    }
}
