//! The regions of a supercluster, as a query's status tells of them.

use serde_json::{Value, json};

use super::rows::Row;

/// One PCE of a supercluster.
#[derive(Clone, Debug)]
pub struct Region {
    /// Its name.
    pub fqdn: String,
    /// Whether it answers the leader's queries. The rows of one that is silent are
    /// missing, and nothing else says so.
    pub responds: bool,
}

impl Region {
    /// One that answers.
    pub fn of(fqdn: &str) -> Self {
        Self { fqdn: fqdn.into(), responds: true }
    }

    /// The same, silent.
    pub fn silent(mut self) -> Self {
        self.responds = false;
        self
    }
}

/// Whether the row's region answers; always without a supercluster.
pub fn responds(regions: &[Region], row: &Row) -> bool {
    let region = regions.get(row.newest.region);
    region.is_none_or(|region| region.responds)
}

/// `regions` of a query's status; `None` without a supercluster.
pub fn report(regions: &[Region], rows: &[Row], matches: impl Fn(usize) -> usize) -> Option<Value> {
    let one = |(place, region): (usize, &Region)| {
        let rows = rows.iter().filter(|row| row.newest.region == place).count();
        json!({
            "pce_fqdn": region.fqdn, "responded": region.responds,
            "flows_count": rows, "matches_count": matches(rows)
        })
    };
    let all: Vec<Value> = regions.iter().enumerate().map(one).collect();
    (!all.is_empty()).then_some(all.into())
}
