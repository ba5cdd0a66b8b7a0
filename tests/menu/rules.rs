//! Rules, added and managed by hand.

use illumio_monitor::lang::{Lang, menu as say, menu_rules as words, pauses, wanted};
use serde_json::{Value, json};

use super::terminal::{SCREENS, Terminal};
use crate::pce::agent_tampering;
use crate::world::World;

const EN: Lang = Lang::En;

fn rules(world: &World) -> Vec<Value> {
    world.config()["rules"].as_array().unwrap().clone()
}

#[test]
fn an_event_rule_is_found_by_a_part_of_its_name() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "1").answer(&say::choice(lang), "9");
        person.answer(&words::find_choice(lang), "99");
        person.shows(&say::want_choice(lang, 7));
        person.answer(&words::find_choice(lang), "2");
        person.fits();
        person.answer(&words::type_choice(lang), "agent.tampering");
        person.fits();
        person.answer(&words::type_choice(lang), "1");
        person.answer(&say::choice(lang), "2");
        person.answer(&words::count(lang), "0").answer(&words::count(lang), "");
        person.answer(&words::window(lang), "30");
        person.answer(&say::choice(lang), "1");
        person.answer(&words::name(lang), "VEN 遭竄改");
        person.answer(&words::form_choice(lang), "3");
        person.fits();
        person.answer(&words::severity(lang), "bad").answer(&words::severity(lang), "err,warning");
        person.fits();
        person.answer(&words::form_choice(lang), "");
        person.shows(&words::rule_added(lang, 1, "VEN 遭竄改"));
        person.answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);

        let rule = &rules(&world)[0];
        let picked = ["filter_value", "name", "level", "threshold_count", "threshold_window"];
        assert_eq!(
            picked.map(|key| rule[key].clone()),
            [json!("agent.tampering"), json!("VEN 遭竄改"), json!("critical"), json!(5), json!(30)]
        );
        assert_eq!(rule["severity"], json!(["err", "warning"]));
        assert!(!rule["rec"].as_str().unwrap().is_empty());
        assert_eq!(world_run(world), 0);
    }
}

fn world_run(mut world: World) -> i32 {
    world.run_at("10:10").code
}

/// Of the types that real PCEs send beside the documented ones, such as the catalogue
/// has and such whose name is only a part of others' there [pce-api 2.5].
#[test]
fn a_part_of_a_type_is_a_filter_itself_whatever_the_catalogue_finds() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    let mut want = Vec::new();
    for part in [
        "settings.update",
        "user.create",
        "service_account.create",
        "deny_rule",
        "agent.upgrade_successful",
        "endpoint_offline_check",
        "label_dimension.*",
    ] {
        person.answer(&say::choice(EN), "1").answer(&say::choice(EN), "9");
        person.answer(&words::find_choice(EN), part);
        let screen = person.asked_anything();
        if screen.contains(&words::as_it_stands(EN)) {
            person.keys("\r");
        } else if screen.contains(&words::types_head_or(EN, part)) {
            person.keys("=\r");
        }
        person.enter(&[
            &say::choice(EN),
            &say::choice(EN),
            &words::name(EN),
            &words::form_choice(EN),
        ]);
        want.push(part);
    }
    person.answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    let rules = rules(&world);
    let filters = rules.iter().map(|rule| rule["filter_value"].as_str());
    assert_eq!(filters.collect::<Option<Vec<_>>>().unwrap(), want);
}

#[test]
fn an_event_type_may_be_typed_freely() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    for (typed, in_catalogue) in [("user.*|api_key.*", true), ("our.own.event", false)] {
        person.answer(&say::choice(EN), "1").answer(&say::choice(EN), "9");
        person.answer(&words::find_choice(EN), typed);
        if !in_catalogue {
            person.answer(&words::as_it_stands(EN), "y");
        }
        person.enter(&[
            &say::choice(EN),
            &say::choice(EN),
            &words::name(EN),
            &words::form_choice(EN),
        ]);
    }
    person.answer(&say::choice(EN), "1").answer(&say::choice(EN), "9");
    person.answer(&words::find_choice(EN), "user.*|");
    person.shows("is empty");
    person.answer(&words::find_choice(EN), "").answer(&say::choice(EN), "0");
    person.answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    let filters: Vec<Value> =
        rules(&world).iter().map(|rule| rule["filter_value"].clone()).collect();
    assert_eq!(filters, ["user.*|api_key.*", "our.own.event"]);
}

