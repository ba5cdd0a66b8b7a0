//! The file, opened and saved. A run changes the bytes of `state` and no other;
//! `<file>.last` is the file as the program last wrote it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use super::error::Error;
use super::load::{Last, config, document, generation_in, read_last, read_text, read_versions};
use super::locate::{beside, resolve};
use super::lock::lock_save;
use super::note::Note;
use super::splice::Frame;
use super::state::{self, Head, Recovered, State, Target, VERSION};
use super::undo::{changed_at, frame_of_last};
use super::versions::{Author, Versions};
use super::write::{Pieces, Remark, replace, replace_last};
use crate::config::{Base, Config, Document, Env};
use crate::report::daily::Day;

/// What becomes of the state that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StateUse {
    /// The run goes on where the last one ended.
    #[default]
    Keep,
    /// All but the waiting mail and records starts afresh (`--reset-state`); a newer
    /// version's state too, and then its mail is lost.
    Reset,
}

/// A file that can be saved to.
#[derive(Clone)]
pub struct Store {
    path: PathBuf,
    env: Env,
    state_use: StateUse,
    /// The file when it was last read or written in a valid form. Without the state,
    /// which a run has in its memory once already.
    frame: Frame,
    /// The sum of the frame that `<file>.last` has, as far as is known without a look.
    last: Option<u64>,
    /// The highest generation seen.
    generation: u64,
}

/// All that was read.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Where to save.
    pub store: Store,
    /// The checked config.
    pub config: Config,
    /// What the last run left, of this PCE and org.
    pub state: State,
    /// The parts of the state that were damaged and may be empty now.
    pub damaged: Vec<String>,
    /// What has to be told.
    pub notes: Vec<Note>,
}

/// Why there is nothing to run on, and what to mail through all the same.
#[derive(Debug)]
pub struct Unopened {
    /// What is wrong with the file.
    pub error: Error,
    /// `<file>.last`, if it is readable and valid. Saving to it leaves the
    /// invalid file alone.
    pub last: Option<Box<Opened>>,
}

/// Where a state was saved.
#[derive(Debug)]
pub enum Saved {
    /// In the file and in `<file>.last`.
    Both,
    /// In `<file>.last` alone, since the file is not valid for this reason. It
    /// was not touched; once it is mended, the state of `.last` is used.
    LastOnly(Error),
    /// In the file; what makes that safer failed.
    But(Remark),
}

/// Opens the config at `path`, behind all links. Reads both the file and
/// `<file>.last`; writes nothing.
pub fn open(path: &Path, env: &Env, state_use: StateUse) -> Result<Opened, Unopened> {
    let (target, opened) = match resolve(path) {
        Ok(target) => {
            let opened = open_file(&target, env, state_use);
            (target, opened)
        }
        Err(error) => (path.to_owned(), Err(error)),
    };
    opened.map_err(|error| {
        let last = match error {
            Error::NewerState { .. } => None,
            _ => open_last(&target, env).ok().map(Box::new),
        };
        Unopened { error, last }
    })
}

fn open_file(path: &Path, env: &Env, state_use: StateUse) -> Result<Opened, Error> {
    let text = read_text(path)?;
    let document = document(path, &text)?;
    let last_path = beside(path, ".last");
    let frame = Frame::of(path, &text)?;
    let (last_state, last) = last_state(&last_path, path, &text, &frame)?;

    let ours = state::head(document.state);
    let theirs = state::head(last_state.as_deref());
    if state_use == StateUse::Keep {
        refuse_newer(path, &ours)?;
        refuse_newer(&last_path, &theirs)?;
    }
    let from_last = theirs.generation > ours.generation;
    let (head, chosen) = match from_last {
        true => (&theirs, last_state.as_deref()),
        false => (&ours, document.state),
    };
    let config = config(path, &document, env, head.language())?;
    let mut notes: Vec<Note> = Note::exposed(path).into_iter().collect();
    let is_older_copy = from_last && !theirs.went_on_alone_from(&ours);
    if let Some(last) = theirs.generation.filter(|_| is_older_copy) {
        notes.push(Note::StateFromLast { path: path.to_owned(), ours: ours.generation, last });
    }
    let chosen = chosen.filter(|_| head.version <= VERSION);
    // What is damaged here may be whole there, if it is of the same save.
    let same = last_state.as_deref().filter(|_| !from_last && theirs.generation == ours.generation);
    let generation = ours.generation.max(theirs.generation).unwrap_or(0);
    let path = path.to_owned();
    let store = Store { path, env: env.clone(), state_use, frame, last, generation };
    // The sections of thousands of rules, before the state of these.
    drop(document.sections);
    Ok(store.opened(config, chosen, same, notes))
}

