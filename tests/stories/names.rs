//! Names that every other program on the host finds, with real name servers as odd as
//! they are in the field. As root alone: they listen on port 53, and `/etc/resolv.conf`
//! names them in a mount namespace. The static program has the faults that this is
//! about; `make test` takes it.

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::check::{findings, in_good_order};
use crate::pce::*;
use crate::world::names::{NameServer, Says, may_mount, with_mounts, with_resolv_conf};
use crate::world::{Mail, Run, World};

use Says::*;

const PCE: &str = "pce.example.test";

/// A world over HTTPS whose PCE is called so, with something to tell.
fn named(name: &str) -> World {
    let world = World::with_tls(Tls::Named);
    let port = world.pce.address().port();
    world.set("api.url", json!(format!("https://{name}:{port}")));
    // Names that are never answered take their time.
    world.set("api.timeout_seconds", json!(30));
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world
}

/// Runs it where these are the name servers.
fn run_with(world: &mut World, arguments: &[&str], servers: &[Ipv4Addr], more: &str) -> Run {
    let file = world.folder().join("resolv.conf");
    let servers = servers.iter().map(|ip| format!("nameserver {ip}\n"));
    std::fs::write(&file, servers.collect::<String>() + more).unwrap();
    let command = with_resolv_conf(&world.command(arguments), &file);
    world.run_command(command)
}

fn run_at(world: &mut World, when: &str, servers: &[Ipv4Addr], more: &str) -> Run {
    world.pce.set_now(when);
    run_with(world, &["run"], servers, more)
}

