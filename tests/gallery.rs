//! Writes every kind of mail, in both languages, to `target/gallery/`, to be looked
//! at: `make mail-gallery`. Each as a message, its HTML and its text; where Chromium
//! is installed, as pictures of a phone and of a desk, light and dark.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod samples;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use illumio_monitor::lang::Lang;
use illumio_monitor::mail::compose::{Composed, Look, compose};
use illumio_monitor::mail::{self, mime};
use illumio_monitor::report::Report;
use illumio_monitor::report::records::Records;
use jiff::tz::{TimeZone, offset};

/// Widths that mails are read at, in CSS pixels.
const WIDTHS: [u32; 2] = [375, 800];

/// Chromium's own numbers for what the reader prefers.
const SCHEMES: [(&str, u8); 2] = [("light", 1), ("dark", 0)];

/// A mail by its file name.
struct Shown {
    file: String,
    lang: Lang,
    subject: String,
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let mut shown = Vec::new();
    for lang in [Lang::En, Lang::ZhTw] {
        for (name, report) in samples::gallery(lang) {
            shown.push(write(&folder, name, lang, &report));
        }
    }
    let pictures = chromium().is_some_and(|program| pictures(&program, &folder, &shown));
    fs::write(folder.join("index.html"), index(&shown, pictures)).unwrap();
    println!("in {}", folder.join("index.html").display());
}

fn write(folder: &Path, name: &str, lang: Lang, report: &Report) -> Shown {
    let zone = TimeZone::fixed(offset(8));
    let look = Look { lang, zone: &zone, raw_snapshot: true, command: "illumio-monitor" };
    let told = compose(report, &look);
    let file = format!("{name}.{}", lang.tag());
    let path = |ending: &str| folder.join(format!("{file}.{ending}"));
    fs::write(path("html"), &told.html).unwrap();
    fs::write(path("txt"), &told.text).unwrap();
    fs::write(path("eml"), message(name, report, &told)).unwrap();
    println!(
        "{file}: {} bytes HTML, {} bytes text: {}",
        told.html.len(),
        told.text.len(),
        told.subject
    );
    Shown { file, lang, subject: told.subject }
}

fn message(name: &str, report: &Report, told: &Composed) -> String {
    let sender = "Illumio Monitor <illumio-monitor@example.com>";
    let attachment = (name == "attached").then(attachment);
    let parts = mime::Parts {
        message_id: &mime::message_id(report.made_at, 1, sender),
        to: &settings(sender).recipients,
        made_at: report.made_at,
        subject: &told.subject,
        text: &told.text,
        html: &told.html,
        level: report.level(),
        kind: report.kind,
        site: &report.site,
        thread: &mime::Thread::default(),
        attachment: attachment.as_ref(),
    };
    mime::message(&settings(sender), &parts)
}

/// One event as a rule's record.
fn attachment() -> mime::Attachment {
    let mut records = Records::default();
    let mut collector = records.collector();
    collector.add(&[1], samples::EVENT.as_bytes());
    records.absorb(collector);
    mime::Attachment { name: "alerts.jsonl.gz".to_owned(), base64: records.base64() }
}

fn settings(sender: &str) -> mail::Settings {
    mail::Settings {
        sender: sender.to_owned(),
        envelope_sender: None,
        recipients: vec!["soc@example.com".to_owned()],
        routes: Vec::new(),
        raw_snapshot: true,
        attach_records: false,
        thread: false,
        smtp: mail::Smtp {
            host: "localhost".to_owned(),
            port: 25,
            tls: mail::Tls::None,
            login: None,
            ca_file: None,
            timeout: std::time::Duration::from_secs(1),
            others: Default::default(),
        },
    }
}

fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| std::env::split_paths(&folders).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

/// One picture for each mail, width and scheme; false where Chromium makes none.
fn pictures(program: &Path, folder: &Path, shown: &[Shown]) -> bool {
    let profile = tempfile::tempdir().unwrap();
    for mail in shown {
        for width in WIDTHS {
            let text = fs::metadata(folder.join(format!("{}.html", mail.file))).unwrap();
            // Long enough for all but the longest; those show their first screens.
            let height = (text.len() / 7).clamp(900, 4_000) * if width < 500 { 2 } else { 1 };
            for (scheme, preferred) in SCHEMES {
                let picture = folder.join(format!("{}.{width}.{scheme}.png", mail.file));
                let made = Command::new(program)
                    .args(["--headless", "--no-sandbox", "--disable-gpu"])
                    .args(["--no-first-run", "--disable-background-networking"])
                    .args(["--disable-component-update", "--disable-sync"])
                    .arg("--hide-scrollbars")
                    .arg(format!("--user-data-dir={}", profile.path().display()))
                    .arg(format!("--blink-settings=preferredColorScheme={preferred}"))
                    .arg(format!("--window-size={width},{height}"))
                    .arg(format!("--screenshot={}", picture.display()))
                    .arg(folder.join(format!("{}.html", mail.file)))
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status();
                if !made.is_ok_and(|status| status.success()) || !picture.is_file() {
                    println!("{}: no pictures", program.display());
                    return false;
                }
            }
        }
    }
    true
}

/// A page that leads to all of them.
fn index(shown: &[Shown], pictures: bool) -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Mails</title>\n\
         <style>body{font-family:sans-serif;margin:2em}img{border:1px solid #999;vertical-align:top;margin:0 8px 8px 0;max-height:900px}</style></head><body>\n",
    );
    for Shown { file, lang, subject } in shown {
        let subject = subject.replace('&', "&amp;").replace('<', "&lt;");
        page += &format!("<h2>{file}</h2>\n<p lang=\"{}\">{subject}</p>\n<p>", lang.tag());
        for ending in ["html", "txt", "eml"] {
            page += &format!("<a href=\"{file}.{ending}\">{ending}</a> ");
        }
        page += "</p>\n";
        for width in WIDTHS.iter().filter(|_| pictures) {
            for (scheme, _) in SCHEMES {
                let picture = format!("{file}.{width}.{scheme}.png");
                page += &format!(
                    "<a href=\"{picture}\"><img src=\"{picture}\" alt=\"{width} px, {scheme}\" loading=\"lazy\"></a>\n"
                );
            }
        }
    }
    page + "</body></html>\n"
}
