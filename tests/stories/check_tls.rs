//! `check` and TLS: each failure by its cause, with the real fault, the remedy and
//! the certificate's fingerprint.

use std::net::TcpListener;
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};
use serde_json::{Value, json};

use super::check::{finding, in_good_order};
use crate::certificate::{self, Wish};
use crate::openssl::{Server, fingerprint, self_signed};
use crate::pce::*;
use crate::world::{Folder, World};

/// `RSA` as `-newkey` wants it.
const RSA: [&str; 2] = ["-newkey", "rsa:2048"];

/// What an administrator types, with the names that a client asks for.
const PLAIN: [&str; 4] = [
    "-subj",
    "/CN=pce.example.net/O=Example",
    "-addext",
    "subjectAltName=DNS:localhost,IP:127.0.0.1",
];

/// What the probe of TLS finds at this port, and the exit code.
fn tls_at(port: u16, ca_file: Option<&std::path::Path>) -> (i32, Value) {
    let mut world = World::new();
    in_good_order(&mut world);
    world.set("api.url", json!(format!("https://127.0.0.1:{port}")));
    if let Some(file) = ca_file {
        world.set("api.ca_file", json!(file));
    }
    let run = world.run(&["check", "--json"]);
    (run.code, finding(&run, "pce.tls").1)
}

fn assert_told(found: &(i32, Value), what: &str, fix: &str) {
    let (code, finding) = found;
    assert_eq!((*code, &finding["result"]), (78, &json!("failed")), "{finding}");
    let text = |key: &str| finding[key].as_str().unwrap().to_owned();
    assert!(text("what").contains(what), "{finding}");
    assert!(text("fix").contains(fix), "{finding}");
}

fn has_fingerprint(found: &(i32, Value), expected: &str) -> bool {
    let details = found.1["details"].as_array().unwrap();
    details.contains(&json!(format!("SHA-256 {expected}")))
}

/// A server that shakes hands with whoever comes, and says no more.
fn shaking_hands(config: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
            while session.is_handshaking() && session.complete_io(&mut stream).is_ok() {}
        }
    });
    port
}

#[test]
fn a_certificate_of_plain_openssl_is_told_as_self_signed_and_trusted_once_it_is_named() {
    let folder = Folder::new();
    let (certificate, key) = self_signed(folder.path(), &RSA, &PLAIN);
    let read = |path| std::fs::read_to_string(path).unwrap();
    let mut world = World::showing(&read(&certificate), &read(&key));
    in_good_order(&mut world);

    let run = world.run(&["check", "--json"]);

    let found = (run.code, finding(&run, "pce.tls").1);
    assert_told(&found, "is self-signed", "name it in ca_file");
    let expected = fingerprint(folder.path(), &certificate);
    assert!(has_fingerprint(&found, &expected), "{found:?} {expected}");
    assert!(world.pce.requests().is_empty(), "the key goes to nobody else");

    world.set("api.ca_file", json!(certificate));
    let run = world.run(&["check", "--json"]);
    let (result, tls) = finding(&run, "pce.tls");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(result, "remark", "29 days are left: {tls}");
    assert!(
        tls["details"][0].as_str().unwrap().contains("issued by CN=pce.example.net, O=Example"),
        "{tls}"
    );
    assert_eq!(world.run(&["run"]).code, 0);
}

#[test]
fn an_expired_certificate_and_one_for_another_name_are_told_with_their_dates_and_names() {
    for (tls, what, fix, detail) in [
        (Tls::Expired, "has expired", "Renew it", "to 2020-01-01"),
        (Tls::WrongName, "(pce.example.net)", "Use that name", "issued by CN=Simulated private CA"),
    ] {
        let mut world = World::with_tls(tls);
        in_good_order(&mut world);
        let run = world.run(&["check", "--json"]);
        let found = (run.code, finding(&run, "pce.tls").1);
        assert_told(&found, what, fix);
        assert!(found.1["details"][0].as_str().unwrap().contains(detail), "{found:?}");
    }
}

#[test]
fn an_unknown_ca_and_a_certificate_of_tomorrow_are_told() {
    let mut world = World::with_tls(Tls::PrivateCa);
    in_good_order(&mut world);
    world.edit(|config| drop(config["api"].as_object_mut().unwrap().remove("ca_file")));
    let run = world.run(&["check", "--json"]);
    let found = (run.code, finding(&run, "pce.tls").1);
    assert_told(&found, "not signed by a CA that this host trusts", "Name the CA");

    let wish = Wish { name: "127.0.0.1", years: (2089, 2090), ..Wish::default() };
    let tomorrow = certificate::self_signed(&wish);
    let file = certificate::File::new(tomorrow.pem.as_bytes());
    let port = shaking_hands(tomorrow.server());
    let found = tls_at(port, Some(&file.0));
    assert_told(&found, "not valid yet", "clock");
}

#[test]
fn a_certificate_without_a_subject_alt_name_is_told_even_where_it_is_named() {
    let folder = Folder::new();
    let (certificate, _) = self_signed(folder.path(), &RSA, &["-subj", "/CN=127.0.0.1"]);
    let server = Server::start(folder.path(), &[]);

    let found = tls_at(server.port, Some(&certificate));

    assert_told(&found, "subjectAltName is missing", "Have it renewed");
    assert!(has_fingerprint(&found, &fingerprint(folder.path(), &certificate)));
}

#[test]
fn a_p521_key_is_told_with_its_certificate_whichever_tls_the_server_speaks() {
    let folder = Folder::new();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"];
    let (certificate, _) = self_signed(folder.path(), &key, &PLAIN);
    let server = Server::start(folder.path(), &["-tls1_3"]);
    let found = tls_at(server.port, Some(&certificate));
    assert_told(&found, "P-521", "RSA, P-256 or P-384");
    assert!(has_fingerprint(&found, &fingerprint(folder.path(), &certificate)));
}

#[test]
fn old_tls_and_ciphers_that_nobody_else_has_are_told() {
    let folder = Folder::new();
    let (certificate, _) = self_signed(folder.path(), &RSA, &PLAIN);
    let old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    let server = Server::start(folder.path(), &old);
    let found = tls_at(server.port, Some(&certificate));
    assert_told(
        &found,
        "only TLS 1.1 or older",
        "enable TLS 1.2".replace("enable", "Enable").as_str(),
    );

    let server = Server::start(folder.path(), &["-tls1_2", "-cipher", "AES128-SHA"]);
    let found = tls_at(server.port, Some(&certificate));
    assert_told(&found, "no cipher or key", "ECDHE");
}

#[test]
fn what_does_not_speak_tls_and_an_unusable_ca_file_are_told() {
    let world = World::new();
    world.pce.welcome(Welcome::Junk);
    let found = tls_at(world.pce.address().port(), None);
    assert_told(&found, "does not speak TLS", "port");

    let missing = world.folder().join("missing.pem");
    let found = tls_at(world.pce.address().port(), Some(&missing));
    assert_told(&found, "api.ca_file cannot be used", "missing.pem");
}

#[test]
fn with_verify_ssl_false_the_certificate_is_shown_with_a_remark() {
    let mut world = World::with_tls(Tls::Expired);
    in_good_order(&mut world);
    world.set("api.verify_ssl", json!(false));
    let run = world.run(&["check", "--json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let (result, tls) = finding(&run, "pce.tls");
    assert_eq!(result, "remark");
    assert!(tls["fix"].as_str().unwrap().contains("api.verify_ssl"), "{tls}");
    assert!(tls["details"][1].as_str().unwrap().starts_with("SHA-256 "), "{tls}");
}
