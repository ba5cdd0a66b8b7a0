//! The PCE's records as they are on the wire: every field optional, of any type.
//!
//! Records are hostile: where an object is expected null may stand, a number may
//! come as text, a field may come twice or not at all, and types come that no guide
//! names. A wrong type reads as absent; only text that is no JSON at all is an error.
//! What is absent is empty.

mod value;

use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use self::value::{Key, absent, drain};

pub use value::{Flag, List, Listed, Members, Number, Raw, Text};

/// The objects of an object, each under its key: `{"workload": {…}}`.
pub type Named<'a> = Members<'a, Thing<'a>>;

/// Declares a record: a struct whose `Deserialize` takes each key's value as far
/// as it can, the last one where a key comes twice, and is empty for what is no object.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $key:literal $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name<'a> {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields<'a>(PhantomData<&'a ()>);
                impl<'de: 'a, 'a> Visitor<'de> for Fields<'a> {
                    type Value = $name<'a>;
                    absent!($name::default());
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut record = $name::default();
                        while let Some(Key(key)) = map.next_key()? {
                            match key.as_ref() {
                                $($key => record.$field = map.next_value()?,)*
                                _ => { map.next_value::<IgnoredAny>()?; }
                            }
                        }
                        Ok(record)
                    }
                    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                        drain(seq).map(|()| $name::default())
                    }
                }
                deserializer.deserialize_any(Fields(PhantomData))
            }
        }
    };
}

record! {
    /// One record of the event log [REST 25.2, "Events"].
    Event {
        /// `/orgs/N/events/{uuid}`
        "href" href: Text<'a>,
        /// When it occurred, not when it was recorded.
        "timestamp" timestamp: Text<'a>,
        /// What the syslog form calls the timestamp.
        "time" time: Text<'a>,
        /// `agent.tampering` …
        "event_type" event_type: Text<'a>,
        /// `info`, `warning`, `err` …
        "severity" severity: Text<'a>,
        /// `success`, `failure` or null.
        "status" status: Text<'a>,
        /// One of `system`, `user`, `agent`, `ven`, `container_cluster` …, or several.
        "created_by" created_by: Named<'a>,
        /// The request behind it, if any.
        "action" action: Action<'a>,
        /// What was created, updated or deleted.
        "resource_changes" resource_changes: List<ResourceChange<'a>>,
        /// Further facts, each with a type of its own.
        "notifications" notifications: List<Notification<'a>>,
    }
}

record! {
    /// An IP list [REST 25.2, "IP Lists"; Illumio's Python library and its Terraform
    /// provider have the same fields].
    IpList {
        /// As it is shown in the console.
        "name" name: Text<'a>,
        /// What belongs to it, and what of that does not.
        "ip_ranges" ip_ranges: List<IpRange<'a>>,
        /// Names, which have no addresses that anybody told us.
        "fqdns" fqdns: List<ListedFqdn<'a>>,
    }
}

record! {
    /// One range of an IP list.
    IpRange {
        /// Its first address, or a network in CIDR notation.
        "from_ip" from_ip: Text<'a>,
        /// Its last address; null for one address or a network.
        "to_ip" to_ip: Text<'a>,
        /// Whether it is taken out of the list.
        "exclusion" exclusion: Flag,
    }
}

record! {
    /// One name of an IP list.
    ListedFqdn {
        /// `*.example.com`
        "fqdn" fqdn: Text<'a>,
    }
}

record! {
    /// The request behind an event.
    Action {
        /// The client's address, or that of a load balancer.
        "src_ip" src_ip: Text<'a>,
    }
}

record! {
    /// One object that an event changed.
    ResourceChange {
        /// The object under its type's name.
        "resource" resource: Named<'a>,
        /// `create`, `update`, `delete`.
        "change_type" change_type: Text<'a>,
        /// What of it changed, by field.
        "changes" changes: Members<'a, Delta<'a>>,
    }
}

record! {
    /// A field's value before and after a change.
    Delta {
        /// null for what was created.
        "before" before: Raw<'a>,
        /// null for what was deleted.
        "after" after: Raw<'a>,
    }
}

