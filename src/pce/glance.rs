//! A row at a glance: what rules compare of it, the rest only gone over.
//!
//! Most rows of a download match no rule, and a parser would read all their texts for
//! nothing. So the row is first looked at with the one question whether a rule wants
//! it. Only a row that one does is read whole, and that, too, by the same glance: it is
//! five times as fast as a parser that is told by serde what to look for.
//!
//! The glance answers only where it is sure of what the parser would read. Whatever is
//! not plain (an escape in a text that is compared, a number that is no plain count, a
//! row that goes on behind the buffer, what is no strict JSON) it leaves to the parser,
//! which costs time and changes nothing.

use super::record::{
    End, Flag, Flow, LabelOf, List, Number, Service, Text, Thing, TimestampRange, Workload,
};

/// Deeper nesting is left to the parser, which has a bound of its own.
const DEEPEST: u32 = 32;

/// So many digits always fit a `u64`.
const MOST_DIGITS: usize = 19;

/// How much of a row is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Its addresses, port, protocol and policy decision.
    Rules,
    /// Its labels, too: reading them costs most, and few rules ask.
    Labels,
    /// All that [`Flow`] has.
    Whole,
}

/// The row that `window` begins with, and where it ends; what is not looked at is as if
/// it were absent. `None` where only the parser can tell.
pub fn glance(window: &[u8], depth: Depth) -> Option<(Flow<'_>, usize)> {
    window.first().filter(|byte| **byte == b'{')?;
    let mut scanner = Scanner { rest: window, depth };
    let mut flow = Flow::default();
    scanner.flow(&mut flow)?;
    Some((flow, window.len() - scanner.rest.len()))
}

/// Goes over a JSON text, once. Every step is `None` where it is not sure.
struct Scanner<'a> {
    rest: &'a [u8],
    depth: Depth,
}

impl<'a> Scanner<'a> {
    fn flow(&mut self, flow: &mut Flow<'a>) -> Option<()> {
        self.members(|scanner, key| {
            match key {
                b"src" => scanner.end(&mut flow.src)?,
                b"dst" => scanner.end(&mut flow.dst)?,
                b"service" => flow.service = scanner.service()?,
                b"policy_decision" => flow.policy_decision = scanner.text()?,
                b"pd" => flow.pd = scanner.number()?,
                key if scanner.depth == Depth::Whole => scanner.rest_of_flow(flow, key)?,
                _ => scanner.skip(DEEPEST)?,
            }
            Some(())
        })
    }

    fn rest_of_flow(&mut self, flow: &mut Flow<'a>, key: &[u8]) -> Option<()> {
        match key {
            b"num_connections" => flow.num_connections = self.number()?,
            b"boundary_decision" => flow.boundary_decision = self.text()?,
            b"flow_direction" => flow.flow_direction = self.text()?,
            b"state" => flow.state = self.text()?,
            b"timestamp_range" => flow.timestamp_range = self.range()?,
            b"icmp_type" => flow.icmp_type = self.number()?,
            b"icmp_code" => flow.icmp_code = self.number()?,
            b"network" => flow.network = self.thing()?,
            _ => self.skip(DEEPEST)?,
        }
        Some(())
    }

