//! The mail server: connection, STARTTLS, login, and what it says to the sender and
//! to each recipient. It goes no further than RCPT: nothing is sent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::certificate;
use super::finding::{Finding, Mark};
use super::names::HostName;
use crate::lang::{Lang, check as say, parted};
use crate::mail::smtp::words as smtp_words;
use crate::mail::smtp::{Cause, Objection, Refused, Session, SmtpError, Step, sender};
use crate::mail::{Settings, Tls};
use crate::net::AddressBook;
use crate::net::certificate::Certificate;
use crate::net::tls::Shown;

/// All of it takes no longer.
const LONGEST: Duration = Duration::from_secs(120);

/// Tries the mail server of `settings`, step by step, as far as it goes. `book` is what
/// the runs know of names, `now` the host's time. Takes two minutes at most.
pub fn check_mail(
    settings: &Settings,
    book: &AddressBook,
    now: Timestamp,
    lang: Lang,
) -> Vec<Finding> {
    let mut findings = sender_domain(settings, lang).into_iter().collect::<Vec<_>>();
    let smtp = &settings.smtp;
    let server = format!("{}:{}", smtp.host, smtp.port);
    let name = HostName {
        probe: "mail.dns",
        key: "smtp.host",
        host: &smtp.host,
        port: smtp.port,
        patience: smtp.timeout,
        verified: matches!(smtp.tls, Tls::Starttls | Tls::Implicit),
    };
    let (addresses, finding) = name.look(book, lang);
    // That a name is found is no line of its own here.
    findings.extend(finding.filter(|finding| finding.mark != Mark::Good));
    if addresses.is_empty() {
        return findings;
    }
    let shown = Arc::new(Shown::default());
    let deadline = Instant::now() + LONGEST;
    let talk = Talk { settings, server, now, lang };
    let opened = Session::open_looking(smtp, &addresses, &shown, deadline);
    let certificate = certificate::shown(&shown, &smtp.secrets());
    match opened {
        Ok(session) => findings.extend(talk.opened(session, certificate.as_ref())),
        Err(error) => findings.extend(talk.not_opened(&error, certificate.as_ref())),
    }
    findings
}

/// A domain that no other server takes mail from. Where all recipients are local
/// users, it is as good as any.
fn sender_domain(settings: &Settings, lang: Lang) -> Option<Finding> {
    const LOCAL: [&str; 4] = ["localhost", "localdomain", "local", "invalid"];
    let sender = sender(settings);
    let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let last = domain.rsplit('.').next().unwrap_or_default();
    let literal = domain.starts_with('[');
    let local_only = settings.everyone().iter().all(|to| !to.contains('@'));
    let odd = !literal && (!domain.contains('.') || LOCAL.contains(&last));
    if !odd || local_only {
        return None;
    }
    let what = say::odd_sender(lang, sender);
    Some(Finding::remark("mail.sender", what, say::odd_sender_fix(lang)))
}

struct Talk<'a> {
    settings: &'a Settings,
    server: String,
    now: Timestamp,
    lang: Lang,
}

impl Talk<'_> {
    fn opened(&self, mut session: Session, shown: Option<&Certificate>) -> Vec<Finding> {
        let mut findings = vec![
            self.connected().with([say::banner(self.lang, session.banner())]),
            self.secured(&session, shown),
        ];
        findings.extend(self.logged_in());
        match session.try_envelope(sender(self.settings), &self.settings.everyone()) {
            Err(error) => findings.push(self.failed(&error, shown)),
            Ok(answers) => {
                let what = say::sender_accepted(self.lang, sender(self.settings));
                findings.push(Finding::good("mail.from", what));
                let told = answers.into_iter().map(|(to, refused)| self.recipient(&to, refused));
                findings.extend(told);
            }
        }
        session.quit();
        findings
    }

    /// The steps before the one that failed went well.
    fn not_opened(&self, error: &SmtpError, shown: Option<&Certificate>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let connected = !matches!(error.step, Step::Resolve | Step::Connect)
            && !matches!(error.cause, Cause::Setup(_));
        if connected {
            findings.push(self.connected());
        }
        if error.step == Step::Auth
            && let Some(certificate) = shown
        {
            findings.push(self.encrypted(certificate));
        }
        findings.push(self.failed(error, shown));
        findings
    }

    fn connected(&self) -> Finding {
        Finding::good("mail.connect", say::connects(self.lang, &self.server))
    }

    fn encrypted(&self, certificate: &Certificate) -> Finding {
        certificate::accepted("mail.tls", &self.server, certificate, self.now, self.lang)
    }

    fn secured(&self, session: &Session, shown: Option<&Certificate>) -> Finding {
        let lang = self.lang;
        if let Some(note) = session.notes().first() {
            let what = say::mail_fell_back(lang, &self.server);
            return Finding::remark("mail.tls", what, note.text(lang));
        }
        match shown {
            // With any certificate there is nothing to be renewed.
            Some(certificate) if self.settings.smtp.tls == Tls::Opportunistic => {
                let what = say::mail_encrypted(lang, &self.server);
                Finding::good("mail.tls", what).with(certificate::details(certificate, lang))
            }
            Some(certificate) => self.encrypted(certificate),
            None => Finding::good("mail.tls", say::mail_clear(lang, &self.server)),
        }
    }

    fn logged_in(&self) -> Option<Finding> {
        self.settings.smtp.login.as_ref()?;
        Some(Finding::good("mail.login", say::logged_in(self.lang)))
    }

    fn recipient(&self, to: &str, refused: Option<Refused>) -> Finding {
        let lang = self.lang;
        let Some(refused) = refused else {
            let what = say::recipient_accepted(lang, to);
            return Finding::good("mail.recipient", what);
        };
        let what = refused.said(lang);
        let fix = match refused.objection {
            Objection::Recipient => say::recipient_fix(lang),
            Objection::Helo => say::helo_fix(lang),
            Objection::Client => say::client_fix(lang),
            Objection::Sender => say::from_fix(lang),
        };
        if refused.permanent {
            Finding::broken("mail.recipient", what, fix)
        } else {
            Finding::retry("mail.recipient", what, fix)
        }
    }

    fn failed(&self, error: &SmtpError, shown: Option<&Certificate>) -> Finding {
        let lang = self.lang;
        let probe = match error.step {
            Step::Resolve => "mail.dns",
            Step::Connect | Step::Greeting | Step::Hello => "mail.connect",
            Step::Tls => "mail.tls",
            Step::Auth => "mail.login",
            Step::Mail => "mail.from",
            _ => "mail.recipient",
        };
        if let (Step::Tls, Cause::Tls(problem)) = (error.step, &error.cause) {
            return certificate::refused(probe, &self.server, problem, shown, lang);
        }
        let clause = error.cause.text(lang);
        let (cause, remedy) = match error.cause {
            // What a server says may have semicolons of its own.
            Cause::Reply(_) => (clause.as_str(), None),
            _ => parted(&clause),
        };
        let what = smtp_words::failed(lang, &self.server, error.step.text(lang), cause);
        let fix = remedy.unwrap_or_else(|| self.remedy(error));
        if error.permanent() {
            Finding::broken(probe, what, fix)
        } else {
            Finding::retry(probe, what, fix)
        }
    }

    /// What to do where the cause itself does not say it.
    fn remedy(&self, error: &SmtpError) -> String {
        let lang = self.lang;
        match error.step {
            Step::Auth => say::login_fix(lang),
            Step::Mail => say::from_fix(lang),
            Step::Recipient => say::recipient_fix(lang),
            Step::Tls => say::mail_tls_fix(lang),
            _ => say::mail_server_fix(lang),
        }
    }
}