/// The file as it was last written, for when the file itself is not valid.
fn open_last(path: &Path, env: &Env) -> Result<Opened, Error> {
    let last_path = beside(path, ".last");
    let Last { text, .. } = read_last(&last_path, path)?;
    let document = document(&last_path, &text)?;
    let head = state::head(document.state);
    refuse_newer(&last_path, &head)?;
    let config = config(&last_path, &document, env, head.language())?;
    let frame = Frame::of(&last_path, &text)?;
    let store = Store {
        path: path.to_owned(),
        env: env.clone(),
        state_use: StateUse::Keep,
        last: Some(frame.sum()),
        frame,
        generation: head.generation.unwrap_or(0),
    };
    Ok(store.opened(config, document.state, None, Vec::new()))
}

/// The state's text in `<file>.last`; `None` without one. Mostly the two files
/// are equal, and then there is nothing to choose from: `None` too. What someone else
/// put there is an error. Beside it the sum of the frame that it has.
fn last_state(
    last_path: &Path,
    path: &Path,
    text: &str,
    frame: &Frame,
) -> Result<(Option<String>, Option<u64>), Error> {
    let last = match read_last(last_path, path) {
        Err(error @ Error::Planted { .. }) => return Err(error),
        Ok(Last { text: last, .. }) if last != text => last,
        Ok(_) => return Ok((None, Some(frame.sum()))),
        Err(_) => return Ok((None, None)),
    };
    let sum = Frame::of(last_path, &last).ok().map(|frame| frame.sum());
    let document = document::<IgnoredAny>(last_path, &last).ok();
    Ok((document.and_then(|document| document.state.map(str::to_owned)), sum))
}

pub(super) fn refuse_newer(path: &Path, head: &Head) -> Result<(), Error> {
    match head.version {
        version if version > VERSION => Err(Error::NewerState { path: path.to_owned(), version }),
        _ => Ok(()),
    }
}

/// The PCE and org that a config speaks of.
pub(super) fn target_of(config: &Config) -> Target {
    let server = Base::parse(&config.pce.url).map(|base| base.effective());
    Target {
        server: server.unwrap_or_else(|_| config.pce.url.clone()),
        org: config.pce.org_id.clone(),
    }
}

/// A state that remembers what was told, what is still to be told, the waiting mail and records and what
/// pauses hold, which daily report was told, and which records are still to be archived.
fn afresh(state: State) -> State {
    State {
        archive: state.archive,
        outbox: state.outbox,
        held: state.held,
        forward: state.forward,
        history: state.history,
        day: Day { told: state.day.told, ..Day::default() },
        ..State::default()
    }
}

