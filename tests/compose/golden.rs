//! Each kind of mail as it was last looked at, byte by byte, in both languages.
//!
//! `ILLUMIO_MONITOR_GOLDEN=write cargo test --test compose golden` writes them anew,
//! for a person to look at the difference.

use std::fs;
use std::path::Path;

use crate::{LANGS, mail, samples};

/// The kinds; the others are made of the same pieces.
const KINDS: [&str; 12] = [
    "event",
    "traffic",
    "sweep",
    "backlog",
    "begins",
    "lasts",
    "ended",
    "certificate-7-days",
    "notice-gap",
    "notice-cut",
    "daily-trouble",
    "test",
];

#[test]
fn golden_mails_are_as_they_were_last_looked_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose/golden");
    let write = std::env::var_os("ILLUMIO_MONITOR_GOLDEN").is_some_and(|word| word == "write");
    for lang in LANGS {
        let reports = samples::gallery(lang);
        for kind in KINDS {
            let (_, report) = reports.iter().find(|(name, _)| *name == kind).unwrap();
            let told = mail(report, lang);
            let text = format!("Subject: {}\n\n{}", told.subject, told.text);
            for (ending, now) in [("txt", text), ("html", told.html)] {
                let now = now.replace(env!("CARGO_PKG_VERSION"), "VERSION");
                let file = folder.join(format!("{kind}.{}.{ending}", lang.tag()));
                if write {
                    fs::write(&file, &now).unwrap();
                }
                let before = fs::read_to_string(&file).unwrap_or_default();
                assert!(now == before, "{} differs; now it is:\n{now}", file.display());
            }
        }
    }
}
