//! What stands above the menu: which PCE is watched, by how many rules, how the last
//! run ended, and what waits.

use super::Menu;
use super::console::Style;
use crate::lang::{Lang, menu as say};
use crate::screen::columns::pad;
use crate::store::{self, Error, Opened, StateUse};

/// So many problems of a file are shown; the rest would push the menu off the screen.
const MOST_PROBLEMS: usize = 3;

/// Begins the menu's screen.
pub fn show(menu: &mut Menu<'_>) {
    let secrets = store::secrets(menu.call.config, menu.call.env);
    menu.console.hide(secrets);
    if !menu.console.person() {
        return;
    }
    let lang = menu.console.lang;
    menu.console.screen(&say::title(lang, env!("CARGO_PKG_VERSION")));
    match store::open(menu.call.config, menu.call.env, StateUse::Keep) {
        Ok(opened) => facts(&opened, lang).iter().for_each(|(label, fact)| {
            menu.console.row(Style::Plain, &format!("  {}{fact}", pad(label, 12)));
        }),
        Err(unopened) => problems(menu, &unopened.error),
    }
    menu.console.row(Style::Plain, "");
}

/// What is wrong with the file, as far as the menu still fits below.
fn problems(menu: &Menu<'_>, error: &Error) {
    let lang = menu.console.lang;
    let (lines, more) = match error {
        Error::Invalid { problems, more, .. } => {
            let path = menu.call.config.display();
            menu.console.row(Style::Bad, &say::config_invalid(lang, path));
            let texts = problems.iter().map(|problem| problem.text(lang));
            (texts.collect(), *more)
        }
        Error::NotFound { path } => (vec![say::no_config(lang, path.display())], 0),
        other => (other.lines(lang), 0),
    };
    for line in lines.iter().take(MOST_PROBLEMS) {
        menu.console.line(Style::Bad, line);
    }
    match lines.len().saturating_sub(MOST_PROBLEMS) + more {
        0 => {}
        more => menu.console.line(Style::Bad, &say::more_problems(lang, more)),
    }
}

fn facts(opened: &Opened, lang: Lang) -> [(String, String); 4] {
    let Opened { config, state, .. } = opened;
    let on = config.rules.iter().filter(|rule| rule.enabled).count();
    let last_run = match &state.last_run {
        None => say::never(lang),
        Some(run) => {
            let at = run.at.to_zoned(config.settings.timezone.clone());
            say::last_run_was(lang, at.strftime("%Y-%m-%d %H:%M %:z"), outcome(&run.outcome, lang))
        }
    };
    let waiting = match state.outbox.waiting() {
        0 => say::no_mail_waits(lang),
        count => say::mails_wait(lang, count),
    };
    [
        (say::pce(lang), say::pce_is(lang, &config.pce.url, &config.pce.org_id)),
        (say::rules(lang), say::rules_are(lang, config.rules.len(), on)),
        (say::last_run(lang), last_run),
        (say::mail(lang), waiting),
    ]
}

/// The word of the run's line, explained.
fn outcome(word: &str, lang: Lang) -> String {
    match word {
        "ok" => say::run_ok(lang),
        "retry" => say::run_retry(lang),
        "config" => say::run_config(lang),
        other => other.to_owned(),
    }
}
