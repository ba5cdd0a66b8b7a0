//! Who is told what. All that a cycle has to tell falls into shares, one for each set of
//! people who get the same; each share becomes a mail of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::Telling;
use super::notice::Happened;
use crate::lang::{Lang, cycle as say, listed};
use crate::mail::compose::condition_name;
use crate::mail::outbox::Waiting;
use crate::mail::{Route, Settings};
use crate::report::pause::held::Held;
use crate::report::{BeginMail, ConditionNews, Kind, Phase, Report, ToldIn};
use crate::store::state;

/// So many lines say what others got.
const ELSEWHERE: usize = 3;

/// So many of them, and of what they got, are named.
const NAMED: usize = 4;

/// What some people get.
#[derive(Debug, PartialEq)]
pub(super) struct Share {
    /// Whom it is for; empty: the recipients, whoever that is when it goes out.
    pub to: Vec<String>,
    /// Whether it is for one of the recipients, who also hear of the monitor itself.
    pub is_ours: bool,
    /// Whether it is about nothing but mail.
    pub about_mail: bool,
    /// Whether it is for the recipients, and has all alerts.
    pub is_whole: bool,
    /// The places of what it tells among all there is, in their order: conditions, alerts,
    /// notices.
    pub places: Vec<usize>,
    /// What others are told that these people are not: a line for each set of them.
    pub elsewhere: Vec<String>,
    content: Content,
}

/// Places in the report's lists.
#[derive(Debug, Default, PartialEq)]
struct Content {
    /// Each with the Message-ID of the mail that told these people its begin.
    conditions: Vec<(usize, Option<String>)>,
    alerts: Vec<usize>,
    notices: Vec<usize>,
}

impl Content {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The places among all that there is: conditions, alerts, notices.
    fn places(&self, whole: &Report) -> Vec<usize> {
        let conditions = self.conditions.iter().map(|(at, _)| *at);
        let before = whole.conditions.len();
        let alerts = self.alerts.iter().map(|at| before + at);
        let before = before + whole.alerts.len();
        let notices = self.notices.iter().map(|at| before + at);
        conditions.chain(alerts).chain(notices).collect()
    }
}

/// Who gets each thing.
struct Audiences {
    /// Each set of people once.
    sets: Vec<Vec<String>>,
    /// Which one it is, for each of the conditions …
    conditions: Vec<usize>,
    /// … alerts …
    alerts: Vec<usize>,
    /// … and notices.
    notices: Vec<usize>,
}

/// What is told, share by share: the first one of the recipients comes first. Without
/// routes, one share for them.
pub(super) fn split(telling: &Telling, mail: &Settings, lang: Lang) -> Vec<Share> {
    let audiences = Audiences::of(telling, mail);
    let mut shares: Vec<(Content, Vec<String>)> = Vec::new();
    for who in mail.everyone() {
        let content = audiences.content_for(&who, &telling.report, mail);
        if content.is_empty() {
            continue;
        }
        match shares.iter_mut().find(|(known, _)| *known == content) {
            Some((_, to)) => to.push(who),
            None => shares.push((content, vec![who])),
        }
    }
    let first_about_mail = telling.report.notices.len() - telling.notices_about_mail;
    let share = |(content, to): (Content, Vec<String>)| {
        let is_the_recipients = is_the_recipients(&to, mail);
        Share {
            is_ours: to.iter().any(|to| mail.recipients.contains(to)),
            about_mail: content.alerts.is_empty()
                && content.conditions.is_empty()
                && content.notices.iter().all(|at| *at >= first_about_mail),
            is_whole: is_the_recipients && content.alerts.len() == telling.report.alerts.len(),
            places: content.places(&telling.report),
            elsewhere: audiences.elsewhere(&content, &telling.report, lang),
            to: if is_the_recipients { Vec::new() } else { to },
            content,
        }
    };
    shares.into_iter().map(share).collect()
}

fn is_the_recipients(to: &[String], mail: &Settings) -> bool {
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
    set(to) == set(&mail.recipients)
}

