//! The search equals brute force: same points, same order, each once, however crowded.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use types::{PointId, Uuid};

use crate::cover::IndexPosition;
use crate::test_positions::{anywhere, around, hard_places};

/// Kinds that the caller filters by.
const KINDS: [u8; 3] = [0, 1, 2];
/// The smallest circle that lists usually ask for, in metres.
const MIN_RADIUS_M: f64 = 50.0;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Spot {
    id: PointId,
    kind: u8,
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

type Query = NearbyQuery<PointId>;

/// The index as the table keeps it.
#[derive(Default)]
struct Index(BTreeMap<(u64, u64, PointId), Spot>);

impl Index {
    fn add(&mut self, place: GeoPoint) {
        let number = self.0.len();
        let id = PointId::new(types::derive_id(&["spot", &number.to_string()]));
        let listing = IndexPosition::of(place);
        self.0.insert((listing.partition, listing.cell, id), Spot { id, kind: KINDS[number % 3], place });
    }

    /// What one query reads; none if there is more.
    fn query(&self, range: &CellRange) -> Option<Vec<Spot>> {
        let (least, most) = (PointId::new(Uuid::nil()), PointId::new(Uuid::max()));
        let held = self.0.range((range.partition, range.first, least)..=(range.partition, range.last, most));
        let spots: Vec<_> = held.map(|(_, spot)| *spot).take(MAX_ITEMS_PER_QUERY as usize).collect();
        (spots.len() < MAX_ITEMS_PER_QUERY as usize).then_some(spots)
    }

    /// One request, as the store does it; the page and the number of queries.
    fn request(&self, asked: Query, kind: Option<u8>) -> (Result<NearbyPage<Spot>, TooCrowded>, usize) {
        let (mut search, mut queries) = (NearbySearch::new(asked), 0);
        while let Some(ranges) = search.next_ranges() {
            queries += ranges.len();
            match ranges.iter().map(|range| self.query(range)).collect::<Option<Vec<_>>>() {
                Some(read) => {
                    let mut read = read.concat();
                    read.retain(|spot| kind.is_none_or(|kind| kind == spot.kind));
                    return (Ok(search.page(read)), queries);
                }
                None => search.narrow(),
            }
        }
        (search.partial_page(), queries)
    }

    /// All pages; how many requests it took, and the most queries of one.
    fn all_pages(&self, mut asked: Query, kind: Option<u8>, max_requests: usize) -> (Vec<(f64, Spot)>, usize, usize) {
        let (mut seen, mut most) = (Vec::new(), 0);
        for request in 1..=max_requests {
            let (page, queries) = self.request(asked, kind);
            let page = page.unwrap();
            most = most.max(queries);
            assert!(page.items.len() <= asked.limit);
            seen.extend(page.items);
            let Some(next) = page.next else { return (seen, request, most) };
            assert_eq!(SearchCursor::parse(&next.to_text()), Ok(next));
            asked.after = Some(next);
        }
        panic!("no end after {max_requests} requests");
    }

    fn brute_force(&self, asked: &Query, kind: Option<u8>) -> Vec<(f64, Spot)> {
        let near = self.0.values().map(|spot| (distance_m(asked.center, spot.place), *spot));
        let is_asked_for =
            |(distance, spot): &(f64, Spot)| *distance <= asked.radius_m && kind.is_none_or(|kind| kind == spot.kind);
        let mut near: Vec<_> = near.filter(is_asked_for).collect();
        near.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.id.cmp(&other.1.id)));
        near
    }
}

fn some<T>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).unwrap().current()
}

fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

