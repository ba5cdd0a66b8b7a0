//! A folder of a test's own, gone with the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Removed when it is dropped, unless the test fails with `ILLUMIO_MONITOR_KEEP` set.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let number = COUNTER.fetch_add(1, Ordering::SeqCst);
        // Always as long: mails name the path, and how much else they hold depends on it.
        let name = format!("illumio-monitor-world-{:07}-{number:05}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let keep = std::env::var_os("ILLUMIO_MONITOR_KEEP").is_some();
        if !(keep && std::thread::panicking()) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
