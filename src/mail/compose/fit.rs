//! How much of a mail there is room for.
//!
//! Each piece is rendered for both parts and measured; it goes in only where
//! both have room, so that the bounds hold by construction and both parts say
//! the same. The head and the footer are of bounded size and always in. Then,
//! in this order: notices, the summary, the cards without their details, then
//! for the worst card first its first list and its timeline, then what can be done with
//! its rule, then the earliest raw record, then the other record, then the second list,
//! then the other lists.

use super::detail::Detail;
use super::html::Html;
use super::part::Layout;
use super::text::PlainText;
use super::view::{Card, View};
use super::{CARDS, ENCODED_MAX, HTML_MAX, TEXT_MAX, show};
use crate::lang::mail as words;

/// What a list of notices may take at most: bytes of HTML, bytes of text.
const NOTICES: (usize, usize) = (14_000, 6_000);
/// What the rows of the summary may take at most.
const ROWS: (usize, usize) = (40_000, 34_000);
/// Kept free for the opening and closing of lists and for what was left out:
/// bytes of HTML, bytes of text, bytes of both in their encodings.
const RESERVE: (usize, usize) = (3_000, 1_500);
/// See [`RESERVE`].
const RESERVE_ENCODED: usize = 6_000;

/// In this order, and each for the worst card first: who or who to whom, and when;
/// what can be done with the rule; the earliest raw record; the other one, since both are
/// promised; the second list, which is of the workloads or the talkers; what is left.
const STEPS: [fn(Detail) -> Detail; 6] = [
    |detail| Detail { lists: 1, ..detail },
    |detail| Detail { handle: true, ..detail },
    |detail| Detail { records: 1, ..detail },
    |detail| Detail { records: usize::MAX, ..detail },
    |detail| Detail { lists: 2, ..detail },
    |detail| Detail { lists: usize::MAX, ..detail },
];

/// The same in both parts.
#[derive(Clone, Default)]
struct Piece {
    text: String,
    html: String,
}

impl Piece {
    fn of(lay_out: impl Fn(&dyn Layout) -> String) -> Self {
        Self { text: lay_out(&PlainText), html: lay_out(&Html) }
    }

    fn size(&self) -> Size {
        Size { text: Weight::of(&self.text), html: Weight::of(&self.html) }
    }
}

/// How much room something takes in a part. A line's end is counted as CRLF.
#[derive(Clone, Copy, Default)]
struct Weight {
    bytes: usize,
    /// In quoted-printable, but for soft line breaks (RFC 2045, 6.7).
    quoted: usize,
}

impl Weight {
    fn of(part: &str) -> Self {
        let mut weight = Self::default();
        let mut before = b'\n';
        for byte in part.bytes() {
            let (bytes, quoted) = match byte {
                // A blank at a line's end has to be escaped.
                b'\n' if before == b' ' => (2, 4),
                b'\n' => (2, 2),
                // Some encoders escape a dot at a line's beginning.
                b'.' if before == b'\n' => (1, 3),
                b' '..=b'<' | b'>'..=b'~' => (1, 1),
                _ => (1, 3),
            };
            weight.bytes += bytes;
            weight.quoted += quoted;
            before = byte;
        }
        weight
    }

    /// In the better of the two encodings: lines of quoted-printable hold at
    /// least 73 characters before their soft break, lines of base64 57 bytes.
    fn encoded(self) -> usize {
        let quoted = self.quoted + (self.quoted / 73 + 1) * 3;
        let base64 = (self.bytes / 57 + 1) * 78;
        quoted.min(base64)
    }

    fn plus(self, other: Self) -> Self {
        Self { bytes: self.bytes + other.bytes, quoted: self.quoted + other.quoted }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(other.bytes),
            quoted: self.quoted.saturating_sub(other.quoted),
        }
    }
}

/// The weight in both parts.
#[derive(Clone, Copy, Default)]
struct Size {
    text: Weight,
    html: Weight,
}

impl Size {
    fn plus(self, other: Self) -> Self {
        Self { text: self.text.plus(other.text), html: self.html.plus(other.html) }
    }

    fn minus(self, other: Self) -> Self {
        Self { text: self.text.minus(other.text), html: self.html.minus(other.html) }
    }

    /// Whether this leaves the reserve free.
    fn fits(self) -> bool {
        self.html.bytes + RESERVE.0 <= HTML_MAX
            && self.text.bytes + RESERVE.1 <= TEXT_MAX
            && self.html.encoded() + self.text.encoded() + RESERVE_ENCODED <= ENCODED_MAX
    }
}

/// What is taken so far.
struct Room {
    used: Size,
}

impl Room {
    /// Takes room for something in place of something else; false, and nothing taken,
    /// where there is too little.
    fn swap(&mut self, size: Size, instead: Size) -> bool {
        let used = self.used.minus(instead).plus(size);
        let fits = used.fits();
        if fits {
            self.used = used;
        }
        fits
    }

