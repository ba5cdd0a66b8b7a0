//! The versions of before, for whoever looks at them or takes one back.

use std::path::Path;

use jiff::Timestamp;
use serde::de::IgnoredAny;

use super::change::{Change, changes};
use super::edit::{checked, refuse_new, write, write_alone};
use super::error::Error;
use super::file::target_of;
use super::load::{Last, document, read_last, read_text};
use super::locate::{beside, resolve};
use super::lock::lock_save;
use super::look::look_at;
use super::splice::Frame;
use super::state::{self, Target};
use super::versions::{Author, Step, Versions};
use super::write::{Remark, replace_alone};
use crate::config::{Env, Problem, secrets_in};
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
    /// What it changed, nothing secret in it; `None` where the text before it or after it is
    /// no JSON.
    pub changes: Option<Vec<Change>>,
    /// What differs between the file as it is and as it was before this change, in the same
    /// way.
    pub undoing: Option<Vec<Change>>,
    /// Whether the runs since belong to another PCE than the file named before this change:
    /// the next run would then start afresh.
    pub forgets: bool,
    /// Whether what stands there now would take too much room to be kept, and be lost.
    pub loses: bool,
    /// The file's frame before it, …
    before: Frame,
    /// … and the one that the file has now.
    now: Frame,
}

/// A change that was taken back.
#[derive(Debug)]
pub struct Undone {
    /// What is different now; empty where a text that is no JSON came or went.
    pub changes: Vec<Change>,
    /// Whether what stood there is on record, to be taken back in turn.
    pub kept: bool,
    /// What is wrong with the file as it is now.
    pub fault: Option<Error>,
    /// The change is in, and this failed all the same.
    pub remark: Option<Remark>,
}

/// The last changes of the config at `path`, the last one first: those that the program
/// made, and those of an editor's that it found, also where the file is no JSON any more.
/// Writes nothing.
///
/// # Errors
/// Where the file or `.last` can't be read, and where the file is no JSON and `.last` knows
/// nothing to put in its place.
pub fn versions(path: &Path, env: &Env) -> Result<Vec<Version>, Error> {
    let path = resolve(path)?;
    let text = read_text(&path)?;
    let now = frame_of(&path, &text)?;
    let last_path = beside(&path, ".last");
    let Last { text: last, mut versions } = last_or_none(&last_path, &path)?;
    if let Ok(known) = Frame::of(&last_path, &last) {
        // What an editor did since is no less a change for not having been kept yet.
        versions.note_for_a_look(&known, &now, changed_at(&path, &versions));
    }
    let steps = versions.steps(&now);
    if steps.is_empty() {
        document::<IgnoredAny>(&path, &text)?;
    }
    let secrets = secrets_of(&path, env, &steps, &now);
    let told = |before: &Frame, after: &Frame| {
        if before.is_broken() || after.is_broken() {
            return None;
        }
        let mut told = changes(&before.with(None), &after.with(None));
        told.iter_mut().for_each(|change| change.hide(&secrets));
        Some(told)
    };
    let whose = state::target(newest_state(&path, &text, &last));
    let target = |frame: &Frame| target_in(&path, frame, env);
    let target_now = target(&now);
    let loses = |step: &Step| {
        let mut trial = versions.clone();
        trial.note(&now, &step.before, step.at, &step.author);
        trial.were_too_large(&step.before)
    };
    let version = |step: Step| Version {
        loses: loses(&step),
        changes: told(&step.before, &step.after),
        undoing: told(&now, &step.before),
        forgets: target(&step.before)
            .is_some_and(|then| !whose.is_empty() && then != whose && Some(then) != target_now),
        number: step.number,
        at: step.at,
        author: step.author,
        before: step.before,
        now: now.clone(),
    };
    Ok(steps.into_iter().map(version).collect())
}

/// Whether the last change of the config at `path` took more room than there is for the
/// versions, so that neither it nor those before are on record.
pub fn too_large_to_keep(path: &Path) -> bool {
    let found = || {
        let path = resolve(path).ok()?;
        let text = read_text(&path).ok()?;
        let last = last_or_none(&beside(&path, ".last"), &path).ok()?;
        Some(last.versions.were_too_large(&Frame::of(&path, &text).ok()?))
    };
    found().unwrap_or_default()
}

