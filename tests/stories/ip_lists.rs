//! Rules that go by the PCE's IP lists: what they match, and what is told where the PCE
//! does not have a list or does not hand it out.

use serde_json::{Value, json};

use crate::pce::*;
use crate::world::World;

/// A rule for what comes from these lists.
fn from_lists(names: Value) -> Value {
    json!({"type": "traffic", "name": "From a list", "src_list": names})
}

/// A world whose PCE has a list `Lab` of 192.168.7.0/24.
fn with_lab(rule: Value) -> World {
    let world = World::new();
    world.rule(rule);
    world.pce.ip_lists([lab("192.168.7.0/24")]);
    world
}

fn lab(net: &str) -> Value {
    ip_list(7, "Lab", json!([{"from_ip": net}]))
}

fn asked(world: &World) -> usize {
    world.pce.requests_to("GET", "/sec_policy/active/ip_lists").len()
}

fn knock(world: &World, from: &str, at: &str) {
    world.pce.connection(blocked(from, "db-01", 445).at(at));
}

/// Whether the run told the rule's alert.
fn alerted(run: &crate::world::Run) -> bool {
    run.mails.iter().any(|mail| mail.text().contains("From a list"))
}

#[test]
fn a_flow_matches_by_the_addresses_of_the_lists_and_the_lists_are_read_once_a_day() {
    let mut world = with_lab(from_lists(json!("Lab")));
    knock(&world, "192.168.7.7", "10:05");
    assert!(alerted(&world.run_at("10:10")));
    knock(&world, "192.168.8.8", "10:15");
    assert!(!alerted(&world.run_at("10:20")));
    assert_eq!(asked(&world), 1, "once for both runs");

    world.pce.ip_lists([lab("192.168.9.0/24")]);
    knock(&world, "192.168.9.9", "10:25");
    assert!(!alerted(&world.run_at("10:30")), "the day's answer holds");
    world.run_every(10, "10:40", "+1d 10:10");
    knock(&world, "192.168.9.9", "+1d 10:15");
    assert!(alerted(&world.run_at("+1d 10:20")), "from the next answer on");
    assert_eq!(asked(&world), 2);
}

#[test]
fn a_pce_whose_lists_no_rule_names_is_not_asked_for_them() {
    let mut world = with_lab(json!({"type": "traffic"}));
    world.run_at("10:10");
    assert_eq!(asked(&world), 0);
    assert!(world.config()["state"].get("ip_lists").is_none());
}

