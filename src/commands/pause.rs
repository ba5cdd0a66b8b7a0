//! `pause`: times in which some rules and conditions are not told.

use std::cell::Cell;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::rules::{Refusal, edit, ids, input};
use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::moment::coming;
use crate::commands::said::Said;
use crate::config::Env;
use crate::host::log;
use crate::lang::{Lang, config as config_words, listed, pauses as words};
use crate::report::pause::words::State as How;
use crate::report::pause::{MOST, Pause, Paused, When};
use crate::rules::Filter;
use crate::rules::minutes::minute_of;
use crate::store::{self, Draft, Edited, Opened, StateUse};

/// Pauses that ended so long ago leave the config with the next change.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Does what was asked for.
pub fn act(call: &Call<'_>, command: &cli::Pause) -> Said {
    let lang = call.screen_language();
    let words: Vec<&str> = command.what.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["list"] if command.asks_for_nothing() => list(call, lang, command.json),
        ["list", ..] => Err(Refusal::usage(words::list_alone(lang))),
        ["end", ids @ ..] => end(call, lang, ids, command.json),
        _ => add(call, lang, command),
    };
    done.unwrap_or_else(|refusal| refusal.said(lang))
}

/// What a command goes by: the clock of the PCE, and of the mails' reader.
struct Site {
    now: Timestamp,
    zone: TimeZone,
    opened: Opened,
}

impl Site {
    fn open(call: &Call<'_>) -> Result<Self, Refusal> {
        let opened = store::open(call.config, call.env, StateUse::Keep);
        let opened = opened.map_err(|unopened| Refusal::File(unopened.error))?;
        let now = opened.state.pce_time(call.now);
        Ok(Self { now, zone: opened.config.settings.timezone.clone(), opened })
    }

    fn line(&self, pause: &Pause, lang: Lang) -> String {
        pause.line(self.now, &self.zone, self.held(pause), lang)
    }

    /// As it stands among those that are `written` in the file, with how it is.
    fn json(&self, pause: &Pause, written: &[Value]) -> Value {
        let (word, until) = match pause.state(self.now, &self.zone) {
            How::Holds(until) => ("holds", Some(until)),
            How::Comes => ("comes", None),
            How::Waits => ("waits", None),
            How::Over => ("over", None),
        };
        let mut value = written.iter().find(|one| one["id"] == pause.id).cloned();
        let object = value.as_mut().and_then(Value::as_object_mut);
        let mut object = object.map(std::mem::take).unwrap_or_default();
        object.insert("state".to_owned(), word.into());
        object.insert("holds_until".to_owned(), json!(until));
        object.insert("held".to_owned(), self.held(pause).into());
        object.into()
    }

    fn pause(&self, id: i64) -> Option<&Pause> {
        self.opened.config.pauses.iter().find(|pause| pause.id == id)
    }

    fn held(&self, pause: &Pause) -> u64 {
        self.opened.state.held.of(pause.id)
    }
}

/// The pauses as they stand in the file.
fn written_pauses(call: &Call<'_>) -> Result<Vec<Value>, Refusal> {
    Ok(store::look(call.config, call.env).map_err(Refusal::File)?.pauses)
}

fn list(call: &Call<'_>, lang: Lang, as_json: bool) -> Result<Said, Refusal> {
    let site = Site::open(call)?;
    let pauses = &site.opened.config.pauses;
    if as_json {
        let written = written_pauses(call)?;
        let all: Vec<Value> = pauses.iter().map(|pause| site.json(pause, &written)).collect();
        return Ok(Said { lines: vec![Value::from(all).to_string()], ..Said::default() });
    }
    let mut lines: Vec<String> = pauses.iter().map(|pause| site.line(pause, lang)).collect();
    if lines.is_empty() {
        lines.push(words::no_pauses(lang));
    }
    Ok(Said { lines, ..Said::default() })
}

