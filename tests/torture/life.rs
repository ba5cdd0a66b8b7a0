//! One world and what befalls it, cycle by cycle.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::dice::Dice;
use super::ledger::{
    ALONE, BLOCKED, BURST, KINDS, Ledger, PARTS, ROUTED, Reader, SUSPENDED, TAMPERING, Table,
    pauses, routes,
};
use super::receivers::Receivers;
use super::{faults, kind};
use crate::mailbox::Options;
use crate::pce::{Fate, agent_suspend, agent_tampering, at, blocked};
use crate::world::World;

const MAIL_PASSWORD: &str = "mail-Pa55word-9x";

/// When a run is killed.
#[derive(Clone, Copy)]
enum Kill {
    Never,
    /// So long after its start.
    After(Duration),
    /// So long after the mail server took a mail.
    AfterMail(Duration),
}

pub struct Life {
    name: String,
    dice: Dice,
    world: World,
    receivers: Receivers,
    now: Timestamp,
    ledger: Ledger,
    table: Table,
    /// The file's bytes but for `state`.
    rules: String,
    /// The file as it was some cycles ago.
    old_copy: String,
    /// What a cycle without a fault takes.
    usual: Duration,
    /// Cycles for which the mail server stays as it is.
    mail_fault_lasts: u64,
    secrets: Vec<String>,
    /// All that the program said.
    said: String,
}

impl Life {
    /// A new world; in a routed one not all are told the same.
    pub fn new(name: &str, mut dice: Dice, is_routed: bool) -> Self {
        let mut world = World::new();
        let kind = kind::of_any_kind(&world.pce, &mut dice);
        println!("{name}: {kind}");
        world.mail_server(Options {
            login: Some(("monitor".into(), MAIL_PASSWORD.into())),
            ..Options::default()
        });
        let receivers = Receivers::start();
        world.edit(|config| {
            config["forward"] = receivers.forward();
            config["api"]["timeout_seconds"] = json!(1);
            config["smtp"]["timeout_seconds"] = json!(1);
            config["smtp"]["user"] = json!("monitor");
            config["smtp"]["password"] = json!(MAIL_PASSWORD);
            config["email"]["raw_snapshot"] = json!(false);
            config["settings"]["late_reach_hours"] = json!(26);
        });
        // Several rules, since a mail names but five hosts of each.
        for kind in 0..KINDS {
            let (name, value) =
                (format!("{TAMPERING} {kind:02}"), format!("agent.tampering.{kind:02}"));
            let mut rule = json!({"type": "event", "name": name, "filter_value": value});
            // Of every three one counts each host by itself, and one tells it for a new one.
            if kind % PARTS > 0 {
                rule["per"] = json!("workload");
            }
            if kind % PARTS > 1 {
                (rule["new_within_days"], rule["learn_days"]) = (json!(30), json!(0));
            }
            world.rule(rule);
        }
        world.rule(json!({
            "type": "traffic", "name": BLOCKED, "threshold_type": "count",
            "threshold_count": BURST - 10, "threshold_window": 10, "per": "destination"
        }));
        world.rule(json!({
            "type": "event", "name": SUSPENDED, "filter_value": "agent.suspend", "level": "critical"
        }));
        world.set("pauses", pauses());
        if is_routed {
            world.set("email.routes", routes());
        }
        let readers: &'static [Reader] = if is_routed { &ROUTED } else { &ALONE };
        let (key, secret) = (world.pce.key(), world.pce.secret());
        let basic = BASE64_STANDARD.encode(format!("{key}:{secret}"));
        let plain = BASE64_STANDARD.encode(format!("\0monitor\0{MAIL_PASSWORD}"));
        let mut life = Self {
            name: format!("{name}, {kind}"),
            dice,
            now: at("06:00"),
            ledger: Ledger { readers, ..Ledger::default() },
            table: Table::default(),
            rules: String::new(),
            old_copy: String::new(),
            usual: Duration::from_millis(200),
            mail_fault_lasts: 0,
            secrets: vec![secret, basic, MAIL_PASSWORD.to_owned(), plain],
            said: String::new(),
            receivers,
            world,
        };
        // The first run writes the state's key, and looks back no further.
        life.usual = life.plain_cycle();
        life.rules = life.around_state();
        life.old_copy = life.text();
        life
    }

