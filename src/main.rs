//! Command line → command → exit code.

fn main() {}
