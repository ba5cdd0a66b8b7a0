//! The doctor: tries everything that a run needs, and tells for each what it found
//! and what to do. Changes nothing, sends nothing, takes no lock; a run may be under
//! way. One file for each group of probes.

mod certificate;
mod finding;
mod mail;
mod pce;

pub use finding::{Finding, Mark, worst};
pub use mail::check_mail;
pub use pce::{Needs, check_pce};
