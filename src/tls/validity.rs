//! From when until when a certificate is valid, read out of its DER.
//!
//! rustls checks the dates and does not tell them. What is read here is the way to
//! them and nothing else [RFC 5280 4.1]: a certificate, in it the part that is
//! signed, in that the fifth element (the sixth where a version stands first).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Universal tags of ASN.1 [X.690 8.1.2], and the version's `[0]`.
const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub until: Timestamp,
}

impl Validity {
    /// Out of a certificate in DER; `None` where that is not what it is.
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let (_, certificate, _) = element(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
        let (_, signed, _) = element(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
        let (first, _, after_first) = element(signed)?;
        let mut rest = if first == VERSION {
            after_first
        } else {
            signed
        };
        // Serial number, signature algorithm, issuer.
        for _ in 0..3 {
            (_, _, rest) = element(rest)?;
        }
        let (_, validity, _) = element(rest).filter(|(tag, ..)| *tag == SEQUENCE)?;
        let (from_tag, from, rest) = element(validity)?;
        let (until_tag, until, _) = element(rest)?;
        Some(Self {
            from: time(from_tag, from)?,
            until: time(until_tag, until)?,
        })
    }
}

/// The first element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (length, rest) = length(rest)?;
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// A length: one byte up to 127, else the number of its bytes and they [X.690 8.1.3].
fn length(der: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = der.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let bytes = usize::from(first & 0x7f);
    let (digits, rest) = rest.split_at_checked(bytes)?;
    // Four bytes hold more than any certificate.
    if bytes == 0 || bytes > 4 {
        return None;
    }
    let length = digits
        .iter()
        .fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
    Some((usize::try_from(length).ok()?, rest))
}

/// `YYMMDDHHMMSSZ`, its years 1950–2049, or `YYYYMMDDHHMMSSZ` [RFC 5280 4.1.2.5].
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let (year_digits, century) = match tag {
        UTC_TIME => (2, None),
        GENERALIZED_TIME => (4, Some(0)),
        _ => return None,
    };
    if text.len() != year_digits + 10 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = text.split_at_checked(year_digits)?;
    let year: i16 = year.parse().ok()?;
    let century = century.unwrap_or(if year < 50 { 2000 } else { 1900 });
    let part = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
    let civil = DateTime::new(
        century + year,
        part(0)?,
        part(2)?,
        part(4)?,
        part(6)?,
        part(8)?,
        0,
    );
    let zoned = civil.ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
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
            let validity = Validity::of(&certificate(from, until)).unwrap();
            assert_eq!(validity.from, at(&format!("{from}-03-01T00:00:00Z")));
            assert_eq!(validity.until, at(&format!("{until}-11-30T00:00:00Z")));
        }
    }

    #[test]
    fn what_is_cut_or_no_certificate_has_no_dates() {
        let whole = certificate(2026, 2027);
        for end in 0..whole.len() {
            assert_eq!(Validity::of(&whole[..end]), None, "{end}");
        }
        assert_eq!(Validity::of(b"-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(Validity::of(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(Validity::of(&[0x30, 0x80, 0x30, 0x80]), None);
    }

    #[test]
    fn a_damaged_byte_never_ends_in_a_panic() {
        let whole = certificate(2026, 2027);
        for at in 0..whole.len().min(300) {
            for byte in [0x00, 0x7f, 0x80, 0x85, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                let _ = Validity::of(&damaged);
            }
        }
    }
}
