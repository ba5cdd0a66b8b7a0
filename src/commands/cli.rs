//! The command line: the commands with their options, and their help. argh makes the
//! English help of the comments here; the shells' completions are made from these
//! definitions too (`dist/completions/`), so an `arg_name` is `FILE` or the values
//! with `|`. Knows the language, and no room that does anything.

mod parse;
mod usage;

use std::path::PathBuf;

use argh::{ArgsInfo, FromArgs};

use crate::host::log::Log;

pub use parse::{Parsed, parse};
pub use usage::{help_of, usage};

/// The age from which the last complete run is too old, unless said otherwise:
/// three runs at the usual ten minutes.
pub const MAX_AGE_MINUTES: u32 = 30;

/// Send mail when an Illumio PCE has something to report: events, blocked traffic, health.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(note = "Without a command the interactive menu opens.")]
pub struct Cli {
    /// the config file; default: $ILLUMIO_MONITOR_CONFIG, or illumio_api_config.json
    /// next to the program
    #[argh(option, short = 'c', arg_name = "FILE")]
    pub config: Option<PathBuf>,

    /// language of messages
    #[argh(option, arg_name = "en|zh-TW")]
    pub lang: Option<String>,

    /// print the version
    #[argh(switch, short = 'V')]
    pub version: bool,

    /// what to do
    #[argh(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand)]
pub enum Command {
    /// One poll cycle.
    Run(Run),
    /// The doctor.
    Check(Check),
    /// A test mail.
    TestMail(TestMail),
    /// One line for a watchdog.
    Status(Status),
    /// What was told.
    History(History),
    /// The rules.
    Rules(Rules),
    /// Times in which nothing is told.
    Pause(Pause),
    /// Why a rule tells, or does not.
    Why(Why),
    /// The config's last changes.
    Config(Config),
    /// The Python tool's files.
    Import(Import),
}

/// Poll once: fetch what is new, match the rules, send mail if there is something to report.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "run",
    note = "Exit codes: 0 done, 75 something failed and the next run retries it, 78 manual action is needed."
)]
pub struct Run {
    /// where the run's line goes (default: stdout)
    #[argh(option, default = "Log::Stdout", arg_name = "stdout|syslog|journal")]
    pub log: Log,

    /// start over: forget positions and counts, keep the waiting mail
    #[argh(switch)]
    pub reset_state: bool,
}

/// Send a test mail to the configured recipients.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "test-mail")]
pub struct TestMail {}

/// List and change the rules, for scripts.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "rules")]
pub struct Rules {
    /// what to do with them
    #[argh(subcommand)]
    pub command: RulesCommand,
}

/// What to do with the rules.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand)]
pub enum RulesCommand {
    /// A table of all.
    List(RulesList),
    /// Some with all their keys.
    Show(RulesShow),
    /// Each as one sentence.
    Describe(RulesDescribe),
    /// New ones.
    Add(RulesAdd),
    /// Some keys of some rules.
    Set(RulesSet),
    /// On.
    Enable(RulesEnable),
    /// Off.
    Disable(RulesDisable),
    /// Gone.
    Remove(RulesRemove),
    /// The twelve to begin with.
    LoadBestPractices(RulesLoadBestPractices),
    /// What is known, out of the archive.
    Learn(RulesLearn),
    /// What one would have told.
    Try(RulesTry),
}

/// List the rules.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "list")]
pub struct RulesList {
    /// print the rules as a JSON array
    #[argh(switch)]
    pub json: bool,
}

/// Show rules with all their keys.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "show")]
pub struct RulesShow {
    /// print JSON: an object for one id, an array for several
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Describe what rules do, each in one sentence.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "describe")]
pub struct RulesDescribe {
    /// print a JSON array: id, name and sentence of each
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5; all, or none: every rule
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Add a rule, or several from an array. A rule without an id gets one.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "add",
    example = "{command_name} '{{\"type\": \"event\", \"name\": \"Tampering\", \"filter_value\": \"agent.tampering\"}}'"
)]
pub struct RulesAdd {
    /// print JSON: the rules as added, their ids, the changes
    #[argh(switch)]
    pub json: bool,

    /// the rule's JSON, or a file with it; - or none: standard input
    #[argh(positional, arg_name = "RULE")]
    pub source: Option<String>,
}

/// Set keys of a rule, or of several. A value is JSON or text; an empty one removes the key.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "set",
    example = "{command_name} 12 threshold_count=20 level=critical port=80,443 note="
)]
pub struct RulesSet {
    /// print JSON: the rules as they are now, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: String,

