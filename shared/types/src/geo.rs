//! Geographic positions.

/// A position in degrees of WGS 84: latitude -90 to 90, longitude -180 to 180, both finite.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct GeoPoint {
    #[schema(minimum = -90, maximum = 90, example = 52.520_8)]
    lat: f64,
    #[schema(minimum = -180, maximum = 180, example = 13.409_4)]
    lng: f64,
}

/// Coordinates before validation.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Degrees {
    lat: f64,
    lng: f64,
}

/// Coordinates out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a latitude of -90 to 90 and a longitude of -180 to 180 degrees")]
pub struct NotOnEarth;

impl GeoPoint {
    /// Validates coordinates in degrees.
    pub fn new(lat: f64, lng: f64) -> Result<Self, NotOnEarth> {
        let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lng);
        on_earth.then_some(Self { lat: storable(lat), lng: storable(lng) }).ok_or(NotOnEarth)
    }

    /// Latitude, in degrees north of the equator.
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude, in degrees east of Greenwich.
    pub const fn lng(self) -> f64 {
        self.lng
    }
}

/// Zero instead of less than a tenth of a millimetre: DynamoDB holds no number below 1e-130, and no negative zero.
fn storable(degrees: f64) -> f64 {
    const SMALLEST_DEGREES: f64 = 1e-9;
    if degrees.abs() < SMALLEST_DEGREES { 0.0 } else { degrees }
}

impl TryFrom<Degrees> for GeoPoint {
    type Error = NotOnEarth;

    fn try_from(degrees: Degrees) -> Result<Self, NotOnEarth> {
        Self::new(degrees.lat, degrees.lng)
    }
}

impl From<GeoPoint> for Degrees {
    fn from(point: GeoPoint) -> Self {
        Self { lat: point.lat, lng: point.lng }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_too_small_to_store_are_zero() {
        for tiny in [1e-200, -1e-200, 9.9e-131, 5e-324, -0.0] {
            let point = GeoPoint::new(tiny, tiny).unwrap();
            assert_eq!((point.lat().to_bits(), point.lng().to_bits()), (0, 0), "{tiny}");
        }
        assert_eq!(GeoPoint::new(1e-9, -1e-9).unwrap().lng().to_bits(), (-1e-9_f64).to_bits());
    }

    #[test]
    fn poles_and_the_antimeridian_are_on_earth_and_nothing_beyond_is() {
        for (lat, lng) in [(90.0, 0.0), (-90.0, 180.0), (0.0, -180.0), (52.5, 13.4)] {
            assert!(GeoPoint::new(lat, lng).is_ok());
        }
        for (lat, lng) in [(90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(GeoPoint::new(lat, lng), Err(NotOnEarth));
        }
        assert!(serde_json::from_str::<GeoPoint>(r#"{"lat":91,"lng":0}"#).is_err());
        assert!(serde_json::from_str::<GeoPoint>(r#"{"lat":1,"lng":0}"#).is_ok());
    }
}