#[test]
fn a_traffic_rule_takes_every_field() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "2");
        person.answer(&say::choice(lang), "7").answer(&say::choice(lang), "2");
        let fields: [(String, &str, &str); 6] = [
            (words::port(lang), "99999", "80,8000-8100"),
            (words::proto(lang), "tpc", "tcp"),
            (words::src_label(lang), "role", "role=Web,env=Prod"),
            (words::dst_label(lang), "=", "role=DB"),
            (words::src_ip(lang), "10.0.0.0/40", "10.0.0.0/8"),
            (words::dst_ip(lang), "x", "2001:db8::/32"),
        ];
        for (prompt, wrong, right) in &fields {
            person.answer(prompt, wrong).answer(prompt, right);
        }
        person.answer(&words::leave_some_out(lang), "y");
        for (prompt, value) in [
            (words::ex_port(lang), "8005"),
            (words::ex_src_label(lang), "app=Scanner"),
            (words::ex_dst_label(lang), "app=Test"),
            (words::ex_src_ip(lang), "10.1.1.1"),
            (words::ex_dst_ip(lang), "2001:db8::1"),
        ] {
            person.answer(&prompt, value);
        }
        person.fits();
        person.answer(&say::choice(lang), "2");
        person.answer(&words::count(lang), "20").answer(&words::window(lang), "");
        person.enter(&[&say::choice(lang), &words::name(lang)]);
        person.answer(&words::form_choice(lang), "15");
        person.answer(&say::choice(lang), "2");
        person.answer(&words::form_choice(lang), "17");
        person.answer(&words::cooldown(lang), "240");
        let form = person.asked(&words::form_choice(lang));
        assert!(form.contains("2001:db8::/32") && form.contains("240"), "{form}");
        person.fits();
        person.answer(&words::form_choice(lang), "").answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);

        let mut rule = rules(&world)[0].clone();
        for key in ["name", "desc", "rec"] {
            assert!(rule.as_object_mut().unwrap().remove(key).is_some());
        }
        assert_eq!(
            rule,
            json!({
                "id": 1, "type": "traffic", "level": "warning", "pd": 1, "port": "80,8000-8100",
                "proto": "tcp", "src_label": "role=Web,env=Prod", "dst_label": "role=DB",
                "src_ip_in": "10.0.0.0/8", "dst_ip_in": "2001:db8::/32", "ex_port": 8005,
                "ex_src_label": "app=Scanner", "ex_dst_label": "app=Test",
                "ex_src_ip": "10.1.1.1", "ex_dst_ip": "2001:db8::1", "count_by": "flows",
                "threshold_type": "count", "threshold_count": 20, "threshold_window": 10,
                "cooldown_minutes": 240
            })
        );
        assert_eq!(world_run(world), 0);
    }
}

#[test]
fn a_rule_is_made_by_saying_what_to_see_and_shown_as_a_sentence() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "1");
        person.shows(&wanted::what(lang));
        person.fits();
        person.answer(&say::choice(lang), "12");
        person.shows(&say::want_choice(lang, 11));
        person.answer(&say::choice(lang), "1");
        person.answer(&words::port(lang), "99999").answer(&words::port(lang), "22,445,3389");
        person.fits();
        person.answer(&words::count(lang), "");
        let form = person.asked(&words::form_choice(lang));
        person.fits();
        let sentence = match lang {
            Lang::En => "reaches 5",
            Lang::ZhTw => "連往 5",
        };
        assert!(form.contains(sentence), "{form}");
        assert!(form.contains(&words::per(lang)), "the whole rule is on the screen: {form}");
        person.answer(&words::form_choice(lang), "").answer(&say::choice(lang), "3");
        // Its details have the sentence, too.
        person.answer(&words::which_rules(lang), "1");
        person.shows(sentence);
        person.answer("1 ", "0").answer(&words::which_rules(lang), "");
        person.answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);
        let rule = &rules(&world)[0];
        let picked = ["type", "port", "per", "count_by", "threshold_count", "cooldown_minutes"];
        assert_eq!(
            picked.map(|key| rule[key].clone()),
            [
                json!("traffic"),
                json!("22,445,3389"),
                json!("source"),
                json!("destinations"),
                json!(5),
                json!(240)
            ]
        );
        assert_eq!(world_run(world), 0);
    }
}

