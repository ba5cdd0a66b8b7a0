//! What every command is given from outside.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use crate::config::Env;
use crate::host::log;
use crate::lang::Lang;
use crate::store::{self, Author, Way};

/// One call of the program, or of an entry of its menu.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The config's file, which may be missing.
    pub config: &'a Path,
    /// The environment.
    pub env: &'a Env,
    /// The host's time.
    pub now: Timestamp,
    /// For what must be unlike any other: a Message-ID.
    pub random: u64,
    /// The language asked for on the command line, over the config's.
    pub lang: Option<Lang>,
    /// Where this program lies.
    pub program: &'a Path,
    /// The streams, and who sits there.
    pub screen: Screen<'a>,
}

/// Shows a person these lines, asks the question, and says whether the answer was yes.
pub type Ask<'a> = dyn Fn(&[String], &str) -> bool + 'a;

/// The streams, as far as a command needs them before it is done.
#[derive(Clone, Copy)]
pub struct Screen<'a> {
    /// Called while the PCE computes, with a line that says so.
    pub progress: &'a dyn Fn(&str),
    /// The terminal's columns; `None` where standard output is none.
    pub width: Option<usize>,
    /// `None` where nobody sits.
    pub ask: Option<&'a Ask<'a>>,
    /// Reads standard input to its end; `None` where a person would have to type it.
    pub input: Option<&'a dyn Fn() -> io::Result<String>>,
}

impl Call<'_> {
    /// The screen's language, as the config of this moment has it.
    pub fn screen_language(&self) -> Lang {
        store::screen_language(self.config, self.env, self.lang)
    }

    /// Who changes the config by this call: the user who logged in.
    pub fn author(&self, way: Way) -> Author {
        Author { name: Some(log::user(self.env)), way }
    }

    /// The screen's language, `of_config` being the config's, where there is one.
    pub fn language(&self, of_config: Option<Lang>) -> Lang {
        self.env.screen_language(self.lang, of_config)
    }
}
