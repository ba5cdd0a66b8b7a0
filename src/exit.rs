//! The exit codes, which are those of sysexits.h. Knows no room.

/// The command line is wrong.
pub const USAGE: u8 = 64;

/// What a command that did its work comes to. Ordered, the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// 0: done, with alerts or without.
    Done,
    /// 75: something failed, and the next run tries it again.
    Retry,
    /// 78: a person is needed.
    Config,
}

impl Code {
    /// What a failure comes to: by itself it may mend, or a person is needed.
    pub fn of_failure(needs_a_person: bool) -> Self {
        match needs_a_person {
            true => Self::Config,
            false => Self::Retry,
        }
    }

    /// The process's exit code.
    pub fn exit(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Retry => 75,
            Self::Config => 78,
        }
    }

    /// The word in the run's line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::Retry => "retry",
            Self::Config => "config",
        }
    }

    /// Becomes the worse of the two.
    pub fn worsen(&mut self, other: Self) {
        *self = (*self).max(other);
    }
}
