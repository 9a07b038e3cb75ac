//! The searches around a position and in a bounding box.

use contracts::points::PointKind;
use dynamo::StoreError;
use futures::future::try_join_all;
use geo::{
    BoxPage, BoxQuery, BoxRange, BoxSearch, CellRange, MAX_ITEMS_PER_QUERY, NearbyPage, NearbyQuery, NearbySearch,
    RangeItems, TooCrowded,
};
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
                    points.retain(|point| is_of(point, kind));
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

    /// A page of the points in a bounding box, of one kind if one is given, in the order of the index. May miss the last
    /// second.
    pub async fn within(
        &self,
        query: BoxQuery<PointId>,
        kind: Option<PointKind>,
    ) -> Result<BoxPage<Point>, StoreError> {
        let search = BoxSearch::new(query);
        let limit = search.items_per_query();
        let read = try_join_all(search.ranges().iter().map(|range| self.read_box(range, limit))).await?;
        Ok(search.page(read, |point| is_of(point, kind)))
    }

    /// The first points of a range.
    async fn read_box(&self, range: &BoxRange<PointId>, limit: u32) -> Result<RangeItems<Point>, StoreError> {
        let CellRange { partition, first, last } = range.cells;
        let first = match range.from {
            Some(id) => format!("{first:016x}#{id}"),
            None => format!("{first:016x}"),
        };
        let last = cell_key(partition, format!("{last:016x}"));
        let page = self.table.list_index_between::<Point>(cell_key(partition, first), last, limit).await?;
        let is_complete = page.next.is_none();
        Ok(RangeItems { items: page.items.into_iter().map(|item| item.value).collect(), is_complete })
    }
}

fn is_of(point: &Point, kind: Option<PointKind>) -> bool {
    kind.is_none_or(|kind| point.details.as_ref().is_some_and(|details| details.kind == kind))
}