    /// Those of `pieces` that come before the first one for which the room
    /// or `share` (bytes of HTML, bytes of text) does not suffice.
    fn take(&mut self, share: (usize, usize), pieces: impl Iterator<Item = Piece>) -> Vec<Piece> {
        let mut part = Size::default();
        let mut taken = Vec::new();
        for piece in pieces {
            part = part.plus(piece.size());
            let within = part.html.bytes <= share.0 && part.text.bytes <= share.1;
            if !within || !self.swap(piece.size(), Size::default()) {
                break;
            }
            taken.push(piece);
        }
        taken
    }
}

/// The text part and the HTML part.
pub(super) fn fit(view: &View) -> (String, String) {
    let (head, foot) = (Piece::of(|part| part.head(view)), Piece::of(|part| part.foot(view)));
    let mut room = Room { used: head.size().plus(foot.size()) };
    let notices = notices(view, &mut room);
    let summary = summary(view, &mut room);
    let (cards, records) = cards(view, &mut room);
    let mut whole = Piece::default();
    let pieces = [vec![head], summary, cards, notices, records, vec![foot]];
    for piece in pieces.into_iter().flatten() {
        whole.text.push_str(&piece.text);
        whole.html.push_str(&piece.html);
    }
    (whole.text, whole.html)
}

fn notices(view: &View, room: &mut Room) -> Vec<Piece> {
    let bare = Detail::default();
    let all = view.notices.iter();
    let all = all.map(|notice| Piece::of(|part| part.card(notice, bare, view.lang)));
    let mut told = room.take(NOTICES, all);
    let more = view.notices.len() - told.len();
    if more > 0 {
        let remark = words::notices_left_out(view.lang, show::grouped(more as u64));
        told.push(Piece::of(|part| part.remark(&remark)));
    }
    told
}

fn summary(view: &View, room: &mut Room) -> Vec<Piece> {
    if view.summary.len() < 2 {
        return Vec::new();
    }
    let all = view.summary.iter().enumerate().map(|(at, row)| match at {
        ..CARDS => Piece::of(|part| part.summary_row(row)),
        CARDS => Piece::of(|part| part.summary_lines() + &part.summary_line(row)),
        _ => Piece::of(|part| part.summary_line(row)),
    });
    let told = room.take(ROWS, all);
    let rest = view.summary.get(told.len()..).unwrap_or_default();
    let more = match rest {
        [] => String::new(),
        rest => {
            let matches = rest.iter().fold(0_u64, |sum, row| sum.saturating_add(row.matches));
            words::not_listed(view.lang, show::grouped(rest.len() as u64), show::grouped(matches))
        }
    };
    let open = Piece::of(|part| part.summary_open(view.lang));
    let has_lines = told.len() > CARDS;
    let close = Piece::of(|part| part.summary_close(has_lines, &more));
    [vec![open], told, vec![close]].concat()
}

/// All cards at their smallest, then the worst first as large as there is room. Beside them
/// the records that stand behind them all.
fn cards(view: &View, room: &mut Room) -> (Vec<Piece>, Vec<Piece>) {
    let render = |card: &Card, detail| Piece::of(|part| part.card(card, detail, view.lang));
    let records = |card: &Card, detail| Piece::of(|part| part.records(card, detail, view.lang));
    let head = Detail::default();
    let heads = view.cards.iter().map(|card| render(card, head));
    let heads = room.take((usize::MAX, usize::MAX), heads);
    let mut shown: Vec<(Piece, Piece)> =
        heads.into_iter().map(|head| (head, Piece::default())).collect();
    let mut details = vec![head; shown.len()];
    for step in STEPS {
        for ((card, shown), detail) in view.cards.iter().zip(&mut shown).zip(&mut details) {
            let more = step(*detail);
            let larger = (render(card, more), records(card, more));
            let size = |pieces: &(Piece, Piece)| pieces.0.size().plus(pieces.1.size());
            if room.swap(size(&larger), size(shown)) {
                (*shown, *detail) = (larger, more);
            }
        }
    }
    let untold = view.beyond + view.cards.len() - shown.len();
    let (mut cards, mut records): (Vec<Piece>, Vec<Piece>) = shown.into_iter().unzip();
    if untold > 0 {
        let remark = words::only_in_summary(view.lang, show::grouped(untold as u64));
        cards.push(Piece::of(|part| part.remark(&remark)));
    }
    records.retain(|piece| !piece.text.is_empty());
    if !records.is_empty() {
        records.insert(0, Piece::of(|part| part.records_open(view.lang)));
        records.push(Piece::of(|part| part.records_close()));
    }
    (cards, records)
}
