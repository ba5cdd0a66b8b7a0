//! Colours, each with its word; light and dark, checked for contrast.

use crate::rules::Level;

/// How a card looks: the level while something is bad, `Good` when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Info,
    Warning,
    Critical,
}

impl From<Level> for Tone {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warning => Self::Warning,
            Level::Critical => Self::Critical,
        }
    }
}

impl Tone {
    /// The label's background and its text; the same in light and dark.
    pub(super) fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("#1a7f4b", "#ffffff"),
            Self::Info => ("#1f5fc4", "#ffffff"),
            Self::Warning => ("#f2b01e", "#1f2328"),
            Self::Critical => ("#c4271b", "#ffffff"),
        }
    }

    /// Bars and edges; seen on both backgrounds.
    pub(super) fn bar(self) -> &'static str {
        match self {
            Self::Good => "#2a9060",
            Self::Info => "#4a80d9",
            Self::Warning => "#b8800a",
            Self::Critical => "#dc4437",
        }
    }
}

/// Text, quiet text, page, card, inset, line.
pub(super) struct Scheme {
    pub text: &'static str,
    pub quiet: &'static str,
    pub page: &'static str,
    pub card: &'static str,
    pub inset: &'static str,
    pub line: &'static str,
}

pub(super) const LIGHT: Scheme = Scheme {
    text: "#1f2328",
    quiet: "#57606a",
    page: "#f0f2f5",
    card: "#ffffff",
    inset: "#f5f7f9",
    line: "#d8dde3",
};

pub(super) const DARK: Scheme = Scheme {
    text: "#e6e9ee",
    quiet: "#a5afbb",
    page: "#0f1318",
    card: "#1a2027",
    inset: "#131920",
    line: "#38424d",
};

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.1, "relative luminance".
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = u8::from_str_radix(colour.get(at..at + 2).unwrap_or("00"), 16);
            let share = f64::from(value.unwrap_or(0)) / 255.0;
            if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_stands_out_from_its_ground() {
        for scheme in [LIGHT, DARK] {
            for ground in [scheme.page, scheme.card, scheme.inset] {
                assert!(contrast(scheme.text, ground) >= 4.5, "{ground}");
                assert!(contrast(scheme.quiet, ground) >= 4.5, "{ground}");
            }
        }
        for tone in [Tone::Good, Tone::Info, Tone::Warning, Tone::Critical] {
            let (ground, text) = tone.label();
            assert!(contrast(ground, text) >= 4.5, "{tone:?}");
            for card in [LIGHT.card, DARK.card] {
                assert!(contrast(tone.bar(), card) >= 3.0, "{tone:?}");
            }
        }
    }
}
