//! Files to begin with, and short ways to ask.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use illumio_monitor::config::{Config, Env};
use illumio_monitor::lang::Lang;
use illumio_monitor::store::{Opened, StateUse, Unopened, open, read_config};

/// A file as the Python tool writes it (`json.dump` with `indent=4`,
/// non-ASCII letters as escapes): event and traffic rules, nulls and all.
pub const PYTHON: &str = r#"{
    "api": {
        "url": "https://pce.example.com:8443/",
        "org_id": "7",
        "key": "api_1a2b3c",
        "secret": "5ecre7",
        "verify_ssl": false
    },
    "email": {
        "sender": "illumio-monitor@localhost",
        "recipients": [
            "soc@example.com",
            "ops@example.com"
        ]
    },
    "rules": [
        {
            "id": 1771200000,
            "type": "event",
            "name": "\u907a\u5931\u5fc3\u8df3",
            "filter_key": "event_type",
            "filter_value": "agent_missed_heartbeats",
            "desc": "\u907a\u5931\u5fc3\u8df3",
            "rec": "\u96e2\u7dda\u524d\u5146",
            "threshold_type": "count",
            "threshold_count": 3,
            "threshold_window": 10
        },
        {
            "id": 1771200000,
            "type": "traffic",
            "name": "\u963b\u64cb\u6d41\u91cf [Port:3306]",
            "pd": 2,
            "port": 3306,
            "src_label": null,
            "dst_label": "role=DB",
            "desc": "",
            "rec": "",
            "threshold_type": "immediate",
            "threshold_count": 1,
            "threshold_window": 10
        }
    ]
}"#;

/// The least that is a config; `more` follows as further top-level keys.
pub fn minimal(more: &str) -> String {
    format!(
        r#"{{"api": {{"url": "https://pce.example.com", "key": "api_1", "secret": "s3cr3t"}},
 "email": {{"recipients": ["soc@example.com"]}}, "smtp": {{}}{more}}}"#
    )
}

/// The least config with one key of one section set to a JSON value.
pub fn with(section: &str, key: &str, value: &str) -> String {
    let mut file: serde_json::Value =
        serde_json::from_str(&minimal(r#", "settings": {}"#)).unwrap();
    file[section][key] = serde_json::from_str(value).unwrap();
    file.to_string()
}

/// The least config without one key.
pub fn without(section: &str, key: &str) -> String {
    let mut file: serde_json::Value = serde_json::from_str(&minimal("")).unwrap();
    file[section].as_object_mut().unwrap().remove(key);
    file.to_string()
}

pub fn read(text: &str) -> Config {
    read_in(text, &Env::default())
}

pub fn read_in(text: &str, env: &Env) -> Config {
    read_config(Path::new("/etc/monitor/config.json"), text, env)
        .unwrap_or_else(|error| panic!("{}", error.lines(Lang::En).join("\n")))
}

/// The lines of what is wrong with a file.
pub fn wrong(text: &str) -> Vec<String> {
    wrong_in(text, &Env::default())
}

pub fn wrong_in(text: &str, env: &Env) -> Vec<String> {
    let error = read_config(Path::new("/etc/monitor/config.json"), text, env).unwrap_err();
    assert!(error.needs_a_person());
    let chinese = error.lines(Lang::ZhTw);
    let english = error.lines(Lang::En);
    assert_eq!(chinese.len(), english.len());
    assert_ne!(chinese, english);
    english
}

/// Asserts that exactly one thing is wrong, and that its line holds all of `parts`.
pub fn one_wrong(text: &str, parts: &[&str]) {
    let lines = wrong(text);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for part in ["/etc/monitor/config.json: "].iter().chain(parts) {
        assert!(lines[0].contains(part), "{part:?} is not in {:?}", lines[0]);
    }
}

/// A folder of its own with one config file, gone at the end of the test.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub file: PathBuf,
}

impl Place {
    pub fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.json");
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        Self { folder, file }
    }

    pub fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("config.json{suffix}"))
    }

    pub fn open(&self) -> Opened {
        open(&self.file, &Env::default(), StateUse::Keep)
            .unwrap_or_else(|no| panic!("{}", no.error.lines(Lang::En).join("\n")))
    }

    pub fn unopened(&self) -> Unopened {
        open(&self.file, &Env::default(), StateUse::Keep).unwrap_err()
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap()
    }

    /// The config and state in `.last`, without the versions of before that stand at its
    /// end.
    pub fn last(&self) -> String {
        let whole = self.whole_last();
        match whole.split_once(",\"_config_versions\":\"") {
            Some((before, rest)) => format!("{before}{}", rest.split_once('"').unwrap().1),
            None => whole,
        }
    }

    pub fn whole_last(&self) -> String {
        std::fs::read_to_string(self.beside(".last")).unwrap()
    }

    pub fn write(&self, text: &str) {
        std::fs::write(&self.file, text).unwrap();
    }
}

/// A time of day on the tests' one day.
pub fn at(clock: &str) -> jiff::Timestamp {
    format!("2026-11-22T{clock}:00Z").parse().unwrap()
}
