//! Cron mails whatever a run prints on standard error. What is merely worth knowing is
//! not there: a mail's footer says it once a day, the daily report does, and `check`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::pce::*;
use crate::world::World;

/// A world with all there is to remark: no verification, a secret's mode, two rules
/// with one id.
fn remarkable() -> World {
    let world = World::with_tls(Tls::PrivateCa);
    let secret = world.folder().join("secret");
    fs::write(&secret, world.pce.secret()).unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o644)).unwrap();
    world.edit(|config| {
        let api = config["api"].as_object_mut().unwrap();
        api.remove("secret");
        api.remove("ca_file");
        api.insert("secret_file".into(), json!(secret));
        api.insert("verify_ssl".into(), json!(false));
    });
    for name in ["Tampering", "Again"] {
        world.rule(
            json!({"id": 7, "type": "event", "name": name, "filter_value": "agent.tampering"}),
        );
    }
    world
}

const REMARKS: [&str; 3] =
    ["others may read it (mode 644)", "another rule has the id 7 too", "api.verify_ssl is false"];

#[test]
fn what_is_merely_worth_knowing_is_not_on_standard_error_and_once_a_day_in_a_mail() {
    let mut world = remarkable();
    let mut told = Vec::new();
    for (day, time) in [("03", "10:00"), ("03", "10:10"), ("03", "23:00"), ("04", "00:10")] {
        let when: jiff::Timestamp = format!("2026-08-{day}T{time}:00Z").parse().unwrap();
        let host = format!("db-{day}-{}", time.replace(':', ""));
        let happened = when - jiff::SignedDuration::from_mins(1);
        world.pce.event(agent_tampering(&host).at(happened));
        let config = world.config_path();
        fs::set_permissions(&config, Permissions::from_mode(0o644)).unwrap();
        let run = world.run_at(when);
        // That a clock was set is news.
        let lines = run.stderr.lines().filter(|line| !line.contains("clock was"));
        assert_eq!((run.code, lines.count()), (0, 0), "{run:?}");
        let text = run.mail().text().replace('\n', " ");
        let found = REMARKS.iter().filter(|remark| text.contains(**remark));
        told.push(found.count());
    }
    // Of four remarks three stand there, and that there is one more.
    assert!(told[0] >= 2 && told[3] >= 2, "{told:?}");
    assert_eq!(told[1..3], [0, 0], "{told:?}");
}

#[test]
fn the_daily_report_and_check_tell_it() {
    let mut world = remarkable();
    world.set("settings.daily_report", json!("08:00"));
    let run = world.run_at("10:00");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let report = run.mail().text().replace('\n', " ");
    let check = world.run(&["check"]);
    for remark in REMARKS {
        assert!(report.contains(remark), "{remark}: {report}");
        assert!(check.stdout.contains(remark), "{remark}: {check:?}");
    }
    // The day's other mails need not say it again.
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let alert = world.run_at("10:10");
    assert!(!alert.mail().text().contains("Worth knowing"), "{alert:?}");
}
