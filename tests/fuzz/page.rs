//! What must hold of every mail.

use illumio_monitor::lang::Lang;
use illumio_monitor::mail::compose::{
    ENCODED_MAX, HTML_MAX, LINE_MAX, Look, SUBJECT_MAX, TEXT_MAX, compose,
};
use illumio_monitor::mail::mime;
use illumio_monitor::report::{Alert, Kind, Report};
use illumio_monitor::screen::visible::hidden;
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use proptest::prelude::*;

/// Every element that a mail may hold.
const ELEMENTS: &[&str] = &[
    "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "th", "span",
    "b", "br", "wbr", "pre", "code", "a",
];

/// Every attribute.
const ATTRIBUTES: &[&str] = &[
    "id",
    "lang",
    "charset",
    "name",
    "content",
    "class",
    "style",
    "role",
    "width",
    "cellpadding",
    "cellspacing",
    "align",
    "valign",
    "href",
];

pub fn report(alerts: Vec<Alert>) -> Report {
    Report {
        kind: Kind::Alert,
        site: "Taipei".into(),
        pce_url: "https://pce.example.com".into(),
        org_id: "1".into(),
        made_at: "2026-11-22T10:20:30Z".parse::<Timestamp>().unwrap(),
        conditions: Vec::new(),
        alerts,
        notices: Vec::new(),
        footer: Vec::new(),
        daily: None,
    }
}

/// The mail on `report` is well-formed, bounded and shows nothing hidden, in both languages.
pub fn holds(report: &Report) -> Result<(), TestCaseError> {
    let zone = TimeZone::fixed(offset(8));
    for lang in [Lang::En, Lang::ZhTw] {
        let told = compose(
            report,
            &Look { lang, zone: &zone, raw_snapshot: true, command: "illumio-monitor" },
        );
        well_formed(&told.html)
            .map_err(|wrong| TestCaseError::fail(format!("{wrong}\n{}", told.html)))?;
        prop_assert!(mime::decoded_len(&told.html) <= HTML_MAX);
        prop_assert!(mime::decoded_len(&told.text) <= TEXT_MAX);
        prop_assert!(mime::encoded_len(&told.html) + mime::encoded_len(&told.text) <= ENCODED_MAX);
        prop_assert!(told.subject.chars().count() <= SUBJECT_MAX);
        prop_assert!(!told.subject.contains(hidden), "{:?}", told.subject);
        prop_assert_eq!(
            told.lines.len(),
            report.alerts.len()
                + report.conditions.len()
                + report.notices.len()
                + usize::from(report.daily.is_some())
        );
        for line in &told.lines {
            prop_assert!(line.chars().count() <= LINE_MAX && !line.contains(hidden), "{:?}", line);
        }
        for part in [&told.text, &told.html] {
            let found = part.chars().find(|c| hidden(*c) && !matches!(c, '\n' | '\t'));
            prop_assert!(found.is_none(), "{:?} in {}", found, part);
        }
        let parts = mime::Parts {
            message_id: "1@example.com",
            to: &crate::smtp::settings(25).recipients,
            made_at: report.made_at,
            subject: &told.subject,
            text: &told.text,
            html: &told.html,
            level: report.level(),
            kind: report.kind,
            site: &report.site,
            thread: &mime::Thread::default(),
            attachment: None,
        };
        let message = mime::message(&crate::smtp::settings(25), &parts);
        arrives(&message, &told.text, &told.html)?;
    }
    Ok(())
}

/// A reader finds both parts as they were written, and no header but ours.
fn arrives(message: &str, text: &str, html: &str) -> Result<(), TestCaseError> {
    prop_assert!(message.is_ascii());
    prop_assert!(message.lines().all(|line| line.len() <= 998));
    let mail = mail_parser::MessageParser::default().parse(message.as_bytes()).unwrap();
    let same = |part: &str, sent: &str| part.replace("\r\n", "\n").trim_end() == sent.trim_end();
    prop_assert!(same(&mail.body_text(0).unwrap(), text), "the text part differs");
    prop_assert!(same(&mail.body_html(0).unwrap(), html), "the HTML part differs");
    prop_assert_eq!(mail.header_raw("Bcc"), None);
    prop_assert_eq!(mail.headers().iter().filter(|header| header.name() == "Subject").count(), 1);
    Ok(())
}

/// Strictly so: known elements and attributes, closed in their order, and no
/// character of markup anywhere else.
fn well_formed(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>\n").ok_or("no doctype")?;
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("<!--") {
            let (inside, after) = comment.split_once("-->").ok_or("a comment without an end")?;
            let ours = [
                "[if mso]><table width=\"640\"><tr><td><![endif]",
                "[if mso]></td></tr></table><![endif]",
            ];
            if !ours.contains(&inside) {
                return Err(format!("comment: {inside}"));
            }
            rest = after;
        } else if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = tag.split_once('>').ok_or("a tag without an end")?;
            element(tag, &mut open)?;
            rest = after;
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            characters(&rest[..end], matches!(open.last(), Some(&"style" | &"pre")))?;
            rest = &rest[end..];
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("open: {open:?}")) }
}

fn element<'h>(tag: &'h str, open: &mut Vec<&'h str>) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        return match open.pop() {
            Some(last) if last == name => Ok(()),
            other => Err(format!("/{name} closes {other:?}")),
        };
    }
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    if !ELEMENTS.contains(&name) {
        return Err(format!("element: {tag}"));
    }
    while !rest.is_empty() {
        let (attribute, value) = rest.split_once("=\"").ok_or(format!("attribute: {tag}"))?;
        let (value, after) = value.split_once('"').ok_or(format!("quotes: {tag}"))?;
        if !ATTRIBUTES.contains(&attribute) || value.contains(['<', '&']) || value.contains("zqx") {
            return Err(format!("attribute: {tag}"));
        }
        // To an alert's records and back; the one address outside is a workload's page at the PCE.
        if attribute == "href" && !is_within(name, value) && !is_console(name, value) {
            return Err(format!("a link: {tag}"));
        }
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    if !["meta", "br", "wbr"].contains(&name) {
        open.push(name);
    }
    Ok(())
}

fn is_within(element: &str, address: &str) -> bool {
    let number = address.strip_prefix("#r").or(address.strip_prefix("#a"));
    element == "a"
        && number.is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()))
}

fn is_console(element: &str, address: &str) -> bool {
    element == "a"
        && address.starts_with("https://")
        && address
            .rsplit_once("/#/workloads/")
            .is_some_and(|(_, id)| id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'))
}

/// Quotes mean nothing between tags; a record's stay as they are, since it has thousands.
fn characters(text: &str, may_quote: bool) -> Result<(), String> {
    if text.contains('>') || (!may_quote && text.contains(['"', '\''])) {
        return Err(format!("unescaped: {text}"));
    }
    let known = ["amp;", "lt;", "gt;", "quot;", "#39;", "nbsp;"];
    match text
        .split('&')
        .skip(1)
        .find(|after| !known.iter().any(|entity| after.starts_with(entity)))
    {
        Some(after) => Err(format!("an & alone: {after}")),
        None => Ok(()),
    }
}