#[test]
fn each_thing_to_see_is_a_rule_after_a_few_enters() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    for (entry, prompts) in [
        ("1", vec![words::port(EN), words::count(EN)]),
        ("2", vec![words::count(EN)]),
        ("3", vec![words::count(EN)]),
        ("4", vec![words::count(EN)]),
        ("5", vec![words::port(EN), words::new_within(EN)]),
        ("6", vec![words::count(EN)]),
        ("7", vec![words::new_within(EN)]),
        ("8", vec![words::count(EN)]),
    ] {
        person.answer(&say::choice(EN), "1").answer(&say::choice(EN), entry);
        for prompt in &prompts {
            person.answer(prompt, "");
        }
        let form = person.asked(&words::form_choice(EN));
        let title = [words::event_rule(EN), words::traffic_rule(EN)];
        assert!(title.iter().any(|kind| form.contains(&words::new_rule(EN, kind))), "{form}");
        person.answer(&words::form_choice(EN), "");
    }
    // Who goes back comes back to the list, and then to the menu.
    person.answer(&say::choice(EN), "1").answer(&say::choice(EN), "10");
    person.answer(&say::choice(EN), "0");
    person.shows(&wanted::what(EN));
    person.answer(&say::choice(EN), "0").answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    assert_eq!(rules(&world).len(), 8);
    assert_eq!(world_run(world), 0);
}

#[test]
fn what_is_counted_apart_and_what_is_new_are_set_and_taken_away_in_the_form() {
    let world = World::new();
    world.rule(json!({"type": "traffic", "name": "One", "pd": 2, "threshold_type": "count",
        "threshold_count": 5, "threshold_window": 10}));
    let mut person = Terminal::menu(&world, EN, 24, 80);
    let number = |screen: &str, label: &str| {
        let line = screen.lines().find(|line| line.contains(label)).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    person.answer(&say::choice(EN), "3").answer(&words::which_rules(EN), "1").answer("1 ", "1");
    let edit = |person: &mut Terminal, label: &str| {
        let form = person.asked(&words::form_choice(EN));
        person.answer(&words::form_choice(EN), &number(&form, label));
    };
    edit(&mut person, &words::per(EN));
    person.answer(&words::per(EN), "who").answer(&words::per(EN), "source,source");
    person.answer(&words::per(EN), "source, port");
    // What each group has but one of is not counted in it.
    edit(&mut person, &words::count_by(EN));
    person.answer(&say::choice(EN), "5");
    person.shows("each group");
    edit(&mut person, &words::count_by(EN));
    person.answer(&say::choice(EN), "4");
    edit(&mut person, &words::new_within(EN));
    person.answer(&words::new_within(EN), "91").answer(&words::new_within(EN), "30");
    edit(&mut person, &words::learn(EN));
    person.answer(&words::learn(EN), "3");
    let form = person.asked(&words::form_choice(EN));
    assert!(form.contains("for the first 3"), "{form}");
    // One that is left out is found among the others.
    edit(&mut person, "more: ");
    let list = person.asked(&say::choice(EN));
    person.answer(&say::choice(EN), &number(&list, &words::process(EN)));
    person.answer(&words::process(EN), "curl");
    let form = person.asked(&words::form_choice(EN));
    assert!(form.contains("by process curl"), "{form}");
    person.answer(&words::form_choice(EN), "");
    let of = |world: &World| rules(world)[0].clone();
    person.asked(&words::which_rules(EN));
    let rule = of(&world);
    let picked = ["per", "count_by", "new_within_days", "learn_days", "process"];
    assert_eq!(
        picked.map(|key| rule[key].clone()),
        [json!("source, port"), json!("destinations"), json!(30), json!(3), json!("curl")]
    );

    person.answer(&words::which_rules(EN), "1").answer("1 ", "1");
    edit(&mut person, &words::per(EN));
    person.answer(&words::per(EN), "-");
    person.answer(&words::form_choice(EN), "");
    person.answer(&words::which_rules(EN), "").answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    let rule = of(&world);
    for key in ["per", "new_within_days", "learn_days"] {
        assert_eq!(rule.get(key), None, "{rule}");
    }
}

fn three_rules() -> World {
    let world = World::new();
    for name in ["One", "Two 規則", "Three"] {
        world.rule(
            json!({"type": "event", "name": name, "filter_value": "agent.tampering", "_mine": 1}),
        );
    }
    world
}

#[test]
fn rules_are_listed_edited_switched_and_deleted() {
    for (lang, rows, columns) in SCREENS {
        let world = three_rules();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "3");
        let which = words::which_rules(lang);
        person.answer(&which, "4").answer(&which, "1,x");
        person.shows(&words::want_rules(lang, 3));
        person.fits();
        // Edit the second.
        person.answer(&which, "2").answer("1 ", "9").answer("1 ", "1");
        person.answer(&words::form_choice(lang), "1");
        person.answer(&words::name(lang), "第二條");
        person.answer(&words::form_choice(lang), "8");
        person.answer(&words::cooldown(lang), "-");
        person.answer(&words::form_choice(lang), "");
        // Switch two off, and one of them on again.
        person.answer(&which, "1,3").answer("1 ", "2");
        person.answer(&which, "3").answer("1 ", "2");
        // Delete one after having said no.
        person.answer(&which, "1").answer("1 ", "3");
        person.answer(&words::delete_this(lang), "");
        person.answer(&which, "1-2").answer("1 ", "3");
        person.answer(&words::delete_these(lang, 2), "y");
        person.shows(&words::rules_deleted(lang, 2));
        person.fits();
        person.answer(&which, "").answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);
        assert_eq!(
            rules(&world),
            [json!({"id": 3, "type": "event", "name": "Three", "filter_value": "agent.tampering",
                "threshold_type": "immediate", "cooldown_minutes": 0, "_mine": 1, "enabled": true})]
        );
    }
}

