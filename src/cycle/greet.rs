//! The first request to the PCE: is it there, does it take the key, is it well?

use super::{Code, Cycle};
use crate::lang::cycle as say;
use crate::pce::client::Client;
use crate::pce::error::Error;
use crate::pce::health::{Health, health, noop};
use crate::report::Condition;
use crate::rules::Level;

impl Cycle<'_> {
    /// Asks after the PCE's health, and says whether the cycle may go on.
    pub(super) fn greet(&mut self, client: &mut Client) -> bool {
        let answer = if self.config.settings.enable_health_check {
            health(client)
        } else {
            noop(client).map(|()| Health::NotOffered)
        };
        // What is told from here on is told at the PCE's time, a refusal too.
        self.clock = *client.clock();
        self.certificate = client.certificate();
        match answer {
            Ok(health) => {
                self.watch(Condition::Unreachable, None);
                self.tell_health(&health);
                true
            }
            Err(error @ Error::Credentials { .. }) => {
                self.watch(Condition::Unreachable, None);
                self.watch(Condition::Credentials, Some((Level::Critical, error.text(self.lang))));
                self.fails(Code::Config, &error);
                false
            }
            Err(error) => {
                // An address from memory may be an old one.
                let mut detail = vec![error.text(self.lang)];
                detail.extend(self.taken_from_memory());
                let detail = detail.join(self.lang.gap());
                self.watch(Condition::Unreachable, Some((Level::Critical, detail)));
                self.fails(Code::Retry, &error);
                false
            }
        }
    }

    fn tell_health(&mut self, health: &Health) {
        match health {
            Health::Normal => self.watch(Condition::Health, None),
            Health::Ill(complaints) => {
                let critical = complaints.iter().any(|complaint| complaint.status == "critical");
                let level = if critical { Level::Critical } else { Level::Warning };
                let told: Vec<String> =
                    complaints.iter().map(|complaint| complaint.text(self.lang)).collect();
                self.watch(Condition::Health, Some((level, told.join("\n"))));
            }
            Health::NotOffered if self.config.settings.enable_health_check => {
                self.watch(Condition::Health, None);
                self.seen.push(say::health_not_offered(self.lang));
            }
            Health::NotOffered => self.watch(Condition::Health, None),
        }
    }
}
