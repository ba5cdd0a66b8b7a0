//! Mails that wait for delivery.

use serde::{Deserialize, Serialize};

/// Mails that are made and not yet accepted by the server, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outbox {}
