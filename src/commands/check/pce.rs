//! The PCE: the way to it, its certificate, the key, the org, and what the key may
//! read. Asks for little, once, and changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::certificate;
use super::finding::Finding;
use super::names::HostName;
use crate::lang::{Lang, check as say, counts, cycle as cycle_words, grouped, listed, parted};
use crate::net::AddressBook;
use crate::net::tls::Shown;
use crate::pce::Settings;
use crate::pce::client::Client;
use crate::pce::clock::Clock;
use crate::pce::connect::{Hop, first_hop};
use crate::pce::error::{Error, Problem, ProxyFault, ProxyProblem};
use crate::pce::health::{Health, health_and_mode, noop};
use crate::pce::ip_lists::{Found, Lack, fetch};
use crate::pce::record::Host;
use crate::pce::workloads::{Failure, List, Sink, list};
use crate::rules::workloads::Verdict;
use crate::rules::{Filter, Rule, WorkloadFilter};

/// All of it takes no longer.
const LONGEST: Duration = Duration::from_secs(120);

/// So long the PCE may put a long list together.
const LIST: Duration = Duration::from_secs(60);

/// By so much the clocks may differ before it is worth a remark: `Date` counts in
/// seconds, and a request takes its time.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// What the rules and settings need of the PCE.
#[derive(Clone, Debug)]
pub struct Needs<'n> {
    /// `settings.enable_health_check`.
    pub health: bool,
    /// A traffic rule is on.
    pub traffic: bool,
    /// The IP lists that rules name which are on, each with the rules' ids.
    pub ip_lists: BTreeMap<String, Vec<i64>>,
    /// All rules: of those that ask how workloads are it is told how many are so.
    pub rules: &'n [Rule],
}

impl Default for Needs<'_> {
    fn default() -> Self {
        Self { health: true, traffic: true, ip_lists: BTreeMap::new(), rules: &[] }
    }
}

/// Tries the PCE of `settings`, step by step, as far as it goes. `book` is what the
/// runs know of names, `now` the host's time. Takes two minutes at most.
pub fn check_pce(
    settings: &Settings,
    needs: Needs<'_>,
    book: &AddressBook,
    now: Timestamp,
    lang: Lang,
) -> Vec<Finding> {
    let mut probe = Probe { settings, book, now, lang, findings: Vec::new() };
    // Whatever stopped it has been told.
    let _ = probe.all(&needs);
    probe.findings
}

/// A probe under way, and what it found so far.
struct Probe<'a> {
    settings: &'a Settings,
    book: &'a AddressBook,
    now: Timestamp,
    lang: Lang,
    findings: Vec<Finding>,
}

/// `None`: there is no going on from here.
type GoOn = Option<()>;

