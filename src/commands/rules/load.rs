//! `load-best-practices`: adds what is missing, and asks before it replaces.

use serde_json::{Value, json};

use super::{Call, Changed, Refusal, Said, edit, name_of};
use crate::commands::cli;
use crate::lang::{Lang, rules as words};
use crate::rules::best_practices::{Set, plan};
use crate::store::{self, Draft};

/// What was done to which rules, by their ids.
struct Loaded {
    added: Vec<Value>,
    replaced: Vec<Value>,
    kept: Vec<Value>,
    present: usize,
}

/// Rules that differ are replaced with `--replace`, or where a person agrees.
pub fn load(
    call: &Call<'_>,
    lang: Lang,
    command: &cli::RulesLoadBestPractices,
) -> Result<Said, Refusal> {
    let set = Set::ALL.into_iter().find(|(word, _)| *word == command.set);
    let Some((_, set)) = set else {
        return Err(Refusal::usage(words::no_such_set(lang, &command.set)));
    };
    let replace = command.replace || (!command.json && agreed(call, set, lang));
    let edited = edit(call, (lang, "rules load-best-practices"), |draft| {
        Ok(apply(draft, set, lang, replace))
    })?;
    let Loaded { added, replaced, kept, present } = &edited.result;
    let mut lines: Vec<String> = told(words::added, added, lang).collect();
    lines.extend(told(words::replaced, replaced, lang));
    if *present > 0 {
        lines.push(words::practices_present(lang, present));
    }
    if !kept.is_empty() {
        let ids: Vec<String> = kept.iter().map(|rule| rule["id"].to_string()).collect();
        lines.push(words::practices_kept(lang, ids.join(", ")));
    }
    let ids = |rules: &[Value]| rules.iter().map(|rule| rule["id"].clone()).collect::<Vec<_>>();
    let done = Changed {
        lines,
        more: json!({
            "added": ids(added), "replaced": ids(replaced), "kept": ids(kept), "present": present
        }),
        rules: added.iter().chain(replaced).cloned().collect(),
        doubts: Vec::new(),
    };
    Ok(done.said(edited, lang, command.json))
}

/// Whether a person, shown what differs, wants it replaced.
fn agreed(call: &Call<'_>, set: Set, lang: Lang) -> bool {
    let looked = store::look(call.config, call.env);
    let (Some(ask), Ok(look)) = (call.screen.ask, looked) else {
        return false;
    };
    let differing = plan(&look.rules, set, lang).differing;
    let rules = differing.iter().filter_map(|(at, _)| look.rules.get(*at));
    let rules: Vec<Value> = rules.cloned().collect();
    let lines: Vec<String> = told(words::differs, &rules, lang).collect();
    !lines.is_empty() && ask(&lines, &words::ask_replace(lang, lines.len()))
}

fn apply(draft: &mut Draft, set: Set, lang: Lang, replace: bool) -> Loaded {
    let before = draft.rules();
    let plan = plan(&before, set, lang);
    let (mut replaced, mut kept) = (Vec::new(), Vec::new());
    for (at, practice) in plan.differing {
        if replace {
            draft.replace_rule(at, &practice);
            replaced.push(practice);
        } else {
            kept.extend(before.get(at).cloned());
        }
    }
    let mut added = Vec::new();
    for mut practice in plan.missing {
        practice["id"] = draft.add_rule(&practice).into();
        added.push(practice);
    }
    Loaded { added, replaced, kept, present: plan.present }
}

fn told(
    sentence: fn(Lang, String, String) -> String,
    rules: &[Value],
    lang: Lang,
) -> impl Iterator<Item = String> {
    rules.iter().map(move |rule| sentence(lang, rule["id"].to_string(), name_of(rule).to_owned()))
}