    /// what to set
    #[argh(positional, arg_name = "KEY=VALUE")]
    pub pairs: Vec<String>,
}

/// Enable rules.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "enable")]
pub struct RulesEnable {
    /// print JSON: the rules as they are now, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Disable rules. The next run discards what a rule has counted.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "disable")]
pub struct RulesDisable {
    /// print JSON: the rules as they are now, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Remove rules.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "remove")]
pub struct RulesRemove {
    /// print JSON: the removed rules, and the changes
    #[argh(switch)]
    pub json: bool,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Add the best practices that are missing: the twelve to start with, or those
/// against attackers. Asks on a terminal before it replaces a rule that differs.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "load-best-practices")]
pub struct RulesLoadBestPractices {
    /// which: first (the twelve to start with) or security
    #[argh(option, default = "String::from(\"first\")", arg_name = "first|security")]
    pub set: String,

    /// replace the rules that differ, without asking
    #[argh(switch)]
    pub replace: bool,

    /// print JSON: what was added, replaced and kept
    #[argh(switch)]
    pub json: bool,
}

/// Make rules that report only what is new learn from the archive what is known.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "learn")]
pub struct RulesLearn {
    /// the archive's folder (default: settings.archive_dir)
    #[argh(option, arg_name = "DIR")]
    pub archive: Option<String>,

    /// ids: 12, or several as 1,3-5
    #[argh(positional, arg_name = "ID")]
    pub ids: Vec<String>,
}

/// Pause rules: what happens until the end is counted, and reported when the pause is over.
/// `pause list` lists the pauses, `pause end ID` ends one.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "pause",
    example = "{command_name} 7 --until 06:00 --why CHG-123",
    example = "{command_name} 11 --src 10.20.30.66 --until +8h --why 'scanner, CHG-124'",
    example = "{command_name} all --every 'Sun 02:00-04:00' --why 'patch window'"
)]
pub struct Pause {
    /// the end: 06:00, +8h, 2026-11-30, '2026-11-30 06:00', RFC 3339
    #[argh(option, arg_name = "TIME")]
    pub until: Option<String>,

    /// the start (default: now)
    #[argh(option, arg_name = "TIME")]
    pub from: Option<String>,

    /// every week: 'Sun 02:00-04:00', 'Mon-Fri 22:00-06:00', 'daily 02:00-04:00'
    #[argh(option, arg_name = "WEEKLY")]
    pub every: Option<String>,

    /// the reason
    #[argh(option, arg_name = "TEXT")]
    pub why: Option<String>,

    /// who asks for it (default: the user who is logged in)
    #[argh(option, arg_name = "NAME")]
    pub by: Option<String>,

    /// only traffic from this address, network or host
    #[argh(option, arg_name = "ADDRESS|HOST")]
    pub src: Option<String>,

    /// only traffic to it
    #[argh(option, arg_name = "ADDRESS|HOST")]
    pub dst: Option<String>,

    /// only what matches this: a rule's filter key, as port=443
    #[argh(option, long = "match", arg_name = "KEY=VALUE")]
    pub only: Vec<String>,

    /// also pause a condition: pce, unreachable, health, events, traffic …
    #[argh(option, arg_name = "WORD")]
    pub condition: Vec<String>,

    /// print JSON
    #[argh(switch)]
    pub json: bool,

    /// ids: 7, or several as 1,3-5; all; or: list; or: end ID
    #[argh(positional, arg_name = "ID")]
    pub what: Vec<String>,
}

impl Pause {
    /// Whether no option says what is to be paused.
    pub fn asks_for_nothing(&self) -> bool {
        let texts = [&self.until, &self.from, &self.every, &self.why, &self.by];
        let given = texts.into_iter().chain([&self.src, &self.dst]);
        given.into_iter().all(Option::is_none) && self.only.is_empty() && self.condition.is_empty()
    }
}

/// Try a rule before it is enabled: what it would have reported in the last hours, or in the
/// archive. Nothing is saved or sent.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "try",
    example = "{command_name} 12 --archive\n{command_name} '{{\"type\": \"traffic\", \"name\": \"SMB\", \"pd\": 2, \"port\": 445}}' --hours 48",
    note = "Exit codes: 0 tried, 64 the rule or the command line is wrong, 75 the PCE was not read, 78 manual action is needed."
)]
pub struct RulesTry {
    /// read the PCE's last hours, 1 to 2160 (default 24)
    #[argh(option, arg_name = "HOURS")]
    pub hours: Option<u32>,

    /// read the archive instead, in this folder (default: settings.archive_dir)
    #[argh(option, arg_name = "DIR")]
    pub archive: Option<String>,

