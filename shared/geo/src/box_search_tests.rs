//! The search in a box equals brute force: every item once, in the order of the index, with a bounded number of queries.

use std::collections::BTreeMap;

use proptest::prelude::*;
use types::{GeoPoint, PointId, Uuid};

use super::*;
use crate::bounding_box::InvalidBox;
use crate::nearby::MAX_QUERIES;
use crate::test_positions::{anywhere, around};

#[derive(Debug, Clone, Copy, PartialEq)]
struct Spot {
    id: PointId,
    place: GeoPoint,
}

impl Located for Spot {
    type Id = PointId;

    fn id(&self) -> PointId {
        self.id
    }

    fn position(&self) -> Option<GeoPoint> {
        Some(self.place)
    }
}

/// The index as the table keeps it.
#[derive(Default)]
struct Index(BTreeMap<(u64, u64, PointId), Spot>);

impl Index {
    fn add(&mut self, place: GeoPoint) {
        let id = PointId::new(types::derive_id(&["spot", &self.0.len().to_string()]));
        let position = IndexPosition::of(place);
        self.0.insert((position.partition, position.cell, id), Spot { id, place });
    }

    fn query(&self, range: &BoxRange<PointId>, limit: u32) -> RangeItems<Spot> {
        let from = range.from.unwrap_or(PointId::new(Uuid::nil()));
        let first = (range.cells.partition, range.cells.first, from);
        let last = (range.cells.partition, range.cells.last, PointId::new(Uuid::max()));
        let mut items: Vec<_> = self.0.range(first..=last).map(|(_, spot)| *spot).take(limit as usize + 1).collect();
        let is_complete = items.len() <= limit as usize;
        items.truncate(limit as usize);
        RangeItems { items, is_complete }
    }

    /// All pages, as the store reads them; and the most queries and items of one request.
    fn all_pages(&self, mut query: BoxQuery<PointId>, admit: impl Fn(&Spot) -> bool) -> (Vec<PointId>, usize, usize) {
        let (mut seen, mut queries, mut most) = (Vec::new(), 0, 0);
        for _ in 0..10_000 {
            let search = BoxSearch::new(query);
            let limit = search.items_per_query();
            let read: Vec<_> = search.ranges().iter().map(|range| self.query(range, limit)).collect();
            queries = queries.max(read.len());
            most = most.max(read.iter().map(|range| range.items.len()).sum());
            let page = search.page(read, &admit);
            assert!(page.items.len() <= query.limit);
            seen.extend(page.items.iter().map(|spot| spot.id));
            let Some(next) = page.next else { return (seen, queries, most) };
            assert_eq!(BoxCursor::parse(&next.to_text()), Ok(next));
            assert!(query.after.is_none_or(|after| after < next), "each page gets on");
            query.after = Some(next);
        }
        panic!("it goes on for ever");
    }
}

