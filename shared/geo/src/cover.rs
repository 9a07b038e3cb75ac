//! The ranges of the index that can hold the items of a circle.
//!
//! An item is listed under its H3 cell of resolution 4 and sorted by its cell of resolution 15. An H3 index spells out the
//! path from a coarse cell down to a fine one, so everything below one cell of any resolution in between is one range of
//! sort keys. A circle becomes the cells that it can intersect, at a resolution that suits its size, and these become
//! ranges.
//!
//! "Below a cell" is a matter of indexes: seven children do not fill their parent's hexagon, but a fringed shape that
//! crosses its border. What a cell can hold is therefore bounded by its centre and a reach that is larger than its
//! circumradius; see [`SLACK`].

use h3o::{CellIndex, LatLng, Resolution};
use types::GeoPoint;

use crate::bounding_box::BoundingBox;
use crate::distance::lat_lng;

/// The cell that names a partition of the index: 1,770 km² on average, so that a city is several. The largest circle meets
/// seven of them at the most.
const PARTITION: Resolution = Resolution::Four;
/// The cell that items are sorted by, of about a square metre.
const SORTED_BY: Resolution = Resolution::Fifteen;
/// The resolutions at which circles are covered, the finest first.
const WORKING: [Resolution; 9] = [
    Resolution::Twelve,
    Resolution::Eleven,
    Resolution::Ten,
    Resolution::Nine,
    Resolution::Eight,
    Resolution::Seven,
    Resolution::Six,
    Resolution::Five,
    Resolution::Four,
];
/// A circle is covered with cells whose average edge is at least this part of its radius: finer ones fit better, and are
/// more. The average decides on nothing but the cost.
const EDGES_PER_RADIUS: f64 = 4.0;
/// How far from a cell's centre what is listed below it may lie, in circumradii of the largest cell around.
///
/// The centres of a cell's six outer children are √3/√7 of a circumradius from its own, those of their children √7 times
/// less from theirs, and so on: √3/√7 · 1/(1 − 1/√7) = 1.053 of a regular hexagon's circumradius. The projection shears
/// hexagons; a circle that is sheared is at most 2/√3 = 1.155 as wide as the hexagon in it. That makes 1.216, and the rest
/// is for scale, which changes by 5 % at the most over the cells of one covering.
const SLACK: f64 = 1.4;
/// The least distance between rings of cells, as a part of the least distance between two neighbours' centres: √3/2 in a
/// regular grid.
const RING_WIDTH: f64 = 0.8;
/// The most rings of cells around a circle's own cell. A circle needs six or seven.
const MAX_RINGS: u32 = 12;
/// Rounding of distances, in metres, with much to spare.
const ROUNDING_M: f64 = 0.01;
/// Where an index keeps its resolution, and how many bits each step down takes (H3's documentation, "H3 Index
/// Representations").
const RESOLUTION_SHIFT: u32 = 52;
const RESOLUTION_MASK: u64 = 0xf << RESOLUTION_SHIFT;
const BITS_PER_STEP: u32 = 3;

/// The position of an item in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexPosition {
    /// The partition.
    pub partition: u64,
    /// The position in it.
    pub cell: u64,
}

impl IndexPosition {
    /// The index position of a geographic position.
    pub fn of(position: GeoPoint) -> Self {
        let cell = lat_lng(position).to_cell(SORTED_BY);
        Self { partition: partition_of(cell), cell: cell.into() }
    }
}

/// Cells that follow each other in one partition of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellRange {
    /// The partition.
    pub partition: u64,
    /// The first cell that may be there.
    pub first: u64,
    /// The last one.
    pub last: u64,
}

impl CellRange {
    /// All that is listed below a cell.
    fn below(cell: CellIndex) -> Self {
        let bits = u64::from(cell);
        // The steps below a cell's own resolution are all ones, which is beyond every real step.
        let last = (bits & !RESOLUTION_MASK) | (u64::from(u8::from(SORTED_BY)) << RESOLUTION_SHIFT);
        Self { partition: partition_of(cell), first: last & !(width_of(cell.resolution()) - 1), last }
    }

    /// True if an item at that index position is in the range.
    pub fn contains(&self, item: IndexPosition) -> bool {
        self.partition == item.partition && (self.first..=self.last).contains(&item.cell)
    }
}

/// How many numbers there are below a cell.
fn width_of(resolution: Resolution) -> u64 {
    1 << (BITS_PER_STEP * u32::from(u8::from(SORTED_BY) - u8::from(resolution)))
}

