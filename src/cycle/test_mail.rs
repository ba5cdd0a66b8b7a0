//! A test mail: what the mail server says to each recipient.

use std::time::{Duration, Instant};

use super::letter::{blank_report, letter};
use crate::commands::call::Call;
use crate::commands::said::Said;
use crate::config::Config;
use crate::exit::Code;
use crate::lang::{Lang, cycle as say};
use crate::mail::mime::{self, Parts};
use crate::mail::smtp::{self, Delivery};
use crate::net::AddressBook;
use crate::report::Kind;
use crate::store::{self, StateUse};

/// How long a test mail may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Sends a test mail to everyone who may get one, and says what became of it for each
/// recipient. Changes nothing.
pub fn test_mail(call: &Call<'_>) -> Said {
    let lang = call.language(None);
    let (mut config, book) = match store::open(call.config, call.env, StateUse::Keep) {
        Ok(opened) => {
            let book = AddressBook::new(opened.state.addresses, call.now);
            (opened.config, book)
        }
        Err(unopened) => {
            return Said {
                exit: Code::Config.exit(),
                problems: unopened.error.lines(lang),
                ..Said::default()
            };
        }
    };
    let lang = call.language(Some(config.settings.language));
    config.settings.language = call.lang.unwrap_or(config.settings.language);
    let recipients = &config.mail.everyone();
    let message = message(call, &config, recipients);
    let deadline = Instant::now() + PATIENCE;
    let sent = smtp::deliver(&config.mail, recipients, message.as_bytes(), deadline, &book);
    match sent {
        Ok(delivery) => told(&delivery, lang),
        Err(error) => Said {
            exit: Code::of_failure(error.permanent()).exit(),
            problems: recipients
                .iter()
                .map(|to| say::not_sent(lang, to, error.text(lang)))
                .collect(),
            ..Said::default()
        },
    }
}

fn message(call: &Call<'_>, config: &Config, to: &[String]) -> String {
    let mut report = blank_report(config, Kind::Test, call.now);
    report.footer = vec![say::config_file(config.settings.language, call.config.display())];
    let mail = letter(&report, config, &store::command(call.config, call.program), call.random);
    mime::message(
        &config.mail,
        &Parts {
            message_id: &mail.message_id,
            to,
            made_at: mail.made_at,
            subject: &mail.subject,
            text: &mail.text,
            html: &mail.html,
            level: mail.level,
            kind: mail.kind,
            site: &mail.site,
            thread: &mail.thread,
            attachment: None,
        },
    )
}

/// What the server said to each recipient.
fn told(delivery: &Delivery, lang: Lang) -> Said {
    let mut code = Code::Done;
    for refused in &delivery.refused {
        code.worsen(Code::of_failure(refused.permanent));
    }
    let refused = delivery.refused.iter().map(|refused| refused.text(lang));
    let notes = delivery.notes.iter().map(|note| note.text(lang));
    Said {
        exit: code.exit(),
        lines: delivery.accepted.iter().map(|to| say::accepted(lang, to)).collect(),
        problems: refused.chain(notes).collect(),
        ..Said::default()
    }
}
