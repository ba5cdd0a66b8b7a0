//! The versions of before, for whoever looks at them or takes one back.

use std::path::Path;

use jiff::Timestamp;
use serde::de::IgnoredAny;

use super::change::{Change, changes};
use super::error::Error;
use super::load::{Last, document, read_last, read_text};
use super::locate::{beside, resolve};
use super::splice::Frame;
use super::versions::{Author, Step, Versions};
use crate::config::{Env, secrets_in};
use crate::net::secret::Secrets;

/// A change of the config that can be taken back.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number, which stays its own: one more than that of the change before.
    pub number: u64,
    /// When it was made; by an editor: when the file was last written.
    pub at: Timestamp,
    /// Who made it, and by what.
    pub author: Author,
    /// What it changed; nothing secret stands there.
    pub changes: Vec<Change>,
    /// What differs between the file as it is and as it was before this change.
    pub undoing: Vec<Change>,
    /// The file's frame before it, …
    before: Frame,
    /// … and the one that the file has now.
    now: Frame,
}

impl Version {
    /// Whether that is the frame which this was read beside.
    pub(super) fn is_beside(&self, frame: &Frame) -> bool {
        self.now == *frame
    }

    /// The file's text as it was, with the state of now.
    pub(super) fn text(&self, state: Option<&str>) -> String {
        self.before.with(state)
    }
}

/// The last changes of the config at `path`, the last one first: those that the program
/// made, and those of an editor's that it found. Writes nothing.
///
/// # Errors
/// Where the file can't be read or is no JSON, and where somebody else put something in the
/// place of `.last`.
pub fn versions(path: &Path, env: &Env) -> Result<Vec<Version>, Error> {
    let path = resolve(path)?;
    let text = read_text(&path)?;
    let now = Frame::of(&path, &text)?;
    let last_path = beside(&path, ".last");
    let Last { text: last, mut versions } = match read_last(&last_path, &path) {
        Err(error @ Error::Planted { .. }) => return Err(error),
        read => read.unwrap_or_default(),
    };
    if let Ok(known) = Frame::of(&last_path, &last) {
        // What an editor did since is no less a change for not having been kept yet.
        versions.note(&known, &now, changed_at(&path, &versions), &Author::default());
    }
    let steps = versions.steps(&now);
    let secrets = secrets_of(&path, env, &steps, &now);
    let told = |before: &Frame, after: &Frame| {
        let mut told = changes(&before.with(None), &after.with(None));
        told.iter_mut().for_each(|change| change.hide(&secrets));
        told
    };
    let version = |step: Step| Version {
        changes: told(&step.before, &step.after),
        undoing: told(&now, &step.before),
        number: step.number,
        at: step.at,
        author: step.author,
        before: step.before,
        now: now.clone(),
    };
    Ok(steps.into_iter().map(version).collect())
}

/// The secrets of all versions: an old one may be valid still.
fn secrets_of(path: &Path, env: &Env, steps: &[Step], now: &Frame) -> Secrets {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut secrets = Secrets::default();
    for frame in steps.iter().map(|step| &step.before).chain([now]) {
        let text = frame.with(None);
        if let Ok(document) = document(path, &text) {
            secrets.extend(&secrets_in(&document, env, folder));
        }
    }
    secrets
}

/// When the file at `path` was last written; not before the last change that is known, and
/// the epoch where nobody can say.
pub(super) fn changed_at(path: &Path, versions: &Versions) -> Timestamp {
    let written = std::fs::metadata(path).and_then(|about| about.modified()).ok();
    let written = written.and_then(|time| Timestamp::try_from(time).ok()).unwrap_or_default();
    versions.last_at().map_or(written, |last| last.max(written))
}

/// The frame that `.last` has, where it is whole.
pub(super) fn frame_of_last(last: &Path, path: &Path) -> Option<Frame> {
    let text = read_last(last, path).ok()?.text;
    document::<IgnoredAny>(last, &text).ok()?;
    Frame::of(last, &text).ok()
}
