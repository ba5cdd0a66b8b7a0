//! Every sentence that a person reads, in English and Traditional Chinese.
//!
//! A sentence is a function of its values; [`texts!`](crate::lang) writes both
//! languages side by side, so that none can be forgotten. One file for each
//! place where the sentences appear. Of the other rooms it knows the plain errors and
//! words that it puts into sentences, and calls nothing of theirs that acts.

pub mod archive;
pub mod best_practices;
pub mod check;
pub mod conditions;
pub mod config;
pub mod counts;
pub mod cycle;
pub mod doubts;
pub mod forward;
pub mod help;
pub mod history;
pub mod import;
pub mod inspect;
pub mod mail;
pub mod menu;
pub mod menu_rules;
pub mod menu_settings;
pub mod notices;
pub mod pauses;
pub mod ran;
pub mod reports;
pub mod rules;
pub mod security_practices;
pub mod standing;
pub mod status;
pub mod tried;
pub mod versions;
pub mod wanted;
pub mod why;

use serde::{Deserialize, Serialize};

/// The language of mails, menus and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 繁體中文.
    ZhTw,
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Lang {
    /// The language a tag such as `en`, `zh-TW` or a locale such as
    /// `zh_TW.UTF-8` names; `None` for any other.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag =
            tag.split(['.', '@']).next().unwrap_or(tag).replace('_', "-").to_ascii_lowercase();
        match tag.as_str() {
            "en" | "c" | "posix" => Some(Self::En),
            "zh" | "zh-tw" | "zh-hant" | "zh-hk" | "zh-hant-tw" => Some(Self::ZhTw),
            other if other.starts_with("en-") => Some(Self::En),
            _ => None,
        }
    }

    /// What stands between two sentences.
    pub fn gap(self) -> &'static str {
        match self {
            Self::En => " ",
            Self::ZhTw => "",
        }
    }

    /// What stands between two parts of a sentence.
    pub fn semicolon(self) -> &'static str {
        match self {
            Self::En => "; ",
            Self::ZhTw => "；",
        }
    }

    /// The tag as it stands in the config and in HTML's `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhTw => "zh-TW",
        }
    }
}

/// A sentence of the program's own in both languages, for a table of them.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    en: &'static str,
    zh: &'static str,
}

/// English, then Traditional Chinese.
pub(crate) const fn pair(en: &'static str, zh: &'static str) -> Pair {
    Pair { en, zh }
}

impl Pair {
    /// What it says to a reader of this language.
    pub fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::ZhTw => self.zh,
        }
    }
}

/// A sentence in both languages: what is said now and read later, maybe by somebody
/// else. In the state it is one string where both say the same, as in a state of before
/// it was kept in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Both {
    en: String,
    zh: String,
}

impl Both {
    /// Puts a sentence down in both languages.
    pub fn of(sentence: impl Fn(Lang) -> String) -> Self {
        Self { en: sentence(Lang::En), zh: sentence(Lang::ZhTw) }
    }

    /// What it says to a reader of this language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::ZhTw => &self.zh,
        }
    }

    /// The same after a change to the sentence of each language.
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self { en: change(&self.en), zh: change(&self.zh) }
    }
}

/// What says the same in both.
impl From<&str> for Both {
    fn from(text: &str) -> Self {
        Self { en: text.to_owned(), zh: text.to_owned() }
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Same(String),
    Each { en: String, zh: String },
}

impl From<Written> for Both {
    fn from(written: Written) -> Self {
        match written {
            Written::Same(text) => Self { en: text.clone(), zh: text },
            Written::Each { en, zh } => Self { en, zh },
        }
    }
}

impl From<Both> for Written {
    fn from(both: Both) -> Self {
        match both.en == both.zh {
            true => Self::Same(both.en),
            false => Self::Each { en: both.en, zh: both.zh },
        }
    }
}

/// A clause of the kind "what is wrong; what to do" in its two parts, the second as a
/// sentence of its own; `None` where it says not what to do.
pub fn parted(clause: &str) -> (&str, Option<String>) {
    let parts = clause.rsplit_once("; ").or_else(|| clause.rsplit_once('；'));
    let Some((what, fix)) = parts else {
        return (clause, None);
    };
    let mut letters = fix.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    // A command is to be copied as it stands.
    let command = fix.starts_with("run: ") || fix.starts_with("請執行：");
    let stop = match fix.is_ascii() {
        _ if command => "",
        true => ".",
        false => "。",
    };
    let fix: String = first.chain(letters).chain(stop.chars()).collect();
    (what, Some(fix))
}

/// So many of a list are named in a sentence.
const MOST_LISTED: usize = 8;

/// Several, as they stand in a sentence; of a long list the first, and how many more.
pub fn listed(lang: Lang, values: &[impl std::fmt::Display]) -> String {
    let comma = match lang {
        Lang::En => ", ",
        Lang::ZhTw => "、",
    };
    listed_by(lang, values, comma)
}

/// The same with something else between two.
pub fn listed_by(lang: Lang, values: &[impl std::fmt::Display], between: &str) -> String {
    let named: Vec<String> = values.iter().take(MOST_LISTED).map(ToString::to_string).collect();
    let more = values.len().saturating_sub(MOST_LISTED);
    let named = named.join(between);
    match (more, lang) {
        (0, _) => named,
        (more, Lang::En) => format!("{named} and {more} more"),
        (more, Lang::ZhTw) => format!("{named}（另有 {more} 項）"),
    }
}

/// Declares sentences: `name(values) { en: "…", zh: "…" }` becomes
/// `pub fn name(lang: Lang, values…) -> String`, each value anything with `Display`.
macro_rules! texts {
    ($( $(#[$doc:meta])* $name:ident ( $($value:ident),* ) { en: $en:literal, zh: $zh:literal } )*) => {
        $(
            $(#[$doc])*
            pub fn $name(lang: $crate::lang::Lang $(, $value: impl std::fmt::Display)*) -> String {
                // One body for values of whatever type: with one for each, the
                // sentences would take a third of the program.
                #[inline(never)]
                fn the_text(
                    lang: $crate::lang::Lang $(, $value: &dyn std::fmt::Display)*
                ) -> String {
                    match lang {
                        $crate::lang::Lang::En => format!($en),
                        $crate::lang::Lang::ZhTw => format!($zh),
                    }
                }
                the_text(lang $(, &$value)*)
            }
        )*
    };
}
pub(crate) use texts;
