//! The records that matched, for the mail's attachment: JSON lines, packed as they
//! come, so that memory holds no more than the attachment may have.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// The attachment has at most so many bytes.
pub const MAX_BYTES: usize = 1_000_000;

/// What closing the stream and storing instead of packing may add: a few bytes for
/// each 16 KiB, and the trailer [RFC 1951 3.2.4, RFC 1952 2.3].
const SLACK: usize = 64;

/// How a line begins.
const HEAD: &str = "{\"rules\":[";

/// Whole gzip streams, one for each fetch that was counted. One behind the other
/// they are one [RFC 1952 2.2].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    packed: Vec<u8>,
    /// How many records are in it.
    pub kept: u64,
    /// How many found no room.
    pub left_out: u64,
    /// Of these, how many each rule counted.
    left_out_by: BTreeMap<i64, u64>,
}

/// The records of one fetch, until it is known to be complete.
pub struct Collector {
    stream: GzEncoder<Vec<u8>>,
    /// What the stream may grow to.
    room: usize,
    /// Written to the stream since its last flush: at worst it comes out unpacked.
    unflushed: usize,
    kept: u64,
    left_out: u64,
    left_out_by: BTreeMap<i64, u64>,
}

impl Records {
    /// Takes the records of one more fetch, within what room is left.
    pub fn collector(&self) -> Collector {
        Collector {
            stream: GzEncoder::new(Vec::new(), Compression::default()),
            room: MAX_BYTES.saturating_sub(self.packed.len()),
            unflushed: 0,
            kept: 0,
            // Where one was left out, a later one would stand there as if all were in.
            left_out: self.left_out,
            left_out_by: self.left_out_by.clone(),
        }
    }

    /// Adds what a fetch collected.
    pub fn absorb(&mut self, collector: Collector) {
        self.left_out = collector.left_out;
        self.left_out_by = collector.left_out_by;
        if collector.kept == 0 {
            return;
        }
        // Writing to memory does not fail.
        if let Ok(stream) = collector.stream.finish() {
            self.packed.extend(stream);
            self.kept += collector.kept;
        }
    }

    /// Those that one of these rules counted, with the ids of these alone.
    pub fn of(&self, rules: &[i64]) -> Self {
        let mut collector = Self::default().collector();
        let reader = BufReader::new(MultiGzDecoder::new(self.packed.as_slice()));
        // Unpacking what this program packed in memory does not fail.
        for line in reader.split(b'\n').map_while(Result::ok) {
            let ids: Vec<i64> = ids_of(&line).filter(|id| rules.contains(id)).collect();
            let record = line.iter().position(|byte| *byte == b']').and_then(|at| line.get(at..));
            if let (false, Some(record)) = (ids.is_empty(), record) {
                let ids = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                let record = String::from_utf8_lossy(record);
                collector.add_line(&format!("{HEAD}{ids}{record}\n"));
            }
        }
        let mut kept = Self::default();
        kept.absorb(collector);
        let left_out = self.left_out_by.iter().filter(|(id, _)| rules.contains(id));
        kept.left_out += left_out.map(|(_, count)| count).max().copied().unwrap_or_default();
        kept
    }

    /// True where there is nothing to attach.
    pub fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// The gzip file in base64.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.packed)
    }
}

impl Collector {
    /// Adds a record that these rules counted: one line with their ids and the
    /// record as received, its line breaks as blanks.
    pub fn add(&mut self, rules: &[i64], raw: &[u8]) {
        let raw = String::from_utf8_lossy(raw).replace(['\n', '\r'], " ");
        if !self.add_line(&format!("{{\"rules\":{rules:?},\"record\":{raw}}}\n")) {
            for rule in rules {
                *self.left_out_by.entry(*rule).or_default() += 1;
            }
        }
    }

    /// False where there is no room for it.
    fn add_line(&mut self, line: &str) -> bool {
        if self.left_out > 0 || !self.has_room(line.len()) {
            self.left_out += 1;
            return false;
        }
        // Writing to memory does not fail.
        let _ = self.stream.write_all(line.as_bytes());
        self.unflushed += line.len();
        self.kept += 1;
        true
    }

