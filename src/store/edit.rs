//! What a person changes in the config: by the menu, by `rules`, by `import`.
//!
//! A change is applied to the file of this moment under the save lock, and only
//! its own bytes change; so an editor's save made meanwhile survives, and so does
//! the state that a run has just written. Nothing is written that would bring a
//! new problem into the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::change::{Change, changes};
use super::error::Error;
use super::file::{last_too, refuse_newer};
use super::layout;
use super::load::{Last, MARK, document, read_last, read_text};
use super::locate::{behind_links, beside, resolve};
use super::lock::{lock_run, lock_save};
use super::look::{Look, look_at};
use super::splice::Frame;
use super::undo::changed_at;
use super::versions::Author;
use super::write::{Remark, replace, replace_alone};
use super::{seal, splice, state};
use crate::config::{self, Config, Env, Problem, place_in, place_of_key};
use crate::rules::keyed;

/// What a file begins as.
const EMPTY: &str = "{}\n";

/// What became of an edit.
#[derive(Debug)]
pub struct Edited<T> {
    /// What the change gave back.
    pub result: T,
    /// What is different now; empty where nothing was written.
    pub changes: Vec<Change>,
    /// Rules whose id stood twice: the id they had, and the one they have now.
    pub renumbered: Vec<(i64, i64)>,
    /// What was wrong before and still is.
    pub problems: Vec<Problem>,
    /// The change is in, and this failed all the same.
    pub remark: Option<Remark>,
}

/// The file, while it is being changed.
pub struct Draft {
    /// A byte order mark and white space.
    head: String,
    /// The top-level object.
    body: String,
    tail: String,
    /// New ids are written where nothing else is.
    keep_renumbered: bool,
}

/// Changes the config at `path`, which is made where it is missing; its folder
/// is not. `now` is what a run that starts meanwhile is told as this one's start, and when
/// `author` made the change, which can be taken back ([`super::versions()`]).
///
/// Refused, with nothing written: a file that is not JSON, a newer version's
/// state, and a change that brings a problem which was not there before. Problems
/// of before do not hinder, so that a file can be mended step by step.
pub fn edit<T>(
    path: &Path,
    env: &Env,
    now: Timestamp,
    author: &Author,
    change: impl FnOnce(&mut Draft) -> T,
) -> Result<Edited<T>, Error> {
    let path = path_to_write(path)?;
    let _lock = lock_save(&path)?;
    let (before, is_there) = match read_text(&path) {
        Err(Error::NotFound { .. }) => (EMPTY.to_owned(), false),
        read => (read?, true),
    };
    let config_before = checked(&path, &before, env)?;
    let mut draft = Draft::new(&before);
    // No run may hold tallies by the ids that are about to change.
    let run_lock = lock_run(&path, now).ok();
    let renumbered = match (&config_before, &run_lock) {
        (Ok(config), Some(_)) => {
            renumber(&mut draft, config, |text| checked(&path, text, env).ok().and_then(Result::ok))
        }
        _ => Vec::new(),
    };
    let untouched = draft.text();
    let result = change(&mut draft);
    let text = draft.text();
    let known = config_before.err().unwrap_or_default();
    let was = Frame::of(&path, &before).ok().filter(|_| is_there);
    let repaired = draft.keep_renumbered && !renumbered.is_empty();
    if text == untouched && !repaired {
        return Ok(Edited {
            result,
            changes: Vec::new(),
            renumbered: Vec::new(),
            problems: known,
            remark: None,
        });
    }
    let problems = checked(&path, &text, env)?.err().unwrap_or_default();
    refuse_new(&path, &known, &problems)?;
    let remark = match problems.is_empty() {
        true => write(&path, &text, was, (now, author))?,
        false => write_alone(&path, &text)?,
    };
    Ok(Edited { result, changes: changes(&before, &text), renumbered, problems, remark })
}

/// The file as it would be with `change`, which nothing writes: what is tried first.
///
/// # Errors
/// Where the file can't be read or is no JSON object, and for a newer version's state.
pub fn look_with(path: &Path, env: &Env, change: impl FnOnce(&mut Draft)) -> Result<Look, Error> {
    let path = path_to_write(path)?;
    let before = match read_text(&path) {
        Err(Error::NotFound { .. }) => EMPTY.to_owned(),
        read => read?,
    };
    let mut draft = Draft::new(&before);
    change(&mut draft);
    look_at(&path, &draft.text(), env)
}

/// The file behind all links; for a new file, the folder behind all links.
fn path_to_write(path: &Path) -> Result<PathBuf, Error> {
    match resolve(path) {
        Err(Error::NotFound { .. }) => {}
        found => return found,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = behind_links(folder.unwrap_or(Path::new(".")))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}

/// The config, or all that is wrong with it. An error where the text can't be
/// changed at all.
pub(super) fn checked(
    path: &Path,
    text: &str,
    env: &Env,
) -> Result<Result<Config, Vec<Problem>>, Error> {
    let document = document(path, text)?;
    let head = state::head(document.state);
    refuse_newer(path, &head)?;
    let around = config::Surroundings {
        env,
        folder: path.parent().unwrap_or(Path::new("")),
        remembered: head.language(),
    };
    Ok(config::read(&document, &around).map_err(|(problems, _)| problems))
}

/// A problem is new where its sentence stands more often than before: the places
/// in a list move when an element goes.
pub(super) fn refuse_new(path: &Path, known: &[Problem], found: &[Problem]) -> Result<(), Error> {
    let times = |list: &[Problem], one: &Problem| {
        list.iter().filter(|other| other.same_sentence(one)).count()
    };
    let is_new = |one: &&Problem| times(found, one) > times(known, one);
    let problems: Vec<Problem> = found.iter().filter(is_new).cloned().collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::Invalid { path: path.to_owned(), problems, more: 0 })
}

