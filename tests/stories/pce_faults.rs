//! Faults of the PCE and of the way to it, injected for real: whatever goes wrong
//! and wherever, it is told, no position moves, nothing is counted in part, and
//! the next good cycle brings everything, once.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::{Run, World};

const TAMPERING: &str = "Tampering";
const BLOCKED: &str = "Blocked";

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Health,
    Events,
    Post,
    Poll,
    Download,
}

use Place::*;

const EVERYWHERE: [Place; 5] = [Health, Events, Post, Poll, Download];

/// The places that are asked by GET.
const GETS: [Place; 4] = [Health, Events, Poll, Download];

impl Place {
    /// Its requests: method, and a part of the path.
    fn requests(self) -> (&'static str, &'static str) {
        match self {
            Health => ("GET", "/api/v2/health$"),
            Events => ("GET", "/orgs/1/events$"),
            Post => ("POST", "/orgs/1/traffic_flows/async_queries$"),
            Poll => ("GET", "/orgs/1/traffic_flows/async_queries/"),
            Download => ("GET", "/download$"),
        }
    }

    /// How standard error names it.
    fn named(self) -> &'static str {
        let (_, path) = self.requests();
        let path = path.trim_end_matches('$');
        path.strip_prefix("/api/v2").unwrap_or(path)
    }

    /// Which rules can tell nothing while this place is broken.
    fn silences(self, rule: &str) -> bool {
        match self {
            Health => true,
            Events => rule == TAMPERING,
            Post | Poll | Download => rule == BLOCKED,
        }
    }
}

/// One fault at one place, and what the cycle makes of it.
struct Case {
    name: String,
    place: Place,
    fault: Fault,
    code: i32,
    /// What standard error says beside the place.
    says: &'static str,
    /// How many requests it takes there.
    requests: usize,
    /// Bodies are compressed.
    gzip: bool,
}

impl Case {
    fn new(place: Place, what: &str, fault: Fault, says: &'static str) -> Self {
        Self {
            name: format!("{what} at {place:?}"),
            place,
            fault,
            code: 75,
            says,
            requests: if place == Post { 1 } else { 3 },
            gzip: true,
        }
    }
}

/// A world with a rule for events and one for traffic, which has told what was.
fn settled() -> World {
    let world = settle(World::new());
    world.set("api.timeout_seconds", json!(1));
    world
}

fn settle(mut world: World) -> World {
    world.set("email.raw_snapshot", json!(false));
    world.rule(json!({"type": "event", "name": TAMPERING, "filter_value": "agent.tampering"}));
    world.rule(json!({"type": "traffic", "name": BLOCKED}));
    world.pce.every_query(Fate::completes().after_polls(0));
    let run = world.run_at("10:00");
    assert_eq!((run.code, run.mails.len()), (0, 0), "{run:?}");
    world.pce.event(agent_tampering("db-01").at("10:05"));
    let busy = blocked("web-02", "db-01", 22);
    world.pce.connection(busy.at("10:05").times(5));
    world.pce.forget_requests();
    world
}

/// What happens after the fault; then a good cycle and one with nothing new.
fn recovered(world: &mut World) -> Vec<Run> {
    world.pce.heal();
    // A busy machine is no fault.
    world.set("api.timeout_seconds", json!(30));
    world.set("settings.cycle_deadline_seconds", json!(420));
    world.pce.every_query(Fate::completes().after_polls(0));
    world.pce.event(agent_tampering("db-02").at("10:15"));
    let busy = blocked("web-02", "db-01", 22);
    world.pce.connection(busy.at("10:15").times(3));
    let runs = vec![world.run_at("10:20"), world.run_at("10:30")];
    assert_eq!((runs[0].code, runs[1].code), (0, 0), "{runs:?}");
    assert_eq!(runs[1].told().len(), 0, "{runs:?}");
    runs
}

/// How many matches of a rule these runs told.
fn told<'r>(runs: impl IntoIterator<Item = &'r Run>, rule: &str) -> u64 {
    let told = runs.into_iter().flat_map(Run::told);
    told.filter(|told| told.rule == rule).map(|told| told.count).sum()
}

fn position(world: &World, of: &str) -> Value {
    world.config()["state"][of]["position"].clone()
}

