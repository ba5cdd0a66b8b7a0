//! `import`: takes over what the Python tool left.
//!
//! Its config becomes settings and rules of ours, its state our positions and
//! counts. What the config has already stays; whatever can't be taken is named.
//! Nothing is asked but whether rules get their level. Knows the store and the rules, and no socket.

mod config;
mod crontab;
mod later;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::commands::call::Call;
use crate::commands::cli;
use crate::commands::said::Said;
use crate::exit::{Code, USAGE};
use crate::lang::{Lang, import as words, listed};
use crate::rules::best_practices::{CRITICAL, older, without_level};
use crate::store::{self, Change, Error, Way};

pub use crontab::{CronLine, old_tool_in_crontabs, starts_the_old_tool};

/// Where the crontabs are looked for.
const ROOT: &str = "/";

/// Imports the files: the configs first, whatever their order, since a state's
/// counts belong to rules.
pub fn import(call: &Call<'_>, command: &cli::Import) -> Said {
    let files = &command.files;
    let mut import = Import::new(call);
    if files.is_empty() {
        import.said.problems.push(words::no_files(import.lang));
        import.said.exit = USAGE;
        return import.said;
    }
    let sources: Vec<(&PathBuf, Source)> =
        files.iter().filter_map(|file| Some((file, import.read(file)?))).collect();
    for (file, source) in &sources {
        if let Source::Config(config) = source {
            import.take_config(file, config);
        }
    }
    for (file, source) in &sources {
        if let Source::State(state) = source {
            import.take_state(file, state);
        }
    }
    import.set_levels(command.levels);
    import.tell_older_practices();
    import.tell_old_tool();
    import.said
}

/// What a file is, by what stands in it.
enum Source {
    Config(Value),
    State(Value),
}

/// An import under way.
struct Import<'a> {
    call: &'a Call<'a>,
    lang: Lang,
    said: Said,
    rules: Ids,
    /// The config came from one PCE, and the file has another.
    other_pce: bool,
}

/// Which rule of ours a rule of the Python tool has become, by its id there.
#[derive(Default)]
struct Ids {
    /// Empty where no config was imported: then an id is an id.
    taken: BTreeMap<i64, i64>,
    /// Ids that several rules had.
    shared: BTreeSet<i64>,
    /// True where a config was imported, so that `taken` says all there is to say.
    known: bool,
}

impl<'a> Import<'a> {
    fn new(call: &'a Call<'a>) -> Self {
        Self {
            call,
            lang: call.screen_language(),
            said: Said::default(),
            rules: Ids::default(),
            other_pce: false,
        }
    }

    fn read(&mut self, file: &Path) -> Option<Source> {
        let shown = file.display();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return self.refuse(words::not_there(self.lang, shown));
            }
            Err(error) => {
                let sentence = words::cannot_read(self.lang, shown, error);
                return self.refuse(sentence);
            }
        };
        let value: Value = match serde_json::from_str(store::unmarked(&text)) {
            Ok(value) => value,
            Err(error) => {
                let sentence = words::not_json(self.lang, shown, error);
                return self.refuse(sentence);
            }
        };
        let has = |keys: &[&str]| keys.iter().any(|key| value.get(key).is_some());
        if has(&["api", "email", "rules", "smtp"]) {
            Some(Source::Config(value))
        } else if has(&["last_check", "history"]) {
            Some(Source::State(value))
        } else {
            let sentence = words::not_ours(self.lang, shown);
            self.refuse(sentence)
        }
    }

    fn refuse<T>(&mut self, sentence: String) -> Option<T> {
        self.said.problems.push(sentence);
        self.worsen(Code::Config);
        None
    }

    fn fails(&mut self, error: &Error) {
        self.said.problems.extend(error.lines(self.lang));
        self.worsen(Code::of_failure(error.needs_a_person()));
    }

    fn worsen(&mut self, code: Code) {
        self.said.exit = self.said.exit.max(code.exit());
    }

    fn tell(&mut self, file: &Path, what: String) {
        let line = words::of_file(self.lang, file.display(), what);
        self.said.lines.push(line);
    }

    fn record(&mut self, changes: Vec<Change>) {
        self.said.changes.extend(changes);
    }

    /// The Python tool had no levels: what the best practices call critical becomes so where
    /// the user says so, by `--levels` or asked on a terminal. A script without the option
    /// is told how.
    fn set_levels(&mut self, wanted: bool) {
        let look = store::look(self.call.config, self.call.env).ok();
        let Some(look) = look.filter(|_| self.rules.known) else { return };
        // Those that this import brought, or found there as they were.
        let brought: BTreeSet<i64> = self.rules.taken.values().copied().collect();
        let is_brought =
            |rule: &&Value| rule["id"].as_i64().is_some_and(|id| brought.contains(&id));
        let rules: Vec<&Value> =
            without_level(&look.rules).into_iter().filter(is_brought).collect();
        let ids: Vec<String> = rules.iter().map(|rule| rule["id"].to_string()).collect();
        if ids.is_empty() {
            return;
        }
        let (lang, list) = (self.lang, ids.join(","));
        let named = listed(lang, &ids);
        let told = words::no_level(lang, &named);
        let asked = || {
            let ask = self.call.screen.ask?;
            let said = self.said.lines.iter().chain([&told]).cloned().collect::<Vec<_>>();
            Some(ask(&said, &words::ask_level(lang)))
        };
        let agreed = if wanted { None } else { asked() };
        if agreed.is_some() {
            // What was said already is not said again.
            self.said.lines.clear();
        }
        if !wanted && agreed != Some(true) {
            let how = words::no_level_fix(lang, list);
            self.said.lines.extend(agreed.is_none().then_some(told).into_iter().chain([how]));
            return;
        }
        let author = self.call.author(Way::Command("import".to_owned()));
        let (config, env, now) = (self.call.config, self.call.env, self.call.now);
        let edited = store::edit(config, env, now, &author, |draft| {
            let critical = Value::from(CRITICAL);
            let rules = draft.rules();
            let mine: Vec<Value> =
                without_level(&rules).into_iter().filter(is_brought).cloned().collect();
            for (at, _) in rules.iter().enumerate().filter(|(_, rule)| mine.contains(rule)) {
                draft.set_in_rule(at, "level", Some(&critical));
            }
        });
        match edited {
            Ok(edited) => {
                self.said.lines.push(words::level_set(lang, named));
                self.record(edited.changes);
            }
            Err(error) => self.fails(&error),
        }
    }

    /// Its two rules on traffic count all sources together.
    fn tell_older_practices(&mut self) {
        let Ok(look) = store::look(self.call.config, self.call.env) else { return };
        let older = older(&look.rules).into_iter();
        let ids: Vec<String> = older.map(|rule| rule["id"].to_string()).collect();
        if !ids.is_empty() {
            self.said.lines.push(words::older_practices(self.lang, ids.join(", ")));
        }
    }

    fn tell_old_tool(&mut self) {
        let found = old_tool_in_crontabs(Path::new(ROOT));
        let lang = self.lang;
        self.said.lines.extend(found.iter().map(|line| line.text(lang)));
    }
}

/// What to tell of the crontabs that only root may read. Root goes on as the
/// config's owner, who does not see them any more.
pub fn seen_by_root_alone(lang: Lang) -> Vec<String> {
    let found = old_tool_in_crontabs(Path::new(ROOT));
    let hidden = found.iter().filter(|line| line.is_hidden());
    hidden.map(|line| line.text(lang)).collect()
}
