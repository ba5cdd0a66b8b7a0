//! Runs a target for its time, with a seed that is told.

use std::fmt::Debug;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// How long a target looks where nothing else is said.
const SHORT: Duration = Duration::from_millis(1_200);

/// So many cases follow from one seed.
const BATCH: u32 = 16;

/// Hands cases to `check`, which panics or fails where one is a finding, until the time is over.
pub fn fuzz<S: Strategy>(
    target: &str,
    cases: &S,
    check: impl Fn(S::Value) -> Result<(), TestCaseError>,
) where
    S::Value: Debug,
{
    let start = Instant::now();
    let time = number("ILLUMIO_MONITOR_FUZZ_SECONDS").map_or(SHORT, Duration::from_secs);
    let first = number("ILLUMIO_MONITOR_SEED").unwrap_or_else(of_the_clock);
    let mut seed = first;
    let mut done: u64 = 0;
    while start.elapsed() < time {
        let config = ProptestConfig {
            failure_persistence: None,
            max_shrink_time: 20_000,
            max_shrink_iters: 100_000,
            ..ProptestConfig::with_cases(BATCH)
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes(seed));
        if let Err(found) = TestRunner::new_with_rng(config, rng).run(cases, &check) {
            panic!("{target}, ILLUMIO_MONITOR_SEED={seed}, after {done} cases: {found}");
        }
        done += u64::from(BATCH);
        seed = seed.wrapping_add(1);
    }
    let seconds = start.elapsed().as_secs_f32();
    println!("fuzz {target}: {done} cases in {seconds:.1} s, first seed {first}, no finding");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn of_the_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::from(since.subsec_nanos()) << 20
}

fn bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes
}
