//! Positions on the earth: distances, an index of cells in the table, and nearby search with a bounded number of queries.
//!
//! A context that lists things by position stores an [`IndexPosition`] with each item: the H3 cell of resolution 4 is the
//! partition, the cell of resolution 15 the sort key. [`cover`] turns a circle into ranges of that index, and
//! [`NearbySearch`] plans the queries of one request and builds its page: nearest first, paginated, exact.
//!
//! [`BoxSearch`] does the same for a [`BoundingBox`], in the order of the index.
//!
//! What it does not do: it makes no queries and knows no items. The caller runs each range as one query, filters what it
//! read by its own rules, and gives the rest to the search. Geofences, routes and addresses are not here either.
//!
//! ```
//! use geo::{GeoPoint, Located, NearbyQuery, NearbySearch};
//!
//! #[derive(Clone)]
//! struct Shop { id: u32, position: GeoPoint }
//!
//! impl Located for Shop {
//!     type Id = u32;
//!     fn id(&self) -> u32 { self.id }
//!     fn position(&self) -> Option<GeoPoint> { Some(self.position) }
//! }
//!
//! let center = GeoPoint::new(52.52, 13.405).unwrap();
//! let shops = vec![Shop { id: 1, position: center }];
//! let mut search = NearbySearch::new(NearbyQuery { center, radius_m: 1_000.0, limit: 20, after: None });
//! let page = loop {
//!     // Without queries left, the page is empty and the next one starts from a smaller circle.
//!     let Some(ranges) = search.next_ranges() else { break search.partial_page().unwrap() };
//!     // Here: one query per range. A range that holds more than `MAX_ITEMS_PER_QUERY` calls for `search.narrow()`.
//!     assert!(!ranges.is_empty());
//!     break search.page(shops.clone());
//! };
//! assert_eq!(page.items.len(), 1);
//! assert!(page.next.is_none());
//! ```

mod bounding_box;
mod box_search;
mod cover;
mod distance;
mod nearby;
#[cfg(test)]
mod test_positions;

pub use bounding_box::{BoundingBox, InvalidBox};
pub use box_search::{BoxCursor, BoxPage, BoxQuery, BoxRange, BoxSearch, RangeItems};
pub use cover::{CellRange, IndexPosition, Ring, cover};
pub use distance::distance_m;
pub use nearby::{
    InvalidCursor, Located, MAX_ITEMS_PER_QUERY, MAX_QUERIES, MAX_RADIUS_M, NearbyPage, NearbyQuery, NearbySearch,
    SearchCursor, TooCrowded,
};
pub use types::{GeoPoint, NotOnEarth};