/// Gives each rule whose id stands twice a new one, in the file and in what the
/// state keeps of it.
fn renumber(
    draft: &mut Draft,
    config: &Config,
    read: impl Fn(&str) -> Option<Config>,
) -> Vec<(i64, i64)> {
    let mut renumbered = Vec::new();
    for (at, rule) in config.rules.iter().enumerate() {
        let earlier = config.rules.iter().take(at);
        if earlier.clone().any(|other| other.id == rule.id) {
            let id = draft.free_id();
            draft.set_in_rule(at, "id", Some(&id.into()));
            renumbered.push((rule.id, id));
        }
    }
    let new = read(&draft.text()).filter(|_| !renumbered.is_empty());
    if let Some(new) = new {
        let pairs = keyed(&config.rules).into_iter().zip(keyed(&new.rules));
        let names: BTreeMap<String, String> =
            pairs.map(|((old, _), (new, _))| (old, new)).filter(|(old, new)| old != new).collect();
        draft.rename_in_state(&names);
    }
    renumbered
}

/// Writes the file and `.last`, with `was`, the version before, valid or not. A state that
/// only `.last` still has comes back with it.
pub(super) fn write(
    path: &Path,
    text: &str,
    was: Option<Frame>,
    (now, author): (Timestamp, &Author),
) -> Result<Option<Remark>, Error> {
    let (text, last) = with_newest_state(path, text)?;
    let last_path = beside(path, ".last");
    let mut versions = last.versions;
    let known = Frame::of(&last_path, &last.text).ok();
    if let (Some(known), Some(was)) = (&known, &was) {
        // An editor's, which nobody took note of yet.
        versions.note(known, was, changed_at(path, &versions), &Author::default());
    }
    if let Some(was) = was.or(known) {
        versions.note(&was, &Frame::of(path, &text)?, now, author);
    }
    let mut written = String::new();
    let pieces = versions.put_into(&text, &mut written);
    let remark = replace(path, &text, &pieces, path)?;
    Ok(remark.or(last_too(&last_path, &pieces, path)))
}

/// Writes the file alone, which is not valid: mails about a broken file go out through the
/// settings of `.last`.
pub(super) fn write_alone(path: &Path, text: &str) -> Result<Option<Remark>, Error> {
    let (text, _) = with_newest_state(path, text)?;
    replace_alone(path, &text, path)
}

/// `text` with the state that only `.last` still has, where that is so; and `.last`. In the
/// file that state no longer goes on alone.
fn with_newest_state(path: &Path, text: &str) -> Result<(String, Last), Error> {
    let last_path = beside(path, ".last");
    let last = match read_last(&last_path, path) {
        Err(error @ Error::Planted { .. }) => return Err(error),
        read => read.unwrap_or_default(),
    };
    let document_there = document::<IgnoredAny>(&last_path, &last.text).ok();
    let theirs = document_there.as_ref().and_then(|last| last.state);
    let newest = state::head(theirs);
    refuse_newer(&last_path, &newest)?;
    let ours = document::<IgnoredAny>(path, text)?.state;
    let is_newer = newest.generation > state::head(ours).generation;
    let text = match theirs.filter(|_| is_newer).or(ours) {
        Some(state) => splice::with_state(path, text, &state::joined(state))?,
        None => text.to_owned(),
    };
    Ok((text, last))
}

impl Draft {
    fn new(text: &str) -> Self {
        let unmarked = text.strip_prefix(MARK).unwrap_or(text);
        let trimmed = unmarked.trim_start();
        let body = trimmed.trim_end();
        let (head, _) = text.split_at(text.len() - trimmed.len());
        let (_, tail) = trimmed.split_at(body.len());
        Self {
            head: head.to_owned(),
            body: body.to_owned(),
            tail: tail.to_owned(),
            keep_renumbered: false,
        }
    }

    fn text(&self) -> String {
        [self.head.as_str(), &self.body, &self.tail].concat()
    }

    /// Has rules whose id stood twice written with their new ids, even where this
    /// change changes nothing else.
    pub fn keep_renumbered(&mut self) {
        self.keep_renumbered = true;
    }

    /// The value of a section's key; `None` without one.
    pub fn value(&self, section: &str, key: &str) -> Option<Value> {
        let value = layout::value_of(layout::value_of(&self.body, section)?, key)?;
        serde_json::from_str(value).ok()
    }