    /// A cycle in which nothing breaks; how long it took.
    pub fn plain_cycle(&mut self) -> Duration {
        self.something_happens(10);
        self.cycle(Kill::Never, false)
    }

    pub fn crashes(&self) -> u64 {
        self.table.crashes
    }

    /// A cycle on a half-broken PCE, killed so long after its start.
    pub fn killed_cycle(&mut self, moment: Duration) {
        self.something_happens(1);
        if self.dice.one_in(2) {
            let name = faults::at_the_pce(&self.world.pce, &mut self.dice);
            *self.table.faults.entry(name).or_default() += 1;
        }
        self.cycle(Kill::After(moment), false);
        self.mend();
    }

    /// Whatever may befall.
    pub fn random_cycle(&mut self) {
        self.something_happens(10);
        if self.dice.one_in(4) {
            let name = faults::at_the_pce(&self.world.pce, &mut self.dice);
            *self.table.faults.entry(name).or_default() += 1;
        }
        let in_doubt = self.at_the_mail_server();
        if let Some(name) = self.receivers.some_fault(&mut self.dice) {
            *self.table.faults.entry(name).or_default() += 1;
        }
        if self.dice.one_in(20) {
            self.someone_puts_the_file_back();
        }
        let kill = self.some_kill();
        self.cycle(kill, in_doubt);
        self.mend();
        if self.dice.one_in(6) {
            self.old_copy = self.text();
        }
    }

    /// Two cycles in peace, in which all that waited arrives; then the books.
    pub fn end(mut self) -> Table {
        self.world.mailbox.behave(Options::default());
        self.receivers.up();
        self.mend();
        // The late ones of the last cycles are known by then.
        self.now += SignedDuration::from_mins(65);
        for _ in 0..3 {
            self.cycle(Kill::Never, false);
        }
        // What no server confirmed goes out some hours later, and by then no pause lasts.
        for _ in 0..2 {
            self.now += SignedDuration::from_hours(4);
            for _ in 0..2 {
                self.cycle(Kill::Never, false);
            }
        }
        let config = self.world.config();
        let outbox = &config["state"]["outbox"];
        let waiting = [&outbox["mails"], &outbox["unconfirmed"]["mails"]];
        for mails in waiting.map(|mails| mails.as_array()) {
            assert!(mails.is_none_or(Vec::is_empty), "{}", self.told());
        }
        assert!(config["state"]["forward"].is_null(), "{}", self.told());
        self.assert_no_secret(&config);
        self.assert_history_has_it_delivered();
        self.ledger.handed_on = self.receivers.end(self.world.folder());
        let mut table = Table::of(&self.ledger);
        table.crashes = self.table.crashes;
        table.faults = std::mem::take(&mut self.table.faults);
        table
    }

    /// Some minutes with a few tamperings and sometimes a burst, known at once or late.
    fn something_happens(&mut self, minutes: i64) {
        let begin = self.now;
        let seconds = minutes as u64 * 60;
        self.now += SignedDuration::from_mins(minutes);
        for _ in 0..self.dice.roll(3) {
            let when = begin + SignedDuration::from_secs(self.dice.roll(seconds) as i64);
            let late = SignedDuration::from_mins(self.dice.among(&[0, 0, 0, 4, 9]));
            let host = format!("host-{:05}", self.ledger.hosts.len());
            let kind = format!("agent.tampering.{:02}", self.ledger.hosts.len() % KINDS);
            let event = agent_tampering(&host).with("event_type", json!(kind));
            self.world.pce.event(event.at(when).recorded(when + late));
            self.ledger.hosts.push(host);
        }
        if self.dice.one_in(2) {
            let when = begin + SignedDuration::from_secs(self.dice.roll(seconds) as i64);
            let late = SignedDuration::from_mins(self.dice.among(&[0, 0, 0, 4, 9]));
            let host = format!("suspended-{:05}", self.ledger.suspended.len());
            self.world.pce.event(agent_suspend(&host).at(when).recorded(when + late));
            self.ledger.suspended.push(host);
        }
        if self.dice.one_in(3) {
            let when = begin + SignedDuration::from_secs(self.dice.roll(seconds) as i64);
            let late = SignedDuration::from_mins(self.dice.among(&[0, 0, 0, 5, 25]));
            let from = format!("client-{:05}", self.ledger.bursts);
            let burst = blocked(from.as_str(), "db-01", 445).at(when);
            self.world.pce.connection(burst.times(BURST).recorded(when + late));
            self.ledger.bursts += 1;
        }
        self.world.pce.every_query(Fate::completes().after_polls(0));
    }