/// Everything that happened was told once, in the disturbed run or in the next.
fn assert_told_once(name: &str, world: &mut World, mut runs: Vec<Run>) {
    runs.extend(recovered(world));
    assert_eq!(told(&runs, TAMPERING), 2, "{name}: {runs:?}");
    assert_eq!(told(&runs, BLOCKED), 8, "{name}: {runs:?}");
}

/// The one story: a good cycle, one that meets the fault, and good ones again.
fn suffers(case: Case) {
    let name = &case.name;
    let mut world = settled();
    world.pce.gzip(case.gzip);
    let before = ["events", "traffic"].map(|of| position(&world, of));
    let (method, path) = case.place.requests();
    world.pce.fault(case.fault.method(method).on(path));

    let run = world.run_at("10:10");

    assert_eq!(run.code, case.code, "{name}: {run:?}");
    for says in [case.place.named(), case.says] {
        let line = run.stderr.lines().find(|line| line.contains(says));
        assert!(line.is_some(), "{name}: {says}: {run:?}");
    }
    assert_eq!(world.pce.faults_met(), [case.requests], "{name}: {run:?}");
    for (rule, of, before) in [(TAMPERING, "events", &before[0]), (BLOCKED, "traffic", &before[1])]
    {
        let silenced = case.place.silences(rule);
        assert_eq!(told([&run], rule) == 0, silenced, "{name}: {run:?}");
        assert_eq!(position(&world, of) == *before, silenced, "{name}: {of}");
    }
    assert_told_once(name, &mut world, vec![run]);
}

/// All at the same time: most of it is waiting.
fn at_once<C: Send>(cases: impl IntoIterator<Item = C>, story: impl Fn(C) + Sync) {
    thread::scope(|scope| {
        for case in cases {
            let story = &story;
            scope.spawn(move || story(case));
        }
    });
}

#[test]
fn silence_at_any_request_ends_with_the_timeout() {
    let silence = || Fault::hang(Duration::from_secs(30));
    let cases = EVERYWHERE.map(|place| Case::new(place, "hang", silence(), "no response in time"));
    at_once(cases, suffers);
}

