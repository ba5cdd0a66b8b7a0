//! Faults of the mail server, injected for real at every step: what is not accepted
//! waits with its Message-ID, the exit code says whether a person is needed, and in
//! the end everything arrives.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustls::ServerConfig;
use serde_json::{Value, json};

use crate::certificate::{Wish, self_signed, signed_by_ca};
use crate::mailbox::{Action, Options};
use crate::pce::*;
use crate::world::{Run, World};

/// A server's fault, and what the cycle makes of it.
pub struct Case {
    pub name: String,
    pub options: Options,
    pub code: i32,
    /// Standard error has a line with all of these.
    pub says: Vec<String>,
    /// How many mails the broken server takes all the same.
    pub taken: usize,
    /// What `smtp` is beside host and port.
    pub smtp: Value,
}

impl Case {
    pub fn new(at: &str, what: &str, options: Options, code: i32, says: &[&str]) -> Self {
        Self {
            name: format!("{what} at {at}"),
            options,
            code,
            says: says.iter().map(|says| (*says).to_owned()).collect(),
            taken: 0,
            smtp: json!({"tls": "none"}),
        }
    }
}

/// The steps of a plain conversation, and how standard error names them.
const STEPS: [(&str, &str); 6] = [
    ("GREETING", "greeting"),
    ("EHLO", "EHLO"),
    ("MAIL", "MAIL FROM"),
    ("RCPT", "RCPT TO"),
    ("DATA", "DATA"),
    ("END", "end of the message"),
];

pub fn watched() -> World {
    let world = World::new();
    world.set("email.raw_snapshot", json!(false));
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    world
}

/// The waiting mails' Message-IDs.
fn waiting(world: &World) -> Vec<String> {
    let mails = world.config()["state"]["outbox"]["mails"].clone();
    let ids = mails.as_array().unwrap().iter();
    ids.map(|mail| format!("<{}>", mail["message_id"].as_str().unwrap())).collect()
}

pub fn figures(run: &Run) -> (i32, u64, u64) {
    (run.code, run.number("mails"), run.number("pending"))
}

/// The one story: a cycle whose mail meets the fault, then a server that is well.
fn suffers(case: Case) {
    let name = &case.name;
    let mut world = watched();
    world.pce.event(agent_tampering("db-01").at("10:05"));
    world.edit(|config| {
        let smtp = config["smtp"].as_object_mut().unwrap();
        smtp.insert("timeout_seconds".into(), json!(1));
        smtp.extend(case.smtp.as_object().unwrap().clone());
    });
    world.mail_server(case.options);
    let server = format!("127.0.0.1:{}", world.mailbox.port());

    let run = world.run_at("10:10");

    assert_eq!(figures(&run), (case.code, 0, 1), "{name}: {run:?}");
    assert_eq!(run.number("alerts"), 1, "{name}: {run:?}");
    let told = run.stderr.lines().find(|line| case.says.iter().all(|says| line.contains(says)));
    let told = told.unwrap_or_else(|| panic!("{name}: {:?}: {run:?}", case.says));
    let refused = told.contains("refused by the mail server");
    assert!(refused || told.contains(&server), "{name}: {run:?}");
    assert_eq!(run.mails.len(), case.taken, "{name}");
    let first = waiting(&world);
    assert_eq!(first.len(), 1, "{name}");

    world.mail_server(Options::default());
    world.set("smtp.tls", json!("none"));
    world.set("smtp.timeout_seconds", json!(30));
    world.set("smtp.user", Value::Null);
    world.set("smtp.password", Value::Null);
    world.pce.event(agent_tampering("db-02").at("10:15"));
    let good = world.run_at("10:20");
    assert_eq!(figures(&good), (0, 2, 0), "{name}: {good:?}");
    assert_eq!(good.mails[0].header("Message-ID"), first[0], "{name}");
    let twice = run.mails.iter().all(|mail| mail.header("Message-ID") == first[0]);
    assert!(twice, "{name}: {run:?}");
    for (mail, host) in good.mails.iter().zip(["db-01", "db-02"]) {
        assert!(mail.subject().contains(host), "{name}: {}", mail.subject());
        assert_eq!(mail.told().len(), 1, "{name}");
    }
    let after = world.run_at("10:30");
    assert_eq!((figures(&after), after.mails.len()), ((0, 0, 0), 0), "{name}: {after:?}");
}

/// All at the same time: most of it is waiting.
pub fn all_suffer(cases: impl IntoIterator<Item = Case>) {
    thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || suffers(case));
        }
    });
}

#[test]
fn a_server_that_is_silent_at_any_step_keeps_the_mail_waiting() {
    all_suffer(STEPS.map(|(at, step)| {
        let options = Options::default().at(at, Action::Hang);
        Case::new(at, "hang", options, 75, &[step, "no answer in time"])
    }));
}

