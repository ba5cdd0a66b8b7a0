//! The conversation with a mail server, as it should go and as it shouldn't.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod certificate;
mod mailbox;

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use certificate::{File, Wish, self_signed, signed_by_ca};
use illumio_monitor::lang::Lang;
use illumio_monitor::mail::smtp::{Cause, Delivery, Note, Session, SmtpError, Step, deliver};
use illumio_monitor::mail::{Settings, Tls};
use illumio_monitor::net::AddressBook;
use illumio_monitor::net::secret::Secret;
use illumio_monitor::net::tls::Problem;
use mailbox::{Action, Mailbox, Options, meet, settings};

const MESSAGE: &[u8] = b"Subject: test\n\nHello\n.\n..dots\nbye";

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(15)
}

fn send(settings: &Settings) -> Result<Delivery, SmtpError> {
    deliver(settings, &settings.recipients, MESSAGE, soon(), &AddressBook::empty())
}

/// What fails when a server with these options is sent a mail.
fn failure(options: Options) -> SmtpError {
    let (mailbox, settings) = meet(options);
    let error = send(&settings).expect_err("it must fail");
    assert_eq!(mailbox.mails(), [], "{error}");
    error
}

fn verdict(error: &SmtpError) -> (Step, bool) {
    (error.step, error.permanent())
}

// The plain conversation.

#[test]
fn a_mail_arrives_as_it_was_written() {
    let (mailbox, settings) = meet(Options::default());
    let delivery = send(&settings).unwrap();
    assert_eq!(delivery.accepted, settings.recipients);
    let mails = mailbox.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "monitor@example.com");
    assert_eq!(mails[0].to, settings.recipients);
    assert_eq!(mails[0].data, "Subject: test\r\n\r\nHello\r\n.\r\n..dots\r\nbye\r\n");
}