#[test]
fn a_connection_that_is_closed_at_any_request_is_told() {
    let cases = EVERYWHERE.map(|place| {
        let says = "The PCE does not answer";
        Case {
            // The kept connection that the POST met, and a new one.
            requests: if place == Post { 2 } else { 3 },
            ..Case::new(place, "closed", Fault::cut(), says)
        }
    });
    at_once(cases, suffers);
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again_and_never_counted_in_part() {
    let broken = |place: Place| {
        let stops = Fault::hang_mid_body(Duration::from_secs(30));
        let cases = [
            ("hang in the body", stops, false),
            ("closed in the body", Fault::cut_mid_body(), false),
            ("half of the JSON", Fault::half_body(), false),
            ("half of the gzip", Fault::half_gzip(), true),
        ];
        cases.map(|(what, fault, gzip)| Case { gzip, ..Case::new(place, what, fault, "broke off") })
    };
    at_once(EVERYWHERE.into_iter().flat_map(broken), suffers);
}

#[test]
fn a_proxys_page_in_the_pces_place_is_told_and_not_asked_for_again() {
    let cases = EVERYWHERE
        .map(|place| Case { requests: 1, ..Case::new(place, "HTML", Fault::html(), "Web filter") });
    at_once(cases, suffers);
}

/// Where a login portal sends those who ask, with what it must not tell.
const PORTAL: &str = "https://me:hunter2@sso.example.net:8443/auth?token=hunter2";

#[test]
fn a_redirect_to_a_log_in_portal_is_told_with_its_host_and_never_followed() {
    let redirects = |place: Place| {
        [301, 302, 303, 307, 308].map(|status| {
            let fault = Fault::answer(status, "text/html", "").header("Location", PORTAL);
            Case {
                requests: 1,
                ..Case::new(place, &status.to_string(), fault, "sso.example.net:8443")
            }
        })
    };
    at_once(EVERYWHERE.into_iter().flat_map(redirects), suffers);

    let mut world = settled();
    world.pce.fault(Fault::redirect_to_login().on("/health"));
    let run = world.run_at("10:10");
    let said = format!("is redirected to {}/login (302)", world.pce.address());
    assert!(run.stderr.contains(&said), "{run:?}");
    let mail = run.mail().text().replace('\n', " ");
    assert!(mail.contains("login portal"), "{mail}");
    assert!(world.pce.requests().iter().all(|seen| seen.path != "/login"));
}

#[test]
fn a_redirect_shows_nothing_of_what_it_leads_to_but_the_host() {
    let mut world = settled();
    let fault = Fault::answer(302, "text/html", "").header("Location", PORTAL);
    world.pce.fault(fault);
    for arguments in [&["run"][..], &["check"]] {
        let run = world.run(arguments);
        assert!(run.code != 0, "{run:?}");
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(told.contains("sso.example.net:8443"), "{run:?}");
        assert!(!told.contains("hunter2"), "{run:?}");
    }
}

#[test]
fn a_log_in_page_in_the_pces_place_is_called_one() {
    let cases = EVERYWHERE.map(|place| Case {
        requests: 1,
        ..Case::new(place, "log-in page", Fault::login_page(), "A login page answers at")
    });
    at_once(cases, suffers);
    // Where the health is not asked for, the first request has no answer to read.
    let mut world = settled();
    world.set("settings.enable_health_check", json!(false));
    let page = "<html><form action=\"https://sso.example.net/auth\"><input type=\"password\">";
    world.pce.fault(Fault::answer(200, "text/html", page));
    let run = world.run_at("10:10");
    assert!(
        run.stderr.contains("/noop") && run.stderr.contains("leads to sso.example.net;"),
        "{run:?}"
    );
    assert_eq!(world.pce.requests().len(), 1, "{run:?}");
}

#[test]
fn a_member_of_a_supercluster_that_takes_no_query_says_to_ask_the_leader() {
    for status in [405, 403] {
        let mut world = settled();
        world.pce.fault(Fault::member_refuses(status));
        let run = world.run_at("10:10");
        assert_eq!((run.code, told([&run], TAMPERING)), (75, 1), "{run:?}");
        let line = run.stderr.lines().find(|line| line.contains("Set api.url to the leader"));
        assert!(line.is_some_and(|line| line.contains(&format!("answers {status}"))), "{run:?}");
        assert_eq!(world.pce.faults_met(), [1], "{run:?}");
        let run = world.run_at("10:20");
        assert!(run.mail().text().contains("leader"), "{run:?}");
        world.pce.heal();
        assert_eq!(told([&world.run_at("10:30")], BLOCKED), 5);
    }
}

#[test]
fn a_refused_key_needs_a_person_and_is_asked_once() {
    let cases = EVERYWHERE.map(|place| Case {
        code: 78,
        requests: 1,
        ..Case::new(place, "401", Fault::status(401), "refuses the API key (401")
    });
    // Every further request would be an event of its own: after a 401 none is made.
    let (alone, others): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| matches!(case.place, Events | Post));
    at_once(others, suffers);
    at_once(alone, refused_in_the_middle);
}

/// A 401 at one of the two ends both; what they would have told comes later.
fn refused_in_the_middle(case: Case) {
    let mut world = settled();
    let (method, path) = case.place.requests();
    world.pce.fault(case.fault.method(method).on(path));
    let run = world.run_at("10:10");
    assert_eq!((run.code, run.told().len()), (78, 0), "{run:?}");
    assert!(run.stderr.contains(case.says), "{run:?}");
    let last = world.pce.requests().pop().unwrap();
    assert!(last.path.ends_with(case.place.named()), "{last:?}");
    assert_told_once(&case.name, &mut world, vec![run]);
}

#[test]
fn a_status_that_no_patience_mends_is_asked_once() {
    let refused = |place: Place| {
        [(403, "answers 403"), (404, "404"), (406, "answers 406")].map(|(status, says)| Case {
            requests: 1,
            ..Case::new(place, &status.to_string(), Fault::status(status), says)
        })
    };
    let mut cases: Vec<Case> =
        [Events, Post, Poll, Download].into_iter().flat_map(refused).collect();
    // A poll's 404 is an answer: the PCE does not know the query any more.
    cases.retain(|case| case.name != "404 at Poll");
    at_once(cases, suffers);
}

#[test]
fn health_that_is_not_offered_costs_nothing() {
    for status in [403, 404, 406] {
        let mut world = settled();
        world.pce.fault(Fault::status(status).on("/health"));
        let run = world.run_at("10:10");
        assert_eq!((run.code, run.told().len()), (0, 2), "{run:?}");
        assert_told_once("health not offered", &mut world, vec![run]);
    }
}

