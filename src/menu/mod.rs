//! The interactive menu: no command on the command line.
//!
//! The entries have the numbers of the Python tool, whose cron lines were
//! `echo "7" |`: choices come from a terminal or from a pipe. Whatever is changed
//! goes through `store::edit`, whole or not at all, and what the commands do is done
//! by the commands' own functions. Knows every room.

mod attempt;
mod console;
mod crontab;
mod daily;
mod debug;
mod doubts;
mod event_rule;
mod fields;
mod first_run;
mod form;
mod header;
mod interrupt;
mod keys;
mod line;
mod list;
mod manage;
mod pauses;
mod practices;
mod probe;
mod question;
mod sender;
mod setting;
mod settings;
mod smtp;
mod strict;
mod traffic_rule;
mod trying;
mod turns;
mod typing;
mod versions;
mod wanted;
mod workload_rule;

use serde_json::Value;

use self::console::{Console, Leave, Stop, Style};
use self::strict::Reader;
use self::typing::Unseen;
use crate::commands::call::Call;
use crate::config::Config;
use crate::cycle;
use crate::exit::{Code, USAGE};
use crate::host::log::{self, Log};
use crate::lang::menu as say;
use crate::screen::terminal;
use crate::store::{self, Draft, StateUse, Way};

/// The menu under way.
struct Menu<'a> {
    /// What the menu was called with.
    call: Call<'a>,
    /// The same for an entry that begins now.
    again: &'a dyn Fn() -> Call<'a>,
    console: Console,
    /// The last cycle's exit code.
    code: u8,
}

/// Shows the menu until it is left, and returns the process's exit code: that of the
/// last cycle, else 0; 78 where there is no config and nobody who could make one.
/// `again` gives what an entry that begins now is called with.
pub fn menu<'a>(again: &'a dyn Fn() -> Call<'a>) -> u8 {
    let call = again();
    let lang = call.screen_language();
    let mut menu = Menu { console: Console::new(lang, call.env), call, again, code: 0 };
    if !call.config.exists() && !menu.console.person() {
        let error = store::Error::NotFound { path: call.config.to_owned() };
        let told = [error.lines(lang), vec![say::no_config_to_pipe(lang)]].concat();
        terminal::complain(&told);
        return Code::Config.exit();
    }
    let brackets = menu.console.styled();
    let _unseen = menu.console.person().then(|| {
        interrupt::leave_as_found(brackets);
        Unseen::begin(brackets)
    });
    match menu.until_left() {
        Leave::End => menu.code,
        Leave::Interrupt => 0,
        Leave::Astray => USAGE,
    }
}

impl<'a> Menu<'a> {
    fn until_left(&mut self) -> Leave {
        if let Err(Stop::Leave(leave)) = first_run::offer(self) {
            return leave;
        }
        loop {
            if let Err(Stop::Leave(leave)) = self.turn() {
                return leave;
            }
        }
    }

    /// Shows the menu, and does what is chosen.
    fn turn(&mut self) -> Result<(), Stop> {
        let lang = self.console.lang;
        header::show(self);
        let entries = [
            say::add_rule(lang),
            say::add_traffic_rule(lang),
            say::manage_rules(lang),
            say::settings(lang),
            say::load_practices(lang),
            say::send_test_mail(lang),
            say::run_now(lang),
            say::debug(lang),
            say::add_workload_rule(lang),
        ];
        for (at, entry) in entries.iter().enumerate() {
            self.console.row(Style::Plain, &format!("  {}  {entry}", at + 1));
        }
        self.console.row(Style::Plain, &format!("  0  {}", say::exit(lang)));
        self.console.row(Style::Plain, "");
        let help = say::help_main(lang);
        let chosen = self.console.choice(&say::prompt(lang, say::choice(lang)), &help)?;
        // Before the first menu there is none.
        if matches!(chosen.as_str(), "" | "<") && self.console.person() {
            return Ok(());
        }
        if chosen == "0" {
            return Err(Stop::Leave(Leave::End));
        }
        if !matches!(chosen.as_str(), "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9") {
            return self.not_there(entries.len());
        }
        self.console.fine();
        match chosen.as_str() {
            "1" => wanted::add(self),
            "2" => traffic_rule::add(self),
            "3" => manage::manage(self),
            "4" => settings::settings(self),
            "5" => practices::load(self),
            "6" => self.test_mail(),
            "7" => self.run(),
            "9" => workload_rule::add(self),
            _ => debug::debug(self),
        }
    }

