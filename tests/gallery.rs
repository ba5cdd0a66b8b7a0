//! Writes representative mails, in both languages, to `target/gallery/`, to be
//! looked at: `cargo run --example gallery`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "samples/mod.rs"]
mod samples;

use std::fs;
use std::path::Path;

use illumio_monitor::lang::Lang;
use illumio_monitor::mail::compose::{Look, compose};
use jiff::tz::{TimeZone, offset};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery");
    fs::create_dir_all(&folder).unwrap();
    let zone = TimeZone::fixed(offset(8));
    for lang in [Lang::En, Lang::ZhTw] {
        for (name, report) in samples::gallery(lang) {
            let look = Look {
                lang,
                zone: &zone,
                raw_snapshot: true,
            };
            let mail = compose(&report, &look);
            let file = |ending| folder.join(format!("{name}.{}.{ending}", lang.tag()));
            fs::write(file("html"), &mail.html).unwrap();
            let text = format!("Subject: {}\n\n{}", mail.subject, mail.text);
            fs::write(file("txt"), text).unwrap();
            println!(
                "{name} {}: {} bytes HTML, {} bytes text: {}",
                lang.tag(),
                mail.html.len(),
                mail.text.len(),
                mail.subject
            );
        }
    }
    println!("in {}", folder.display());
}
