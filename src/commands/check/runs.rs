//! The runs that a crontab's command starts, and on which config: read as the shell reads
//! the command, as far as that can be told without one.

use std::path::{Path, PathBuf};

use crate::host::cron_line::at_home;

/// The program's name, wherever it lies.
const PROGRAM: &str = "illumio-monitor";

/// What names the config where no option does, with its equals sign.
const NAMES_CONFIG: &str = "ILLUMIO_MONITOR_CONFIG=";

/// A command within a command, as `sh -c` has it, is read so deep.
const DEEPEST: usize = 3;

/// A word of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Word {
    text: String,
    /// False where the shell puts something else in its place, as for `$HOME`.
    certain: bool,
}

/// A run that a command starts.
#[derive(Debug)]
pub(super) struct Run {
    program: Word,
    /// What names its config; `None`: where the program looks by itself.
    config: Option<Word>,
    /// Where it is started, as far as the command says so.
    folder: Option<PathBuf>,
}

/// Whether a run reads a certain config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reads {
    /// Another one.
    Another,
    /// That can't be told.
    Perhaps,
    /// This one.
    It,
}

/// The runs that `command` starts. `named`: the config that a line above it in the crontab
/// names.
pub(super) fn runs(command: &str, named: Option<&str>) -> Vec<Run> {
    let named = named.filter(|text| !text.is_empty());
    let named = named.map(|text| Word { text: text.to_owned(), certain: true });
    let mut reader = Reader { named, folder: None, found: Vec::new() };
    reader.read(command, DEEPEST);
    reader.found
}

impl Run {
    /// Whether it reads this config.
    pub(super) fn reads(&self, config: &Path) -> Reads {
        let told = match &self.config {
            Some(named) => self.path(named).map(|named| same_file(&named, config)),
            // Which one a name alone starts depends on the PATH.
            None if !self.program.text.contains('/') => None,
            None => self
                .path(&self.program)
                .map(|program| at_home(&program.canonicalize().unwrap_or(program), config)),
        };
        match told {
            Some(true) => Reads::It,
            Some(false) => Reads::Another,
            None => Reads::Perhaps,
        }
    }

    /// The path that a word means, where that is certain.
    fn path(&self, word: &Word) -> Option<PathBuf> {
        let path = Path::new(&word.text);
        match (word.certain, path.is_absolute()) {
            (false, _) => None,
            (true, true) => Some(path.to_owned()),
            (true, false) => self.folder.as_ref().map(|folder| folder.join(path)),
        }
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    resolved(one) == resolved(other)
}

/// What is known of where a command is started.
struct Reader {
    named: Option<Word>,
    folder: Option<PathBuf>,
    found: Vec<Run>,
}

impl Reader {
    fn read(&mut self, command: &str, depth: usize) {
        for words in commands(command) {
            self.one(&words);
            for word in &words {
                let is_command = word.text.contains(char::is_whitespace);
                if depth > 0 && is_command && word.text.contains(PROGRAM) {
                    self.read(&word.text, depth - 1);
                }
            }
        }
    }

    fn one(&mut self, words: &[Word]) {
        if let [first, folder, ..] = words
            && first.text == "cd"
        {
            let known = self.folder.take();
            let path = Path::new(&folder.text);
            self.folder = match (folder.certain, path.is_absolute()) {
                (true, true) => Some(path.to_owned()),
                (true, false) => known.map(|known| known.join(path)),
                (false, _) => None,
            };
            return;
        }
        let assigned = |word: &Word| {
            let text = word.text.strip_prefix(NAMES_CONFIG)?;
            Some(Word { text: text.to_owned(), certain: word.certain })
        };
        let named = words.iter().rev().find_map(assigned);
        // A lock of the same name may come before it.
        let starts = |(at, word): (usize, &Word)| {
            let is_ours = Path::new(&word.text).file_name() == Some(PROGRAM.as_ref());
            let rest = words.get(at + 1..).unwrap_or_default();
            is_ours.then(|| run_of(rest)).flatten().map(|config| (word.clone(), config))
        };
        match words.iter().enumerate().rev().find_map(starts) {
            Some((program, config)) => {
                let config = config.or(named).or_else(|| self.named.clone());
                let config = config.filter(|config| !config.text.is_empty());
                self.found.push(Run { program, config, folder: self.folder.clone() });
            }
            None if named.is_some() => self.named = named,
            None => {}
        }
    }
}

/// What these arguments name as the config, where they ask for a run at all.
fn run_of(arguments: &[Word]) -> Option<Option<Word>> {
    let (mut config, mut is_run) = (None, false);
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        let joined = ["--config=", "-c"].iter().find_map(|option| word.text.strip_prefix(option));
        match word.text.as_str() {
            "-c" | "--config" => config = rest.next().cloned(),
            "run" => is_run = true,
            _ => {
                let named = joined.map(|text| Word { text: text.to_owned(), ..word.clone() });
                config = named.or(config);
            }
        }
    }
    is_run.then_some(config)
}

