//! Search in a bounding box: every item once, in pages, with a bounded number of queries per request.
//!
//! The order is that of the index, which carries no meaning but makes a page cheap: each range is read from where the page
//! before ended, for not much more than one page of items. Items of the covering cells that are not in the box are read for
//! nothing, so a page may be short, or empty, although more follow.

use std::fmt::Display;
use std::str::FromStr;

use crate::bounding_box::BoundingBox;
use crate::cover::{CellRange, IndexPosition, cover_box};
use crate::nearby::{InvalidCursor, Located};

/// How many queries a box is covered with, unless it meets more partitions of the index: more queries would read fewer items
/// that are not in the box, and a page reads few anyway.
const QUERIES: usize = 4;
/// The least number of items that a query reads: a box is a part of its covering only.
const MIN_ITEMS_PER_QUERY: usize = 50;

/// A query for the items of a bounding box. `I` is the type of the ids of the items.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxQuery<I> {
    /// The area.
    pub area: BoundingBox,
    /// The most items on the page.
    pub limit: usize,
    /// Where the previous page ended.
    pub after: Option<BoxCursor<I>>,
}

/// A pagination cursor: the last item that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BoxCursor<I> {
    partition: u64,
    cell: u64,
    id: I,
}

impl<I: Display + FromStr> BoxCursor<I> {
    /// The cursor as text.
    pub fn to_text(&self) -> String {
        format!("{:x} {:x} {}", self.partition, self.cell, self.id)
    }

    /// Reads the text.
    pub fn parse(text: &str) -> Result<Self, InvalidCursor> {
        let number = |text: &str| u64::from_str_radix(text, 16).map_err(|_| InvalidCursor);
        match text.split(' ').collect::<Vec<_>>()[..] {
            [partition, cell, id] => {
                let id = id.parse().map_err(|_| InvalidCursor)?;
                Ok(Self { partition: number(partition)?, cell: number(cell)?, id })
            }
            _ => Err(InvalidCursor),
        }
    }
}

/// A range of the index that is read with one query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxRange<I> {
    /// The cells.
    pub cells: CellRange,
    /// The item of the first cell to read from, itself included; none for all of the cell.
    pub from: Option<I>,
}

/// What one query read: the first items of a range, in the order of cell and id.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeItems<T> {
    /// The items.
    pub items: Vec<T>,
    /// True if the range has no more.
    pub is_complete: bool,
}

/// A page of items.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxPage<T: Located> {
    /// The items, in the order of the index.
    pub items: Vec<T>,
    /// Where the next page starts, if there may be more items.
    pub next: Option<BoxCursor<T::Id>>,
}

/// The plan of one request.
#[derive(Debug, Clone)]
pub struct BoxSearch<I> {
    query: BoxQuery<I>,
    ranges: Vec<BoxRange<I>>,
}

impl<I: Copy + Ord> BoxSearch<I> {
    /// The search of one page.
    pub fn new(query: BoxQuery<I>) -> Self {
        let ranges = cover_box(&query.area, QUERIES);
        Self { query, ranges: ranges.into_iter().filter_map(|cells| rest(cells, query.after)).collect() }
    }

    /// The ranges to read, each with one query of at most [`Self::items_per_query`] items: at most [`crate::MAX_QUERIES`].
    pub fn ranges(&self) -> &[BoxRange<I>] {
        &self.ranges
    }

    /// How many items each query reads at most: those of one page, and the last one of the page before.
    pub fn items_per_query(&self) -> u32 {
        u32::try_from((self.query.limit + 1).max(MIN_ITEMS_PER_QUERY)).unwrap_or(u32::MAX)
    }

    /// The page, made from what the ranges held, in their order, of the items that are admitted.
    pub fn page<T: Located<Id = I>>(self, read: Vec<RangeItems<T>>, admit: impl Fn(&T) -> bool) -> BoxPage<T> {
        let Self { query, .. } = self;
        let (mut items, mut shown, mut seen) = (Vec::new(), None, query.after);
        for range in read {
            for item in range.items {
                let Some(position) = item.position() else { continue };
                let IndexPosition { partition, cell } = IndexPosition::of(position);
                let at = BoxCursor { partition, cell, id: item.id() };
                if seen.is_some_and(|seen| at <= seen) {
                    continue;
                }
                seen = Some(at);
                if !query.area.contains(position) || !admit(&item) {
                    continue;
                }
                if items.len() >= query.limit {
                    return BoxPage { items, next: shown };
                }
                items.push(item);
                shown = Some(at);
            }
            if !range.is_complete {
                // What the ranges behind it held comes on the next pages, in its order.
                return BoxPage { items, next: seen };
            }
        }
        BoxPage { items, next: None }
    }
}

/// What is left of a range after the last item that was read.
fn rest<I: Copy>(cells: CellRange, after: Option<BoxCursor<I>>) -> Option<BoxRange<I>> {
    let Some(after) = after else { return Some(BoxRange { cells, from: None }) };
    if (cells.partition, cells.last) < (after.partition, after.cell) {
        return None;
    }
    let is_here = cells.partition == after.partition && cells.first <= after.cell;
    Some(if is_here {
        BoxRange { cells: CellRange { first: after.cell, ..cells }, from: Some(after.id) }
    } else {
        BoxRange { cells, from: None }
    })
}

#[cfg(test)]
#[path = "box_search_tests.rs"]
mod tests;