/// Boxes of every size and shape that may be searched, half of them at hard places.
fn area() -> impl Strategy<Value = BoundingBox> {
    (anywhere(), 0.0..0.18_f64, 0.0..0.5_f64).prop_filter_map("too large", |(center, height, part)| {
        let (south, north) = ((center.lat() - height / 2.0).max(-90.0), (center.lat() + height / 2.0).min(90.0));
        let width = (part * 0.3 / center.lat().to_radians().cos().max(1e-3)).min(359.0);
        let turn = |lng: f64| (lng + 180.0).rem_euclid(360.0) - 180.0;
        BoundingBox::new(turn(center.lng() - width / 2.0), south, turn(center.lng() + width / 2.0), north).ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_item_of_a_box_comes_once_whatever_its_place(
        area in area(),
        scattered in prop::collection::vec((0.0..360.0_f64, 0.0..=1.0_f64), 0..400),
        crowd in 0..150_usize,
        limit in 1..=100_usize,
    ) {
        let mut index = Index::default();
        for (bearing, part) in scattered {
            index.add(around(area.center(), bearing, 1.2 * area.reach_m() * part));
        }
        // Many at one place, so that a page ends within a cell.
        (0..crowd).for_each(|_| index.add(area.center()));
        let admit = |spot: &Spot| spot.id.to_string().as_bytes()[0] != b'0';
        let expected: Vec<_> =
            index.0.values().filter(|spot| area.contains(spot.place) && admit(spot)).map(|spot| spot.id).collect();
        let query = BoxQuery { area, limit, after: None };
        let (seen, queries, most) = index.all_pages(query, admit);
        prop_assert_eq!(seen, expected);
        prop_assert!(queries <= MAX_QUERIES, "{} queries", queries);
        prop_assert!(most <= MAX_QUERIES * (limit + 1).max(MIN_ITEMS_PER_QUERY), "{} items", most);
    }

    #[test]
    fn every_place_in_a_box_is_covered(area in area(), across in 0.0..=1.0_f64, up in 0.0..=1.0_f64) {
        let ranges = cover_box(&area, MAX_QUERIES);
        prop_assert!(ranges.len() <= MAX_QUERIES);
        for (across, up) in [(across, up), (0.0, up), (1.0, up), (across, 0.0), (across, 1.0), (0.0, 0.0), (1.0, 1.0)] {
            let place = area.at(across, up);
            prop_assert!(area.contains(place), "{place:?}");
            let listed = IndexPosition::of(place);
            prop_assert!(ranges.iter().any(|range| range.contains(listed)), "{place:?} is missed");
        }
    }
}

#[test]
fn boxes_lie_across_the_antimeridian_and_around_poles() {
    let at = |lat, lng| GeoPoint::new(lat, lng).unwrap();
    let pacific = BoundingBox::new(179.95, -0.05, -179.95, 0.05).unwrap();
    assert!(
        pacific.contains(at(0.0, 180.0)) && pacific.contains(at(0.0, -180.0)) && pacific.contains(at(0.05, 179.95))
    );
    assert!(!pacific.contains(at(0.0, 179.9)) && !pacific.contains(at(0.0, 0.0)));
    let pole = BoundingBox::new(-180.0, 89.9, 180.0, 90.0).unwrap();
    assert!(pole.contains(at(90.0, 17.0)) && pole.contains(at(89.95, -123.0)) && !pole.contains(at(89.8, 0.0)));
    let mut index = Index::default();
    for lng in [-180.0, -90.0, 0.0, 90.0, 180.0] {
        index.add(at(89.95, lng));
        index.add(at(89.8, lng));
    }
    assert_eq!(index.all_pages(BoxQuery { area: pole, limit: 2, after: None }, |_| true).0.len(), 5);
}

#[test]
fn boxes_that_cannot_be_searched_are_refused() {
    let refused = |west, south, east, north| BoundingBox::new(west, south, east, north).unwrap_err();
    assert_eq!(refused(0.0, 0.0, 181.0, 0.0), InvalidBox::NotOnEarth);
    assert_eq!(refused(0.0, f64::NAN, 0.0, 0.0), InvalidBox::NotOnEarth);
    assert_eq!(refused(0.0, 0.1, 0.1, 0.0), InvalidBox::UpsideDown);
    assert_eq!(refused(0.0, 0.0, 0.3, 0.3), InvalidBox::TooLarge);
    assert_eq!(refused(-180.0, -90.0, 180.0, 90.0), InvalidBox::TooLarge);
    // The other way round the earth.
    assert_eq!(refused(0.1, 0.0, 0.0, 0.1), InvalidBox::TooLarge);
    assert!(BoundingBox::new(0.0, 0.0, 0.25, 0.25).is_ok() && BoundingBox::new(1.0, 1.0, 1.0, 1.0).is_ok());
}

#[test]
fn texts_that_no_page_gave_are_refused() {
    for bad in ["", "1 2", "1 2 3", "x 2 019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d", "1 2 3 4"] {
        assert_eq!(BoxCursor::<PointId>::parse(bad), Err(InvalidCursor), "{bad}");
    }
}
