//! The PCE's event types: what each means and what to do about it.
//!
//! They stand in `catalogue/catalogue.txt`: all that the guide documents [REST 25.2,
//! "Events"], the types of events, and those of the notifications that an event carries.
//! A rule may ask for either. PCEs send types beyond these; so this is what to choose
//! from, not what may be asked for.

#[cfg(test)]
mod tests;
mod text;

use std::sync::LazyLock;

use crate::lang::Lang;

/// One type of event or of notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventType {
    /// As the PCE writes it: `agent.tampering`.
    pub name: &'static str,
    /// Where a person would look for it.
    pub category: Category,
    /// Whether Illumio says that it should be watched [REST 25.2, "Recommended Events
    /// to Monitor"; its text on CSRF].
    pub recommended: bool,
    /// What bears the name.
    pub bearer: Bearer,
    meaning: Words,
    advice: Words,
}

/// What an event type speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// VENs (agents) and their pairing and upgrading.
    Agents,
    /// Workloads, containers, vulnerabilities.
    Workloads,
    /// Rules, and what rules are made of.
    Policy,
    /// Who may do what: users, keys, logging in.
    Access,
    /// Network devices and load balancers.
    Network,
    /// The PCE itself.
    Pce,
}

/// What bears a type's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// An event, as its `event_type`.
    Event,
    /// A notification within an event, as its `notification_type`.
    Notification,
    /// Either.
    Both,
}

/// English and Traditional Chinese, one line each.
type Words = [&'static str; 2];

const TEXT: &str = include_str!("catalogue/catalogue.txt");

static ALL: LazyLock<Vec<EventType>> = LazyLock::new(|| {
    // A test reads it, so that no binary ships with a text that can't be read.
    let mut all = text::read(TEXT).unwrap_or_default();
    all.sort_by_key(|one| (one.category, !one.recommended, one.name));
    all
});

/// All types: category by category, in each the recommended ones first.
pub fn all() -> &'static [EventType] {
    &ALL
}

/// The types that have `part` in their name or in what they mean in `lang`, in
/// whatever case; the recommended ones first, then those that have it in their name.
/// Several words, by spaces, must all be there. Nothing asked for finds all.
pub fn search(part: &str, lang: Lang) -> Vec<&'static EventType> {
    let part = part.to_lowercase();
    let words: Vec<&str> = part.split_whitespace().collect();
    let has_all = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let whole = |one: &EventType| format!("{} {}", one.name, one.meaning(lang));
    let mut found: Vec<_> = all().iter().filter(|one| has_all(&whole(one))).collect();
    found.sort_by_key(|one| (!one.recommended, !has_all(one.name)));
    found
}

impl EventType {
    /// What happened, in one line.
    pub fn meaning(&self, lang: Lang) -> &'static str {
        pick(self.meaning, lang)
    }

    /// What to do about it, in one line.
    pub fn advice(&self, lang: Lang) -> &'static str {
        pick(self.advice, lang)
    }
}

impl Category {
    /// In the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Agents, Self::Workloads, Self::Policy, Self::Access, Self::Network, Self::Pce];

    /// What a person calls it.
    pub fn name(self, lang: Lang) -> &'static str {
        let words = match self {
            Self::Agents => ["VENs (agents)", "VEN（agent）"],
            Self::Workloads => ["Workloads and containers", "Workload 與容器"],
            Self::Policy => ["Rules and policy", "規則與政策"],
            Self::Access => ["Users, keys and log-in", "使用者、金鑰與登入"],
            Self::Network => ["Network devices", "網路設備"],
            Self::Pce => ["The PCE itself", "PCE 系統"],
        };
        pick(words, lang)
    }
}

fn pick(words: Words, lang: Lang) -> &'static str {
    let [en, zh] = words;
    match lang {
        Lang::En => en,
        Lang::ZhTw => zh,
    }
}
