//! The message that is made, and the outbox that keeps it until the server has it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod mailbox;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use illumio_monitor::lang::Lang;
use illumio_monitor::mail::mime::{self, Attachment, Parts, Thread};
use illumio_monitor::mail::outbox::{
    Asked, BYTES, Failure, Fate, Lost, MAILS, Outbox, Reader, Sent, Waiting,
};
use illumio_monitor::mail::{Route, Settings};
use illumio_monitor::net::AddressBook;
use illumio_monitor::report::Kind;
use illumio_monitor::rules::Level;
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};
use mailbox::{Action, Options, meet, settings};

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(15)
}

// The message.

const HOSTILE: &str = "阻擋 blocked\r\nBcc: evil@example.com\u{7}";

static TO: LazyLock<Vec<String>> =
    LazyLock::new(|| vec!["a@example.com".to_owned(), "b@example.com".to_owned()]);

static NO_THREAD: Thread = Thread { in_reply_to: None, references: Vec::new() };

fn parts<'a>(text: &'a str, html: &'a str) -> Parts<'a> {
    Parts {
        message_id: "1.2@example.com",
        to: &TO,
        made_at: "2026-11-22T10:20:30Z".parse().unwrap(),
        subject: HOSTILE,
        text,
        html,
        level: Level::Critical,
        kind: Kind::Alert,
        site: HOSTILE,
        thread: &NO_THREAD,
        attachment: None,
    }
}

fn header<'a>(message: &'a str, name: &str) -> Vec<&'a str> {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    let start = format!("{name}: ");
    head.split("\r\n").filter_map(|line| line.strip_prefix(&start)).collect()
}

#[test]
fn a_message_has_its_headers_and_no_others() {
    let message = mime::message(&settings(25), &parts("text", "<p>html</p>"));
    assert_eq!(header(&message, "From"), ["\"Monitor\" <monitor@example.com>"]);
    assert_eq!(header(&message, "To"), ["<a@example.com>, <b@example.com>"]);
    assert_eq!(header(&message, "Date"), ["Sun, 22 Nov 2026 10:20:30 +0000"]);
    assert_eq!(header(&message, "Message-ID"), ["<1.2@example.com>"]);
    assert_eq!(header(&message, "MIME-Version"), ["1.0"]);
    assert_eq!(header(&message, "Importance"), ["high"]);
    assert_eq!(header(&message, "Auto-Submitted"), ["auto-generated"]);
    assert_eq!(header(&message, "X-Auto-Response-Suppress"), ["All"]);
    assert_eq!(header(&message, "X-Illumio-Monitor-Level"), ["critical"]);
    assert_eq!(header(&message, "X-Illumio-Monitor-Kind"), ["alert"]);
    assert!(header(&message, "X-Illumio-Monitor-Site")[0].starts_with("=?utf-8?"));
    assert!(header(&message, "Subject")[0].starts_with("=?utf-8?"));
    assert_eq!(header(&message, "Bcc"), [""; 0]);
    assert!(header(&message, "Content-Type")[0].starts_with("multipart/alternative"));
}

#[test]
fn every_line_of_a_message_is_short_ascii_in_crlf() {
    let long = "阻擋".repeat(20_000);
    for text in [long.as_str(), &"x".repeat(90_000), ".\n\n.\r\r\n", ""] {
        let message = mime::message(&settings(25), &parts(text, text));
        assert!(message.is_ascii());
        for line in message.split("\r\n") {
            assert!(line.len() <= 998 && !line.contains(['\r', '\n']), "{line:?}");
        }
    }
}

#[test]
fn a_part_takes_the_shorter_encoding_and_the_bound_holds() {
    let chinese = "阻擋".repeat(16_666);
    assert!(chinese.len() <= 100_000 && mime::encoded_len(&chinese) <= 136_880);
    let letters = "plain words here\n".repeat(1000);
    assert!(mime::encoded_len(&letters) < letters.len() * 11 / 10);
    let message = mime::message(&settings(25), &parts(&letters, &chinese));
    assert!(message.contains("Content-Transfer-Encoding: quoted-printable"));
    assert!(message.contains("Content-Transfer-Encoding: base64"));
    let lines = "\n=".repeat(1000);
    assert_eq!(mime::decoded_len(&lines), 3000);
}

