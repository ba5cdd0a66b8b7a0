//! What a path is mounted from [proc(5): `/proc/self/mountinfo`]. In a container the
//! config may be a mount of one file: then no other file can take its name.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// The mount that a path lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it is mounted.
    pub point: PathBuf,
    /// Whether nothing can be written there, by anyone.
    pub read_only: bool,
}

/// The mount that `path` (resolved) lies in; `None` where it is not to be found out.
pub fn mount_of(path: &Path) -> Option<Mount> {
    let text = fs::read("/proc/self/mountinfo").ok()?;
    find(&text, path)
}

/// Whether a file is a mount of its own.
pub fn is_mount(path: &Path) -> bool {
    mount_of(path).is_some_and(|mount| mount.point == path)
}

/// The longest mount point wins; of two mounts on one point, the later one.
fn find(mountinfo: &[u8], path: &Path) -> Option<Mount> {
    let lines = mountinfo.split(|byte| *byte == b'\n');
    let mounts = lines.filter_map(parse);
    mounts
        .filter(|mount| path.starts_with(&mount.point))
        .max_by_key(|mount| mount.point.components().count())
}

/// `36 35 98:0 /root /mount/point rw,noatime master:1 - ext4 /dev/sda1 rw,errors=…`
fn parse(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let point = unescaped(fields.nth(4)?);
    let options = fields.next()?;
    let of_file_system = fields.skip_while(|field| *field != b"-").nth(3);
    let read_only = |options: &[u8]| options.split(|byte| *byte == b',').any(|one| one == b"ro");
    Some(Mount {
        point: PathBuf::from(OsString::from_vec(point)),
        read_only: read_only(options) || of_file_system.is_some_and(read_only),
    })
}

/// Blanks and backslashes stand there in octal: `\040`.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, after @ ..] = rest {
        let digits = after.get(..3).filter(|_| *first == b'\\');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_in_the_innermost_mount() {
        let text = br"22 1 0:20 / / rw,relatime - overlay overlay rw,lowerdir=/x
30 22 0:25 / /var/lib rw - tmpfs tmpfs ro
31 22 8:1 /srv/a\040b.json /etc/a\040b/config.json ro,noatime master:7 - ext4 /dev/sda1 rw
32 22 8:1 /x /etc/a\040b/plain.json rw shared:3 - ext4 /dev/sda1 rw,errors=remount-ro
odd
";
        for (path, point, read_only) in [
            ("/etc/a b/config.json", "/etc/a b/config.json", true),
            ("/etc/a b/plain.json", "/etc/a b/plain.json", false),
            ("/etc/a b/config.json.last", "/", false),
            ("/var/lib/x/config.json", "/var/lib", true),
        ] {
            let found = find(text, Path::new(path)).unwrap();
            assert_eq!((found.point.to_str(), found.read_only), (Some(point), read_only));
        }
        assert_eq!(find(b"", Path::new("/x")), None);
        assert!(!is_mount(&std::env::temp_dir().join("no such file")));
    }
}