#[test]
fn rules_are_paused_and_a_pause_is_ended() {
    for (lang, rows, columns) in SCREENS {
        let world = three_rules();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "3");
        let which = words::which_rules(lang);
        person.answer(&which, "p");
        person.shows(&pauses::no_pauses(lang));
        person.answer(&which, "2-3").answer("1 ", "4");
        let until = pauses::until_label(lang);
        person.answer(&until, "soon");
        person.shows("soon");
        person.answer(&until, "2020-01-01").answer(&until, "+8h");
        person.answer(&pauses::why_label(lang), "CHG-123 換版");
        let screen = person.asked(&which);
        assert!(screen.contains("CHG-123"), "{screen}");
        person.fits();
        let made = world.config()["pauses"][0].clone();
        assert_eq!((&made["id"], &made["rules"]), (&json!(1), &json!([2, 3])), "{made}");
        assert_eq!(made["why"], "CHG-123 換版");
        person.answer(&which, "p").answer(&pauses::which_to_end(lang), "7");
        person.shows(&pauses::no_such(lang, 7));
        person.answer(&which, "p").answer(&pauses::which_to_end(lang), "1");
        person.answer(&pauses::end_this(lang, 1), "");
        // Of this very minute nothing is left to hold.
        person.answer(&which, "");
        person.answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);
        assert_eq!(world.config()["pauses"], json!([]));
    }
}

#[test]
fn a_rule_that_counts_without_saying_so_goes_on_counting() {
    let world = World::new();
    world.set(
        "rules",
        json!([{"id": 1, "type": "event", "name": "One", "filter_value": "user.*",
        "threshold_count": 7, "threshold_window": 20}]),
    );
    let mut person = Terminal::menu(&world, EN, 40, 120);
    person.answer(&say::choice(EN), "3").answer(&words::which_rules(EN), "1").answer("1 ", "1");
    // The trigger: Enter at each question.
    let screen = person.asked(&words::form_choice(EN));
    let line = screen.lines().find(|line| line.contains(&words::trigger(EN))).unwrap();
    let number = line.split_whitespace().next().unwrap().to_owned();
    person.answer(&words::form_choice(EN), &number);
    person.enter(&[&say::choice(EN), &words::count(EN), &words::window(EN)]);
    person.enter(&[&words::form_choice(EN), &words::which_rules(EN)]);
    person.answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    let rule = &rules(&world)[0];
    assert_eq!(rule["threshold_type"], "count", "{rule}");
    assert_eq!((&rule["threshold_count"], &rule["threshold_window"]), (&json!(7), &json!(20)));
}

