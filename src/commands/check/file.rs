//! The one file: what is wrong in it, who may read and write it, and whether what
//! lies beside it belongs to the same user.

use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::config::{Config, Exposed};
use crate::lang::{Lang, check as say, parted};
use crate::store::{self, Error, Note, Opened, mount_of};
use crate::system::users;

/// What a run leaves beside the file.
const BESIDE: [&str; 3] = [".last", ".run.lock", ".lock"];

/// What is wrong with a config that can't be used: all of it, each with its place.
pub fn check_unusable(error: &Error, lang: Lang) -> Vec<Finding> {
    let told = error.lines(lang).into_iter().map(|line| {
        let (what, fix) = parted(&line);
        let fix = fix.unwrap_or_else(|| say::config_fix(lang));
        Finding::broken("config", what.to_owned(), fix)
    });
    told.collect()
}

/// What is to be said of a config that can be used.
pub fn check_config(opened: &Opened, lang: Lang) -> Vec<Finding> {
    let config = &opened.config;
    let path = opened.store.path().display();
    let mut findings = vec![rules(config, path, lang)];
    let remark = |line: String| {
        let (what, fix) = parted(&line);
        let fix = fix.unwrap_or_else(|| say::nothing_to_do(lang));
        Finding::remark("config", what.to_owned(), fix)
    };
    let told = config.warnings.iter().chain(&config.obsolete);
    findings.extend(told.cloned().map(remark));
    let notes = opened.notes.iter().filter(|note| note.is_loss());
    findings
        .extend(notes.map(|note: &Note| {
            Finding::remark("state", note.text(lang), say::nothing_to_do(lang))
        }));
    findings
}

fn rules(config: &Config, path: impl std::fmt::Display, lang: Lang) -> Finding {
    let on = config.rules.iter().filter(|rule| rule.enabled).count();
    let off = config.rules.len() - on;
    let what = say::config_valid(lang, path, on, off);
    if on == 0 {
        Finding::remark("config", what, say::no_rules_fix(lang))
    } else {
        Finding::good("config", what)
    }
}

/// Who may read and write: the file, its folder, and what lies beside it.
pub fn check_permissions(path: &Path, lang: Lang) -> Vec<Finding> {
    let Ok(about) = fs::metadata(path) else {
        return Vec::new();
    };
    let me = Account::of_process();
    let name = path.display();
    let mut findings = Vec::new();
    if let Some(exposed) = Exposed::of(path, &about) {
        findings.push(broken(&exposed.text(lang), lang));
    }
    findings.extend(check_place(path, path, lang));
    findings.extend(other_owners(path, &about, lang));
    let folder = path.parent().unwrap_or(Path::new("/"));
    if let Ok(folder_about) = fs::metadata(folder) {
        findings.extend(folder_rights(folder, &folder_about, &me, lang));
    }
    // Opening it for writing changes nothing, and knows of read-only file systems. One
    // end of a pipe would wait for the other.
    if about.is_file()
        && let Err(error) = OpenOptions::new().write(true).open(path)
    {
        let fix = if error.kind() == io::ErrorKind::ReadOnlyFilesystem {
            say::read_only_fix(lang, mount_point(path))
        } else {
            say::run_this(lang, format!("chown {} {name}", me.name))
        };
        let what = say::not_writable(lang, &name, error);
        findings.push(Finding::broken("permissions", what, fix));
    }
    let mounts = mounts(path, folder, lang);
    if findings.is_empty() {
        let owner = users::name(about.uid());
        let mode = format!("{:03o}", about.mode() & 0o777);
        let what = say::permissions_good(lang, &me.name, owner, mode);
        findings.push(Finding::good("permissions", what));
    }
    findings.extend(mounts);
    findings
}

/// A folder where nothing can be written, and a file that is a mount of its own.
fn mounts(path: &Path, folder: &Path, lang: Lang) -> Vec<Finding> {
    let mut findings = Vec::new();
    if mount_of(folder).is_some_and(|mount| mount.read_only) {
        let what = say::folder_read_only(lang, folder.display());
        let fix = say::read_only_fix(lang, mount_point(folder));
        findings.push(Finding::broken("permissions", what, fix));
    }
    if mount_of(path).is_some_and(|mount| mount.point == path) {
        let what = say::own_mount(lang, path.display(), folder.display());
        let fix = say::own_mount_fix(lang, folder.display());
        findings.push(Finding::remark("mount", what, fix));
    }
    findings
}

fn mount_point(path: &Path) -> String {
    let mount = mount_of(path);
    mount.map_or_else(String::new, |mount| mount.point.display().to_string())
}

/// Who could put another file in the place of `config` (resolved), and what they put
/// beside it. `named` is its path as it was given.
pub fn check_place(named: &Path, config: &Path, lang: Lang) -> Vec<Finding> {
    let place = store::assert_no_stranger(named, config).err();
    let planted = store::planted_beside(config);
    let lines = place.iter().chain(&planted).flat_map(|one| one.lines(lang));
    lines.map(|line| broken(&line, lang)).collect()
}

fn broken(line: &str, lang: Lang) -> Finding {
    let (what, fix) = parted(line);
    let fix = fix.unwrap_or_else(|| say::config_fix(lang));
    Finding::broken("permissions", what.to_owned(), fix)
}

/// What root has left beside the file locks its owner out.
fn other_owners(path: &Path, about: &Metadata, lang: Lang) -> Vec<Finding> {
    let beside = BESIDE.iter().map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    });
    let strange = beside.filter_map(|file| {
        let found = fs::symlink_metadata(&file).ok()?;
        // That of others is no one's mistake.
        if found.uid() == about.uid() || found.uid() != 0 || !found.is_file() {
            return None;
        }
        let (theirs, ours) = (users::name(found.uid()), users::name(about.uid()));
        let what = say::other_owner(lang, file.display(), theirs, &ours);
        let fix = say::run_this(lang, format!("chown {ours} {}", file.display()));
        Some(Finding::broken("permissions", what, fix))
    });
    strange.collect()
}

/// Locks and temporary files are made in the folder.
fn folder_rights(folder: &Path, about: &Metadata, me: &Account, lang: Lang) -> Option<Finding> {
    let name = folder.display();
    if !me.may_write(about) {
        let what = say::folder_not_writable(lang, &name, &me.name);
        let fix = say::run_this(lang, format!("chown {} {name}", me.name));
        return Some(Finding::broken("permissions", what, fix));
    }
    None
}

/// The user this process acts as.
struct Account {
    uid: u32,
    groups: Vec<u32>,
    name: String,
}

impl Account {
    fn of_process() -> Self {
        let uid = users::effective();
        Self { uid, groups: users::own_groups(), name: users::name(uid) }
    }

    /// By the folder's mode alone, and root always.
    fn may_write(&self, about: &Metadata) -> bool {
        let needed = |shift: u32| (about.mode() >> shift) & 0o3 == 0o3;
        if self.uid == 0 {
            true
        } else if about.uid() == self.uid {
            needed(6)
        } else if self.groups.contains(&about.gid()) {
            needed(3)
        } else {
            needed(0)
        }
    }
}
