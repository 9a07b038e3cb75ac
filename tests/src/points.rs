//! Points on the map, for tests that need one.

use serde_json::{Value, json};
use types::{PointId, Uuid};

use crate::{Cloud, User};

/// A place that no other test is near: latitude and longitude.
pub fn lonely_place() -> (f64, f64) {
    // The last bits of such an id are random; a thousandth of a degree is a hundred metres.
    let bits = Uuid::now_v7().as_u128();
    let part = |shift: u32, places: u32| f64::from(u32::try_from((bits >> shift) % u128::from(places)).expect("small"));
    (part(0, 120_000) / 1_000.0 - 60.0, part(30, 360_000) / 1_000.0 - 180.0)
}

impl Cloud {
    /// Puts a water point on the map, at a place of its own.
    pub async fn point(&self, user: &User, name: &str) -> PointId {
        let made = self.point_at(user, name, "water", lonely_place()).await;
        made["point"]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
    }

    /// Puts a point on the map; the whole answer.
    pub async fn point_at(&self, user: &User, name: &str, kind: &str, (lat, lng): (f64, f64)) -> Value {
        let body = json!({ "name": name, "kind": kind, "location": { "lat": lat, "lng": lng } });
        let key = Uuid::now_v7().to_string();
        let call = self.post("/v1/community/points").bearer(&user.access_token).header("idempotency-key", &key);
        call.json(&body).send().await.expect(201)
    }
}
