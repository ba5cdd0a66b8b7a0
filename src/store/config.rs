//! The config, section by section.

use std::path::Path;

use super::credential::{Around, secrets_in};
use super::locate::Env;
use super::near::{distance, nearest};
use super::node::{Document, doubles};
use super::problem::{Problem, Problems, shown};
use super::{Config, api, email, rule, settings};
use crate::lang::Lang;
use crate::lang::config as words;

const SECTIONS: &[&str] = &["api", "email", "smtp", "settings", "rules", "state"];

/// Every section that a person writes, with every key that it may have.
pub fn known_keys() -> [(&'static str, Vec<&'static str>); 5] {
    [
        ("api", api::KEYS.to_vec()),
        ("email", email::EMAIL_KEYS.to_vec()),
        ("smtp", email::SMTP_KEYS.to_vec()),
        ("settings", settings::KEYS.to_vec()),
        ("rules", rule::keys()),
    ]
}

/// Where the file is, and what surrounds it.
pub(super) struct Place<'a> {
    /// The environment.
    pub env: &'a Env,
    /// The file's folder.
    pub folder: &'a Path,
    /// The language that the state remembers from the first save.
    pub remembered: Option<Lang>,
}

/// Reads the whole config, or tells all that is wrong with it.
pub(super) fn read(
    document: &Document<'_>,
    place: &Place<'_>,
) -> Result<Config, (Vec<Problem>, usize)> {
    let (config, problems, more) = what_holds(document, place);
    if problems.is_empty() { Ok(config) } else { Err((problems, more)) }
}

/// What holds as far as it can be read; with it what is wrong, and how many further
/// problems there are.
pub(super) fn what_holds(
    document: &Document<'_>,
    place: &Place<'_>,
) -> (Config, Vec<Problem>, usize) {
    let problems = Problems::default();
    let remarks = Problems::default();
    let obsolete = Problems::default();
    let around = Around { env: place.env, folder: place.folder, remarks: &remarks };
    top_level(document, &problems, &remarks);
    let mut pce = api::read(document, &around, &problems);
    let mut mail = email::read(document, &around, &problems);
    let settings = settings::read(document, place, &pce, &problems, &obsolete);
    let rules = rule::read_all(document.section("rules"), &problems, &remarks);
    let secrets = secrets_in(document, place.env, place.folder);
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
    let mut config = Config { pce, mail, settings, rules, warnings, obsolete, secrets };
    hide_in_names(&mut config);
    (config, found, more)
}

/// A secret that was pasted where a name belongs is none that a mail may show.
fn hide_in_names(config: &mut Config) {
    let Config { settings, mail, rules, secrets, .. } = config;
    settings.site_name = secrets.hide(&settings.site_name);
    mail.sender = secrets.hide(&mail.sender);
    for rule in rules {
        rule.name = secrets.hide(&rule.name);
        rule.desc = secrets.hide(&rule.desc);
        rule.rec = secrets.hide(&rule.rec);
        rule.note = secrets.hide(&rule.note);
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