/// The words of each simple command, up to a comment or to what cron takes for input
/// [crontab(5)].
fn commands(text: &str) -> Vec<Vec<Word>> {
    let (mut all, mut words) = (Vec::new(), Vec::new());
    let mut word: Option<Word> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '#' if word.is_none() => break,
            '%' => break,
            ';' | '&' | '|' | '(' | ')' | '\n' => {
                words.extend(word.take());
                all.push(std::mem::take(&mut words));
            }
            '<' | '>' => words.extend(word.take()),
            letter if letter.is_whitespace() => words.extend(word.take()),
            letter => {
                let is_first = word.is_none();
                let word = word.get_or_insert(Word { text: String::new(), certain: true });
                match letter {
                    '\'' => word.text.extend(letters.by_ref().take_while(|letter| *letter != '\'')),
                    '"' => quoted(word, &mut letters),
                    '\\' => word.text.extend(letters.next()),
                    letter => {
                        let is_home = is_first && letter == '~';
                        word.certain &= !is_home && !"$`*?[".contains(letter);
                        word.text.push(letter);
                    }
                }
            }
        }
    }
    words.extend(word);
    all.push(words);
    all
}

/// What stands between double quotes.
fn quoted(word: &mut Word, letters: &mut std::str::Chars<'_>) {
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return,
            '\\' => word.text.extend(letters.next()),
            letter => {
                word.certain &= !"$`".contains(letter);
                word.text.push(letter);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn whether_a_line_runs_this_config_is_told_for_each_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        let home = home.to_str().unwrap();
        let config = format!("{home}/illumio_api_config.json");
        std::fs::write(&config, "{}").unwrap();
        std::fs::create_dir(format!("{home}/other")).unwrap();
        for (command, named, reads) in [
            // By an option in each of its forms, quoted or not.
            ("/opt/illumio-monitor -c H/illumio_api_config.json run >/dev/null", None, Reads::It),
            ("/opt/illumio-monitor --config H/illumio_api_config.json run", None, Reads::It),
            ("/opt/illumio-monitor --config=H/illumio_api_config.json run", None, Reads::It),
            ("/opt/illumio-monitor -cH/illumio_api_config.json run", None, Reads::It),
            ("/opt/illumio-monitor run -c 'H/illumio_api_config.json'", None, Reads::It),
            ("\"/opt/illumio-monitor\" -c \"H/illumio_api_config.json\" run", None, Reads::It),
            ("/opt/illumio-monitor -c H/./illumio_api_config.json run", None, Reads::It),
            ("/opt/illumio-monitor -c H/other.json run", None, Reads::Another),
            // By the environment.
            ("/opt/illumio-monitor run", Some("H/illumio_api_config.json"), Reads::It),
            ("/opt/illumio-monitor run", Some("H/other.json"), Reads::Another),
            (
                "ILLUMIO_MONITOR_CONFIG=H/illumio_api_config.json illumio-monitor run",
                None,
                Reads::It,
            ),
            (
                "export ILLUMIO_MONITOR_CONFIG=H/illumio_api_config.json; illumio-monitor run",
                None,
                Reads::It,
            ),
            ("env ILLUMIO_MONITOR_CONFIG=H/x.json /opt/illumio-monitor run", None, Reads::Another),
            // Beside the program, by its path or its folder.
            ("H/illumio-monitor run", None, Reads::It),
            ("cd H && ./illumio-monitor run", None, Reads::It),
            ("(cd H; exec ./illumio-monitor run --log syslog)", None, Reads::It),
            ("cd H/other && ../illumio-monitor run", None, Reads::It),
            ("/opt/illumio-monitor run", None, Reads::Another),
            // A file by its name is not the one in the folder of this process.
            (
                "cd H/other && H/illumio-monitor -c illumio_api_config.json run",
                None,
                Reads::Another,
            ),
            ("cd H && /opt/illumio-monitor -c illumio_api_config.json run", None, Reads::It),
            ("/opt/illumio-monitor -c illumio_api_config.json run", None, Reads::Perhaps),
            // Through others.
            ("flock -n /tmp/illumio-monitor H/illumio-monitor run", None, Reads::It),
            ("sh -c 'cd H && ./illumio-monitor run'", None, Reads::It),
            ("if [ -x H/illumio-monitor ]; then H/illumio-monitor run; fi", None, Reads::It),
            // What only the shell knows.
            ("illumio-monitor run", None, Reads::Perhaps),
            ("$HOME/illumio-monitor run", None, Reads::Perhaps),
            ("~/illumio-monitor run", None, Reads::Perhaps),
            ("/opt/illumio-monitor -c \"$X\" run", None, Reads::Perhaps),
            ("./illumio-monitor run", None, Reads::Perhaps),
        ] {
            let here = |text: &str| {
                text.replace("H/", &format!("{home}/")).replace("cd H", &format!("cd {home}"))
            };
            let named = named.map(here);
            let all = runs(&here(command), named.as_deref());
            let told = all.iter().map(|run| run.reads(Path::new(&config))).max();
            assert_eq!(told, Some(reads), "{command} {named:?}");
        }
    }

    #[test]
    fn what_starts_no_run_is_none() {
        for command in [
            "/opt/illumio-monitor check",
            "/opt/other run # illumio-monitor run",
            "/opt/other # /opt/illumio-monitor run",
            "/opt/other run % illumio-monitor run",
            "systemctl start illumio-monitor.timer; run",
            "echo illumio-monitor; run",
            "/opt/illumio-monitor -c run status",
            "",
        ] {
            assert!(runs(command, None).is_empty(), "{command}");
        }
    }
}
