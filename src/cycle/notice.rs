//! What was lost, skipped or begun afresh, as the cycle's mail tells it.

mod held;

use jiff::Timestamp;

pub(super) use self::held::Part;
use crate::lang::{counts, cycle as say, forward, grouped, notices as words};
use crate::mail::compose::duration;
use crate::mail::outbox::{Lost, Reader};
use crate::pce::seen::MAX_SEEN;
use crate::report::Notice;
use crate::report::daily::Gap;
use crate::report::pause::Pause;
use crate::report::pause::held::Held;
use crate::rules::known::MAX_KNOWN;
use crate::store::Note;

/// Something that a person has to know once.
#[derive(Clone, Debug)]
pub enum Happened {
    /// What opening the file had to tell.
    Opened(Note),
    /// Events of that time were not fetched.
    EventsSkipped {
        /// From here …
        from: Timestamp,
        /// … to here.
        until: Timestamp,
    },
    /// Some events of that second can't be had.
    EventsCut(Timestamp),
    /// More events came than are remembered.
    EventsForgotten {
        /// Since then they are.
        since: Timestamp,
    },
    /// So many records of the event log were no records.
    EventsUnreadable(u64),
    /// Traffic of that time was not fetched.
    TrafficSkipped {
        /// From here …
        from: Timestamp,
        /// … to here.
        until: Timestamp,
        /// Only that of these members of a supercluster; none: of all.
        members: Vec<String>,
    },
    /// Rows have these policy decisions, which are not known.
    UnknownDecisions(Vec<String>),
    /// Known traffic came in rows that look new.
    TrafficRegrouped,
    /// A rule that counts some apart had too many of them.
    GroupsGone {
        /// The rule's name; the user's text.
        rule: String,
        /// So many, those that counted least, were let go.
        groups: u64,
        /// So many that it knew, the longest unseen, were forgotten.
        known: u64,
    },
    /// So many records came beyond what the archive keeps of one run.
    ArchiveLeftOut(u64),
    /// There was no run.
    Gap(Gap),
    /// What a pause held, which is over, or in the config no more.
    HeldBack(Option<Box<Pause>>, Box<Held>),
    /// This pause holds everything for long.
    AllPaused(Box<Pause>),
    /// Several runs in a row, begun at these times, did not come to their end.
    RunsDied(Vec<Timestamp>),
    /// A mail came to nothing, for one recipient or for all.
    MailLost(Lost),
    /// Records that waited too long, or were too many, are not handed on.
    RecordsDropped {
        /// The receiver's name; the user's text.
        receiver: String,
        /// How many.
        records: u64,
    },
    /// Records waited for a receiver that is none any more.
    RecordsLetGo {
        /// The receiver's name; the user's text.
        receiver: String,
        /// How many.
        records: u64,
    },
}

