//! TLS as both the PCE and the mail server get it: one place that decides whom to trust.
