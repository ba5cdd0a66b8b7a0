//! How workloads are: which of them a rule asks about, and which are as it says.
//!
//! What the PCE does not say of a workload is not known, and neither begins nor ends
//! anything.

use serde::Serialize;

use super::matching::named;
use super::{Label, is_default};
use crate::pce::record::{Flag, Host, Text};

/// What a rule of type `workload` asks for.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct WorkloadFilter {
    /// Any of these.
    pub state: Vec<WorkloadState>,
    /// All of these.
    #[serde(skip_serializing_if = "is_default")]
    pub label: Vec<Label>,
    /// Any of these, by globs over the whole name or host name.
    #[serde(skip_serializing_if = "is_default")]
    pub host: Vec<String>,
    /// Any of these, by globs over the PCE's word for it or over what it says in full.
    #[serde(skip_serializing_if = "is_default")]
    pub os: Vec<String>,
    /// None of these.
    #[serde(skip_serializing_if = "is_default")]
    pub not_host: Vec<String>,
}

/// How a workload can be.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum WorkloadState {
    /// `online` is false: its VEN's heartbeats have been missing for longer than the
    /// PCE's offline timer, an hour for servers and a day for endpoints
    /// \[Administration 25.2, "VEN-to-PCE communication"\]. In Listen Only mode the PCE
    /// marks none as offline \[ibid.\].
    Offline,
    /// Its VEN complains of an error: an entry of `agent.status.agent_health` with the
    /// severity `error`, or of `agent.status.agent_health_errors.errors`
    /// \[seen on 25.2.40; both lists say the same there, older ones have the second alone\].
    /// Warnings are none.
    Unhealthy,
    /// `ven.status`, or the older `agent.status.status`, is `suspended`
    /// \[REST 25.2, "VENs": active, suspended, uninstalled\].
    Suspended,
    /// The policy is not applied: an error of the VEN's that is about the policy
    /// (`security_policy_refresh_failure` \[seen on 25.2.40\]), or a
    /// `security_policy_sync_state` of `error` or `failed`. The guide names `applied`,
    /// `syncing` and `staged` alone, so that the second is a belief.
    PolicyError,
    /// `enforcement_mode` is `idle` or `visibility_only` \[REST 25.2, "Workloads"\]: no
    /// rule of the policy blocks anything there. `selective` blocks something.
    NotEnforced,
}

/// How a workload is, as a rule sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the rule says: in these states.
    Is(Vec<WorkloadState>),
    /// Not so.
    IsNot,
    /// The rule does not ask about it.
    NotAsked,
    /// The PCE does not say what would have to be known.
    Unknown,
}

/// What of a state the PCE says is so: `None` where it does not say.
type Said = Option<bool>;

impl WorkloadFilter {
    /// How the workload is. `listen_only`: the PCE marks nothing as offline now.
    pub fn verdict(&self, host: &Host<'_>, listen_only: bool) -> Verdict {
        match self.asks_about(host) {
            Some(true) => {}
            Some(false) => return Verdict::NotAsked,
            None => return Verdict::Unknown,
        }
        let said = |state: &WorkloadState| match state {
            WorkloadState::Offline if listen_only => None,
            state => state.is_of(host),
        };
        let said: Vec<(WorkloadState, Said)> =
            self.state.iter().map(|state| (*state, said(state))).collect();
        let is = said.iter().filter(|(_, said)| *said == Some(true)).map(|(state, _)| *state);
        let is: Vec<WorkloadState> = is.collect();
        if !is.is_empty() {
            Verdict::Is(is)
        } else if said.iter().all(|(_, said)| *said == Some(false)) {
            Verdict::IsNot
        } else {
            Verdict::Unknown
        }
    }

    fn asks_about(&self, host: &Host<'_>) -> Said {
        let names = [host.hostname.filled(), host.name.filled(), host.ven.hostname.filled()];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let systems = [host.os_id.filled(), host.os_detail.filled()];
        let systems: Vec<&str> = systems.into_iter().flatten().collect();
        let one_of = |wanted: &[String], found: &[&str]| match (wanted, found) {
            ([], _) => Some(true),
            (_, []) => None,
            (wanted, found) => Some(named(wanted, found.to_vec()).is_some()),
        };
        let left_out = match self.not_host.as_slice() {
            [] => Some(false),
            not => one_of(not, &names),
        };
        let asked = [
            self.has_labels(host),
            one_of(&self.host, &names),
            one_of(&self.os, &systems),
            left_out.map(|is| !is),
        ];
        if asked.contains(&Some(false)) {
            return Some(false);
        }
        asked.into_iter().collect::<Option<Vec<bool>>>().map(|_| true)
    }

