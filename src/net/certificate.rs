//! What stands in a certificate: whose it is, who issued it, until when, for which
//! names, and its fingerprint. It is read, not judged: that is [`crate::net::tls`]'s. Knows
//! no room.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::net::secret::Secrets;
use crate::screen::visible::visible;

/// DER's tags, as far as they are needed here [ITU-T X.690].
mod tag {
    pub const OCTET_STRING: u8 = 0x04;
    pub const OBJECT_ID: u8 = 0x06;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// `[0]`: the version of a certificate.
    pub const VERSION: u8 = 0xa0;
    /// `[3]`: its extensions.
    pub const EXTENSIONS: u8 = 0xa3;
    /// `[2]` and `[7]` of a general name.
    pub const DNS_NAME: u8 = 0x82;
    pub const IP_ADDRESS: u8 = 0x87;
}

/// 2.5.29.17, subjectAltName [RFC 5280, 4.2.1.6].
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];

/// 1.3.132.0.35, the curve P-521 [RFC 5480, 2.1.1.1].
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

/// The parts of a name that are shown, as 2.5.4.x [RFC 5280, A.1].
const SHOWN_PARTS: [(&[u8], &str); 4] = [
    (&[0x55, 0x04, 0x03], "CN"),
    (&[0x55, 0x04, 0x0b], "OU"),
    (&[0x55, 0x04, 0x0a], "O"),
    (&[0x55, 0x04, 0x06], "C"),
];

/// No name is shown beyond so many letters.
const LONGEST_NAME: usize = 200;

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is: `CN=pce.example.com, O=Example`; nothing hidden in it, and of any length.
    pub subject: String,
    /// Who issued it, in the same form.
    pub issuer: String,
    /// True where it names itself as its issuer.
    pub self_issued: bool,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// The hosts it is for (subjectAltName), names and addresses.
    pub names: Vec<String>,
    /// True for a key on the curve P-521, which the TLS library does not know.
    pub p521: bool,
    /// SHA-256 over all of it, as `openssl x509 -fingerprint -sha256` writes it.
    pub fingerprint: String,
}

impl Certificate {
    /// Reads one in DER; `None` for what is none.
    pub fn read(der: &[u8]) -> Option<Self> {
        let mut outer = Der(der);
        let mut whole = Der(outer.take(tag::SEQUENCE)?);
        let mut body = Der(whole.take(tag::SEQUENCE)?);
        body.take(tag::VERSION);
        let _serial = body.next()?;
        let _signature = body.take(tag::SEQUENCE)?;
        let issuer = body.take(tag::SEQUENCE)?;
        let mut validity = Der(body.take(tag::SEQUENCE)?);
        let subject = body.take(tag::SEQUENCE)?;
        let mut key = Der(body.take(tag::SEQUENCE)?);
        let mut algorithm = Der(key.take(tag::SEQUENCE)?);
        let _key_kind = algorithm.take(tag::OBJECT_ID)?;
        Some(Self {
            subject: name(subject),
            issuer: name(issuer),
            self_issued: issuer == subject,
            not_before: time(validity.next()?)?,
            not_after: time(validity.next()?)?,
            names: host_names(body).unwrap_or_default(),
            p521: algorithm.take(tag::OBJECT_ID) == Some(P521),
            fingerprint: fingerprint(der),
        })
    }

    /// The same with nothing secret in it, and then cut to what a line can show.
    pub fn without(mut self, secrets: &Secrets) -> Self {
        for name in [&mut self.subject, &mut self.issuer] {
            *name = secrets.hide(name).chars().take(LONGEST_NAME).collect();
        }
        self.names.iter_mut().for_each(|name| *name = secrets.hide(name));
        self
    }
}

/// The elements of a piece of DER, one after the other.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next element's tag and content; `None` at the end, and where its length
    /// does not fit.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            // From 128 bytes on the length has so many bytes of its own.
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length =
                    digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// The next element's content, if it has this tag; else it stays the next.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut after = *self;
        let (found, content) = after.next()?;
        if found != tag {
            return None;
        }
        *self = after;
        Some(content)
    }
}

