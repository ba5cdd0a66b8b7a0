//! What is said when mail is not delivered.

#![allow(missing_docs, reason = "a sentence says itself what it says")]
