//! Tables and long texts packed into one short text for the file: base64 over fixed-width
//! hashes and variable-length numbers, or over what was deflated. Knows no room.

use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use ring::digest::{SHA256, digest};

/// For a table whose keys are hashes already, and need not be hashed once more.
pub type ByHash = BuildHasherDefault<AsItIs>;

/// Takes a `u64` for its own hash.
#[derive(Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// A place in a list, spread over all bits: as they are, they would all lie together.
    fn write_usize(&mut self, place: usize) {
        self.0 = (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The first eight bytes of the SHA-256: enough to tell millions apart.
pub fn hash(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&digest(&SHA256, bytes).as_ref()[..8]);
    u64::from_be_bytes(first)
}

/// What `write` writes, deflated so far.
///
/// # Errors
/// Those of `write`.
pub fn deflated(
    level: Compression,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<String> {
    let mut packer = DeflateEncoder::new(Vec::new(), level);
    write(&mut packer)?;
    Ok(STANDARD_NO_PAD.encode(packer.finish()?))
}

/// The text that was [`deflated`], at most so many bytes of it; `None` for what is none.
pub fn inflated(packed: &str, most: u64) -> Option<String> {
    let bytes = STANDARD_NO_PAD.decode(packed).ok()?;
    let mut text = String::new();
    DeflateDecoder::new(bytes.as_slice()).take(most).read_to_string(&mut text).ok()?;
    Some(text)
}

/// A hash as text in the file: whoever edits the file with a tool that takes every number
/// for a float (jq, a browser) would round it.
pub mod as_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    /// What may stand in the file.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Text(String),
        /// As earlier versions wrote it.
        Number(u64),
    }

    /// Sixteen hexadecimal digits.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(hash: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{hash:016x}"))
    }

    /// Those, or a number.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        match Stored::deserialize(deserializer)? {
            Stored::Text(text) => u64::from_str_radix(&text, 16).map_err(D::Error::custom),
            Stored::Number(number) => Ok(number),
        }
    }
}

/// Packs one table.
#[derive(Default)]
pub struct Packer(Vec<u8>);

impl Packer {
    /// A packer with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// Eight bytes.
    pub fn hash(&mut self, hash: u64) {
        self.bytes(&hash.to_be_bytes());
    }

    /// Bytes of a number that both sides know.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number as u8 & 0x7f) | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// The text.
    pub fn finish(self) -> String {
        STANDARD_NO_PAD.encode(self.0)
    }
}

/// Unpacks what [`Packer`] packed.
pub struct Unpacker {
    bytes: Vec<u8>,
    at: usize,
}

impl Unpacker {
    /// `None` for what is no base64.
    pub fn new(text: &str) -> Option<Self> {
        Some(Self { bytes: STANDARD_NO_PAD.decode(text).ok()?, at: 0 })
    }

    /// True at the end.
    pub fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Eight bytes; `None` where the table is cut.
    pub fn hash(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_be_bytes)
    }

    /// So many bytes; `None` where the table is cut.
    pub fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.bytes.get(self.at..)?.first_chunk::<N>()?;
        self.at += N;
        Some(*bytes)
    }

    /// A number; `None` where the table is cut or damaged.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}
