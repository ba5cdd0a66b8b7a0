//! What a probe found, and how it is shown: to a person, and to a script.

use serde_json::{Value, json};

use crate::exit::Code;
use crate::net::secret::Secrets;
use crate::screen::visible::{in_ascii, visible};

/// How well it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// As it should be.
    Good,
    /// It works, and should be known or could be better.
    Remark,
    /// It does not work; the code is what it means for `check`'s own.
    Bad(Code),
}

/// One line of the doctor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The probe's name for scripts; it stays: `pce.tls`.
    pub probe: &'static str,
    /// How well it is.
    pub mark: Mark,
    /// What was found, on one line.
    pub what: String,
    /// More of it, such as the certificate that was shown.
    pub details: Vec<String>,
    /// What to do; always there for a [`Mark::Bad`].
    pub fix: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn good(probe: &'static str, what: String) -> Self {
        Self::new(probe, Mark::Good, what, None)
    }

    /// Something to know.
    pub fn remark(probe: &'static str, what: String, fix: String) -> Self {
        Self::new(probe, Mark::Remark, what, Some(fix))
    }

    /// Something that the next run may find mended by itself: 75.
    pub fn retry(probe: &'static str, what: String, fix: String) -> Self {
        Self::new(probe, Mark::Bad(Code::Retry), what, Some(fix))
    }

    /// Something that needs a person: 78.
    pub fn broken(probe: &'static str, what: String, fix: String) -> Self {
        Self::new(probe, Mark::Bad(Code::Config), what, Some(fix))
    }

    fn new(probe: &'static str, mark: Mark, what: String, fix: Option<String>) -> Self {
        Self { probe, mark, what, details: Vec::new(), fix }
    }

    /// With more to say.
    pub fn with(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }

    /// The same with nothing secret in it.
    pub fn without(mut self, secrets: &Secrets) -> Self {
        let texts = [&mut self.what].into_iter().chain(&mut self.details);
        for text in texts.chain(&mut self.fix) {
            *text = secrets.hide(text);
        }
        self
    }

    /// False for a ✗.
    pub fn ok(&self) -> bool {
        self.code() == Code::Done
    }

    /// What it means for the exit code.
    pub fn code(&self) -> Code {
        match self.mark {
            Mark::Good | Mark::Remark => Code::Done,
            Mark::Bad(code) => code,
        }
    }

    /// Its lines, with nothing in them that acts on a terminal: the sign and what
    /// was found, then the details, then what to do. `plain`: in ASCII signs.
    pub fn lines(&self, plain: bool) -> Vec<String> {
        let sign = match self.mark {
            Mark::Good => "✓",
            Mark::Remark => "!",
            Mark::Bad(_) => "✗",
        };
        let first = format!("{sign} {}", visible(&self.what));
        let details = self.details.iter();
        let details = details.map(|detail| format!("  {}", visible(detail)));
        let fix = self.fix.iter().flat_map(|fix| fix.lines());
        let fix = fix.map(|line| format!("  → {}", visible(line)));
        let lines = std::iter::once(first).chain(details).chain(fix);
        lines.map(|line| if plain { in_ascii(&line) } else { line }).collect()
    }

    /// For scripts; the manual names the keys.
    pub fn json(&self) -> Value {
        let result = match self.mark {
            Mark::Good => "ok",
            Mark::Remark => "remark",
            Mark::Bad(_) => "failed",
        };
        json!({
            "probe": self.probe,
            "result": result,
            "exit_code": self.code().exit(),
            "what": self.what,
            "details": self.details,
            "fix": self.fix,
        })
    }
}

/// The worst of them: 0, 75 or 78.
pub fn worst(findings: &[Finding]) -> Code {
    let codes = findings.iter().map(Finding::code);
    codes.max().unwrap_or(Code::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_shown_with_its_sign_its_details_and_what_to_do() {
        let bad = Finding::broken("a.b", "no\u{1b}".into(), "do this".into()).with(["x".into()]);
        assert_eq!(bad.lines(false), ["✗ no\\u001b", "  x", "  → do this"]);
        assert_eq!(bad.lines(true), ["x no\\u001b", "  x", "  -> do this"]);
        let good = Finding::good("a.c", "fine".into());
        assert_eq!(good.lines(false), ["✓ fine"]);
    }

    #[test]
    fn the_worst_finding_is_the_exit_code_and_a_remark_is_none() {
        let remark = Finding::remark("a", "x".into(), "y".into());
        let retry = Finding::retry("b", "x".into(), "y".into());
        let broken = Finding::broken("c", "x".into(), "y".into());
        assert_eq!(worst(&[]), Code::Done);
        assert_eq!(worst(std::slice::from_ref(&remark)), Code::Done);
        assert_eq!(worst(&[remark.clone(), retry.clone()]), Code::Retry);
        assert_eq!(worst(&[retry, broken, remark]), Code::Config);
    }
}
