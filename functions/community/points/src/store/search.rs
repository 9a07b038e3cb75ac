//! The search around a place.

use dynamo::{StoreError, Versioned};
use futures::future::try_join_all;

use super::{Store, cell_key};
use crate::domain::covering::CellRange;
use crate::domain::nearby::{Found, Located, MAX_POINTS_PER_QUERY, Nearby, Search, TooCrowded};
use crate::domain::point::Point;

impl Located for Versioned<Point> {
    fn id(&self) -> types::PointId {
        self.value.id
    }

    fn place(&self) -> Option<(contracts::points::PointKind, types::GeoPoint)> {
        self.value.place()
    }
}

impl Store {
    /// The points around a place, a page of them, the nearest first. May miss the last second.
    pub async fn nearby(&self, asked: Nearby) -> Result<Result<Found<Versioned<Point>>, TooCrowded>, StoreError> {
        let mut search = Search::new(asked);
        // Each round takes queries of a bounded number, and at least one.
        while let Some(ranges) = search.next_ranges() {
            match self.read(&ranges).await? {
                Some(points) => return Ok(Ok(search.found(points))),
                None => search.narrow(),
            }
        }
        Ok(search.unfinished())
    }

    /// All points of some ranges; none if one holds more than a query reads.
    async fn read(&self, ranges: &[CellRange]) -> Result<Option<Vec<Versioned<Point>>>, StoreError> {
        let queries = ranges.iter().map(|range| {
            let first = cell_key(range.partition, format!("{:016x}", range.first));
            // No cell has this index, so what is below it is all that counts.
            let last = cell_key(range.partition, format!("{:016x}", range.last));
            self.table.list_index_between::<Point>(first, last, MAX_POINTS_PER_QUERY)
        });
        let pages = try_join_all(queries).await?;
        let is_all = pages.iter().all(|page| page.next.is_none());
        Ok(is_all.then(|| pages.into_iter().flat_map(|page| page.items).collect()))
    }
}
