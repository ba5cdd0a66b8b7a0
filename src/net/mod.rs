//! What the way to the PCE and the one to the mail server have in common: names and their
//! addresses, TLS and its certificates, secrets. Opens no socket.

pub mod certificate;
mod getent;
mod memory;
mod resolve;
pub mod secret;
pub mod tls;

pub use memory::{AddressBook, Addresses, FromMemory, Served};
pub use resolve::{By, Found, bare, look_up};
