//! The configuration: what stands in it, read and checked, key by key.
//!
//! Text becomes the plain data that `pce`, `rules` and `mail` define; nothing of theirs
//! that acts is called. Knows nothing of the file around it: not where it is, nor who
//! else writes it, nor its state. What it opens is what a config names: a file with a
//! secret, a time zone.

mod address;
mod api;
mod conditions;
mod credential;
mod email;
mod env;
mod exposed;
mod forward;
mod key;
mod node;
mod pause;
mod piece;
mod problem;
mod routes;
mod rule;
mod sections;
mod settings;
mod strict;

pub(crate) use address::Base;
pub(crate) use credential::secrets_in;
pub use env::Env;
pub use exposed::{Exposed, Others};
pub use key::{Key, Keys, Kind, keys};
pub(crate) use node::{Document, parse};
pub use pause::moment;
pub use piece::{check_new_rule, check_rule, check_section, check_whole_rule, doubled_key};
pub use problem::Problem;
pub(crate) use problem::reason;
pub use rule::{place_in, place_of_key};
pub(crate) use sections::{Surroundings, read, what_holds};
pub use settings::clock_time;

use crate::forward::Receiver;
use crate::mail;
use crate::net::secret::Secrets;
use crate::pce;
use crate::report::pause::Pause;
use crate::rules::Rule;

/// The whole configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `api`.
    pub pce: pce::Settings,
    /// `email` and `smtp`.
    pub mail: mail::Settings,
    /// `settings`.
    pub settings: Settings,
    /// `rules`, in the file's order, disabled ones too.
    pub rules: Vec<Rule>,
    /// `pauses`, in the file's order, those that are over too.
    pub pauses: Vec<Pause>,
    /// `forward`, in the file's order.
    pub forward: Vec<Receiver>,
    /// Finished sentences, in the config's language, on what is not wrong but
    /// should be told: ids that stand twice, a secret that others may read.
    pub warnings: Vec<String>,
    /// The same on what does no harm, and can go: for whoever asks, not for a run.
    pub obsolete: Vec<String>,
    /// Every secret that the file names or holds: what goes out is cleared of them.
    pub secrets: Secrets,
    /// The keys of the sections, with what holds.
    pub keys: Keys,
}

/// What stands in `settings`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The language of mails and messages.
    pub language: crate::lang::Lang,
    /// The zone that mails show times in.
    pub timezone: jiff::tz::TimeZone,
    /// In subject and first line.
    pub site_name: String,
    /// Whether `/api/v2/health` is asked for.
    pub enable_health_check: bool,
    /// Hours after which a lasting condition is told again.
    pub reminder_hours: u32,
    /// The local time of the daily report; `None`: off.
    pub daily_report: Option<jiff::civil::Time>,
    /// How far a fetch of events reaches back behind the last complete one.
    pub event_overlap_minutes: u32,
    /// The same for traffic.
    pub traffic_overlap_minutes: u32,
    /// How far back is looked, now and then, for what was recorded late; 0: never.
    pub late_reach_hours: u32,
    /// The longest backlog of traffic that is fetched.
    pub max_catch_up_hours: u32,
    /// The longest backlog of events that is fetched.
    pub max_event_catch_up_hours: u32,
    /// How often the list of workloads is read, where a rule asks for it.
    pub workload_minutes: u32,
    /// When a cycle stops to wait.
    pub cycle_deadline_seconds: u32,
    /// The step, from 1, that the menu's guide was left at; 0: at none.
    pub guide_step: u32,
    /// The record archive's folder; `None`: off.
    pub archive_dir: Option<std::path::PathBuf>,
}
