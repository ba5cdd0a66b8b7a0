//! A disk that can be full.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use super::World;

/// A small disk of its own in the place of the world's folder, with the config on it;
/// gone with the test.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount one, which is told; root may, but in a container.
    pub fn under(world: &World, kilobytes: u32) -> Option<Self> {
        let config = world.config();
        let folder = world.folder().to_owned();
        let size = format!("size={kilobytes}k,mode=700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "none"]).arg(&folder);
        let mounted = mount.output().unwrap();
        if !mounted.status.success() {
            eprintln!("skipped: this user may not mount a disk");
            return None;
        }
        let disk = Self(folder);
        world.set_whole(config);
        Some(disk)
    }

    /// Takes its space but for so many kilobytes.
    pub fn leave(&self, kilobytes: u64) {
        let mut filler = std::fs::File::create(self.0.join("filler")).unwrap();
        while filler.write_all(&[0; 4096]).is_ok() {}
        let full = filler.metadata().unwrap().len();
        filler.set_len(full - kilobytes * 1024).unwrap();
    }

    /// Gives the space back.
    pub fn clear(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
