//! A world for the monitor: a folder with its one file, a simulated PCE, a mailbox,
//! and the real binary run in it. The words that stories are told in.
//!
//! ```ignore
//! let mut world = World::new();
//! world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
//! world.pce.event(agent_tampering("db-01").at("10:03"));
//! let run = world.run_at("10:10");
//! assert_eq!(run.code, 0);
//! assert!(world.mailbox.last().text().contains("db-01"));
//! ```

#![allow(dead_code, missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod disk;
mod file;
mod folder;
mod mail;
pub mod names;
mod program;
mod told;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

#[allow(unused_imports)]
pub use self::{
    disk::SmallDisk,
    folder::Folder,
    mail::{Mail, Mails},
    program::{Run, run as run_to_its_end},
    told::{Group, Told},
};
use crate::pce::{Pce, Tls, When};

/// A run that was started is at work within this time, also on a busy host.
const START: Duration = Duration::from_secs(20);

/// Everything around one installation of the monitor.
pub struct World {
    /// The PCE it polls; its clock is the monitor's.
    pub pce: Pce,
    /// Where its mails arrive.
    pub mailbox: Mails,
    folder: Folder,
    environment: Vec<(String, String)>,
}

impl World {
    /// A healthy, quiet world over plain HTTP, in English and UTC, with no rules.
    pub fn new() -> Self {
        Self::with_pce(Pce::start())
    }

    /// The same over HTTPS; the config names the CA.
    pub fn with_tls(tls: Tls) -> Self {
        let world = Self::with_pce(Pce::start_tls(tls));
        if let Some(pem) = world.pce.trust_pem() {
            let ca_file = world.folder().join("pce-ca.pem");
            std::fs::write(&ca_file, pem).unwrap();
            world.set("api.ca_file", json!(ca_file));
        }
        world
    }

    /// The same over HTTPS with a certificate and key that another program made, both
    /// PEM; the config does not name it.
    pub fn showing(certificate: &str, key: &str) -> Self {
        Self::with_pce(Pce::start_showing(certificate, key))
    }

    fn with_pce(pce: Pce) -> Self {
        let mailbox = Mails::start();
        let world = Self { folder: Folder::new(), environment: Vec::new(), mailbox, pce };
        let config = json!({
            "api": {
                "url": world.pce.url(), "org_id": "1",
                "key": world.pce.key(), "secret": world.pce.secret(),
                "proxy": "none", "timeout_seconds": 5
            },
            "email": {
                "sender": "illumio-monitor@example.net",
                "recipients": ["soc@example.net"]
            },
            "smtp": {
                "host": "127.0.0.1", "port": world.mailbox.port(),
                "tls": "none", "timeout_seconds": 5
            },
            "settings": {
                "language": "en", "timezone": "UTC", "site_name": "test",
                "late_reach_hours": 0
            },
            "rules": []
        });
        file::write(&world.config_path(), &config);
        world
    }

    /// The folder in which all of it lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The one file.
    pub fn config_path(&self) -> PathBuf {
        self.folder().join("illumio_api_config.json")
    }

    /// What is in the one file now.
    pub fn config(&self) -> Value {
        file::read(&self.config_path())
    }

