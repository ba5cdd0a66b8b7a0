//! Runs that did not come to their end: the next one tells of them, once.

use jiff::Timestamp;

use super::site::Site;
use crate::lang::cycle as say;
use crate::store::state::Died;

/// So many runs that died wait to be told; of more the oldest are let go.
const UNTOLD: usize = 10;

/// So many in a row are worth a mail of their own; one may be a reboot.
const IN_A_ROW: usize = 2;

/// Takes the runs that died since the last one that did not, and gives back those that
/// are new. They stay in the state until a mail goes out that can tell of them.
pub(super) fn take_note(known: &mut Died, died: &[Timestamp]) -> Vec<Timestamp> {
    known.told.retain(|begun| died.contains(begun));
    let new = died.iter().filter(|begun| !known.knows(**begun));
    let new: Vec<Timestamp> = new.copied().collect();
    known.untold.extend(&new);
    let more = known.untold.len().saturating_sub(UNTOLD);
    known.untold.drain(..more);
    new
}

/// Whether so many before this one died that it is worth a mail: one more than was told.
pub(super) fn is_a_series(died: &[Timestamp], new: &[Timestamp]) -> bool {
    died.len() >= IN_A_ROW && !new.is_empty()
}

/// Those that wait to be told; from now on they are.
pub(super) fn tell(known: &mut Died) -> Vec<Timestamp> {
    let died = std::mem::take(&mut known.untold);
    known.told.extend(&died);
    died
}

/// For a mail that goes out anyway; told with it.
pub(super) fn lines(site: &Site<'_>, known: &mut Died) -> Vec<String> {
    let died = tell(known).into_iter();
    died.map(|begun| say::run_died(site.lang(), site.local(begun))).collect()
}
