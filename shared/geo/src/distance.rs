//! Distances between positions.

use h3o::LatLng;
use types::GeoPoint;

/// Half of the circumference of the sphere, in metres: the largest distance.
const HALF_ROUND_M: f64 = 6_371_007.180_918_475 * std::f64::consts::PI;

/// The distance between two positions, in metres: the great circle by the haversine formula (R. W. Sinnott, "Virtues of
/// the Haversine", Sky and Telescope 68, 1984), on a sphere with the mean radius of the earth, 6,371,007.18 m (the radius of
/// the sphere with WGS 84's area, which H3 uses too). It differs from the ellipsoid's by less than 0.6 %.
pub fn distance_m(one: GeoPoint, other: GeoPoint) -> f64 {
    let metres = lat_lng(one).distance_m(lat_lng(other));
    // Rounding may carry the formula out of its domain for antipodes.
    if metres.is_nan() { HALF_ROUND_M } else { metres }
}

/// The position as H3 represents it.
pub(crate) fn lat_lng(place: GeoPoint) -> LatLng {
    // H3 refuses numbers that are not finite only, and a place has none.
    LatLng::new(place.lat(), place.lng()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(lat: f64, lng: f64) -> GeoPoint {
        GeoPoint::new(lat, lng).unwrap()
    }

    #[test]
    fn distances_are_those_of_the_sphere() {
        // A degree of a great circle is the radius times pi over 180.
        let degree = 6_371_007.180_918_475 * std::f64::consts::PI / 180.0;
        for (one, other) in [
            (at(0.0, 0.0), at(0.0, 1.0)),
            (at(89.5, 0.0), at(89.5, 180.0)),
            (at(0.0, 179.5), at(0.0, -179.5)),
            (at(10.0, 20.0), at(11.0, 20.0)),
        ] {
            assert!((distance_m(one, other) - degree).abs() < 0.01, "{one:?} {other:?}");
        }
        assert!(distance_m(at(90.0, 10.0), at(90.0, -170.0)) < 1e-6, "a pole has every longitude");
        assert!(distance_m(at(1.0, 180.0), at(1.0, -180.0)) < 1e-6, "the antimeridian is one line");
    }

    fn position() -> impl Strategy<Value = GeoPoint> {
        (-90.0..=90.0_f64, -180.0..=180.0_f64).prop_map(|(lat, lng)| at(lat, lng))
    }

    #[test]
    fn known_distances_come_out() {
        let near = |distance: f64, wanted: f64| (distance - wanted).abs() < wanted * 0.005 + 0.01;
        assert!(near(distance_m(at(52.5208, 13.4094), at(52.5163, 13.3777)), 2_210.0));
        // Across the antimeridian, over a pole, and to the other side of the earth.
        assert!(near(distance_m(at(0.0, 179.999), at(0.0, -179.999)), 222.4));
        assert!(near(distance_m(at(90.0, 10.0), at(90.0, -170.0)), 0.0));
        assert!(near(distance_m(at(0.0, 0.0), at(0.0, 180.0)), 20_015_114.0));
    }

    #[test]
    fn antipodes_are_half_round_apart_wherever_they_are() {
        for step in 0..1_000 {
            let (lat, lng) = (f64::from(step) * 0.089, f64::from(step) * 0.179);
            let distance = distance_m(at(lat, lng), at(-lat, lng - 180.0));
            assert!((distance - HALF_ROUND_M).abs() < 1.0, "{lat} {lng}: {distance}");
        }
    }

    proptest! {
        #[test]
        fn a_distance_is_the_same_both_ways_and_never_more_than_half_round(
            a in position(), b in position(), c in position(),
        ) {
            let (there, back) = (distance_m(a, b), distance_m(b, a));
            prop_assert!((there - back).abs() < 0.001);
            prop_assert!((0.0..=20_015_115.0).contains(&there));
            prop_assert!(distance_m(a, a) < 0.001);
            prop_assert!(distance_m(a, c) <= there + distance_m(b, c) + 0.001);
        }
    }
}