    /// Changes the file as an editor would: everything else stays, state too. A state
    /// that a test changes is read as it is, and not as one that was damaged.
    pub fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut config = self.config();
        let before = config.get("state").cloned();
        change(&mut config);
        if config.get("state") != before.as_ref()
            && let Some(state) = config["state"].as_object_mut()
        {
            state.remove("sums");
        }
        file::write(&self.config_path(), &config);
    }

    /// Writes the file anew.
    pub fn set_whole(&self, config: Value) {
        file::write(&self.config_path(), &config);
    }

    /// Sets one value, by its key's path: `settings.language`.
    pub fn set(&self, path: &str, value: Value) {
        self.edit(|config| {
            let place = path.split('.').fold(config, |place, key| &mut place[key]);
            *place = value;
        });
    }

    /// Adds a rule and returns its id. What is not said is: the next id, the name
    /// `rule ID`, `immediate`, no cooldown, and for traffic `pd` 2 (blocked).
    pub fn rule(&self, rule: Value) -> i64 {
        let mut id = 0;
        self.edit(|config| {
            let rules = config["rules"].as_array_mut().unwrap();
            id = rules.iter().filter_map(|rule| rule["id"].as_i64()).max().unwrap_or(0) + 1;
            let rule = completed(rule, id);
            id = rule["id"].as_i64().unwrap();
            rules.push(rule);
        });
        id
    }

    /// From now on mail goes to a mail server that behaves so.
    pub fn mail_server(&mut self, options: crate::mailbox::Options) {
        self.mailbox = Mails::behaving(options);
        self.set("smtp.port", json!(self.mailbox.port()));
    }

    /// Sets an environment variable for all further runs.
    pub fn environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.into(), value.into()));
    }

    /// One poll cycle with the PCE's clock at this time.
    pub fn run_at(&mut self, when: impl When) -> Run {
        self.pce.set_now(when);
        self.run(&["run"])
    }

    /// Cycles from one time to another, both included.
    pub fn run_every(&mut self, minutes: i64, from: impl When, to: impl When) -> Vec<Run> {
        let (mut now, end) = (from.instant(), to.instant());
        let mut runs = Vec::new();
        while now <= end {
            runs.push(self.run_at(now));
            now += SignedDuration::from_mins(minutes);
        }
        runs
    }

    /// Runs the real binary with these arguments on this world's file.
    pub fn run(&mut self, arguments: &[&str]) -> Run {
        self.run_command(self.command(arguments))
    }

    /// Runs a command that was made from [`Self::command`]'s.
    pub fn run_command(&mut self, command: Command) -> Run {
        let before = self.mailbox.count();
        let mut run = program::run(command);
        run.mails = self.mailbox.all().split_off(before);
        run
    }

    /// A run that can write no file of more than so many kilobytes.
    pub fn run_with_files_up_to(&mut self, kilobytes: u32, when: impl When) -> Run {
        self.pce.set_now(when);
        let plain = self.command(&["run"]);
        let mut shell = Command::new("sh");
        let limit = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kilobytes * 2);
        shell
            .args(["-c", &limit, "sh"])
            .arg(plain.get_program())
            .args(plain.get_args())
            .env_clear()
            .current_dir(self.folder());
        for (name, value) in plain.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        self.run_command(shell)
    }

    /// Starts a cycle, waits until it has come so far, and hands it over at work.
    pub fn run_until(&self, so_far: impl Fn(&Self) -> bool) -> Child {
        let mut run =
            self.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begin = Instant::now();
        while !so_far(self) {
            assert!(begin.elapsed() < START, "the run does not come so far");
            assert!(run.try_wait().unwrap().is_none(), "the run has ended");
            std::thread::sleep(Duration::from_millis(5));
        }
        run
    }

    /// For [`Self::run_until`]: the PCE was asked for something.
    pub fn asks_the_pce(&self) -> bool {
        !self.pce.requests().is_empty()
    }

    /// For [`Self::run_until`]: a mail is on its way.
    pub fn sends_a_mail(&self) -> bool {
        self.mailbox.heard("DATA")
    }

    /// The command of such a run, for those who want to start, stop or kill it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::command(self.folder());
        command.arg("--config").arg(self.config_path());
        command.args(arguments);
        command.envs(self.environment.iter().cloned());
        command
    }

    /// What the PCE takes for now.
    pub fn now(&self) -> Timestamp {
        self.pce.now()
    }
}

/// The rule with what a story does not care to say.
pub fn completed(mut rule: Value, id: i64) -> Value {
    let mut missing = |name: &str, value: Value| {
        if rule.get(name).is_none() {
            rule[name] = value;
        }
    };
    missing("id", json!(id));
    missing("name", json!(format!("rule {id}")));
    if rule["type"] == "workload" {
        return rule;
    }
    let mut missing = |name: &str, value: Value| {
        if rule.get(name).is_none() {
            rule[name] = value;
        }
    };
    missing("threshold_type", json!("immediate"));
    missing("cooldown_minutes", json!(0));
    if rule["type"] == "traffic" && rule.get("pd").is_none() {
        rule["pd"] = json!(2);
    }
    rule
}
