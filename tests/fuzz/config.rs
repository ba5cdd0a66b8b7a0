//! The config reader.

use std::path::Path;

use illumio_monitor::config::{Config, Env};
use illumio_monitor::lang::Lang;
use illumio_monitor::rules::Threshold;
use illumio_monitor::store::read_config;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::drive::fuzz;
use crate::json::{any_value, damage, damaged, entry, object, odd_string, of};

/// Stands wherever a secret may; no message may show it.
const SECRET: &str = "\"s3cr3t-zqx\"";

const KEYS: &[&str] = &[
    "url",
    "key",
    "org_id",
    "host",
    "port",
    "id",
    "name",
    "type",
    "level",
    "recipients",
    "x",
    "_x",
];

fn small() -> BoxedStrategy<String> {
    (0..20_000u32).prop_map(|number| number.to_string()).boxed()
}

fn text() -> BoxedStrategy<String> {
    odd_string().boxed()
}

fn one(key: &'static str, right: BoxedStrategy<String>) -> BoxedStrategy<String> {
    entry(key, right, KEYS)
}

fn secret(key: &'static str) -> BoxedStrategy<String> {
    Just(format!("\"{key}\": {SECRET}")).boxed()
}

fn api() -> BoxedStrategy<String> {
    object(vec![
        one(
            "url",
            of(&[
                "\"https://pce.example.com:8443/\"",
                "\"http://[::1]:80\"",
                "\"pce\"",
                "\"https://u:s3cr3t-zqx@pce\"",
            ]),
        ),
        one("org_id", of(&["\"1\"", "7", "\"\""])),
        one("key", of(&["\"api_1a2b3c\""])),
        secret("secret"),
        one("verify_ssl", of(&["true", "false"])),
        one("key_expires", of(&["\"2027-01-31\"", "\"2027-02-30\""])),
        one(
            "proxy",
            of(&[
                "\"none\"",
                "\"http://u:s3cr3t-zqx@proxy:3128\"",
                "\"socks5://s3cr3t-zqx@x\"",
                "\"\"",
            ]),
        ),
        one("timeout_seconds", small()),
        one("query_timeout_seconds", small()),
    ])
}

fn email() -> BoxedStrategy<String> {
    let address = || {
        prop_oneof![
            of(&[
                "\"soc@example.com\"",
                "\"SOC <soc@example.com>\"",
                "\"root\"",
                "\"使用者@例子.tw\"",
                "\"a@b, c@d\""
            ]),
            text(),
        ]
    };
    let list = vec(address(), 0..4).prop_map(|all| format!("[{}]", all.join(","))).boxed();
    object(vec![
        one("sender", address().boxed()),
        one("envelope_sender", address().boxed()),
        one("recipients", list.clone()),
        one("recipients", address().boxed()),
        one("raw_snapshot", of(&["true", "false"])),
        one("attach_records", of(&["true", "1"])),
        one("thread", of(&["true", "\"daily\""])),
    ])
}

fn smtp() -> BoxedStrategy<String> {
    object(vec![
        one("host", of(&["\"localhost\"", "\"[::1]\"", "\"mail example\""])),
        one("port", small()),
        one(
            "tls",
            of(&["\"none\"", "\"starttls\"", "\"implicit\"", "\"opportunistic\"", "\"Starttls\""]),
        ),
        one("user", text()),
        secret("password"),
        one("enable_auth", of(&["true", "false"])),
        one("timeout_seconds", small()),
    ])
}

fn settings() -> BoxedStrategy<String> {
    object(vec![
        one("language", of(&["\"en\"", "\"zh_TW\"", "\"zh-TW\"", "\"de\""])),
        one(
            "timezone",
            of(&["\"Asia/Taipei\"", "\"UTC\"", "\"Mars/Base\"", "\"../../etc/passwd\""]),
        ),
        one("site_name", text()),
        one("daily_report", of(&["\"off\"", "\"08:00\"", "\"24:61\""])),
        one("archive_dir", of(&["\"logs\"", "\"\"", "7"])),
        one("reminder_hours", small()),
        one("event_overlap_minutes", small()),
        one("late_reach_hours", small()),
        one("cycle_deadline_seconds", small()),
        one("traffic_counts", of(&["\"auto\"", "\"clipped\""])),
    ])
}

