//! The PCE's records as they are on the wire: every field optional, of any type.
//!
//! Records are hostile: where an object is expected null may stand, a number may
//! come as text, a field may come twice or not at all [pce-api, "unknown types must
//! never be dropped or crash a parser"]. A wrong type reads as absent; only text
//! that is no JSON at all is an error. What is absent is empty.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Text, or nothing: `null`, a number, an object read as nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Option<Cow<'a, str>>);

/// A whole number, or nothing; a number as text is read too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number(pub Option<u64>);

/// A list; anything else is an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

/// The members of an object, each under its key, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members<'a, T>(pub Vec<(Cow<'a, str>, T)>);

/// The objects of an object, each under its key: `{"workload": {…}}`.
pub type Named<'a> = Members<'a, Thing<'a>>;

/// Any JSON value, as it was received; empty for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Raw<'a>(pub &'a str);

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

/// What a visitor answers to every scalar that it has no use for.
macro_rules! absent {
    ($value:expr) => {
        absent!($value; bool i64 u64 f64);
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        absent!(unit $value);
    };
    (unit $value:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON value")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
    ($value:expr; $($scalar:ident)*) => {
        $(absent!(@ $scalar $value);)*
    };
    (@ bool $value:expr) => { fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok($value) } };
    (@ i64 $value:expr) => { fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok($value) } };
    (@ u64 $value:expr) => { fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok($value) } };
    (@ f64 $value:expr) => { fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok($value) } };
}

record! {
    /// One record of the event log [REST 25.2, "Events"; pce-api 2.2].
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
    /// One row of a traffic query [REST 25.2, "Explorer"; pce-api 3.4].
    Flow {
        /// Where it came from.
        "src" src: End<'a>,
        /// Where it went.
        "dst" dst: End<'a>,
        /// Port, protocol, process and user.
        "service" service: Service<'a>,
        /// How often it was seen in its UTC day [pce-api 3.5].
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
        /// The first time in its UTC day.
        "first_detected" first_detected: Text<'a>,
        /// The last time so far.
        "last_detected" last_detected: Text<'a>,
    }
}