#[test]
fn an_edit_keeps_what_it_does_not_touch_and_what_another_changed_meanwhile() {
    let world = three_rules();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "3").answer(&words::which_rules(EN), "2");
    person.answer("1 ", "1").answer(&words::form_choice(EN), "1");
    person.answer(&words::name(EN), "Renamed");
    person.asked(&words::form_choice(EN));
    // Someone else removes the first rule and changes a setting.
    world.edit(|config| {
        config["rules"].as_array_mut().unwrap().remove(0);
        config["settings"]["reminder_hours"] = json!(9);
    });
    person.answer(&words::form_choice(EN), "");
    person.shows(&words::rule_saved(EN, "Renamed"));
    assert_eq!(world.config()["settings"]["reminder_hours"], 9);
    assert_eq!(
        (&rules(&world)[0]["name"], &rules(&world)[0]["_mine"]),
        (&json!("Renamed"), &json!(1))
    );

    // The very rule is changed meanwhile: nothing is saved over it.
    person.answer(&words::which_rules(EN), "1").answer("1 ", "3");
    person.asked(&words::delete_this(EN));
    world.edit(|config| config["rules"][0]["name"] = json!("Theirs"));
    person.answer(&words::delete_this(EN), "y");
    person.asked(&words::which_rules(EN));
    person.answer(&words::which_rules(EN), "").answer(&say::choice(EN), "0");
    let (code, written) = person.left();
    assert_eq!(code, 0);
    assert!(written.contains("changed by someone else"), "{written}");
    assert_eq!(rules(&world)[0]["name"], "Theirs");
}

#[test]
fn best_practices_are_shown_and_replace_a_users_rule_only_where_he_agrees() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let own = json!({"type": "event", "name": "Mine", "filter_value": "agent.tampering", "cooldown_minutes": 7});
        world.rule(own);
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "5");
        person.answer(&words::practices_add(lang, 11), "x");
        person.answer(&words::practices_add(lang, 11), "");
        person.fits();
        person.shows("Mine");
        person.asked_anything();
        person.keys("\r");
        person.answer(&words::practices_add(lang, 14), "");
        person.fits();
        person.answer(&say::choice(lang), "5");
        person.asked_anything();
        person.fits();
        assert_eq!((rules(&world).len(), &rules(&world)[0]["name"]), (12, &json!("Mine")));
        person.keys("y\r");
        person.answer(&words::practices_add(lang, 14), "y");
        person.answer(&say::choice(lang), "5");
        person.shows(&words::practices_all_here(lang));
        person.answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);
        assert_ne!(rules(&world)[0]["name"], "Mine");
        assert_eq!(rules(&world).len(), 26);
    }
}

#[test]
fn a_rule_on_how_workloads_are_is_made_and_edited() {
    for (lang, rows, columns) in SCREENS {
        let world = World::new();
        let mut person = Terminal::menu(&world, lang, rows, columns);
        person.answer(&say::choice(lang), "9");
        person.answer(&words::state(lang), "asleep");
        person.answer(&words::state(lang), "offline, unhealthy");
        person.answer(&words::label(lang), "Web").answer(&words::label(lang), "role=Web|App");
        person.answer(&words::host(lang), "");
        person.answer(&words::not_host(lang), "lab-*,test-*");
        person.answer(&words::os(lang), "win-*");
        person.answer(&words::standing_minutes(lang), "x");
        person.answer(&words::standing_minutes(lang), "30");
        person.answer(&words::standing_count(lang), "2");
        person.answer(&say::choice(lang), "1");
        person.enter(&[&words::name(lang)]);
        person.fits();
        person.answer(&words::form_choice(lang), "9");
        person.answer(&words::reminder(lang), "1440");
        person.fits();
        person.answer(&words::form_choice(lang), "");
        person.answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);

        let rule = &self::rules(&world)[0];
        let picked = [
            "type",
            "state",
            "label",
            "not_host",
            "os",
            "threshold_window",
            "threshold_count",
            "cooldown_minutes",
            "level",
        ];
        assert_eq!(
            picked.map(|key| rule[key].clone()),
            [
                json!("workload"),
                json!("offline, unhealthy"),
                json!("role=Web|App"),
                json!("lab-*,test-*"),
                json!("win-*"),
                json!(30),
                json!(2),
                json!(1440),
                json!("critical")
            ]
        );
        assert!(rule.get("threshold_type").is_none() && rule.get("host").is_none(), "{rule}");
        assert_eq!(world_run(world), 0);
    }
}

#[test]
fn an_event_rule_may_ask_for_what_does_not_come() {
    let world = World::new();
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "1").answer(&say::choice(EN), "9");
    person.answer(&words::find_choice(EN), "sec_policy.creat*");
    person.answer(&say::choice(EN), "3");
    person.enter(&[&words::count(EN)]);
    person.answer(&words::window(EN), "60");
    person.enter(&[&say::choice(EN), &words::name(EN)]);
    person.shows(&words::fewer_in(EN, 1, 60));
    person.enter(&[&words::form_choice(EN)]);
    person.answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    let rule = &rules(&world)[0];
    let picked = ["threshold_type", "threshold_count", "threshold_window"];
    assert_eq!(picked.map(|key| rule[key].clone()), [json!("below"), json!(1), json!(60)]);
    assert_eq!(world_run(world), 0);
}

