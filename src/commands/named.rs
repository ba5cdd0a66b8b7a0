//! What a person calls what holds: a rule's condition by the rule, a receiver's by its name.

use crate::config::Config;
use crate::lang::{Both, Lang, history as say, inspect};
use crate::mail::compose::condition_name;
use crate::report::{Condition, ConditionNews, Phase, ReceiverKey};
use crate::screen::visible::visible;
use crate::store::state::{Held, State};

/// What holds by the state and was told, by name.
pub fn held(state: &State, config: &Config) -> Vec<Both> {
    let told = state.conditions.iter().filter(|(_, held)| first_line(held) != Both::default());
    let name = |(condition, held): (&Condition, &Held)| {
        let news = ConditionNews::new(*condition, Phase::Begins, held.since, held.level);
        Both::of(|lang| self::condition(news.clone(), config, lang))
    };
    told.map(name).collect()
}

/// What was told of it, in short; empty for what nobody was told of.
pub fn first_line(held: &Held) -> Both {
    held.detail.map(|text| text.lines().next().unwrap_or_default().to_owned())
}

/// The title of news on a condition, with the names that the config has: `PCE unreachable`,
/// `7 VEN offline`.
pub fn condition(mut news: ConditionNews, config: &Config, lang: Lang) -> String {
    match news.condition {
        Condition::Rule(key) => {
            let rule = config.rules.iter().find(|rule| rule.id == key.id());
            match rule {
                Some(rule) => inspect::rule(lang, rule.id, visible(&rule.name)),
                None => say::rule_gone(lang, key.id()),
            }
        }
        Condition::Forward(key) => {
            let mut names = config.forward.iter().map(|receiver| &receiver.name);
            news.receiver = names.find(|name| ReceiverKey::of(name) == key).cloned();
            condition_name(lang, &news)
        }
        _ => condition_name(lang, &news),
    }
}
