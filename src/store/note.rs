//! What opening the file has to tell beside its contents.

use std::path::{Path, PathBuf};

use super::state::Target;
use crate::config::Exposed;
use crate::lang::Lang;
use crate::lang::config as words;
use crate::screen::visible::visible;

/// Something to tell of a file that could be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The file's state was missing or older than the one last written, which
    /// is used: an editor's late save, a template, a restored backup.
    StateFromLast {
        /// The config file.
        path: PathBuf,
        /// Its generation; `None` without a state.
        ours: Option<u64>,
        /// The generation that is used.
        last: u64,
    },
    /// Parts of the state were damaged; what can't be read of them starts afresh.
    Damaged {
        /// The config file.
        path: PathBuf,
        /// Their names.
        parts: Vec<String>,
    },
    /// Parts of the state were damaged, and are whole in `.last`, from where they
    /// were taken.
    Restored {
        /// The config file.
        path: PathBuf,
        /// Their names.
        parts: Vec<String>,
    },
    /// The state was of another PCE or org; all but the waiting mail is let go.
    OtherTarget {
        /// Whose it was.
        was: Target,
        /// Whose it is now.
        now: Target,
    },
    /// The user asked for a fresh state.
    Reset,
    /// Others may read the file, which may hold secrets.
    Exposed(Exposed),
}

impl Note {
    pub(super) fn exposed(path: &Path) -> Option<Self> {
        let about = std::fs::metadata(path).ok()?;
        Exposed::of(path, &about).map(Self::Exposed)
    }

    /// True where something that was known is not known any more, which is
    /// worth a notice by mail. The others are worth knowing, and no more.
    pub fn is_loss(&self) -> bool {
        !matches!(self, Self::Exposed(_))
    }

    /// The finished sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::StateFromLast { path, ours, last } => match ours {
                Some(ours) => words::state_older(lang, path.display(), ours, last),
                None => words::state_missing(lang, path.display(), last),
            },
            Self::Damaged { path, parts } => {
                words::state_damaged(lang, path.display(), parts.join(", "))
            }
            Self::Restored { path, parts } => {
                words::state_restored(lang, path.display(), parts.join(", "))
            }
            Self::OtherTarget { was, now } => {
                // A damaged state may say anything.
                let name = |target: &Target| {
                    words::target(lang, visible(&target.server), visible(&target.org))
                };
                words::other_target(lang, name(was), name(now))
            }
            Self::Reset => words::state_reset(lang),
            Self::Exposed(exposed) => exposed.text(lang),
        }
    }
}
