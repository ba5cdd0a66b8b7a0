//! What was typed is tried before it takes the place of what works.
//!
//! A person is asked what to do where the test fails. A script has nobody to ask: what it
//! says is saved, as ever, since it may set a host up before its PCE is there; that the test
//! failed goes to standard error, with the command that takes the change back.

use super::Menu;
use super::console::{Stop, Style};
use super::probe::{self, Side};
use super::setting::{Changes, apply};
use crate::lang::menu_settings as words;

/// Asks again, with what was typed to be kept by Enter. What failed is a probe's name:
/// where it is one question's fault the others need not be asked.
pub type AskAgain = dyn Fn(&mut Menu<'_>, &str, &mut Changes) -> Result<(), Stop>;

/// Tries `changes` and saves them where that goes well, or where the user wants it all the
/// same. Nothing is saved by who goes back.
pub fn save_tried(
    menu: &mut Menu<'_>,
    side: Side,
    mut changes: Changes,
    ask_again: &AskAgain,
) -> Result<(), Stop> {
    let lang = menu.console.lang;
    if changes.is_empty() {
        return Ok(());
    }
    loop {
        let tried = probe::try_it(menu, side, &changes);
        let Err(failed) = tried else {
            apply(menu, changes);
            return menu.console.pause();
        };
        if !menu.console.person() {
            if apply(menu, changes) {
                menu.console.fault(&words::saved_untried(lang));
            }
            return Ok(());
        }
        match decide(menu, failed, &mut changes, ask_again)? {
            Decision::Again => {}
            Decision::Save => {
                apply(menu, changes);
                return Ok(());
            }
            Decision::Keep => {
                menu.console.notice(Style::Plain, &words::kept_old(lang));
                return Ok(());
            }
        }
    }
}

/// What a person does about a test that failed.
enum Decision {
    Keep,
    Save,
    Again,
}

/// Asks for it. Who goes back from typing again stands before the choice once more, with what
/// was tried.
fn decide(
    menu: &mut Menu<'_>,
    failed: &str,
    changes: &mut Changes,
    ask_again: &AskAgain,
) -> Result<Decision, Stop> {
    let lang = menu.console.lang;
    let choices = [words::keep_old(lang), words::save_anyway(lang), words::type_again(lang)];
    loop {
        menu.console.show(Style::Plain, "");
        match menu.console.choose(&words::does_not_work(lang), &choices, Some(0))? {
            Some(1) => return Ok(Decision::Save),
            Some(2) => {
                let tried = changes.clone();
                match ask_again(menu, failed, changes) {
                    Err(Stop::Back) => *changes = tried,
                    asked => return asked.map(|()| Decision::Again),
                }
            }
            _ => return Ok(Decision::Keep),
        }
    }
}

/// What was tried before all of it is saved. Who goes back past a test has it not made
/// once more, as long as nothing else was typed.
#[derive(Default)]
pub struct Tried(Vec<(Changes, Result<(), &'static str>)>);

impl Tried {
    /// Tries a side with the changes.
    ///
    /// # Errors
    /// The name of the probe that failed.
    pub fn try_it(
        &mut self,
        menu: &Menu<'_>,
        side: Side,
        changes: &Changes,
    ) -> Result<(), &'static str> {
        let known = self.0.iter().find(|(with, _)| with == changes && menu.console.turns.quiet());
        if let Some((_, result)) = known {
            return *result;
        }
        let result = probe::try_it(menu, side, changes);
        self.0.push((changes.clone(), result));
        result
    }
}