/// What `check --json` says of a probe: its result, and all its text.
fn said(run: &Run, probe: &str) -> (String, String) {
    let found = findings(run).into_iter().find(|(name, ..)| name == probe);
    let (_, result, finding) = found.unwrap_or_else(|| panic!("no {probe}: {run:?}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let details = finding["details"].as_array().unwrap().iter().map(text);
    let all = [text(&finding["what"]), text(&finding["fix"])];
    (result, details.chain(all).collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_good_a_record_is_enough_whatever_is_said_of_aaaa() {
    if !may_mount() {
        return;
    }
    for (aaaa, says) in [
        (Code(3), "NXDOMAIN"),
        (Code(2), "SERVFAIL"),
        (Code(5), "REFUSED"),
        (Code(4), "NOTIMP"),
        (Nothing, "does not answer"),
    ] {
        let Some(server) = NameServer::of(PCE, Loopback, aaaa).start() else {
            return;
        };
        let mut world = named(PCE);

        let run = run_at(&mut world, "10:10", &[server], "");

        assert_eq!((run.code, run.number("alerts")), (0, 1), "{says}: {run:?}");
        in_good_order(&mut world);
        let check = run_with(&mut world, &["check", "--json"], &[server], "");
        let (result, text) = said(&check, "pce.dns");
        assert_eq!(result, "remark", "{text}");
        let server = server.to_string();
        for part in [says, "AAAA record of pce.example.test", &server] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("the A record"), "{text}");
    }
}

#[test]
fn an_answer_that_is_cut_by_udp_is_asked_for_by_tcp() {
    if !may_mount() {
        return;
    }
    let Some(server) = NameServer::of(PCE, Truncated, Empty).start() else {
        return;
    };
    let mut world = named(PCE);
    let run = run_at(&mut world, "10:10", &[server], "");
    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
}

#[test]
fn of_two_name_servers_the_quicker_one_has_not_the_last_word() {
    if !may_mount() {
        return;
    }
    let slow =
        NameServer { after: Duration::from_millis(100), ..NameServer::of(PCE, Loopback, Empty) };
    let quick = NameServer::of("another.example.test", Loopback, Empty);
    let (Some(slow), Some(quick)) = (slow.start(), quick.start()) else {
        return;
    };
    let mut world = named(PCE);
    let run = run_at(&mut world, "10:10", &[slow, quick], "");
    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    in_good_order(&mut world);
    let check = run_with(&mut world, &["check", "--json"], &[slow, quick], "");
    let (result, text) = said(&check, "pce.dns");
    let told = format!("name server {quick} answers NXDOMAIN");
    assert!(result == "remark" && text.contains(&told), "{text}");
}

#[test]
fn a_short_name_is_found_by_the_search_domain() {
    if !may_mount() {
        return;
    }
    let server = NameServer::of("pce.dc1.example.test", Loopback, Empty);
    let Some(server) = server.start() else { return };
    let mut world = named("pce.dc1");
    let search = "search other.test example.test\n";
    let run = run_at(&mut world, "10:10", &[server], search);
    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
}

#[test]
fn the_mail_server_and_the_proxy_are_found_the_same_way() {
    if !may_mount() {
        return;
    }
    let server = NameServer::of("mail.example.test", Loopback, Code(2));
    let Some(server) = server.start() else { return };
    let mut world = World::new();
    world.set("smtp.host", json!("mail.example.test"));
    world.set("smtp.timeout_seconds", json!(30));
    world.rule(json!({"type": "event", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let run = run_at(&mut world, "10:10", &[server], "");
    assert_eq!((run.code, run.mails.len()), (0, 1), "{run:?}");
    in_good_order(&mut world);
    let check = run_with(&mut world, &["check", "--json"], &[server], "");
    let (result, text) = said(&check, "mail.dns");
    assert!(result == "remark" && text.contains("SERVFAIL"), "{text}");

    let proxy = NameServer::of("proxy.example.test", Loopback, Code(2));
    let Some(proxy) = proxy.start() else { return };
    let mut world = named(PCE);
    // Nothing listens there, so it was found.
    world.set("api.proxy", json!("http://me:hunter2@proxy.example.test:9"));
    let run = run_at(&mut world, "10:10", &[proxy], "");
    let told = "the proxy proxy.example.test:9 (from api.proxy) refuses the connection";
    assert!(run.code == 75 && run.stderr.contains(told), "{run:?}");
    assert!(!run.stderr.contains("hunter2"), "{run:?}");
}

#[test]
fn where_every_lookup_fails_the_last_verified_address_is_used_and_that_is_said() {
    if !may_mount() {
        return;
    }
    let good = NameServer::of(PCE, Loopback, Empty).start();
    let refuses = NameServer::of(PCE, Code(5), Code(5)).start();
    let (Some(good), Some(refuses)) = (good, refuses) else {
        return;
    };
    let mut world = named(PCE);
    let run = run_at(&mut world, "10:10", &[good], "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");

    world.pce.event(agent_tampering("db-02").at("10:15"));
    let run = run_at(&mut world, "10:20", &[refuses], "");

    assert_eq!((run.code, run.number("alerts")), (0, 1), "{run:?}");
    // Nothing failed, so cron has nothing to mail of it.
    let told = "The name pce.example.test can't be looked up";
    assert!(!run.stderr.contains(told), "{run:?}");
    let words = |mail: &Mail| mail.text().split_whitespace().collect::<Vec<_>>().join(" ");
    let mail = words(run.mail());
    assert!(mail.contains(told) && mail.contains("127.0.0.1"), "{mail}");
    in_good_order(&mut world);
    let check = run_with(&mut world, &["check", "--json"], &[refuses], "");
    let (result, text) = said(&check, "pce.dns");
    assert_eq!(result, "remark", "{text}");
    for part in ["127.0.0.1", "answers REFUSED for the A/AAAA record"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    // The daily report tells it, and so does a run that failed.
    world.set("settings.daily_report", json!("10:25"));
    let run = run_at(&mut world, "10:26", &[refuses], "");
    assert!(run.code == 0 && !run.stderr.contains(told), "{run:?}");
    assert!(words(run.mail()).contains(told), "{run:?}");
    world.pce.fault(Fault::status(503).on("/events").times(9));
    let run = run_at(&mut world, "10:28", &[refuses], "");
    assert!(run.code == 75 && run.stderr.contains(told), "{run:?}");
    world.pce.heal();

    // Whoever is not verified might be anyone.
    world.set("api.verify_ssl", json!(false));
    let run = run_at(&mut world, "10:30", &[refuses], "");
    assert_eq!(run.code, 75, "{run:?}");
    assert!(run.stderr.contains("its name has no address"), "{run:?}");
}

#[test]
fn localhost_needs_no_name_server() {
    if !may_mount() {
        return;
    }
    let Some(silent) = NameServer::of(PCE, Nothing, Nothing).start() else {
        return;
    };
    let mut world = World::with_tls(Tls::PrivateCa);
    let port = world.pce.address().port();
    world.set("api.url", json!(format!("https://localhost:{port}")));
    world.set("smtp.host", json!("localhost"));
    let (hosts, resolv) = (world.folder().join("hosts"), world.folder().join("resolv.conf"));
    std::fs::write(&hosts, "").unwrap();
    std::fs::write(&resolv, format!("nameserver {silent}\n")).unwrap();
    world.pce.set_now("10:10");
    let command = with_resolv_conf(&world.command(&["run"]), &resolv);
    let run = world.run_command(with_mounts(&command, &[(&hosts, Path::new("/etc/hosts"))], ""));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.took < Duration::from_secs(20), "{:?}", run.took);
}
