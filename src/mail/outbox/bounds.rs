//! The bounds of what waits: mails merge, and give up what comes with them.

use super::words as say;
use super::{BYTES, Detached, Fate, MAILS, MERGED_BYTES, Outbox, Reader, Waiting};
use crate::mail::compose;
use crate::mail::page::Page;
use crate::report::Kind;

impl Outbox {
    /// Merges mails for the same people, the oldest first, until there are at most [`MAILS`].
    ///
    /// Left alone are mails that someone may have already, and merged ones that
    /// are full: lines are never lost, so in the end the bound gives way to them, and to as
    /// many kinds of people.
    pub(super) fn merge(&mut self, reader: &Reader) {
        while self.mails.len() > MAILS {
            let Some((at, next)) = self.pair_to_merge() else {
                return;
            };
            let second = self.mails.remove(next);
            if let Some(first) = self.mails.get_mut(at) {
                let (mail, into) = (second.message_id.clone(), first.message_id.clone());
                self.fates.push(Fate::Merged { mail, into });
                first.absorb(second, reader);
                first.reduce_to_lines(reader);
            }
        }
    }

    /// The places of the two oldest that have room in one mail, for those for whom most wait:
    /// who gets much costs nobody else his details.
    fn pair_to_merge(&self) -> Option<(usize, usize)> {
        let mails = &self.mails;
        let pair = |(at, first): (usize, &Waiting)| {
            let mut later = mails.iter().enumerate().skip(at + 1);
            let (next, second) = later.find(|(_, mail)| mail.to == first.to)?;
            let fits = first.is_untouched()
                && second.is_untouched()
                && first.lines_size() + second.lines_size() <= MERGED_BYTES;
            let alike = mails.iter().filter(|mail| mail.to == first.to).count();
            fits.then_some((at, next, alike))
        };
        // The first of several that are the most is the last one from behind.
        let pairs = mails.iter().enumerate().rev().filter_map(pair);
        let most = pairs.max_by_key(|(_, _, alike)| *alike);
        most.map(|(at, next, _)| (at, next))
    }

    /// Takes attachments away, then details, each from the oldest mails first, until
    /// there are at most [`BYTES`].
    pub(super) fn shorten(&mut self, reader: &Reader) {
        let detach = |mail: &mut Waiting| {
            if mail.attachment.take().is_some() {
                mail.detached = Some(Detached::ByTheBound);
            }
        };
        self.shorten_by(detach);
        self.shorten_by(|mail| mail.reduce_to_lines(reader));
    }

    fn shorten_by(&mut self, reduce: impl Fn(&mut Waiting)) {
        let mut size: usize = self.mails.iter().map(Waiting::size).sum();
        for mail in &mut self.mails {
            if size <= BYTES {
                return;
            }
            if mail.is_untouched() {
                size -= mail.size();
                reduce(mail);
                size += mail.size();
            }
        }
    }
}

impl Waiting {
    fn size(&self) -> usize {
        let lines: usize = self.lines.iter().map(String::len).sum();
        let attached = self.attachment.as_ref().map_or(0, |file| file.base64.len());
        self.text.len() + self.html.len() + lines + attached
    }

    /// What its lines take in a merged mail's HTML.
    pub(super) fn lines_size(&self) -> usize {
        self.lines.iter().map(|line| item(line).len()).sum()
    }

    /// Takes the lines of a later mail; neither's details are to stay.
    pub(super) fn absorb(&mut self, later: Self, reader: &Reader) {
        self.lines.extend(later.lines);
        self.level = self.level.max(later.level);
        self.about_mail &= later.about_mail;
        if later.kind == Kind::Alert {
            self.kind = Kind::Alert;
        }
        if self.site != later.site {
            self.site = later.site;
        }
        let (lang, what) = (reader.lang, say::merged(reader.lang));
        self.subject = compose::subject_of(&self.site, self.level, &what, lang);
    }

    /// Rebuilds text and HTML from the lines alone.
    pub(super) fn reduce_to_lines(&mut self, reader: &Reader) {
        // That there are no details is said anyway.
        (self.attachment, self.detached) = (None, None);
        let intro = say::without_details(reader.lang, reader.time(self.made_at));
        let items = self.lines.iter().map(|line| format!("- {line}\n"));
        self.text = format!("{intro}\n\n{}", items.collect::<String>());
        let mut page = Page::default();
        page.lit("<!DOCTYPE html>\n<html lang=\"").lit(reader.lang.tag()).lit("\"><body>\n<p>");
        let head = page.text(&intro).lit("</p>\n<ul>\n").finish();
        let items: String = self.lines.iter().map(|line| item(line)).collect();
        self.html = head + &items + "</ul>\n</body></html>\n";
    }
}

/// A line of a merged mail.
fn item(line: &str) -> String {
    Page::default().lit("<li>").text(line).lit("</li>\n").finish()
}