#[test]
fn a_server_that_hangs_up_at_any_step_keeps_the_mail_waiting() {
    all_suffer(STEPS.map(|(at, step)| {
        let options = Options::default().at(at, Action::Drop);
        Case::new(at, "drop", options, 75, &[step, "closed the connection"])
    }));
}

#[test]
fn a_mail_taken_without_an_answer_comes_once_more_with_its_message_id() {
    let silent = Action::Pause(10_000, Box::new(Action::TakeAndDrop));
    let says = ["end of the message", "same Message-ID"];
    let dropped = Options::default().at("END", Action::TakeAndDrop);
    all_suffer([
        Case { taken: 1, ..Case::new("END", "taken and dropped", dropped, 75, &says) },
        Case::new("END", "taken much later", Options::default().at("END", silent), 75, &says),
    ]);
}

/// A server that answers so at a step; to HELO as to EHLO.
fn answering(at: &str, answer: &str) -> Options {
    let options = Options::default().say(at, answer);
    match at {
        "EHLO" => options.say("HELO", answer),
        _ => options,
    }
}

#[test]
fn a_refusal_for_now_is_retried_and_one_for_good_needs_a_person() {
    let answers = [
        ("421 4.3.2 shutting down", 75),
        ("451 4.3.0 try again later", 75),
        ("550 5.7.1 not from here", 78),
        ("554 5.7.1 relay access denied", 78),
    ];
    all_suffer(STEPS.into_iter().flat_map(|(at, step)| {
        answers.map(|(answer, code)| {
            // A recipient is refused by name.
            let step = if at == "RCPT" && code == 78 { "soc@" } else { step };
            let step = if at == "RCPT" && answer.starts_with("451") { "soc@" } else { step };
            Case::new(at, answer, answering(at, answer), code, &[step, answer])
        })
    }));
}

#[test]
fn tls_that_is_refused_breaks_or_cannot_be_trusted_keeps_the_mail_waiting() {
    let loopback = Wish { name: "127.0.0.1", ..Wish::default() };
    let other = Wish { name: "other.example.net", ..Wish::default() };
    let (good, ca) = signed_by_ca(&loopback);
    let folder = crate::world::Folder::new();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, ca).unwrap();
    let offering =
        |server: Arc<ServerConfig>| Options { starttls: Some(server), ..Options::default() };
    let (stranger, _) = signed_by_ca(&loopback);
    let (wrong_name, _) = signed_by_ca(&other);
    let cases = [
        ("no STARTTLS", Options::default(), 78, "offers no STARTTLS"),
        (
            "454 to STARTTLS",
            offering(good.server()).say("STARTTLS", "454 4.7.0 TLS not available"),
            75,
            "454 4.7.0",
        ),
        (
            "554 to STARTTLS",
            offering(good.server()).say("STARTTLS", "554 5.7.3 no"),
            78,
            "554 5.7.3",
        ),
        ("hang", offering(good.server()).at("STARTTLS", Action::Hang), 75, "no answer in time"),
        ("drop", offering(good.server()).at("STARTTLS", Action::Drop), 75, "closed the connection"),
        ("a stranger's CA", offering(stranger.server()), 78, "in ca_file"),
        ("another name", offering(wrong_name.server()), 78, "TLS"),
        ("self-signed", offering(self_signed(&loopback).server()), 78, "in ca_file"),
    ];
    all_suffer(cases.map(|(what, options, code, says)| Case {
        smtp: json!({"tls": "starttls", "ca_file": ca_file}),
        ..Case::new("STARTTLS", what, options, code, &["TLS", says])
    }));
}

#[test]
fn a_login_that_is_refused_or_breaks_keeps_the_mail_waiting() {
    let asking = || Options {
        login: Some(("monitor".to_owned(), "another-Password".to_owned())),
        ..Options::default()
    };
    let cases = [
        ("wrong password", asking(), 78, "535 5.7.8"),
        ("454", asking().say("AUTH", "454 4.7.0 later"), 75, "454 4.7.0"),
        ("no AUTH", Options::default(), 78, "offers neither"),
        ("hang", asking().at("AUTH", Action::Hang), 75, "no answer in time"),
        ("drop", asking().at("AUTH", Action::Drop), 75, "closed the connection"),
    ];
    all_suffer(cases.map(|(what, options, code, says)| Case {
        smtp: json!({"tls": "none", "user": "monitor", "password": "smtp-S3cret!"}),
        ..Case::new("AUTH", what, options, code, &["logging in", says])
    }));
}

