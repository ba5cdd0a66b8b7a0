//! Which mails a mail belongs to.

use super::site::Site;
use crate::mail::mime::{self, Thread};
use crate::packed::hash;
use crate::report::Report;
use crate::store::state::Target;

/// What goes on from an earlier mail is a reply to it: a condition's reminder and
/// its end to its begin. With `email.thread` the mails of a rule stay together
/// for a day, under a root that is no mail itself.
pub(super) fn thread(site: &Site<'_>, target: &Target, report: &Report) -> Thread {
    let root = root(site, target, report);
    let begins = report.conditions.iter();
    let begins = begins.filter_map(|news| news.told_by.as_ref());
    let mut references: Vec<String> = begins.map(|mail| mail.message_id.clone()).collect();
    references.dedup();
    // Last stands what the mail replies to: the worst one's begin.
    references.reverse();
    let in_reply_to = references.last().or(root.as_ref()).cloned();
    Thread { in_reply_to, references: root.into_iter().chain(references).collect() }
}

/// One for each PCE, org, rule and local day.
fn root(site: &Site<'_>, target: &Target, report: &Report) -> Option<String> {
    let worst = report.alerts.first().filter(|_| site.config.mail.thread)?;
    let day = site.day(report.made_at).strftime("%Y%m%d").to_string();
    let site_hash = hash(format!("{} {}", target.server, target.org).as_bytes());
    let unique = format!("rule-{}.{day}.{site_hash:016x}", worst.rule_id);
    Some(mime::id_of(&unique, &site.config.mail.sender))
}
