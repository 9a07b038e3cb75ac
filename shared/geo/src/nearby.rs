//! Nearby search: sorted by exact distance, paginated, with a bounded number of queries per request.
//!
//! A request asks for the whole circle first. Where that holds more than a query may read, the place is crowded and a
//! smaller circle holds enough for a page: the search narrows, in the same request while it has queries left, and else in
//! the next one, since the cursor says how far to reach. What a page shows is therefore always right; it may be short.

use std::fmt::Display;
use std::str::FromStr;

use types::GeoPoint;

use crate::cover::{CellRange, Ring, cover};
use crate::distance::distance_m;

/// The largest radius of a search, in metres: such a circle intersects at most seven partitions of the index.
pub const MAX_RADIUS_M: f64 = 20_000.0;
/// The most queries that one request makes.
pub const MAX_QUERIES: usize = 7;
/// The most items that one query reads: about a megabyte, which is also where DynamoDB ends a query.
pub const MAX_ITEMS_PER_QUERY: u32 = 1_000;
/// How many queries the whole circle is covered with, where it does not meet more partitions: the rest is for a second one.
const FIRST_QUERIES: usize = 4;
/// By how much a circle is narrowed that turns out to be crowded: it holds thousands of points, a page a hundred at the most.
const NARROWING: f64 = 32.0;
/// By how much a circle is narrowed that is known to lie in a crowd, and was chosen for that.
const NARROWING_AGAIN: f64 = 4.0;
/// By how much a narrowed circle is widened once all that it holds was shown.
const WIDENING: f64 = 2.0;
/// Where this little is left between what was shown and how far the search reaches, in metres, it ends.
const MIN_STEP_M: f64 = 1.0;

/// A nearby query. `I` is the type of the ids of the items.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearbyQuery<I> {
    /// The center of the circle.
    pub center: GeoPoint,
    /// The radius, in metres; at most [`MAX_RADIUS_M`].
    pub radius_m: f64,
    /// The most items on the page.
    pub limit: usize,
    /// Where the previous page ended.
    pub after: Option<SearchCursor<I>>,
}

/// A pagination cursor: where a page ended, and how far the next one reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SearchCursor<I> {
    last: Option<Last<I>>,
    reach_m: f64,
}

/// The last item that a page contained.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Last<I> {
    distance_m: f64,
    /// None if the pages contained all items of this distance.
    id: Option<I>,
}

/// The text is not a cursor of a nearby search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor that this list gave")]
pub struct InvalidCursor;

impl<I: Display + FromStr> SearchCursor<I> {
    /// The cursor as text. Numbers are written bit by bit: rounded distances would repeat or skip items.
    pub fn to_text(&self) -> String {
        let shown = self.last.as_ref().map_or_else(
            || "-".to_owned(),
            |shown| {
                let id = shown.id.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
                format!("{:x} {id}", shown.distance_m.to_bits())
            },
        );
        format!("{:x} {shown}", self.reach_m.to_bits())
    }

    /// Reads the text.
    pub fn parse(text: &str) -> Result<Self, InvalidCursor> {
        let parts: Vec<_> = text.split(' ').collect();
        let (reach, shown) = match parts[..] {
            [reach, "-"] => (reach, None),
            [reach, distance, "-"] => (reach, Some(Last { distance_m: metres(distance)?, id: None })),
            [reach, distance, id] => {
                let id = id.parse::<I>().map_err(|_| InvalidCursor)?;
                (reach, Some(Last { distance_m: metres(distance)?, id: Some(id) }))
            }
            _ => return Err(InvalidCursor),
        };
        Ok(Self { last: shown, reach_m: metres(reach)? })
    }
}

fn metres(text: &str) -> Result<f64, InvalidCursor> {
    let metres = u64::from_str_radix(text, 16).map(f64::from_bits).map_err(|_| InvalidCursor)?;
    (0.0..=MAX_RADIUS_M).contains(&metres).then_some(metres).ok_or(InvalidCursor)
}

/// An item that a nearby search can order.
pub trait Located {
    /// The type of its id, which orders items of the same distance.
    type Id: Copy + Ord;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// Its position; none if it no longer has one and is to be skipped.
    fn position(&self) -> Option<GeoPoint>;
}

