//! Areas between two meridians and two parallels, as maps show them.

use h3o::LatLng;
use types::GeoPoint;

use crate::distance::distance_m;
use crate::nearby::MAX_RADIUS_M;

/// Metres per degree of a great circle, on the sphere of [`crate::distance_m`].
const METRES_PER_DEGREE: f64 = 6_371_007.180_918_475 * std::f64::consts::PI / 180.0;
/// Rounding of degrees, with much to spare: about a centimetre.
const ROUNDING_DEGREES: f64 = 1e-7;

/// An area between two meridians and two parallels, edges included. It may lie across the antimeridian: then its western
/// edge has the larger longitude (RFC 7946, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoundingBox {
    west: f64,
    south: f64,
    north: f64,
    width: f64,
    center: GeoPoint,
    reach_m: f64,
}

/// Four numbers are not an area that can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBox {
    /// A longitude or a latitude is out of range.
    #[error("must have longitudes of -180 to 180 and latitudes of -90 to 90 degrees, as west,south,east,north")]
    NotOnEarth,
    /// South and north are the wrong way round.
    #[error("must have a south of at most its north, as west,south,east,north")]
    UpsideDown,
    /// The corners are too far from the center.
    #[error("must be at most 40 km from corner to corner, about 28 km by 28 km: zoom in")]
    TooLarge,
}

impl BoundingBox {
    /// The area between these degrees.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, InvalidBox> {
        let corner = |lat, lng| GeoPoint::new(lat, lng).map_err(|_| InvalidBox::NotOnEarth);
        let corners = [corner(south, west)?, corner(south, east)?, corner(north, west)?, corner(north, east)?];
        if south > north {
            return Err(InvalidBox::UpsideDown);
        }
        let width = width(west, east);
        let middle = (west + width / 2.0 + 180.0).rem_euclid(360.0) - 180.0;
        let center = corner(f64::midpoint(south, north), middle)?;
        // Along a meridian the distance from a place has no maximum between two ends, and it grows with the difference of
        // longitudes: the corners are the farthest.
        let reach_m = corners.map(|corner| distance_m(center, corner)).into_iter().fold(0.0, f64::max);
        if reach_m > MAX_RADIUS_M {
            return Err(InvalidBox::TooLarge);
        }
        Ok(Self { west, south, north, width, center, reach_m })
    }

    /// True if a position is in the area or on its edge.
    pub fn contains(&self, position: GeoPoint) -> bool {
        // A pole has every longitude.
        let is_pole = position.lat().abs() >= 90.0;
        let is_between_meridians = (position.lng() - self.west).rem_euclid(360.0) <= self.width;
        (self.south..=self.north).contains(&position.lat()) && (is_pole || is_between_meridians)
    }

    /// The middle of the area.
    pub(crate) fn center(&self) -> GeoPoint {
        self.center
    }

    /// The distance from the center within which all of the area is, in metres.
    pub(crate) fn reach_m(&self) -> f64 {
        self.reach_m
    }

    /// The place at these parts of the way from west to east and from south to north.
    #[cfg(test)]
    pub(crate) fn at(&self, across: f64, up: f64) -> GeoPoint {
        let lng = self.west + self.width * across;
        let lng = if lng > 180.0 { lng - 360.0 } else { lng };
        // Rounding must not leave the area.
        let lat = (self.south + (self.north - self.south) * up).clamp(self.south, self.north);
        let place = GeoPoint::new(lat, lng).unwrap();
        if self.contains(place) { place } else { self.center }
    }

    /// False only if no place of the area is within this distance of a center. The circle is compared by the parallels and
    /// meridians that it touches.
    pub(crate) fn may_meet(&self, center: LatLng, radius_m: f64) -> bool {
        let reach = radius_m / METRES_PER_DEGREE + ROUNDING_DEGREES;
        if center.lat() - reach > self.north || center.lat() + reach < self.south {
            return false;
        }
        if center.lat().abs() + reach >= 90.0 {
            return true;
        }
        let sine = reach.to_radians().sin() / center.lat_radians().cos();
        let half_width = sine.min(1.0).asin().to_degrees() + ROUNDING_DEGREES;
        let from = (center.lng() - half_width - self.west).rem_euclid(360.0);
        from <= self.width || from + 2.0 * half_width >= 360.0
    }
}

/// How far the eastern edge is from the western one, in degrees.
fn width(west: f64, east: f64) -> f64 {
    if east > west { east - west } else { (east - west).rem_euclid(360.0) }
}