impl Audiences {
    fn of(telling: &Telling, mail: &Settings) -> Self {
        let report = &telling.report;
        let mut sets: Vec<Vec<String>> = Vec::new();
        let mut place = |set: Vec<String>| {
            sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                sets.push(set);
                sets.len() - 1
            })
        };
        let conditions = report.conditions.iter().map(|news| place(of_condition(news, mail)));
        let conditions = conditions.collect();
        // Of thousands of alerts most go by the same routes.
        let mut by_routes: BTreeMap<u64, usize> = BTreeMap::new();
        let mut by =
            |taking: u64| *by_routes.entry(taking).or_insert_with(|| place(mail.audience(taking)));
        let alerts = report.alerts.iter();
        let taking = alerts
            .map(|alert| mail.taking(|route: &Route| route.takes_rule(alert.rule_id, alert.level)));
        let alerts = taking.map(&mut by).collect();
        // What is about the monitor itself goes by no route.
        let taking = telling.notices_by.iter().copied().chain(std::iter::repeat(0));
        let notices = report.notices.iter().zip(taking).map(|(_, taking)| by(taking)).collect();
        Self { conditions, alerts, notices, sets }
    }

    fn content_for(&self, who: &str, report: &Report, mail: &Settings) -> Content {
        let hears: Vec<bool> = self.sets.iter().map(|set| set.iter().any(|to| to == who)).collect();
        let places = |sets: &[usize]| -> Vec<usize> {
            let all = sets.iter().enumerate();
            let mine = all.filter(|(_, set)| hears.get(**set) == Some(&true));
            mine.map(|(at, _)| at).collect()
        };
        let told_by = |at: usize| {
            let begin = report.conditions.get(at).and_then(|news| told_by(news, who, mail));
            (at, begin.map(|begin| begin.message_id))
        };
        Content {
            conditions: places(&self.conditions).into_iter().map(told_by).collect(),
            alerts: places(&self.alerts),
            notices: places(&self.notices),
        }
    }

    /// What others are told that is not in `mine`, and who they are.
    fn elsewhere(&self, mine: &Content, report: &Report, lang: Lang) -> Vec<String> {
        if self.sets.len() < 2 {
            return Vec::new();
        }
        let mine = mine.places(report);
        let conditions = report.conditions.iter().map(|news| condition_name(lang, news));
        let alerts = report.alerts.iter().map(|alert| alert.rule_name.trim().to_owned());
        let notices = report.notices.iter().map(|notice| notice.title.trim().to_owned());
        let names = conditions.chain(alerts).chain(notices);
        let sets = self.conditions.iter().chain(&self.alerts).chain(&self.notices);
        let mut others: Vec<(usize, Vec<String>)> = Vec::new();
        for (at, (set, name)) in sets.zip(names).enumerate() {
            match others.iter_mut().find(|(known, _)| known == set) {
                _ if mine.binary_search(&at).is_ok() => {}
                Some((_, names)) => names.push(name),
                None => others.push((*set, vec![name])),
            }
        }
        let told = others.iter().take(ELSEWHERE).map(|(set, names)| {
            let people = self.sets.get(*set).map(Vec::as_slice).unwrap_or_default();
            say::told_elsewhere(lang, first(lang, people), names.len(), first(lang, names))
        });
        let more = others.iter().skip(ELSEWHERE).map(|(_, names)| names.len()).sum::<usize>();
        told.chain((more > 0).then(|| say::more_told_elsewhere(lang, more))).collect()
    }
}

/// What happened, each with the routes that take it: what a pause held goes where it would
/// have gone without the pause.
pub(super) fn by_routes(happened: Vec<Happened>, mail: &Settings) -> Vec<(Happened, u64)> {
    let mut all = Vec::new();
    for one in happened {
        match one {
            Happened::HeldBack(pause, held) if !mail.routes.is_empty() => {
                let parts = held_by_routes(*held, mail).into_iter();
                let part =
                    |(routes, held)| (Happened::HeldBack(pause.clone(), Box::new(held)), routes);
                all.extend(parts.map(part));
            }
            other => all.push((other, 0)),
        }
    }
    all
}

fn held_by_routes(held: Held, mail: &Settings) -> BTreeMap<u64, Held> {
    let part = || held.without_content();
    let mut by: BTreeMap<u64, Held> = BTreeMap::new();
    let Held { rules, conditions, beyond, .. } = held.clone();
    for (id, rule) in rules {
        let taking = mail.taking(|route| route.takes_rule(id, rule.level));
        by.entry(taking).or_insert_with(part).rules.insert(id, rule);
    }
    for one in conditions {
        let taking = mail.taking(|route| route.takes_condition(one.condition, one.level));
        by.entry(taking).or_insert_with(part).conditions.push(one);
    }
    if beyond > 0 {
        by.entry(0).or_insert_with(part).beyond = beyond;
    }
    by
}

