//! The mail's size, whatever comes in.

use illumio_monitor::lang::Lang;
use illumio_monitor::mail::compose::{ENCODED_MAX, HTML_MAX, LINE_MAX, SUBJECT_MAX, TEXT_MAX};
use illumio_monitor::report::{
    About, Alert, Beside, Change, Condition, Counted, Notice, Object, Phase, Report, Subject,
};
use illumio_monitor::rules::{Filter, Level};

use crate::samples::{
    condition, end, event_alert, ranking, record, service, talker, traffic_alert,
};
use crate::{LANGS, balanced, mail, with};

/// A report with `text` wherever the PCE or the user may put a text.
pub fn filled(text: &str, alerts: usize) -> Report {
    let mut alert = event_alert(Lang::En);
    alert.rule_name = text.to_owned();
    alert.desc = text.to_owned();
    alert.rec = text.to_owned();
    alert.snapshot = vec![record(alert.first, 1, text); 2];
    if let Some(Filter::Event(filter)) = alert.rule.as_mut().map(|rule| &mut rule.filter) {
        filter.filter_value = text.to_owned();
        filter.user = vec![text.to_owned(); 3];
        filter.not_workload = vec![text.to_owned(); 3];
    }
    if let Subject::Events { sources, objects, changes } = &mut alert.subject {
        for source in sources.top.iter_mut() {
            source.what.event_type = text.to_owned();
            source.what.kind = text.to_owned();
            source.what.name = text.to_owned();
            source.what.ip = text.to_owned();
            source.what.severity = text.to_owned();
            source.what.status = text.to_owned();
        }
        *objects = ranking(vec![(Object::from(text), u64::MAX); 7], u64::MAX);
        objects.at_least = true;
        (sources.more, sources.at_least) = (u64::MAX, true);
        let change = Change {
            kind: text.to_owned(),
            name: text.to_owned(),
            action: text.to_owned(),
            fields: text.to_owned(),
        };
        *changes = ranking(vec![(change, u64::MAX); 6], u64::MAX);
    }
    let mut traffic = traffic_alert(Lang::En);
    traffic.rule_name = text.to_owned();
    traffic.count = u64::MAX;
    traffic.snapshot = vec![record(traffic.first, u64::MAX, text)];
    if let Subject::Traffic { talkers, sources, destinations, services, .. } = &mut traffic.subject
    {
        let mut wide = talker(text, text, text, text, Some(65535), Some(255));
        wide.decision = text.to_owned();
        wide.about = Beside(About {
            src_labels: text.to_owned(),
            dst_labels: text.to_owned(),
            process: text.to_owned(),
            direction: text.to_owned(),
        });
        let workload = "/orgs/1/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04";
        let ends = vec![(end(text, text, text, workload), u64::MAX); 6];
        *sources = ranking(ends.clone(), u64::MAX);
        *destinations = ranking(ends, u64::MAX);
        *services = ranking(vec![(service(Some(65535), Some(255), text), u64::MAX); 6], u64::MAX);
        talkers.top = vec![Counted { what: wide, count: u64::MAX }; 6];
    }
    let mut report = with([alert, traffic].into_iter().cycle().take(alerts).collect());
    report.site = text.to_owned();
    report.pce_url = text.to_owned();
    report.org_id = text.to_owned();
    let notice = Notice { title: text.to_owned(), text: text.to_owned(), advice: text.to_owned() };
    report.notices = vec![notice; alerts];
    report.footer = vec![text.to_owned(); alerts];
    report.conditions =
        vec![condition(Condition::Health, Phase::Begins, Level::Critical, text); alerts];
    report
}

pub fn nasty(fill: char, length: usize) -> Alert {
    let text: String = std::iter::repeat_n(fill, length).collect();
    filled(&text, 1).alerts.remove(0)
}