#[test]
fn a_failing_pce_is_asked_three_times_by_get_and_once_by_post() {
    let failing = |place: Place| {
        let cases = [(500, "answers 500"), (502, "answers 502"), (503, "answers 503")];
        cases.map(|(status, says)| {
            let fault = Fault::status(status);
            Case::new(place, &status.to_string(), fault, says)
        })
    };
    at_once(EVERYWHERE.into_iter().flat_map(failing), suffers);
}

#[test]
fn a_pce_with_too_many_requests_is_asked_three_times_by_get_and_by_post() {
    let cases = EVERYWHERE.map(|place| {
        let fault = Fault::status(429).retry_after(1);
        Case { requests: 3, ..Case::new(place, "429", fault, "answers 429") }
    });
    at_once(cases, suffers);
}

#[test]
fn a_wait_that_is_longer_than_the_cycle_is_not_begun() {
    // Without Retry-After the wait is ten seconds; with one, what it says.
    let faults = [
        ("429 without Retry-After", Fault::status(429)),
        ("429 for an hour", Fault::status(429).retry_after(3_600)),
        ("429 until a date", { Fault::status(429).retry_after("Mon, 03 Aug 2026 11:00:00 GMT") }),
        ("503 for an hour", Fault::status(503).retry_after(3_600)),
    ];
    let cases = faults.map(|(what, fault)| {
        let places = [Health, Events, Post];
        places.map(|place| (what, place, fault.clone()))
    });
    at_once(cases.into_iter().flatten(), |(what, place, fault)| {
        let mut world = settled();
        world.set("settings.cycle_deadline_seconds", json!(8));
        let (method, path) = place.requests();
        world.pce.fault(fault.method(method).on(path));
        let run = world.run_at("10:10");
        assert_eq!(run.code, 75, "{what} at {place:?}: {run:?}");
        let status = &what[..3];
        assert!(
            run.stderr.contains(&format!("{status} at")) && run.stderr.contains(place.named()),
            "{what} at {place:?}: {run:?}"
        );
        assert!(run.took < Duration::from_secs(8), "{:?}", run.took);
        assert_eq!(world.pce.faults_met(), [1], "{what} at {place:?}");
        assert_told_once(what, &mut world, vec![run]);
    });
}

#[test]
fn a_fault_that_passes_within_the_cycle_costs_nothing() {
    let passing = [
        Fault::status(502),
        Fault::cut(),
        Fault::cut_mid_body(),
        Fault::half_gzip(),
        Fault::status(429).retry_after(0),
    ];
    let cases = GETS.map(|place| passing.clone().map(|fault| (place, fault)));
    at_once(cases.into_iter().flatten(), |(place, fault)| {
        let mut world = settled();
        let (method, path) = place.requests();
        world.pce.fault(fault.method(method).on(path).times(2));
        let run = world.run_at("10:10");
        assert_eq!((run.code, run.told().len()), (0, 2), "{place:?}: {run:?}");
        assert_eq!(world.pce.faults_met(), [2], "{place:?}: {run:?}");
        assert_told_once("a passing fault", &mut world, vec![run]);
    });
}

#[test]
fn a_kept_connection_that_was_closed_before_the_traffic_query_costs_nothing() {
    let mut world = settled();
    let (method, path) = Post.requests();
    world.pce.fault(Fault::cut().method(method).on(path).times(1));

    let run = world.run_at("10:10");

    assert_eq!((run.code, run.told().len()), (0, 2), "{run:?}");
    assert!(!run.stderr.contains("async_queries"), "{run:?}");
    assert_eq!(world.pce.faults_met(), [1], "{run:?}");
    let posts = world.pce.requests().into_iter();
    let posts: Vec<_> = posts.filter(|request| request.method == "POST").collect();
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert_told_once("a closed line", &mut world, vec![run]);
}

#[test]
fn a_cycle_ends_with_its_deadline_whatever_trickles_or_hangs() {
    let cases = EVERYWHERE.map(|place| [(place, true), (place, false)]);
    at_once(cases.into_iter().flatten(), |(place, trickles)| {
        let mut world = settled();
        world.pce.gzip(false);
        world.set("api.timeout_seconds", json!(60));
        world.set("settings.cycle_deadline_seconds", json!(3));
        let (method, path) = place.requests();
        let fault = match trickles {
            true => Fault::trickle(Duration::from_millis(300)),
            false => Fault::hang(Duration::from_secs(60)),
        };
        world.pce.fault(fault.method(method).on(path));
        let run = world.run_at("10:10");
        assert_eq!(run.code, 75, "{place:?}: {run:?}");
        let said = ["cycle_deadline_seconds", "no response in time", "still computes"];
        let tells = said.iter().any(|said| run.stderr.contains(said));
        assert!(tells, "{place:?}: {run:?}");
        assert!(run.took < Duration::from_secs(15), "{place:?}: {run:?}");
        assert_told_once("out of time", &mut world, vec![run]);
    });
}

