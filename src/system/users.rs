//! This host's users and groups: what its files say, and of those whom the files do not
//! know (LDAP, a domain) what the host's own name services say. Knows no room.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::system::getent;

/// A directory that does not answer within this time is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A user of this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The log-in name.
    pub name: String,
    /// The number.
    pub uid: u32,
    /// The primary group.
    pub gid: u32,
    /// The home.
    pub home: PathBuf,
}

/// The user this process acts as.
pub fn effective() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The groups this process acts with, the primary one among them.
pub fn own_groups() -> Vec<u32> {
    let further = rustix::process::getgroups().unwrap_or_default();
    let own = rustix::process::getegid();
    let all = further.into_iter().chain([own]);
    all.map(rustix::process::Gid::as_raw).collect()
}

/// The user of that number; `None` where nobody here knows it.
pub fn by_uid(uid: u32) -> Option<User> {
    in_files(|user| user.uid == uid).or_else(|| user(&told("passwd", &uid.to_string())?))
}

/// The user's name; the number where nobody here knows one.
pub fn name(uid: u32) -> String {
    by_uid(uid).map_or_else(|| uid.to_string(), |user| user.name)
}

/// The group's name; the number where nobody here knows one.
pub fn group_name(gid: u32) -> String {
    let group = group_in_file(gid).or_else(|| group(&told("group", &gid.to_string())?));
    group.map_or_else(|| gid.to_string(), |group| group.name)
}

/// Who is in the group beside root and these users, by name. Empty too where nobody
/// here can say.
pub fn others_in(gid: u32, but: &[u32]) -> Vec<String> {
    let passwd = text(PASSWD);
    let primary = users(&passwd).filter(|user| user.gid == gid);
    let group = group_in_file(gid).or_else(|| group(&told("group", &gid.to_string())?));
    let members = group.map(|group| group.members).unwrap_or_default();
    let members = members
        .iter()
        .filter_map(|name| in_files(|user| user.name == *name).or_else(|| by_name(name)));
    let others = primary.chain(members).filter(|user| user.uid != 0 && !but.contains(&user.uid));
    let mut names: Vec<String> = others.map(|user| user.name).collect();
    names.sort();
    names.dedup();
    names
}

impl User {
    /// The groups beside the primary one. Where the host's name services do not say,
    /// those of its own file.
    pub fn further_groups(&self) -> Vec<u32> {
        let ids = told("initgroups", &self.name);
        let ids = ids.as_deref().map(|line| line.split_whitespace().skip(1));
        match ids {
            Some(ids) => ids.filter_map(|id| id.parse().ok()).collect(),
            None => groups(&text(GROUP))
                .filter(|group| group.members.contains(&self.name))
                .map(|group| group.gid)
                .collect(),
        }
    }
}

/// passwd(5)
const PASSWD: &str = "/etc/passwd";

/// group(5)
const GROUP: &str = "/etc/group";

struct Group {
    name: String,
    gid: u32,
    members: Vec<String>,
}

fn text(file: &str) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

fn in_files(wanted: impl Fn(&User) -> bool) -> Option<User> {
    users(&text(PASSWD)).find(wanted)
}

fn by_name(name: &str) -> Option<User> {
    user(&told("passwd", name)?)
}

fn group_in_file(gid: u32) -> Option<Group> {
    groups(&text(GROUP)).find(|group| group.gid == gid)
}

fn users(passwd: &str) -> impl Iterator<Item = User> {
    passwd.lines().filter_map(user)
}

/// `name:x:1000:1000:comment:/home/name:/bin/sh`
fn user(line: &str) -> Option<User> {
    let fields: Vec<&str> = line.trim_end().split(':').collect();
    Some(User {
        name: (*fields.first()?).to_owned(),
        uid: fields.get(2)?.parse().ok()?,
        gid: fields.get(3)?.parse().ok()?,
        home: PathBuf::from(fields.get(5)?),
    })
}

fn groups(file: &str) -> impl Iterator<Item = Group> {
    file.lines().filter_map(group)
}

/// `name:x:1000:alice,bob`
fn group(line: &str) -> Option<Group> {
    let fields: Vec<&str> = line.trim_end().split(':').collect();
    let members = fields.get(3)?.split(',').filter(|name| !name.is_empty());
    Some(Group {
        name: (*fields.first()?).to_owned(),
        gid: fields.get(2)?.parse().ok()?,
        members: members.map(str::to_owned).collect(),
    })
}

/// The first line that the host's name services have; `None` without one in time.
fn told(database: &str, key: &str) -> Option<String> {
    let begin = Instant::now();
    let answer = getent::ask(database, key, || begin.elapsed() >= PATIENCE).ok()?;
    String::from_utf8(answer).ok()?.lines().next().map(str::to_owned)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_line_of_each_file_is_read_and_others_are_passed_over() {
        let alice = user("alice:x:1000:100:Alice A.:/home/alice:/bin/bash").unwrap();
        assert_eq!((alice.name.as_str(), alice.uid, alice.gid), ("alice", 1000, 100));
        assert_eq!(alice.home, Path::new("/home/alice"));
        for odd in ["", "+::::::", "# alice", "alice:x:no:100::/:/bin/sh"] {
            assert_eq!(user(odd), None, "{odd}");
        }
        let group = group("ops:x:100:alice,bob").unwrap();
        assert_eq!((group.gid, group.members.len()), (100, 2));
    }

    #[test]
    fn root_is_known_everywhere_and_is_nobody_else() {
        assert_eq!((name(0).as_str(), by_uid(0).unwrap().gid), ("root", 0));
        assert!(!others_in(0, &[]).contains(&"root".to_owned()));
    }

    #[test]
    fn whom_nobody_knows_has_a_number_and_no_members_are_made_up() {
        const NOBODYS: u32 = 3_999_999_991;
        assert_eq!(name(NOBODYS), NOBODYS.to_string());
        assert_eq!(by_uid(NOBODYS), None);
        assert_eq!(others_in(NOBODYS, &[]), Vec::<String>::new());
    }
}
