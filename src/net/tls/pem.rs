//! What stands in a file of certificates: PEM, as whoever exports it writes it.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rustls::pki_types::CertificateDer;

use crate::screen::visible::one_line;

/// What certificates stand under: RFC 7468, 5.1; OpenSSL's own with what it trusts
/// the certificate for behind it; and OpenSSL's of old.
const CERTIFICATES: [&str; 3] = ["CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE"];

/// Padding is left away by some.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One block: `-----BEGIN LABEL-----` up to `-----END LABEL-----`.
#[derive(Debug)]
pub(super) struct Block {
    /// What it says to be; fit for a person's eyes.
    pub label: String,
    /// The lines between; `None` where its end is missing.
    body: Option<String>,
}

/// The file's text, without a byte order mark. Windows writes UTF-16, too.
pub(super) fn text(bytes: &[u8]) -> String {
    let units = |of: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let pairs = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
        String::from_utf16_lossy(&pairs.map(of).collect::<Vec<u16>>())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => units(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => units(u16::from_be_bytes, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The blocks in their order. What stands between them is the user's.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<(&str, String)> = None;
    let unfinished = |label: &str| Block { label: shown(label), body: None };
    for line in text.lines().map(str::trim) {
        if let Some(label) = boundary(line, "BEGIN") {
            // The one before has no end.
            blocks.extend(open.take().map(|(before, _)| unfinished(before)));
            open = Some((label, String::new()));
        } else if boundary(line, "END").is_some() {
            blocks.extend(
                open.take().map(|(label, body)| Block { label: shown(label), body: Some(body) }),
            );
        } else if let Some((_, body)) = &mut open {
            body.push_str(line);
        }
    }
    blocks.extend(open.map(|(label, _)| unfinished(label)));
    blocks
}

fn boundary<'t>(line: &'t str, word: &str) -> Option<&'t str> {
    let inner = line.strip_prefix("-----")?.strip_suffix("-----")?;
    inner.strip_prefix(word).map(str::trim)
}

fn shown(label: &str) -> String {
    one_line(label, 40)
}

impl Block {
    pub(super) fn is_certificate(&self) -> bool {
        CERTIFICATES.contains(&self.label.as_str())
    }

    /// The certificate alone; `None` where the block is damaged.
    pub(super) fn certificate(&self) -> Option<CertificateDer<'static>> {
        let mut der = BASE64.decode(self.body.as_deref()?).ok()?;
        let length = length_of_first(&der)?;
        // OpenSSL writes what it trusts the certificate for behind it.
        if self.label == "TRUSTED CERTIFICATE" {
            der.truncate(length);
        }
        Some(CertificateDer::from(der))
    }
}

/// How long the first element of DER is, with its head [ITU-T X.690, 8.1.3].
fn length_of_first(der: &[u8]) -> Option<usize> {
    let first = *der.get(1)?;
    let whole = match first {
        0..=0x7f => 2 + usize::from(first),
        0x81..=0x84 => {
            let digits = usize::from(first & 0x7f);
            let bytes = der.get(2..2 + digits)?.iter();
            let length = bytes.fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
            2 + digits + length
        }
        _ => return None,
    };
    (whole <= der.len()).then_some(whole)
}
