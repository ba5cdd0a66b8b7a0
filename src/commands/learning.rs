//! The rules that learn what is known before they tell what is new, for lists, for `check`
//! and for `rules learn`.

use jiff::Timestamp;

use crate::lang::{Lang, inspect};
use crate::report::daily::Learning;
use crate::rules::keyed;
use crate::screen::visible::visible;
use crate::store::Opened;

/// Each rule that learns still, and how much longer. `now` is the host's time.
pub fn learning(opened: &Opened, now: Timestamp) -> Vec<Learning> {
    let now = opened.state.pce_time(now);
    let rules = keyed(&opened.config.rules).into_iter();
    let learning = rules.filter_map(|(key, rule)| {
        let known = opened.state.rules.get(&key)?.known.as_deref()?;
        Learning::of(rule, known, now).filter(|learning| learning.days > 0)
    });
    learning.collect()
}

/// `7 New source: learning, 3 days to go, 4,211 known`
pub fn line(rule: &Learning, lang: Lang) -> String {
    let name = inspect::rule(lang, rule.rule_id, visible(&rule.name));
    inspect::missed(lang, name, rule.text(lang))
}
