//! What the ways to the PCE, to the mail server and to receivers have in common: names and their
//! addresses, TLS and its certificates, secrets. Opens no socket.

pub mod certificate;
mod getent;
mod memory;
mod resolve;
pub mod secret;
pub mod tls;

pub use memory::{AddressBook, Addresses, FromMemory, Served};
pub use resolve::{By, Found, bare, look_up};
