//! What starts the runs, as `check` reads it from crontabs and timers below a root.

use std::path::Path;

use illumio_monitor::commands::check::{Finding, Mark, Place, check_schedule};
use illumio_monitor::config::Env;
use illumio_monitor::lang::Lang;
use illumio_monitor::rules::Rule;
use illumio_monitor::store::read_config;
use serde_json::json;

use crate::world::Folder;

fn put(root: &Folder, path: &str, text: &str) {
    let file = root.path().join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn found(root: &Folder, rules: &[Rule]) -> Vec<Finding> {
    let place = Place {
        root: root.path(),
        own: false,
        program: Path::new("/opt/im/illumio-monitor"),
        config: Path::new("/srv/im.json"),
    };
    check_schedule(place, rules, Lang::En)
}

fn schedule(root: &Folder) -> Finding {
    let mut all = found(root, &[]);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn a_line_in_a_crontab_of_any_kind_is_found_with_its_interval() {
    for (path, text, minutes) in [
        (
            "etc/cron.d/illumio-monitor",
            "SHELL=/bin/sh\n*/10 * * * * illumio /usr/bin/illumio-monitor run --log syslog\n",
            10,
        ),
        (
            "var/spool/cron/crontabs/illumio",
            "# x\n*/5 * * * * cd /opt && ./illumio-monitor -c a.json run\n",
            5,
        ),
        ("var/spool/cron/illumio", "@hourly /opt/im/illumio-monitor run\n", 60),
        ("etc/crontab", "0,30 * * * * root /opt/im/illumio-monitor run\n", 30),
    ] {
        let root = Folder::new();
        put(&root, path, text);
        let told = schedule(&root);
        assert_eq!(told.mark, Mark::Good, "{told:?}");
        let every = format!("every {minutes} min");
        assert!(told.what.contains(&every) && told.what.contains(path), "{told:?}");
    }
}

#[test]
fn what_only_looks_like_a_run_is_none() {
    let root = Folder::new();
    put(
        &root,
        "etc/cron.d/other",
        "*/10 * * * * root /usr/bin/illumio-monitor status\n#*/10 * * * * root illumio-monitor run\n",
    );
    put(&root, "etc/cron.d/illumio-monitor.rpmsave", "*/10 * * * * root illumio-monitor run\n");
    let told = schedule(&root);
    assert!(!told.ok(), "{told:?}");
    assert!(told.fix.unwrap().contains("*/10 * * * * /opt/im/illumio-monitor -c /srv/im.json run"));
}

#[test]
fn an_enabled_timer_is_found_with_its_drop_ins_and_a_disabled_one_is_told() {
    let root = Folder::new();
    put(
        &root,
        "usr/lib/systemd/system/illumio-monitor.timer",
        "[Timer]\nOnCalendar=*:0/10\nAccuracySec=30s\n",
    );
    let told = schedule(&root);
    assert!(
        !told.ok() && told.fix.as_deref().unwrap().contains("systemctl enable --now"),
        "{told:?}"
    );

    put(&root, "etc/systemd/system/timers.target.wants/illumio-monitor.timer", "");
    assert!(schedule(&root).what.contains("every 10 min"));
    put(
        &root,
        "etc/systemd/system/illumio-monitor.timer.d/often.conf",
        "[Timer]\nOnCalendar=\nOnUnitActiveSec=5min\n",
    );
    assert!(schedule(&root).what.contains("every 5 min"));
}

#[test]
fn two_that_start_it_are_a_remark_unless_the_cron_line_steps_back_for_the_timer() {
    let root = Folder::new();
    put(&root, "usr/lib/systemd/system/illumio-monitor.timer", "[Timer]\nOnCalendar=*:0/10\n");
    put(&root, "etc/systemd/system/timers.target.wants/illumio-monitor.timer", "");
    put(
        &root,
        "etc/cron.d/illumio-monitor",
        "*/10 * * * * im if ! systemctl -q is-enabled illumio-monitor.timer; then /usr/bin/illumio-monitor run; fi\n",
    );
    assert_eq!(schedule(&root).mark, Mark::Good);
    put(&root, "var/spool/cron/crontabs/me", "*/10 * * * * /opt/im/illumio-monitor run\n");
    let told = schedule(&root);
    assert_eq!((told.mark, told.details.len()), (Mark::Remark, 2), "{told:?}");
}

#[test]
fn windows_and_cooldowns_shorter_than_the_interval_are_remarks() {
    let root = Folder::new();
    put(&root, "etc/cron.d/im", "*/15 * * * * im illumio-monitor run\n");
    let rule = |id: i64, more: serde_json::Value| {
        let mut rule = json!({"id": id, "type": "event", "name": "r", "filter_value": "a.b"});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    let count = |window: u32| json!({"threshold_type": "count", "threshold_count": 2, "threshold_window": window});
    let config = json!({
        "api": {"url": "https://pce.example.net", "key": "api_1", "secret": "x"},
        "email": {"recipients": ["a@example.net"]},
        "rules": [
            rule(1, count(10)), rule(2, count(15)), rule(3, json!({"cooldown_minutes": 5})),
            rule(4, json!({"cooldown_minutes": 0})), rule(5, json!({"cooldown_minutes": 60})),
            rule(6, json!({"cooldown_minutes": 5, "enabled": false})),
        ]
    });
    let config = read_config(Path::new("x.json"), &config.to_string(), &Env::default()).unwrap();

    let told = found(&root, &config.rules);

    let of = |probe: &str| told.iter().find(|one| one.probe == probe).unwrap();
    assert!(of("rules.window").what.ends_with("runs: 1"), "{told:?}");
    assert!(of("rules.cooldown").what.ends_with(": 3"), "{told:?}");
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(Finding::ok));
}
