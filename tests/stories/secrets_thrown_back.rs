//! Whoever the monitor talks to may say its secrets back to it, in whatever he says: a
//! reason phrase, a header, a certificate. None of it comes out anywhere, syslog included.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::secrets::{assert_silent, with_secrets};
use crate::certificate::{Wish, self_signed};
use crate::mailbox::Options;
use crate::pce::*;
use crate::world::World;
use crate::world::names::may_mount;

/// Goes into a URL and into a host's name as it is.
const SECRET: &str = "Api-Secret-4kQ8-zz";

/// The proxy's.
const PROXY_PASSWORD: &str = "proxy-Pa55word-3v";

/// A world with three secrets that go into a header as they are, and all their forms.
fn world_of_three() -> (World, Vec<String>) {
    let (mut world, mut secrets) = with_secrets(Options::default());
    world.pce.set_credentials("api_1", SECRET);
    world.edit(|config| {
        config["api"]["key"] = json!("api_1");
        config["api"]["secret"] = json!(SECRET);
    });
    world.environment("HTTPS_PROXY", &format!("http://me:{PROXY_PASSWORD}@127.0.0.1:9"));
    let percent: String = PROXY_PASSWORD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    secrets[0] = SECRET.to_owned();
    secrets[1] = BASE64_STANDARD.encode(format!("api_1:{SECRET}"));
    secrets.extend([
        PROXY_PASSWORD.to_owned(),
        BASE64_STANDARD.encode(format!("me:{PROXY_PASSWORD}")),
        percent,
    ]);
    (world, secrets)
}

/// The secrets, and what a cut would leave of each that is no base64.
fn with_beginnings(secrets: &[String]) -> Vec<String> {
    let plain = [SECRET, PROXY_PASSWORD, super::secrets::PASSWORD];
    let beginnings = plain.iter().map(|secret| secret[..9].to_owned());
    secrets.iter().cloned().chain(beginnings).collect()
}

/// A server that says this to whoever has sent a request's head; its port.
fn answering(said: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        // It ends with the test's process.
        for mut stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
                head.push(byte[0]);
            }
            let _ = stream.write_all(said.as_bytes());
        }
    });
    port
}

#[test]
fn a_reason_phrase_or_a_header_that_holds_one_does_not_make_it_public() {
    let (mut world, secrets) = world_of_three();
    let silent = with_beginnings(&secrets);
    let echo = secrets.join(" ");
    let mut heads = vec![
        format!("HTTP/1.1 200 {echo}\r\nContent-Type: {echo}\r\nContent-Length: 2\r\n\r\n{{}}"),
        format!("HTTP/1.1 400 {echo}\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 401 {echo}\r\nWWW-Authenticate: {echo}\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 404 {echo}\r\nX-Echo: {echo}\r\nContent-Length: {echo}\r\n\r\n"),
        format!("HTTP/1.1 {echo}\r\n\r\n"),
        format!("{echo}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{echo}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{echo}\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 300\r\n\r\n{echo}"),
        format!("HTTP/1.1 200 OK\r\nDate: {echo}\r\nRetry-After: {echo}\r\n\r\n[{echo}"),
    ];
    let refused = |status: u16| format!("HTTP/1.1 {status} {echo}\r\nContent-Length: 9000\r\n\r\n");
    // Where a text is cut for a message, the cut goes through each of them.
    for pad in (20..420).step_by(17) {
        let secret = [SECRET, PROXY_PASSWORD, super::secrets::PASSWORD][pad % 3];
        heads.push(refused(400) + &"x".repeat(pad) + secret);
        heads.push(
            refused(403) + "[{\"token\":\"a\",\"message\":\"" + &"x ".repeat(pad / 2) + secret,
        );
    }
    let mut shown = 0;
    for head in heads {
        let port = answering(head.clone());
        world.set("api.url", json!(format!("http://127.0.0.1:{port}")));
        let run = world.run(&["check", "--json"]);
        assert_ne!(run.code, 0, "{head}: {run:?}");
        assert_silent(&world, &run, &silent);
        shown += usize::from(run.stdout.contains("***"));
    }
    assert!(shown > 8, "{shown}: what a server says is shown");
    // A run says it in the same words.
    let port = answering(format!("HTTP/1.1 403 {echo}\r\n\r\n{echo}"));
    world.set("api.url", json!(format!("http://127.0.0.1:{port}")));
    let run = world.run(&["run"]);
    assert!(run.stderr.contains("***"), "{run:?}");
    assert_silent(&world, &run, &silent);
}

