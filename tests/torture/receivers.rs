//! The ways out beside the mail: a file, and a listener by TCP that is down now and then.

use std::path::Path;

use serde_json::{Value, json};

use super::dice::Dice;
use crate::siem::{Manner, Siem, object};

/// Both receivers of a world.
pub struct Receivers {
    port: u16,
    siem: Option<Siem>,
    heard: Vec<Value>,
    /// Cycles for which it stays down.
    lasts: u64,
}

impl Receivers {
    pub fn start() -> Self {
        let siem = Siem::tcp(Manner::Octets);
        Self { port: siem.port(), siem: Some(siem), heard: Vec::new(), lasts: 0 }
    }

    /// For the config.
    pub fn forward(&self) -> Value {
        json!([
            {"name": "siem", "via": "syslog", "url": format!("tcp://127.0.0.1:{}", self.port)},
            {"name": "file", "via": "file", "path": "out"}
        ])
    }

    /// The listener goes down, stays so, or is up again; the fault's name where it is down.
    pub fn some_fault(&mut self, dice: &mut Dice) -> Option<&'static str> {
        if self.lasts > 0 {
            self.lasts -= 1;
        } else if dice.one_in(6) {
            self.lasts = dice.among(&[0, 1, 5]);
            self.down();
        } else {
            self.up();
        }
        self.siem.is_none().then_some("receiver: down")
    }

    pub fn up(&mut self) {
        if self.siem.is_none() {
            self.siem = Some(Siem::tcp_at(self.port, Manner::Octets));
        }
    }

    fn down(&mut self) {
        if let Some(siem) = self.siem.take() {
            self.heard.extend(siem.so_far().iter().map(|message| object(message)));
        }
    }

    /// What each has in the end: the file, the listener.
    pub fn end(mut self, folder: &Path) -> (Vec<Value>, Vec<Value>) {
        self.down();
        let text = std::fs::read_to_string(folder.join("out/alerts.jsonl")).unwrap_or_default();
        let filed = text.lines().map(|line| serde_json::from_str(line).unwrap());
        (filed.collect(), self.heard)
    }
}
