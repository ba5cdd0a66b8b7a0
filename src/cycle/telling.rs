//! The mails that tell what a cycle has to tell: one for each set of people who are told
//! the same, each with its footer.

use super::poll::Poll;
use super::routing::{self, Share};
use super::{Cycle, Findings, Telling, died, letter, thread};
use crate::mail::mime;
use crate::mail::outbox::{Fate, Waiting};
use crate::report::history::Entry;
use crate::report::{Kind, Report};

/// A line of a footer.
struct FooterLine {
    text: String,
    /// Whether it is about the monitor itself, and for the recipients alone.
    is_ours: bool,
}

impl Cycle<'_> {
    /// A mail for each set of people who are told the same.
    pub(super) fn tell_each(&mut self, telling: Telling, findings: &Findings) -> Vec<Waiting> {
        let shares = routing::split(&telling, &self.site.config.mail, self.site.lang());
        let footer = self.footer(&findings.poll, shares.iter().any(|share| share.is_ours));
        let mut told = Entry::all_of(&telling.report);
        // Later the report is taken apart.
        let handed_on = self.to_hand_on(&telling.report);
        let sender = &self.site.config.mail.sender;
        let first = mime::message_id(telling.report.made_at, self.site.call.random, sender);
        let mut told_first = vec![None; told.len()];
        let (mut whole, mut random) = (telling.report, self.site.call.random);
        let mut mails = Vec::new();
        for (at, share) in shares.iter().enumerate() {
            let is_last = at + 1 == shares.len();
            let report = share.report(&mut whole, is_last, &self.site.config.mail);
            let mail = self.write_mail(share, report, (&footer, findings), random);
            for place in &share.places {
                told.get_mut(*place).into_iter().for_each(|told| told.is_in(&mail.message_id));
                if let Some(first) = told_first.get_mut(*place) {
                    first.get_or_insert_with(|| mail.message_id.clone());
                }
            }
            mails.push(mail);
            // The next one but one: that after the first is the daily report's.
            random = random.wrapping_add(2);
        }
        self.keep_to_hand_on(handed_on, &told_first, &first);
        self.state.history.change(|open| open.tell(told));
        mails
    }

    /// The mail that tells a share.
    fn write_mail(
        &mut self,
        share: &Share,
        mut report: Report,
        (footer, findings): (&[FooterLine], &Findings),
        random: u64,
    ) -> Waiting {
        let (site, settings) = (&self.site, &self.site.config.mail);
        let rules: Vec<i64> = report.alerts.iter().map(|alert| alert.rule_id).collect();
        let of_these = (!share.is_whole).then_some(rules.as_slice());
        let (attachment, attached) = match report.kind {
            Kind::Alert => findings.filing.attachment(site.lang(), of_these),
            _ => (None, None),
        };
        let lines = footer.iter().filter(|line| share.is_ours || !line.is_ours);
        report.footer.extend(attached);
        report.footer.extend(share.elsewhere.iter().cloned());
        report.footer.extend(lines.map(|line| line.text.clone()));
        let mail = Waiting {
            to: share.to.clone(),
            about_mail: share.about_mail,
            thread: thread::thread(site, &self.state.target, &report),
            attachment,
            ..letter::letter(&report, &site.config, &site.command(), random)
        };
        letter::note_told_by(&mut self.state.conditions, &report.conditions, &mail, settings);
        mail
    }

    /// Takes note of what became of mails, before that is saved.
    pub(super) fn note_fates(&mut self) {
        let fates = self.state.outbox.take_fates();
        if fates.is_empty() {
            return;
        }
        let now = self.clock.now();
        self.state.history.change(|open| {
            for fate in fates {
                match fate {
                    Fate::Delivered(mail) => open.delivered(&mail, now),
                    Fate::Merged { mail, into } => open.merged(&mail, &into),
                    Fate::GivenUp(mail) => open.given_up(&mail, now),
                }
            }
        });
    }

    /// What was read and what was not, when the next run is due, and who says so. What is
    /// said once a day is said where the recipients hear it.
    fn footer(&mut self, poll: &Poll, recipients_hear: bool) -> Vec<FooterLine> {
        let (site, now) = (&self.site, self.clock.now());
        let told = &mut self.state.remarks_told;
        let mut lines = Vec::new();
        let mut add = |is_ours: bool, texts: Vec<String>| {
            lines.extend(texts.into_iter().map(|text| FooterLine { text, is_ours }));
        };
        add(false, poll.lines(site));
        if recipients_hear {
            add(true, site.taken_from_memory(&self.book));
            add(true, died::lines(site, &mut self.state.died));
        }
        add(false, letter::next_run(site, &self.state.rhythm, now).into_iter().collect());
        if recipients_hear {
            add(true, letter::remarks(site, &self.remarks, told, site.day(now)));
        }
        add(false, letter::signature(site));
        lines
    }
}
