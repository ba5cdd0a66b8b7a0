//! What the sections of the config are read to, and what is refused.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use illumio_monitor::config::Env;
use illumio_monitor::lang::Lang;
use illumio_monitor::mail::Tls;
use illumio_monitor::pce::Proxy;
use illumio_monitor::rules::{Filter, Threshold};
use illumio_monitor::store::locate;

use crate::helpers::{PYTHON, minimal, one_wrong, read, read_in, with, without, wrong, wrong_in};

#[test]
fn the_python_tools_file_works_as_it_is() {
    let config = read_in(PYTHON, &Env::of(&[("LANG", "en_US.UTF-8")]));

    assert_eq!(config.pce.url, "https://pce.example.com:8443");
    assert_eq!(config.pce.org_id, "7");
    assert_eq!(config.pce.key, "api_1a2b3c");
    assert_eq!(config.pce.secret.reveal(), "5ecre7");
    assert!(!config.pce.verify_tls);
    assert_eq!(config.mail.sender, "illumio-monitor@localhost");
    assert_eq!(config.mail.recipients, ["soc@example.com", "ops@example.com"]);
    assert_eq!(config.settings.language, Lang::ZhTw);

    let [event, traffic] = &config.rules[..] else {
        panic!("two rules");
    };
    assert_eq!(event.name, "遺失心跳");
    assert_eq!(event.threshold, Threshold::Count { count: 3, window: 10 });
    assert_eq!(event.cooldown_minutes, 10);
    assert_eq!(traffic.threshold, Threshold::Immediate);
    assert_eq!(traffic.cooldown_minutes, 0);
    let Filter::Traffic(filter) = &traffic.filter else {
        panic!("a traffic rule");
    };
    assert!(filter.src_label.is_empty());
    assert_eq!(filter.dst_label[0].value, "DB");
}

#[test]
fn ids_that_stand_twice_run_and_are_told() {
    let config = read(PYTHON);

    assert_eq!(config.rules.len(), 2);
    assert_eq!(config.warnings.len(), 1);
    assert!(config.warnings[0].contains("rules[1].id"));
    assert!(config.warnings[0].contains("1771200000"));
}

