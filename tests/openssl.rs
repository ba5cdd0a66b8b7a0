//! The program `openssl`: certificates as an administrator makes them, and servers
//! that rustls would not be.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Runs it to its end; its output.
pub fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("these stories need the program openssl (package openssl)");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A self-signed certificate and its key, as files in `folder`. `key` is what
/// `-newkey` takes; `more` further arguments of `openssl req -x509`.
pub fn self_signed(folder: &Path, key: &[&str], more: &[&str]) -> (PathBuf, PathBuf) {
    let mut arguments = vec!["req", "-x509", "-nodes", "-days", "30"];
    arguments.extend(["-keyout", "key.pem", "-out", "cert.pem"]);
    arguments.extend(key);
    arguments.extend(more);
    openssl(folder, &arguments);
    (folder.join("cert.pem"), folder.join("key.pem"))
}

/// The fingerprint as openssl shows it.
pub fn fingerprint(folder: &Path, certificate: &Path) -> String {
    let file = certificate.to_str().unwrap();
    let line = openssl(folder, &["x509", "-noout", "-fingerprint", "-sha256", "-in", file]);
    line.trim().rsplit_once('=').unwrap().1.to_owned()
}

/// `openssl s_server` on a free port; it ends when this is dropped.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// With the certificate and key of [`self_signed`] in `folder`.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-www"])
            .args(["-cert", "cert.pem", "-key", "key.pem"])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let port = lines.find_map(|line| line.strip_prefix("ACCEPT 127.0.0.1:")?.parse().ok());
        let port = port.expect("openssl s_server says where it listens");
        // What it says further is read to its end, so that it is never held up.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
