//! A covering misses nothing, wherever on earth, and stays small.

use proptest::prelude::*;
use types::GeoPoint;

use super::*;
use crate::distance::distance_m;
use crate::nearby::{MAX_QUERIES, MAX_RADIUS_M};
use crate::test_positions::{anywhere, around};

/// The smallest circle that lists usually ask for, in metres.
const MIN_RADIUS_M: f64 = 50.0;

/// Circles of every size that is asked for, the search for duplicates' included.
fn radius() -> impl Strategy<Value = f64> {
    (30.0_f64.ln()..=MAX_RADIUS_M.ln()).prop_map(|exponent| exponent.exp().min(MAX_RADIUS_M))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn every_place_in_the_circle_is_covered_and_seven_queries_do(
        center in anywhere(),
        radius_m in radius(),
        within in prop::collection::vec((0.0..=360.0_f64, 0.0..=1.0_f64), 25),
    ) {
        let ring = Ring { center, inner_m: 0.0, outer_m: radius_m };
        let ranges = cover(&ring, MAX_QUERIES);
        prop_assert!(ranges.len() <= MAX_QUERIES, "{} ranges", ranges.len());
        let few = cover(&ring, 1);
        prop_assert!(few.len() <= MAX_QUERIES, "{} partitions", few.len());
        for (bearing, part) in within {
            // Half of them at the rim, where a covering ends.
            let part = if bearing < 180.0 { 1.0 } else { part };
            let place = around(center, bearing * 2.0, radius_m * part);
            if distance_m(center, place) <= radius_m {
                let listing = IndexPosition::of(place);
                prop_assert!(ranges.iter().any(|range| range.contains(listing)), "{place:?} is missed");
                prop_assert!(few.iter().any(|range| range.contains(listing)), "{place:?} is missed by few ranges");
            }
        }
    }

    #[test]
    fn a_ring_covers_what_is_not_nearer_than_its_inner_edge(
        center in anywhere(),
        radius_m in radius(),
        part in 0.0..1.0_f64,
        within in prop::collection::vec((0.0..=360.0_f64, 0.0..=1.0_f64), 10),
    ) {
        let inner_m = radius_m * part;
        let ranges = cover(&Ring { center, inner_m, outer_m: radius_m }, MAX_QUERIES);
        for (bearing, part) in within {
            let place = around(center, bearing, inner_m + (radius_m - inner_m) * part);
            if (inner_m..=radius_m).contains(&distance_m(center, place)) {
                prop_assert!(ranges.iter().any(|range| range.contains(IndexPosition::of(place))), "{place:?} is missed");
            }
        }
    }

    #[test]
    fn what_is_listed_below_a_cell_is_within_its_reach(place in anywhere()) {
        let fine = lat_lng(place).to_cell(SORTED_BY);
        for resolution in WORKING {
            let cell = fine.parent(resolution).unwrap();
            let distance = LatLng::from(cell).distance_m(lat_lng(place));
            // Less than the slack, so that there is something to spare for cells that differ from their neighbours.
            prop_assert!(distance <= 1.25 * circumradius_m(cell), "{} of {}", distance, circumradius_m(cell));
            prop_assert!(CellRange::below(cell).contains(IndexPosition::of(place)));
        }
    }
}

#[test]
fn pentagons_and_their_surroundings_are_covered() {
    for resolution in [Resolution::Four, Resolution::Six, Resolution::Nine, Resolution::Twelve] {
        for pentagon in resolution.pentagons() {
            let center = LatLng::from(pentagon);
            let center = GeoPoint::new(center.lat(), center.lng()).unwrap();
            for radius_m in [30.0, 1_000.0, MAX_RADIUS_M] {
                let ranges = cover(&Ring { center, inner_m: 0.0, outer_m: radius_m }, MAX_QUERIES);
                assert!(ranges.len() <= MAX_QUERIES);
                for step in 0..720 {
                    let place = around(center, f64::from(step) / 2.0, radius_m * f64::from(step % 9) / 8.0 * 0.999_999);
                    assert!(
                        ranges.iter().any(|range| range.contains(IndexPosition::of(place))),
                        "{place:?} around {center:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_rings_of_cells_end_before_their_bound() {
    for (lat, lng) in [(0.0, 0.0), (90.0, 0.0), (-90.0, 0.0), (58.397, 11.25), (52.5, 13.4)] {
        for radius_m in [30.0, MIN_RADIUS_M, 170.0, 3_000.0, MAX_RADIUS_M] {
            let own = lat_lng(GeoPoint::new(lat, lng).unwrap()).to_cell(working_resolution(radius_m));
            let around: Vec<CellIndex> = own.grid_disk(1);
            let far_m = radius_m + SLACK * around.iter().map(|cell| circumradius_m(*cell)).fold(0.0, f64::max);
            assert!(rings(own, &around, far_m) < MAX_RINGS);
        }
    }
}
