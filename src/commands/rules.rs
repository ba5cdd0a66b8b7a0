//! `rules`: the menu's work for scripts.
//!
//! Every command reads the file of the moment, does one thing and says what it did:
//! as lines for a person, or as one JSON value (`--json`). Knows the store and the
//! rules, and no terminal: what a person has to be asked goes out by a function. The PCE is
//! asked for nothing but what would be doubtful about a rule that is saved.

mod change;
pub(super) mod ids;
pub(super) mod input;
mod learn;
mod list;
mod load;

pub use ids::range;
pub use list::{rows, sentence};

use serde_json::{Value, json};

use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::said::Said;
use crate::exit::{Code, USAGE};
use crate::lang::{Lang, rules as words};
use crate::store::{self, Change, Draft, Edited, Error, Way};

/// Tries a rule: that lives through cycles, which this room does not know.
pub type TryIt<'a> = dyn Fn(&cli::RulesTry) -> Said + 'a;

/// Does what was asked for.
pub fn act(call: &Call<'_>, rules: &cli::Rules, try_it: &TryIt<'_>) -> Said {
    let lang = call.screen_language();
    let done = match &rules.command {
        cli::RulesCommand::List(command) => list::list(call, lang, command.json),
        cli::RulesCommand::Show(command) => list::show(call, lang, &command.ids, command.json),
        cli::RulesCommand::Describe(command) => {
            list::describe(call, lang, &command.ids, command.json)
        }
        cli::RulesCommand::Add(command) => change::add(call, lang, command),
        cli::RulesCommand::Set(command) => change::set(call, lang, command),
        cli::RulesCommand::Enable(command) => {
            change::switch(call, lang, (&command.ids, command.json), true)
        }
        cli::RulesCommand::Disable(command) => {
            change::switch(call, lang, (&command.ids, command.json), false)
        }
        cli::RulesCommand::Remove(command) => change::remove(call, lang, command),
        cli::RulesCommand::Learn(command) => learn::learn(call, lang, command),
        cli::RulesCommand::Try(command) => Ok(try_it(command)),
        cli::RulesCommand::LoadBestPractices(command) => load::load(call, lang, command),
    };
    done.unwrap_or_else(|failure| failure.said(lang))
}

/// The rules in an argument, a file, or standard input, each checked as strictly as one
/// that is added; for `rules try`.
///
/// # Errors
/// With what is to be said, where they are wrong or can't be read.
pub fn given(call: &Call<'_>, source: Option<&str>, lang: Lang) -> Result<Vec<Value>, Said> {
    input::rules(call, source, words::nothing_to_try, lang).map_err(|refusal| refusal.said(lang))
}

/// The id that an argument names, where it is one.
pub fn numbered(argument: &str) -> Option<i64> {
    argument.trim().parse().ok()
}

/// Why nothing was done.
pub(super) enum Refusal {
    /// The command line, or the JSON that came with it, is wrong.
    Usage(Vec<String>),
    /// The file could not be read or written.
    File(Error),
}

impl Refusal {
    pub(super) fn usage(sentence: String) -> Self {
        Self::Usage(vec![sentence])
    }

    pub(super) fn said(self, lang: Lang) -> Said {
        let (exit, problems) = match self {
            Self::Usage(problems) => (USAGE, problems),
            Self::File(error) => {
                let code = Code::of_failure(error.needs_a_person());
                (code.exit(), error.lines(lang))
            }
        };
        Said { problems, exit, ..Said::default() }
    }
}

/// Changes the file by `command`, as it is typed: `rules set`. `Err` of `change` leaves it
/// alone. A change that would bring a problem into it is a wrong command, not a wrong file.
pub(super) fn edit<T>(
    call: &Call<'_>,
    (lang, command): (Lang, &str),
    change: impl FnOnce(&mut Draft) -> Result<T, Refusal>,
) -> Result<Edited<T>, Refusal> {
    let author = call.author(Way::Command(command.to_owned()));
    let edited = store::edit(call.config, call.env, call.now, &author, change);
    let edited = edited.map_err(|error| match error {
        Error::Invalid { problems, .. } => {
            Refusal::Usage(problems.iter().map(|problem| problem.text(lang)).collect())
        }
        other => Refusal::File(other),
    })?;
    Ok(Edited {
        result: edited.result?,
        changes: edited.changes,
        renumbered: edited.renumbered,
        problems: edited.problems,
        remark: edited.remark,
    })
}

/// What was done, told as lines or as JSON.
struct Changed {
    lines: Vec<String>,
    /// The rules that it was about, as they stand now (or stood, once removed).
    rules: Vec<Value>,
    /// Further members for the JSON.
    more: Value,
    /// What of it may never alert.
    doubts: Vec<String>,
}

impl Changed {
    fn said<T>(mut self, edited: Edited<T>, lang: Lang, as_json: bool) -> Said {
        let said = |(before, after): &(i64, i64)| words::renumbered(lang, before, after);
        self.lines.extend(edited.renumbered.iter().map(said));
        if self.lines.is_empty() {
            self.lines.push(words::nothing_changed(lang));
        }
        if as_json {
            let mut value = json!({
                "rules": self.rules,
                "changes": edited.changes.iter().map(change_json).collect::<Vec<_>>(),
                "renumbered": edited.renumbered,
                "remarks": self.doubts,
            });
            for (key, more) in self.more.as_object().into_iter().flatten() {
                value[key] = more.clone();
            }
            self.lines = vec![value.to_string()];
        }
        let problems = edited.problems.iter().map(|problem| problem.text(lang));
        let remark = edited.remark.iter().map(|remark| remark.text(lang));
        Said {
            lines: self.lines,
            problems: problems.chain(remark).chain(self.doubts).collect(),
            exit: match edited.problems.is_empty() {
                true => 0,
                false => Code::Config.exit(),
            },
            changes: edited.changes,
        }
    }
}

/// The values as JSON; a masked one as the text that stands for it.
pub(super) fn change_json(change: &Change) -> Value {
    let value = |text: &Option<String>| {
        let text = text.as_deref()?;
        Some(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)))
    };
    json!({"what": change.what, "before": value(&change.before), "after": value(&change.after)})
}

/// The name as it stands; empty without one.
fn name_of(rule: &Value) -> &str {
    rule["name"].as_str().unwrap_or_default()
}

fn id_of(rule: &Value) -> Option<i64> {
    rule["id"].as_i64()
}
