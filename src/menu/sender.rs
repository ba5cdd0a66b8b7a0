//! The name beside the sender's address: a list of mails shows it first.

use serde_json::Value;

use super::Menu;
use super::console::Stop;
use super::question::{NOTHING, Question};
use super::setting::{Changes, Setting};
use super::strict::Keys;
use crate::lang::menu_settings as words;

/// What Enter takes.
const NAME: &str = "Illumio Monitor";

/// Offers a name where the sender has none. `-` leaves the address alone.
pub fn offer_name(
    menu: &mut Menu<'_>,
    sender: &Setting,
    changes: &mut Changes,
) -> Result<(), Stop> {
    let (reader, lang) = (menu.reader(), menu.console.lang);
    let (section, key) = ("email", "sender");
    let typed = changes.iter().rev().find(|(_, name, _)| *name == key);
    let typed = typed.and_then(|(_, _, value)| value.as_ref()).and_then(Value::as_str);
    let address = match typed {
        Some(address) => address.trim().to_owned(),
        None => sender.at(&menu.file(), &menu.holds()),
    };
    if address.is_empty() || address.contains('<') {
        return Ok(());
    }
    let question = Question {
        label: words::sender_name(lang),
        hint: words::sender_name_hint(lang),
        now: Some(NAME.to_owned()),
        required: false,
        unseen: false,
    };
    let with = |name: &str| format!("{name} <{address}>");
    let answer = menu.console.ask(&question, |name| {
        if name == NOTHING {
            return Ok(None);
        }
        // Who is a question ahead types a recipient here.
        if name.contains('@') {
            return Err(words::name_is_address(lang));
        }
        let values = Keys::from_iter([(key.to_owned(), with(name).into())]);
        reader.section(section, &values, &[key]).map(|()| Some(with(name)))
    })?;
    if let Some(sender) = answer.unwrap_or_else(|| Some(with(NAME))) {
        changes.push((section, key, Some(sender.into())));
    }
    Ok(())
}