#[test]
fn the_search_equals_brute_force_on_a_hundred_thousand_points() {
    let mut runner = runner();
    let mut index = Index::default();
    let hard = hard_places();
    let spread = (0..hard.len(), 0.0..360.0_f64, 0.0..=1.0_f64);
    for number in 0..100_000 {
        let place = if number % 4 == 0 {
            some(&mut runner, &anywhere())
        } else {
            // As many around each hard place. Some are near to each other, so there are crowds too.
            let (at, bearing, part) = some(&mut runner, &spread);
            around(hard[at], bearing, 60_000.0 * part.sqrt())
        };
        index.add(place);
    }
    let (mut found, mut most) = (0, 0);
    let asked = (0..hard.len(), 0.0..360.0_f64, 0.0..=1.0_f64, 4.0..9.903_f64, 0..4_usize, 1..=100_usize);
    for _ in 0..400 {
        let (at, bearing, part, exponent, kind, limit) = some(&mut runner, &asked);
        let center = around(hard[at], bearing, 50_000.0 * part * part);
        let radius_m = exponent.exp().clamp(MIN_RADIUS_M, MAX_RADIUS_M);
        let (asked, kind) = (NearbyQuery { center, radius_m, limit, after: None }, KINDS.get(kind).copied());
        let expected = index.brute_force(&asked, kind);
        let (pages, _, queries) = index.all_pages(asked, kind, 2 * (expected.len() / limit) + 20);
        assert_eq!(pages, expected, "{asked:?}");
        (found, most) = (found + pages.len(), most.max(queries));
    }
    println!("found {found} points, at most {most} queries in a request");
    assert!(found > 10_000 && most <= MAX_QUERIES);
}

#[test]
fn a_crowded_city_shows_the_nearest_first_and_ends_in_its_own_time() {
    let mut runner = runner();
    let mut index = Index::default();
    let center = GeoPoint::new(52.52, 13.405).unwrap();
    for _ in 0..6_000 {
        let (bearing, part) = some(&mut runner, &(0.0..360.0_f64, 0.0..=1.0_f64));
        index.add(around(center, bearing, 8_000.0 * part));
    }
    let asked = NearbyQuery { center, radius_m: MAX_RADIUS_M, limit: 20, after: None };
    let expected = index.brute_force(&asked, None);
    let (mut seen, mut after, mut requests, mut short) = (Vec::new(), None, 0, 0);
    // Deep in a crowd there is an end: a ring that holds more than one request reads.
    while let (Ok(page), queries) = index.request(NearbyQuery { after, ..asked }, None) {
        assert!(queries <= MAX_QUERIES);
        (requests, short) = (requests + 1, short + usize::from(page.items.len() < asked.limit));
        assert!(requests > 1 || page.items.len() == asked.limit, "the first page is full");
        seen.extend(page.items);
        after = page.next;
        assert!(after.is_some() && requests < 500);
    }
    println!("{} points in {requests} requests, {short} of them short", seen.len());
    assert_eq!(seen, expected[..seen.len()]);
    assert!(seen.len() >= 900, "{} points", seen.len());
}

#[test]
fn a_place_with_more_than_can_be_told_apart_is_refused_in_the_end() {
    let mut index = Index::default();
    let center = GeoPoint::new(1.0, 1.0).unwrap();
    (0..=MAX_ITEMS_PER_QUERY).for_each(|_| index.add(center));
    let mut asked = NearbyQuery { center, radius_m: MAX_RADIUS_M, limit: 20, after: None };
    for _ in 0..12 {
        match index.request(asked, None).0 {
            Err(TooCrowded) => return,
            Ok(page) => {
                assert!(page.items.is_empty());
                asked.after = page.next;
            }
        }
    }
    panic!("it goes on for ever");
}

#[test]
fn texts_that_no_page_gave_are_refused() {
    let good = SearchCursor::<PointId> { last: Some(Last { distance_m: 0.1, id: None }), reach_m: 50.0 };
    assert_eq!(SearchCursor::parse(&good.to_text()), Ok(good));
    let (nan, far) = (f64::NAN.to_bits(), 1e6_f64.to_bits());
    for bad in ["", "-", "- -", "4049000000000000 4049000000000000 x", &format!("{nan:x} -"), &format!("{far:x} -")] {
        assert_eq!(SearchCursor::<PointId>::parse(bad), Err(InvalidCursor), "{bad}");
    }
}