fn assert_bounded(report: &Report, what: &str) {
    for lang in LANGS {
        let told = mail(report, lang);
        let crlf = |part: &str| part.replace('\n', "\r\n").len();
        let (html, text) = (crlf(&told.html), crlf(&told.text));
        assert!(html <= HTML_MAX, "{what}: {html} bytes of HTML");
        assert!(text <= TEXT_MAX, "{what}: {text} bytes of text");
        let message = mail_builder::MessageBuilder::new()
            .text_body(told.text.as_str())
            .html_body(told.html.as_str())
            .write_to_vec()
            .unwrap();
        // Headers and boundaries of this message are not counted.
        let encoded = message.len().saturating_sub(500);
        assert!(encoded <= ENCODED_MAX, "{what}: {encoded} bytes encoded");
        assert!(told.subject.chars().count() <= SUBJECT_MAX, "{what}");
        for line in &told.lines {
            assert!(line.chars().count() <= LINE_MAX, "{what}: {line}");
        }
        balanced(&told.html).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
        assert!(told.html.ends_with("</html>\n"), "{what}");
    }
}

#[test]
fn whatever_comes_in_the_mail_stays_within_its_bounds() {
    for fill in ["&", "\"", "漢", "\u{0}", "\u{e0001}", "\n", " x", "😀", "[", "{\"a\":1}"] {
        for (length, alerts) in [(1, 500), (300, 500), (20_000, 25), (1_000_000, 2)] {
            let text = fill.repeat(length);
            assert_bounded(&filled(&text, alerts), &format!("{alerts} × {length} × {fill:?}"));
        }
    }
}

#[test]
fn long_texts_say_how_much_is_missing() {
    let told = mail(&with(vec![nasty('x', 1_000_000)]), Lang::En);
    let told_name = "characters more)";
    assert!(told.text.contains(told_name) && told.html.contains(told_name));
    assert!(told.html.contains("(999,880 characters more)"), "rule name");
}

#[test]
fn the_raw_records_go_first_when_room_is_short() {
    let row = format!("{{\"padding\":[{}0]}}", "\"&&&&&&&&&&&&&&&&\",".repeat(150));
    let alert = |n: usize| {
        let mut alert = traffic_alert(Lang::En);
        alert.rule_name = format!("Rule {n}");
        alert.snapshot = vec![record(alert.first, 1, &row); 2];
        alert
    };
    let told = mail(&with((0..6).map(alert).collect()), Lang::En);
    for part in [&told.text, &told.html] {
        assert!(part.contains("&amp;&amp;") || part.contains("&&&&"), "the worst has its records");
        assert!(part.contains("small, left out: ") && part.contains("the raw snapshot."));
        assert_eq!(part.matches("Top Talkers").count(), 6, "no other detail is missing");
    }
}

#[test]
fn of_five_hundred_alerts_the_worst_twenty_have_a_card_and_the_others_a_line() {
    let alert = |n: usize| {
        let mut alert = event_alert(Lang::En);
        alert.rule_name = format!("Rule {n}.");
        alert
    };
    let report = with((0..500).map(alert).collect());
    for lang in LANGS {
        let told = mail(&report, lang);
        assert_eq!(told.lines.len(), 500);
        for part in [&told.text, &told.html] {
            // In the summary, as a card, and above its records where there is room for
            // them; the others in the summary only.
            for n in 3..20 {
                let times = part.matches(&format!("Rule {n}.")).count();
                assert!((2..=3).contains(&times), "{n}: {times}");
            }
            for n in 20..500 {
                assert_eq!(part.matches(&format!("Rule {n}.")).count(), 1, "{n}");
            }
        }
    }
    let text = mail(&report, Lang::En).text;
    assert!(text.contains("480 more are listed in the summary only"), "{text}");
}

#[test]
fn of_more_alerts_than_a_mail_has_lines_for_the_rest_is_counted() {
    let mut alert = event_alert(Lang::En);
    alert.rule_name = "A rule with a rather long name, as people write them, no. 1".to_owned();
    let told = mail(&with(vec![alert; 2_000]), Lang::En);
    for part in [&told.text, &told.html] {
        assert!(part.contains("not listed to keep this mail small"));
    }
}
