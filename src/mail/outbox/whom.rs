//! For whom a waiting mail is, and who of them is still to be served.

use super::Waiting;
use crate::mail::Settings;

impl Waiting {
    /// Whom it is for by the settings of the day. One that was made for certain people is
    /// for those of them who still stand in the config; where that is none, and nobody has
    /// it, it is for the recipients: nothing is lost.
    pub(super) fn recipients(&self, settings: &Settings) -> Vec<String> {
        let everyone = settings.everyone();
        let mut still: Vec<String> = Vec::new();
        for to in self.to.iter().filter(|to| everyone.contains(to)) {
            if !still.contains(to) {
                still.push(to.clone());
            }
        }
        let nobody = still.is_empty() && self.served.is_empty();
        if !self.to.is_empty() && !nobody {
            return still;
        }
        let mut all = everyone;
        all.retain(|to| settings.recipients.contains(to));
        all
    }

    /// Who is still to be served; nobody twice.
    pub(super) fn pending(&self, settings: &Settings) -> Vec<String> {
        let mut pending = self.recipients(settings);
        pending.retain(|to| !self.served.contains(to));
        pending
    }

    /// True where someone was served, and nobody is left.
    pub(super) fn is_done(&self, settings: &Settings) -> bool {
        !self.served.is_empty() && self.pending(settings).is_empty()
    }
}
