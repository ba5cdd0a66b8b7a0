//! The PCE's event log.

use serde::{Deserialize, Serialize};

/// What the next fetch of events has to know of this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventMemory {}