    fn range(&mut self) -> Option<TimestampRange<'a>> {
        let mut range = TimestampRange::default();
        self.members(|scanner, key| {
            match key {
                b"first_detected" => range.first_detected = scanner.text()?,
                b"last_detected" => range.last_detected = scanner.text()?,
                _ => scanner.skip(DEEPEST)?,
            }
            Some(())
        })?;
        Some(range)
    }

    fn thing(&mut self) -> Option<Thing<'a>> {
        let mut thing = Thing::default();
        self.members(|scanner, key| {
            match key {
                b"href" => thing.href = scanner.text()?,
                b"name" => thing.name = scanner.text()?,
                b"hostname" => thing.hostname = scanner.text()?,
                b"username" => thing.username = scanner.text()?,
                b"supplied_username" => thing.supplied_username = scanner.text()?,
                _ => scanner.skip(DEEPEST)?,
            }
            Some(())
        })?;
        Some(thing)
    }

    /// Of a key that comes twice the last value counts.
    fn end(&mut self, end: &mut End<'a>) -> Option<()> {
        *end = End::default();
        self.members(|scanner, key| {
            match key {
                b"ip" => end.ip = scanner.text()?,
                b"workload" if scanner.depth >= Depth::Labels => {
                    scanner.workload(&mut end.workload)?;
                }
                b"fqdn" if scanner.depth == Depth::Whole => end.fqdn = scanner.text()?,
                _ => scanner.skip(DEEPEST)?,
            }
            Some(())
        })
    }

    fn workload(&mut self, workload: &mut Workload<'a>) -> Option<()> {
        *workload = Workload::default();
        self.members(|scanner, key| {
            match key {
                b"labels" => workload.labels = scanner.label_list()?,
                key if scanner.depth == Depth::Whole => match key {
                    b"href" => workload.href = scanner.text()?,
                    b"name" => workload.name = scanner.text()?,
                    b"hostname" => workload.hostname = scanner.text()?,
                    b"managed" => workload.managed = scanner.flag()?,
                    _ => scanner.skip(DEEPEST)?,
                },
                _ => scanner.skip(DEEPEST)?,
            }
            Some(())
        })
    }

    fn label_list(&mut self) -> Option<List<LabelOf<'a>>> {
        let mut labels = Vec::new();
        if self.peek()? != b'[' {
            self.skip(DEEPEST)?;
            return Some(List(labels));
        }
        self.elements(|scanner| {
            labels.push(scanner.label()?);
            Some(())
        })?;
        Some(List(labels))
    }

    fn label(&mut self) -> Option<LabelOf<'a>> {
        let mut label = LabelOf::default();
        self.members(|scanner, key| {
            match key {
                b"key" => label.key = scanner.text()?,
                b"value" => label.value = scanner.text()?,
                _ => scanner.skip(DEEPEST)?,
            }
            Some(())
        })?;
        Some(label)
    }

    fn service(&mut self) -> Option<Service<'a>> {
        let mut service = Service::default();
        self.members(|scanner, key| {
            match key {
                b"port" => service.port = scanner.number()?,
                b"proto" => service.proto = scanner.number()?,
                key if scanner.depth == Depth::Whole => match key {
                    b"process_name" => service.process_name = scanner.text()?,
                    b"windows_service_name" => service.windows_service_name = scanner.text()?,
                    b"user_name" => service.user_name = scanner.text()?,
                    _ => scanner.skip(DEEPEST)?,
                },
                _ => scanner.skip(DEEPEST)?,
            }
            Some(())
        })?;
        Some(service)
    }

    /// Hands over each key of an object, with its value next; what is no object has
    /// none.
    fn members(&mut self, mut each: impl FnMut(&mut Self, &'a [u8]) -> Option<()>) -> Option<()> {
        if self.peek()? != b'{' {
            return self.skip(DEEPEST);
        }
        if self.opens_empty(b'}')? {
            return Some(());
        }
        loop {
            let key = self.plain()?;
            self.take(b':')?;
            each(self, key)?;
            if self.is_over(b'}')? {
                return Some(());
            }
        }
    }

    /// The same for the elements of an array, which comes next.
    fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.opens_empty(b']')? {
            return Some(());
        }
        loop {
            each(self)?;
            if self.is_over(b']')? {
                return Some(());
            }
        }
    }

    /// Takes the bracket that comes next; if the one that closes follows at once,
    /// that, too.
    fn opens_empty(&mut self, closing: u8) -> Option<bool> {
        self.rest = self.rest.get(1..)?;
        let is_empty = self.peek()? == closing;
        self.rest = self.rest.get(usize::from(is_empty)..)?;
        Some(is_empty)
    }

    /// After a member or an element: whether none follows.
    #[inline(always)]
    fn is_over(&mut self, bracket: u8) -> Option<bool> {
        let found = self.peek()?;
        self.rest = self.rest.get(1..)?;
        match found {
            b',' => Some(false),
            found => (found == bracket).then_some(true),
        }
    }

    /// Whatever comes next, at most so deep.
    fn skip(&mut self, deepest: u32) -> Option<()> {
        match self.peek()? {
            b'"' => self.skip_text(),
            b'{' => {
                let deeper = deepest.checked_sub(1)?;
                if self.opens_empty(b'}')? {
                    return Some(());
                }
                loop {
                    self.peek().filter(|byte| *byte == b'"')?;
                    self.skip_text()?;
                    self.take(b':')?;
                    self.skip(deeper)?;
                    if self.is_over(b'}')? {
                        return Some(());
                    }
                }
            }
            b'[' => {
                let deeper = deepest.checked_sub(1)?;
                self.elements(|scanner| scanner.skip(deeper))
            }
            b'n' => self.word(b"null"),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'-' => {
                self.rest = self.rest.get(1..)?;
                self.digits().map(|_| ())
            }
            _ => self.digits().map(|_| ()),
        }
    }

    /// A text, or what reads as none.
    fn text(&mut self) -> Option<Text<'a>> {
        if self.peek()? != b'"' {
            self.skip(DEEPEST)?;
            return Some(Text::default());
        }
        let begin = self.rest;
        if let Some(text) = self.plain() {
            let text = std::str::from_utf8(text).ok()?;
            return Some(Text(Some(text.into())));
        }
        // A path of Windows, say.
        self.rest = begin;
        self.skip_text()?;
        let (text, _) = begin.split_at_checked(begin.len() - self.rest.len())?;
        let text: String = serde_json::from_slice(text).ok()?;
        Some(Text(Some(text.into())))
    }

    /// A plain count, or what reads as none; in quotes or with a sign it may be one.
    fn number(&mut self) -> Option<Number> {
        match self.peek()? {
            b'"' | b'-' => None,
            b'0'..=b'9' => self.digits().map(|number| Number(Some(number))),
            _ => self.skip(DEEPEST).map(|()| Number(None)),
        }
    }

    fn flag(&mut self) -> Option<Flag> {
        let flag = match self.peek()? {
            b't' => Some(true),
            b'f' => Some(false),
            _ => None,
        };
        self.skip(DEEPEST).map(|()| Flag(flag))
    }

    /// A whole number without sign, fraction and exponent.
    fn digits(&mut self) -> Option<u64> {
        let length = self.rest.iter().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let is_plain = match digits {
            [] | [b'0', _, ..] => false,
            _ => length <= MOST_DIGITS && !matches!(rest, [b'.' | b'e' | b'E', ..]),
        };
        is_plain.then(|| {
            let add = |number, digit: &u8| number * 10 + u64::from(digit - b'0');
            digits.iter().fold(0, add)
        })
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// The inside of a text without escapes, which comes next.
    #[inline(always)]
    fn plain(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let text = self.before_special()?;
        self.take_here(b'"')?;
        Some(text)
    }

    /// Over a text; what it holds is nobody's business, as long as it is one. `\u`
    /// may be half a surrogate pair, which the parser knows how to mend.
    fn skip_text(&mut self) -> Option<()> {
        self.rest = self.rest.get(1..)?;
        loop {
            self.before_special()?;
            match self.rest {
                [b'"', rest @ ..] => {
                    self.rest = rest;
                    return Some(());
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', rest @ ..] => {
                    self.rest = rest
                }
                _ => return None,
            }
        }
    }

    /// Takes what comes before the next quote, backslash or control character.
    #[inline(always)]
    fn before_special(&mut self) -> Option<&'a [u8]> {
        let whole = self.rest;
        let mut at = 0;
        while let Some(word) = whole.get(at..)?.first_chunk() {
            let special = specials(u64::from_le_bytes(*word));
            if special != 0 {
                at += special.trailing_zeros() as usize / 8;
                let (text, rest) = whole.split_at_checked(at)?;
                self.rest = rest;
                return Some(text);
            }
            at += 8;
        }
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        at += whole.get(at..)?.iter().position(is_special)?;
        let (text, rest) = whole.split_at_checked(at)?;
        self.rest = rest;
        Some(text)
    }

    /// The next byte that is not white space, left in place.
    #[inline(always)]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.rest {
                [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] => self.rest = rest,
                [byte, ..] => return Some(*byte),
                [] => return None,
            }
        }
    }

    /// Takes this byte, which must be the next one but for white space.
    #[inline(always)]
    fn take(&mut self, byte: u8) -> Option<()> {
        self.peek()?;
        self.take_here(byte)
    }

    /// Takes this byte, which must be the next one.
    #[inline(always)]
    fn take_here(&mut self, byte: u8) -> Option<()> {
        let (found, rest) = self.rest.split_first()?;
        self.rest = rest;
        (*found == byte).then_some(())
    }
}

/// Eight bytes at once: the lowest bit that is set stands in the first of them that is
/// a quote, a backslash or a control character. Above it more bits may be set.
#[inline(always)]
fn specials(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES * 0x80;
    let is_below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word;
    // Flipped by 2, the quote (0x22) follows the control characters, which stay among
    // themselves.
    let flipped = |byte: u8| word ^ (ONES * u64::from(byte));
    (is_below(flipped(0x02), 0x21) | is_below(flipped(b'\\'), 1)) & HIGHS
}

#[cfg(test)]
mod tests;