impl<'a> Text<'a> {
    /// The text; empty where there is none.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The text, unless it is absent or empty.
    pub fn filled(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    /// The time it tells [RFC 3339, with any offset and fraction], if it tells one.
    pub fn timestamp(&self) -> Option<jiff::Timestamp> {
        self.0.as_deref()?.trim().parse().ok()
    }
}

impl<'a> Thing<'a> {
    /// What a person calls it: host name, name, user name, else its href.
    pub fn label(&self) -> &str {
        [
            &self.hostname,
            &self.name,
            &self.username,
            &self.supplied_username,
            &self.href,
        ]
        .into_iter()
        .find_map(Text::filled)
        .unwrap_or_default()
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

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// An object's key.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyText<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for KeyText<'a> {
            type Value = Key<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyText(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for AnyText<'a> {
            type Value = Text<'a>;
            absent!(Text(None); bool i64 u64 f64);
            absent!(unit Text(None));
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Text<'a>, A::Error> {
                drain(seq).map(|()| Text(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text<'a>, A::Error> {
                drain_map(map).map(|()| Text(None))
            }
        }
        deserializer.deserialize_any(AnyText(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyNumber;
        impl<'de> Visitor<'de> for AnyNumber {
            type Value = Number;
            absent!(Number(None); bool);
            absent!(unit Number(None));
            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(Some(number)))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number(u64::try_from(number).ok()))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                // 2^64: what a count can't be reads as absent; NaN can't stand in JSON.
                let held = (0.0..18_446_744_073_709_551_616.0).contains(&number);
                Ok(Number(held.then_some(number as u64)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Number, E> {
                Ok(Number(text.trim().parse().ok()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Number, A::Error> {
                drain(seq).map(|()| Number(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Number, A::Error> {
                drain_map(map).map(|()| Number(None))
            }
        }
        deserializer.deserialize_any(AnyNumber)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyList<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyList<T> {
            type Value = List<T>;
            absent!(List(Vec::new()));
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = seq.next_element()? {
                    list.push(element);
                }
                Ok(List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
                drain_map(map).map(|()| List(Vec::new()))
            }
        }
        deserializer.deserialize_any(AnyList(PhantomData))
    }
}

impl<T> Default for Members<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Members<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyMembers<'a, T>(PhantomData<(&'a (), T)>);
        impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for AnyMembers<'a, T> {
            type Value = Members<'a, T>;
            absent!(Members(Vec::new()));
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'a, T>, A::Error> {
                let mut members = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Members<'a, T>, A::Error> {
                drain(seq).map(|()| Members(Vec::new()))
            }
        }
        deserializer.deserialize_any(AnyMembers(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(|raw| Self(raw.get()))
    }
}

fn drain<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn drain_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_the_pce_sends_it() {
        let flow: Flow = serde_json::from_str(
            r#"{"src":{"ip":"10.0.0.1","workload":{"href":"/orgs/1/workloads/a","name":null,"hostname":"web-01",
                "labels":[{"href":"/orgs/1/labels/1","key":"app","value":"shop"}]}},
                "dst":{"ip":"10.0.0.2","fqdn":"db.example.com"},"service":{"port":3306,"proto":6},
                "num_connections":12,"policy_decision":"blocked","flow_direction":"inbound","state":"closed",
                "timestamp_range":{"first_detected":"2026-08-03T00:01:32Z","last_detected":"2026-08-03T06:21:38Z"}}"#,
        )
        .unwrap();
        assert_eq!(
            (flow.src.name(), flow.dst.name()),
            ("web-01", "db.example.com")
        );
        assert_eq!(
            (flow.service.port, flow.num_connections),
            (Number(Some(3306)), Number(Some(12)))
        );
        assert_eq!(flow.src.workload.labels.0[0].value.as_str(), "shop");
        assert_eq!(
            flow.timestamp_range
                .last_detected
                .timestamp()
                .unwrap()
                .as_second(),
            1_785_738_098
        );
    }

    #[test]
    fn an_odd_field_is_absent_and_the_rest_is_read() {
        let odd = [
            r#"{"src":null,"dst":7,"service":[],"num_connections":"12","timestamp_range":"today","href":{}}"#,
            r#"{"src":{"workload":null,"ip":5},"dst":{"workload":[1,{"a":[]}]},"num_connections":1.2e1}"#,
            r#"{"num_connections":3,"num_connections":12,"unknown":{"deep":[[[{}]]]},"src":{"workload":{"labels":{"key":1}}}}"#,
        ];
        for text in odd {
            let flow: Flow = serde_json::from_str(text).unwrap();
            assert_eq!(flow.num_connections, Number(Some(12)), "{text}");
            assert_eq!((flow.src.name(), flow.dst.ip.as_str()), ("", ""), "{text}");
        }
        for text in [
            "null",
            "[]",
            "3",
            "\"text\"",
            "[{\"href\":1}]",
            "true",
            "-1",
            "1e400",
        ] {
            match serde_json::from_str::<Event>(text) {
                Ok(event) => assert_eq!(event, Event::default(), "{text}"),
                Err(_) => assert_eq!(text, "1e400"),
            }
        }
    }

    #[test]
    fn a_number_that_no_count_can_be_reads_as_absent() {
        let cases = [
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("99999999999999999999999999999999", None),
            ("1e300", None),
            ("-1", None),
            ("-0.5", None),
            ("-0", Some(0)),
            ("-0.0", Some(0)),
            ("1e-400", Some(0)),
            ("12.9", Some(12)),
            ("\"18446744073709551616\"", None),
        ];
        for (text, number) in cases {
            let read: Number = serde_json::from_str(text).unwrap();
            assert_eq!(read, Number(number), "{text}");
        }
    }

    #[test]
    fn nesting_of_any_depth_under_an_unknown_key_is_no_matter() {
        let text = format!(
            "{{\"x\":{}{},\"num_connections\":4}}",
            "[".repeat(10_000),
            "]".repeat(10_000)
        );
        assert_eq!(
            serde_json::from_str::<Flow>(&text).unwrap().num_connections,
            Number(Some(4))
        );
        let text = format!(
            "{{\"href\":{}{},\"severity\":\"err\"}}",
            "[".repeat(10_000),
            "]".repeat(10_000)
        );
        assert_eq!(
            serde_json::from_str::<Event>(&text)
                .unwrap()
                .severity
                .as_str(),
            "err"
        );
    }

    #[test]
    fn an_event_tells_who_and_what_by_name() {
        let event: Event = serde_json::from_str(
            r#"{"created_by":{"agent":{"href":"/orgs/1/agents/7","hostname":"db-01"}},
                "resource_changes":[{"resource":{"workload":{"href":"/orgs/1/workloads/u","name":null,"hostname":"H"}},"changes":{}}],
                "notifications":[{"notification_type":"user.login_failed","info":{"associated_user":{"supplied_username":"eve"}}},null]}"#,
        )
        .unwrap();
        assert_eq!(event.created_by.0[0].1.label(), "db-01");
        assert_eq!(event.resource_changes.0[0].resource.0[0].0, "workload");
        assert_eq!(event.notifications.0[0].info.0[0].1.label(), "eve");
        assert_eq!(event.notifications.0.len(), 2);
    }
}