    /// list every alert, not only the first 20
    #[argh(switch)]
    pub all: bool,

    /// print JSON: each alert, the threshold for one a day
    #[argh(switch)]
    pub json: bool,

    /// an id, the rule's JSON, or a file with it; - or none: standard input
    #[argh(positional, arg_name = "RULE")]
    pub rule: Option<String>,
}

/// Show what was changed in the config, and take it back: the last ten changes are recorded.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "config")]
pub struct Config {
    /// what to do
    #[argh(subcommand)]
    pub command: ConfigCommand,
}

/// What to do with the config's versions.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand)]
pub enum ConfigCommand {
    /// The changes.
    History(ConfigHistory),
    /// Back.
    Undo(ConfigUndo),
}

/// List the last changes of the config: number, when, who, by what, and what changed.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "history")]
pub struct ConfigHistory {
    /// the same as JSON, for scripts
    #[argh(switch)]
    pub json: bool,
}

/// Take back the last change of the config, or those from a number on. What a run
/// remembers is kept, if the PCE is the same. Asks on a terminal first.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "undo",
    example = "{command_name}\n{command_name} 12 --yes",
    note = "Exit codes: 0 done, 64 no such change, a version with problems, or no terminal and no --yes; 78 a version with problems is back."
)]
pub struct ConfigUndo {
    /// do not ask
    #[argh(switch)]
    pub yes: bool,

    /// back to before the change of this number (default: the last one)
    #[argh(positional, arg_name = "N")]
    pub number: Option<String>,
}

/// Import the Python tool's config and state files. What is in the config
/// already stays as it is.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "import",
    example = "{command_name} illumio_api_config.json illumio_api_state.json"
)]
pub struct Import {
    /// make critical what the best practices call so; else a terminal is asked
    #[argh(switch)]
    pub levels: bool,

    /// illumio_api_config.json, config.json, alerts.json, illumio_api_state.json, state.json
    #[argh(positional, arg_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Test the config, the PCE, the mail server and what starts the runs; change nothing, send nothing.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "check",
    note = "Exit codes: 0 all is well, 75 something failed that may recover on its own, 78 manual action is needed."
)]
pub struct Check {
    /// the findings as JSON, for scripts
    #[argh(switch)]
    pub json: bool,
}

/// Report in one line whether the monitor works, for Nagios or Zabbix.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "status",
    note = "Exit codes: 0 the last complete run is recent, else 75 or 78 with the reason."
)]
pub struct Status {
    /// age in minutes at which the last complete run is too old (default 30)
    #[argh(option, default = "MAX_AGE_MINUTES", arg_name = "MIN")]
    pub max_age: u32,

    /// the same as JSON, for scripts
    #[argh(switch)]
    pub json: bool,
}

/// List what was reported, and what became of it: the last 2,000 alerts, conditions and notices.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(subcommand, name = "history")]
pub struct History {
    /// only from this time on: 30m, 24h, 7d, a date (2026-11-22), or RFC 3339
    #[argh(option, arg_name = "TIME")]
    pub since: Option<String>,

    /// only those of the rule with this id
    #[argh(option, arg_name = "ID")]
    pub rule: Option<i64>,

    /// the same as JSON, for scripts
    #[argh(switch)]
    pub json: bool,
}

/// Show how far a rule has counted, until when it is silent, and which records it matches
/// or nearly does.
#[derive(ArgsInfo, FromArgs, Debug)]
#[argh(
    subcommand,
    name = "why",
    example = "{command_name} 7 --at 02:10\n{command_name} 7 --event /orgs/1/events/0a1b2c3d",
    note = "Exit codes: 0 shown, 64 the command line is wrong, 75 the PCE was not read, 78 manual action is needed."
)]
pub struct Why {
    /// look at the records around this time: 02:10, 2026-11-29, 2026-11-29 02:10 or RFC 3339;
    /// default: the last hour
    #[argh(option, arg_name = "TIME")]
    pub at: Option<String>,

    /// look only at this event
    #[argh(option, arg_name = "HREF")]
    pub event: Option<String>,

    /// print JSON: what is counted, and for each record what does not match
    #[argh(switch)]
    pub json: bool,

    /// the rule's id
    #[argh(positional, arg_name = "ID")]
    pub id: String,
}

impl argh::FromArgValue for Log {
    fn from_arg_value(value: &str) -> Result<Self, String> {
        match value {
            "stdout" => Ok(Self::Stdout),
            "syslog" => Ok(Self::Syslog),
            "journal" => Ok(Self::Journal),
            _ => Err("it is stdout, syslog or journal".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
