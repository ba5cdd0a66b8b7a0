//! A mail server that answers anything.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use illumio_monitor::lang::Lang;
use illumio_monitor::mail::smtp::deliver;
use illumio_monitor::mail::smtp::reply::{Capabilities, LIMIT, Reply, is_complete};
use illumio_monitor::mail::{Settings, Smtp, Tls};
use illumio_monitor::net::AddressBook;
use illumio_monitor::net::secret::Secret;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::drive::fuzz;
use crate::json::{Damage, damage, damaged};

const PASSWORD: &str = "hunter2-zqx";

pub fn settings(port: u16) -> Settings {
    Settings {
        sender: "Monitor <monitor@example.com>".into(),
        envelope_sender: None,
        recipients: vec!["a@example.com".into(), "b@example.com".into()],
        routes: Vec::new(),
        raw_snapshot: true,
        attach_records: false,
        thread: false,
        smtp: Smtp {
            host: "127.0.0.1".into(),
            port,
            tls: Tls::None,
            login: None,
            ca_file: None,
            timeout: Duration::from_millis(150),
            others: Default::default(),
        },
    }
}

/// One line of an answer, without its end.
fn words() -> impl Strategy<Value = String> {
    let bits = [
        "ok",
        "5.1.1",
        "2.0.0",
        "4.7.1 ",
        "999.999.999",
        "\u{1b}[31m",
        "\u{0}",
        "\u{7}",
        "é",
        "\u{202e}",
        "AUTH PLAIN LOGIN",
        "AUTH=PLAIN",
        "SIZE 100",
        "SIZE 99999999999999999999",
        "STARTTLS",
        "8BITMIME",
        "SMTPUTF8",
        "DELIVERBY 1",
        "MT-PRIORITY x",
        "hunter2-zqx",
        " ",
        "-",
        "\r",
        "FUTURERELEASE 1 2",
    ];
    prop_oneof![
        20 => vec(select(bits.to_vec()), 0..5).prop_map(|all| all.join(" ")),
        1 => (select(bits.to_vec()), 1..900usize).prop_map(|(bit, times)| bit.repeat(times)),
    ]
}

/// An answer with this code, of one or more lines, mostly whole.
fn answer(code: impl Strategy<Value = u16>) -> impl Strategy<Value = Vec<u8>> {
    let hurt =
        prop_oneof![6 => Just(Vec::<Damage>::new()).boxed(), 1 => vec(damage(), 1..3).boxed()];
    let end = select(vec!["\r\n", "\r\n", "\n", "\r\r\n"]);
    (code, vec(words(), 1..5), end, hurt).prop_map(|(code, lines, end, hurt)| {
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate() {
            let mark = if at + 1 == lines.len() { ' ' } else { '-' };
            text += &format!("{code}{mark}{line}{end}");
        }
        damaged(text.into_bytes(), &hurt)
    })
}

fn any_code() -> impl Strategy<Value = u16> {
    prop_oneof![
        select(vec![220, 250, 251, 334, 235, 354, 421, 450, 451, 535, 550, 552, 554]),
        0..1_000u16,
    ]
}

/// The answers of a session, the right ones mostly.
fn script() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let right = |code: u16| prop_oneof![12 => Just(code), 1 => any_code()];
    let codes = [220, 250, 250, 250, 250, 354, 250];
    let whole = codes.map(|code| answer(right(code)).boxed()).to_vec();
    // Now and then it says more than it was asked for.
    let unasked = (any::<Index>(), answer(prop_oneof![Just(250), Just(354)]));
    (whole, proptest::option::weighted(0.2, unasked)).prop_map(|(mut script, unasked)| {
        if let Some((at, more)) = unasked {
            let at = at.index(script.len());
            script[at].extend(more);
        }
        script
    })
}

