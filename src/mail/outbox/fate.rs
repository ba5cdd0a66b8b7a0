//! What became of mails, for whoever keeps a record of it.

/// What became of one mail, by its Message-ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The server has it, for everyone it was for and did not refuse.
    Delivered(String),
    /// Its lines are in another one now.
    Merged {
        /// This one's are …
        mail: String,
        /// … in that one.
        into: String,
    },
    /// It was tried for too long.
    GivenUp(String),
}