#[test]
fn where_no_connection_stands_the_pce_is_unreachable_and_nothing_is_lost() {
    let welcomes = ["refused", "reset", "closed", "silence", "junk"];
    at_once(welcomes, |welcome| {
        let mut world = settled();
        match welcome {
            "refused" => world.pce.down(),
            "reset" => world.pce.welcome(Welcome::Reset),
            "closed" => world.pce.welcome(Welcome::Close),
            "silence" => world.pce.welcome(Welcome::Hang(Duration::from_secs(30))),
            _ => world.pce.welcome(Welcome::Junk),
        }
        let run = world.run_at("10:10");
        assert_eq!((run.code, run.told().len()), (75, 0), "{welcome}: {run:?}");
        let said = match welcome {
            "refused" => "refused",
            "reset" => "reset",
            "silence" => "no response in time",
            _ => "Check api.url",
        };
        let line = run.stderr.lines().find(|line| line.contains(said));
        assert!(line.is_some_and(|line| line.contains("/api/v2/health")), "{welcome}: {run:?}");
        let subject = run.mail().subject();
        assert!(subject.contains("PCE unreachable"), "{welcome}: {subject}");
        if welcome == "refused" {
            world.pce.up();
        }
        assert_told_once(welcome, &mut world, vec![run]);
    });
}

/// What breaks a world.
type Break = fn(&World);

#[test]
fn a_handshake_that_fails_between_good_cycles_loses_nothing() {
    let faults: [(&str, Break); 3] = [
        ("ca_file", |world| {
            world.edit(|config| drop(config["api"].as_object_mut().unwrap().remove("ca_file")));
        }),
        ("/api/v2/health", |world| world.pce.welcome(Welcome::Junk)),
        ("no response in time", |world| {
            world.pce.welcome(Welcome::Hang(Duration::from_secs(30)));
        }),
    ];
    at_once(faults, |(said, fails)| {
        let mut world = settle(World::with_tls(Tls::PrivateCa));
        world.set("api.timeout_seconds", json!(1));
        let trusted = world.config()["api"]["ca_file"].clone();
        fails(&world);
        let run = world.run_at("10:10");
        assert_eq!((run.code, run.told().len()), (75, 0), "{run:?}");
        assert!(run.stderr.contains(said), "{said}: {run:?}");
        assert_eq!(world.pce.requests().len(), 0, "the key goes to nobody else");
        world.set("api.ca_file", trusted);
        assert_told_once(said, &mut world, vec![run]);
    });
}

#[test]
fn a_query_that_comes_to_nothing_costs_nothing_but_time() {
    let fates = [
        ("failed", Fate::fails()),
        ("cancelled", Fate::status("cancelled")),
        ("canceled", Fate::status("canceled")),
        ("cancel_requested", Fate::status("cancel_requested")),
        ("nobody_knows_this", Fate::status("nobody_knows_this")),
        ("404", Fate::vanishes()),
        ("and 0 came", Fate::completes().empty_at_first(99)),
        ("still computes", Fate::never_ends()),
        ("still computes", Fate::completes().after_minutes(8)),
    ];
    at_once(fates, |(said, fate)| {
        let mut world = settled();
        world.set("settings.cycle_deadline_seconds", json!(8));
        world.set("api.query_timeout_seconds", json!(500));
        let before = position(&world, "traffic");
        world.pce.next_query(fate);
        let run = world.run_at("10:10");
        assert_eq!(run.code, 75, "{said}: {run:?}");
        assert!(run.stderr.contains(said), "{said}: {run:?}");
        let told = (told([&run], TAMPERING), told([&run], BLOCKED));
        assert_eq!(told, (1, 0), "{said}: {run:?}");
        assert_eq!(position(&world, "traffic"), before, "{said}");
        assert!(run.took < Duration::from_secs(20), "{said}: {run:?}");
        let mut runs = vec![run];
        if said == "still computes" {
            // Polled on by the next cycle: done by then, or given up.
            runs.push(world.run_at("10:19"));
        }
        assert_told_once(said, &mut world, runs);
    });
}