#[test]
fn a_rule_is_tried_where_it_is_made_and_where_it_is_looked_over_and_nothing_is_saved() {
    let world = World::new();
    world.rule(json!({"type": "event", "name": "One", "filter_value": "agent.tampering"}));
    world.pce.event(agent_tampering("db-01").at("11:30"));
    world.pce.set_now("12:00");
    let mut person = Terminal::menu(&world, EN, 24, 80);
    person.answer(&say::choice(EN), "3").answer(&words::which_rules(EN), "1");
    person.answer("1 ", "5");
    person.shows("It would have alerted once:");
    person.answer(&say::pause(EN), "").answer(&words::which_rules(EN), "1");
    person.answer("1 ", "t");
    person.shows("It would have alerted once:");
    person.answer(&say::pause(EN), "").answer(&words::which_rules(EN), "1");
    person.answer("1 ", "1").answer(&words::form_choice(EN), "t");
    person.shows("It would have alerted once:");
    person.answer(&say::pause(EN), "").answer(&words::form_choice(EN), "0");
    person.answer(&words::which_rules(EN), "").answer(&say::choice(EN), "0");
    assert_eq!(person.left().0, 0);
    assert_eq!(world.mailbox.count(), 0);
    assert!(world.config().get("state").is_none(), "nothing was saved");
}

#[test]
fn rules_are_searched_paged_and_shown_with_when_they_last_alerted() {
    for (lang, rows, columns) in SCREENS {
        let mut world = World::new();
        for number in 1..=40 {
            let (name, filter) = match number {
                38 => ("資料庫 ＳＭＢ 流量".to_owned(), "agent.tampering"),
                39 => ("資料庫備份".to_owned(), "user.login_failed"),
                _ => (format!("Rule {number}"), "rule_set"),
            };
            world.rule(json!({"type": "event", "name": name, "filter_value": filter}));
        }
        world.pce.event(crate::pce::agent_tampering("db-01").at("10:03"));
        assert_eq!(world.run_at("10:10").code, 0);
        let mut person = Terminal::menu(&world, lang, rows, columns);
        let which = words::which_rules(lang);
        person.answer(&say::choice(lang), "3");
        let first = person.asked(&which);
        assert!(first.contains("Rule 1 ") && !first.contains("Rule 40"), "{first}");
        // On, and back.
        person.answer(&which, "");
        let second = person.asked(&which);
        assert!(!second.contains("Rule 1 ") && second.contains("<"), "{second}");
        person.fits();
        person.answer(&which, "<");
        let again = person.asked(&which);
        assert!(again.contains("Rule 1 "), "{again}");
        // By name in letters of any width, by event, by id; the numbers are the rules' own.
        person.answer(&which, "/smb");
        let found = person.asked(&which);
        assert!(found.contains(&words::rules_found(lang, "smb", 1, 40)), "{found}");
        let line = found.lines().find(|line| line.contains("ＳＭＢ")).unwrap();
        assert!(line.trim_start().starts_with("38 "), "{line}");
        // Whole, and in the settings' zone, however narrow the terminal.
        assert!(line.contains("08-03 10:10"), "{line}");
        person.fits();
        person.answer(&which, "／LOGIN＿");
        let found = person.asked(&which);
        assert!(found.contains("資料庫備份") && !found.contains("ＳＭＢ"), "{found}");
        person.answer(&which, "/資料庫");
        let found = person.asked(&which);
        assert!(found.contains("資料庫備份") && found.contains("ＳＭＢ"), "{found}");
        person.answer(&which, "/nobody");
        person.shows(&words::none_found(lang, "nobody"));
        // What is done to one that was found is done to that one.
        person.answer(&which, "/備份").answer(&which, "39").answer("1 ", "2");
        let found = person.asked(&which);
        assert!(found.contains(&words::rules_found(lang, "備份", 1, 40)), "{found}");
        assert_eq!(rules(&world)[38]["enabled"], json!(false));
        // `/` alone shows all again, and so does going back.
        person.answer(&which, "/");
        assert!(person.asked(&which).contains("Rule 1 "));
        person.answer(&which, "/備份").answer(&which, "0");
        assert!(person.asked(&which).contains("Rule 1 "));
        person.answer(&which, "0").answer(&say::choice(lang), "0");
        assert_eq!(person.left().0, 0);
    }
}