#[test]
fn a_message_id_takes_the_senders_domain_if_it_is_one() {
    let at = "2026-11-22T10:20:30Z".parse().unwrap();
    let id = |sender| mime::message_id(at, 255, sender);
    assert_eq!(id("M <m@example.com>"), "1795342830000.00000000000000ff@example.com");
    assert!(id("root").ends_with("@illumio-monitor.invalid"));
    assert!(id("a@b>\r\nX: y").ends_with("@illumio-monitor.invalid"));
}

#[test]
fn a_mail_that_goes_on_from_others_names_them_and_nothing_else_enters_its_headers() {
    let thread = Thread {
        in_reply_to: Some("1.2@example.com".into()),
        references: vec![
            "rule-7.20261122.ab@example.com".into(),
            "x@y>\r\nBcc: evil@example.com".into(),
            "no id".into(),
            "1.2@example.com".into(),
        ],
    };
    let message =
        mime::message(&settings(25), &Parts { thread: &thread, ..parts("text", "<p>html</p>") });
    assert_eq!(header(&message, "In-Reply-To"), ["<1.2@example.com>"]);
    let read = mail_parser::MessageParser::default();
    let read = read.parse(&message).unwrap();
    let ids = read.references().as_text_list().unwrap();
    assert_eq!(ids, ["rule-7.20261122.ab@example.com", "1.2@example.com"]);
    assert_eq!(header(&message, "Bcc"), [""; 0]);
}