/// What would be wrong with the file at `path` if `version` was taken back; `None`: nothing.
pub fn fault_of(path: &Path, env: &Env, version: &Version) -> Option<Error> {
    let path = resolve(path).ok()?;
    fault(&path, &version.before.with(None), env)
}

/// Puts the version before `version` in the place of all but the state, under the save lock.
/// `None`, and nothing changed, where the file is another than the one that it was read
/// beside. The version that is left can be taken back in turn. `anyway`: the user knows what
/// is wrong with the one that comes ([`fault_of`]).
///
/// # Errors
/// Where the file can't be read or written, and without `anyway` where something would be
/// wrong with it that is not wrong now.
pub fn undo(
    path: &Path,
    env: &Env,
    (now, author): (Timestamp, &Author),
    (version, anyway): (&Version, bool),
) -> Result<Option<Undone>, Error> {
    let path = resolve(path)?;
    let _lock = lock_save(&path)?;
    let before = read_text(&path)?;
    let was = frame_of(&path, &before)?;
    if version.now != was {
        return Ok(None);
    }
    let last = last_or_none(&beside(&path, ".last"), &path)?.text;
    let text = version.before.with(newest_state(&path, &before, &last));
    let fault_now = fault(&path, &before, env);
    if let Some(error @ Error::NewerState { .. }) = fault_now {
        return Err(error);
    }
    let fault = fault(&path, &text, env);
    let fault = match anyway {
        true => fault,
        false => no_worse(&path, fault_now, fault)?,
    };
    let remark = match &fault {
        None => write(&path, &text, Some(was.clone()), (now, author))?,
        Some(Error::Invalid { .. }) => write_alone(&path, &text)?,
        Some(_) => replace_alone(&path, &text, &path)?,
    };
    let changes = match was.is_broken() || version.before.is_broken() {
        true => Vec::new(),
        false => changes(&before, &text),
    };
    let newest = versions(&path, env).unwrap_or_default().into_iter().next();
    let kept = newest.is_some_and(|newest| newest.before == was);
    Ok(Some(Undone { changes, kept, fault, remark }))
}

/// What will be wrong, unless that is worse than what is wrong now.
fn no_worse(path: &Path, now: Option<Error>, then: Option<Error>) -> Result<Option<Error>, Error> {
    let known: &[Problem] = match &now {
        Some(Error::Invalid { problems, .. }) => problems,
        Some(_) if matches!(then, Some(Error::Invalid { .. })) => return Ok(then),
        _ => &[],
    };
    match &then {
        Some(Error::Invalid { problems, .. }) => refuse_new(path, known, problems).map(|()| then),
        Some(_) => then.map_or(Ok(None), Err),
        None => Ok(None),
    }
}

fn fault(path: &Path, text: &str, env: &Env) -> Option<Error> {
    match checked(path, text, env) {
        Err(error) => Some(error),
        Ok(Err(problems)) => Some(Error::Invalid { path: path.to_owned(), problems, more: 0 }),
        Ok(Ok(_)) => None,
    }
}

/// That of `text`, whether it is JSON or not.
fn frame_of(path: &Path, text: &str) -> Result<Frame, Error> {
    Frame::of(path, text).or_else(|error| Frame::broken(text).ok_or(error))
}

/// `.last`; nothing where it is missing.
fn last_or_none(last_path: &Path, path: &Path) -> Result<Last, Error> {
    match read_last(last_path, path) {
        Err(Error::NotFound { .. }) => Ok(Last::default()),
        read => read,
    }
}

/// The state of the later save, in the file's text or in that of `.last`.
fn newest_state<'t>(path: &Path, text: &'t str, last: &'t str) -> Option<&'t str> {
    let of = |text| document::<IgnoredAny>(path, text).ok().and_then(|found| found.state);
    let (ours, theirs) = (of(text), of(last));
    match state::head(theirs).generation > state::head(ours).generation {
        true => theirs,
        false => ours,
    }
}

/// The PCE and org that a version names; `None` where it is no JSON.
fn target_in(path: &Path, frame: &Frame, env: &Env) -> Option<Target> {
    let look = look_at(path, &frame.with(None), env).ok()?;
    Some(target_of(&look.holds))
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
