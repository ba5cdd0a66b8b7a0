//! One question back. Who goes back from a question comes to the one before it, with what
//! was answered there for Enter; from the first, to where the questions began.
//!
//! Questions that belong together are asked by one function, from the first to the last.
//! To go back, it begins anew and is given the answers of before without asking, up to the
//! question that is to be asked again. So it may do nothing in between that lasts: once
//! something was saved, there is no way back to before it.

use super::Menu;
use super::console::Stop;
use super::setting::Changes;

/// The answers to questions that belong together.
#[derive(Default)]
pub struct Turns {
    open: bool,
    /// In order; behind `at` those of before the user went back.
    given: Vec<Given>,
    /// The place of the next question.
    at: usize,
    /// The questions before this place are not asked again.
    until: usize,
    saved: bool,
}

/// Not to be printed: the answer may be a secret.
struct Given {
    /// The question's.
    label: String,
    answer: String,
}

impl Menu<'_> {
    /// Asks questions that belong together. `ask` begins anew where the user goes back;
    /// within other such questions it is one with them.
    pub fn in_turn<T>(
        &mut self,
        mut ask: impl FnMut(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        if self.console.turns.open {
            return ask(self);
        }
        self.console.turns = Turns { open: true, ..Turns::default() };
        let done = loop {
            match ask(self) {
                Err(Stop::Again) => self.console.turns.at = 0,
                done => break done,
            }
        };
        self.console.turns = Turns::default();
        done
    }
}

/// Asks questions that belong together, each of which adds to the changes.
pub fn ask_in_turn(
    menu: &mut Menu<'_>,
    changes: &mut Changes,
    ask: impl Fn(&mut Menu<'_>, &mut Changes) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let before = changes.clone();
    *changes = menu.in_turn(|menu| {
        let mut changes = before.clone();
        ask(menu, &mut changes).map(|()| changes)
    })?;
    Ok(())
}

impl Turns {
    /// True while answers of before are given again: nothing is shown then.
    pub fn quiet(&self) -> bool {
        self.at < self.until
    }

    /// The answer of before, where this question is not to be asked again.
    pub fn again(&self, label: &str) -> Option<String> {
        self.before(label).filter(|_| self.quiet())
    }

    /// This question is asked, and so are all that follow it.
    pub fn asks(&mut self) {
        self.until = self.at.min(self.until);
    }

    /// What was answered here before the user went back.
    pub fn before(&self, label: &str) -> Option<String> {
        let given = self.given.get(self.at).filter(|given| given.label == label);
        given.map(|given| given.answer.clone())
    }

    /// Takes note of an answer.
    pub fn answered(&mut self, label: &str, answer: &str) {
        if !self.open {
            return;
        }
        let given = Given { label: label.to_owned(), answer: answer.to_owned() };
        match self.given.get_mut(self.at) {
            Some(old) if old.label == label => *old = given,
            _ => {
                self.given.truncate(self.at);
                self.given.push(given);
            }
        }
        self.at += 1;
    }

    /// Where the user comes who goes back from here.
    pub fn back(&mut self) -> Stop {
        match self.at.checked_sub(1).filter(|_| !self.saved) {
            Some(one) => {
                self.until = one;
                Stop::Again
            }
            None => Stop::Back,
        }
    }

    /// Something was saved.
    pub fn saved(&mut self) {
        self.saved = true;
    }
}