    fn has_labels(&self, host: &Host<'_>) -> Said {
        if self.label.is_empty() {
            return Some(true);
        }
        let own = host.labels.0.as_ref()?;
        let bears = |label: &Label| {
            let mut own = own.iter().filter(|own| own.key.as_str() == label.key);
            own.any(|own| label.values().any(|value| value == own.value.as_str()))
        };
        Some(self.label.iter().all(bears))
    }
}

impl WorkloadState {
    /// All of them, with the words of the file.
    pub const ALL: [(&'static str, Self); 5] = [
        ("offline", Self::Offline),
        ("unhealthy", Self::Unhealthy),
        ("suspended", Self::Suspended),
        ("policy_error", Self::PolicyError),
        ("not_enforced", Self::NotEnforced),
    ];

    /// Whether many at once are rather the PCE's fault than theirs: the others are
    /// brought about by hand.
    pub fn may_be_the_pces(self) -> bool {
        !matches!(self, Self::Suspended | Self::NotEnforced)
    }

    fn is_of(self, host: &Host<'_>) -> Said {
        let status = &host.agent.status;
        match self {
            Self::Offline => {
                let Flag(online) = host.online;
                online.map(|online| !online)
            }
            Self::Unhealthy => errors(host).map(|errors| !errors.is_empty()),
            Self::Suspended => {
                // Of a word that no guide names it is not known what it means.
                let of = |text: &Text<'_>| match text.as_str() {
                    "suspended" => Some(true),
                    "active" | "uninstalled" | "stopped" => Some(false),
                    _ => None,
                };
                of(&host.ven.status).or_else(|| of(&status.status))
            }
            Self::PolicyError => {
                let complains = errors(host).map(|errors| {
                    errors.iter().any(|kind| kind.to_ascii_lowercase().contains("policy"))
                });
                let failed = match status.policy.as_str() {
                    "error" | "failed" => Some(true),
                    "applied" | "syncing" | "staged" => Some(false),
                    _ => None,
                };
                match (complains, failed) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), _) => Some(false),
                    // That it was applied says nothing of an error that came since.
                    (None, _) => None,
                }
            }
            Self::NotEnforced => match host.enforcement_mode.as_str() {
                "idle" | "visibility_only" => Some(true),
                "full" | "selective" => Some(false),
                _ => None,
            },
        }
    }
}

