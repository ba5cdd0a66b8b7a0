//! The stories: what the binary does against a simulated PCE and a real SMTP
//! conversation. One binary, so that the rooms of the tests are compiled once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod certificate;
mod mailbox;
mod openssl;
mod oracle;
mod pce;
mod siem;
mod world;

mod stories {
    mod a_busy_day;
    mod a_day_of_events;
    mod attached_records;
    mod bad_input;
    mod below;
    mod beside;
    mod best_practices;
    mod check;
    mod check_mail;
    mod check_tls;
    mod client;
    mod command_line;
    mod condition_mails;
    mod conditions;
    mod daily_report;
    mod doubtful_rules;
    mod earlier_versions;
    mod event_fetch;
    mod event_rules;
    mod expiry;
    mod gaps;
    mod groups;
    mod handing_on;
    mod handing_on_in_trouble;
    mod history;
    mod hostile_records;
    mod illumio_py;
    mod importing;
    mod ip_lists;
    mod languages;
    mod mail_faults;
    mod mail_servers;
    mod mail_tls_faults;
    mod mounts;
    mod names;
    mod pauses;
    mod pce_faults;
    mod pce_tls;
    mod quiet_runs;
    mod random_worlds;
    mod roots_hands;
    mod routes;
    mod rules_command;
    mod rules_described;
    mod runs_that_died;
    mod secrets;
    mod secrets_thrown_back;
    mod security_practices;
    mod simulated_pce;
    mod simulated_rows;
    mod standing_worlds;
    mod status;
    mod the_archive;
    mod the_clock;
    mod the_clumsy_user;
    mod the_cycle;
    mod the_debug_view;
    mod the_file;
    mod the_file_in_trouble;
    mod the_mail;
    mod the_oracle;
    mod the_outbox;
    mod the_schedule;
    mod the_streams;
    mod the_world;
    mod traffic_bulk;
    mod traffic_counting;
    mod traffic_queries;
    mod traffic_rules;
    mod trying_on_the_archive;
    mod trying_rules;
    mod why_rules;
    mod workloads;
}