/// A page of items, each with its distance in metres.
#[derive(Debug, Clone, PartialEq)]
pub struct NearbyPage<T: Located> {
    /// The nearest first; of the same distance, the least id first.
    pub items: Vec<(f64, T)>,
    /// Where the next page starts, if there may be more items.
    pub next: Option<SearchCursor<T::Id>>,
}

/// There are more items at one distance than a search can page through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooCrowded;

/// The plan of one request of a search.
#[derive(Debug, Clone)]
pub struct NearbySearch<I> {
    query: NearbyQuery<I>,
    last: Option<Last<I>>,
    reach_m: f64,
    queries_left: usize,
}

impl<I: Copy + Ord> NearbySearch<I> {
    /// The search of one page.
    pub fn new(query: NearbyQuery<I>) -> Self {
        let reach_m = query.after.map_or(query.radius_m, |after| after.reach_m.min(query.radius_m));
        let last = query.after.and_then(|after| after.last);
        Self { query, last, reach_m, queries_left: MAX_QUERIES }
    }

    /// The ranges to read next, each with one query of at most [`MAX_ITEMS_PER_QUERY`] items; none if there are not enough
    /// queries left.
    pub fn next_ranges(&mut self) -> Option<Vec<CellRange>> {
        let ring = Ring { center: self.query.center, inner_m: self.shown_m(), outer_m: self.reach_m };
        let ranges = cover(&ring, if self.is_in_crowd() { self.queries_left } else { FIRST_QUERIES });
        self.queries_left = self.queries_left.checked_sub(ranges.len())?;
        Some(ranges)
    }

    /// Makes the next circle smaller, because a range held more than a query reads.
    pub fn narrow(&mut self) {
        let narrowing = if self.query.after.is_some() { NARROWING_AGAIN } else { NARROWING };
        let shown_m = self.shown_m();
        self.reach_m = shown_m + (self.reach_m - shown_m) / narrowing;
    }

    /// The page, made from the items that the ranges held.
    pub fn page<T: Located<Id = I>>(self, read: Vec<T>) -> NearbyPage<T> {
        let mut items: Vec<(f64, T)> = read.into_iter().filter_map(|item| self.admit(item)).collect();
        items.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.id().cmp(&other.1.id())));
        if items.len() > self.query.limit {
            items.truncate(self.query.limit);
            let last = items.last().map(|(distance_m, item)| Last { distance_m: *distance_m, id: Some(item.id()) });
            return NearbyPage { items, next: Some(SearchCursor { last, reach_m: self.reach_m }) };
        }
        let next = (self.reach_m < self.query.radius_m).then(|| SearchCursor {
            last: Some(Last { distance_m: self.reach_m, id: None }),
            reach_m: (self.reach_m * WIDENING).min(self.query.radius_m),
        });
        NearbyPage { items, next }
    }

    /// The page of a request that has no queries left: it is empty, and the next one reaches less far.
    pub fn partial_page<T: Located<Id = I>>(self) -> Result<NearbyPage<T>, TooCrowded> {
        if self.reach_m - self.shown_m() < MIN_STEP_M {
            return Err(TooCrowded);
        }
        Ok(NearbyPage { items: Vec::new(), next: Some(SearchCursor { last: self.last, reach_m: self.reach_m }) })
    }

    fn admit<T: Located<Id = I>>(&self, item: T) -> Option<(f64, T)> {
        let distance_m = distance_m(self.query.center, item.position()?);
        let is_in_reach = distance_m <= self.reach_m;
        (is_in_reach && !self.was_shown(distance_m, item.id())).then_some((distance_m, item))
    }

    fn was_shown(&self, distance_m: f64, id: I) -> bool {
        self.last.is_some_and(|shown| {
            let order = distance_m.total_cmp(&shown.distance_m);
            order.is_lt() || (order.is_eq() && shown.id.is_none_or(|last| id <= last))
        })
    }

    /// True once the whole circle was found to hold too much, by this request or one before.
    fn is_in_crowd(&self) -> bool {
        self.reach_m < self.query.radius_m
    }

    fn shown_m(&self) -> f64 {
        self.last.map_or(0.0, |shown| shown.distance_m)
    }
}

#[cfg(test)]
#[path = "nearby_tests.rs"]
mod tests;
