//! How far apart two places are.

use types::GeoPoint;

/// The earth as a sphere: its mean radius by the IUGG, in metres. The sphere is off by half a percent at the most.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// The great-circle distance, in metres, by the haversine formula, which is exact for places close together.
pub fn metres(from: GeoPoint, to: GeoPoint) -> f64 {
    let (lat_from, lat_to) = (from.lat().to_radians(), to.lat().to_radians());
    let (by_lat, by_lng) = ((lat_to - lat_from) / 2.0, (to.lng() - from.lng()).to_radians() / 2.0);
    let chord = by_lat.sin().powi(2) + lat_from.cos() * lat_to.cos() * by_lng.sin().powi(2);
    // Rounding may carry it beyond 1 for antipodes, where the arc sine ends.
    2.0 * EARTH_RADIUS_M * chord.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place() -> impl Strategy<Value = GeoPoint> {
        (-90.0..=90.0_f64, -180.0..=180.0_f64).prop_map(|(lat, lng)| GeoPoint::new(lat, lng).unwrap())
    }

    #[test]
    fn known_distances_come_out() {
        let at = |lat, lng| GeoPoint::new(lat, lng).unwrap();
        let near = |distance: f64, wanted: f64| (distance - wanted).abs() < wanted * 0.005 + 0.01;
        assert!(near(metres(at(52.5208, 13.4094), at(52.5163, 13.3777)), 2_210.0));
        // Across the antimeridian, over a pole, and to the other side of the earth.
        assert!(near(metres(at(0.0, 179.999), at(0.0, -179.999)), 222.4));
        assert!(near(metres(at(90.0, 10.0), at(90.0, -170.0)), 0.0));
        assert!(near(metres(at(0.0, 0.0), at(0.0, 180.0)), 20_015_114.0));
    }

    proptest! {
        #[test]
        fn a_distance_is_the_same_both_ways_and_never_more_than_half_round(a in place(), b in place(), c in place()) {
            let (there, back) = (metres(a, b), metres(b, a));
            prop_assert!((there - back).abs() < 0.001);
            prop_assert!((0.0..=20_015_115.0).contains(&there));
            prop_assert!(metres(a, a) < 0.001);
            prop_assert!(metres(a, c) <= there + metres(b, c) + 0.001);
        }
    }
}
