//! Records in a file that a log agent reads: whole lines, on the disk before they count as
//! handed on, each once.

use std::fs::File;
use std::path::Path;

use super::Body;
use super::failure::Cause;
use super::line;
use super::queue::Queued;
use crate::archive::lines::{self, Error};

/// Appends the records that are not there yet, and sees that they are on the disk; how many
/// are, and why the next is not.
pub(super) fn append(folder: &Path, body: Body, records: &[&Queued]) -> (usize, Option<Cause>) {
    let lock = match lines::open_folder(folder, body.file_name()) {
        Ok(lock) => lock,
        Err(error) => return (0, Some(error.into())),
    };
    let done = append_new(&lock, &folder.join(body.file_name()), body, records);
    match done {
        Ok(()) => (records.len(), None),
        Err(cause) => (0, Some(cause)),
    }
}

fn append_new(_lock: &File, path: &Path, body: Body, records: &[&Queued]) -> Result<(), Cause> {
    // What stood on the disk before a crash that came before the state was saved.
    let last = lines::last(path)?.unwrap_or_default();
    let last = String::from_utf8_lossy(&last);
    let last = id_of(&last, body);
    let there = records.iter().position(|queued| last == Some(queued.id.as_str()));
    let new = there.map_or(0, |at| at + 1);
    let version = env!("CARGO_PKG_VERSION");
    let lines = records.iter().skip(new).map(|queued| {
        let mut text = line::body(&queued.record(), body, version);
        text.push('\n');
        text.into_bytes()
    });
    lines::append(path, lines)?;
    Ok(())
}

/// The id of the record that a line tells; it stands before every text of others.
fn id_of(line: &str, body: Body) -> Option<&str> {
    match body {
        Body::Json => line.strip_prefix("{\"id\":\"")?.split('"').next(),
        Body::Cef => {
            // In a name's bars there is a backslash before.
            let at = SEVERITIES.iter().find_map(|mark| line.find(mark).map(|at| at + mark.len()));
            line.get(at?..)?.split(' ').next()
        }
    }
}

/// How the extension begins behind each severity that CEF lines have.
const SEVERITIES: [&str; 3] = ["|9|externalId=", "|6|externalId=", "|3|externalId="];

/// Opens what [`append`] would; makes the folder where it is missing, and writes nothing.
pub(super) fn try_out(folder: &Path, body: Body) -> Result<(), Cause> {
    lines::can_append(folder, body.file_name())?;
    Ok(())
}

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        match error {
            Error::Busy => Self::Busy,
            Error::System(error) => Self::File(error.to_string()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::forward::Record;

    fn queued(count: usize) -> Vec<Queued> {
        let record = |nth| Record {
            id: format!("17.ab.{nth}"),
            name: "x|9|externalId=17.ab.0 ".to_owned(),
            text: "{\"id\":\"17.ab.0\"".to_owned(),
            ..Record::default()
        };
        (0..count).map(|nth| Queued::new(&record(nth), vec!["siem".to_owned()])).collect()
    }

    #[test]
    fn what_is_there_already_is_not_written_again() {
        for body in [Body::Json, Body::Cef] {
            let folder = tempfile::tempdir().unwrap();
            let records = queued(5);
            let records: Vec<&Queued> = records.iter().collect();
            assert_eq!(append(folder.path(), body, &records[..3]), (3, None));
            // The crash came before the state knew.
            assert_eq!(append(folder.path(), body, &records), (5, None));
            assert_eq!(append(folder.path(), body, &records), (5, None));
            let text = std::fs::read_to_string(folder.path().join(body.file_name())).unwrap();
            assert_eq!(text.lines().count(), 5, "{text}");
            let ids = text.lines().map(|line| id_of(line, body).unwrap());
            assert!(ids.eq(records.iter().map(|record| record.id.as_str())), "{text}");
        }
    }
}
