//! What reading traffic may ask of the PCE in one cycle.

use crate::pce::client::Client;

/// So many queries are posted; what is left goes on in the next cycle.
const MOST_QUERIES: u32 = 40;

/// So many requests a run makes, all in all.
const MOST_REQUESTS: u32 = 200;

/// What of them is left for a download and what is deleted in the end.
const RESERVED: u32 = 6;

/// So many belong to traffic, however many went before: a query that is never polled
/// would never be done.
const LEAST: u32 = 40;

/// What was asked so far, and where it ends.
#[derive(Debug)]
pub struct Budget {
    queries: u32,
    most_requests: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { queries: 0, most_requests: MOST_REQUESTS }
    }
}

impl Budget {
    /// Reading begins now.
    pub fn begin(&mut self, client: &Client) {
        self.most_requests = MOST_REQUESTS.max(client.requests() + LEAST);
    }

    /// How many queries were posted.
    pub fn queries(&self) -> u32 {
        self.queries
    }

    /// Whether another request may be made.
    pub fn may_ask(&self, client: &Client) -> bool {
        client.requests() + RESERVED < self.most_requests
    }

    /// Whether another query may be posted; if so, it is counted.
    pub fn one_more(&mut self, client: &Client) -> bool {
        let may_post = self.queries < MOST_QUERIES && self.may_ask(client);
        self.queries += u32::from(may_post);
        may_post
    }
}
