//! The mail on reports whose every text is a stranger's.

use illumio_monitor::report::daily::{Active, Daily, Day, Gap, Holding, Learning, RuleDay};
use illumio_monitor::report::group::Rest;
use illumio_monitor::report::standing::{Below, Rows, WorkloadRow, Workloads};
use illumio_monitor::report::{
    About, Alert, AlertGroups, BeginMail, Beside, Change, Condition, ConditionNews, Counted, End,
    Examples, Expiry, GroupRow, InOneGo, Kind, Notice, Object, Phase, Ranking, Record, Report,
    RuleNews, Service, Source, Stands, Subject, Talker,
};
use illumio_monitor::rules::groups::Value;
use illumio_monitor::rules::known::News;
use illumio_monitor::rules::{
    EventFilter, EventPer, FieldChange, Filter, Level, Measure, Rule, Threshold, WorkloadState,
};
use jiff::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::drive::fuzz;
use crate::json::{any_text, any_value};
use crate::page;

const KEYS: &[&str] = &["href", "name", "src", "<zqx>"];

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..1_000u64, any::<u64>(), Just(u64::MAX)]
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        6 => 1_795_000_000..1_795_400_000i64,
        1 => select(vec![0, Timestamp::MIN.as_second(), Timestamp::MAX.as_second()]),
    ]
    .prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn level() -> impl Strategy<Value = Level> {
    select(vec![Level::Info, Level::Warning, Level::Critical])
}

fn source() -> impl Strategy<Value = Source> {
    let texts = (any_text(), any_text(), any_text(), any_text(), any_text(), any_text());
    texts.prop_map(|(event_type, kind, name, ip, severity, status)| Source {
        event_type,
        kind,
        name,
        ip,
        severity,
        status,
    })
}

fn talker() -> impl Strategy<Value = Talker> {
    let texts = (any_text(), any_text(), any_text(), any_text(), any_text());
    (texts, any::<Option<u16>>(), any::<Option<u8>>())
        .prop_map(|((src_name, src_ip, dst_name, dst_ip, decision), port, proto)| Talker {
            src_name,
            src_ip,
            dst_name,
            dst_ip,
            port,
            proto,
            decision,
            about: Beside::default(),
        })
        .prop_flat_map(|talker| {
            let texts = (any_text(), any_text(), any_text(), any_text());
            texts.prop_map(move |(src_labels, dst_labels, process, direction)| Talker {
                about: Beside(About { src_labels, dst_labels, process, direction }),
                ..talker.clone()
            })
        })
}

/// An href that leads to a workload, or anything.
fn href() -> impl Strategy<Value = String> {
    let workload = "/orgs/1/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04";
    prop_oneof![Just(workload.to_owned()), any_text()]
}

fn object() -> impl Strategy<Value = Object> {
    (any_text(), href()).prop_map(|(name, href)| Object { name, href: Beside(href) })
}

fn change() -> impl Strategy<Value = Change> {
    let texts = (any_text(), any_text(), any_text(), any_text());
    texts.prop_map(|(kind, name, action, fields)| Change { kind, name, action, fields })
}

fn end() -> impl Strategy<Value = End> {
    (any_text(), any_text(), any_text(), href()).prop_map(|(name, ip, labels, href)| End {
        name,
        ip,
        labels: Beside(labels),
        href: Beside(href),
    })
}

fn service() -> impl Strategy<Value = Service> {
    (any::<Option<u16>>(), any::<Option<u8>>(), any_text())
        .prop_map(|(port, proto, process)| Service { port, proto, process: Beside(process) })
}

fn ranking<T: std::fmt::Debug>(
    what: impl Strategy<Value = T>,
) -> impl Strategy<Value = Ranking<T>> {
    (counted(what), number(), any::<bool>()).prop_map(|(top, more, at_least)| Ranking {
        top,
        more,
        at_least,
    })
}

