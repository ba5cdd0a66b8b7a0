//! What `email` and `smtp` are read to, and what is refused.

use illumio_monitor::mail::Tls;

use crate::helpers::{minimal, one_wrong, read, with, without};

#[test]
fn recipients_are_a_list_or_a_text_with_commas() {
    let recipients = |text: &str| read(&with("email", "recipients", text)).mail.recipients;
    assert_eq!(recipients("\"a@b.c, root ,a@b.c\""), ["a@b.c", "root"]);
    assert_eq!(recipients("[\"SOC <soc@b.c>\"]"), ["soc@b.c"]);

    for none in ["[]", "\"\"", "\" , \"", "[\"\"]"] {
        one_wrong(&with("email", "recipients", none), &["email.recipients", "nobody"]);
    }
    one_wrong(&without("email", "recipients"), &["email.recipients", "missing"]);
    for odd in ["a@", "@b", "a b@c", "a@b@c", "a\\r\\nBcc: x@y", "a@b c", "<a@b"] {
        one_wrong(
            &with("email", "recipients", &format!("[\"{odd}\"]")),
            &["email.recipients", "not a mail address"],
        );
    }
}

#[test]
fn records_are_attached_and_mails_threaded_where_that_is_asked_for() {
    assert!(read(&with("email", "attach_records", "true")).mail.attach_records);
    assert!(read(&with("email", "thread", "true")).mail.thread);
    for key in ["attach_records", "thread"] {
        one_wrong(&with("email", key, "\"yes please\""), &[key]);
    }
    one_wrong(&with("email", "attach_record", "true"), &["email.attach_record", "attach_records"]);
}

#[test]
fn a_sender_may_have_a_name_and_no_line_break() {
    let config = read(&with("email", "sender", "\"監控 <monitor@example.com>\""));
    assert_eq!(config.mail.sender, "監控 <monitor@example.com>");
    one_wrong(
        &with("email", "sender", "\"a\\nBcc: b@c <monitor@example.com>\""),
        &["email.sender"],
    );
    one_wrong(&with("email", "envelope_sender", "\"x y\""), &["email.envelope_sender"]);
}

#[test]
fn a_login_goes_over_verified_tls_or_to_this_host_only() {
    let smtp = |body: &str| minimal("").replace("\"smtp\": {}", &format!("\"smtp\": {{{body}}}"));
    let login = r#""user": "u", "password": "p""#;
    for fine in [
        format!(r#"{login}, "host": "mail.example.com", "tls": "starttls""#),
        format!(r#"{login}, "host": "mail.example.com", "tls": "implicit", "port": 465"#),
        format!(r#"{login}, "host": "mail.example.com", "enable_tls": true, "enable_auth": true"#),
        format!(r#"{login}, "host": "127.0.0.1", "tls": "none""#),
    ] {
        assert!(read(&smtp(&fine)).mail.smtp.login.is_some());
    }
    for bare in [
        format!(r#"{login}, "host": "mail.example.com""#),
        format!(r#"{login}, "host": "mail.example.com", "tls": "none""#),
        format!(r#"{login}, "host": "mail.example.com", "enable_tls": false"#),
    ] {
        one_wrong(&smtp(&bare), &["smtp.tls", "starttls"]);
    }
    one_wrong(&smtp(r#""user": "u""#), &["smtp.password", "$ILLUMIO_SMTP_PASSWORD"]);
}

#[test]
fn the_later_python_versions_smtp_keys_are_understood() {
    let smtp = |body: &str| {
        let text = minimal("").replace("\"smtp\": {}", &format!("\"smtp\": {{{body}}}"));
        read(&text).mail.smtp
    };
    assert_eq!(smtp(r#""enable_tls": true"#).tls, Tls::Starttls);
    assert_eq!(smtp(r#""enable_tls": false"#).tls, Tls::Opportunistic);
    assert_eq!(smtp(r#""enable_tls": true, "tls": "implicit""#).tls, Tls::Implicit);
    let off = r#""user": "u", "password": "p", "enable_auth": false"#;
    assert!(smtp(off).login.is_none());
    let empty = r#""user": "", "password": "", "enable_auth": false, "enable_tls": false"#;
    assert!(smtp(empty).login.is_none());
}
