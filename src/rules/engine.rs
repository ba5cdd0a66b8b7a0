//! The counting engine.

use serde::{Deserialize, Serialize};

/// What one rule keeps between runs: its untold matches and a little evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {}
