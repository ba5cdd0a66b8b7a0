//! Faults of the mail server, injected for real.