#[test]
fn a_mail_too_large_for_the_server_waits_and_holds_up_no_other() {
    let mut world = watched();
    let large = (0..60).map(|number| {
        json!({"type": "event", "name": format!("Rule {number}"), "filter_value": "user.*",
            "desc": "What this rule is for. ".repeat(20)})
    });
    for rule in large {
        world.rule(rule);
    }
    world.mail_server(Options { size: Some(60_000), ..Options::default() });
    world.pce.event(session_ended("alice").at("10:05"));

    let first = world.run_at("10:10");

    assert_eq!(figures(&first), (78, 0, 1), "{first:?}");
    assert!(first.stderr.contains("MAIL FROM: it answered 552 5.3.4 too big"), "{first:?}");
    let large = waiting(&world);
    world.pce.event(agent_tampering("db-01").at("10:15"));
    let second = world.run_at("10:20");
    assert_eq!(figures(&second), (78, 1, 1), "{second:?}");
    assert!(second.mail().subject().contains("db-01"), "{second:?}");
    world.mail_server(Options { size: Some(10_000_000), ..Options::default() });
    let third = world.run_at("10:30");
    assert_eq!(figures(&third), (0, 1, 0), "{third:?}");
    assert_eq!(third.mail().header("Message-ID"), large[0]);
    let text = third.mail().text();
    assert!((0..60).all(|number| text.contains(&format!("Rule {number}"))), "{text}");
}

#[test]
fn one_recipient_refused_for_now_is_served_later_and_alone() {
    let mut world = watched();
    world.set("email.recipients", json!(["busy@example.net", "soc@example.net"]));
    world.mail_server(Options::default().times(
        "RCPT TO:<busy",
        2,
        Action::Say("450 4.2.1 mailbox busy\r\n".into()),
    ));
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let first = world.run_at("10:10");
    assert_eq!(figures(&first), (75, 1, 1), "{first:?}");
    assert!(first.stderr.contains("busy@example.net"), "{first:?}");
    let second = world.run_at("10:20");
    assert_eq!((second.code, second.mails.len()), (75, 0), "{second:?}");
    let third = world.run_at("10:30");
    assert_eq!(figures(&third), (0, 1, 0), "{third:?}");
    let to: Vec<Vec<String>> = world.mailbox.all().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, [["soc@example.net"], ["busy@example.net"]]);
    let ids: Vec<String> =
        world.mailbox.all().iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids[0], ids[1]);
}

/// So many cycles, each with one alert of its own and no mail that goes out; then a
/// server that is well. Nothing is lost, and nothing comes twice.
fn endures(mut world: World, cycles: i64, every: SignedDuration, code: i32) -> Vec<Run> {
    let start: Timestamp = at("10:10");
    let mut runs = Vec::new();
    let mut times = Vec::new();
    for cycle in 0..cycles {
        let now = start + every * i32::try_from(cycle).unwrap();
        let happened = now - SignedDuration::from_mins(5);
        times.push(happened.strftime("%Y-%m-%d %H:%M").to_string());
        world.pce.event(agent_tampering("db-01").at(happened));
        let run = world.run_at(now);
        assert_eq!((run.code, run.number("alerts")), (code, 1), "{now}: {run:?}");
        assert!(run.number("pending") <= 20, "{now}: {run:?}");
        runs.push(run);
    }
    let outbox = world.config()["state"]["outbox"].to_string();
    assert!(outbox.len() < 5 * 1024 * 1024, "{}", outbox.len());
    let ids = waiting(&world);
    let pending = ids.len() as u64;

    world.mail_server(Options::default());
    let now = start + every * i32::try_from(cycles).unwrap();
    let good = world.run_at(now);
    assert_eq!(figures(&good), (0, pending, 0), "{good:?}");
    let arrived: Vec<String> = good.mails.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(arrived, ids);
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for time in &times {
        let told = good.mails.iter().filter(|mail| mail.text().contains(time.as_str()));
        found.insert(time, told.count());
    }
    assert!(found.values().all(|count| *count == 1), "{found:?}");
    for mail in &good.mails {
        let (text, html) = (mail.text(), mail.html());
        assert!(text.contains("Tampering") && html.contains("Tampering"), "{text}");
    }
    assert_eq!(world.run_at(now + every).mails.len(), 0);
    runs.push(good);
    runs
}

#[test]
fn a_relay_that_refuses_everyone_for_a_day_costs_no_alert() {
    let mut world = watched();
    let denied = "554 5.7.1 relay access denied";
    world.mail_server(Options::default().say("RCPT", denied));
    let runs = endures(world, 25, SignedDuration::from_hours(1), 78);
    assert!(runs[24].stderr.contains(denied), "{:?}", runs[24]);
}

