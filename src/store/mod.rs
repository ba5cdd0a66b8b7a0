//! The one JSON file: config, state, locks, save and `.last`.
