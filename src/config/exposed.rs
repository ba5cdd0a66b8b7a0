//! Who can really read a file that holds secrets. A mode alone does not say: a group in
//! which there is nobody but the service's user lets nobody in.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::lang::Lang;
use crate::lang::config as words;
use crate::system::users;

/// A file that others than its owner, root and this process's user can read or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// The file.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
    /// Who can.
    pub to: Others,
    /// A command that ends it, and leaves this process's user able to read the file.
    pub cure: String,
}

/// Who else can read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Others {
    /// Everyone on this host.
    Everyone,
    /// The file's group.
    Group {
        /// Its name.
        name: String,
        /// Who is in it beside those who may.
        members: Vec<String>,
    },
}

impl Exposed {
    /// Looks who can. Where it is not known who is in a group, nobody is accused.
    pub fn of(path: &Path, about: &Metadata) -> Option<Self> {
        let (me, mode) = (users::effective(), about.mode() & 0o777);
        let of_group = || match mode & 0o060 {
            0 => Vec::new(),
            _ => users::others_in(about.gid(), &[me, about.uid()]),
        };
        let to = if mode & 0o006 != 0 {
            Others::Everyone
        } else {
            let members = of_group();
            (!members.is_empty())
                .then(|| Others::Group { name: users::group_name(about.gid()), members })?
        };
        let (name, user) = (path.display(), users::name(me));
        let group_is_fine = || mode & 0o040 != 0 && of_group().is_empty();
        let by_group = users::own_groups().contains(&about.gid());
        let cure = if about.uid() == me {
            format!("chmod 600 {name}")
        } else if by_group && group_is_fine() {
            format!("chmod o-rwx {name}")
        } else {
            format!("chown {user} {name} && chmod 600 {name}")
        };
        Some(Self { path: path.to_owned(), mode, to, cure })
    }

    /// What is wrong and what to do.
    pub fn text(&self, lang: Lang) -> String {
        let (file, mode) = (self.path.display(), format!("{:03o}", self.mode));
        match &self.to {
            Others::Everyone => words::exposed(lang, file, mode, &self.cure),
            Others::Group { name, members } => {
                let shown: Vec<&str> = members.iter().take(5).map(String::as_str).collect();
                words::exposed_to_group(lang, file, mode, name, shown.join(", "), &self.cure)
            }
        }
    }
}
