//! Distances on the earth.

use h3o::LatLng;
use types::GeoPoint;

/// How far two places are from each other, in metres: the great circle by the haversine formula (R. W. Sinnott, "Virtues of
/// the Haversine", Sky and Telescope 68, 1984), on a sphere with the mean radius of the earth, 6,371,007.18 m (the radius of
/// the sphere with WGS 84's area, which H3 uses too). It differs from the ellipsoid's by less than 0.6 %.
pub fn distance_m(one: GeoPoint, other: GeoPoint) -> f64 {
    lat_lng(one).distance_m(lat_lng(other))
}

/// The place as H3 has it.
pub fn lat_lng(place: GeoPoint) -> LatLng {
    // H3 refuses numbers that are not finite only, and a place has none.
    LatLng::new(place.lat(), place.lng()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
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
}
