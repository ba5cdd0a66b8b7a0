//! The one file, read and written by a test as an editor would.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde_json::Value;

pub fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Writes it in place, readable for its owner alone, the state last and on one line.
pub fn write(path: &Path, config: &Value) {
    let mut config = config.clone();
    let state = config.as_object_mut().and_then(|keys| keys.remove("state"));
    let mut text = serde_json::to_string_pretty(&config).unwrap();
    if let Some(state) = state {
        text.truncate(text.trim_end_matches('}').trim_end().len());
        text += &format!(",\n  \"state\": {state}\n}}");
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file.write_all(b"\n").unwrap();
}