    /// Tells that there is no such entry: below the next title, or to a script at once.
    fn not_there(&mut self, most: usize) -> Result<(), Stop> {
        let text = say::want_choice(self.console.lang, most);
        if self.console.person() {
            self.console.notice(Style::Bad, &text);
            return Ok(());
        }
        self.console.wrong(&text)
    }

    fn test_mail(&mut self) -> Result<(), Stop> {
        self.tell_test_mail();
        self.console.pause()
    }

    /// Sends a test mail, and tells what the server said to each recipient.
    fn tell_test_mail(&self) {
        self.console.show(Style::Faint, &say::sending(self.console.lang));
        let sent = cycle::test_mail(&(self.again)());
        for line in &sent.lines {
            self.console.line(Style::Good, line);
        }
        for problem in &sent.problems {
            self.console.fault(problem);
        }
    }

    /// What `run` does; a person is told in sentences, wrapped at words, a script by its line.
    fn run(&mut self) -> Result<(), Stop> {
        self.console.show(Style::Faint, &say::running(self.console.lang));
        let outcome = cycle::run((self.again)(), StateUse::Keep);
        if self.console.person() {
            self.console.clear_progress();
            outcome.problems.iter().for_each(|problem| self.console.fault(problem));
            let sentences = outcome.sentences(self.console.lang);
            sentences.iter().for_each(|line| self.console.line(Style::Plain, line));
        } else {
            log::tell(Log::Stdout, &outcome.to_string(), &outcome.problems);
        }
        self.code = outcome.code.exit();
        self.console.pause()
    }

    /// Applies a change to the file of this moment; `None` where that was refused,
    /// which is told.
    fn save<T>(&mut self, change: impl FnOnce(&mut Draft) -> T) -> Option<T> {
        let lang = self.console.lang;
        let now = (self.again)().now;
        match store::edit(
            self.call.config,
            self.call.env,
            now,
            &self.call.author(Way::Menu),
            change,
        ) {
            Ok(mut edited) => {
                self.console.turns.saved();
                // Those of before the change, and those of now.
                let mut secrets = store::secrets(self.call.config, self.call.env);
                secrets.extend(&self.console.secrets);
                edited.changes.iter_mut().for_each(|change| change.hide(&secrets));
                for (was, is) in &edited.renumbered {
                    self.console.notice(Style::Plain, &say::renumbered(lang, was, is));
                }
                log::audit(self.call.env, &edited.changes);
                if let Some(remark) = &edited.remark {
                    self.console.fault_notice(&remark.text(lang));
                }
                Some(edited.result)
            }
            Err(error) => {
                for line in error.lines(lang) {
                    self.console.fault_notice(&line);
                }
                self.console.fault_notice(&say::nothing_saved(lang));
                None
            }
        }
    }

    /// The file as it stands, for showing what is set; null where it can't be read.
    fn file(&self) -> Value {
        let text = std::fs::read_to_string(self.call.config).unwrap_or_default();
        serde_json::from_str(store::unmarked(&text)).unwrap_or_default()
    }

    /// What a run goes by, where the file does not say it as where it does.
    fn holds(&self) -> Config {
        store::what_holds(self.call.config, self.call.env)
    }

    /// What typed values are held against.
    fn reader(&self) -> Reader<'a> {
        Reader { path: self.call.config, lang: self.console.lang }
    }

    /// The rules as they stand in the file.
    fn rules(&self) -> Vec<Value> {
        let rules = self.file().get("rules").and_then(Value::as_array).cloned();
        rules.unwrap_or_default()
    }

    /// The language may have become another one with the config.
    fn follow_language(&mut self) {
        self.console.lang = self.call.screen_language();
    }
}