fn counted<T: std::fmt::Debug>(
    what: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<Counted<T>>> {
    vec((what, number()).prop_map(|(what, count)| Counted { what, count }), 0..7)
}

fn subject() -> impl Strategy<Value = Subject> {
    let events = (ranking(source()), ranking(object()), ranking(change()))
        .prop_map(|(sources, objects, changes)| Subject::Events { sources, objects, changes });
    let ends = (ranking(end()), ranking(end()), ranking(service()));
    let traffic =
        (ranking(talker()), ends).prop_map(|(talkers, (sources, destinations, services))| {
            Subject::Traffic { talkers, sources, destinations, services }
        });
    prop_oneof![events, traffic]
}

fn groups() -> impl Strategy<Value = AlertGroups> {
    let rows = vec(group(), 1..6);
    (rows, number(), number(), 0..3u64).prop_map(|(rows, groups, count, gone)| AlertGroups {
        rows,
        more: Rest { groups: groups % 1_000_000, count },
        gone,
    })
}

fn value() -> impl Strategy<Value = Value> {
    let host = (any_text(), any_text(), any_text());
    prop_oneof![
        Just(Value::None),
        any_text().prop_map(Value::Text),
        host.prop_map(|(name, ip, href)| Value::Host { name, ip, href }),
        (any::<u16>(), any::<Option<u8>>()).prop_map(|(port, proto)| Value::Port { port, proto }),
    ]
}

fn group() -> impl Strategy<Value = GroupRow> {
    let examples = prop_oneof![
        counted(source()).prop_map(Examples::Sources),
        counted(talker()).prop_map(Examples::Talkers),
    ];
    (vec(value(), 1..3), number(), any::<bool>(), time(), time(), examples).prop_map(
        |(values, count, at_least, one, other, examples)| GroupRow {
            values,
            count,
            at_least,
            first: one.min(other),
            last: one.max(other),
            examples,
        },
    )
}

const MEASURES: [Measure; 8] = [
    Measure::Matches,
    Measure::Connections,
    Measure::Flows,
    Measure::Sources,
    Measure::Destinations,
    Measure::Ports,
    Measure::Users,
    Measure::Workloads,
];

fn record() -> impl Strategy<Value = Record> {
    let raw = prop_oneof![any_text().boxed(), any_value(KEYS)];
    (time(), number(), raw, any::<bool>()).prop_map(|(at, counted, raw, cut)| Record {
        at,
        counted,
        raw,
        cut,
    })
}

fn alert() -> impl Strategy<Value = Alert> {
    let threshold = option::of((1..1_000_000_000u64, 1..10_080u32)).prop_map(|count| {
        count.map_or(Threshold::Immediate, |(count, window)| Threshold::Count { count, window })
    });
    let texts = ((any_text(), any_text(), any_text(), any_text()), level(), threshold);
    let told = (
        number(),
        any::<bool>(),
        time(),
        time(),
        vec((0..2_000i64, number()), 0..40),
        (select(MEASURES.to_vec()), option::of(groups())),
    );
    (texts, told, subject(), vec(record(), 0..3)).prop_map(
        |(
            ((rule_name, desc, rec, technique), level, threshold),
            (count, at_least, one, other, mut timeline, (measure, groups)),
            subject,
            snapshot,
        )| {
            let (first, last) = (one.min(other), one.max(other));
            timeline.sort_by_key(|bar| bar.0);
            timeline.dedup_by_key(|bar| bar.0);
            let start = first.as_second().div_euclid(60);
            timeline.iter_mut().for_each(|bar| bar.0 += start);
            let rule = Some(Box::new(any_rule(&desc, threshold)));
            Alert {
                rule_id: 1,
                rule_name,
                level,
                desc,
                rec,
                technique,
                threshold,
                rule,
                count,
                measure,
                groups,
                at_least,
                first,
                last,
                in_one_go: at_least.then_some(InOneGo { count, since: first, by: last }),
                in_doubt: (!at_least && count % 3 == 0).then_some(count),
                timeline,
                subject,
                snapshot,
            }
        },
    )
}

/// A rule that asks for this text, in whatever it may stand in.
fn any_rule(text: &str, threshold: Threshold) -> Rule {
    let filter = EventFilter {
        filter_value: text.to_owned(),
        user: vec![text.to_owned(); 9],
        change: Some(FieldChange { field: text.to_owned(), from: Vec::new(), to: Vec::new() }),
        per: vec![EventPer::User],
        ..EventFilter::default()
    };
    Rule {
        id: 1,
        name: text.to_owned(),
        enabled: true,
        level: Level::Info,
        desc: String::new(),
        rec: String::new(),
        note: String::new(),
        filter: Filter::Event(filter),
        threshold,
        cooldown_minutes: 5,
        newness: None,
        technique: Default::default(),
    }
}

fn notice() -> impl Strategy<Value = Notice> {
    let texts = (any_text(), any_text(), any_text());
    texts.prop_map(|(title, text, advice)| Notice { title, text, advice })
}

fn news() -> impl Strategy<Value = ConditionNews> {
    use Condition::*;
    let which = select(vec![
        Unreachable,
        Credentials,
        Health,
        Events,
        Traffic,
        Configuration,
        Delivery,
        KeyExpires,
        CertificateExpires,
        Archive,
    ]);
    let phase = select(vec![Phase::Begins, Phase::Lasts, Phase::Ended]);
    let more = (
        option::of(told_by()),
        option::of(number()),
        option::of(expiry()),
        option::of(rule_news()),
    );
    (which, phase, time(), any_text(), level(), more).prop_map(
        |(condition, phase, since, detail, level, (told_by, caught_up, expires, rule))| {
            ConditionNews {
                detail: detail.as_str().into(),
                told_by,
                caught_up,
                expires,
                rule: rule.map(Box::new),
                ..ConditionNews::new(condition, phase, since, level)
            }
        },
    )
}

fn rows() -> impl Strategy<Value = Rows> {
    let states = vec(select(WorkloadState::ALL.map(|(_, state)| state).to_vec()), 0..6);
    let texts = (any_text(), any_text(), any_text());
    let row = (texts, states, time(), option::of(any::<u32>()), option::of(time()));
    let row = row.prop_map(|((name, href, labels), states, since, lasted, heartbeat)| {
        WorkloadRow { name, href, labels, states, since, lasted, heartbeat }
    });
    (vec(row, 0..31), number()).prop_map(|(top, count)| Rows { top, count })
}

fn rule_news() -> impl Strategy<Value = RuleNews> {
    let counts = (number(), number(), number(), any::<u32>(), any::<bool>());
    let workloads = (rows(), rows(), rows(), counts).prop_map(
        |(joined, still, back, (count, managed, gone, longest, look_at_pce))| {
            Stands::Workloads(Workloads {
                count,
                managed,
                joined,
                still,
                back,
                gone,
                longest,
                look_at_pce,
                ..Workloads::default()
            })
        },
    );
    let below = (number(), any::<u32>(), time(), option::of(time()), option::of(record()));
    let below = below.prop_map(|(came, window, until, last, record)| {
        let (wanted, amount) = (came, "".into());
        Stands::Below(Below { wanted, window, until, came, amount, last, since: until, record })
    });
    let stands = prop_oneof![workloads.boxed(), below.boxed()];
    (any_text(), any_text(), any_text(), stands).prop_map(|(name, desc, rec, stands)| RuleNews {
        id: 1,
        name,
        desc,
        rec,
        technique: String::new(),
        rule: None,
        stands,
    })
}

fn told_by() -> impl Strategy<Value = BeginMail> {
    (any_text(), any_text(), time()).prop_map(|(message_id, subject, made_at)| BeginMail {
        message_id,
        subject,
        made_at,
    })
}

fn expiry() -> impl Strategy<Value = Expiry> {
    (time(), any::<i64>(), any::<bool>()).prop_map(|(at, days, over)| Expiry { at, days, over })
}

fn gap() -> impl Strategy<Value = Gap> {
    (time(), time()).prop_map(|(from, until)| Gap { from, until })
}

fn rule_day() -> impl Strategy<Value = RuleDay> {
    (any_text(), number(), number()).prop_map(|(name, alerts, matches)| RuleDay {
        name,
        alerts,
        matches,
    })
}

fn daily() -> impl Strategy<Value = Daily> {
    let numbers = (number(), number(), number(), number(), number(), number());
    let rules = btree_map(any::<i64>(), rule_day(), 0..9);
    let day = (option::of(time()), numbers, option::of(gap()), rules).prop_map(
        |(since, (runs, failed, events, flows, alerts, mails), longest, rules)| Day {
            told: None,
            since,
            runs,
            failed,
            events,
            flows,
            alerts,
            mails,
            longest,
            rules,
        },
    );
    let waiting = option::of((any::<usize>(), time()));
    let times = (option::of(time()), option::of(time()));
    let holds = vec(active(), 0..9);
    let learners = vec(learner(), 0..7);
    (any_text(), day, any::<usize>(), waiting, times, holds, learners).prop_map(
        |(due, day, rules, waiting, (events_until, traffic_until), active, learning)| Daily {
            pauses: Vec::new(),
            due,
            day,
            rules,
            waiting,
            active,
            events_until,
            traffic_until,
            learning,
        },
    )
}

fn active() -> impl Strategy<Value = Active> {
    let condition = select(vec![Condition::Health, Condition::KeyExpires]);
    let level = select(vec![Level::Info, Level::Warning, Level::Critical]);
    let what = (option::of(condition), any_text(), any::<bool>());
    (what, level, time()).prop_map(|((condition, name, is_too_few), level, since)| {
        let rule = Holding::Rule { name, is_too_few };
        Active { what: condition.map_or(rule, Holding::Condition), level, since }
    })
}

fn learner() -> impl Strategy<Value = Learning> {
    let first = vec(vec(value(), 1..3), 0..6);
    (any_text(), any::<i64>(), any::<usize>(), number(), first).prop_map(
        |(name, days, known, more, first)| Learning {
            rule_id: 7,
            name,
            days,
            known,
            news: News { count: more.saturating_add(first.len() as u64), first },
        },
    )
}

fn report() -> impl Strategy<Value = Report> {
    let head = (any_text(), any_text(), any_text(), time());
    let kind = select(vec![Kind::Alert, Kind::Condition, Kind::Test]);
    let lists = (
        vec(news(), 0..4),
        vec(alert(), 0..5),
        vec(notice(), 0..4),
        vec(any_text(), 0..4),
        option::weighted(0.1, daily()),
    );
    (kind, head, lists, 0..40usize).prop_map(
        |(
            kind,
            (site, pce_url, org_id, made_at),
            (conditions, mut alerts, notices, footer, daily),
            many,
        )| {
            // Now and then more than a mail has room for.
            if let (35.., Some(first)) = (many, alerts.first().cloned()) {
                alerts.extend(std::iter::repeat_n(first, many));
            }
            Report {
                kind,
                site,
                pce_url,
                org_id,
                made_at,
                conditions,
                alerts,
                notices,
                footer,
                daily,
            }
        },
    )
}

#[test]
fn whatever_is_reported_the_mail_holds() {
    fuzz("mail", &report(), |report| page::holds(&report));
}