#[test]
fn the_conversation_ends_with_quit() {
    let (mailbox, settings) = meet(Options::default());
    send(&settings).unwrap();
    let start = Instant::now();
    while !mailbox.heard("QUIT") {
        assert!(start.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_envelope_sender_goes_before_the_senders_address() {
    let (mailbox, mut settings) = meet(Options::default());
    settings.envelope_sender = Some("bounces@example.com".into());
    send(&settings).unwrap();
    assert_eq!(mailbox.mails()[0].from, "bounces@example.com");
}

#[test]
fn a_server_on_ipv6_is_reached_with_and_without_brackets() {
    for host in ["::1", "[::1]"] {
        let (mailbox, mut settings) = meet(Options { ipv6: true, ..Options::default() });
        settings.smtp.host = host.into();
        send(&settings).unwrap();
        assert!(mailbox.heard("EHLO "), "{:?}", mailbox.transcript());
    }
}

#[test]
fn every_address_of_a_name_is_tried() {
    let (mailbox, settings) = meet(Options::default());
    let (hanging, _) = meet(Options::default().at("GREETING", Action::Hang));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = |port| format!("127.0.0.1:{port}").parse().unwrap();
    let addresses = [nobody, at(hanging.port()), at(mailbox.port())];
    Session::open_any(&settings.smtp, &addresses, soon()).unwrap().quit();
    assert_eq!((hanging.connections(), mailbox.connections()), (1, 1));
}

#[test]
fn answers_of_several_lines_are_read_to_their_end() {
    let options = Options::default()
        .say("GREETING", "220-mailbox.test\r\n220-no spam\r\n220 please")
        .say("RCPT", "250-fine\r\n250 with me");
    let (mailbox, settings) = meet(options);
    send(&settings).unwrap();
    assert_eq!(mailbox.mails().len(), 1);
}

#[test]
fn a_server_that_knows_only_helo_is_greeted_with_it() {
    let (mailbox, settings) = meet(Options { only_helo: true, ..Options::default() });
    send(&settings).unwrap();
    assert!(mailbox.heard("HELO "));
}

#[test]
fn the_size_is_told_where_it_is_asked_for() {
    let (mailbox, settings) = meet(Options { size: Some(1000), ..Options::default() });
    send(&settings).unwrap();
    assert!(mailbox.heard("MAIL FROM:<monitor@example.com> SIZE="));
    let error = failure(Options { size: Some(10), ..Options::default() });
    assert_eq!(verdict(&error), (Step::Mail, true));
}

#[test]
fn an_address_beyond_ascii_goes_where_it_is_understood() {
    let (mailbox, mut settings) =
        meet(Options { offers: vec!["SMTPUTF8".into(), "8BITMIME".into()], ..Options::default() });
    settings.recipients = vec!["使用者@例子.tw".into()];
    send(&settings).unwrap();
    assert_eq!(mailbox.mails()[0].to, settings.recipients);

    let (mailbox, port) = meet(Options::default());
    settings.smtp.port = port.smtp.port;
    let error = send(&settings).unwrap_err();
    assert!(matches!(error.cause, Cause::NoUtf8), "{error}");
    assert!(!mailbox.heard("MAIL"));
}

// Refusals.

#[test]
fn a_refused_recipient_costs_only_himself() {
    for (code, permanent) in [("550 5.1.1 unknown", true), ("450 4.2.0 later", false)] {
        let (mailbox, settings) = meet(Options::default().say("RCPT TO:<a@", code));
        let delivery = send(&settings).unwrap();
        assert_eq!(delivery.accepted, ["b@example.com"]);
        assert_eq!(delivery.refused[0].recipient, "a@example.com");
        assert_eq!(delivery.refused[0].permanent, permanent);
        assert_eq!(mailbox.mails()[0].to, ["b@example.com"]);
    }
}

#[test]
fn nothing_is_sent_where_everyone_is_refused() {
    let (mailbox, settings) = meet(Options::default().say("RCPT", "550 no"));
    let delivery = send(&settings).unwrap();
    assert!(delivery.accepted.is_empty());
    assert_eq!(delivery.refused.len(), 2);
    assert!(!mailbox.heard("DATA"));
}

#[test]
fn a_refusal_tells_where_and_whether_for_good() {
    for (at, step) in [
        ("GREETING", Step::Greeting),
        ("MAIL", Step::Mail),
        ("DATA", Step::Data),
        ("END", Step::End),
    ] {
        for (answer, permanent) in [("451 4.3.0 later", false), ("554 5.7.1 never", true)] {
            let error = failure(Options::default().say(at, answer));
            assert_eq!(verdict(&error), (step, permanent), "{error}");
            assert!(!error.in_doubt);
            assert!(error.to_string().contains(answer), "{error}");
            assert!(error.to_string().contains(&error.server));
        }
    }
}

#[test]
fn an_address_can_carry_no_command() {
    let (mailbox, settings) = meet(Options::default());
    let evil = ["a@example.com>\r\nRSET\r\n".to_owned(), "b@example.com".to_owned()];
    let delivery = deliver(&settings, &evil, MESSAGE, soon(), &AddressBook::empty()).unwrap();
    assert_eq!(delivery.refused[0].recipient, evil[0]);
    assert_eq!(mailbox.mails()[0].to, ["b@example.com"]);
    assert!(!mailbox.heard("RSET"));

    let (mailbox, mut settings) = meet(Options::default());
    settings.sender = "x@example.com\r\nDATA".into();
    let error = send(&settings).unwrap_err();
    assert!(matches!(error.cause, Cause::Address(_)), "{error}");
    assert!(!mailbox.heard("MAIL") && !mailbox.heard("DATA"));
}

#[test]
fn a_servers_words_are_shown_without_control_characters() {
    let error = failure(Options::default().say("MAIL", "550 \u{1b}[2J\u{7}gone"));
    assert!(!error.to_string().contains(|c: char| c.is_control()));
    assert!(error.to_string().contains("gone"));
}

// Servers that hang, break off or talk nonsense.

#[test]
fn a_hang_at_any_step_ends_with_the_timeout() {
    let steps = [
        ("GREETING", Step::Greeting),
        ("EHLO", Step::Hello),
        ("MAIL", Step::Mail),
        ("RCPT", Step::Recipient),
        ("DATA", Step::Data),
        ("END", Step::End),
    ];
    thread::scope(|scope| {
        for (at, step) in steps {
            scope.spawn(move || {
                let (_, mut settings) = meet(Options::default().at(at, Action::Hang));
                settings.smtp.timeout = Duration::from_millis(500);
                let start = Instant::now();
                let error = send(&settings).unwrap_err();
                assert!(matches!(error.cause, Cause::Timeout), "{error}");
                assert_eq!(error.step, step);
                assert_eq!(error.in_doubt, step == Step::End);
                assert!(start.elapsed() < Duration::from_secs(5));
            });
        }
    });
}

#[test]
fn a_slow_verdict_on_the_message_is_waited_for() {
    let answer = Action::Trickle("250 ".to_owned() + &"x".repeat(4) + "\r\n");
    let (_, mut settings) =
        meet(Options::default().at("END", Action::Pause(900, Box::new(answer))));
    settings.smtp.timeout = Duration::from_millis(500);
    assert_eq!(send(&settings).unwrap().accepted.len(), 2);
}

#[test]
fn a_server_that_trickles_is_bounded_by_the_deadline() {
    let greeting = format!("220 {}\r\n", "slow ".repeat(50));
    let (_, settings) = meet(Options::default().at("GREETING", Action::Trickle(greeting)));
    let start = Instant::now();
    let deadline = start + Duration::from_secs(1);
    let error = deliver(&settings, &settings.recipients, MESSAGE, deadline, &AddressBook::empty())
        .unwrap_err();
    assert!(matches!(error.cause, Cause::Timeout), "{error}");
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_server_that_hangs_up_is_told() {
    for (at, step) in [("GREETING", Step::Greeting), ("RCPT", Step::Recipient)] {
        let error = failure(Options::default().at(at, Action::Drop));
        assert_eq!(verdict(&error), (step, false));
        assert!(!error.in_doubt && !error.alive());
    }
}

#[test]
fn a_lost_answer_to_the_message_leaves_it_in_doubt() {
    let (mailbox, settings) = meet(Options::default().at("END", Action::TakeAndDrop));
    let error = send(&settings).unwrap_err();
    assert!(error.in_doubt, "{error}");
    assert_eq!(error.step, Step::End);
    assert_eq!(mailbox.mails().len(), 1);
}

#[test]
fn what_a_server_says_unasked_is_no_answer() {
    let twice = "354 go ahead\r\n250 2.0.0 taken already\r\n";
    let (mailbox, settings) =
        meet(Options::default().at("DATA", Action::Say(twice.into())).at("END", Action::Drop));
    let error = send(&settings).unwrap_err();
    assert_eq!((error.step, error.in_doubt), (Step::End, true), "{error}");
    assert!(mailbox.mails().is_empty());

    let (mailbox, settings) = meet(
        Options::default()
            .at("EHLO", Action::Say("250 mailbox.test\r\n250 hello again\r\n".into())),
    );
    assert_eq!(send(&settings).unwrap().accepted.len(), 2);
    assert_eq!(mailbox.mails().len(), 1);

    let leaving = "250 ok\r\n421 4.3.2 shutting down\r\n";
    let error = failure(Options::default().at("MAIL", Action::Say(leaving.into())));
    assert!(error.to_string().contains("421 4.3.2"), "{error}");
}

#[test]
fn what_is_no_mail_server_is_told() {
    let error = failure(Options::default().say("GREETING", "HTTP/1.1 400 Bad Request"));
    assert!(matches!(error.cause, Cause::NotSmtp), "{error}");
    let endless = "250-x\r\n".repeat(2000);
    let error = failure(Options::default().at("EHLO", Action::Say(endless)));
    assert!(matches!(error.cause, Cause::TooLong), "{error}");
    let error = failure(Options::default().at("EHLO", Action::Say("x".repeat(9000))));
    assert!(matches!(error.cause, Cause::TooLong), "{error}");
}

#[test]
fn nobody_at_the_port_is_told_at_once() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = send(&settings(port)).unwrap_err();
    assert_eq!(verdict(&error), (Step::Connect, false));
    let mut nowhere = settings(port);
    nowhere.smtp.host = "no-such-host.invalid".into();
    assert_eq!(send(&nowhere).unwrap_err().step, Step::Resolve);
}

// TLS.

#[test]
fn opportunistic_takes_starttls_with_any_certificate() {
    let own = self_signed(&Wish {
        name: "elsewhere.example.com",
        years: (2001, 2002),
        ..Wish::default()
    });
    let (mailbox, mut settings) =
        meet(Options { starttls: Some(own.server()), ..Options::default() });
    settings.smtp.tls = Tls::Opportunistic;
    let delivery = send(&settings).unwrap();
    assert!(delivery.notes.is_empty());
    assert!(mailbox.mails()[0].over_tls);
}

#[test]
fn opportunistic_goes_in_the_clear_where_nothing_is_offered() {
    let (mailbox, mut settings) = meet(Options::default());
    settings.smtp.tls = Tls::Opportunistic;
    assert!(send(&settings).unwrap().notes.is_empty());
    assert!(!mailbox.mails()[0].over_tls);
}

#[test]
fn opportunistic_tells_of_a_failed_handshake_and_goes_in_the_clear() {
    let mut broken = self_signed(&Wish::default());
    broken.key = self_signed(&Wish::default()).key;
    let failed_handshake = Options { starttls: Some(broken.server()), ..Options::default() };
    let refused =
        Options { starttls: Some(self_signed(&Wish::default()).server()), ..Options::default() };
    for options in [failed_handshake, refused.say("STARTTLS", "454 not now")] {
        let (mailbox, mut settings) = meet(options);
        settings.smtp.tls = Tls::Opportunistic;
        let delivery = send(&settings).unwrap();
        let [note @ Note::SentInTheClear { .. }] = delivery.notes.as_slice() else {
            panic!("{:?}", delivery.notes);
        };
        assert!(note.text(Lang::En).contains("unencrypted"));
        assert!(!mailbox.mails()[0].over_tls);
        assert_eq!(mailbox.connections(), 2);
    }
}

#[test]
fn starttls_and_implicit_want_a_trusted_certificate() {
    let (trusted, ca) = signed_by_ca(&Wish { name: "127.0.0.1", ..Wish::default() });
    let (unknown, _) = signed_by_ca(&Wish { name: "127.0.0.1", ..Wish::default() });
    let file = File::new(ca.as_bytes());
    for tls in [Tls::Starttls, Tls::Implicit] {
        let start = |config: Arc<rustls::ServerConfig>| {
            let (mailbox, mut settings) = meet(match tls {
                Tls::Implicit => Options { implicit: Some(config), ..Options::default() },
                _ => Options { starttls: Some(config), ..Options::default() },
            });
            settings.smtp.tls = tls;
            settings.smtp.ca_file = Some(file.0.clone());
            (mailbox, settings)
        };
        let (mailbox, settings) = start(trusted.server());
        send(&settings).unwrap();
        assert!(mailbox.mails()[0].over_tls);

        let (mailbox, settings) = start(unknown.server());
        let error = send(&settings).unwrap_err();
        assert!(matches!(error.cause, Cause::Tls(Problem::UnknownIssuer)));
        assert_eq!(error.step, Step::Tls);
        assert!(!mailbox.heard("MAIL"));
    }
}

#[test]
fn required_starttls_is_not_done_without() {
    let (mailbox, mut settings) = meet(Options::default());
    settings.smtp.tls = Tls::Starttls;
    let error = send(&settings).unwrap_err();
    assert!(matches!(error.cause, Cause::NoStarttls), "{error}");
    assert!(error.permanent());
    assert!(!mailbox.heard("MAIL"));
}

#[test]
fn what_was_put_ahead_of_tls_is_thrown_away() {
    let own = self_signed(&Wish { name: "127.0.0.1", ..Wish::default() });
    let injected = "220 go\r\n250-injected\r\n250 AUTH PLAIN\r\n250 2.1.0 ok\r\n";
    let options = Options { starttls: Some(own.server()), ..Options::default() };
    let options = options.at("STARTTLS", Action::Say(injected.into()));
    let (mailbox, mut settings) = meet(options.say("MAIL", "550 the true answer"));
    let file = File::new(own.pem.as_bytes());
    settings.smtp.tls = Tls::Starttls;
    settings.smtp.ca_file = Some(file.0.clone());
    let error = send(&settings).unwrap_err();
    assert!(error.to_string().contains("the true answer"), "{error}");
    let hellos = mailbox.transcript();
    assert_eq!(hellos.iter().filter(|line| line.starts_with("C: EHLO")).count(), 2);
}

// AUTH.

fn login(options: Options, password: &str) -> (Mailbox, Settings) {
    let (mailbox, mut settings) =
        meet(Options { login: Some(("monitor".into(), "correct horse".into())), ..options });
    settings.smtp.login = Some(("monitor".into(), Secret::new(password)));
    (mailbox, settings)
}

#[test]
fn a_login_goes_by_plain_or_by_login() {
    for mechanisms in ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN PLAIN"] {
        let options = Options { mechanisms: mechanisms.into(), ..Options::default() };
        let (mailbox, settings) = login(options, "correct horse");
        send(&settings).unwrap();
        assert!(mailbox.mails()[0].logged_in, "{mechanisms}");
    }
}

#[test]
fn a_wrong_password_is_told_and_not_shown() {
    let (_, settings) = login(Options::default(), "battery staple");
    let error = send(&settings).unwrap_err();
    assert_eq!(verdict(&error), (Step::Auth, true));
    let echo = "AG1vbml0b3IAYmF0dGVyeSBzdGFwbGU=";
    let options = Options::default().say("AUTH", &format!("535 AUTH PLAIN {echo} battery staple"));
    let (_, settings) = login(options, "battery staple");
    let error = send(&settings).unwrap_err();
    for secret in [echo, "battery staple"] {
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
}

#[test]
fn a_server_without_auth_gets_no_login_and_no_mail() {
    let (mailbox, mut settings) = meet(Options::default());
    settings.smtp.login = Some(("monitor".into(), Secret::new("correct horse")));
    let error = send(&settings).unwrap_err();
    assert!(matches!(error.cause, Cause::NoAuth), "{error}");
    assert!(!mailbox.heard("MAIL"));
}

#[test]
fn a_session_can_be_tried_without_sending() {
    let (mailbox, settings) = meet(Options::default());
    let session = Session::open(&settings.smtp, soon(), &AddressBook::empty()).unwrap();
    session.quit();
    assert!(!mailbox.heard("MAIL"));
}