    /// The mail server breaks, or stays broken, or is mended. True where mail can
    /// arrive without the sender's knowledge.
    fn at_the_mail_server(&mut self) -> bool {
        if self.mail_fault_lasts > 0 {
            self.mail_fault_lasts -= 1;
            return *self.ledger.in_doubt.last().unwrap_or(&false);
        }
        if !self.dice.one_in(5) {
            self.world.mailbox.behave(Options::default());
            return false;
        }
        let (options, name, in_doubt) = faults::at_the_mail_server(&mut self.dice);
        self.world.mailbox.behave(options);
        self.mail_fault_lasts = self.dice.among(&[0, 0, 1, 5]);
        *self.table.faults.entry(name).or_default() += 1 + self.mail_fault_lasts;
        in_doubt
    }

    /// An editor saves what it read hours ago, or a template comes without a state.
    fn someone_puts_the_file_back(&mut self) {
        let (text, name) = match self.dice.one_in(2) {
            true => (self.old_copy.clone(), "file: an old copy saved"),
            false => {
                let (before, behind) = split_at_state(&self.text());
                let body = before.trim_end().trim_end_matches(',').to_owned();
                (format!("{body}\n{behind}"), "file: saved without its state")
            }
        };
        serde_json::from_str::<Value>(&text).unwrap();
        std::fs::write(self.world.config_path(), text).unwrap();
        *self.table.faults.entry(name).or_default() += 1;
    }

    fn some_kill(&mut self) -> Kill {
        let micros = |dice: &mut Dice, most: Duration| {
            Duration::from_micros(dice.roll(most.as_micros() as u64 + 1))
        };
        match self.dice.roll(10) {
            0 | 1 => Kill::After(micros(&mut self.dice, self.usual)),
            2 => Kill::AfterMail(micros(&mut self.dice, Duration::from_millis(3))),
            _ => Kill::Never,
        }
    }

    fn mend(&self) {
        self.world.pce.heal();
    }

    /// One run; how long it took.
    fn cycle(&mut self, kill: Kill, in_doubt: bool) -> Duration {
        self.world.pce.set_now(self.now);
        self.world.pce.forget_requests();
        let before = self.world.mailbox.count();
        let said = self.world.folder().join("said");
        let file = std::fs::File::create(&said).unwrap();
        let begin = Instant::now();
        let run = self
            .world
            .command(&["run"])
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let killed = self.wait_or_kill(run, kill, before);
        let took = begin.elapsed();
        if killed {
            self.table.crashes += 1;
            // The mail server may still be busy with what it was sent.
            std::thread::sleep(Duration::from_millis(20));
        }
        self.said += &std::fs::read_to_string(said).unwrap();
        let nth = self.ledger.in_doubt.len();
        self.ledger.in_doubt.push(in_doubt || killed);
        let new = self.world.mailbox.all().split_off(before);
        self.ledger.mails.extend(new.into_iter().map(|mail| (nth, mail)));
        self.assert_file_whole();
        took
    }