#[test]
fn what_is_not_given_has_its_default() {
    let config = read(&minimal(""));

    assert_eq!(config.pce.org_id, "1");
    assert!(config.pce.verify_tls);
    assert_eq!(config.pce.proxy, Proxy::Environment);
    assert_eq!(config.pce.timeout, Duration::from_secs(30));
    assert_eq!(config.pce.query_timeout, Duration::from_secs(1800));
    assert_eq!(config.mail.sender, "illumio-monitor@localhost");
    assert!(config.mail.raw_snapshot);
    assert!(!config.mail.attach_records && !config.mail.thread);
    assert_eq!(config.mail.smtp.host, "localhost");
    assert_eq!(config.mail.smtp.port, 25);
    assert_eq!(config.mail.smtp.tls, Tls::Opportunistic);
    assert!(config.mail.smtp.login.is_none());
    assert_eq!(config.mail.smtp.timeout, Duration::from_secs(30));
    let settings = &config.settings;
    assert_eq!(settings.language, Lang::En);
    assert_eq!(settings.site_name, "pce.example.com");
    assert!(settings.enable_health_check);
    assert_eq!(settings.reminder_hours, 4);
    assert_eq!(settings.daily_report, None);
    assert_eq!(settings.event_overlap_minutes, 10);
    assert_eq!(settings.traffic_overlap_minutes, 30);
    assert_eq!(settings.late_reach_hours, 26);
    assert_eq!(settings.max_catch_up_hours, 24);
    assert_eq!(settings.max_event_catch_up_hours, 720);
    assert_eq!(settings.cycle_deadline_seconds, 420);
    assert!(config.rules.is_empty());
    assert!(config.warnings.is_empty());
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_known_one() {
    one_wrong(&with("api", "ur", "1"), &["api.ur", "\"url\""]);
    one_wrong(
        &with("settings", "reminder_hour", "4"),
        &["settings.reminder_hour", "\"reminder_hours\""],
    );
    one_wrong(&with("smtp", "prot", "25"), &["smtp.prot", "\"port\""]);
    one_wrong(&with("email", "recipient", "[]"), &["email.recipient", "\"recipients\""]);
}

#[test]
fn the_users_own_keys_and_sections_are_left_alone() {
    let config = read(&minimal(r#", "_note": 1, "_note": 2, "inventory": {"a": 1, "a": 2}"#));
    read(&with("api", "_owner", "\"network team\""));

    assert!(config.warnings.is_empty());
}

#[test]
fn a_section_with_a_slip_in_its_name_is_told() {
    let config = read(&minimal(r#", "rule": []"#));

    assert_eq!(config.warnings.len(), 1);
    assert!(config.warnings[0].contains("\"rules\""));
}

#[test]
fn a_key_that_stands_twice_is_told() {
    let text = minimal("").replace(r#""key": "api_1""#, r#""key": "api_1", "key": "api_2""#);
    one_wrong(&text, &["api.key", "twice"]);
    one_wrong(&minimal(r#", "rules": [], "rules": []"#), &["rules", "twice"]);
    one_wrong(&minimal(r#", "state": {}, "state": {}"#), &["state", "twice"]);
}

#[test]
fn a_wrong_type_is_told_with_the_right_one() {
    one_wrong(&with("smtp", "port", "\"25\""), &["smtp.port", "number"]);
    one_wrong(&with("smtp", "port", "2.5"), &["smtp.port", "whole", "2.5"]);
    one_wrong(&with("api", "verify_ssl", "\"no\""), &["api.verify_ssl", "true or false"]);
    one_wrong(&with("api", "url", "8443"), &["api.url", "text"]);
    one_wrong(&with("email", "recipients", "true"), &["email.recipients", "list"]);
    one_wrong(&with("email", "recipients", "[{}]"), &["email.recipients[0]", "text"]);
    one_wrong(&minimal(r#", "settings": []"#), &["settings", "object"]);
    one_wrong(&minimal(r#", "rules": {}"#), &["rules", "list of rules"]);
}

#[test]
fn a_number_out_of_its_range_is_told_with_the_range() {
    for (section, key, below, above, range) in [
        ("smtp", "port", "0", "65536", "from 1 to 65,535"),
        ("smtp", "timeout_seconds", "0", "601", "from 1 to 600"),
        ("api", "timeout_seconds", "-1", "601", "from 1 to 600"),
        ("api", "query_timeout_seconds", "0", "86401", "from 1 to 86,400"),
        ("settings", "reminder_hours", "0", "169", "from 1 to 168"),
        ("settings", "event_overlap_minutes", "-1", "1441", "from 0 to 1,440"),
        ("settings", "traffic_overlap_minutes", "-1", "1441", "from 0 to 1,440"),
        ("settings", "late_reach_hours", "-1", "169", "from 0 to 168"),
        ("settings", "max_catch_up_hours", "0", "2161", "from 1 to 2,160"),
        ("settings", "max_event_catch_up_hours", "0", "8761", "from 1 to 8,760"),
        ("settings", "cycle_deadline_seconds", "0", "99999999999999999999", "from 1 to 86,400"),
    ] {
        let place = format!("{section}.{key}");
        one_wrong(&with(section, key, below), &[&place, below, range]);
        one_wrong(&with(section, key, above), &[&place, range]);
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once_within_a_bound() {
    let text = minimal("").replace("https://", "").replace("soc@example.com", "soc at example");
    assert_eq!(wrong(&text).len(), 2);

    let many: Vec<_> = (0..50).map(|at| format!("\"wrong_{at}\": 1")).collect();
    let lines = wrong(&minimal(&format!(r#", "settings": {{{}}}"#, many.join(", "))));
    assert_eq!(lines.len(), 21);
    assert!(lines[20].contains("30 more"));
}

#[test]
fn broken_json_is_told_with_line_and_column() {
    for (text, parts) in [
        ("", ["line 1, column 1", "ends too early"]),
        ("{\"_註\": \"監控\" 1}", ["line 1, column 13", "comma"]),
        ("{\n \"api\": {\n", ["line 2, column 10", "ends too early"]),
        ("{\n \"api\": {\"url\": 1,}\n}", ["line 2, column 19", "remove it"]),
        ("{\n \"api\" 1}", ["line 2, column 8", "colon"]),
        ("{\n \"api\": 1 \"b\": 2}", ["line 2, column 11", "comma"]),
        ("{\n \"rules\": [1 2]}", ["line 2, column 14", "closing ]"]),
        ("{\n api: 1}", ["line 2, column 2", "double quotes"]),
        ("{\n \"api\": 'x'}", ["line 2, column 9", "value"]),
        ("{\n \"api\": \"a\nb\"}", ["line 2, column 11", "control"]),
        ("{\n \"api\": \"C:\\data\"}", ["line 2, column 13", "escape"]),
        ("{\n \"api\": 01}", ["line 2, column 10", "number"]),
        ("{}\n}", ["line 2, column 1", "after the last"]),
    ] {
        one_wrong(text, &parts);
    }
    one_wrong("[1]", &["not an object"]);
}

#[test]
fn a_url_is_taken_without_its_slash_and_told_where_it_is_none() {
    let url = |text: &str| read(&with("api", "url", &format!("\"{text}\""))).pce.url;
    assert_eq!(url("https://PCE.example.com:8443/"), "https://pce.example.com:8443");
    assert_eq!(url(" https://10.0.0.1 "), "https://10.0.0.1");
    assert_eq!(url("https://[2001:db8::1]:8443"), "https://[2001:db8::1]:8443");
    assert_eq!(url("http://localhost:8080"), "http://localhost:8080");
    assert_eq!(url("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    assert_eq!(url("http://[::1]:8080/"), "http://[::1]:8080");

    for (text, write) in [
        ("pce.example.com:8443", "\"https://pce.example.com:8443\""),
        ("http://pce.example.com:8443", "\"https://pce.example.com:8443\""),
        ("https://pce.example.com/api/v2", "\"https://pce.example.com\""),
        ("ftp://pce.example.com", "https://"),
        ("https://", "https://"),
        ("https://pce example.com", "https://"),
        ("https://pce.example.com:0", "port"),
        ("https://pce.example.com:x", "port"),
    ] {
        one_wrong(&with("api", "url", &format!("\"{text}\"")), &["api.url", write]);
    }
    one_wrong(&without("api", "url"), &["api.url", "missing", "https://pce"]);
    one_wrong(&with("api", "url", "\"\""), &["api.url", "missing"]);
}

#[test]
fn a_secret_reaches_no_error() {
    for text in [
        with("api", "url", "\"https://bob:hunter2@pce.example.com\""),
        with("api", "url", "\"bob:hunter2@pce.example.com\""),
        with("api", "proxy", "\"bob:hunter2@proxy\""),
        with("api", "secret", "\"hunter2\\u0007\""),
        with("api", "secret", "[\"hunter2\"]"),
    ] {
        let lines = wrong(&text).join("\n");
        assert!(lines.contains("api."));
        assert!(!lines.contains("hunter2"), "{lines}");
    }
    let config = read(&with("api", "proxy", "\"http://bob:hunter2@proxy:3128\""));
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn the_org_is_a_number_or_its_text() {
    assert_eq!(read(&with("api", "org_id", "42")).pce.org_id, "42");
    assert_eq!(read(&with("api", "org_id", "\"42\"")).pce.org_id, "42");
    one_wrong(&with("api", "org_id", "\"acme\""), &["api.org_id", "acme"]);
    one_wrong(&with("api", "org_id", "1.5"), &["api.org_id"]);
}

#[test]
fn a_secret_comes_from_the_environment_then_systemd_then_a_file_then_the_config() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "from file\n").unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(folder.path().join("api_secret"), "from systemd\r\n").unwrap();
    let text = with("api", "secret_file", &format!("{:?}", file));
    let credentials = ("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap());
    let environment = ("ILLUMIO_API_SECRET", "from environment");
    let secret = |text: &str, env: &[(&str, &str)]| {
        let config = read_in(text, &Env::of(env));
        config.pce.secret.reveal().to_owned()
    };

    assert_eq!(secret(&text, &[environment, credentials]), "from environment");
    assert_eq!(secret(&text, &[credentials]), "from systemd");
    assert_eq!(secret(&text, &[]), "from file");
    assert_eq!(secret(&minimal(""), &[]), "s3cr3t");
    let config = read_in(&without("api", "key"), &Env::of(&[("ILLUMIO_API_KEY", "api_env")]));
    assert_eq!(config.pce.key, "api_env");
}

#[test]
fn a_secret_that_is_nowhere_is_told_with_the_four_places() {
    one_wrong(
        &without("api", "secret"),
        &["api.secret", "api.secret_file", "$ILLUMIO_API_SECRET", "api_secret"],
    );
    one_wrong(&with("api", "secret", "\"\""), &["api.secret", "missing"]);
    one_wrong(&without("api", "key"), &["api.key", "missing"]);
}

#[test]
fn a_secret_file_that_cannot_be_read_is_an_error_and_one_that_others_can_a_warning() {
    one_wrong(
        &with("api", "secret_file", "\"no/such\""),
        &["api.secret_file", "/etc/monitor/no/such", "no such file"],
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "s").unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let config = read(&with("api", "secret_file", &format!("{:?}", file)));
    assert_eq!(config.warnings.len(), 1);
    assert!(config.warnings[0].contains("chmod 600"), "{:?}", config.warnings);

    std::fs::write(&file, "\n").unwrap();
    one_wrong(&with("api", "secret_file", &format!("{:?}", file)), &["api.secret_file", "empty"]);
}

#[test]
fn files_are_looked_for_beside_the_config() {
    let config = read(&with("api", "ca_file", "\"ca.pem\""));
    assert_eq!(config.pce.ca_file, Some(PathBuf::from("/etc/monitor/ca.pem")));
    let config = read(&with("smtp", "ca_file", "\"/ca.pem\""));
    assert_eq!(config.mail.smtp.ca_file, Some(PathBuf::from("/ca.pem")));
}

#[test]
fn a_proxy_is_a_url_or_none() {
    let proxy = |text: &str| read(&with("api", "proxy", text)).pce.proxy;
    assert_eq!(proxy("\"none\""), Proxy::Direct);
    assert_eq!(proxy("null"), Proxy::Environment);
    assert!(matches!(proxy("\"http://u:p@proxy:3128\""), Proxy::Url(_)));
    one_wrong(&with("api", "proxy", "\"proxy:3128\""), &["api.proxy", "http://"]);
}

#[test]
fn a_word_that_is_none_of_the_known_is_told_with_them() {
    one_wrong(&with("smtp", "tls", "\"ssl\""), &["smtp.tls", "ssl", "\"implicit\""]);
    one_wrong(&with("settings", "language", "\"fr\""), &["settings.language", "\"zh-TW\""]);
}

#[test]
fn what_said_how_the_pce_counts_does_nothing_and_can_go() {
    let without = read(&with("settings", "reminder_hours", "4"));
    assert!(without.obsolete.is_empty());
    for value in ["\"auto\"", "\"cumulative\"", "\"clipped\"", "\"x\"", "7"] {
        let config = read(&with("settings", "traffic_counts", value));
        assert!(config.warnings.is_empty(), "no run prints it");
        assert_eq!(config.obsolete.len(), 1);
        let told = &config.obsolete[0];
        assert!(told.contains("settings.traffic_counts") && told.contains("remove"), "{told}");
    }
}

#[test]
fn the_language_is_the_files_then_the_locales() {
    let chinese = Env::of(&[("LANG", "zh_TW.UTF-8")]);
    let language = |text: &str, env: &Env| read_in(text, env).settings.language;
    assert_eq!(language(&minimal(""), &chinese), Lang::ZhTw);
    assert_eq!(language(&minimal(""), &Env::of(&[("LANG", "C")])), Lang::En);
    assert_eq!(language(&with("settings", "language", "\"en\""), &chinese), Lang::En);
    assert_eq!(language(&with("settings", "language", "\"zh-TW\""), &Env::default()), Lang::ZhTw);
}

/// Without `settings` a file is either the Python tool's, whose mails were Chinese,
/// or written by hand by someone who is content with the defaults.
#[test]
fn a_python_era_file_is_chinese_and_a_short_one_by_hand_is_the_locales() {
    let in_c = |text: &str| read_in(text, &Env::of(&[("LANG", "C")])).settings.language;
    let file = |rule: &str| {
        format!(
            r#"{{"api": {{"url": "https://pce.example.com", "key": "api_1", "secret": "s3cr3t"}},
 "email": {{"recipients": ["soc@example.com"]}}, "rules": [{rule}]}}"#
        )
    };
    let ours =
        r#""type": "event", "filter_value": "agent.tampering", "threshold_type": "immediate""#;

    assert_eq!(in_c(&file("")), Lang::En);
    assert_eq!(in_c(&file(&format!(r#"{{"id": 1, "name": "Agent tampered", {ours}}}"#))), Lang::En);
    assert_eq!(
        in_c(&file(&format!(
            r#"{{"id": 1, "name": "Tampered", "filter_key": "event_type", {ours}}}"#
        ))),
        Lang::ZhTw
    );
    let traffic = r#"{"id": 1, "type": "traffic", "name": "DB", "pd": 2, "desc": "\u6d41\u91cf\u88ab\u963b\u64cb"}"#;
    assert_eq!(in_c(&file(traffic)), Lang::ZhTw);
}

#[test]
fn a_zone_a_time_and_a_date_are_checked() {
    let config = read(&with("settings", "timezone", "\"Asia/Taipei\""));
    assert_eq!(config.settings.timezone.iana_name(), Some("Asia/Taipei"));
    one_wrong(
        &with("settings", "timezone", "\"Asia/Taipeh\""),
        &["settings.timezone", "Asia/Taipeh"],
    );

    let config = read(&with("settings", "daily_report", "\"08:30\""));
    assert_eq!(config.settings.daily_report, Some(jiff::civil::time(8, 30, 0, 0)));
    for odd in ["24:00", "8", "08:60", "8:3", "+8:30"] {
        let text = with("settings", "daily_report", &format!("\"{odd}\""));
        one_wrong(&text, &["settings.daily_report", odd, "08:30"]);
    }

    let config = read(&with("api", "key_expires", "\"2027-01-31\""));
    assert_eq!(config.pce.key_expires, Some(jiff::civil::date(2027, 1, 31)));
    one_wrong(&with("api", "key_expires", "\"31.1.2027\""), &["api.key_expires"]);
}

#[test]
fn the_path_is_the_options_then_the_environments_then_the_executables() {
    let env = Env::of(&[("ILLUMIO_MONITOR_CONFIG", "/env.json")]);
    let none = Env::of(&[("ILLUMIO_MONITOR_CONFIG", "")]);
    let option = PathBuf::from("option.json");
    let exe = |path: &str| locate(None, &none, &PathBuf::from(path));

    assert_eq!(locate(Some(&option), &env, &PathBuf::from("/usr/bin/illumio-monitor")), option);
    assert_eq!(
        locate(None, &env, &PathBuf::from("/usr/bin/illumio-monitor")),
        PathBuf::from("/env.json")
    );
    assert_eq!(
        exe("/opt/monitor/illumio-monitor"),
        PathBuf::from("/opt/monitor/illumio_api_config.json")
    );
    for system in ["/usr/bin/illumio-monitor", "/usr/local/bin/m", "/usr/sbin/m"] {
        assert_eq!(exe(system), PathBuf::from("/var/lib/illumio-monitor/illumio_api_config.json"));
    }
}

#[test]
fn a_wrong_value_from_the_environment_is_told_too() {
    let env = Env::of(&[("ILLUMIO_API_SECRET", "a\nb")]);
    let lines = wrong_in(&minimal(""), &env);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("api.secret"));
}

/// What users copy must work as it stands, but for the key, which is theirs.
#[test]
fn the_example_config_is_valid() {
    let key = Env::of(&[("ILLUMIO_API_KEY", "api_1"), ("ILLUMIO_API_SECRET", "s3cr3t")]);
    let example = include_str!("../../dist/illumio_api_config.example.json");
    let config = read_in(example, &key);
    assert_eq!(config.rules.len(), 13);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
}
