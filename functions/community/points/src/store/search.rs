//! The search around a position.

use contracts::points::PointKind;
use dynamo::StoreError;
use futures::future::try_join_all;
use geo::{CellRange, MAX_ITEMS_PER_QUERY, NearbyPage, NearbyQuery, NearbySearch, TooCrowded};
use types::PointId;

use super::{Store, cell_key};
use crate::domain::point::Point;

impl Store {
    /// A page of the points around a position, of one kind if one is given, the nearest first. May miss the last second.
    pub async fn nearby(
        &self,
        query: NearbyQuery<PointId>,
        kind: Option<PointKind>,
    ) -> Result<Result<NearbyPage<Point>, TooCrowded>, StoreError> {
        let mut search = NearbySearch::new(query);
        // Each round takes queries of a bounded number, and at least one.
        while let Some(ranges) = search.next_ranges() {
            match self.read(&ranges).await? {
                Some(mut points) => {
                    points.retain(|point| {
                        kind.is_none_or(|kind| point.details.as_ref().is_some_and(|details| details.kind == kind))
                    });
                    return Ok(Ok(search.page(points)));
                }
                None => search.narrow(),
            }
        }
        Ok(search.partial_page())
    }

    /// All points of some ranges; none if one holds more than a query reads.
    async fn read(&self, ranges: &[CellRange]) -> Result<Option<Vec<Point>>, StoreError> {
        let queries = ranges.iter().map(|range| {
            let first = cell_key(range.partition, format!("{:016x}", range.first));
            // No cell has this index, so what is below it is all that counts.
            let last = cell_key(range.partition, format!("{:016x}", range.last));
            self.table.list_index_between::<Point>(first, last, MAX_ITEMS_PER_QUERY)
        });
        let pages = try_join_all(queries).await?;
        let is_all = pages.iter().all(|page| page.next.is_none());
        Ok(is_all.then(|| pages.into_iter().flat_map(|page| page.items).map(|item| item.value).collect()))
    }
}