fn partition_of(cell: CellIndex) -> u64 {
    // Only a cell that is coarser than a partition has no such parent, and there is none here.
    cell.parent(PARTITION).unwrap_or(cell).into()
}

/// A circle, or a circle without a smaller one of the same center.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ring {
    /// The center.
    pub center: GeoPoint,
    /// The inner radius, in metres. Items that are nearer are not asked for, but may be found.
    pub inner_m: f64,
    /// The outer radius, in metres.
    pub outer_m: f64,
}

/// Ranges that hold every item of a ring, and others too: at most `max_ranges`, unless the ring intersects more
/// partitions than that.
pub fn cover(ring: &Ring, max_ranges: usize) -> Vec<CellRange> {
    let resolution = working_resolution(ring.outer_m);
    join(cells(ring, resolution).0, resolution, max_ranges)
}

/// Ranges that hold every item of a bounding box, and others too: at most `max_ranges`, unless the circle around the box
/// intersects more partitions than that.
pub(crate) fn cover_box(area: &BoundingBox, max_ranges: usize) -> Vec<CellRange> {
    let circle = Ring { center: area.center(), inner_m: 0.0, outer_m: area.reach_m() };
    let resolution = working_resolution(circle.outer_m);
    let (mut cells, reach_m) = cells(&circle, resolution);
    cells.retain(|cell| area.may_meet(LatLng::from(*cell), reach_m));
    join(cells, resolution, max_ranges)
}

/// The ranges of cells, neighbours joined.
fn join(cells: Vec<CellIndex>, resolution: Resolution, max_ranges: usize) -> Vec<CellRange> {
    let mut ranges: Vec<_> = cells.into_iter().map(CellRange::below).collect();
    ranges.sort_unstable();
    // What lies between two ranges is read for nothing, so the smallest gaps go first; those of one cell save a query.
    while let Some((at, gap)) = smallest_gap(&ranges) {
        if ranges.len() <= max_ranges && gap > width_of(resolution) {
            break;
        }
        ranges[at].last = ranges[at + 1].last;
        ranges.remove(at + 1);
    }
    ranges
}

fn working_resolution(radius_m: f64) -> Resolution {
    let suits = |resolution: &Resolution| radius_m <= EDGES_PER_RADIUS * resolution.edge_length_m();
    WORKING.into_iter().find(suits).unwrap_or(PARTITION)
}

/// The cells of a resolution that can hold points of the ring, and how far from a cell's centre what is listed below it may
/// lie, in metres.
fn cells(ring: &Ring, resolution: Resolution) -> (Vec<CellIndex>, f64) {
    let center = lat_lng(ring.center);
    let own = center.to_cell(resolution);
    let around: Vec<CellIndex> = own.grid_disk(1);
    let reach_m = SLACK * around.iter().map(|cell| circumradius_m(*cell)).fold(0.0, f64::max);
    let far_m = ring.outer_m + reach_m + ROUNDING_M;
    let near_m = ring.inner_m - reach_m - ROUNDING_M;
    let mut cells: Vec<CellIndex> = own.grid_disk(rings(own, &around, far_m));
    cells.retain(|cell| (near_m..=far_m).contains(&center.distance_m(LatLng::from(*cell))));
    (cells, reach_m + ROUNDING_M)
}

/// How many rings of cells hold all those whose centres are nearer than this to some place in the cell `own`.
fn rings(own: CellIndex, around: &[CellIndex], far_m: f64) -> u32 {
    let middle = LatLng::from(own);
    let neighbours = around.iter().filter(|cell| **cell != own);
    let spacing_m = neighbours.map(|cell| middle.distance_m(LatLng::from(*cell))).fold(f64::INFINITY, f64::min);
    let needed_m = far_m + circumradius_m(own);
    (1..MAX_RINGS).find(|ring| f64::from(*ring) * RING_WIDTH * spacing_m > needed_m).unwrap_or(MAX_RINGS)
}

/// From a cell's centre to the farthest corner that it really has.
fn circumradius_m(cell: CellIndex) -> f64 {
    let center = LatLng::from(cell);
    cell.boundary().iter().map(|corner| center.distance_m(*corner)).fold(0.0, f64::max)
}

/// The pair of neighbours in one partition with the least between them: its first, and how much that is.
fn smallest_gap(ranges: &[CellRange]) -> Option<(usize, u64)> {
    let pairs = ranges.windows(2).enumerate().filter(|(_, pair)| pair[0].partition == pair[1].partition);
    pairs.map(|(at, pair)| (at, pair[1].first - pair[0].last)).min_by_key(|(_, gap)| *gap)
}

#[cfg(test)]
#[path = "cover_tests.rs"]
mod tests;