    /// True where it was killed before its end.
    fn wait_or_kill(&mut self, mut run: Child, kill: Kill, mails: usize) -> bool {
        let begin = Instant::now();
        if self.dice.one_in(8) {
            self.assert_process_tells_nothing(run.id());
        }
        let mut taken = None;
        loop {
            if let Some(status) = run.try_wait().unwrap() {
                let code = status.code();
                assert!(matches!(code, Some(0 | 75 | 78)), "{code:?}: {}", self.told());
                return false;
            }
            if taken.is_none() && self.world.mailbox.connections() > 0 {
                taken = (self.world.mailbox.count() > mails).then(Instant::now);
            }
            let due = match kill {
                Kill::Never => false,
                Kill::After(moment) => begin.elapsed() >= moment,
                Kill::AfterMail(moment) => taken.is_some_and(|taken| taken.elapsed() >= moment),
            };
            if due {
                run.kill().unwrap();
                return run.wait().unwrap().code().is_none();
            }
            assert!(begin.elapsed() < Duration::from_secs(100), "it hangs");
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    fn assert_file_whole(&self) {
        let config: Value = serde_json::from_str(&self.text()).unwrap();
        assert!(config.is_object(), "{}", self.name);
        if !self.rules.is_empty() {
            assert_eq!(self.around_state(), self.rules, "{}", self.name);
        }
        if let Ok(last) = std::fs::read_to_string(self.last()) {
            serde_json::from_str::<Value>(&last).unwrap();
        }
    }

    /// Nothing waits any more: whatever was told, and however its mails merged, has arrived.
    fn assert_history_has_it_delivered(&mut self) {
        let run = self.world.run(&["history", "--json"]);
        let said: Value = serde_json::from_str(&run.stdout).unwrap();
        let entries = said["entries"].as_array().unwrap();
        assert!(!entries.is_empty(), "{}", self.told());
        // What a pause held is in the mail of the pause's card.
        for entry in entries.iter().filter(|entry| entry["held"] != true) {
            let mails = entry["mails"].as_array().unwrap();
            assert!(!mails.is_empty(), "{entry}");
            assert!(mails.iter().all(|mail| mail["became"] == "delivered"), "{entry}");
        }
    }

    fn assert_process_tells_nothing(&self, pid: u32) {
        for file in ["cmdline", "environ"] {
            // It may have ended meanwhile.
            let text = std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            self.assert_silent(file, &String::from_utf8_lossy(&text));
        }
    }

    fn assert_no_secret(&self, config: &Value) {
        self.assert_silent("output", &self.said);
        self.assert_silent("state", &config["state"].to_string());
        let last: Value =
            serde_json::from_str(&std::fs::read_to_string(self.last()).unwrap()).unwrap();
        self.assert_silent("state of .last", &last["state"].to_string());
        for (_, mail) in &self.ledger.mails {
            let raw = String::from_utf8_lossy(&mail.raw).into_owned();
            for text in [raw, mail.text(), mail.html(), mail.subject()] {
                self.assert_silent("mail", &text);
            }
        }
    }

    fn assert_silent(&self, place: &str, text: &str) {
        for secret in &self.secrets {
            assert!(!text.contains(secret), "a secret in {place}");
        }
    }

    fn told(&self) -> String {
        let tail = self.said.len().saturating_sub(4_000);
        let tail = self.said.get(tail..).unwrap_or(&self.said);
        format!("{} at {}\n{tail}", self.name, self.now)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.world.config_path()).unwrap()
    }

    fn last(&self) -> PathBuf {
        self.world.folder().join("illumio_api_config.json.last")
    }

    /// Without `state` the same bytes: the comma before it is not the user's.
    fn around_state(&self) -> String {
        let (before, behind) = split_at_state(&self.text());
        format!("{}{behind}", before.trim_end().trim_end_matches(',').trim_end())
    }
}

/// The text before `"state":` and behind its line; the whole and `}` without one.
fn split_at_state(text: &str) -> (String, String) {
    match text.split_once("\"state\":") {
        Some((before, rest)) => {
            let (_, behind) = rest.split_once('\n').unwrap();
            (before.to_owned(), behind.to_owned())
        }
        None => {
            let body = text.trim_end().strip_suffix('}').unwrap();
            (body.to_owned(), "}\n".to_owned())
        }
    }
}
