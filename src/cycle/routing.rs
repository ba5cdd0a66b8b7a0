//! Who is told what. All that a cycle has to tell falls into shares, one for each set of
//! people who get the same; each share becomes a mail of its own.

use std::collections::BTreeSet;

use super::Telling;
use crate::lang::{Lang, cycle as say, listed};
use crate::mail::compose::condition_name;
use crate::mail::outbox::Waiting;
use crate::mail::{Route, Settings};
use crate::report::{BeginMail, ConditionNews, Kind, Phase, Report, ToldIn};
use crate::store::state::Held;

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
    /// The places of what it tells among all there is: conditions, alerts, notices.
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
    conditions: Vec<Vec<String>>,
    alerts: Vec<Vec<String>>,
    notices: Vec<Vec<String>>,
}

/// What is told, share by share: the first one of the recipients comes first. Without
/// routes, one share for them.
pub(super) fn split(telling: &Telling, mail: &Settings, lang: Lang) -> Vec<Share> {
    let audiences = Audiences::of(&telling.report, mail);
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
    fn of(report: &Report, mail: &Settings) -> Self {
        let alerts = report.alerts.iter().map(|alert| {
            mail.audience(|route: &Route| route.takes_rule(alert.rule_id, alert.level))
        });
        let conditions = report.conditions.iter().map(|news| of_condition(news, mail));
        Self {
            conditions: conditions.collect(),
            alerts: alerts.collect(),
            // What is about the monitor itself goes by no route.
            notices: report.notices.iter().map(|_| mail.audience(|_| false)).collect(),
        }
    }

    fn content_for(&self, who: &str, report: &Report, mail: &Settings) -> Content {
        let places = |audiences: &[Vec<String>]| -> Vec<usize> {
            let mine = audiences.iter().enumerate();
            let mine = mine.filter(|(_, audience)| audience.iter().any(|to| to == who));
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
        let mine = mine.places(report);
        let conditions = report.conditions.iter().map(|news| condition_name(lang, news));
        let alerts = report.alerts.iter().map(|alert| alert.rule_name.trim().to_owned());
        let notices = report.notices.iter().map(|notice| notice.title.trim().to_owned());
        let names = conditions.chain(alerts).chain(notices);
        let audiences = self.conditions.iter().chain(&self.alerts).chain(&self.notices);
        let mut others: Vec<(&[String], Vec<String>)> = Vec::new();
        for (at, (audience, name)) in audiences.zip(names).enumerate() {
            match others.iter_mut().find(|(people, _)| people == audience) {
                _ if mine.contains(&at) => {}
                Some((_, names)) => names.push(name),
                None => others.push((audience, vec![name])),
            }
        }
        let told = others.iter().take(ELSEWHERE).map(|(people, names)| {
            say::told_elsewhere(lang, first(lang, people), names.len(), first(lang, names))
        });
        let more = others.iter().skip(ELSEWHERE).map(|(_, names)| names.len()).sum::<usize>();
        told.chain((more > 0).then(|| say::more_told_elsewhere(lang, more))).collect()
    }
}

/// Whoever was told that it began hears the rest of it, too, whatever became of its level
/// and of the routes since; at its end nobody else does.
fn of_condition(news: &ConditionNews, mail: &Settings) -> Vec<String> {
    let by_level = || mail.audience(|route| route.takes_condition(news.condition, news.level));
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
    if everyone.is_empty() { mail.audience(|_| false) } else { everyone }
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

/// What stands at these places of `all`, which is needed no more where it is the last time.
fn pick<T: Clone>(all: &mut Vec<T>, places: &[usize], is_last: bool) -> Vec<T> {
    if !is_last {
        return places.iter().filter_map(|at| all.get(*at)).cloned().collect();
    }
    let all = std::mem::take(all).into_iter().enumerate();
    all.filter(|(at, _)| places.contains(at)).map(|(_, one)| one).collect()
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
    held: &mut Held,
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
