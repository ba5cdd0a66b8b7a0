//! Why a rule does not match a record: the first of its conditions that fails.
//!
//! The conditions themselves stand once, in [`super::matching`]; what is said here is
//! what failed, with what was wanted and what was found; [`words`] puts that into words.

pub mod words;

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Decision, Label, PortRange};

/// Which condition of an event rule an event does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventMiss<'m> {
    /// Neither its type nor one of its notifications has such a name.
    Name {
        /// The rule's `filter_value`.
        wanted: &'m str,
    },
    /// `severity`
    Severity {
        /// Any of these.
        wanted: &'m [String],
        /// None: null or absent.
        found: Option<&'m str>,
    },
    /// `status`
    Status {
        /// Any of these.
        wanted: &'m [String],
        /// None: null or absent.
        found: Option<&'m str>,
    },
    /// `user`
    User {
        /// Any of these.
        wanted: &'m [String],
    },
    /// `source_ip`
    SourceIp {
        /// Any of these.
        wanted: &'m [IpNet],
        /// None: it names no address.
        found: Option<IpAddr>,
    },
    /// `workload`
    Workload {
        /// Any of these.
        wanted: &'m [String],
    },
    /// `change`
    Change {
        /// The field that was not changed like this.
        field: &'m str,
    },
    /// `not_user`, `not_workload`
    LeftOut {
        /// Which of them.
        key: &'static str,
        /// The pattern that is met.
        pattern: &'m str,
    },
    /// `not_source_ip`
    LeftOutByAddress {
        /// The network.
        net: &'m IpNet,
    },
}

/// Which condition of a traffic rule a flow does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowMiss<'m> {
    /// `pd`
    Decision {
        /// Any of these.
        wanted: &'m [Decision],
        /// None: it says none that is known.
        found: Option<Decision>,
    },
    /// `port`
    Port {
        /// Any of these.
        wanted: &'m [PortRange],
        /// None: it has no port.
        found: Option<u16>,
    },
    /// `proto`
    Proto {
        /// The IANA number.
        wanted: u8,
        /// None: it has none.
        found: Option<u8>,
    },
    /// `src_label`, `dst_label`
    Label {
        /// Whose label.
        side: Side,
        /// The first that is missing.
        wanted: &'m Label,
    },
    /// `process`, `user`, `src_host`, `dst_host`
    Name {
        /// Which of them.
        key: &'static str,
        /// Any of these.
        wanted: &'m [String],
    },
    /// `src_list`, `dst_list`
    List {
        /// Whose address.
        side: Side,
        /// In none of these IP lists.
        wanted: &'m [String],
    },
    /// `src_managed`, `dst_managed`
    Managed {
        /// Of which end.
        side: Side,
        /// Whether it should be.
        wanted: bool,
    },
    /// `src_ip_in`, `dst_ip_in`
    Address {
        /// Whose address.
        side: Side,
        /// Any of these.
        wanted: &'m [IpNet],
        /// None: it has none.
        found: Option<IpAddr>,
    },
    /// `ex_port`
    LeftOutByPort(&'m PortRange),
    /// By a name.
    LeftOutByName {
        /// `not_process`, `not_user`, `not_src_host`, `not_dst_host`
        key: &'static str,
        /// The pattern that is met.
        pattern: &'m str,
    },
    /// `not_src_list`, `not_dst_list`
    LeftOutByList {
        /// Whose address.
        side: Side,
        /// The first that it is in.
        list: &'m str,
    },
    /// `ex_src_label`, `ex_dst_label`
    LeftOutByLabels {
        /// Whose labels.
        side: Side,
        /// All of these are there.
        labels: &'m [Label],
    },
    /// `ex_src_ip`, `ex_dst_ip`
    LeftOutByAddress {
        /// Whose address.
        side: Side,
        /// The first that holds it.
        net: &'m IpNet,
    },
}

/// One end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where it came from.
    Source,
    /// Where it went.
    Destination,
}

impl EventMiss<'_> {
    /// How many of the conditions are met before this one, in the order in which they are
    /// looked at: the more, the nearer.
    pub fn met(&self) -> u8 {
        match self {
            Self::Name { .. } => 0,
            Self::Severity { .. } => 1,
            Self::Status { .. } => 2,
            Self::User { .. } => 3,
            Self::SourceIp { .. } => 4,
            Self::Workload { .. } => 5,
            Self::Change { .. } => 6,
            Self::LeftOut { .. } | Self::LeftOutByAddress { .. } => 7,
        }
    }
}

impl FlowMiss<'_> {
    /// As [`EventMiss::met`].
    pub fn met(&self) -> u8 {
        match self {
            Self::Decision { .. } => 0,
            Self::Port { .. } => 1,
            Self::Proto { .. } => 2,
            Self::Label { .. } => 3,
            Self::Address { .. } => 4,
            Self::List { .. } => 5,
            Self::Name { .. } => 6,
            Self::Managed { .. } => 7,
            Self::LeftOutByPort(_)
            | Self::LeftOutByName { .. }
            | Self::LeftOutByList { .. }
            | Self::LeftOutByLabels { .. }
            | Self::LeftOutByAddress { .. } => 8,
        }
    }
}