#[test]
fn an_attachment_stands_beside_text_and_html_and_comes_as_it_was() {
    use base64::Engine;
    use mail_parser::MimeHeaders;
    let bytes: Vec<u8> = (0..10_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    let file = Attachment {
        name: "alerts.jsonl.gz".into(),
        base64: base64::engine::general_purpose::STANDARD.encode(&bytes),
    };
    let message = mime::message(
        &settings(25),
        &Parts { attachment: Some(&file), ..parts("text", "<p>html</p>") },
    );
    assert!(message.lines().all(|line| line.len() <= 998));
    let read = mail_parser::MessageParser::default();
    let read = read.parse(&message).unwrap();
    assert_eq!(read.body_text(0).unwrap().trim(), "text");
    assert_eq!(read.body_html(0).unwrap().trim(), "<p>html</p>");
    let attached = read.attachment(0).unwrap();
    assert_eq!(attached.attachment_name(), Some("alerts.jsonl.gz"));
    assert_eq!(attached.contents(), bytes);
    assert!(header(&message, "Content-Type")[0].starts_with("multipart/mixed"));
}

// The outbox.

#[test]
fn attachments_go_before_any_details_do() {
    let mut outbox = Outbox::default();
    for number in 1..=4 {
        let mut mail = waiting(number);
        let base64 = "A".repeat(BYTES / 3);
        let name = "alerts.jsonl.gz".to_owned();
        mail.attachment = Some(Attachment { name, base64 });
        outbox.push(mail, &reader());
    }
    let kept: Vec<bool> = outbox.mails.iter().map(|mail| mail.attachment.is_some()).collect();
    assert_eq!(kept, [false, false, true, true]);
    assert_eq!(outbox.mails[0].text, "details of 1");
    assert!(outbox.mails[0].detached.is_some() && outbox.mails[3].detached.is_none());
    // Merged mails keep their lines alone.
    for number in 5..=MAILS + 1 {
        outbox.push(waiting(number), &reader());
    }
    assert_eq!(outbox.mails.len(), MAILS);
    assert!(outbox.mails[0].attachment.is_none() && outbox.mails[0].detached.is_none());
    assert_eq!(outbox.mails[0].lines.len(), 2);
}

fn reader() -> Reader {
    Reader { lang: Lang::En, zone: TimeZone::fixed(offset(8)) }
}

fn made_at() -> Timestamp {
    "2026-11-22T10:20:00Z".parse().unwrap()
}

fn waiting(number: usize) -> Waiting {
    Waiting {
        message_id: format!("{number}@example.com"),
        made_at: made_at(),
        subject: format!("[Illumio Monitor] mail {number}"),
        level: Level::Warning,
        kind: Kind::Alert,
        site: "pce".into(),
        text: format!("details of {number}"),
        html: format!("<html><body class=\"x\"><p>details of {number}</p></body></html>"),
        lines: vec![format!("rule <{number}>: 12 matches")],
        to: Vec::new(),
        served: Vec::new(),
        in_doubt: false,
        unconfirmed: false,
        asked: Asked::default(),
        about_mail: false,
        thread: Thread::default(),
        attachment: None,
        detached: None,
    }
}

fn outbox(mails: usize) -> Outbox {
    Outbox { mails: (1..=mails).map(waiting).collect(), ..Outbox::default() }
}

fn deliver(outbox: &mut Outbox, settings: &Settings, now: Timestamp) -> Sent {
    outbox.deliver(settings, &reader(), now, soon(), &AddressBook::empty())
}

fn attempt(outbox: &mut Outbox, settings: &Settings) -> Sent {
    deliver(outbox, settings, made_at())
}

fn needs_a_person(sent: &Sent) -> bool {
    sent.worst().is_some_and(Failure::needs_a_person)
}

#[test]
fn waiting_mails_go_in_their_order_over_one_connection() {
    let (mailbox, settings) = meet(Options::default());
    let mut outbox = outbox(3);
    let done = attempt(&mut outbox, &settings);
    assert_eq!(done.delivered, 3);
    assert!(done.failures.is_empty() && outbox.mails.is_empty());
    assert_eq!(mailbox.connections(), 1);
    let ids: Vec<_> = mailbox.mails();
    for (at, mail) in ids.iter().enumerate() {
        let id = format!("Message-ID: <{}@example.com>", at + 1);
        assert!(mail.data.contains(&id), "{}", mail.data);
        assert!(!mail.data.contains("could not be delivered"));
    }
}

#[test]
fn a_mail_without_its_250_stays_with_its_message_id() {
    let (mailbox, settings) = meet(Options::default().times("END", 1, Action::TakeAndDrop));
    let mut outbox = outbox(2);
    let done = attempt(&mut outbox, &settings);
    assert_eq!((done.delivered, done.failures.len()), (0, 1));
    assert_eq!(outbox.mails.len(), 2);
    assert!(outbox.mails[0].in_doubt && !outbox.mails[1].in_doubt);
    attempt(&mut outbox, &settings);
    assert!(outbox.mails.is_empty());
    let mails = mailbox.mails();
    let again = mails.iter().filter(|mail| mail.data.contains("<1@example.com>"));
    assert_eq!((mails.len(), again.count()), (3, 2));
}

#[test]
fn a_dead_server_is_asked_once_for_all_mails() {
    let (mailbox, mut settings) = meet(Options::default().at("MAIL", Action::Hang));
    settings.smtp.timeout = Duration::from_millis(300);
    let mut outbox = outbox(5);
    let done = attempt(&mut outbox, &settings);
    assert_eq!((done.failures.len(), outbox.mails.len()), (1, 5));
    assert_eq!(mailbox.connections(), 1);
    assert!(!needs_a_person(&done));
}

#[test]
fn a_mail_refused_as_a_whole_stays_and_the_others_go() {
    let refusal = Action::Say("554 5.7.1 spam\r\n".into());
    let (mailbox, settings) = meet(Options::default().times("END", 1, refusal));
    let mut outbox = outbox(2);
    let done = attempt(&mut outbox, &settings);
    assert_eq!((done.delivered, outbox.mails.len()), (1, 1));
    assert!(needs_a_person(&done));
    assert_eq!(outbox.mails[0].message_id, "1@example.com");
    assert!(!outbox.mails[0].in_doubt);
    assert!(mailbox.mails()[0].data.contains("<2@example.com>"));
}

#[test]
fn a_recipient_refused_for_good_is_dropped_and_named() {
    let (_, settings) = meet(Options::default().say("RCPT TO:<a@", "550 5.1.1 unknown"));
    let mut outbox = outbox(1);
    let done = attempt(&mut outbox, &settings);
    assert!(outbox.mails.is_empty());
    assert!(needs_a_person(&done));
    let untold = outbox.take_untold();
    assert_eq!(untold.len(), 1);
    let told = untold[0].text(&reader());
    assert!(told.contains("a@example.com") && told.contains("550 5.1.1 unknown"), "{told}");
    assert!(outbox.take_untold().is_empty());
}

#[test]
fn what_was_lost_is_known_after_a_save_and_from_a_state_of_before() {
    let (_, settings) = meet(Options::default().say("RCPT TO:<a@", "550 5.1.1 unknown"));
    let mut outbox = outbox(1);
    attempt(&mut outbox, &settings);
    let kept: Outbox = serde_json::from_str(&serde_json::to_string(&outbox).unwrap()).unwrap();
    assert_eq!(kept.untold[0].text(&reader()), outbox.untold[0].text(&reader()));
    let before: Outbox = serde_json::from_str(r#"{"untold":["A sentence."]}"#).unwrap();
    assert_eq!(before.untold, [Lost::Said("A sentence.".to_owned())]);
}

#[test]
fn a_recipient_refused_for_now_is_tried_again_alone() {
    let later = Action::Say("450 4.2.0 later\r\n".into());
    let (mailbox, settings) = meet(Options::default().times("RCPT TO:<a@", 1, later));
    let mut outbox = outbox(1);
    attempt(&mut outbox, &settings);
    assert_eq!(outbox.mails[0].served, ["b@example.com"]);
    let kept = serde_json::to_string(&outbox).unwrap();
    let mut outbox: Outbox = serde_json::from_str(&kept).unwrap();
    attempt(&mut outbox, &settings);
    assert!(outbox.mails.is_empty());
    assert_eq!(mailbox.mails()[1].to, ["a@example.com"]);
}

#[test]
fn a_mail_refused_for_everyone_waits_for_other_recipients() {
    let (mailbox, mut settings) = meet(Options::default().say("RCPT TO:<a@", "550 unknown"));
    settings.recipients = vec!["a@example.com".into()];
    let mut outbox = outbox(1);
    let done = attempt(&mut outbox, &settings);
    assert!(needs_a_person(&done) && outbox.mails.len() == 1);
    settings.recipients = vec!["c@example.com".into()];
    attempt(&mut outbox, &settings);
    assert!(outbox.mails.is_empty());
    assert_eq!(mailbox.mails()[0].to, ["c@example.com"]);
}

#[test]
fn a_late_mail_says_since_when_it_waited() {
    let (mailbox, settings) = meet(Options::default());
    let mut outbox = outbox(1);
    let now = made_at() + SignedDuration::from_hours(2);
    deliver(&mut outbox, &settings, now);
    let data = mailbox.mails()[0].data.replace("=\r\n", "");
    assert_eq!(data.matches("2026-11-22 18:20 +08:00").count(), 2, "{data}");
    assert!(data.contains("<body class=3D\"x\"><p><strong>This mail was created"), "{data}");
}

#[test]
fn too_many_mails_merge_and_keep_every_line() {
    let mut outbox = Outbox::default();
    let mut doubtful = waiting(0);
    doubtful.in_doubt = true;
    outbox.push(doubtful.clone(), &reader());
    for number in 1..=100 {
        outbox.push(waiting(number), &reader());
    }
    assert_eq!(outbox.mails.len(), MAILS);
    assert_eq!(outbox.mails[0], doubtful);
    assert_eq!(outbox.mails[MAILS - 1], waiting(100));
    let all: String = outbox.mails.iter().map(|mail| mail.html.as_str()).collect();
    for number in 1..=81 {
        assert!(all.contains(&format!("rule &lt;{number}&gt;: 12 matches")), "{number}");
    }
}

#[test]
fn too_large_mails_lose_details_the_oldest_first_and_no_line() {
    let mut outbox = Outbox::default();
    for number in 1..=3 {
        let mut mail = waiting(number);
        mail.html = "x".repeat(BYTES / 3 - 1000);
        mail.lines = vec![format!("line {number}")];
        outbox.push(mail, &reader());
    }
    let mut last = waiting(4);
    last.text = "y".repeat(10_000);
    outbox.push(last.clone(), &reader());
    assert!(outbox.mails[0].text.contains("line 1"));
    assert!(outbox.mails[0].html.len() < 1000);
    assert!(outbox.mails[1].html.len() > BYTES / 4);
    assert_eq!(outbox.mails[3], last);
}

#[test]
fn after_thirty_days_a_mail_becomes_one_line() {
    let mut outbox = outbox(2);
    outbox.mails[1].made_at += SignedDuration::from_hours(24);
    outbox.expire(made_at() + SignedDuration::from_hours(30 * 24 + 1));
    assert_eq!(outbox.mails.len(), 1);
    let untold = outbox.take_untold();
    assert_eq!(untold.len(), 1);
    let told = untold[0].text(&reader());
    assert!(told.contains("mail 1") && told.contains("2026-11-22 18:20 +08:00"), "{told}");
}

#[test]
fn nothing_that_waits_or_is_due_means_no_session() {
    let (mailbox, settings) = meet(Options::default());
    let done = attempt(&mut Outbox::default(), &settings);
    assert!(done.failures.is_empty() && done.delivered == 0);
    // One that was tried a moment ago is not due either.
    let mut outbox = Outbox::default();
    outbox.unconfirmed.mails = vec![unconfirmed(1, 3, made_at())];
    attempt(&mut outbox, &settings);
    assert_eq!((mailbox.connections(), outbox.waiting()), (0, 1));
    // With a mail of another kind to send and nobody to send it to: none.
    let nobody = Settings { recipients: Vec::new(), ..settings };
    let mut outbox = self::outbox(1);
    attempt(&mut outbox, &nobody);
    assert_eq!((mailbox.connections(), outbox.mails.len()), (0, 1));
}

/// One that was sent again so often since, last at this time.
fn unconfirmed(number: usize, times: u32, at: Timestamp) -> Waiting {
    Waiting {
        in_doubt: true,
        unconfirmed: true,
        asked: Asked { times, at: Some(at), ..Asked::default() },
        ..waiting(number)
    }
}

#[test]
fn an_unconfirmed_mail_is_due_at_once_then_after_an_hour_then_every_four() {
    for (times, minutes, sent) in [
        (0, 0, true),
        (1, 59, false),
        (1, 60, true),
        (2, 239, false),
        (2, 240, true),
        (9, 239, false),
        (9, 240, true),
        // A clock that was set back.
        (9, -1, true),
    ] {
        let (mailbox, settings) = meet(Options::default());
        let mut outbox = Outbox::default();
        outbox.unconfirmed.mails = vec![unconfirmed(1, times, made_at())];
        let now = made_at() + SignedDuration::from_mins(minutes);
        let done = deliver(&mut outbox, &settings, now);
        assert_eq!(done.delivered == 1, sent, "{times}, {minutes} min");
        assert_eq!(outbox.waiting() == 0, sent, "{times}, {minutes} min");
        assert_eq!(mailbox.mails().len(), usize::from(sent));
    }
}

#[test]
fn one_delivered_mail_brings_the_unconfirmed_and_one_that_is_refused_does_not() {
    for (script, delivered) in [
        (Options::default(), 2),
        (Options::default().times("END", 1, Action::Say("554 5.7.1 spam\r\n".into())), 0),
    ] {
        let (_mailbox, settings) = meet(script);
        let mut outbox = outbox(1);
        outbox.unconfirmed.mails = vec![unconfirmed(2, 3, made_at())];
        let done = attempt(&mut outbox, &settings);
        assert_eq!(done.delivered, delivered);
        assert_eq!(outbox.unconfirmed.mails.len(), usize::from(delivered == 0));
    }
}

#[test]
fn a_mail_is_tried_for_thirty_days_and_not_a_second_less() {
    let month = SignedDuration::from_hours(30 * 24);
    for (over, waits) in [(0, 2), (1, 0)] {
        let mut outbox = outbox(1);
        outbox.unconfirmed.mails = vec![unconfirmed(2, 0, made_at())];
        let now = made_at() + month + SignedDuration::from_secs(over);
        outbox.expire(now);
        assert_eq!(outbox.waiting(), waits, "{over} s");
        assert_eq!(outbox.take_untold().len(), 2 - waits);
    }
    // Each by its own age.
    let mut outbox = Outbox::default();
    let mut young = unconfirmed(2, 0, made_at());
    young.made_at += SignedDuration::from_hours(1);
    outbox.unconfirmed.mails = vec![unconfirmed(1, 0, made_at()), young.clone()];
    outbox.expire(made_at() + month + SignedDuration::from_mins(30));
    assert_eq!(outbox.unconfirmed.mails, [young]);
}

#[test]
fn merged_mails_are_full_at_fifty_thousand_bytes_of_html() {
    // `<li>`, `</li>` and a line end stand around each line.
    let line = |bytes: usize| "m".repeat(bytes - 10);
    for (first, second, merges) in [(25_000, 25_000, true), (25_000, 25_001, false)] {
        let mut outbox = outbox(MAILS + 1);
        for mail in &mut outbox.mails {
            // No others fit.
            mail.in_doubt = true;
        }
        for (mail, size) in outbox.mails.iter_mut().zip([first, second]) {
            mail.in_doubt = false;
            mail.lines = vec![line(size)];
        }
        let mut last = outbox.mails.pop().unwrap();
        last.in_doubt = true;
        outbox.push(last, &reader());
        let wanted = MAILS + usize::from(!merges);
        assert_eq!(outbox.mails.len(), wanted, "{first} + {second}");
    }
}

#[test]
fn neighbours_merge_in_their_order_and_neither_is_in_doubt() {
    let mut outbox = outbox(MAILS);
    outbox.mails[0].in_doubt = true;
    outbox.mails[2].served = vec!["a@example.com".into()];
    outbox.push(waiting(MAILS + 1), &reader());
    // The first pair of which nobody has one.
    let ids: Vec<&str> = outbox.mails.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(&ids[..4], ["1@example.com", "2@example.com", "3@example.com", "4@example.com"]);
    assert_eq!(ids[4], "6@example.com");
    assert_eq!(outbox.mails[3].lines, ["rule <4>: 12 matches", "rule <5>: 12 matches"]);
    assert!(outbox.mails[3].subject.contains("waited for delivery"));
}

#[test]
fn a_merged_mail_is_as_bad_as_its_worst_and_says_so() {
    let mut outbox = outbox(MAILS);
    outbox.mails[0].kind = Kind::Condition;
    outbox.mails[0].about_mail = true;
    outbox.mails[1].level = Level::Critical;
    outbox.mails[1].site = "other".into();
    outbox.push(waiting(MAILS + 1), &reader());
    let merged = &outbox.mails[0];
    assert_eq!((merged.level, merged.kind), (Level::Critical, Kind::Alert));
    assert!(
        merged.subject.starts_with("[Illumio Monitor] [other] CRITICAL: "),
        "{}",
        merged.subject
    );
    assert!(!merged.about_mail && merged.site == "other");
}

#[test]
fn what_waits_is_shortened_beyond_its_bytes_and_not_before() {
    let exactly = |mails: usize| {
        let mut outbox = outbox(mails);
        let small: usize = outbox.mails.iter().map(size).sum();
        let each = (BYTES - small) / mails;
        for mail in &mut outbox.mails {
            mail.html += &"x".repeat(each);
        }
        let left = BYTES - outbox.mails.iter().map(size).sum::<usize>();
        outbox.mails[0].html += &"x".repeat(left);
        outbox
    };
    let mut full = exactly(4);
    let last = full.mails.pop().unwrap();
    full.push(last.clone(), &reader());
    assert!(full.mails.iter().all(|mail| mail.html.len() > BYTES / 5));
    let mut over = exactly(4);
    let mut last = over.mails.pop().unwrap();
    last.lines.push("y".into());
    over.push(last, &reader());
    let kept: Vec<bool> = over.mails.iter().map(|mail| mail.html.len() > BYTES / 5).collect();
    assert_eq!(kept, [false, true, true, true]);
    // One of which someone may have a part already is sent as it is.
    let mut over = exactly(4);
    over.mails[0].in_doubt = true;
    let mut last = over.mails.pop().unwrap();
    last.lines.push("y".into());
    over.push(last, &reader());
    let kept: Vec<bool> = over.mails.iter().map(|mail| mail.html.len() > BYTES / 5).collect();
    assert_eq!(kept, [true, false, true, true]);
}

/// What a mail takes of the bound.
fn size(mail: &Waiting) -> usize {
    let lines: usize = mail.lines.iter().map(String::len).sum();
    let attached = mail.attachment.as_ref().map_or(0, |file| file.base64.len());
    mail.text.len() + mail.html.len() + lines + attached
}

#[test]
fn after_a_refusal_the_session_goes_on_only_where_the_server_takes_it_back() {
    // The mail is refused, and so is the end of its transaction.
    let refusal = Action::Say("554 5.7.1 spam\r\n".into());
    let script = Options::default().times("END", 1, refusal);
    let (mailbox, settings) = meet(script.say("RSET", "421 4.3.2 going down"));
    let mut outbox = outbox(3);
    let done = attempt(&mut outbox, &settings);
    assert_eq!((done.delivered, outbox.mails.len()), (0, 3));
    let mails = mailbox.transcript();
    let tried = mails.iter().filter(|line| line.starts_with("C: MAIL"));
    assert_eq!(tried.count(), 1, "{mails:?}");
    // One that says goodbye is asked no more.
    let (mailbox, settings) = meet(Options::default().say("MAIL", "421 4.3.2 going down"));
    let mut outbox = self::outbox(3);
    attempt(&mut outbox, &settings);
    let said = mailbox.transcript();
    assert!(!mailbox.heard("RSET"), "{said:?}");
    assert_eq!(said.iter().filter(|line| line.starts_with("C: MAIL")).count(), 1);
}

#[test]
fn a_second_silence_makes_a_mail_unconfirmed_and_a_refusal_does_not() {
    let (_, settings) = meet(Options::default().at("END", Action::TakeAndDrop));
    let mut outbox = outbox(1);
    attempt(&mut outbox, &settings);
    assert!(outbox.mails[0].in_doubt && !outbox.mails[0].unconfirmed);
    let (_, refusing) = meet(Options::default().say("MAIL", "450 4.2.0 later"));
    attempt(&mut outbox, &refusing);
    assert!(outbox.mails[0].in_doubt && !outbox.mails[0].unconfirmed);
    attempt(&mut outbox, &settings);
    assert!(outbox.mails.is_empty() && outbox.unconfirmed.mails[0].unconfirmed);
    // In the run in which it came there its turn is not yet.
    attempt(&mut outbox, &settings);
    assert_eq!(outbox.unconfirmed.mails[0].asked.times, 0);
}

#[test]
fn a_mail_is_late_after_five_minutes_and_not_before() {
    for (seconds, late) in [(300, false), (301, true)] {
        let (mailbox, settings) = meet(Options::default());
        let mut outbox = outbox(1);
        let now = made_at() + SignedDuration::from_secs(seconds);
        deliver(&mut outbox, &settings, now);
        let data = mailbox.mails()[0].data.replace("=\r\n", "");
        assert_eq!(data.contains("This mail was created"), late, "{seconds} s");
    }
}

#[test]
fn beyond_the_bound_unconfirmed_mails_of_the_same_people_merge() {
    let (_, settings) = meet(Options::default().at("END", Action::TakeAndDrop));
    let mut outbox = Outbox::default();
    outbox.unconfirmed.mails = (1..=MAILS).map(|n| unconfirmed(n, 5, made_at())).collect();
    let mut twice = waiting(99);
    twice.in_doubt = true;
    outbox.mails = vec![twice];
    attempt(&mut outbox, &settings);
    let mails = &outbox.unconfirmed.mails;
    assert_eq!(mails.len(), MAILS);
    let last = &mails[MAILS - 1];
    assert_eq!(last.message_id, "with.99@example.com");
    assert_eq!(last.lines, [format!("rule <{MAILS}>: 12 matches"), "rule <99>: 12 matches".into()]);
    // Who has it already is not sent another's lines.
    let mut outbox = Outbox::default();
    outbox.unconfirmed.mails = (1..=MAILS).map(|n| unconfirmed(n, 5, made_at())).collect();
    let mut other = waiting(99);
    (other.in_doubt, other.served) = (true, vec!["a@example.com".into()]);
    outbox.mails = vec![other];
    attempt(&mut outbox, &settings);
    assert_eq!(outbox.unconfirmed.mails.len(), MAILS + 1);
}

#[test]
fn a_mail_that_is_large_by_its_lines_does_not_spare_the_next_one() {
    let mut outbox = outbox(3);
    outbox.mails[0].lines = vec!["l".repeat(BYTES / 2)];
    for mail in &mut outbox.mails[1..] {
        mail.html = "x".repeat(BYTES / 4);
    }
    let last = outbox.mails.pop().unwrap();
    outbox.push(last, &reader());
    let kept: Vec<bool> = outbox.mails.iter().map(|mail| mail.html.starts_with('x')).collect();
    assert_eq!(kept, [false, false, false], "what is left of the first is too much by itself");
}

#[test]
fn on_a_line_that_broke_nothing_more_is_asked() {
    let (mailbox, settings) = meet(Options::default().at("END", Action::TakeAndDrop));
    let mut outbox = outbox(1);
    outbox.unconfirmed.mails = vec![unconfirmed(2, 0, made_at())];
    let done = attempt(&mut outbox, &settings);
    assert_eq!(done.failures.len(), 1, "{:?}", done.failures);
    assert_eq!(outbox.unconfirmed.mails[0].asked.times, 0);
    assert!(!mailbox.heard("RSET"));
}

#[test]
fn an_answer_ends_the_doubt_also_where_it_is_for_some_of_them() {
    let later = Action::Say("450 4.2.0 later\r\n".into());
    let (_mailbox, settings) = meet(Options::default().times("RCPT TO:<a@", 1, later));
    let mut outbox = outbox(1);
    outbox.mails[0].in_doubt = true;
    attempt(&mut outbox, &settings);
    assert_eq!(outbox.mails[0].served, ["b@example.com"]);
    assert!(!outbox.mails[0].in_doubt);
}

// Mails for certain people.

/// One that is for these.
fn routed(number: usize, to: &[&str]) -> Waiting {
    let to = to.iter().map(|to| (*to).to_owned()).collect();
    Waiting { to, ..waiting(number) }
}

/// Settings by which `net@example.com` and `db@example.com` may get mail, too.
fn with_routes(settings: Settings) -> Settings {
    let to = vec!["net@example.com".to_owned(), "db@example.com".to_owned()];
    Settings { routes: vec![Route { to, ..Route::default() }], ..settings }
}

#[test]
fn mails_merge_with_those_for_the_same_people_and_who_gets_few_keeps_his_whole() {
    let mut outbox = Outbox::default();
    let few = routed(0, &["db@example.com"]);
    outbox.push(few.clone(), &reader());
    for number in 1..=60 {
        let mail = match number % 2 {
            0 => waiting(number),
            _ => routed(number, &["net@example.com"]),
        };
        outbox.push(mail, &reader());
    }
    assert_eq!(outbox.mails.len(), MAILS);
    assert_eq!(outbox.mails[0], few);
    for (to, rest) in [(vec![], 0), (vec!["net@example.com".to_owned()], 1)] {
        let mails = outbox.mails.iter().filter(|mail| mail.to == to);
        let lines: Vec<&String> = mails.flat_map(|mail| &mail.lines).collect();
        let all = (1..=60).filter(|number| number % 2 == rest);
        let all: Vec<String> = all.map(|number| format!("rule <{number}>: 12 matches")).collect();
        assert_eq!(lines, all.iter().collect::<Vec<_>>());
    }
    let merged = |fate: &Fate| matches!(fate, Fate::Merged { .. });
    assert_eq!(outbox.take_fates().iter().filter(|fate| merged(fate)).count(), 61 - MAILS);
}

#[test]
fn as_many_kinds_of_people_as_there_are_have_a_mail_each_also_beyond_the_bound() {
    let mut outbox = Outbox::default();
    for number in 0..100 {
        outbox.push(routed(number, &[&format!("{}@example.com", number % 25)]), &reader());
    }
    assert_eq!(outbox.mails.len(), 25);
    assert_eq!(outbox.mails.iter().map(|mail| mail.lines.len()).sum::<usize>(), 100);
}

#[test]
fn a_mail_goes_to_those_it_was_made_for_and_says_so_in_its_head() {
    let (mailbox, settings) = meet(Options::default());
    let settings = with_routes(settings);
    let mails = vec![routed(1, &["net@example.com", "gone@example.com"]), waiting(2)];
    let mut outbox = Outbox { mails, ..Outbox::default() };
    assert!(attempt(&mut outbox, &settings).failures.is_empty());
    let mails = mailbox.mails();
    assert_eq!(mails[0].to, ["net@example.com"]);
    assert_eq!(header(&mails[0].data, "To"), ["<net@example.com>"]);
    assert_eq!(mails[1].to, ["a@example.com", "b@example.com"]);
    let delivered = ["1@example.com", "2@example.com"];
    assert_eq!(outbox.take_fates(), delivered.map(|id| Fate::Delivered(id.to_owned())));
}

#[test]
fn where_nobody_it_was_made_for_is_left_a_mail_goes_to_the_recipients_unless_one_had_it() {
    let (mailbox, settings) = meet(Options::default());
    let mut had = routed(2, &["gone@example.com", "left@example.com"]);
    had.served = vec!["gone@example.com".to_owned()];
    let mails = vec![routed(1, &["gone@example.com"]), had];
    let mut outbox = Outbox { mails, ..Outbox::default() };
    attempt(&mut outbox, &settings);
    let mails = mailbox.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["a@example.com", "b@example.com"]);
    assert!(outbox.mails.is_empty());
}

#[test]
fn what_the_server_refuses_for_all_of_them_is_handed_over_at_once_where_it_takes_others() {
    let refuse = "RCPT TO:<net@example.com>";
    let (mailbox, settings) = meet(Options::default().say(refuse, "550 5.1.1 no such user"));
    let settings = with_routes(settings);
    // No other mail shows that the server takes any.
    let mails = vec![routed(1, &["net@example.com"])];
    let mut outbox = Outbox { mails, ..Outbox::default() };
    attempt(&mut outbox, &settings);
    assert_eq!(mailbox.mails().last().unwrap().to, ["a@example.com", "b@example.com"]);
    assert!(outbox.mails.is_empty());
    let lost = outbox.take_untold();
    assert!(matches!(lost.as_slice(), [Lost::HandedOver { .. }]), "{lost:?}");
    // And where one does, it is not asked for.
    outbox.mails = vec![routed(2, &["net@example.com"]), waiting(3)];
    attempt(&mut outbox, &settings);
    assert!(outbox.mails.is_empty() && outbox.take_untold().len() == 1);
    assert_eq!(mailbox.mails().len(), 3);
}