/// Whoever was told that it began hears the rest of it, too, whatever became of its level
/// and of the routes since; at its end nobody else does.
fn of_condition(news: &ConditionNews, mail: &Settings) -> Vec<String> {
    let taking = || mail.taking(|route| route.takes_condition(news.condition, news.level));
    let by_level = || mail.audience(taking());
    let was_told = |who: &String| match news.told_in.is_empty() {
        true => mail.recipients.contains(who),
        false => news.told_in.iter().any(|told| told.to.contains(who)),
    };
    let mut everyone = mail.everyone();
    match news.phase {
        Phase::Begins => return by_level(),
        Phase::Lasts => {
            let now = by_level();
            everyone.retain(|who| was_told(who) || now.contains(who));
        }
        Phase::Ended => everyone.retain(was_told),
    }
    // Those who were told are all gone from the config.
    if everyone.is_empty() { mail.audience(0) } else { everyone }
}

/// The mail that told its begin to `who`.
fn told_by(news: &ConditionNews, who: &str, mail: &Settings) -> Option<BeginMail> {
    if news.told_in.is_empty() {
        let is_ours = mail.recipients.iter().any(|to| to == who);
        return news.told_by.clone().filter(|_| is_ours);
    }
    let told = news.told_in.iter().find(|told| told.to.iter().any(|to| to == who));
    told.map(|told| told.mail.clone())
}

impl Share {
    /// What these people are told, without a footer. The last share takes it out of `whole`.
    pub fn report(&self, whole: &mut Report, is_last: bool, mail: &Settings) -> Report {
        let who = self.to.first().or(mail.recipients.first());
        let conditions: Vec<usize> = self.content.conditions.iter().map(|(at, _)| *at).collect();
        let mut conditions = pick(&mut whole.conditions, &conditions, is_last);
        for news in &mut conditions {
            news.told_by = who.and_then(|who| told_by(news, who, mail));
        }
        let kind = if self.content.alerts.is_empty() { Kind::Condition } else { Kind::Alert };
        Report {
            kind,
            conditions,
            alerts: pick(&mut whole.alerts, &self.content.alerts, is_last),
            notices: pick(&mut whole.notices, &self.content.notices, is_last),
            footer: Vec::new(),
            site: whole.site.clone(),
            pce_url: whole.pce_url.clone(),
            org_id: whole.org_id.clone(),
            made_at: whole.made_at,
            daily: None,
        }
    }
}

/// What stands at these places of `all`, which are in their order. The last time `all` is
/// needed no more.
fn pick<T: Clone>(all: &mut Vec<T>, places: &[usize], is_last: bool) -> Vec<T> {
    if !is_last {
        return places.iter().filter_map(|at| all.get(*at)).cloned().collect();
    }
    let all = std::mem::take(all).into_iter().enumerate();
    all.filter(|(at, _)| places.binary_search(at).is_ok()).map(|(_, one)| one).collect()
}

/// The first few, and how many more.
fn first(lang: Lang, names: &[String]) -> String {
    let mut told: Vec<String> = names.iter().take(NAMED).cloned().collect();
    if names.len() > NAMED {
        told.push(format!("+{}", names.len() - NAMED));
    }
    listed(lang, &told)
}

/// Takes note that the mail tells these people of a condition, where not all conditions go
/// to the same ones: the end has to follow the begin. `held` is as it was before the mail.
pub(super) fn note_who_was_told(
    held: &mut state::Held,
    news: &ConditionNews,
    mail: &Waiting,
    settings: &Settings,
) {
    if settings.routes.is_empty() && held.told_in.is_empty() {
        return;
    }
    // Before there were routes the recipients were told, and no one else.
    if held.told_in.is_empty()
        && news.phase != Phase::Begins
        && let Some(begin) = held.told_by()
    {
        held.told_in.push(ToldIn { to: settings.recipients.clone(), mail: begin });
    }
    let to = if mail.to.is_empty() { &settings.recipients } else { &mail.to };
    let knows = |who: &String| held.told_in.iter().any(|told| told.to.contains(who));
    let to: Vec<String> = to.iter().filter(|who| !knows(who)).cloned().collect();
    if to.is_empty() {
        return;
    }
    let mail = BeginMail {
        message_id: mail.message_id.clone(),
        subject: mail.subject.clone(),
        made_at: mail.made_at,
    };
    held.told_in.push(ToldIn { to, mail });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
