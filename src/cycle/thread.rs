//! Which mails a mail belongs to, and what comes with it.

use super::Cycle;
use crate::lang::{grouped, reports as say};
use crate::mail::mime::{self, Attachment, Thread};
use crate::packed::hash;
use crate::report::Report;
use crate::report::records::Collector;

/// The name of what is attached.
const FILE: &str = "alerts.jsonl.gz";

impl Cycle<'_> {
    /// What goes on from an earlier mail is a reply to it: a condition's reminder and
    /// its end to its begin. With `email.thread` the mails of a rule stay together
    /// for a day, under a root that is no mail itself.
    pub(super) fn thread(&self, report: &Report) -> Thread {
        let root = self.root(report);
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
    fn root(&self, report: &Report) -> Option<String> {
        let worst = report.alerts.first().filter(|_| self.config.mail.thread)?;
        let zone = self.config.settings.timezone.clone();
        let day = report.made_at.to_zoned(zone).strftime("%Y%m%d").to_string();
        let target = &self.state.target;
        let site = hash(format!("{} {}", target.server, target.org).as_bytes());
        let unique = format!("rule-{}.{day}.{site:016x}", worst.rule_id);
        Some(mime::id_of(&unique, &self.config.mail.sender))
    }

    /// Keeps the records of a fetch that was counted.
    pub(super) fn keep_records(&mut self, collected: Option<Collector>) {
        if let (Some(records), Some(collected)) = (&mut self.records, collected) {
            records.absorb(collected);
        }
    }

    /// The records that matched, with a mail that tells an alert; the footer says
    /// that they are there, and what is not.
    pub(super) fn attachment(&mut self) -> Option<Attachment> {
        let records = self.records.take().filter(|_| !self.alerts.is_empty())?;
        let (kept, left_out) = (records.kept, records.left_out);
        let (told, untold) = (grouped(kept), grouped(left_out));
        let line = match (kept, left_out) {
            (0, 0) => return None,
            (0, _) => say::attached_none(self.lang, untold),
            (_, 0) => say::attached(self.lang, FILE, told),
            _ => say::attached_cut(self.lang, FILE, told, untold),
        };
        self.seen.insert(0, line);
        (kept > 0).then(|| Attachment { name: FILE.to_owned(), base64: records.base64() })
    }
}
