//! What one process takes. It runs under a small process of its own, which the
//! operating system then asks for what its children took.

use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// What a process took.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Taken {
    /// Seconds of CPU, in the program and in the kernel for it.
    pub cpu: f64,
    /// The most memory that was resident, in MiB.
    pub peak: f64,
    /// Seconds on the wall.
    pub wall: f64,
}

/// Runs a program and prints what it took, and the last line it printed.
pub fn time(program: &str, arguments: &[&str]) {
    let begun = Instant::now();
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let wall = begun.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let taken = Taken {
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        peak: usage.max_rss() as f64 / 1024.0,
        wall,
    };
    println!("{}", serde_json::to_string(&taken).unwrap());
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{}", said.lines().last().unwrap_or_default());
}

/// What a program took, and the last line it printed.
pub fn taken_by(program: &str, arguments: &[&str]) -> (Taken, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .arg("stopwatch")
        .arg(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (taken, said) =
        text.split_once('\n').unwrap_or_else(|| panic!("{program}: nothing measured"));
    (serde_json::from_str(taken).unwrap(), said.trim().to_owned())
}

/// The middle one of the runs, by CPU, by wall and by memory.
pub fn median(runs: &[Taken]) -> Taken {
    let middle = |of: fn(&Taken) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Taken { cpu: middle(|run| run.cpu), peak: middle(|run| run.peak), wall: middle(|run| run.wall) }
}