fn add(call: &Call<'_>, lang: Lang, command: &cli::Pause) -> Result<Said, Refusal> {
    let site = Site::open(call)?;
    let pause = given(call, &site, lang, command)?;
    let its = Cell::new(0);
    let edited = edit(call, (lang, "pause"), |draft| {
        if let Some(rules) = pause["rules"].as_array() {
            let arguments: Vec<String> = rules.iter().map(Value::to_string).collect();
            ids::places(&draft.rules(), &arguments, lang)?;
        }
        let id = put(draft, pause, site.opened.state.held.highest_id());
        its.set(id);
        drop_old(draft, &site);
        Ok(id)
    });
    let edited = edited.map_err(|refusal| of_options(refusal, its.get(), lang))?;
    let mut said = told(call, lang, edited, command.json, |site, id| {
        let pause = site.pause(id);
        pause.map(|pause| words::paused(lang, site.line(pause, lang))).unwrap_or_default()
    })?;
    said.problems.extend(holds_nothing(&Site::open(call)?, its.get(), lang));
    Ok(said)
}

/// What of a new pause holds nothing, as remarks: one that ends before its first time
/// comes, and rules of another kind than what it is narrowed to.
fn holds_nothing(site: &Site, id: i64, lang: Lang) -> Vec<String> {
    let Some(pause) = site.pause(id) else { return Vec::new() };
    let mut remarks = Vec::new();
    if let Some(ends) = pause.ends().filter(|_| matches!(pause.when, When::Weekly { .. })) {
        let first = minute_of(pause.begins().unwrap_or(site.now).max(site.now));
        // After a week every one of its times has come.
        let last = minute_of(ends).min(first + 7 * 24 * 60);
        if !(first..last).any(|minute| pause.holds(minute, &site.zone)) {
            remarks.push(words::never_comes(lang, id));
        }
    }
    let Paused::These(ids) = &pause.rules else { return remarks };
    if pause.only.is_none() {
        return remarks;
    }
    let rules = site.opened.config.rules.iter().filter(|rule| ids.contains(&rule.id));
    let unlike = rules.filter(|rule| match &rule.filter {
        Filter::Event(_) => pause.only.as_ref().is_some_and(|only| only.events.is_none()),
        Filter::Traffic(_) => pause.only.as_ref().is_some_and(|only| only.traffic.is_none()),
        Filter::Workload(_) => true,
    });
    let unlike: Vec<i64> = unlike.map(|rule| rule.id).collect();
    if !unlike.is_empty() {
        remarks.push(words::holds_none_of(lang, id, listed(lang, &unlike)));
    }
    remarks
}

/// What is wrong is said of the options, and not of an element that is not there.
fn of_options(refusal: Refusal, id: i64, lang: Lang) -> Refusal {
    let option = |key: &str| match key {
        "conditions" => "--condition".to_owned(),
        key => format!("--{key}"),
    };
    let keys = ["until", "from", "every", "conditions", "match", "why", "by"];
    let said = |line: String| {
        let pause = config_words::pause_at(lang, id);
        let at = |key: &&str| config_words::at(lang, &pause, key);
        let key = keys.iter().find(|key| line.starts_with(&at(key)));
        key.map_or(line.clone(), |key| line.replacen(&at(key), &option(key), 1))
    };
    match refusal {
        Refusal::Usage(lines) => Refusal::Usage(lines.into_iter().map(said).collect()),
        other => other,
    }
}

/// Adds a pause under an id of its own, above the `highest` that the state knows, and
/// returns that.
pub fn put(draft: &mut Draft, mut pause: Value, highest: i64) -> i64 {
    let ids = draft.list("pauses").into_iter().filter_map(|one| one["id"].as_i64());
    let id = ids.max().unwrap_or(0).max(highest).max(0) + 1;
    if let Some(pause) = pause.as_object_mut() {
        pause.insert("id".to_owned(), id.into());
    }
    draft.add_to("pauses", &pause);
    id
}