record! {
    /// One notification of an event.
    Notification {
        /// `user.login_failed` …
        "notification_type" notification_type: Text<'a>,
        /// What it is about.
        "info" info: Named<'a>,
    }
}

record! {
    /// Whatever has a name: a workload, an agent, a user.
    Thing {
        /// Its place in the API.
        "href" href: Text<'a>,
        /// Its name, often null.
        "name" name: Text<'a>,
        /// A workload's or an agent's host name.
        "hostname" hostname: Text<'a>,
        /// A user's name.
        "username" username: Text<'a>,
        /// What somebody typed who failed to log in.
        "supplied_username" supplied_username: Text<'a>,
    }
}

record! {
    /// One row of a traffic query [REST 25.2, "Explorer"].
    Flow {
        /// Where it came from.
        "src" src: End<'a>,
        /// Where it went.
        "dst" dst: End<'a>,
        /// Port, protocol, process and user.
        "service" service: Service<'a>,
        /// How often it was seen; since when and until when, no PCE promises.
        "num_connections" num_connections: Number,
        /// `allowed`, `potentially_blocked`, `blocked`, `unknown`.
        "policy_decision" policy_decision: Text<'a>,
        /// The same as a number, which some versions add.
        "pd" pd: Number,
        /// Which boundary or deny rule decided, if one did.
        "boundary_decision" boundary_decision: Text<'a>,
        /// `inbound`: the destination's VEN reported it; `outbound`: the source's.
        "flow_direction" flow_direction: Text<'a>,
        /// `active`, `closed`, `timed out`, `snapshot` …
        "state" state: Text<'a>,
        /// When it was first and last seen.
        "timestamp_range" timestamp_range: TimestampRange<'a>,
        /// ICMP.
        "icmp_type" icmp_type: Number,
        /// ICMP.
        "icmp_code" icmp_code: Number,
        /// The network the addresses belong to.
        "network" network: Thing<'a>,
    }
}

record! {
    /// One end of a flow.
    End {
        /// The address.
        "ip" ip: Text<'a>,
        /// The name by which the other end looked it up.
        "fqdn" fqdn: Text<'a>,
        /// The workload, where the PCE knows one.
        "workload" workload: Workload<'a>,
    }
}

record! {
    /// The workload at one end of a flow.
    Workload {
        /// `/orgs/N/workloads/…` or `/orgs/N/kubernetes_workloads/…`
        "href" href: Text<'a>,
        /// Its name, often null.
        "name" name: Text<'a>,
        /// Its host name, often null.
        "hostname" hostname: Text<'a>,
        /// Whether a VEN is paired; one without has an href, too [seen on 25.2.40].
        "managed" managed: Flag,
        /// Its labels, of any dimension.
        "labels" labels: List<LabelOf<'a>>,
    }
}

record! {
    /// A label as a workload bears it.
    LabelOf {
        /// The dimension.
        "key" key: Text<'a>,
        /// The value.
        "value" value: Text<'a>,
    }
}

record! {
    /// What a flow used.
    Service {
        /// Absent or 0 for ICMP.
        "port" port: Number,
        /// The IANA number.
        "proto" proto: Number,
        /// The process at the reporter's side.
        "process_name" process_name: Text<'a>,
        /// The same on Windows, where it is a service.
        "windows_service_name" windows_service_name: Text<'a>,
        /// The user at the reporter's side.
        "user_name" user_name: Text<'a>,
    }
}

record! {
    /// When a flow was seen.
    TimestampRange {
        /// The first time.
        "first_detected" first_detected: Text<'a>,
        /// The last time so far.
        "last_detected" last_detected: Text<'a>,
    }
}