/// The types of the errors that a VEN complains of; `None` where nothing is said of any.
fn errors<'h>(host: &'h Host<'_>) -> Option<Vec<&'h str>> {
    let status = &host.agent.status;
    let listed = status.health_errors.errors.0.as_ref();
    let by_severity = status.health.0.as_ref();
    if listed.is_none() && by_severity.is_none() {
        return None;
    }
    let is_error = |severity: &str| {
        ["error", "err", "critical"].iter().any(|word| severity.eq_ignore_ascii_case(word))
    };
    let complaints = by_severity.into_iter().flatten();
    let complaints = complaints.filter(|one| is_error(one.severity.as_str()));
    let kinds = complaints.map(|one| one.kind.as_str());
    // A nameless error is one.
    Some(listed.into_iter().flatten().map(Text::as_str).chain(kinds).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use WorkloadState::{NotEnforced, Offline, PolicyError, Suspended, Unhealthy};

    fn verdict(states: &[WorkloadState], record: &str) -> Verdict {
        let filter = WorkloadFilter { state: states.to_vec(), ..WorkloadFilter::default() };
        filter.verdict(&serde_json::from_str(record).unwrap(), false)
    }

    #[test]
    fn each_state_is_read_from_its_fields() {
        let so = [
            (Offline, r#"{"online":false}"#),
            (Unhealthy, r#"{"agent":{"status":{"agent_health":[{"severity":"error"}]}}}"#),
            (
                Unhealthy,
                r#"{"agent":{"status":{"agent_health_errors":{"errors":["tampering_error"]}}}}"#,
            ),
            (Suspended, r#"{"ven":{"status":"suspended"}}"#),
            (Suspended, r#"{"agent":{"status":{"status":"suspended"}}}"#),
            (PolicyError, r#"{"agent":{"status":{"security_policy_sync_state":"error"}}}"#),
            (
                PolicyError,
                r#"{"agent":{"status":{"agent_health":[{"severity":"error","type":"security_policy_refresh_failure"}]}}}"#,
            ),
            (NotEnforced, r#"{"enforcement_mode":"idle"}"#),
            (NotEnforced, r#"{"enforcement_mode":"visibility_only"}"#),
        ];
        for (state, record) in so {
            assert_eq!(verdict(&[state], record), Verdict::Is(vec![state]), "{record}");
        }
        let well = r#"{"online":true,"enforcement_mode":"selective","ven":{"status":"active"},
            "agent":{"status":{"status":"active","security_policy_sync_state":"syncing",
            "agent_health":[{"severity":"warning","type":"x"}],
            "agent_health_errors":{"errors":[],"warnings":["x"]}}}}"#;
        for (_, state) in WorkloadState::ALL {
            assert_eq!(verdict(&[state], well), Verdict::IsNot, "{state:?}");
        }
    }

    #[test]
    fn what_the_pce_does_not_say_is_not_known() {
        let silent = [
            "{}",
            r#"{"online":null,"enforcement_mode":null,"agent":null,"ven":null}"#,
            r#"{"online":"no","enforcement_mode":7,"agent":[],"ven":{"href":"/orgs/1/vens/1"}}"#,
            r#"{"agent":{"status":{"agent_health":null,"agent_health_errors":{"errors":"none"},
                "status":"dozing"}},"enforcement_mode":"partial"}"#,
        ];
        for record in silent {
            for (_, state) in WorkloadState::ALL {
                assert_eq!(verdict(&[state], record), Verdict::Unknown, "{state:?} {record}");
            }
        }
        // One of two states that is known to be not so says nothing of the other.
        assert_eq!(verdict(&[Offline, Suspended], r#"{"online":true}"#), Verdict::Unknown);
        let either = verdict(&[Offline, Suspended], r#"{"online":false}"#);
        assert_eq!(either, Verdict::Is(vec![Offline]));
    }

    #[test]
    fn in_listen_only_mode_nothing_is_known_of_offline() {
        let host = serde_json::from_str(r#"{"online":false,"ven":{"status":"active"}}"#).unwrap();
        let filter = WorkloadFilter { state: vec![Offline], ..WorkloadFilter::default() };
        assert_eq!(filter.verdict(&host, true), Verdict::Unknown);
        let filter = WorkloadFilter { state: vec![Suspended], ..WorkloadFilter::default() };
        assert_eq!(filter.verdict(&host, true), Verdict::IsNot);
    }

    #[test]
    fn a_rule_asks_about_some_by_labels_names_and_system() {
        let label = |key: &str, value: &str| Label { key: key.into(), value: value.into() };
        let filter = WorkloadFilter {
            state: vec![Offline],
            label: vec![label("role", "Web|App")],
            host: vec!["web-*".into()],
            os: vec!["ubuntu-*".into()],
            not_host: vec!["*-test".into()],
        };
        let of = |record: &str| filter.verdict(&serde_json::from_str(record).unwrap(), false);
        let record = |host: &str, os: &str, labels: &str| {
            format!(r#"{{"hostname":"{host}","os_id":"{os}","labels":{labels},"online":false}}"#)
        };
        let web = r#"[{"key":"role","value":"App"}]"#;
        assert_eq!(of(&record("web-1", "ubuntu-x86_64", web)), Verdict::Is(vec![Offline]));
        for (host, os, labels) in [
            ("db-1", "ubuntu-x86_64", web),
            ("web-1-test", "ubuntu-x86_64", web),
            ("web-1", "win-x86_64", web),
            ("web-1", "ubuntu-x86_64", "[]"),
            ("web-1", "ubuntu-x86_64", r#"[{"key":"role","value":"DB"}]"#),
        ] {
            assert_eq!(of(&record(host, os, labels)), Verdict::NotAsked, "{host} {os} {labels}");
        }
        // Without its labels, a name or a system nobody knows whether it is asked about.
        assert_eq!(of(&record("web-1", "ubuntu-x86_64", "null")), Verdict::Unknown);
        assert_eq!(of(&record("web-1", "", web)), Verdict::Unknown);
        assert_eq!(of(&record("", "ubuntu-x86_64", web)), Verdict::Unknown);
        assert_eq!(of(&record("db-1", "", "null")), Verdict::NotAsked);
    }
}