/// Without the text, which holds the secrets.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.path)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The config file, behind all links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the chosen state, and lets go of what belongs to another PCE.
    fn opened(
        self,
        config: Config,
        state: Option<&str>,
        same: Option<&str>,
        mut notes: Vec<Note>,
    ) -> Opened {
        let read = state.map(|state| state::read(state, same));
        let Recovered { mut state, damaged, restored } = read.unwrap_or_default();
        if !restored.is_empty() {
            notes.push(Note::Restored { path: self.path.clone(), parts: restored });
        }
        if !damaged.is_empty() {
            notes.push(Note::Damaged { path: self.path.clone(), parts: damaged.clone() });
        }
        let target = target_of(&config);
        if self.state_use == StateUse::Reset {
            state = afresh(state);
            notes.push(Note::Reset);
        } else if !state.target.is_empty() && state.target != target {
            notes.push(Note::OtherTarget { was: state.target.clone(), now: target.clone() });
            state = afresh(state);
        }
        state.target = target;
        state.generation = self.generation;
        state.language = Some(config.settings.language.tag().to_owned());
        Opened { store: self, config, state, damaged, notes }
    }

    /// Saves the state under the next generation. Reads the file again under
    /// the lock and replaces the bytes of `state` alone, so that an edit made
    /// meanwhile stays; the same text then goes to `<file>.last`. A file that
    /// is no longer valid is not touched, and `.last` alone is written.
    pub fn save(&mut self, state: &mut State) -> Result<Saved, Error> {
        let _lock = lock_save(&self.path)?;
        let saved = match self.read_again() {
            Ok(()) => Saved::Both,
            Err(error @ Error::NewerState { .. }) => return Err(error),
            Err(error) => Saved::LastOnly(error),
        };
        state.version = VERSION;
        match &saved {
            Saved::LastOnly(_) => self.note_what_is_left(state),
            _ => (state.file_left_at, state.file_broken_at) = (None, None),
        }
        state.generation = self.generation.max(state.generation).saturating_add(1);
        let text = self
            .frame
            .filled(|text| state::write(state, text))
            .map_err(|error| Error::Write { path: self.path.clone(), error })?;
        let last = beside(&self.path, ".last");
        let versions = self.versions(&last, &saved);
        let mut written = String::new();
        let pieces = versions.put_into(&text, &mut written);
        let Saved::Both = saved else {
            self.generation = state.generation;
            replace_last(&last, &pieces, &self.path)?;
            return Ok(saved);
        };
        let remark = replace(&self.path, &text, &pieces, &self.path)?;
        self.generation = state.generation;
        let remark = remark.or(last_too(&last, &pieces, &self.path));
        self.last = Some(self.frame.sum());
        Ok(remark.map_or(Saved::Both, Saved::But))
    }

    /// Takes note in `state`, which goes on alone, of the file that is not valid: so that it
    /// is known once it is mended.
    fn note_what_is_left(&self, state: &mut State) {
        let there = read_text(&self.path).ok().and_then(|text| generation_in(&text));
        if state.file_left_at.is_none() {
            state.file_broken_at = there;
        }
        let left = state.file_left_at.unwrap_or(self.generation);
        // A command that mends it step by step puts a newer state into it.
        state.file_left_at = Some(left.max(there.unwrap_or(0)));
    }

    /// The versions that `.last` holds at this moment. Where an editor made another config
    /// since, the one before that is the next of them.
    fn versions(&self, last: &Path, saved: &Saved) -> Versions {
        let mut versions = read_versions(last, &self.path).unwrap_or_default();
        let known = versions.sum().or(self.last);
        let is_new = |known: u64| matches!(saved, Saved::Both) && known != self.frame.sum();
        if known.is_some_and(is_new)
            && let Some(before) = frame_of_last(last, &self.path)
        {
            let at = changed_at(&self.path, &versions);
            versions.note(&before, &self.frame, at, &Author::default());
        }
        versions
    }

    /// Takes note of what the file is at this moment, if it is valid: of what a person
    /// changed in it, and of a higher generation that someone else wrote.
    fn read_again(&mut self) -> Result<(), Error> {
        let text = read_text(&self.path)?;
        let frame = Frame::of(&self.path, &text)?;
        let skimmed: Document<'_, IgnoredAny> = document(&self.path, &text)?;
        let head = state::head(skimmed.state);
        if self.state_use == StateUse::Keep {
            refuse_newer(&self.path, &head)?;
        }
        if frame != self.frame {
            config(&self.path, &document(&self.path, &text)?, &self.env, head.language())?;
        }
        self.generation = self.generation.max(head.generation.unwrap_or(0));
        self.frame = frame;
        Ok(())
    }
}

/// `.last`, the file itself being replaced already: what fails is a remark.
pub(super) fn last_too(last: &Path, pieces: &Pieces<'_>, path: &Path) -> Option<Remark> {
    match replace_last(last, pieces, path) {
        Ok(remark) => remark,
        Err(failed) => Some(Remark { path: path.to_owned(), failed }),
    }
}