/// The pause that the options ask for, without its id.
fn given(call: &Call<'_>, site: &Site, lang: Lang, command: &cli::Pause) -> Result<Value, Refusal> {
    let mut pause = Map::new();
    let is_all = command.what.iter().any(|word| word == "all");
    if is_all && command.what.len() > 1 {
        return Err(Refusal::usage(words::all_alone(lang)));
    }
    if is_all {
        pause.insert("rules".to_owned(), "all".into());
    } else if !command.what.is_empty() {
        let rules: Vec<Value> =
            site.opened.config.rules.iter().map(|rule| json!({"id": rule.id})).collect();
        let places = ids::places(&rules, &command.what, lang)?;
        let ids: Vec<&Value> =
            places.iter().filter_map(|at| Some(&rules.get(*at)?["id"])).collect();
        pause.insert("rules".to_owned(), json!(ids));
    }
    if !command.condition.is_empty() {
        pause.insert("conditions".to_owned(), json!(command.condition));
    }
    if pause.is_empty() {
        return Err(Refusal::usage(words::which_rules(lang)));
    }
    let only = only(command, lang)?;
    if !only.is_empty() {
        assert_sees(&pause, site, command, lang)?;
        pause.insert("match".to_owned(), only.into());
    }
    times(&mut pause, site, lang, command)?;
    let why = command.why.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let why = why.ok_or_else(|| Refusal::usage(words::no_why(lang)))?;
    pause.insert("why".to_owned(), why.into());
    pause.insert("by".to_owned(), by(command.by.as_deref(), call.env).into());
    Ok(pause.into())
}

/// Each of the named rules can see what `--src` or `--dst` names.
fn assert_sees(
    pause: &Map<String, Value>,
    site: &Site,
    command: &cli::Pause,
    lang: Lang,
) -> Result<(), Refusal> {
    let ids = pause.get("rules").and_then(Value::as_array).into_iter().flatten();
    for id in ids.filter_map(Value::as_i64) {
        let rule = site.opened.config.rules.iter().find(|rule| rule.id == id);
        let ends = [("--src", &command.src), ("--dst", &command.dst)];
        let end = ends.iter().find(|(_, given)| given.is_some()).map(|(option, _)| *option);
        let blind = match rule.map(|rule| &rule.filter) {
            Some(Filter::Event(_)) => end,
            Some(Filter::Workload(_)) => Some(end.unwrap_or("--match")),
            Some(Filter::Traffic(_)) | None => None,
        };
        if let Some(option) = blind {
            return Err(Refusal::usage(words::other_kind(lang, id, option)));
        }
    }
    Ok(())
}

/// Who asks for it.
pub fn by(named: Option<&str>, env: &Env) -> String {
    named.map_or_else(|| log::user(env), str::to_owned)
}

/// `--src`, `--dst` and `--match`.
fn only(command: &cli::Pause, lang: Lang) -> Result<Map<String, Value>, Refusal> {
    let mut only = Map::new();
    for (end, given) in [("src", &command.src), ("dst", &command.dst)] {
        let Some(text) = given else { continue };
        let is_address = text.split(',').all(|part| {
            let part = part.trim();
            part.parse::<std::net::IpAddr>().is_ok() || part.parse::<ipnet::IpNet>().is_ok()
        });
        // A name of digits and dots alone is a slip of the pen.
        let is_number = |c: char| c.is_ascii_digit() || "./:, ".contains(c);
        if !is_address && text.chars().all(is_number) {
            let option = format!("--{end}");
            return Err(Refusal::usage(words::bad_address(lang, option, text)));
        }
        let key = if is_address { format!("{end}_ip_in") } else { format!("{end}_host") };
        only.insert(key, text.as_str().into());
    }
    for pair in &command.only {
        let wrong = || Refusal::usage(words::bad_match(lang, pair));
        let (key, value) = input::pair(pair, lang).map_err(|_| wrong())?;
        only.insert(key, value.unwrap_or_default());
    }
    Ok(only)
}

/// `--from`, `--until` and `--every`, as they are written: local time with its offset.
fn times(
    pause: &mut Map<String, Value>,
    site: &Site,
    lang: Lang,
    command: &cli::Pause,
) -> Result<(), Refusal> {
    let read = |option: &str, text: &Option<String>, after: Timestamp| {
        let Some(text) = text else { return Ok(None) };
        let time = coming(text, after, &site.zone);
        time.map(Some).ok_or_else(|| Refusal::usage(words::bad_time(lang, option, text)))
    };
    let from = read("--from", &command.from, site.now)?;
    // `22:00` to `06:00` is a night.
    let until = read("--until", &command.until, from.unwrap_or(site.now).max(site.now))?;
    if let Some(until) = until.filter(|until| *until <= site.now) {
        return Err(Refusal::usage(words::is_past(lang, "--until", written(until, &site.zone))));
    }
    match (&command.every, until) {
        (None, None) => return Err(Refusal::usage(words::no_end(lang))),
        (Some(every), _) => {
            pause.insert("every".to_owned(), every.as_str().into());
        }
        (None, Some(_)) => {
            let from = from.unwrap_or(site.now);
            pause.insert("from".to_owned(), written(from, &site.zone).into());
        }
    }
    if let (Some(_), Some(from)) = (&command.every, from) {
        pause.insert("from".to_owned(), written(from, &site.zone).into());
    }
    if let Some(until) = until {
        pause.insert("until".to_owned(), written(until, &site.zone).into());
    }
    Ok(())
}

