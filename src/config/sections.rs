//! The config, section by section.

use std::cell::RefCell;
use std::path::Path;

use super::credential::secrets_in;
use super::env::Env;
use super::key::Keys;
use super::node::{Document, doubles};
use super::problem::{Problem, Problems, shown};
use super::strict::Section;
use super::{Config, api, email, forward, pause, routes, rule, settings};
use crate::lang::Lang;
use crate::lang::config as words;
use crate::rules::near::{distance, nearest};

const SECTIONS: &[&str] =
    &["api", "email", "smtp", "settings", "rules", "pauses", "forward", "state"];

/// Where the file is, and what surrounds it.
pub(crate) struct Surroundings<'a> {
    /// The environment.
    pub env: &'a Env,
    /// The file's folder.
    pub folder: &'a Path,
    /// The language that the state remembers from the first save.
    pub remembered: Option<Lang>,
}

/// A file while it is read, and what there is to say of it.
pub(super) struct Reading<'a> {
    /// What is read.
    pub document: &'a Document<'a>,
    /// Where it stands.
    pub around: &'a Surroundings<'a>,
    /// What is wrong.
    pub problems: Problems,
    /// What is not wrong but should be told.
    pub remarks: Problems,
    /// What does no harm, and can go.
    pub obsolete: Problems,
    /// What was asked for.
    pub keys: RefCell<Keys>,
}

impl<'a> Reading<'a> {
    /// A section, to be asked for its keys.
    pub fn section(&'a self, name: &'static str) -> Section<'a> {
        Section::open(self.document.section(name), name, name, &self.problems, Some(&self.keys))
    }
}

/// Reads the whole config, or tells all that is wrong with it.
pub(crate) fn read(
    document: &Document<'_>,
    around: &Surroundings<'_>,
) -> Result<Config, (Vec<Problem>, usize)> {
    let (config, problems, more) = what_holds(document, around);
    if problems.is_empty() { Ok(config) } else { Err((problems, more)) }
}

/// What holds as far as it can be read; with it what is wrong, and how many further
/// problems there are.
pub(crate) fn what_holds(
    document: &Document<'_>,
    around: &Surroundings<'_>,
) -> (Config, Vec<Problem>, usize) {
    let reading = Reading {
        document,
        around,
        problems: Problems::default(),
        remarks: Problems::default(),
        obsolete: Problems::default(),
        keys: RefCell::default(),
    };
    top_level(document, &reading.problems, &reading.remarks);
    let mut pce = api::read(&reading);
    let mut mail = email::read(&reading);
    let settings = settings::read(&reading, &pce);
    let rules = rule::read_all(document.section("rules"), &reading.problems, &reading.remarks);
    let pauses = pause::read_all(&reading, &settings.timezone, &rules);
    let forward = forward::read(&reading, &rules);
    routes::remark_unknown(&mail.routes, &rules, &reading.obsolete);
    let Reading { problems, remarks, obsolete, keys, .. } = reading;
    let secrets = secrets_in(document, around.env, around.folder);
    let (mut found, more) = problems.done();
    found.iter_mut().for_each(|one| one.hide(&secrets));
    pce.others = secrets.clone();
    mail.smtp.others = secrets.clone();
    let language = settings.language;
    let told = |problems: Problems| {
        let (list, _) = problems.done();
        let texts = list.iter().map(|one| secrets.hide(&one.text(language)));
        texts.collect()
    };
    let (warnings, obsolete) = (told(remarks), told(obsolete));
    let keys = keys.into_inner();
    let mut config =
        Config { pce, mail, settings, rules, pauses, forward, warnings, obsolete, secrets, keys };
    hide_in_names(&mut config);
    (config, found, more)
}

/// A secret that was pasted where a name belongs is none that a mail may show.
fn hide_in_names(config: &mut Config) {
    let Config { settings, mail, rules, pauses, forward, secrets, .. } = config;
    for pause in pauses {
        pause.why = secrets.hide(&pause.why);
        pause.by = secrets.hide(&pause.by);
    }
    settings.site_name = secrets.hide(&settings.site_name);
    mail.sender = secrets.hide(&mail.sender);
    for rule in rules {
        rule.name = secrets.hide(&rule.name);
        rule.desc = secrets.hide(&rule.desc);
        rule.rec = secrets.hide(&rule.rec);
        rule.note = secrets.hide(&rule.note);
    }
    for receiver in forward {
        receiver.name = secrets.hide(&receiver.name);
    }
}

/// Keys that stand twice, and sections whose name looks like a slip of the pen.
fn top_level(document: &Document<'_>, problems: &Problems, remarks: &Problems) {
    for key in doubles(&document.sections) {
        if SECTIONS.contains(&key) {
            problems.add(key, words::double_key);
        }
    }
    let twice_state = document.state.is_some() && document.section("state").is_some();
    if twice_state {
        problems.add("state", words::double_key);
    }
    let unknown = |key: &str| !key.starts_with('_') && !SECTIONS.contains(&key);
    for (key, _) in document.sections.iter().filter(|(key, _)| unknown(key)) {
        let near = nearest(&key.to_lowercase(), SECTIONS);
        if distance(&key.to_lowercase(), near) <= 2 {
            remarks.add(&shown(key), |lang| words::odd_section(lang, near));
        }
    }
}