record! {
    /// One workload of the list of all [REST 25.2, "Workloads"]. What a PCE does not say
    /// of it is not known: several keys are absent in some versions, `agent` is deprecated
    /// [REST 25.2], and of `ven` some tell no more than its href [illumio-py's sample].
    Host {
        /// `/orgs/N/workloads/{uuid}`
        "href" href: Text<'a>,
        /// What the user calls it, often null.
        "name" name: Text<'a>,
        /// What it calls itself.
        "hostname" hostname: Text<'a>,
        /// Whether a VEN is paired; absent in older versions.
        "managed" managed: Flag,
        /// Whether its VEN's heartbeats come in time.
        "online" online: Flag,
        /// `ubuntu-x86_64-xenial`
        "os_id" os_id: Text<'a>,
        /// `5.15.0-186-generic … (Ubuntu 22.04.5 LTS)`
        "os_detail" os_detail: Text<'a>,
        /// `idle`, `visibility_only`, `selective`, `full`.
        "enforcement_mode" enforcement_mode: Text<'a>,
        /// Its labels, of any dimension.
        "labels" labels: Listed<LabelOf<'a>>,
        /// What is known of its VEN, as all versions have it so far.
        "agent" agent: Agent<'a>,
        /// The same, as later ones may have it alone.
        "ven" ven: Ven<'a>,
    }
}

record! {
    /// A workload's VEN, by its older name.
    Agent {
        /// How it is.
        "status" status: AgentStatus<'a>,
    }
}

record! {
    /// How a VEN is [seen on 25.2.40].
    AgentStatus {
        /// `active`, `suspended`, `uninstalled`, `stopped`.
        "status" status: Text<'a>,
        /// When it was last heard of.
        "last_heartbeat_on" last_heartbeat_on: Text<'a>,
        /// `applied`, `syncing`, `staged`.
        "security_policy_sync_state" policy: Text<'a>,
        /// What it complains of, each with its severity.
        "agent_health" health: Listed<Complaint<'a>>,
        /// The same by severity.
        "agent_health_errors" health_errors: HealthErrors<'a>,
    }
}

record! {
    /// One complaint of a VEN: `{"severity": "error", "type": "tampering_error"}`.
    Complaint {
        /// `error`, `warning`.
        "severity" severity: Text<'a>,
        /// `security_policy_refresh_failure` …
        "type" kind: Text<'a>,
    }
}

record! {
    /// The types of a VEN's complaints.
    HealthErrors {
        /// Those that are errors.
        "errors" errors: Listed<Text<'a>>,
    }
}

record! {
    /// A workload's VEN.
    Ven {
        /// `/orgs/N/vens/{uuid}`
        "href" href: Text<'a>,
        /// What it calls itself.
        "hostname" hostname: Text<'a>,
        /// `active`, `suspended`, `uninstalled`.
        "status" status: Text<'a>,
        /// When it was last heard of, where it says so.
        "last_heartbeat_at" last_heartbeat_at: Text<'a>,
    }
}

impl Host<'_> {
    /// What a person calls it: host name, name, its VEN's host name, else its href.
    pub fn label(&self) -> &str {
        [&self.hostname, &self.name, &self.ven.hostname, &self.href]
            .into_iter()
            .find_map(Text::filled)
            .unwrap_or_default()
    }

    /// What tells it from others; none where nothing does.
    pub fn identity(&self) -> Option<&str> {
        [&self.href, &self.ven.href].into_iter().find_map(Text::filled)
    }

    /// When its VEN was last heard of.
    pub fn heartbeat(&self) -> Option<jiff::Timestamp> {
        let status = self.agent.status.last_heartbeat_on.timestamp();
        status.or_else(|| self.ven.last_heartbeat_at.timestamp())
    }
}

impl<'a> Thing<'a> {
    /// What a person calls it: host name, name, user name, else its href.
    pub fn label(&self) -> &str {
        [&self.hostname, &self.name, &self.username, &self.supplied_username, &self.href]
            .into_iter()
            .find_map(Text::filled)
            .unwrap_or_default()
    }
}

impl Workload<'_> {
    /// Whether the PCE manages it; where it does not say, any workload is taken for one.
    pub fn is_managed(&self) -> bool {
        self.managed.0.unwrap_or(self.href.filled().is_some())
    }
}

impl End<'_> {
    /// The workload's name or host name, else the fqdn; empty for none.
    pub fn name(&self) -> &str {
        [&self.workload.name, &self.workload.hostname, &self.fqdn]
            .into_iter()
            .find_map(Text::filled)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
