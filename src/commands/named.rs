//! What a person calls what holds: a rule's condition by the rule, a receiver's by its name.

use crate::config::Config;
use crate::lang::{Lang, history as say, inspect};
use crate::mail::compose::condition_name;
use crate::report::{Condition, ConditionNews, ReceiverKey};
use crate::screen::visible::visible;

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