impl Probe<'_> {
    fn all(&mut self, needs: &Needs<'_>) -> GoOn {
        let hop = self.hop()?;
        let addresses = self.name(&hop)?;
        self.connect(&hop, &addresses)?;
        let mut client = self.greet()?;
        self.clock(&client);
        self.rights(&mut client, needs)
    }

    fn tell(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The proxy, if there is one.
    fn hop(&mut self) -> Option<Hop> {
        let lang = self.lang;
        let hop = match first_hop(self.settings) {
            Ok(hop) => hop,
            Err(error) => {
                let what = say::proxy_unusable(lang);
                self.tell(Finding::broken("pce.proxy", what, error.text(lang)));
                return None;
            }
        };
        if hop.proxy {
            let what = say::proxy_used(lang, hop.place(), hop.variable.unwrap_or("api.proxy"));
            self.tell(Finding::good("pce.proxy", what));
        }
        Some(hop)
    }

    fn name(&mut self, hop: &Hop) -> Option<Vec<SocketAddr>> {
        let settings = self.settings;
        let name = HostName {
            probe: "pce.dns",
            key: key_of(hop),
            host: &hop.host,
            port: hop.port,
            patience: settings.timeout,
            verified: settings.verify_tls && settings.url.starts_with("https://"),
        };
        let (addresses, finding) = name.look(self.book, self.lang);
        self.findings.extend(finding);
        (!addresses.is_empty()).then_some(addresses)
    }

    fn connect(&mut self, hop: &Hop, addresses: &[SocketAddr]) -> GoOn {
        let lang = self.lang;
        let tried = addresses.iter().map(|address| {
            let tried = TcpStream::connect_timeout(address, self.settings.timeout);
            (address, tried.err())
        });
        let tried: Vec<(&SocketAddr, Option<io::Error>)> = tried.collect();
        let failed = tried.iter().filter_map(|(address, error)| Some((address, error.as_ref()?)));
        let details: Vec<String> = failed
            .clone()
            .map(|(address, error)| say::address_fails(lang, address, network(error, lang)))
            .collect();
        let last = failed.clone().next_back().map(|(_, error)| error);
        if failed.count() < tried.len() {
            let what = say::connects(lang, hop.place());
            let finding = if details.is_empty() {
                Finding::good("pce.tcp", what)
            } else {
                Finding::remark("pce.tcp", what, say::some_addresses_fail(lang))
            };
            self.tell(finding.with(details));
            return Some(());
        }
        let reason = last.map(|error| network(error, lang)).unwrap_or_default();
        let refused = last.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
        let fix = if hop.proxy {
            say::proxy_connect_fix(lang, key_of(hop))
        } else if refused {
            say::connect_refused_fix(lang, key_of(hop))
        } else {
            say::connect_blocked_fix(lang, hop.place())
        };
        let what = say::connect_fails(lang, hop.place(), reason);
        let details = if tried.len() > 1 { details } else { Vec::new() };
        self.tell(Finding::retry("pce.tcp", what, fix).with(details));
        None
    }

    /// TLS and the first request. That the key is accepted is told by the next ones
    /// too: `/noop` is not offered everywhere.
    fn greet(&mut self) -> Option<Client> {
        let lang = self.lang;
        let shown = Arc::new(Shown::default());
        let clock = Clock::of_host(self.now, SignedDuration::ZERO);
        let deadline = Instant::now() + LONGEST;
        let client = Client::looking(self.settings, clock, deadline, &shown, self.book);
        let mut client = match client {
            Ok(client) => client,
            Err(error) => {
                let what = say::ca_file_unusable(lang, "api.ca_file");
                self.tell(Finding::broken("pce.tls", what, error.text(lang)));
                return None;
            }
        };
        let answer = noop(&mut client);
        self.tls(&shown, &answer);
        match answer {
            Ok(()) => Some(client),
            Err(Error::Unreachable { problem: Problem::Tls(_), .. }) => None,
            Err(error @ Error::Credentials { .. }) => self.refused_key(&error),
            Err(Error::Unreachable { problem: Problem::Proxy(problem), .. }) => {
                self.tell(proxy_fails(&problem, lang));
                None
            }
            Err(error) => {
                let what = say::no_answer(lang);
                self.tell(Finding::retry("pce.answer", what, error.text(lang)));
                None
            }
        }
    }

    fn refused_key<T>(&mut self, error: &Error) -> Option<T> {
        let lang = self.lang;
        let what = say::key_refused(lang);
        self.tell(Finding::broken("pce.credentials", what, error.text(lang)));
        None
    }

    fn tls(&mut self, shown: &Shown, answer: &Result<(), Error>) {
        let (lang, url) = (self.lang, &self.settings.url);
        let certificate = certificate::shown(shown, &self.settings.secrets());
        if let Err(Error::Unreachable { problem: Problem::Tls(problem), .. }) = answer {
            let finding = certificate::refused("pce.tls", url, problem, certificate.as_ref(), lang);
            return self.tell(finding);
        }
        let Some(certificate) = certificate else {
            if url.starts_with("http://") {
                self.tell(Finding::good("pce.tls", say::no_tls(lang, url)));
            }
            return;
        };
        let finding = if self.settings.verify_tls {
            certificate::accepted("pce.tls", url, &certificate, self.now, lang)
        } else {
            let what = say::tls_unverified(lang, url);
            let fix = cycle_words::tls_not_verified(lang);
            let details = certificate::details(&certificate, lang);
            Finding::remark("pce.tls", what, fix).with(details)
        };
        self.tell(finding);
    }

    fn clock(&mut self, client: &Client) {
        let lang = self.lang;
        if !client.clock().is_from_pce() {
            return;
        }
        let ahead = client.clock().offset();
        let what = match ahead.as_secs() {
            0 => say::clock_same(lang),
            seconds @ 1.. => say::clock_ahead(lang, seconds),
            seconds => say::clock_behind(lang, seconds.unsigned_abs()),
        };
        self.tell(if ahead.abs() > SKEW {
            Finding::remark("pce.clock", what, say::clock_fix(lang))
        } else {
            Finding::good("pce.clock", what)
        });
    }

    /// What the key may read. A refused key ends it: each further request would be
    /// an event of its own on the PCE.
    fn rights(&mut self, client: &mut Client, needs: &Needs<'_>) -> GoOn {
        let org = self.ask(client, "/settings/workloads")?;
        let mut listen_only = false;
        let health = match health_and_mode(client) {
            Err(error @ Error::Credentials { .. }) => return self.refused_key(&error),
            answer => answer.map(|(health, mode)| {
                listen_only = mode;
                health
            }),
        };
        let events = self.ask(client, "/events?max_results=1")?;
        let traffic = self.ask(client, "/traffic_flows/async_queries")?;
        let lang = self.lang;
        let version = version(client).map(|version| format!(" {version}"));
        let what = say::key_accepted(lang, version.unwrap_or_default());
        self.tell(Finding::good("pce.credentials", what));
        let seen = org.is_ok() || events.is_ok() || traffic.is_ok();
        let id = &self.settings.org_id;
        if !seen && [&org, &events, &traffic].into_iter().any(forbidden) {
            let (what, fix) = (say::org_refused(lang, id), say::org_fix(lang));
            self.tell(Finding::broken("pce.org", what, fix));
            return None;
        }
        if seen {
            self.tell(Finding::good("pce.org", say::org(lang, id)));
        }
        self.health(health, needs.health);
        self.right("pce.events", say::events(lang), &events, true);
        self.right("pce.traffic", say::traffic(lang), &traffic, needs.traffic);
        if !needs.ip_lists.is_empty() {
            self.ip_lists(client, &needs.ip_lists)?;
        }
        self.workloads(client, needs, listen_only)
    }

    /// How many workloads each rule would tell now, however long they have been so.
    fn workloads(&mut self, client: &mut Client, needs: &Needs<'_>, listen_only: bool) -> GoOn {
        let lang = self.lang;
        let enabled = needs.rules.iter().filter(|rule| rule.enabled);
        let asking = enabled.filter_map(|rule| match &rule.filter {
            Filter::Workload(filter) => Some((rule, filter)),
            _ => None,
        });
        let asking: Vec<(&Rule, &WorkloadFilter)> = asking.collect();
        if asking.is_empty() {
            return Some(());
        }
        let fresh = || Counting {
            filters: asking.iter().map(|(_, filter)| (*filter, 0, 0)).collect(),
            managed: 0,
            listen_only: listen_only && needs.health,
        };
        const PROBE: &str = "pce.workloads";
        match list(client, false, LIST, fresh) {
            Ok(List { sink, .. }) => {
                let counts =
                    asking.iter().zip(&sink.filters).map(|((rule, _), (_, is, unknown))| {
                        let line = say::workloads_now(lang, rule.id, &rule.name, grouped(*is));
                        match unknown {
                            0 => line,
                            unknown => say::workloads_unknown(lang, line, grouped(*unknown)),
                        }
                    });
                let counts: Vec<String> = counts.collect();
                let what = say::workloads(lang, counts::workloads(lang, sink.managed));
                self.tell(Finding::good(PROBE, what).with(counts));
                Some(())
            }
            Err(Failure::Pce(error @ Error::Credentials { .. })) => self.refused_key(&error),
            Err(failure) => {
                let what = say::workloads_fail(lang);
                let reason = failure.text(lang);
                let refused =
                    matches!(failure, Failure::Pce(Error::Status { status: 403 | 404, .. }));
                self.tell(match refused {
                    true => Finding::broken(PROBE, what, reason),
                    false => Finding::retry(PROBE, what, reason),
                });
                Some(())
            }
        }
    }

    /// A list of the org; only whether it can be read is of interest.
    fn ask(&mut self, client: &mut Client, path: &str) -> Option<Result<(), Error>> {
        let path = client.in_org(path);
        match client.get_json::<IgnoredAny>(&path) {
            Err(error @ Error::Credentials { .. }) => self.refused_key(&error),
            answer => Some(answer.map(drop)),
        }
    }

    fn health(&mut self, answer: Result<Health, Error>, needed: bool) {
        let lang = self.lang;
        let finding = match answer {
            Ok(Health::Normal) => Finding::good("pce.health", say::health_normal(lang)),
            Ok(Health::Ill(complaints)) => {
                let details = complaints.iter().map(|complaint| complaint.text(lang));
                let (what, fix) = (say::health_ill(lang), say::health_ill_fix(lang));
                Finding::remark("pce.health", what, fix).with(details)
            }
            Ok(Health::NotOffered) if needed => {
                let (what, fix) = (say::health_refused(lang), say::health_refused_fix(lang));
                Finding::remark("pce.health", what, fix)
            }
            Ok(Health::NotOffered) => Finding::good("pce.health", say::health_off(lang)),
            Err(error) => Finding::retry("pce.health", say::health_fails(lang), error.text(lang)),
        };
        self.tell(finding);
    }

    /// The IP lists that rules name.
    fn ip_lists(&mut self, client: &mut Client, named: &BTreeMap<String, Vec<i64>>) -> GoOn {
        let (lang, probe) = (self.lang, "pce.ip_lists");
        let wanted: BTreeSet<String> = named.keys().cloned().collect();
        let fetched = match fetch(client, &wanted) {
            Err(error @ Error::Credentials { .. }) => return self.refused_key(&error),
            Err(error) => {
                self.right(probe, say::ip_lists(lang), &Err(error), true);
                return Some(());
            }
            Ok(fetched) => fetched,
        };
        let names_of = |lack| {
            let these = fetched.lacking.iter().filter(move |(_, found)| **found == lack);
            these.map(|(name, _)| name).collect::<Vec<_>>()
        };
        let lacks: [(Lack, Sentence, Sentence); 3] = [
            (Lack::Absent, say::ip_lists_absent, say::ip_lists_absent_fix),
            (Lack::Cut, say::ip_lists_cut, say::ip_lists_cut_fix),
            (Lack::TooLarge, say::ip_lists_too_large, say::ip_lists_too_large_fix),
        ];
        for (lack, what, fix) in lacks {
            let names = names_of(lack);
            if !names.is_empty() {
                let of_rules = names.iter().map(|name| {
                    let ids = named.get(*name).map(Vec::as_slice).unwrap_or_default();
                    cycle_words::ip_list_of_rules(lang, name, listed(lang, ids))
                });
                let what = what(lang, listed(lang, &of_rules.collect::<Vec<_>>()));
                let fix = fix(lang, listed(lang, &names));
                self.tell(Finding::broken(probe, what, fix));
            }
        }
        let which = |is_so: fn(&Found) -> bool| {
            let these = fetched.found.iter().filter(move |(_, found)| is_so(found));
            these.map(|(name, _)| name).collect::<Vec<_>>()
        };
        let oddities: [Oddity<'_>; 3] = [
            (which(|list| list.fqdns > 0), say::ip_lists_fqdns, say::ip_lists_fqdns_fix),
            (which(|list| list.odd > 0), say::ip_lists_odd, say::ip_lists_odd_fix),
            (which(|list| list.ranges.is_empty()), say::ip_lists_empty, say::ip_lists_empty_fix),
        ];
        for (names, what, fix) in oddities {
            if !names.is_empty() {
                let what = what(lang, listed(lang, &names));
                self.tell(Finding::remark(probe, what, fix(lang)));
            }
        }
        if fetched.lacking.is_empty() {
            let names: Vec<&String> = wanted.iter().collect();
            self.tell(Finding::good(probe, say::ip_lists_known(lang, listed(lang, &names))));
        }
        Some(())
    }

    fn right(
        &mut self,
        probe: &'static str,
        name: String,
        answer: &Result<(), Error>,
        needed: bool,
    ) {
        let lang = self.lang;
        let finding = match answer {
            Ok(()) => Finding::good(probe, say::readable(lang, name)),
            Err(_) if forbidden(answer) => {
                let (what, fix) = (say::forbidden(lang, name), say::role_fix(lang));
                if needed {
                    Finding::broken(probe, what, fix)
                } else {
                    Finding::remark(probe, what, fix)
                }
            }
            Err(error) => Finding::retry(probe, say::unreadable(lang, name), error.text(lang)),
        };
        self.tell(finding);
    }
}

