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
}

/// Who gets each thing.
struct Audiences {
    conditions: Vec<Vec<String>>,
    alerts: Vec<Vec<String>>,
    notices: Vec<Vec<String>>,
}

/// What is told, share by share: the first one of the recipients comes first. Without
/// routes, one share for them.
pub(super) fn split(telling: &Telling, mail: &Settings) -> Vec<Share> {
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
    let share = |(content, to): (Content, Vec<String>)| Share {
        is_ours: to.iter().any(|to| mail.recipients.contains(to)),
        about_mail: content.alerts.is_empty()
            && content.conditions.is_empty()
            && content.notices.iter().all(|at| *at >= first_about_mail),
        to: if is_the_recipients(&to, mail) { Vec::new() } else { to },
        content,
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
    /// What these people are told, without a footer.
    pub fn report(&self, whole: &Report, mail: &Settings) -> Report {
        let who = self.to.first().or(mail.recipients.first());
        let conditions = self.content.conditions.iter().filter_map(|(at, _)| {
            let news = whole.conditions.get(*at)?.clone();
            let told_by = who.and_then(|who| told_by(&news, who, mail));
            Some(ConditionNews { told_by, ..news })
        });
        let alerts = self.content.alerts.iter().filter_map(|at| whole.alerts.get(*at));
        let notices = self.content.notices.iter().filter_map(|at| whole.notices.get(*at));
        let kind = if self.content.alerts.is_empty() { Kind::Condition } else { Kind::Alert };
        Report {
            kind,
            conditions: conditions.collect(),
            alerts: alerts.cloned().collect(),
            notices: notices.cloned().collect(),
            footer: Vec::new(),
            site: whole.site.clone(),
            pce_url: whole.pce_url.clone(),
            org_id: whole.org_id.clone(),
            made_at: whole.made_at,
            daily: None,
        }
    }

    /// The places of what it tells, among all that there is: conditions, alerts, notices.
    pub fn places(&self, whole: &Report) -> Vec<usize> {
        let conditions = self.content.conditions.iter().map(|(at, _)| *at);
        let before = whole.conditions.len();
        let alerts = self.content.alerts.iter().map(|at| before + at);
        let before = before + whole.alerts.len();
        let notices = self.content.notices.iter().map(|at| before + at);
        conditions.chain(alerts).chain(notices).collect()
    }

    /// Whether the recipients get all there is.
    pub fn is_whole(&self, whole: &Report) -> bool {
        self.to.is_empty() && self.content.alerts.len() == whole.alerts.len()
    }

    /// What others are told that these people are not: a line for each set of them.
    pub fn elsewhere(&self, whole: &Report, mail: &Settings, lang: Lang) -> Vec<String> {
        let audiences = Audiences::of(whole, mail);
        let mut others: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        let mut note = |audience: &[String], name: String| match others
            .iter_mut()
            .find(|(people, _)| *people == audience)
        {
            Some((_, names)) => names.push(name),
            None => others.push((audience.to_vec(), vec![name])),
        };
        let mine = |at: usize| self.content.conditions.iter().any(|(mine, _)| *mine == at);
        for (at, audience) in audiences.conditions.iter().enumerate().filter(|(at, _)| !mine(*at)) {
            let name = whole.conditions.get(at).map(|news| condition_name(lang, news));
            note(audience, name.unwrap_or_default());
        }
        let mine = |at: usize| self.content.alerts.contains(&at);
        for (at, audience) in audiences.alerts.iter().enumerate().filter(|(at, _)| !mine(*at)) {
            let name = whole.alerts.get(at).map(|alert| alert.rule_name.trim().to_owned());
            note(audience, name.unwrap_or_default());
        }
        let mine = |at: usize| self.content.notices.contains(&at);
        for (at, audience) in audiences.notices.iter().enumerate().filter(|(at, _)| !mine(*at)) {
            let name = whole.notices.get(at).map(|notice| notice.title.trim().to_owned());
            note(audience, name.unwrap_or_default());
        }
        let told = others.iter().take(ELSEWHERE);
        let told = told.map(|(people, names)| {
            let count = names.len();
            say::told_elsewhere(lang, first(lang, people), count, first(lang, names))
        });
        let more = others.iter().skip(ELSEWHERE).map(|(_, names)| names.len()).sum::<usize>();
        told.chain((more > 0).then(|| say::more_told_elsewhere(lang, more))).collect()
    }
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