fn rule() -> BoxedStrategy<String> {
    let labels = || {
        of(&["\"app=shop\"", "\"app=shop,env=prod\"", "[\"app=a,b\"]", "\"=\"", "\"app\"", "null"])
    };
    let ips = || {
        of(&[
            "\"10.0.0.0/8\"",
            "[\"::1\",\"10.0.0.1\"]",
            "\"10.0.0.0/33\"",
            "\"10.0.0.1-10.0.0.9\"",
        ])
    };
    let ports =
        || of(&["443", "\"80,443,8000-8100\"", "\"9-1\"", "\"-\"", "70000", "0", "[80,\"90-91\"]"]);
    object(vec![
        one("id", small()),
        one("type", of(&["\"event\"", "\"traffic\"", "\"traffic\""])),
        one("name", text()),
        one("level", of(&["\"critical\"", "\"info\""])),
        one("filter_value", of(&["\"agent.*\"", "\"a|b\"", "\"|\""])),
        one("severity", of(&["\"err,crit\"", "[\"none\"]"])),
        one("pd", of(&["2", "-1", "0", "9"])),
        one("port", ports()),
        one("ex_port", ports()),
        one("proto", of(&["\"tcp\"", "17", "256"])),
        one("src_label", labels()),
        one("ex_dst_label", labels()),
        one("src_ip_in", ips()),
        one("ex_dst_ip", ips()),
        one("count_by", of(&["\"flows\"", "\"objects\"", "\"connections\""])),
        one("threshold_type", of(&["\"count\"", "\"immediate\""])),
        one("threshold_count", small()),
        one("threshold_window", small()),
        one("cooldown_minutes", small()),
    ])
}

fn file() -> BoxedStrategy<String> {
    let rules = vec(rule(), 0..4).prop_map(|all| format!("[{}]", all.join(","))).boxed();
    object(vec![
        one("api", api()),
        one("email", email()),
        one("smtp", smtp()),
        one("settings", settings()),
        one("rules", rules),
        one("state", object(vec![one("language", of(&["\"zh_TW\""])), one("version", small())])),
        one("_note", any_value(KEYS)),
        one("Rules", small()),
    ])
}

/// The least config, so that the rest is not hidden behind what is missing.
fn good(more: &str) -> String {
    format!(
        r#"{{"api": {{"url": "https://pce.example.com", "key": "k", "secret": {SECRET}}},
 "email": {{"recipients": ["soc@example.com"]}}, "smtp": {{}}, {more}}}"#
    )
}

/// What holds of every config that was taken.
fn is_checked(config: &Config) -> Result<(), TestCaseError> {
    prop_assert!(config.pce.url.starts_with("http") && !config.pce.url.ends_with('/'));
    prop_assert!(!config.mail.recipients.is_empty());
    prop_assert!(config.mail.smtp.port > 0);
    for rule in &config.rules {
        prop_assert!(rule.cooldown_minutes <= 10_080);
        if let Threshold::Count { count, window } = rule.threshold {
            prop_assert!((1..=1_000_000_000).contains(&count) && (1..=10_080).contains(&window));
        }
        rule.filter.fingerprint();
    }
    for warning in &config.warnings {
        prop_assert!(
            !warning.chars().any(illumio_monitor::screen::visible::hidden),
            "{:?}",
            warning
        );
    }
    Ok(())
}

fn read(text: &str, whole: bool) -> Result<(), TestCaseError> {
    match read_config(Path::new("/etc/monitor/config.json"), text, &Env::default()) {
        Ok(config) => {
            is_checked(&config)?;
            prop_assert!(!whole || !format!("{config:?}").contains("s3cr3t"), "a secret in Debug");
            prop_assert!(!whole || !config.warnings.join("").contains("s3cr3t"));
        }
        Err(error) => {
            let [english, chinese] = [Lang::En, Lang::ZhTw].map(|lang| error.lines(lang));
            prop_assert!(
                !english.is_empty() && english.len() == chinese.len() && english.len() <= 22
            );
            for line in english.iter().chain(&chinese) {
                prop_assert!(
                    !line.chars().any(illumio_monitor::screen::visible::hidden),
                    "{:?}",
                    line
                );
                prop_assert!(line.len() < 4_000, "{} bytes in a line: {}", line.len(), line);
                prop_assert!(!whole || !line.contains("s3cr3t"), "{}", line);
            }
        }
    }
    Ok(())
}

#[test]
fn whatever_stands_in_the_config_is_taken_or_told() {
    let rules = vec(rule(), 1..4).prop_map(|all| good(&format!("\"rules\": [{}]", all.join(","))));
    let settings = settings().prop_map(|settings| good(&format!("\"settings\": {settings}")));
    let text = prop_oneof![file(), rules, settings];
    let hurt = prop_oneof![2 => Just(Vec::new()).boxed(), 1 => vec(damage(), 1..4).boxed()];
    fuzz("config", &(text, hurt), |(text, hurt)| {
        let bytes = damaged(text.into_bytes(), &hurt);
        read(&String::from_utf8_lossy(&bytes), hurt.is_empty())
    });
}
