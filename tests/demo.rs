//! `make demo`: the real binary polls a simulated PCE with a realistic hour behind
//! it, and the mail that comes of it is shown. Then it polls once more, to show
//! that nothing is told twice.
//!
//! The rules are those of `dist/illumio_api_config.example.json`. Arguments go on
//! to the binary: `cargo run --example demo -- --lang zh-TW`. What it wrote stays in
//! `target/demo/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod mailbox;
mod pce;
mod world;

use std::fs::{self, OpenOptions};
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use pce::{Pce, a_realistic_hour};
use world::{Mail, Mails};

const EXAMPLE: &str = include_str!("../dist/illumio_api_config.example.json");

/// Between the two runs, on the PCE's clock; more would be told as a clock that jumped.
const LATER: SignedDuration = SignedDuration::from_mins(4);

fn main() -> ExitCode {
    let folder = fresh_folder();
    let (pce, mailbox) = (Pce::start(), Mails::start());
    let now = Timestamp::now();
    a_realistic_hour(&pce, now - LATER);
    let config = folder.join("illumio_api_config.json");
    write_config(&config, &pce, &mailbox);
    tell_the_scene(&pce, &mailbox);

    heading("The first run");
    pce.set_now(now - LATER);
    let first = run(&config);
    show_run(&first, &config);
    let [mail] = &mailbox.all()[..] else {
        eprintln!("demo: one mail was expected, {} came", mailbox.count());
        return ExitCode::FAILURE;
    };
    let files = keep(&folder, mail);
    show_mail(mail, &files);

    heading("The second run, four minutes later");
    pce.set_now(now);
    let second = run(&config);
    show_run(&second, &config);
    let silent = mailbox.count() == 1;
    println!(
        "{}",
        match silent {
            true => "No mail: nothing new happened, and nothing is told twice.",
            false => "A mail, though nothing new happened.",
        }
    );
    match silent && first.status.success() && second.status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn fresh_folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or(Path::new(env!("CARGO_MANIFEST_DIR")).join("target"));
    let folder = target.join("demo");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The example config with this PCE and this mail server in it.
fn write_config(path: &Path, pce: &Pce, mailbox: &Mails) {
    let mut config: Value = serde_json::from_str(EXAMPLE).unwrap();
    config["api"]["url"] = pce.url().into();
    config["api"]["key"] = pce.key().into();
    config["api"]["secret"] = pce.secret().into();
    config["api"]["proxy"] = "none".into();
    config["smtp"] = json!({"host": "127.0.0.1", "port": mailbox.port(), "tls": "none"});
    config["settings"]["site_name"] = "demo site".into();
    let text = serde_json::to_string_pretty(&config).unwrap();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn tell_the_scene(pce: &Pce, mailbox: &Mails) {
    heading("The scene");
    println!("A simulated PCE at {}, with an hour behind it:", pce.url());
    println!("failed log-ins, a port scan, one SMB attempt, a tampered agent, four agents");
    println!("offline, a changed ruleset, and the noise of any day.");
    println!("A mail server at 127.0.0.1:{}.", mailbox.port());
    println!("The rules of dist/illumio_api_config.example.json.");
}

/// The binary under test, with nothing of this process's environment.
fn run(config: &Path) -> Output {
    let binary = std::env::var_os("ILLUMIO_MONITOR_BIN");
    let binary = binary.expect("ILLUMIO_MONITOR_BIN names the binary; `make demo` sets it");
    let mut command = Command::new(binary);
    command.env_clear();
    if let Some(zone) = std::env::var_os("TZ") {
        command.env("TZ", zone);
    }
    command.arg("run").arg("--config").arg(config);
    command.args(std::env::args_os().skip(1));
    command.output().unwrap()
}

fn show_run(output: &Output, config: &Path) {
    println!("$ illumio-monitor run --config {}", near(config));
    print!("{}", String::from_utf8_lossy(&output.stderr));
    print!("{}", String::from_utf8_lossy(&output.stdout));
    let code = output.status.code();
    println!("exit code {}", code.map_or("none".into(), |code| code.to_string()));
}

/// The mail as it came and its HTML part, as files.
fn keep(folder: &Path, mail: &Mail) -> [PathBuf; 2] {
    let [eml, html] = ["mail.eml", "mail.html"].map(|name| folder.join(name));
    fs::write(&eml, &mail.raw).unwrap();
    fs::write(&html, mail.html()).unwrap();
    [eml, html]
}

fn show_mail(mail: &Mail, [eml, html]: &[PathBuf; 2]) {
    heading("The mail");
    println!("To: {}", mail.to.join(", "));
    println!("Subject: {}\n", mail.subject());
    for line in without_records(&mail.text()) {
        println!("{}", format!("  | {line}").trim_end());
    }
    println!();
    println!("the mail as it was sent:   {}", near(eml));
    println!("its HTML, for a browser:   {}", near(html));
}

/// The text's lines; in place of the raw records, which are long, their number.
fn without_records(text: &str) -> Vec<String> {
    let (mut lines, mut left_out) = (Vec::new(), None);
    for line in text.lines() {
        let ends = line.starts_with("====") || line.trim_end() == "--";
        match left_out {
            Some(count) if ends => {
                lines.push(format!(" ({count} lines, in mail.eml)\n  |"));
                left_out = None;
            }
            Some(count) => left_out = Some(count + 1),
            None => {}
        }
        if left_out.is_none() {
            lines.push(line.to_owned());
        }
        if ["Raw snapshot", "原始紀錄"].iter().any(|title| line.starts_with(title)) {
            left_out = Some(0);
        }
    }
    lines
}

fn heading(text: &str) {
    match std::io::stdout().is_terminal() {
        true => println!("\n\x1b[1m{text}\x1b[0m\n"),
        false => println!("\n{text}\n"),
    }
}

/// The path as seen from here, if it lies below.
fn near(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let near = path.strip_prefix(here).unwrap_or(path);
    near.display().to_string()
}
