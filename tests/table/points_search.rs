//! The search around a place, on a DynamoDB: the same as brute force, in pages, with seven queries at the most.

use std::collections::BTreeSet;

use contracts::points::PointKind;
use dynamo::{Cursor, Meter, Outbox, Usage};
use futures::StreamExt;
use geo::{BoundingBox, BoxCursor, BoxQuery, MAX_QUERIES, NearbyQuery, SearchCursor, distance_m};
use points::domain::point::Point;
use points::store::Points;
use types::{GeoPoint, PointId, UserId};

use crate::points_support::{Map, at, point};

const POINTS: u32 = 3_000;

/// Places around which the points of the test are: a city, both poles, the antimeridian, and H3's pentagon in the North Sea.
const PLACES: [(f64, f64); 5] = [(52.52, 13.405), (89.99, 0.0), (-89.95, 120.0), (10.0, 179.98), (64.7, 10.536_2)];

/// Numbers without a pattern, the same in every run.
fn scatter(number: u32, salt: u32) -> f64 {
    let mut bits = number.wrapping_mul(0x9E37_79B9) ^ salt.wrapping_mul(0x85EB_CA6B);
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x7FEB_352D);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x846C_A68B);
    f64::from(bits ^ (bits >> 16)) / f64::from(u32::MAX)
}

fn place(number: u32) -> GeoPoint {
    let (lat, lng) = PLACES[(number % 5) as usize];
    // As many degrees of longitude as make the spread alike in both directions.
    let stretch = 1.0 / f64::max(lat.to_radians().cos(), 0.002);
    let north = (scatter(number, 1) - 0.5) * 0.4;
    let east = (scatter(number, 2) - 0.5) * 0.4 * stretch;
    let lng = (lng + east + 540.0).rem_euclid(360.0) - 180.0;
    at((lat + north).clamp(-90.0, 90.0), lng)
}

async fn filled() -> (Map, Vec<Point>) {
    let map = Map::start().await;
    let keeper = UserId::generate();
    let kind = |number: u32| PointKind::ALL[(number / 5 % 3) as usize];
    let points: Vec<_> = (0..POINTS).map(|number| point(keeper, kind(number), place(number))).collect();
    let (table, silent) = (map.table.of::<Points>(), Outbox::none());
    let writes = points.iter().map(|point| table.create(point.clone(), &silent));
    futures::stream::iter(writes).buffer_unordered(16).for_each(async |written| assert!(written.is_ok())).await;
    (map, points)
}

fn brute_force(points: &[Point], asked: &NearbyQuery<PointId>, kind: Option<PointKind>) -> Vec<(f64, PointId)> {
    let mut found: Vec<_> = points
        .iter()
        .filter_map(|point| {
            let details = point.details.as_ref()?;
            let distance = distance_m(asked.center, details.location);
            let is_asked_for = distance <= asked.radius_m && kind.is_none_or(|kind| kind == details.kind);
            is_asked_for.then_some((distance, point.id))
        })
        .collect();
    found.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.cmp(&other.1)));
    found
}

#[tokio::test]
async fn the_search_equals_brute_force() {
    let (map, points) = filled().await;
    let (mut found, mut most) = (0, 0);
    for number in 0..60 {
        let radius_m = 50.0 * 400.0_f64.powf(scatter(number, 3));
        let kind = PointKind::ALL.get((number % 4) as usize).copied();
        let center = place(number * 7 + number % 5);
        let mut asked = NearbyQuery { center, radius_m, limit: 37, after: None };
        let expected = brute_force(&points, &asked, kind);
        let mut seen = Vec::new();
        for _ in 0..100 {
            let meter = Meter::default();
            let page = meter.scope(map.store.nearby(asked, kind)).await.unwrap().unwrap();
            most = most.max(meter.usage().calls as usize);
            seen.extend(page.items.iter().map(|(distance, point)| (*distance, point.id)));
            // As it comes back from a client.
            let next = page.next.map(|next| Cursor::of(next.to_text()).encode());
            asked.after = next.map(|text| SearchCursor::parse(Cursor::decode(&text).unwrap().as_str()).unwrap());
            if asked.after.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected, "{asked:?}");
        found += seen.len();
    }
    println!("found {found} points, {most} queries at the most");
    assert!(found > 1_000 && most <= MAX_QUERIES, "{found} {most}");
}

#[tokio::test]
async fn what_a_search_costs_does_not_grow_with_what_is_elsewhere() {
    let (map, _) = filled().await;
    let asked = NearbyQuery { center: at(-33.86, 151.2), radius_m: 2_000.0, limit: 20, after: None };
    map.put(point(UserId::generate(), PointKind::Food, asked.center)).await;
    let meter = Meter::default();
    let page = meter.scope(map.store.nearby(asked, None)).await.unwrap().unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
    let usage = meter.usage();
    // Half a unit for a query, however many points there are on other continents.
    assert!(usage.calls <= 4 && usage.read_units <= 2.0, "{usage:?}");
}

#[tokio::test]
async fn the_search_in_a_box_equals_brute_force() {
    let (map, points) = filled().await;
    let (mut found, mut most) = (0, Usage::default());
    for number in 0..60 {
        let center = place(number * 7 + number % 5);
        let half = 0.06 * scatter(number, 4);
        let stretch = 1.0 / f64::max(center.lat().to_radians().cos(), 0.002);
        let turn = |lng: f64| (lng + 540.0).rem_euclid(360.0) - 180.0;
        let (south, north) = ((center.lat() - half).max(-90.0), (center.lat() + half).min(90.0));
        let area =
            BoundingBox::new(turn(center.lng() - half * stretch), south, turn(center.lng() + half * stretch), north);
        let Ok(area) = area else { continue };
        let kind = PointKind::ALL.get((number % 4) as usize).copied();
        let is_asked_for = |point: &&Point| {
            let details = point.details.as_ref().unwrap();
            area.contains(details.location) && kind.is_none_or(|kind| kind == details.kind)
        };
        let expected: BTreeSet<_> = points.iter().filter(is_asked_for).map(|point| point.id).collect();
        let (mut seen, mut query) = (Vec::new(), BoxQuery { area, limit: 9, after: None });
        for _ in 0..1_000 {
            let meter = Meter::default();
            let page = meter.scope(map.store.within(query, kind)).await.unwrap();
            let usage = meter.usage();
            most.calls = most.calls.max(usage.calls);
            most.rounds = most.rounds.max(usage.rounds);
            most.read_units = most.read_units.max(usage.read_units);
            seen.extend(page.items.iter().map(|point| point.id));
            let next = page.next.map(|next| Cursor::of(next.to_text()).encode());
            query.after = next.map(|text| BoxCursor::parse(Cursor::decode(&text).unwrap().as_str()).unwrap());
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!((seen.len(), seen.into_iter().collect::<BTreeSet<_>>()), (expected.len(), expected), "{area:?}");
        found += points.iter().filter(is_asked_for).count();
    }
    println!("found {found} points, at most {most:?}");
    // Fifty points a query, of about half a kilobyte.
    assert!(found > 1_000 && most.calls as usize <= MAX_QUERIES && most.rounds == 1, "{found} {most:?}");
    assert!(most.read_units <= 7.0 * 4.0, "{most:?}");
}