#[test]
fn both_ends_can_be_asked_for_and_left_out_and_exclusions_are_no_part_of_a_list() {
    let lists = [
        ip_list(1, "Any", json!([{"from_ip": "0.0.0.0/0"}, {"from_ip": "::/0"}])),
        ip_list(
            2,
            "A, B | \"C\"",
            json!([
                null, {"from_ip": "10.1.0.0/16", "to_ip": null, "exclusion": null},
                {"from_ip": "10.1.2.0", "to_ip": "10.1.2.255", "exclusion": true},
                {"from_ip": "10.9.0.9", "to_ip": "10.9.0.1"}, {"from_ip": "fe80::1%eth0"}
            ]),
        ),
        ip_list(3, "Twice", json!([{"from_ip": "10.1.2.0/24"}])),
        ip_list(4, "Twice", json!([{"from_ip": "2001:db8::/32"}])),
        json!(null),
        json!({"name": null, "ip_ranges": null}),
        json!({"name": "Empty"}),
    ];
    let cases = [
        (json!({"src_list": "Any"}), 15),
        (json!({"src_list": ["A, B | \"C\""]}), 1),
        (json!({"src_list": "Twice"}), 6),
        (json!({"src_list": ["Twice", "A, B | \"C\""]}), 7),
        (json!({"not_src_list": "Twice"}), 9),
        (json!({"dst_list": "Empty"}), 0),
        (json!({"not_dst_list": "Empty|Any"}), 0),
        (json!({"src_list": "Any", "not_src_list": "Twice", "dst_list": "Empty, Any"}), 9),
    ];
    let mut world = World::new();
    for (keys, _) in &cases {
        let mut rule = keys.clone();
        rule["type"] = json!("traffic");
        rule["count_by"] = json!("connections");
        world.rule(rule);
    }
    world.pce.ip_lists(lists);
    for (nth, from) in ["10.1.0.7", "10.1.2.7", "2001:db8::7", "192.168.7.7"].iter().enumerate() {
        let to = if from.contains(':') { "2001:db8::1" } else { "172.16.1.1" };
        world.pce.connection(blocked(*from, to, 445).at("10:05").times(1 << nth));
    }
    let run = world.run_at("10:10");
    let told = super::beside::heard(&run);
    let told: Vec<(i64, u64)> = told.iter().map(|told| (told.rule, told.count)).collect();
    let expected = cases.iter().zip(1..).filter(|((_, count), _)| *count > 0);
    let expected: Vec<(i64, u64)> = expected.map(|((_, count), id)| (id, *count)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_list_that_the_pce_does_not_have_is_told_once_and_its_end_too() {
    let mut world = with_lab(from_lists(json!(["Lab", "Lobby"])));
    knock(&world, "192.168.7.7", "10:05");
    let run = world.run_at("10:10");
    assert!(alerted(&run), "the other list is known");
    let text = run.mail().text().to_owned();
    assert!(text.contains("no provisioned IP list of this name: Lobby (rule 1)."), "{text}");
    assert_eq!(run.code, 0);
    let quiet = world.run_every(20, "10:30", "16:50");
    assert!(quiet.iter().all(|run| run.mails.is_empty()), "a reminder comes after a day");
    let news = quiet.iter().filter(|run| run.stderr.contains("Lobby")).count();
    assert_eq!(news, asked(&world) - 1, "said where it was looked for, which is once an hour");
    assert!((6..=7).contains(&news), "{news}");
    world.pce.ip_lists([lab("192.168.7.0/24"), ip_list(8, "Lobby", json!([]))]);
    let run = world.run_at("17:10");
    assert!(run.mail().subject().contains("IP lists of rules known again"), "{run:?}");
}

#[test]
fn lists_that_the_key_may_not_read_are_told_at_once_and_not_asked_for_each_time() {
    let mut world = with_lab(from_lists(json!("Lab")));
    world.pce.hide_ip_lists(true);
    let run = world.run_at("10:10");
    assert!(run.mail().subject().contains("IP lists of rules not known"), "{run:?}");
    assert!(run.mail().text().contains("No addresses are known of the IP list Lab (rule 1)."));
    let quiet = world.run_every(10, "10:20", "11:00");
    assert!(quiet.iter().all(|run| run.code == 0 && run.mails.is_empty()));
    assert_eq!(asked(&world), 1, "once an hour: each is an event at the PCE");
    world.pce.hide_ip_lists(false);
    let run = world.run_at("11:10");
    assert!(run.mail().subject().contains("known again"), "{run:?}");
}

#[test]
fn where_reading_fails_the_old_addresses_go_on_being_used_and_that_is_said() {
    let mut world = with_lab(from_lists(json!("Lab")));
    world.run_at("10:00");
    world.run_every(30, "10:30", "+1d 09:30");
    world.pce.fault(Fault::status(503).on("/ip_lists"));
    let run = world.run_at("+1d 10:00");
    assert!(run.mails.iter().all(|mail| !mail.text().contains("goes on")), "once is an accident");
    assert_ne!(run.code, 0);
    knock(&world, "192.168.7.7", "+1d 10:05");
    let run = world.run_at("+1d 10:10");
    assert!(alerted(&run));
    let text = run.mail().text().to_owned();
    assert!(text.contains("The addresses read at 2026-08-03"), "{text}");
    world.pce.heal();
    assert!(world.run_at("+1d 10:20").mail().subject().contains("known again"));
}

#[test]
fn of_an_answer_that_looks_cut_the_missing_lists_are_asked_for_by_name() {
    let mut world = with_lab(from_lists(json!(["Lab & more", "Gone"])));
    let mut lists: Vec<Value> =
        (0..600).map(|nth| ip_list(nth, &format!("List {nth}"), json!([]))).collect();
    lists.push(ip_list(601, "Lab & more 2", json!([{"from_ip": "10.0.0.0/8"}])));
    lists.push(ip_list(602, "Lab & more", json!([{"from_ip": "192.168.7.0/24"}])));
    world.pce.ip_lists(lists);
    world.pce.cap_ip_lists_at(500);
    knock(&world, "192.168.7.7", "10:05");
    let run = world.run_at("10:10");
    assert!(alerted(&run));
    assert!(run.mail().text().contains("of this name: Gone (rule 1)."), "{}", run.mail().text());
    assert_eq!(asked(&world), 3);
}

#[test]
fn a_pce_that_takes_no_large_number_is_asked_without_one() {
    let mut world = with_lab(from_lists(json!("Lab")));
    world.pce.refuse_more_ip_lists_than(500);
    knock(&world, "192.168.7.7", "10:05");
    assert!(alerted(&world.run_at("10:10")));
}

#[test]
fn a_new_name_in_a_rule_is_asked_for_at_once() {
    let mut world = with_lab(from_lists(json!("Lab")));
    world.run_at("10:00");
    world
        .pce
        .ip_lists([lab("192.168.7.0/24"), ip_list(8, "Hall", json!([{"from_ip": "10.8.0.0/16"}]))]);
    world.edit(|config| config["rules"][0]["src_list"] = json!("Hall"));
    knock(&world, "10.8.0.8", "10:05");
    assert!(alerted(&world.run_at("10:10")));
    assert_eq!(asked(&world), 2);
}

#[test]
fn check_tells_of_lists_that_are_missing_unreadable_or_have_names() {
    let mut world = with_lab(from_lists(json!("Lab")));
    let said = |world: &mut World| world.run(&["check"]).stdout;
    assert!(said(&mut world).contains("The addresses of the rules' IP lists can be read: Lab"));
    let mut names = lab("10.0.0.0/8");
    names["fqdns"] = json!([{"fqdn": "*.example.net"}]);
    world.pce.ip_lists([names]);
    assert!(said(&mut world).contains("also contain host names (FQDNs)"));
    world.pce.ip_lists([]);
    assert!(
        said(&mut world).contains("Rules name IP lists that the PCE does not have: Lab (rule 1)")
    );
    world.pce.hide_ip_lists(true);
    assert!(said(&mut world).contains("The key may not read IP lists"));
}