/// To the minute: `2026-11-30T06:00:00+08:00`. What is told stands in minutes, too.
pub fn written(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:00%:z").to_string()
}

fn end(call: &Call<'_>, lang: Lang, ids: &[&str], as_json: bool) -> Result<Said, Refusal> {
    let site = Site::open(call)?;
    let [id] = ids else { return Err(Refusal::usage(words::which_pause(lang))) };
    let no_such = || Refusal::usage(words::no_such(lang, id));
    let id: i64 = id.parse().map_err(|_| no_such())?;
    let pause = site.pause(id).ok_or_else(no_such)?;
    let how = pause.state(site.now, &site.zone);
    if how == How::Over {
        let line = match as_json {
            true => site.json(pause, &written_pauses(call)?).to_string(),
            false => words::was_over(lang, id),
        };
        return Ok(Said { lines: vec![line], ..Said::default() });
    }
    let edited = edit(call, (lang, "pause"), |draft| {
        drop_old(draft, &site);
        stop(draft, pause, site.now, &site.zone);
        Ok(id)
    })?;
    let held = site.held(pause);
    told(call, lang, edited, as_json, |_, id| match how {
        How::Comes => words::removed(lang, id),
        _ if held == 0 => words::ended_with_nothing(lang, id),
        _ => words::ended(lang, id, held),
    })
}

/// Ends a pause now; one that has not begun is gone.
pub fn stop(draft: &mut Draft, pause: &Pause, now: Timestamp, zone: &TimeZone) {
    let list = draft.list("pauses");
    let Some(at) = list.iter().position(|one| one["id"] == pause.id) else { return };
    let has_begun = pause.state(now, zone) != How::Comes;
    // To the minute it would end before it began.
    let ends = written(now, zone);
    let is_fresh = pause.begins().is_some_and(|begins| written(begins, zone) == ends);
    match has_begun && !is_fresh {
        true => draft.set_in("pauses", at, "until", Some(&ends.into())),
        false => draft.remove_from("pauses", at),
    }
}

/// Pauses that ended a month ago leave the config; all that are over, where it is full.
fn drop_old(draft: &mut Draft, site: &Site) {
    let is_full = draft.list("pauses").len() > MOST;
    let is_old = |pause: &Pause| {
        let over = pause.ends().map(|ends| site.now.duration_since(ends));
        over.is_some_and(|over| over > KEPT || is_full && over > SignedDuration::ZERO)
    };
    let old = site.opened.config.pauses.iter().filter(|pause| is_old(pause));
    for pause in old {
        let list = draft.list("pauses");
        if let Some(at) = list.iter().position(|one| one["id"] == pause.id) {
            draft.remove_from("pauses", at);
        }
    }
}

/// What was done, as it stands in the file now.
fn told(
    call: &Call<'_>,
    lang: Lang,
    edited: Edited<i64>,
    as_json: bool,
    line: impl Fn(&Site, i64) -> String,
) -> Result<Said, Refusal> {
    let site = Site::open(call)?;
    let id = edited.result;
    let line = match (as_json, site.pause(id)) {
        (true, Some(pause)) => site.json(pause, &written_pauses(call)?).to_string(),
        (true, None) => json!({"id": id, "state": "removed"}).to_string(),
        (false, _) => line(&site, id),
    };
    Ok(Said {
        lines: vec![line],
        problems: edited.remark.iter().map(|remark| remark.text(lang)).collect(),
        changes: edited.changes,
        ..Said::default()
    })
}
