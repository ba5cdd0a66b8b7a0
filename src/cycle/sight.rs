//! What a poll saw and did not see, as it is told: which conditions hold, which lines
//! stand in the mail's footer and on standard error, and what it comes to.

use super::conditions::Standing;
use super::outcome::Trouble;
use super::poll::{Greeting, Incomplete, Poll, Reading};
use super::site::Site;
use super::traffic::Failure;
use super::workloads::{Failure as ListFailure, OfRule};
use crate::exit::Code;
use crate::lang::{Both, Lang, counts, cycle as say, grouped, standing};
use crate::pce::error::Error;
use crate::pce::health::Health;
use crate::pce::traffic::Flaw;
use crate::report::Condition;
use crate::rules::{Filter, Level};

impl Poll {
    /// How what it could see is now.
    pub fn found(&self, site: &Site<'_>) -> Vec<(Condition, Standing)> {
        let configuration = match &self.greeting {
            Greeting::NotTried => None,
            Greeting::Impossible(error) => Some(critical(|lang| error.text(lang))),
            Greeting::Failed(..) | Greeting::Reached(_) => Some(Standing::Well),
        };
        let reached = match &self.greeting {
            Greeting::NotTried | Greeting::Impossible(_) => None,
            Greeting::Failed(Error::Credentials { .. }, _) | Greeting::Reached(_) => {
                Some(Standing::Well)
            }
            Greeting::Failed(error, from_memory) => Some(critical(|lang| {
                let memory = from_memory.iter().map(|used| site.stood_in(used, lang));
                let said: Vec<String> = [error.text(lang)].into_iter().chain(memory).collect();
                said.join(lang.gap())
            })),
        };
        let health = match &self.greeting {
            Greeting::Reached(health) => Some(health_standing(health)),
            _ => None,
        };
        let found = [
            (Condition::Configuration, configuration),
            (Condition::Unreachable, reached),
            (Condition::Credentials, self.key_standing()),
            (Condition::Health, health),
            (Condition::Events, self.events_standing(site)),
            (Condition::IpLists, self.ip_lists.as_ref().and_then(|lists| lists.standing(site))),
            (Condition::Traffic, self.traffic_standing(site)),
            (Condition::Workloads, self.workloads_standing(site)),
        ];
        found.into_iter().filter_map(|(condition, now)| Some((condition, now?))).collect()
    }

    /// What failed, in its order.
    pub fn troubles(&self, site: &Site<'_>) -> Vec<Trouble> {
        let lang = site.lang();
        let greeting = match &self.greeting {
            Greeting::NotTried | Greeting::Reached(_) => None,
            Greeting::Impossible(error) => Some(Trouble::new(Code::Config, error.text(lang))),
            Greeting::Failed(error, _) => Some(Trouble::new(code_of(error), error.text(lang))),
        };
        let verdict = &self.verdict;
        let jump = verdict.jump.map(|(before, now)| say::clock_jumped(lang, before, now));
        let back = verdict.back_to.map(|from| say::clock_back(lang, site.local(from)));
        let doubted = verdict.doubted.map(|now| say::clock_doubted(lang, site.local(now)));
        let events = self.events.incomplete();
        let events = events
            .map(|events| Trouble::new(code_of(&events.error), events_missing(events, site, lang)));
        let lists = self.ip_lists.as_ref().into_iter().flat_map(|lists| {
            let (lines, error) = lists.news(site, lang);
            let code = error.map_or(Code::Done, code_of);
            lines.into_iter().map(move |line| Trouble::new(code, line))
        });
        let traffic = self.traffic.incomplete().into_iter().flat_map(|traffic| {
            let code = match &traffic.error {
                Failure::Pce(error) => code_of(error),
                _ => Code::Retry,
            };
            let lines = self.traffic_missing(traffic, site, lang);
            lines.into_iter().map(move |line| Trouble::new(code, line))
        });
        let workloads = self.workloads.incomplete().map(|list| {
            let code = match &list.error {
                ListFailure::Pce(error) => code_of(error),
                _ => Code::Retry,
            };
            Trouble::new(code, workloads_missing(list, site, lang))
        });
        let clock = jump.into_iter().chain(back).map(|said| Trouble::new(Code::Done, said));
        let clock = clock.chain(doubted.map(|said| Trouble::new(Code::Retry, said)));
        let clock = greeting.into_iter().chain(clock);
        clock.chain(events).chain(lists).chain(traffic).chain(workloads).collect()
    }

    /// What was read and what was not, for the mail's footer.
    pub fn lines(&self, site: &Site<'_>) -> Vec<String> {
        let lang = site.lang();
        let asked = site.config.settings.enable_health_check;
        let not_offered = matches!(self.greeting, Greeting::Reached(Health::NotOffered));
        let health = (asked && not_offered).then(|| say::health_not_offered(lang));
        let events = match &self.events {
            Reading::NotTried | Reading::NotWanted => None,
            Reading::Complete(until) => {
                Some(say::events_complete(lang, site.local(*until), grouped(self.new_events)))
            }
            Reading::Incomplete(events) => Some(events_missing(events, site, lang)),
        };
        let traffic = match &self.traffic {
            Reading::NotTried | Reading::NotWanted => None,
            Reading::Complete(until) => {
                Some(say::traffic_complete(lang, site.local(*until), counts::rows(lang, self.rows)))
            }
            Reading::Incomplete(traffic) => {
                Some(self.traffic_missing(traffic, site, lang).join("\n"))
            }
        };
        let workloads = match &self.workloads {
            Reading::NotTried | Reading::NotWanted => None,
            Reading::Complete(_) => Some(standing::workloads_complete(lang, self.managed())),
            Reading::Incomplete(list) => Some(workloads_missing(list, site, lang)),
        };
        let lists = self.ip_lists.iter().flat_map(|lists| lists.lines(site, lang));
        let seen = health.into_iter().chain(events);
        let lines = seen.chain(lists).chain(traffic).chain(workloads);
        let mut lines: Vec<String> = lines.collect();
        let mut enabled = site.config.rules.iter().filter(|rule| rule.enabled);
        if lines.is_empty() {
            lines.push(say::nothing_read(lang));
        } else if !enabled.any(|rule| matches!(rule.filter, Filter::Traffic(_))) {
            lines.push(say::no_traffic_rule(lang));
        }
        lines
    }