    fn has_room(&mut self, length: usize) -> bool {
        if self.at_worst(length) > self.room {
            let _ = self.stream.flush();
            self.unflushed = 0;
        }
        self.at_worst(length) <= self.room
    }

    /// What the stream has with `length` more bytes, if none of them can be packed.
    fn at_worst(&self, length: usize) -> usize {
        let unpacked = self.unflushed + length;
        self.stream.get_ref().len() + unpacked + unpacked / 1024 + SLACK
    }
}

/// The rules' ids at a line's beginning.
fn ids_of(line: &[u8]) -> impl Iterator<Item = i64> {
    let ids = line.strip_prefix(HEAD.as_bytes());
    let ids = ids.and_then(|rest| rest.split(|byte| *byte == b']').next()).unwrap_or_default();
    let ids = ids.split(|byte| *byte == b',');
    ids.filter_map(|id| std::str::from_utf8(id).ok()?.trim().parse().ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;

    use super::*;

    fn unpacked(records: &Records) -> Vec<String> {
        let bytes = STANDARD.decode(records.base64()).unwrap();
        assert!(bytes.len() <= MAX_BYTES, "{}", bytes.len());
        let mut text = String::new();
        if bytes.is_empty() {
            return Vec::new();
        }
        MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// Digits that hardly pack.
    fn noise(seed: u64, length: usize) -> String {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let letters = (0..length).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(b'0' + (state % 75) as u8)
        });
        letters.filter(|letter| *letter != '\\').collect()
    }

    #[test]
    fn the_records_of_several_fetches_are_lines_of_one_file() {
        let mut records = Records::default();
        for fetch in 0..3 {
            let mut collector = records.collector();
            collector.add(&[1, 4], format!("{{\"a\":\n{fetch}}}").as_bytes());
            records.absorb(collector);
        }
        assert_eq!(
            unpacked(&records),
            [
                r#"{"rules":[1, 4],"record":{"a": 0}}"#,
                r#"{"rules":[1, 4],"record":{"a": 1}}"#,
                r#"{"rules":[1, 4],"record":{"a": 2}}"#
            ]
        );
    }

    #[test]
    fn whatever_comes_it_stays_within_its_bound_and_counts_the_rest() {
        for length in [10, 2_000, 300_000, 2_000_000] {
            let mut records = Records::default();
            let mut added = 0;
            for fetch in 0..3 {
                let mut collector = records.collector();
                for record in 0..(1_000_000 / length).max(2) {
                    let text = noise((fetch * 1_000_000 + record) as u64, length);
                    collector.add(&[7], format!("{text:?}").as_bytes());
                    added += 1;
                }
                records.absorb(collector);
            }
            let lines = unpacked(&records).len() as u64;
            assert_eq!((lines, lines + records.left_out), (records.kept, added));
            assert!(records.left_out > 0, "{length}");
        }
    }

    #[test]
    fn the_records_of_some_rules_are_their_lines_alone() {
        let mut records = Records::default();
        let mut collector = records.collector();
        collector.add(&[1, 14], br#"{"a":"{\"rules\":[4]}"}"#);
        collector.add(&[4], br#"{"b":[14]}"#);
        collector.add(&[-3], b"{}");
        records.absorb(collector);
        assert_eq!(unpacked(&records.of(&[4])), [r#"{"rules":[4],"record":{"b":[14]}}"#]);
        assert_eq!(unpacked(&records.of(&[14, -3])).len(), 2);
        assert!(records.of(&[2]).is_empty());
    }

    #[test]
    fn a_fetch_that_came_to_nothing_leaves_nothing() {
        let mut records = Records::default();
        let mut collector = records.collector();
        collector.add(&[1], b"{}");
        drop(collector);
        assert!(records.is_empty());
        let collector = records.collector();
        records.absorb(collector);
        assert_eq!(unpacked(&records).len(), 0);
    }
}
