//! Positions for tests: everywhere, and above all where maps go wrong.

use h3o::{LatLng, Resolution};
use proptest::prelude::*;
use types::GeoPoint;

/// A place at this bearing, in degrees, and this distance from another.
pub fn around(center: GeoPoint, bearing: f64, distance_m: f64) -> GeoPoint {
    let (angle, bearing) = (distance_m / 6_371_007.180_918_475, bearing.to_radians());
    let (lat, lng) = (center.lat().to_radians(), center.lng().to_radians());
    let end = (lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos()).clamp(-1.0, 1.0).asin();
    let turn = (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * end.sin());
    let lng = (lng + turn).to_degrees();
    let lng = if lng > 180.0 {
        lng - 360.0
    } else if lng < -180.0 {
        lng + 360.0
    } else {
        lng
    };
    GeoPoint::new(end.to_degrees().clamp(-90.0, 90.0), lng.clamp(-180.0, 180.0)).unwrap()
}

/// Places around which it is hard to be right: poles, the antimeridian, pentagons, where their surroundings begin, and a city.
pub fn hard_places() -> Vec<GeoPoint> {
    let mut places: Vec<_> =
        [(90.0, 0.0), (-90.0, 77.0), (0.0, 180.0), (65.0, -180.0), (-17.0, 179.999), (52.52, 13.4)]
            .map(|(lat, lng)| GeoPoint::new(lat, lng).unwrap())
            .into();
    for resolution in [Resolution::Four, Resolution::Seven] {
        for pentagon in resolution.pentagons() {
            let corners = pentagon.boundary();
            for place in [LatLng::from(pentagon), corners[0], corners[1]] {
                places.push(GeoPoint::new(place.lat(), place.lng()).unwrap());
            }
        }
    }
    places
}

/// Any place; half of them near hard ones.
pub fn anywhere() -> impl Strategy<Value = GeoPoint> {
    let uniform = (-1.0..=1.0_f64, -180.0..=180.0_f64)
        .prop_map(|(height, lng)| GeoPoint::new(height.asin().to_degrees(), lng).unwrap());
    let hard = (prop::sample::select(hard_places()), 0.0..360.0_f64, 0.0..60_000.0_f64)
        .prop_map(|(center, bearing, distance)| around(center, bearing, distance));
    prop_oneof![uniform, hard]
}
