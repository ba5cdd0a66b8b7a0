//! What goes wrong, by name.

use std::time::Duration;

use super::dice::Dice;
use crate::mailbox::{Action, Options};
use crate::pce::{Fate, Fault, Pce, Welcome};

/// Parts of the PCE that a fault hits.
const PATHS: [&str; 6] =
    ["/health", "/events", "/async_queries", "/async_queries/", "/download", ""];

/// Breaks something of the PCE for one cycle; its name.
pub fn at_the_pce(pce: &Pce, dice: &mut Dice) -> &'static str {
    let silence = Duration::from_secs(2);
    let (fault, name) = match dice.roll(20) {
        0 => (Fault::status(500), "PCE: 500"),
        1 => (Fault::status(502), "PCE: 502"),
        2 => (Fault::status(503), "PCE: 503"),
        3 => (Fault::status(429).retry_after(1), "PCE: 429"),
        4 => (Fault::status(401), "PCE: 401"),
        5 => (Fault::status(403), "PCE: 403"),
        6 => (Fault::status(404), "PCE: 404"),
        7 => (Fault::html(), "PCE: a proxy's HTML"),
        8 => (Fault::junk(), "PCE: junk"),
        9 => (Fault::cut(), "PCE: connection cut"),
        10 => (Fault::cut_mid_body(), "PCE: cut amid the body"),
        11 => (Fault::half_body(), "PCE: half of the JSON"),
        12 => (Fault::half_gzip(), "PCE: half of the gzip"),
        13 => (Fault::hang(silence), "PCE: hangs"),
        14 => (Fault::hang_mid_body(silence), "PCE: hangs amid the body"),
        other => return as_a_whole(pce, other),
    };
    // Once, which a retry survives, or for the whole cycle.
    let times = dice.among(&[1, 1, usize::MAX]);
    pce.fault(fault.on(dice.among(&PATHS)).times(times));
    name
}

fn as_a_whole(pce: &Pce, which: u64) -> &'static str {
    match which {
        15 => {
            pce.welcome(Welcome::Close);
            "PCE: closes at once"
        }
        16 => {
            pce.welcome(Welcome::Junk);
            "PCE: speaks no HTTP"
        }
        17 => {
            pce.every_query(Fate::fails());
            "PCE: query fails"
        }
        18 => {
            pce.every_query(Fate::vanishes());
            "PCE: query vanishes"
        }
        _ => {
            pce.every_query(Fate::completes().empty_at_first(1));
            "PCE: query empty at first"
        }
    }
}

/// How the mail server behaves for one cycle; its name, and whether a mail can have
/// arrived without the sender's knowledge.
pub fn at_the_mail_server(dice: &mut Dice) -> (Options, &'static str, bool) {
    let options = Options::default();
    let at = dice.among(&["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END"]);
    match dice.roll(6) {
        0 => (options.say(at, "451 4.3.0 later"), "mail: 4xx", false),
        1 => (options.say(at, "554 5.7.1 no"), "mail: 5xx", false),
        2 => (options.at(at, Action::Drop), "mail: connection cut", false),
        3 => (options.at(at, Action::Hang), "mail: hangs", false),
        _ => (options.at("END", Action::TakeAndDrop), "mail: cut after the final dot", true),
    }
}