    /// A 401 in the middle of a cycle is one too; only events that came to their end show
    /// that the key is taken.
    fn key_standing(&self) -> Option<Standing> {
        match self.refusal() {
            Some(error) => Some(critical(|lang| error.text(lang))),
            None => self.events.is_complete().then_some(Standing::Well),
        }
    }

    fn events_standing(&self, site: &Site<'_>) -> Option<Standing> {
        match &self.events {
            Reading::NotTried | Reading::NotWanted => None,
            Reading::Complete(_) => Some(Standing::Well),
            Reading::Incomplete(events) => {
                events.lasts().then(|| warning(|lang| events_missing(events, site, lang)))
            }
        }
    }

    fn traffic_standing(&self, site: &Site<'_>) -> Option<Standing> {
        match &self.traffic {
            Reading::NotTried => None,
            Reading::NotWanted => Some(Standing::Well),
            Reading::Complete(_) if self.flaws.is_empty() => Some(Standing::Well),
            Reading::Complete(_) => Some(warning(|lang| self.flaws(site, lang).join("\n"))),
            Reading::Incomplete(traffic) => {
                let is_told = match &traffic.error {
                    // Somebody's rows are known to be missing from what was counted.
                    Failure::Silent(_) => true,
                    // A condition of its own.
                    error if error.is_refusal() => false,
                    _ => traffic.lasts(),
                };
                let missing = |lang| self.traffic_missing(traffic, site, lang).join("\n");
                is_told.then(|| warning(missing))
            }
        }
    }

    /// How many workloads the PCE manages, by the list that was read.
    fn managed(&self) -> u64 {
        self.judged.iter().map(OfRule::managed).max().unwrap_or_default()
    }

    fn workloads_standing(&self, site: &Site<'_>) -> Option<Standing> {
        match &self.workloads {
            Reading::NotTried => None,
            Reading::NotWanted => Some(Standing::Well),
            Reading::Complete(_) => Some(match self.judged.iter().any(OfRule::is_full) {
                true => warning(standing::workloads_full),
                false => Standing::Well,
            }),
            // A refused key is a condition of its own.
            Reading::Incomplete(list) => {
                list.lasts().then(|| warning(|lang| workloads_missing(list, site, lang)))
            }
        }
    }

    fn traffic_missing(
        &self,
        traffic: &Incomplete<Failure>,
        site: &Site<'_>,
        lang: Lang,
    ) -> Vec<String> {
        let (reason, position) = (traffic.error.text(lang), traffic.position(site));
        let missing = say::traffic_incomplete(lang, reason, position);
        [missing].into_iter().chain(self.flaws(site, lang)).collect()
    }

    fn flaws(&self, site: &Site<'_>, lang: Lang) -> Vec<String> {
        self.flaws.iter().map(|flaw| flaw_text(flaw, site, lang)).collect()
    }
}

impl<E> Incomplete<E> {
    /// Twice in a row is a condition; once is an accident.
    fn lasts(&self) -> bool {
        self.failures >= 2
    }

    fn position(&self, site: &Site<'_>) -> String {
        self.position.map_or_else(|| "–".to_owned(), |position| site.local(position))
    }
}

fn events_missing(events: &Incomplete<Error>, site: &Site<'_>, lang: Lang) -> String {
    say::events_incomplete(lang, events.error.text(lang), events.position(site))
}

fn workloads_missing(list: &Incomplete<ListFailure>, site: &Site<'_>, lang: Lang) -> String {
    standing::workloads_incomplete(lang, list.error.text(lang), list.position(site))
}

fn flaw_text(flaw: &Flaw, site: &Site<'_>, lang: Lang) -> String {
    match flaw {
        Flaw::Cut { rows, from, to } => {
            let rows = counts::rows(lang, *rows);
            say::traffic_cut(lang, rows, site.local(*from), site.local(*to))
        }
        Flaw::Unreadable { rows } => say::flows_unreadable(lang, counts::rows(lang, *rows)),
        Flaw::Forgotten { bound } => say::series_full(lang, grouped(*bound)),
        Flaw::Said(sentence) => sentence.clone(),
    }
}

fn health_standing(health: &Health) -> Standing {
    let Health::Ill(complaints) = health else {
        return Standing::Well;
    };
    let critical = complaints.iter().any(|complaint| complaint.status == "critical");
    let level = if critical { Level::Critical } else { Level::Warning };
    let told = |lang| complaints.iter().map(|one| one.text(lang)).collect::<Vec<_>>().join("\n");
    Standing::Ill(level, Both::of(told))
}

fn critical(sentence: impl Fn(Lang) -> String) -> Standing {
    Standing::Ill(Level::Critical, Both::of(sentence))
}

fn warning(sentence: impl Fn(Lang) -> String) -> Standing {
    Standing::Ill(Level::Warning, Both::of(sentence))
}

/// A refused key needs a person; what else fails the next run tries again.
fn code_of(error: &Error) -> Code {
    Code::of_failure(matches!(error, Error::Credentials { .. }))
}
