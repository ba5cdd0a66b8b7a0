//! A mail whose record in the file is damaged: whatever of it can still be read goes out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Waiting;
use crate::mail::page::Page;
use crate::packed::hash;
use crate::report::Kind;
use crate::rules::Level;

impl Waiting {
    /// The mail in a damaged record, each field read on its own; `None` where nothing
    /// of what it tells is left. `made_at` stands in for a time that is not.
    pub fn rescued(record: &str, made_at: Timestamp) -> Option<Self> {
        let fields = Remains(serde_json::from_str(record).ok()?);
        let lines = fields.texts("lines");
        let subject: Option<String> = fields.get("subject");
        let told: Vec<&str> = match lines.is_empty() {
            true => subject.iter().map(String::as_str).collect(),
            false => lines.iter().map(String::as_str).collect(),
        };
        let written = fields.get::<String>("text").filter(|text| !text.is_empty());
        let page = fields.get::<String>("html").filter(|page| !page.is_empty());
        if told.is_empty() && written.is_none() && page.is_none() {
            return None;
        }
        let text = written.unwrap_or_else(|| told.join("\n"));
        let page_of_text = || {
            let mut page = Page::default();
            page.lit("<!DOCTYPE html>\n<html><body>\n<pre>").text(&text);
            page.lit("</pre>\n</body></html>\n").finish()
        };
        let own_id = || format!("damaged.{:016x}@illumio-monitor.invalid", hash(record.as_bytes()));
        Some(Self {
            message_id: fields.get("message_id").unwrap_or_else(own_id),
            made_at: fields.get("made_at").unwrap_or(made_at),
            subject: subject
                .or_else(|| lines.first().cloned())
                .unwrap_or_else(|| "[Illumio Monitor]".to_owned()),
            level: fields.get("level").unwrap_or(Level::Warning),
            kind: fields.get("kind").unwrap_or(Kind::Alert),
            site: fields.get("site").unwrap_or_default(),
            html: page.unwrap_or_else(page_of_text),
            text,
            to: fields.texts("to"),
            served: fields.texts("served"),
            in_doubt: fields.get("in_doubt").unwrap_or_default(),
            unconfirmed: fields.get("unconfirmed").unwrap_or_default(),
            asked: fields.get("asked").unwrap_or_default(),
            about_mail: fields.get("about_mail").unwrap_or_default(),
            thread: fields.get("thread").unwrap_or_default(),
            attachment: fields.get("attachment"),
            detached: fields.get("detached"),
            lines,
        })
    }
}

struct Remains<'t>(BTreeMap<String, &'t RawValue>);

impl Remains<'_> {
    fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    /// The texts of a list; what else is in it is left out.
    fn texts(&self, name: &str) -> Vec<String> {
        let list: Vec<Value> = self.get(name).unwrap_or_default();
        let texts = list.into_iter().filter_map(|one| match one {
            Value::String(text) => Some(text),
            _ => None,
        });
        texts.collect()
    }
}
