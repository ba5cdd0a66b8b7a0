#![allow(clippy::unwrap_used)]

use std::net::IpAddr;

use ipnet::IpNet;

use super::*;

/// A list's ranges from JSON, and how many entries were none.
fn read(entries: &str) -> (Ranges, usize) {
    let text = format!(r#"{{"ip_ranges":{entries}}}"#);
    let list: IpList<'_> = serde_json::from_str(&text).unwrap();
    Ranges::of(&list.ip_ranges.0)
}

fn holds(ranges: &Ranges, ip: &str) -> bool {
    let table = Table::of([("it", ranges)].into_iter());
    !table.around(ip.parse().unwrap()).is_empty()
}

#[test]
fn an_address_a_network_and_a_range_are_what_they_say() {
    let (list, odd) = read(
        r#"[{"from_ip":"10.0.0.0/30"},{"from_ip":"192.0.2.7","to_ip":null,"exclusion":null},
            {"from_ip":" 192.0.2.20 ","to_ip":"192.0.2.29","exclusion":false},
            {"from_ip":"172.16.0.0/16","to_ip":"172.16.0.0/16"}]"#,
    );
    assert_eq!(odd, 0);
    for inside in
        ["10.0.0.0", "10.0.0.3", "192.0.2.7", "192.0.2.20", "192.0.2.29", "172.16.255.255"]
    {
        assert!(holds(&list, inside), "{inside}");
    }
    for outside in ["9.255.255.255", "10.0.0.4", "192.0.2.8", "192.0.2.30", "172.17.0.0", "::a00:1"]
    {
        assert!(!holds(&list, outside), "{outside}");
    }
    assert!(holds(&list, "::ffff:10.0.0.1"), "it is an IPv4 address");
}