/// `CN=…, O=…`; `?` for a name with none of the usual parts.
fn name(content: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut sets = Der(content);
    while let Some(set) = sets.take(tag::SET) {
        let mut pairs = Der(set);
        while let Some(pair) = pairs.take(tag::SEQUENCE) {
            parts.extend(name_part(pair));
        }
    }
    parts.sort();
    if parts.is_empty() {
        return "?".to_owned();
    }
    let parts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
    parts.join(", ")
}

/// One part with its place among the others.
fn name_part(pair: &[u8]) -> Option<(usize, String)> {
    let mut pair = Der(pair);
    let kind = pair.take(tag::OBJECT_ID)?;
    let (tag, bytes) = pair.next()?;
    let place = SHOWN_PARTS.iter().position(|(known, _)| *known == kind)?;
    let text = if tag == tag::BMP_STRING {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte)))
            .collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    };
    let (_, label) = SHOWN_PARTS.get(place)?;
    Some((place, format!("{label}={}", visible(&text))))
}

/// `YYMMDDhhmmssZ` until 2049, `YYYYMMDDhhmmssZ` from then on [RFC 5280, 4.1.2.5].
fn time((tag, bytes): (u8, &[u8])) -> Option<Timestamp> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = match tag {
        tag::UTC_TIME => {
            let century = if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" };
            format!("{century}{text}")
        }
        tag::GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The hosts in the subjectAltName among the extensions.
fn host_names(mut rest: Der<'_>) -> Option<Vec<String>> {
    let extensions = loop {
        match rest.next()? {
            (tag::EXTENSIONS, content) => break content,
            _ => continue,
        }
    };
    let mut list = Der(Der(extensions).take(tag::SEQUENCE)?);
    while let Some(extension) = list.take(tag::SEQUENCE) {
        let mut extension = Der(extension);
        if extension.take(tag::OBJECT_ID)? != SUBJECT_ALT_NAME {
            continue;
        }
        // A flag "critical" may stand between the two.
        let value = loop {
            match extension.next()? {
                (tag::OCTET_STRING, value) => break value,
                _ => continue,
            }
        };
        return Some(general_names(Der(value).take(tag::SEQUENCE)?));
    }
    None
}

fn general_names(content: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut list = Der(content);
    while let Some((tag, bytes)) = list.next() {
        match tag {
            tag::DNS_NAME => names.push(visible(&String::from_utf8_lossy(bytes))),
            tag::IP_ADDRESS => names.extend(address(bytes)),
            _ => {}
        }
    }
    names
}

fn address(bytes: &[u8]) -> Option<String> {
    let address: IpAddr = match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok()?.into(),
        _ => <[u8; 16]>::try_from(bytes).ok()?.into(),
    };
    Some(address.to_string())
}

/// `AB:CD:…`
fn fingerprint(der: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    let bytes: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(from: i32, until: i32) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["pce.example.com".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 3, 1);
        params.not_after = date_time_ymd(until, 11, 30);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        for (from, until) in [(2026, 2027), (1999, 2049), (2026, 2051), (1950, 9999)] {
            let read = Certificate::read(&certificate(from, until)).unwrap();
            assert_eq!(read.not_before, at(&format!("{from}-03-01T00:00:00Z")));
            assert_eq!(read.not_after, at(&format!("{until}-11-30T00:00:00Z")));
        }
    }

    #[test]
    fn what_is_cut_or_no_certificate_has_no_dates() {
        let whole = certificate(2026, 2027);
        for end in 0..whole.len() {
            assert_eq!(Certificate::read(&whole[..end]), None, "{end}");
        }
        assert_eq!(Certificate::read(b"-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(Certificate::read(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(Certificate::read(&[0x30, 0x80, 0x30, 0x80]), None);
    }

    #[test]
    fn a_damaged_byte_never_ends_in_a_panic() {
        let whole = certificate(2026, 2027);
        for at in 0..whole.len().min(300) {
            for byte in [0x00, 0x7f, 0x80, 0x85, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                let _ = Certificate::read(&damaged);
            }
        }
    }
}
