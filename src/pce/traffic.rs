//! Traffic: asynchronous queries and their rows.

use serde::{Deserialize, Serialize};

/// What the next fetch of traffic has to know of this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrafficMemory {}