#[test]
fn the_list_of_all_addresses_has_the_first_and_the_last_of_each_family() {
    let (any, odd) = read(r#"[{"from_ip":"0.0.0.0/0"},{"from_ip":"::/0"}]"#);
    assert_eq!((any.len(), odd), (2, 0));
    let last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    for ip in ["0.0.0.0", "255.255.255.255", "::", last] {
        assert!(holds(&any, ip), "{ip}");
    }
    let (v6, _) = read(r#"[{"from_ip":"::/0"}]"#);
    assert!(!holds(&v6, "10.0.0.1"));
    let (mapped, _) = read(r#"[{"from_ip":"::ffff:10.0.0.0/104"}]"#);
    assert!(holds(&mapped, "10.255.0.1") && !holds(&mapped, "11.0.0.0"));
}

#[test]
fn what_is_excluded_is_no_part_of_it_wherever_it_stands_in_the_list() {
    let (list, _) = read(
        r#"[{"from_ip":"10.0.1.0/24","exclusion":true},{"from_ip":"10.0.0.0/16"},
            {"from_ip":"10.0.255.255","exclusion":true},
            {"from_ip":"9.0.0.0","to_ip":"10.0.0.0","exclusion":true},
            {"from_ip":"2001:db8::/32"},{"from_ip":"2001:db8::1","exclusion":true}]"#,
    );
    for inside in
        ["10.0.0.1", "10.0.0.255", "10.0.2.0", "10.0.255.254", "2001:db8::", "2001:db8::2"]
    {
        assert!(holds(&list, inside), "{inside}");
    }
    for outside in ["10.0.0.0", "10.0.1.0", "10.0.1.255", "10.0.255.255", "2001:db8::1"] {
        assert!(!holds(&list, outside), "{outside}");
    }
    let (nothing, _) =
        read(r#"[{"from_ip":"0.0.0.0/0"},{"from_ip":"0.0.0.0/0","exclusion":true}]"#);
    assert!(nothing.is_empty());
}

#[test]
fn what_is_no_range_is_counted_and_the_others_hold() {
    let (list, odd) = read(
        r#"[null,7,[],{},{"from_ip":null},{"from_ip":"10.0.0.9","to_ip":"10.0.0.1"},
            {"from_ip":"10.0.0.1","to_ip":"2001:db8::1"},{"from_ip":"10.0.0.0/33"},
            {"from_ip":"10.0.0.0/+8"},{"from_ip":"10.0.0.0/"},{"from_ip":"host.example"},
            {"from_ip":"fe80::1%eth0"},{"from_ip":"fe80::/64%7"},{"from_ip":"fe80::%7/64"}]"#,
    );
    assert_eq!(odd, 12);
    assert!(holds(&list, "fe80::1") && holds(&list, "fe80::2"));
    assert!(read("null").0.is_empty() && read(r#""10.0.0.1""#).0.is_empty());
}

#[test]
fn ranges_that_meet_are_one_and_come_back_from_the_state_as_they_were() {
    let (list, _) = read(
        r#"[{"from_ip":"10.0.0.5","to_ip":"10.0.0.9"},{"from_ip":"10.0.0.0","to_ip":"10.0.0.4"},
            {"from_ip":"255.255.255.0/24"},{"from_ip":"0.0.0.0"},{"from_ip":"2001:db8::/32"}]"#,
    );
    assert_eq!(list.len(), 4);
    let text = serde_json::to_string(&list).unwrap();
    assert_eq!(serde_json::from_str::<Ranges>(&text).unwrap(), list);
    for damaged in [r#""""#, r#""!""#, r#""AwE""#, "7", &text.replacen('B', "/", 1)] {
        let read = serde_json::from_str::<Ranges>(damaged);
        assert!(read.is_err() || read.is_ok_and(|read| read != list), "{damaged}");
    }
}

#[test]
fn an_address_is_in_each_of_the_lists_that_hold_it() {
    let lists = [
        ("Any", read(r#"[{"from_ip":"0.0.0.0/0"}]"#).0),
        ("Lab", read(r#"[{"from_ip":"10.1.0.0/16"}]"#).0),
        ("One", read(r#"[{"from_ip":"10.1.0.7"}]"#).0),
        ("Void", Ranges::default()),
    ];
    let table = Table::of(lists.iter().map(|(name, ranges)| (*name, ranges)));
    let around = |ip: &str| table.around(ip.parse().unwrap()).join(",");
    assert_eq!(around("10.1.0.7"), "Any,Lab,One");
    assert_eq!(around("10.1.0.8"), "Any,Lab");
    assert_eq!(around("10.2.0.0"), "Any");
    assert_eq!(around("2001:db8::1"), "");
    assert!(
        Table::default().is_empty() && Table::default().around([10, 0, 0, 1].into()).is_empty()
    );
}

#[test]
fn random_ranges_hold_what_each_entry_by_itself_says() {
    let mut seed = 1u64;
    let mut roll = |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    for _ in 0..2_000 {
        // Few addresses, so that ranges meet, overlap, and are taken out of each other.
        let ip = |roll: &mut dyn FnMut(u64) -> u64| -> IpAddr {
            match roll(4) {
                0 => std::net::Ipv6Addr::from_bits(u128::MAX - u128::from(roll(40))).into(),
                1 => std::net::Ipv4Addr::from_bits(u32::MAX - roll(40) as u32).into(),
                _ => std::net::Ipv4Addr::from_bits(roll(40) as u32).into(),
            }
        };
        let entries: Vec<(IpNet, Option<IpAddr>, bool)> = (0..roll(7))
            .map(|_| {
                let from = ip(&mut roll);
                let bits = if from.is_ipv4() { 32 } else { 128 };
                let net = IpNet::new(from, bits - roll(4) as u8).unwrap();
                let to = (roll(2) == 0).then(|| ip(&mut roll));
                (net, to, roll(3) == 0)
            })
            .collect();
        let json: Vec<String> = entries
            .iter()
            .map(|(net, to, out)| {
                let to = to.map_or("null".to_owned(), |to| format!("\"{to}\""));
                format!(r#"{{"from_ip":"{net}","to_ip":{to},"exclusion":{out}}}"#)
            })
            .collect();
        let (list, _) = read(&format!("[{}]", json.join(",")));
        let again: Ranges = serde_json::from_str(&serde_json::to_string(&list).unwrap()).unwrap();
        assert_eq!(again, list);
        for _ in 0..20 {
            let one = ip(&mut roll);
            let is_in = |(net, to, _): &&(IpNet, Option<IpAddr>, bool)| match to {
                None => net.contains(&one),
                Some(to) => {
                    let same =
                        one.is_ipv4() == net.addr().is_ipv4() && one.is_ipv4() == to.is_ipv4();
                    same && net.network() <= one && one <= *to
                }
            };
            let (out, taken): (Vec<_>, Vec<_>) = entries.iter().partition(|(.., out)| *out);
            let expected =
                taken.iter().any(|entry| is_in(&entry)) && !out.iter().any(|entry| is_in(&entry));
            assert_eq!(holds(&list, &one.to_string()), expected, "{one} {json:?}");
        }
    }
}

#[test]
fn whatever_stands_for_an_address_is_a_range_or_none() {
    let parts =
        ["10", ".", "0", "/", "8", "-", ":", "::", "%", "ffff", " ", "+", "255", "２", "\\u0000"];
    let mut seed = 7u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..9 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(parts[(seed >> 33) as usize % parts.len()]);
        }
        let half = text.len() / 2;
        let half = text.floor_char_boundary(half);
        let (list, odd) = read(&format!(
            r#"[{{"from_ip":"{text}"}},{{"from_ip":"::1","to_ip":"{text}"}},{{"from_ip":"{}"}}]"#,
            &text[half..].trim_start_matches("\\").trim_start_matches("u0000")
        ));
        assert!(list.len() + odd >= 1 && list.len() <= 3, "{text}");
    }
}

#[test]
fn lists_are_asked_for_once_a_day_at_once_for_a_new_name_and_hourly_for_what_is_missing() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let wanted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (lab, both) = (wanted(&["Lab"]), wanted(&["Lab", "Gone"]));
    let mut lists = IpLists::default();
    let ten = at("2026-11-22T10:00:00Z");
    assert!(lists.is_due(&lab, ten));
    let found = BTreeMap::from([("Lab".to_owned(), Found::default())]);
    lists.learn(Fetched { found: found.clone(), ..Fetched::default() }, ten);
    assert!(!lists.is_due(&lab, at("2026-11-23T09:59:00Z")));
    assert!(lists.is_due(&lab, at("2026-11-23T10:00:00Z")));
    assert!(lists.is_due(&lab, at("2026-11-21T10:00:00Z")), "the clock was set back");
    assert!(lists.is_due(&both, at("2026-11-22T10:01:00Z")));
    let lacking = BTreeMap::from([("Gone".to_owned(), Lack::Absent)]);
    lists.learn(Fetched { found, lacking }, ten);
    assert!(!lists.is_due(&both, at("2026-11-22T10:59:00Z")));
    assert!(lists.is_due(&both, at("2026-11-22T11:00:00Z")));
    lists.fail(true, ten);
    assert!(!lists.is_due(&both, at("2026-11-22T10:59:00Z")), "refused: not each time");
    lists.fail(false, ten);
    assert!(lists.is_due(&both, at("2026-11-22T10:10:00Z")), "it may have passed");
    assert_eq!(lists.known.len(), 1, "the old addresses stay");
}

#[test]
fn the_largest_lists_go_where_all_are_too_much() {
    let list = |count: u32| {
        let v4 = (0..count).map(|at| (u128::from(at * 2), u128::from(at * 2))).collect();
        Found { ranges: Ranges { v4, v6: Vec::new() }, ..Found::default() }
    };
    let found =
        [("a", 10), ("b", 30), ("c", 20)].map(|(name, count)| (name.to_owned(), list(count)));
    let mut fetched = Fetched { found: found.into(), ..Fetched::default() };
    fetched.keep_to(30);
    assert_eq!(fetched.found.len(), 2);
    assert_eq!(fetched.lacking, [("b".to_owned(), Lack::TooLarge)].into());
}
