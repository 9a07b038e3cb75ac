//! The search around a place: sorted by exact distance, in pages, with a bounded number of queries.
//!
//! A request asks for the whole circle first. Where that holds more than a query may read, the place is crowded and a
//! smaller circle holds enough for a page: the search narrows, in the same request while it has queries left, and else in
//! the next one, since the cursor says how far to reach. What a page shows is therefore always right; it may be short.

use contracts::points::PointKind;
use types::{GeoPoint, PointId, Uuid};

use super::covering::{CellRange, Ring, covering};
use super::place::distance_m;

/// The smallest circle that may be asked for, in metres.
pub const MIN_RADIUS_M: f64 = 50.0;
/// The largest, in metres: it meets seven partitions of the index at the most.
pub const MAX_RADIUS_M: f64 = 20_000.0;
/// The most queries that one request makes.
pub const MAX_QUERIES: usize = 7;
/// The most points that one query reads: about a megabyte, which is also where DynamoDB ends a query.
pub const MAX_POINTS_PER_QUERY: u32 = 1_000;
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

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearby {
    /// Around which place.
    pub center: GeoPoint,
    /// How far from it, in metres.
    pub radius_m: f64,
    /// What animals find there, if it matters.
    pub kind: Option<PointKind>,
    /// The most points on the page.
    pub limit: usize,
    /// Where the page before ended.
    pub after: Option<Position>,
}

/// Where a page ended, and how far the next one reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    shown: Option<Shown>,
    reach_m: f64,
}

/// The last that was shown.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shown {
    distance_m: f64,
    /// None if all points of this distance were.
    id: Option<PointId>,
}

/// This is no position that a page gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor that this list gave")]
pub struct NotAPosition;

impl Position {
    /// As text. Numbers are written bit by bit: a distance that is rounded would show points twice or never.
    pub fn to_text(self) -> String {
        let shown = self.shown.map_or_else(
            || "-".to_owned(),
            |shown| {
                let id = shown.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
                format!("{:x} {id}", shown.distance_m.to_bits())
            },
        );
        format!("{:x} {shown}", self.reach_m.to_bits())
    }

    /// Reads the text.
    pub fn parse(text: &str) -> Result<Self, NotAPosition> {
        let parts: Vec<_> = text.split(' ').collect();
        let (reach, shown) = match parts[..] {
            [reach, "-"] => (reach, None),
            [reach, distance, "-"] => (reach, Some(Shown { distance_m: metres(distance)?, id: None })),
            [reach, distance, id] => {
                let id = id.parse::<Uuid>().map_err(|_| NotAPosition)?;
                (reach, Some(Shown { distance_m: metres(distance)?, id: Some(PointId::new(id)) }))
            }
            _ => return Err(NotAPosition),
        };
        Ok(Self { shown, reach_m: metres(reach)? })
    }
}

fn metres(text: &str) -> Result<f64, NotAPosition> {
    let metres = u64::from_str_radix(text, 16).map(f64::from_bits).map_err(|_| NotAPosition)?;
    (0.0..=MAX_RADIUS_M).contains(&metres).then_some(metres).ok_or(NotAPosition)
}

/// What the search needs to know of a point.
pub trait Located {
    /// Its id.
    fn id(&self) -> PointId;
    /// What animals find there, and where it is; none if it is gone.
    fn place(&self) -> Option<(PointKind, GeoPoint)>;
}

/// A page of points, each with its distance in metres.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    /// The nearest first; of the same distance, the least id first.
    pub points: Vec<(f64, T)>,
    /// Where the next page starts, if there may be more.
    pub next: Option<Position>,
}

/// There are more points than a search can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooCrowded;

/// A search under way.
#[derive(Debug, Clone)]
pub struct Search {
    asked: Nearby,
    shown: Option<Shown>,
    reach_m: f64,
    queries_left: usize,
}

impl Search {
    /// Starts one.
    pub fn new(asked: Nearby) -> Self {
        let reach_m = asked.after.map_or(asked.radius_m, |after| after.reach_m.min(asked.radius_m));
        let shown = asked.after.and_then(|after| after.shown);
        Self { asked, shown, reach_m, queries_left: MAX_QUERIES }
    }

    /// The ranges to read next, each with one query; none if there are not enough queries left.
    pub fn next_ranges(&mut self) -> Option<Vec<CellRange>> {
        let ring = Ring { center: self.asked.center, inner_m: self.shown_m(), outer_m: self.reach_m };
        let ranges = covering(&ring, if self.is_in_crowd() { self.queries_left } else { FIRST_QUERIES });
        self.queries_left = self.queries_left.checked_sub(ranges.len())?;
        Some(ranges)
    }

    /// Some range held more than a query reads: the next circle is smaller.
    pub fn narrow(&mut self) {
        let narrowing = if self.asked.after.is_some() { NARROWING_AGAIN } else { NARROWING };
        let shown_m = self.shown_m();
        self.reach_m = shown_m + (self.reach_m - shown_m) / narrowing;
    }

    /// The page, from all that the ranges held.
    pub fn found<T: Located>(self, read: Vec<T>) -> Found<T> {
        let mut points: Vec<(f64, T)> = read.into_iter().filter_map(|point| self.admit(point)).collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.id().cmp(&other.1.id())));
        if points.len() > self.asked.limit {
            points.truncate(self.asked.limit);
            let shown =
                points.last().map(|(distance_m, point)| Shown { distance_m: *distance_m, id: Some(point.id()) });
            return Found { points, next: Some(Position { shown, reach_m: self.reach_m }) };
        }
        let next = (self.reach_m < self.asked.radius_m).then(|| Position {
            shown: Some(Shown { distance_m: self.reach_m, id: None }),
            reach_m: (self.reach_m * WIDENING).min(self.asked.radius_m),
        });
        Found { points, next }
    }

    /// The page of a request that has no queries left: an empty one, and the next reaches less far.
    pub fn unfinished<T>(self) -> Result<Found<T>, TooCrowded> {
        if self.reach_m - self.shown_m() < MIN_STEP_M {
            return Err(TooCrowded);
        }
        Ok(Found { points: Vec::new(), next: Some(Position { shown: self.shown, reach_m: self.reach_m }) })
    }

    fn admit<T: Located>(&self, point: T) -> Option<(f64, T)> {
        let (kind, place) = point.place()?;
        let distance_m = distance_m(self.asked.center, place);
        let is_asked_for = distance_m <= self.reach_m && self.asked.kind.is_none_or(|asked| asked == kind);
        (is_asked_for && !self.was_shown(distance_m, point.id())).then_some((distance_m, point))
    }

    fn was_shown(&self, distance_m: f64, id: PointId) -> bool {
        self.shown.is_some_and(|shown| {
            let order = distance_m.total_cmp(&shown.distance_m);
            order.is_lt() || (order.is_eq() && shown.id.is_none_or(|last| id <= last))
        })
    }

    /// True once the whole circle was found to hold too much, by this request or one before.
    fn is_in_crowd(&self) -> bool {
        self.reach_m < self.asked.radius_m
    }

    fn shown_m(&self) -> f64 {
        self.shown.map_or(0.0, |shown| shown.distance_m)
    }
}

#[cfg(test)]
#[path = "nearby_tests.rs"]
mod tests;