fn harmless(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

#[test]
fn whatever_a_server_answers_is_read_within_bounds() {
    fuzz("smtp: replies", &answer(any_code()), |sent| {
        let raw = sent.as_slice();
        // As it comes from the line: up to the first line that ends an answer.
        let ends = (0..raw.len()).filter(|at| raw[*at] == b'\n').map(|at| &raw[..=at]);
        let whole =
            ends.map_while(|part| is_complete(part).map(|done| (part, done))).find(|part| part.1);
        let Some((raw, _)) = whole.filter(|(part, _)| part.len() <= LIMIT) else {
            return Ok(());
        };
        let Some(reply) = Reply::parse(raw) else {
            return Ok(());
        };
        prop_assert!((200..600).contains(&reply.code));
        prop_assert!(
            reply.text.chars().count() <= 200 && harmless(&reply.text),
            "{:?}",
            reply.text
        );
        Capabilities::from_reply(&reply);
        let last = raw[..raw.len() - 1].rsplit(|byte| *byte == b'\n').next().unwrap();
        prop_assert_eq!(reply.code.to_string(), String::from_utf8_lossy(&last[..3]));
        Ok(())
    });
}

/// Answers each line with the next of the script, the message's lines with none;
/// hangs up at the script's end. What was answered to the end of the message.
fn serve(listener: &TcpListener, script: &[Vec<u8>]) -> std::io::Result<Option<Vec<u8>>> {
    let (mut stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut in_data, mut line) = (false, Vec::new());
    let mut answers = script.iter();
    let Some(greeting) = answers.next() else {
        return Ok(None);
    };
    stream.write_all(greeting)?;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if in_data && line != b".\r\n" {
            continue;
        }
        let Some(answer) = answers.next() else {
            return Ok(None);
        };
        stream.write_all(answer)?;
        if in_data {
            return Ok(Some(answer.clone()));
        }
        in_data = line == b"DATA\r\n" && answer.starts_with(b"354");
    }
}

/// The first digit of the line that ends the first answer: `ddd` and no hyphen.
fn verdict(answer: &[u8]) -> Option<u8> {
    let mut lines = answer.split_inclusive(|byte| *byte == b'\n');
    let last = lines.find(|line| line.get(3) != Some(&b'-') && line.ends_with(b"\n"))?;
    last.first().copied()
}

#[test]
fn whatever_a_server_answers_the_session_ends_and_says_what_is_true() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    fuzz("smtp: sessions", &(script(), any::<bool>()), |(script, login)| {
        let mut settings = settings(port);
        if login {
            settings.smtp.login = Some(("user".into(), Secret::new(PASSWORD)));
        }
        let start = Instant::now();
        let (outcome, end) = thread::scope(|scope| {
            let server = scope.spawn(|| serve(&listener, &script));
            let deadline = start + Duration::from_secs(4);
            let outcome = deliver(
                &settings,
                &settings.recipients,
                b"Subject: x\n\n.\nbody",
                deadline,
                &AddressBook::empty(),
            );
            (outcome, server.join().unwrap())
        });
        prop_assert!(start.elapsed() < Duration::from_secs(5));
        match outcome {
            Ok(delivery) => {
                prop_assert_eq!(delivery.accepted.len() + delivery.refused.len(), 2);
                for refused in &delivery.refused {
                    prop_assert!(harmless(&refused.reply.text));
                }
                if !delivery.accepted.is_empty() {
                    let end = end.ok().flatten();
                    let verdict = end.as_deref().and_then(verdict);
                    prop_assert!(verdict == Some(b'2'), "told as delivered: {:?}", end);
                }
            }
            Err(error) => {
                for lang in [Lang::En, Lang::ZhTw] {
                    let text = error.text(lang);
                    prop_assert!(harmless(&text) && text.len() < 2_000, "{:?}", text);
                    prop_assert!(
                        !login
                            || error.step != illumio_monitor::mail::smtp::Step::Auth
                            || !text.contains(PASSWORD),
                        "{}",
                        text
                    );
                }
            }
        }
        Ok(())
    });
}
