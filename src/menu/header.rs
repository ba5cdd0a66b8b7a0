//! What stands above the menu: which PCE is watched, by how many rules, how the last
//! run ended, and what waits.

use super::Menu;
use super::columns::pad;
use super::console::Style;
use crate::lang::{Lang, menu as say};
use crate::store::{self, Opened, StateUse};

/// So many problems of a file are shown; the rest would push the menu off the screen.
const MOST_PROBLEMS: usize = 4;

/// Begins the menu's screen.
pub fn show(menu: &mut Menu<'_>) {
    if !menu.console.person() {
        return;
    }
    let lang = menu.console.lang;
    menu.console
        .screen(&say::title(lang, env!("CARGO_PKG_VERSION")));
    match store::open(menu.place.config, menu.place.env, StateUse::Keep) {
        Ok(opened) => facts(&opened, lang).iter().for_each(|(label, fact)| {
            menu.console
                .row(Style::Plain, &format!("  {}{fact}", pad(label, 12)));
        }),
        Err(unopened) => {
            let lines = unopened.error.lines(lang);
            for line in lines.iter().take(MOST_PROBLEMS) {
                menu.console.line(Style::Bad, line);
            }
            if lines.len() > MOST_PROBLEMS {
                let more = lines.len() - MOST_PROBLEMS;
                menu.console
                    .line(Style::Bad, &say::more_problems(lang, more));
            }
        }
    }
    menu.console.row(Style::Plain, "");
}

fn facts(opened: &Opened, lang: Lang) -> [(String, String); 4] {
    let Opened { config, state, .. } = opened;
    let on = config.rules.iter().filter(|rule| rule.enabled).count();
    let last_run = match &state.last_run {
        None => say::never(lang),
        Some(run) => {
            let at = run.at.to_zoned(config.settings.timezone.clone());
            say::last_run_was(
                lang,
                at.strftime("%Y-%m-%d %H:%M %:z"),
                outcome(&run.outcome, lang),
            )
        }
    };
    let waiting = match state.outbox.mails.len() {
        0 => say::no_mail_waits(lang),
        count => say::mails_wait(lang, count),
    };
    [
        (
            say::pce(lang),
            say::pce_is(lang, &config.pce.url, &config.pce.org_id),
        ),
        (
            say::rules(lang),
            say::rules_are(lang, config.rules.len(), on),
        ),
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
