//! The one JSON file: where it is and whose, its locks, its state, save and `.last`.
//!
//! What a person wrote in it is read and checked by `config`; the state is plain data
//! that `pce`, `rules`, `report` and `mail` define, and nothing of theirs that acts is
//! called. Opens no socket; time comes in as an argument.

mod beside;
mod change;
mod edit;
mod error;
mod file;
mod layout;
mod load;
mod locate;
mod lock;
mod look;
mod mount;
mod note;
mod owner;
mod seal;
mod splice;
pub mod state;
mod undo;
mod versions;
mod write;

pub use beside::{Planted, planted_beside};
pub use change::Change;
pub use edit::{Draft, Edited, edit, look_with};
pub use error::Error;
pub use file::{Opened, Saved, StateUse, Store, Unopened, open};
pub use load::{read_config, unmarked};
pub use locate::{FILE_NAME, as_typed, command, is_found_by_itself, locate, resolve};
pub use lock::{RunLock, begin_run, died_runs, lock_run};
pub use look::{Look, look, screen_language, secrets, what_holds};
pub use mount::{Mount, mount_of};
pub use note::Note;
pub use owner::{Owner, Stranger, assert_no_stranger, other_owner, stranger};
pub use undo::{Undone, Version, fault_of, too_large_to_keep, undo, versions};
pub use versions::{Author, Way};
pub use write::Remark;