#[test]
fn a_redirect_to_a_place_that_holds_one_does_not_make_it_public() {
    let (mut world, secrets) = world_of_three();
    let silent = with_beginnings(&secrets);
    let mut places: Vec<String> = secrets
        .iter()
        .flat_map(|secret| {
            [
                format!("https://{secret}.example.net/login?next={secret}"),
                format!("https://me:{secret}@sso.example.net/"),
                format!("/login/{secret}#{secret}"),
            ]
        })
        .collect();
    for pad in (30..80).step_by(3) {
        let secret = [SECRET, PROXY_PASSWORD, super::secrets::PASSWORD][pad % 3];
        places.push(format!("/{}{secret}", "p".repeat(pad)));
    }
    let mut hidden = 0;
    for place in places {
        let redirect = Fault::answer(302, "text/html", "").header("Location", &place);
        world.pce.fault(redirect);
        let run = world.run(&["check", "--json"]);
        world.pce.heal();
        assert_ne!(run.code, 0, "{place}: {run:?}");
        assert_silent(&world, &run, &silent);
        hidden += usize::from(run.stdout.contains("***"));
    }
    assert!(hidden > 10, "{hidden}");
}

#[test]
fn a_proxy_that_says_its_password_back_does_not_make_it_public() {
    let (mut world, secrets) = world_of_three();
    let silent = with_beginnings(&secrets);
    let echo = secrets.join(" ");
    world.set("api.url", json!("https://127.0.0.1:9"));
    for said in [
        format!("HTTP/1.1 407 {echo}\r\nProxy-Authenticate: Basic realm=\"{echo}\"\r\n\r\n{echo}"),
        format!("HTTP/1.1 503 {echo}\r\n\r\n{echo}"),
        format!("HTTP/1.1 200 {echo}\r\n\r\n{echo}"),
        format!("HTTP/1.1 {echo}\r\n\r\n"),
        format!("{echo}\r\n\r\n"),
        echo.clone(),
    ] {
        let proxy = format!("http://me:{PROXY_PASSWORD}@127.0.0.1:{}", answering(said.clone()));
        for by_environment in [false, true] {
            match by_environment {
                true => {
                    world.environment("HTTPS_PROXY", &proxy);
                    world.edit(|config| {
                        drop(config["api"].as_object_mut().unwrap().remove("proxy"))
                    });
                }
                false => world.set("api.proxy", json!(proxy)),
            }
            for arguments in [&["check", "--json"][..], &["run"]] {
                let run = world.run(arguments);
                assert_ne!(run.code, 0, "{said}: {run:?}");
                assert!(format!("{run:?}").contains("proxy"), "{run:?}");
                assert_silent(&world, &run, &silent);
            }
        }
    }
}

