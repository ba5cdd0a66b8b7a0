//! The doctor: tries everything that a run needs, and tells for each what it found
//! and what to do. Changes nothing, sends nothing, takes no lock; a run may be under
//! way. One file for each group of probes. Knows the store, and opens no socket but
//! through `pce`, `mail` and `forward`; to the name servers alone it talks itself.

mod around;
mod certificate;
mod cron;
mod dns;
mod doubts;
mod file;
mod finding;
mod forward;
mod mail;
mod names;
mod pce;
mod runs;
mod schedule;

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

pub use finding::{Finding, Mark, worst};
pub use forward::check_forward;
pub use mail::check_mail;
pub use pce::{Needs, check_pce};
pub use schedule::{Place, Started, check_schedule, started};

use crate::commands::call::Call;
use crate::commands::cli::MAX_AGE_MINUTES;
use crate::commands::learning::{learning, line};
use crate::commands::status::{self, Reason};
use crate::config::Config;
use crate::exit::Code;
use crate::lang::{Lang, check as say, cycle as words, inspect, listed, pauses as pause_words};
use crate::net::AddressBook;
use crate::report::pause::{Pause, Pauses};
use crate::rules::best_practices::{self, older};
use crate::rules::{Filter, ip_lists};
use crate::screen::visible::visible;
use crate::store::{self, Opened, StateUse};
use crate::system::users;

/// Checks all around the config: the file, what starts the runs, the PCE,
/// the mail server, the last run. Hands each group of findings to `tell` as soon as
/// it is there, since some of them take their time.
pub fn check(call: &Call<'_>, tell: &mut dyn FnMut(&[Finding])) -> Vec<Finding> {
    let mut all = Vec::new();
    let (path, env, now) = (call.config, call.env, call.now);
    let secrets = store::secrets(path, env);
    let mut found = |findings: Vec<Finding>| {
        let findings = findings.into_iter().map(|one| one.without(&secrets));
        let findings: Vec<Finding> = findings.collect();
        tell(&findings);
        all.extend(findings);
    };
    let place = Place { root: Path::new("/"), own: true, program: call.program, config: path };
    let target = store::resolve(path).unwrap_or_else(|_| path.to_owned());
    if users::effective() == 0 && store::assert_no_stranger(path, &target).is_err() {
        // Nothing that stands in it is acted on by root's rights.
        let lang = call.language(None);
        found(file::check_place(path, &target, lang));
        return all;
    }
    match store::open(path, env, StateUse::Keep) {
        Err(unopened) => {
            let lang = call.language(None);
            found(file::check_unusable(&unopened.error, lang));
            found(file::check_permissions(&target, lang));
            found(check_schedule(place, &[], lang));
        }
        Ok(opened) => {
            let config = &opened.config;
            let lang = call.language(Some(config.settings.language));
            found(file::check_config(&opened, lang));
            found(older_practices(call, lang));
            found(without_level(call, lang).into_iter().collect());
            found(file::check_permissions(&target, lang));
            found(around::check_environment(config, env, lang));
            found(around::check_trust(config, lang));
            let book = AddressBook::new(opened.state.addresses.clone(), now);
            let pce = check_pce(&config.pce, needs(config), &book, now, lang);
            let reached = pce.iter().all(Finding::ok);
            found(pce);
            found(doubts::check_doubts(config, reached, &book, now, lang));
            found(check_mail(&config.mail, &book, now, lang));
            found(check_forward(&config.forward, &book, lang));
            found(check_schedule(place, &config.rules, lang));
            found(vec![last_run(&opened, now, lang)]);
            found(paused(&opened, now, lang));
            // A rule that learns tells nothing yet.
            let learns = |rule| Finding::good("learning", line(&rule, lang));
            found(learning(&opened, now).into_iter().map(learns).collect());
        }
    }
    all
}

/// What is paused now.
fn paused(opened: &Opened, now: Timestamp, lang: Lang) -> Vec<Finding> {
    let zone = &opened.config.settings.timezone;
    let now = opened.state.pce_time(now);
    let pauses = Pauses::of(&opened.config.pauses, zone).that_hold(&opened.state.held, now);
    let finding = |(pause, held): &(Pause, u64)| {
        let line = pause_words::of_pause(lang, visible(&pause.line(now, zone, *held, lang)));
        match pause.is_of_all() {
            true => Finding::remark("pause", line, pause_words::all_fix(lang, pause.id)),
            false => Finding::good("pause", line),
        }
    };
    pauses.iter().map(finding).collect()
}

fn needs(config: &Config) -> Needs<'_> {
    let mut on = config.rules.iter().filter(|rule| rule.enabled);
    Needs {
        health: config.settings.enable_health_check,
        traffic: on.any(|rule| matches!(rule.filter, Filter::Traffic(_))),
        ip_lists: ip_lists(&config.rules),
        rules: &config.rules,
    }
}

/// Rules on traffic that are best practices of before, and count all sources together.
fn older_practices(call: &Call<'_>, lang: Lang) -> Vec<Finding> {
    let Ok(look) = store::look(call.config, call.env) else { return Vec::new() };
    let older = older(&look.rules).into_iter().filter(|rule| rule["enabled"] != false);
    let finding = |rule: &Value| {
        let name = visible(rule["name"].as_str().unwrap_or_default());
        let rule = inspect::rule(lang, &rule["id"], name);
        Finding::remark(
            "rules.practices",
            say::older_practice(lang, rule),
            say::older_practice_fix(lang),
        )
    };
    older.map(finding).collect()
}

/// Rules of the Python tool's, which had no levels.
fn without_level(call: &Call<'_>, lang: Lang) -> Option<Finding> {
    let look = store::look(call.config, call.env).ok()?;
    let rules = best_practices::without_level(&look.rules);
    if rules.is_empty() {
        return None;
    }
    let name = |rule: &&Value| {
        let name = visible(rule["name"].as_str().unwrap_or_default());
        inspect::rule(lang, &rule["id"], name)
    };
    let names: Vec<String> = rules.iter().map(name).collect();
    let ids: Vec<String> = rules.iter().map(|rule| rule["id"].to_string()).collect();
    let what = say::no_level(lang, listed(lang, &names));
    Some(Finding::remark("rules.level", what, say::no_level_fix(lang, ids.join(","))))
}

/// The last run, as `status` judges it; that there was none yet is no fault.
fn last_run(opened: &Opened, now: Timestamp, lang: Lang) -> Finding {
    let status = status::of(opened, MAX_AGE_MINUTES, now);
    let what = status.text(lang);
    let finding = match (&status.reason, status.code) {
        (None, _) => Finding::good("last_run", what),
        (Some(Reason::NeverRan), _) => Finding::remark("last_run", what, say::first_run_fix(lang)),
        (_, Code::Config) => Finding::broken("last_run", what, say::last_run_fix(lang)),
        _ => Finding::retry("last_run", what, say::last_run_fix(lang)),
    };
    let died = status.died.iter();
    let died = died.map(|begun| words::run_died(lang, begun));
    let holding = status.holding.iter().map(|held| held.text(lang).to_owned());
    finding.with(holding.chain(died))
}

/// All findings for scripts; the manual names the keys.
pub fn json(findings: &[Finding]) -> Value {
    let code = worst(findings);
    let list: Vec<Value> = findings.iter().map(Finding::json).collect();
    json!({
        "version": 1,
        "status": code.word(),
        "exit_code": code.exit(),
        "findings": list,
    })
}
