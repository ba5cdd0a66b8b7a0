//! Someone else's client takes the simulated PCE for a PCE: Illumio's own.

use std::process::Command;

use jiff::{SignedDuration, Timestamp};

use crate::pce::*;

/// `$ILLUMIO_PY` is a Python that has `illumio` (PyPI) installed.
#[test]
#[ignore = "needs Illumio's Python library: make check-pce-with-illumio-py"]
fn illumios_own_library_reads_events_and_runs_a_traffic_query() {
    let pce = Pce::start_tls(Tls::PrivateCa);
    pce.run_clock(SignedDuration::ZERO);
    a_realistic_hour(&pce, Timestamp::now());
    let folder = crate::world::Folder::new();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pce.trust_pem().unwrap()).unwrap();

    let python = std::env::var("ILLUMIO_PY").unwrap_or("python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pce/illumio_py.py");
    let arguments = [script, &pce.url(), &pce.key(), &pce.secret()];
    let done =
        Command::new(python).args(arguments).env("REQUESTS_CA_BUNDLE", &ca_file).output().unwrap();

    let said = String::from_utf8_lossy(&done.stdout);
    let complained = String::from_utf8_lossy(&done.stderr);
    println!("{said}");
    assert!(done.status.success(), "{said}{complained}");
    assert_eq!(pce.requests_to("POST", "/async_queries").len(), 1);
}