#[test]
fn a_certificate_that_holds_one_does_not_make_it_public() {
    let (mut world, mut secrets) = with_secrets(Options::default());
    let silent = |secrets: &[String]| {
        [secrets, &[SECRET[..9].to_owned(), SECRET[..9].to_lowercase()]].concat()
    };
    secrets[0] = SECRET.to_owned();
    let named = |pad: usize| format!("{}{SECRET}", "x".repeat(pad));
    let mut hidden = 0;
    // The name is a host's, of 63 letters at most, and the subject is "test of" it.
    for pad in [0, 30, 38, 42, 45] {
        let name = named(pad);
        let shown = self_signed(&Wish { name: &name, ..Wish::default() });
        let key = pem("PRIVATE KEY", shown.key.secret_der());
        let pce = World::showing(&shown.pem, &key);
        world.set("api.url", json!(pce.pce.url()));
        world.set("api.secret", json!(SECRET));
        let authority = world.folder().join("shown.pem");
        std::fs::write(&authority, &shown.pem).unwrap();
        world.mailbox.behave(Options::default());
        world.mail_server(Options { starttls: Some(shown.server()), ..Options::default() });
        world.edit(|config| {
            config["smtp"]["tls"] = json!("starttls");
            config["smtp"]["host"] = json!("localhost");
        });
        for ca_file in [json!(null), json!(authority)] {
            world.edit(|config| {
                for section in ["api", "smtp"] {
                    match ca_file.is_null() {
                        true => drop(config[section].as_object_mut().unwrap().remove("ca_file")),
                        false => config[section]["ca_file"] = ca_file.clone(),
                    }
                }
            });
            for arguments in [&["check", "--json"][..], &["run"], &["test-mail"]] {
                let run = world.run(arguments);
                assert_ne!(run.code, 0, "{arguments:?}: {run:?}");
                assert_silent(&world, &run, &silent(&secrets));
                hidden += usize::from(format!("{run:?}").contains("***"));
            }
        }
    }
    assert!(hidden > 10, "{hidden}: names are shown");
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// The same command on a host whose syslog listens on this socket. Its `/dev` is a new
/// one: where the real one has no `/dev/log`, nothing may be made there.
fn with_syslog(command: &Command, socket: &Path, scratch: &Path) -> Command {
    let (dev, log) = (scratch.display(), socket.display());
    let mut script = format!("set -e; mount -t tmpfs none '{dev}'; ");
    for device in ["null", "zero", "random", "urandom", "tty"] {
        script += &format!("touch '{dev}/{device}'; mount --bind /dev/{device} '{dev}/{device}'; ");
    }
    script += &format!("touch '{dev}/log'; mount --bind '{log}' '{dev}/log'; ");
    script += &format!("mount --rbind '{dev}' /dev; exec \"$0\" \"$@\"");
    let mut inside = Command::new("unshare");
    inside.args(["--mount", "sh", "-c", &script]);
    inside.arg(command.get_program()).args(command.get_args());
    inside.env_clear();
    for (name, value) in command.get_envs() {
        inside.env(name, value.unwrap_or_default());
    }
    inside
}

/// A host's syslog, and what it hears.
struct Syslog {
    scratch: tempfile::TempDir,
    socket: UnixDatagram,
}

impl Syslog {
    fn start() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::create_dir(scratch.path().join("dev")).unwrap();
        let socket = UnixDatagram::bind(scratch.path().join("log")).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self { scratch, socket }
    }

    fn on(&self, command: &Command) -> Command {
        with_syslog(command, &self.scratch.path().join("log"), &self.scratch.path().join("dev"))
    }

    /// What came since it was last asked; there is none of these in it.
    fn heard(&self, secrets: &[String]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = [0; 65_536];
        while let Ok(length) = self.socket.recv(&mut line) {
            lines.push(String::from_utf8_lossy(&line[..length]).into_owned());
        }
        for (line, secret) in
            lines.iter().flat_map(|line| secrets.iter().map(move |one| (line, one)))
        {
            assert!(!line.contains(secret.as_str()), "{secret}: {line}");
        }
        lines
    }
}

#[test]
fn syslog_is_told_none_of_them_by_a_run() {
    if !may_mount() {
        return;
    }
    let (mut world, secrets) = world_of_three();
    let syslog = Syslog::start();
    for body in [secrets.join(" "), format!("{}{SECRET}", "x ".repeat(95))] {
        world.pce.fault(Fault::answer(403, "text/html", body));
        let run = world.run_command(syslog.on(&world.command(&["run", "--log=syslog"])));
        world.pce.heal();
        let lines = syslog.heard(&with_beginnings(&secrets));
        assert!(lines.iter().any(|line| line.contains("***")), "{lines:?} {run:?}");
        assert_eq!(run.stdout, "", "{run:?}");
    }
}

#[test]
fn syslog_is_told_none_of_them_of_an_edit() {
    if !may_mount() {
        return;
    }
    let (mut world, secrets) = world_of_three();
    let syslog = Syslog::start();
    world.rule(json!({"type": "event", "name": "Tampering", "filter_value": "agent.tampering"}));
    for typed in secrets.iter().filter(|secret| !secret.starts_with('%')) {
        let arguments = ["rules", "set", "1", &format!("note=it is {typed}")];
        let run = world.run_command(syslog.on(&world.command(&arguments)));
        assert_eq!(run.code, 0, "{run:?}");
        let lines = syslog.heard(&secrets);
        assert!(lines.iter().any(|line| line.contains("rule 1: note")), "{lines:?}");

        let mut menu = syslog.on(&world.command(&[]));
        menu.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut menu = menu.spawn().unwrap();
        let keys = format!("4\n11\nDC {typed}\n0\n0\n");
        menu.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
        let menu = menu.wait_with_output().unwrap();
        let lines = syslog.heard(&secrets);
        assert!(lines.iter().any(|line| line.contains("settings.site_name")), "{menu:?}");
    }
}