    /// Sets a section's key; a section that is missing, or no object, is made.
    pub fn set(&mut self, section: &str, key: &str, value: &Value) {
        let object = self.section(section, "{}", '{');
        let value = layout::written(value, 2, &place_of_key);
        self.put(section, &layout::with_key(&object, key, &value, "", 1));
    }

    /// Removes a section's key.
    pub fn unset(&mut self, section: &str, key: &str) {
        if let Some(object) = layout::value_of(&self.body, section) {
            let object = layout::without_key(object, key);
            self.put(section, &object);
        }
    }

    /// The rules as they stand, in the file's order, the user's own keys too.
    pub fn rules(&self) -> Vec<Value> {
        self.list("rules")
    }

    /// Adds a rule at the end, and returns its id: a new one where it has none,
    /// or one that another rule has.
    pub fn add_rule(&mut self, rule: &Value) -> i64 {
        let taken = |id: i64| self.ids().any(|other| other == id);
        let own = rule.get("id").and_then(Value::as_i64);
        let id = own.filter(|id| !taken(*id)).unwrap_or_else(|| self.free_id());
        let mut rule = rule.clone();
        if let Some(rule) = rule.as_object_mut() {
            rule.insert("id".to_owned(), id.into());
        }
        self.add_to("rules", &rule);
        id
    }

    /// Replaces the rule at `index` as a whole.
    pub fn replace_rule(&mut self, index: usize, rule: &Value) {
        let rule = layout::written(rule, 2, &place_of_key);
        self.put_in("rules", index, &rule);
    }

    /// Sets one key of the rule at `index`; `None` removes it.
    pub fn set_in_rule(&mut self, index: usize, key: &str, value: Option<&Value>) {
        self.set_in("rules", index, key, value);
    }

    /// Removes the rule at `index`; those behind it move up.
    pub fn remove_rule(&mut self, index: usize) {
        self.remove_from("rules", index);
    }

    /// What stands in a section that is a list, in the file's order.
    pub fn list(&self, section: &str) -> Vec<Value> {
        let list = layout::value_of(&self.body, section).unwrap_or_default();
        let values = layout::parts(list).into_iter();
        values.map(|(_, value)| serde_json::from_str(value).unwrap_or_default()).collect()
    }

    /// Adds an element at the end of such a section, which is made where it is missing.
    pub fn add_to(&mut self, section: &str, element: &Value) {
        let list = self.section(section, "[]", '[');
        let element = layout::written(element, 2, &|key| place_in(section, key));
        self.put(section, &layout::with_element(&list, &element, 1));
    }

    /// Sets one key of the element at `index`; `None` removes it.
    pub fn set_in(&mut self, section: &str, index: usize, key: &str, value: Option<&Value>) {
        let list = layout::value_of(&self.body, section).unwrap_or_default();
        let Some((_, element)) = layout::parts(list).into_iter().nth(index) else {
            return;
        };
        let element = match value {
            Some(value) => {
                let value = layout::written(value, 3, &|key| place_in(section, key));
                layout::with_key(element, key, &value, "", 2)
            }
            None => layout::without_key(element, key),
        };
        self.put_in(section, index, &element);
    }

    /// Removes the element at `index`; those behind it move up.
    pub fn remove_from(&mut self, section: &str, index: usize) {
        let list = layout::value_of(&self.body, section).unwrap_or_default();
        let list = layout::without(list, index);
        self.put(section, &list);
    }

    fn ids(&self) -> impl Iterator<Item = i64> {
        let rules = self.rules().into_iter();
        rules.filter_map(|rule| rule.get("id").and_then(Value::as_i64))
    }

    /// One more than the highest there is.
    fn free_id(&self) -> i64 {
        let highest = self.ids().max().unwrap_or(0).max(0);
        // Who has an id at the very end of the numbers gets one from the begin.
        let free = |id: &i64| !self.ids().any(|other| other == *id);
        highest.checked_add(1).unwrap_or_else(|| (1..).find(free).unwrap_or(1))
    }

    /// A section's text; `empty` where there is none that begins as it should.
    fn section(&self, name: &str, empty: &str, begin: char) -> String {
        layout::value_of(&self.body, name)
            .filter(|text| text.starts_with(begin))
            .unwrap_or(empty)
            .to_owned()
    }

    /// A section in its place, or as the last one but the state.
    fn put(&mut self, section: &str, text: &str) {
        if layout::value_of(&self.body, section) != Some(text) {
            self.body = layout::with_key(&self.body, section, text, "state", 0);
        }
    }

    fn put_in(&mut self, section: &str, index: usize, element: &str) {
        let list = layout::value_of(&self.body, section).unwrap_or_default();
        let list = layout::with_value_at(list, index, element);
        self.put(section, &list);
    }

    fn rename_in_state(&mut self, names: &BTreeMap<String, String>) {
        let state = layout::value_of(&self.body, "state").unwrap_or_default();
        let Some(rules) = layout::value_of(state, "rules") else {
            return;
        };
        let rules = layout::with_keys_renamed(rules, names);
        let state = layout::with_key(state, "rules", &rules, "", 1);
        // Without a seal it is still read.
        let state = seal::sealed(&state).unwrap_or(state);
        self.put("state", &state);
    }
}
