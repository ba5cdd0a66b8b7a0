//! What was lost, skipped or begun afresh, as the cycle's mail tells it.

use crate::lang::{Lang, archive, cycle as say, notices as words, reports};
use crate::report::Notice;
use crate::store::Note;

/// Events of that time were not fetched.
pub fn events_skipped(lang: Lang, from: String, until: String) -> Notice {
    Notice {
        title: words::events_skipped(lang),
        text: say::events_skipped(lang, from, until),
        advice: words::events_skipped_do(lang),
    }
}

/// Some events of that second can't be had.
pub fn events_cut(lang: Lang, second: String) -> Notice {
    Notice {
        title: words::events_missing(lang),
        text: say::events_cut(lang, second),
        advice: words::events_cut_do(lang),
    }
}

/// More events came than are remembered; since then they are.
pub fn events_forgotten(lang: Lang, bound: String, since: String) -> Notice {
    Notice {
        title: words::events_forgotten(lang),
        text: say::events_forgotten(lang, bound, since),
        advice: words::events_forgotten_do(lang),
    }
}

/// So many records of the event log were no records.
pub fn events_unreadable(lang: Lang, count: u64) -> Notice {
    Notice {
        title: words::events_unreadable(lang),
        text: say::events_unreadable(lang, say::event_records(lang, count)),
        advice: words::events_unreadable_do(lang),
    }
}

/// Traffic of that time was not fetched: that of these members of a supercluster.
pub fn traffic_of_members_skipped(
    lang: Lang,
    members: String,
    from: String,
    until: String,
) -> Notice {
    Notice {
        text: say::traffic_of_members_skipped(lang, members, &from, &until),
        ..traffic_skipped(lang, from, until)
    }
}

/// Traffic of that time was not fetched.
pub fn traffic_skipped(lang: Lang, from: String, until: String) -> Notice {
    Notice {
        title: words::traffic_skipped(lang),
        text: say::traffic_skipped(lang, from, until),
        advice: words::traffic_skipped_do(lang),
    }
}

/// Rows have policy decisions that are not known.
pub fn unknown_decisions(lang: Lang, decisions: String) -> Notice {
    Notice {
        title: words::unknown_decisions(lang),
        text: say::unknown_decisions(lang, decisions),
        advice: words::unknown_decisions_do(lang),
    }
}

/// Known traffic came in rows that look new.
pub fn traffic_regrouped(lang: Lang) -> Notice {
    Notice {
        title: words::traffic_regrouped(lang),
        text: say::traffic_regrouped(lang),
        advice: words::traffic_regrouped_do(lang),
    }
}

/// More came at once than the archive keeps.
pub fn archive_left_out(lang: Lang, records: u64) -> Notice {
    Notice {
        title: words::archive_left_out(lang),
        text: archive::left_out(lang, records),
        advice: words::archive_left_out_do(lang),
    }
}

/// There was no run for `time`.
pub fn gap(lang: Lang, from: String, until: String, time: String) -> Notice {
    Notice {
        title: words::gap(lang, &time),
        text: reports::gap(lang, from, until, time),
        advice: words::gap_do(lang),
    }
}

/// Several runs in a row did not come to their end; `text` says which.
pub fn runs_died(lang: Lang, text: String) -> Notice {
    Notice { title: words::runs_died(lang), text, advice: words::runs_died_do(lang) }
}

/// What opening the file had to tell.
pub fn state(lang: Lang, note: &Note) -> Notice {
    let (title, advice) = match note {
        Note::StateFromLast { .. } => (words::state_back(lang), words::state_back_do(lang)),
        Note::Restored { .. } => (words::state_restored(lang), words::state_restored_do(lang)),
        Note::Damaged { .. } => (words::state_damaged(lang), words::state_damaged_do(lang)),
        // `Exposed` is no loss, and no notice.
        Note::OtherTarget { .. } | Note::Reset | Note::Exposed(_) => {
            (words::state_afresh(lang), words::state_afresh_do(lang))
        }
    };
    Notice { title, text: note.text(lang), advice }
}

/// A mail came to nothing, for one recipient or for all; `text` says which and why.
pub fn mail_lost(lang: Lang, text: String) -> Notice {
    Notice { title: words::mail_lost(lang), text, advice: words::mail_lost_do(lang) }
}
