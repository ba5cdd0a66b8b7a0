//! A JSON array, read one record at a time in memory that does not grow.
//!
//! A traffic download can be 300 MB. Each record is read where it lies in the
//! buffer and lent out with its bytes, as received. One buffer serves all
//! records, so what stays in memory is the largest record.
//!
//! The parser itself finds where a record ends, so that its bytes are looked at
//! once. What it can't read (a record that goes on behind the buffer, one that is
//! no JSON) is delimited first, by its brackets and quotes alone.

use std::io::{self, Read};

use serde::Deserialize;

use super::mend::mended;

/// A record larger than this is passed over; of its bytes only the first are kept.
pub const MAX_RECORD: usize = 8 * 1024 * 1024;

/// How much of a record that is too large is kept.
const HEAD: usize = 1024;

/// How much is asked of the network at once.
const CHUNK: usize = 128 * 1024;

/// So much is there when a record is looked at, so that hardly one lies across the
/// buffer's end.
const AHEAD: usize = 8 * 1024;

/// How much of what is no array is kept for the message. More than is shown, so
/// that whoever shows it finds a secret that the text may repeat whole.
const OPENING: usize = 8 * 1024;

/// The records of one JSON array, in the order in which they come.
pub struct Records<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What of the buffer is still to be read.
    from: usize,
    to: usize,
    begun: bool,
    ended: bool,
    /// Nothing more comes from the reader.
    drained: bool,
}

/// A kind of record, which borrows its texts from the buffer.
pub trait RecordType: 'static {
    /// The record.
    type Record<'a>: Deserialize<'a>;
}