#[test]
fn after_ten_days_of_large_mails_the_outbox_holds_its_bound_and_every_line_arrives() {
    let mut world = watched();
    world.set("email.raw_snapshot", json!(true));
    for number in 0..40 {
        world.rule(json!({"type": "event", "name": format!("Rule {number:02}"),
            "filter_value": "agent.*", "desc": "What it means. ".repeat(60),
            "rec": "What to do. ".repeat(60)}));
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    world.set("smtp.port", json!(nobody.unwrap().port()));
    let days: Vec<Timestamp> =
        (0..24).map(|nth| at("10:10") + SignedDuration::from_hours(10 * nth)).collect();
    let mut largest = 0;
    for now in &days {
        let happened = *now - SignedDuration::from_mins(5);
        world.pce.event(agent_tampering("db-01").at(happened));
        let run = world.run_at(*now);
        assert_eq!((run.code, run.number("alerts")), (75, 41), "{run:?}");
        assert!(run.number("pending") <= 20, "{run:?}");
        let outbox = world.config()["state"]["outbox"].clone();
        let size = |mail: &Value| {
            let texts = ["text", "html"].map(|part| mail[part].as_str().unwrap().len());
            let lines = mail["lines"].as_array().unwrap().iter();
            texts.iter().sum::<usize>()
                + lines.map(|line| line.as_str().unwrap().len()).sum::<usize>()
        };
        let size = outbox["mails"].as_array().unwrap().iter().map(size).sum::<usize>();
        assert!(size <= 4 * 1024 * 1024, "{size}");
        largest = largest.max(size);
    }
    assert!(largest > 2_000_000, "mails of {largest} bytes are not large");

    world.mail_server(Options::default());
    let end = days[23] + SignedDuration::from_hours(10);
    let good = world.run_at(end);

    assert_eq!((good.code, good.number("pending")), (0, 0), "{good:?}");
    let texts: Vec<String> = good.mails.iter().map(|mail| mail.text()).collect();
    let htmls: Vec<String> = good.mails.iter().map(|mail| mail.html()).collect();
    for now in &days {
        let happened = *now - SignedDuration::from_mins(5);
        let time = happened.strftime("%Y-%m-%d %H:%M").to_string();
        for number in [0, 20, 39] {
            let name = format!("Rule {number:02}");
            let told = |texts: &[String]| {
                let in_it = |text: &&String| text.contains(&name) && text.contains(&time);
                texts.iter().filter(in_it).count()
            };
            assert_eq!((told(&texts), told(&htmls)), (1, 1), "{name} {time}");
        }
    }
    for mail in &good.mails {
        assert!(mail.raw.len() < 160_000, "{} bytes", mail.raw.len());
    }
    assert_eq!(world.run_at(end + SignedDuration::from_mins(10)).mails.len(), 0);
}

#[test]
fn after_ten_days_without_a_mail_server_every_alert_arrives_in_a_line() {
    let world = watched();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.set("smtp.port", json!(port));
    let begin = std::time::Instant::now();
    let runs = endures(world, 60, SignedDuration::from_hours(4), 75);
    assert!(runs[59].stderr.contains("connecting"), "{:?}", runs[59]);
    assert_eq!(runs[59].number("pending"), 20);
    assert!(begin.elapsed() < Duration::from_secs(60));
}

/// What Postfix says at RCPT of what is not the recipient's.
const NOT_HIS: [(&str, &str); 3] = [
    (
        "504 5.5.2 <monitor>: Helo command rejected: need fully-qualified hostname",
        "hostnamectl set-hostname",
    ),
    ("554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", "mynetworks"),
    ("550 5.1.8 <a@b.invalid>: Sender address rejected: Domain not found", "email.envelope_sender"),
];

#[test]
fn a_recipient_is_not_dropped_for_what_the_server_has_against_this_host() {
    for (answer, cure) in NOT_HIS {
        let mut world = watched();
        let both = json!(["soc@example.net", "boss@example.net"]);
        world.set("email.recipients", both);
        world.pce.event(agent_tampering("db-01").at("10:05"));
        world.mail_server(Options::default().say("RCPT TO:<boss", answer));

        let run = world.run_at("10:10");

        assert_eq!(figures(&run), (78, 1, 1), "{answer}: {run:?}");
        let line = run.stderr.lines().find(|line| line.contains(answer));
        assert!(line.is_some_and(|line| line.contains(cure)), "{run:?}");
        world.mail_server(Options::default());
        let run = world.run_at("10:20");
        assert_eq!(figures(&run), (0, 1, 0), "{answer}: {run:?}");
        assert_eq!(run.mails.len(), 1, "{run:?}");
        assert_eq!(run.mails[0].to, ["boss@example.net"], "{run:?}");
    }
}