impl Happened {
    /// What programs know it by; it stays.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Opened(Note::StateFromLast { .. }) => "state_from_last",
            Self::Opened(Note::Restored { .. }) => "state_restored",
            Self::Opened(Note::Damaged { .. }) => "state_damaged",
            Self::Opened(_) => "state_afresh",
            Self::EventsSkipped { .. } => "events_skipped",
            Self::EventsCut(_) => "events_cut",
            Self::EventsForgotten { .. } => "events_forgotten",
            Self::EventsUnreadable(_) => "events_unreadable",
            Self::TrafficSkipped { .. } => "traffic_skipped",
            Self::UnknownDecisions(_) => "unknown_decisions",
            Self::TrafficRegrouped => "traffic_regrouped",
            Self::GroupsGone { .. } => "groups_gone",
            Self::ArchiveLeftOut(_) => "archive_left_out",
            Self::Gap(_) => "gap",
            Self::HeldBack(..) => "held_back",
            Self::AllPaused(_) => "all_paused",
            Self::RunsDied(_) => "runs_died",
            Self::MailLost(_) => "mail_lost",
            Self::RecordsDropped { .. } => "records_dropped",
            Self::RecordsLetGo { .. } => "records_let_go",
        }
    }

    /// Whether it is about records that are not handed on.
    pub fn is_about_records(&self) -> bool {
        matches!(self, Self::RecordsDropped { .. } | Self::RecordsLetGo { .. })
    }

    /// What the mail says of it.
    pub fn notice(&self, reader: &Reader) -> Notice {
        let (lang, at) = (reader.lang, |time: &Timestamp| reader.second(*time));
        let (title, text, advice) = match self {
            Self::Opened(note) => {
                let (title, advice) = opened(note, reader);
                (title, note.text(lang), advice)
            }
            Self::EventsSkipped { from, until } => (
                words::events_skipped(lang),
                words::events_skipped_text(lang, at(from), at(until)),
                words::events_skipped_do(lang),
            ),
            Self::EventsCut(second) => (
                words::events_cut(lang),
                words::events_cut_text(lang, at(second)),
                words::events_cut_do(lang),
            ),
            Self::EventsForgotten { since } => (
                words::events_forgotten(lang),
                words::events_forgotten_text(lang, grouped(MAX_SEEN as u64), at(since)),
                words::events_forgotten_do(lang),
            ),
            Self::EventsUnreadable(count) => (
                words::events_unreadable(lang),
                words::events_unreadable_text(lang, counts::event_records(lang, *count)),
                words::events_unreadable_do(lang),
            ),
            Self::TrafficSkipped { from, until, members } => (
                words::traffic_skipped(lang),
                match members.as_slice() {
                    [] => words::traffic_skipped_text(lang, at(from), at(until)),
                    members => words::traffic_of_members_skipped_text(
                        lang,
                        members.join(", "),
                        at(from),
                        at(until),
                    ),
                },
                words::traffic_skipped_do(lang),
            ),
            Self::UnknownDecisions(decisions) => (
                words::unknown_decisions(lang),
                words::unknown_decisions_text(lang, decisions.join(", ")),
                words::unknown_decisions_do(lang),
            ),
            Self::TrafficRegrouped => (
                words::traffic_regrouped(lang),
                words::traffic_regrouped_text(lang),
                words::traffic_regrouped_do(lang),
            ),
            Self::GroupsGone { rule, groups, known } => {
                let gone =
                    (*groups > 0).then(|| words::groups_gone_text(lang, rule, grouped(*groups)));
                let bound = grouped(MAX_KNOWN as u64);
                let forgotten = (*known > 0)
                    .then(|| words::groups_forgotten_text(lang, rule, grouped(*known), bound));
                let text: Vec<String> = gone.into_iter().chain(forgotten).collect();
                (words::groups_gone(lang), text.join(lang.gap()), words::groups_gone_do(lang))
            }
            Self::ArchiveLeftOut(records) => (
                words::archive_left_out(lang),
                words::archive_left_out_text(lang, records),
                words::archive_left_out_do(lang),
            ),
            Self::Gap(gap) => {
                let time = duration(lang, gap.from, gap.until);
                let text = words::gap_text(lang, at(&gap.from), at(&gap.until), &time);
                (words::gap(lang, &time), text, words::gap_do(lang))
            }
            Self::HeldBack(pause, held) => return held::notice(pause.as_deref(), held, reader),
            Self::AllPaused(pause) => return held::all_paused(pause, reader),
            Self::RunsDied(begun) => {
                let died = begun.iter().map(|begun| say::run_died(lang, at(begun)));
                let text = died.collect::<Vec<_>>().join("\n");
                (words::runs_died(lang), text, words::runs_died_do(lang))
            }
            Self::MailLost(lost) => {
                (words::mail_lost(lang), lost.text(reader), words::mail_lost_do(lang))
            }
            Self::RecordsDropped { receiver, records } => (
                forward::dropped(lang, receiver),
                forward::dropped_text(lang, receiver, grouped(*records)),
                forward::dropped_do(lang),
            ),
            Self::RecordsLetGo { receiver, records } => (
                forward::let_go(lang, receiver),
                forward::let_go_text(lang, receiver, grouped(*records)),
                forward::let_go_do(lang),
            ),
        };
        Notice { title, text, advice }
    }
}

fn opened(note: &Note, reader: &Reader) -> (String, String) {
    let lang = reader.lang;
    match note {
        Note::StateFromLast { .. } => (words::state_back(lang), words::state_back_do(lang)),
        Note::Restored { .. } => (words::state_restored(lang), words::state_restored_do(lang)),
        Note::Damaged { .. } => (words::state_damaged(lang), words::state_damaged_do(lang)),
        // `Exposed` is no loss, and no notice.
        Note::OtherTarget { .. } | Note::Reset | Note::Exposed(_) => {
            (words::state_afresh(lang), words::state_afresh_do(lang))
        }
    }
}
