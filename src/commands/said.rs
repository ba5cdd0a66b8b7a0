//! What a command has to say when it is done, and where that goes: the two streams,
//! and syslog for what was changed. Knows the terminal and the log.

use crate::config::Env;
use crate::host::log;
use crate::net::secret::Secrets;
use crate::screen::terminal;
use crate::store::Change;

/// What a command has to say.
#[derive(Debug, Default)]
pub struct Said {
    /// For standard output.
    pub lines: Vec<String>,
    /// For standard error.
    pub problems: Vec<String>,
    /// The exit code.
    pub exit: u8,
    /// What the file's keeper should find in syslog.
    pub changes: Vec<Change>,
}

impl Said {
    /// The same with nothing secret in it.
    pub fn without(mut self, secrets: &Secrets) -> Self {
        let texts = self.lines.iter_mut().chain(&mut self.problems);
        texts.for_each(|text| *text = secrets.hide(text));
        for change in &mut self.changes {
            change.hide(secrets);
        }
        self
    }

    /// Says it, and returns the exit code.
    pub fn tell(&self, env: &Env) -> u8 {
        terminal::print(&self.lines);
        terminal::complain(&self.problems);
        log::audit(env, &self.changes);
        self.exit
    }
}