/// Takes a record and its bytes.
pub type Sink<'s, K> = &'s mut dyn FnMut(Option<&<K as RecordType>::Record<'_>>, &[u8]);

/// One element of the array.
#[derive(Debug, PartialEq, Eq)]
enum Element<'a> {
    /// Its bytes, without white space around them.
    Record(&'a [u8]),
    /// It was longer than [`MAX_RECORD`] and was passed over; its first bytes,
    /// by which it can be known again.
    TooLarge(Vec<u8>),
}

/// Why the array could not be read to its end.
#[derive(Debug)]
pub enum StreamError {
    /// The connection broke, or the transfer encoding is damaged.
    Read(io::Error),
    /// The body ended before the array did.
    Truncated,
    /// The body is no JSON array; its first bytes, for the message.
    NotAnArray(String),
}

/// Where a scan within one element stands.
#[derive(Default)]
struct Scan {
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl<R: Read> Records<R> {
    /// Reads from `reader`, which must hold one JSON array and nothing else.
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK],
            from: 0,
            to: 0,
            begun: false,
            ended: false,
            drained: false,
        }
    }

    /// Goes over the next record where `look`, at the sight of what the buffer holds
    /// from the record's begin on, says where it ends: it is done with. False where
    /// the record is still to be read, and at the end.
    ///
    /// # Errors
    /// As [`Records::next_record`].
    pub fn pass(&mut self, look: impl FnOnce(&[u8]) -> Option<usize>) -> Result<bool, StreamError> {
        let passed = match self.next_start()? {
            Some(b'{') => look(self.window()),
            _ => None,
        };
        self.from += passed.unwrap_or_default();
        Ok(passed.is_some())
    }

    /// Hands the next record to `sink`, with its bytes; one that is too large or no
    /// JSON as `None`, with its bytes or the first of them. False once the array
    /// and the body have both ended.
    ///
    /// # Errors
    /// See [`StreamError`]; after one, nothing more can be read.
    pub fn next_record<K: RecordType>(&mut self, sink: Sink<'_, K>) -> Result<bool, StreamError> {
        let Some(first) = self.next_start()? else {
            return Ok(false);
        };
        if first == b'{' && self.read_in_place::<K>(sink) {
            return Ok(true);
        }
        match self.element()? {
            Element::Record(bytes) => read_whole::<K>(bytes, sink),
            Element::TooLarge(head) => sink(None, &head),
        }
        Ok(true)
    }

    /// The first byte of the next element, left in place.
    fn next_start(&mut self) -> Result<Option<u8>, StreamError> {
        if self.ended {
            return Ok(None);
        }
        if !self.begun {
            self.begin()?;
        }
        match self.skip_to_element()? {
            b']' => self.finish().map(|()| None),
            first => {
                self.look_ahead()?;
                Ok(Some(first))
            }
        }
    }

    /// What is there of the next record, and behind it.
    fn window(&self) -> &[u8] {
        &self.buffer[self.from..self.to.min(self.from + MAX_RECORD)]
    }

    fn look_ahead(&mut self) -> Result<(), StreamError> {
        while !self.drained && self.to - self.from < AHEAD {
            self.drained = self.fill()? == 0;
        }
        Ok(())
    }

    /// Reads the object at `from`, if the buffer holds it whole and it can be read.
    fn read_in_place<K: RecordType>(&mut self, sink: Sink<'_, K>) -> bool {
        let window = self.window();
        let mut parser = serde_json::Deserializer::from_slice(window).into_iter();
        let Some(Ok(record)) = parser.next() else {
            return false;
        };
        let length = parser.byte_offset();
        sink(Some(&record), &window[..length]);
        drop((record, parser));
        self.from += length;
        true
    }

    fn begin(&mut self) -> Result<(), StreamError> {
        match self.skip_space()? {
            Some(b'[') => {
                self.from += 1;
                self.begun = true;
                Ok(())
            }
            Some(_) => Err(StreamError::NotAnArray(self.opening())),
            None => Err(StreamError::Truncated),
        }
    }

    /// The first bytes of what came instead of an array: more than a message
    /// shows, since what is secret in them is known by its whole length.
    fn opening(&mut self) -> String {
        // A first read may bring no more than a few bytes.
        while self.to - self.from < OPENING && matches!(self.fill(), Ok(1..)) {}
        let bytes = &self.buffer[self.from..self.to.min(self.from + OPENING)];
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// After the closing bracket only white space may come.
    fn finish(&mut self) -> Result<(), StreamError> {
        self.from += 1;
        self.ended = true;
        match self.skip_space()? {
            None => Ok(()),
            Some(_) => Err(StreamError::NotAnArray(self.opening())),
        }
    }

    /// The first byte of the next element, or the closing bracket.
    fn skip_to_element(&mut self) -> Result<u8, StreamError> {
        loop {
            match self.skip_space()? {
                Some(b',') => self.from += 1,
                Some(byte) => return Ok(byte),
                None => return Err(StreamError::Truncated),
            }
        }
    }

    /// The next byte that is not white space (nor a byte-order mark), left in place.
    fn skip_space(&mut self) -> Result<Option<u8>, StreamError> {
        loop {
            while self.from < self.to {
                match self.buffer[self.from] {
                    b' ' | b'\t' | b'\r' | b'\n' => self.from += 1,
                    0xEF | 0xBB | 0xBF if !self.begun => self.from += 1,
                    byte => return Ok(Some(byte)),
                }
            }
            if self.fill()? == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads on to the end of the element that starts at `from`.
    fn element(&mut self) -> Result<Element<'_>, StreamError> {
        let mut scan = Scan::default();
        let mut at = self.from;
        loop {
            if let Some(end) = scan.find_end(&self.buffer[at..self.to]) {
                let (start, end) = (self.from, at + end);
                self.from = end;
                if end - start > MAX_RECORD {
                    return Ok(Element::TooLarge(head(&self.buffer[start..end])));
                }
                return Ok(Element::Record(trim_end(&self.buffer[start..end])));
            }
            at = self.to;
            if at - self.from > MAX_RECORD {
                return self.pass_over(scan);
            }
            let moved = self.from;
            if self.fill()? == 0 {
                return Err(StreamError::Truncated);
            }
            at -= moved - self.from;
        }
    }

    /// Reads to the end of an element that is too large, keeping none of it.
    fn pass_over(&mut self, mut scan: Scan) -> Result<Element<'_>, StreamError> {
        let head = head(&self.buffer[self.from..self.to]);
        loop {
            self.from = self.to;
            if self.fill()? == 0 {
                return Err(StreamError::Truncated);
            }
            if let Some(end) = scan.find_end(&self.buffer[self.from..self.to]) {
                self.from += end;
                return Ok(Element::TooLarge(head));
            }
        }
    }

    /// Reads more behind `to`; what is still needed moves to the front first.
    fn fill(&mut self) -> Result<usize, StreamError> {
        if self.from > 0 {
            self.buffer.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
        }
        if self.buffer.len() - self.to < CHUNK / 2 {
            let doubled = self.to + CHUNK.max(self.to);
            self.buffer.resize(doubled.min(MAX_RECORD + 2 * CHUNK), 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.to..]) {
                Ok(count) => {
                    self.to += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StreamError::Read(error)),
            }
        }
    }
}

/// Reads one element, mended where it is almost JSON.
fn read_whole<K: RecordType>(bytes: &[u8], sink: Sink<'_, K>) {
    if let Ok(record) = serde_json::from_slice(bytes) {
        return sink(Some(&record), bytes);
    }
    let mended = mended(&String::from_utf8_lossy(bytes));
    let record = serde_json::from_str(&mended).ok();
    sink(record.as_ref(), bytes);
}

impl Scan {
    /// The offset just behind the element, if it ends within `bytes`.
    ///
    /// An object or array ends with its bracket; anything else where a comma or
    /// the array's own bracket follows.
    fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.in_string {
                match (self.escaped, byte) {
                    (true, _) => self.escaped = false,
                    (false, b'\\') => self.escaped = true,
                    (false, b'"') => self.in_string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b',' | b']' if self.depth == 0 => return Some(at),
                    b'}' | b']' => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
            }
            at += 1;
        }
        None
    }
}

fn head(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(HEAD)].to_vec()
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
    &bytes[..end]
}

#[cfg(test)]
mod tests;