/// What is said of some lists.
type Sentence = fn(Lang, String) -> String;

/// Some lists, what is said of them, and what to do.
type Oddity<'l> = (Vec<&'l String>, Sentence, fn(Lang) -> String);

/// Counts for each rule the workloads that are so, and those of which the PCE does not say.
struct Counting<'r> {
    filters: Vec<(&'r WorkloadFilter, u64, u64)>,
    managed: u64,
    listen_only: bool,
}

impl Sink for Counting<'_> {
    fn take(&mut self, host: &Host<'_>) -> bool {
        if host.identity().is_none() {
            return false;
        }
        if host.managed.0 != Some(false) {
            self.managed += 1;
            for (filter, is, unknown) in &mut self.filters {
                match filter.verdict(host, self.listen_only) {
                    Verdict::Is(_) => *is += 1,
                    Verdict::Unknown => *unknown += 1,
                    Verdict::IsNot | Verdict::NotAsked => {}
                }
            }
        }
        true
    }
}

/// What it answers is for a person to mend; that it does not may pass.
fn proxy_fails(problem: &ProxyProblem, lang: Lang) -> Finding {
    let clause = problem.text(lang);
    let (what, fix) = parted(&clause);
    let what = say::proxy_fails(lang, what);
    let fix = fix.unwrap_or_else(|| say::proxy_connect_fix(lang, problem.source));
    match problem.fault {
        ProxyFault::Login { .. } | ProxyFault::NotHttp => Finding::broken("pce.proxy", what, fix),
        ProxyFault::Status { status, .. } if status < 500 => {
            Finding::broken("pce.proxy", what, fix)
        }
        _ => Finding::retry("pce.proxy", what, fix),
    }
}

/// 403 and 404: the key may not, or it is not there for it.
fn forbidden(answer: &Result<(), Error>) -> bool {
    matches!(answer, Err(Error::Status { status: 403 | 404, .. }))
}

/// The PCE's version, where it tells it.
fn version(client: &mut Client) -> Option<String> {
    #[derive(Deserialize)]
    struct Version {
        long_display: String,
    }
    let version: Version = client.get_json("/product_version").ok()?;
    Some(version.long_display.chars().take(40).collect())
}

/// The key, or the variable, that says where the first connection goes.
fn key_of(hop: &Hop) -> &'static str {
    match hop.variable {
        Some(variable) => variable,
        None if hop.proxy => "api.proxy",
        None => "api.url",
    }
}

fn network(error: &io::Error, lang: Lang) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => say::refused(lang),
        io::ErrorKind::TimedOut => say::timed_out(lang),
        _ => error.to_string(),
    }
}
