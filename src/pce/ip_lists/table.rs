//! Which IP lists an address is in, found by one look into a sorted table, however many
//! lists and ranges there are.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use super::ranges::{Ranges, Span, number};

/// The addresses of both families, cut where a list begins or ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    v4: Cuts,
    v6: Cuts,
    /// The lists that hold between two cuts, each combination once.
    together: Vec<Vec<String>>,
}

/// From each of these addresses on it is the lists of that place.
type Cuts = Vec<(u128, u32)>;

/// A list begins (`true`) or is over at an address.
type Edge = (u128, usize, bool);

impl Table {
    /// Of these lists.
    pub(super) fn of<'l>(lists: impl Iterator<Item = (&'l str, &'l Ranges)>) -> Self {
        let lists: Vec<(&str, &Ranges)> = lists.collect();
        let mut together = Together {
            names: lists.iter().map(|(name, _)| *name).collect(),
            places: HashMap::new(),
            lists: Vec::new(),
        };
        let spans = |of: fn(&Ranges) -> &[Span]| {
            let each = lists.iter().enumerate();
            each.flat_map(move |(at, (_, ranges))| of(ranges).iter().map(move |span| (at, *span)))
        };
        let v4 = together.cut(spans(|ranges| &ranges.v4));
        let v6 = together.cut(spans(|ranges| &ranges.v6));
        Self { v4, v6, together: together.lists }
    }

    /// The names of the lists that the address is in, in their order.
    pub fn around(&self, ip: IpAddr) -> &[String] {
        let (is_v6, number) = number(ip);
        let cuts = if is_v6 { &self.v6 } else { &self.v4 };
        let after = cuts.partition_point(|(from, _)| *from <= number);
        let cut = after.checked_sub(1).and_then(|at| cuts.get(at));
        let lists = cut.and_then(|(_, place)| self.together.get(*place as usize));
        lists.map(Vec::as_slice).unwrap_or_default()
    }

    /// True where no address is in any list.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }
}

/// The combinations of lists that were met so far.
struct Together<'l> {
    names: Vec<&'l str>,
    places: HashMap<Vec<usize>, u32>,
    lists: Vec<Vec<String>>,
}

impl Together<'_> {
    fn cut(&mut self, spans: impl Iterator<Item = (usize, Span)>) -> Cuts {
        let edges = spans.flat_map(|(at, (first, last))| {
            let over = last.checked_add(1).map(|after| (after, at, false));
            [Some((first, at, true)), over].into_iter().flatten()
        });
        let mut edges: Vec<Edge> = edges.collect();
        edges.sort_unstable();
        let (mut cuts, mut holding) = (Cuts::new(), BTreeSet::new());
        for same in edges.chunk_by(|one, other| one.0 == other.0) {
            // What ends here and begins here again does not stand twice: ranges that
            // meet are one.
            for (_, at, begins) in same {
                match begins {
                    true => holding.insert(*at),
                    false => holding.remove(at),
                };
            }
            if let Some((from, ..)) = same.first() {
                cuts.push((*from, self.place(&holding)));
            }
        }
        cuts
    }

    fn place(&mut self, holding: &BTreeSet<usize>) -> u32 {
        let key: Vec<usize> = holding.iter().copied().collect();
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let place = self.lists.len() as u32;
        let names = key.iter().filter_map(|at| self.names.get(*at));
        self.lists.push(names.map(|name| (*name).to_owned()).collect());
        self.places.insert(key, place);
        place
    }
}
