//! What the tests of dose plans and calendars share.

use serde_json::{Value, json};
use tests::{Reply, User};
use types::Uuid;

use super::support::Shared;

/// A request of a plan of three doses a day, with a reservoir for a month.
pub fn plan_body() -> Value {
    json!({
        "product": "Calcium A",
        "dailyUl": 10_000,
        "times": ["08:00", "14:00", "20:00"],
        "timeZone": "Europe/Berlin",
        "pump": { "volumeUl": 9_500, "runMs": 60_000, "calibratedOn": "2026-11-01" },
        "reservoir": { "sizeUl": 300_000, "alarmDays": 7 },
    })
}

impl Shared {
    /// Sends a request about dose plans, with a new key, and with a version if it is not 0.
    pub async fn dosing(&self, method: &str, user: &User, rest: &str, version: u64, body: Option<&Value>) -> Reply {
        let path = format!("/v1/aquarium/aquariums/{}{rest}", self.id);
        let call = self.cloud.call(method, &path).bearer(&user.access_token);
        let call = call.header("idempotency-key", &Uuid::now_v7().to_string());
        let call = if version > 0 { call.header("if-match", &format!("\"{version}\"")) } else { call };
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    /// Creates a plan, and returns its path below the aquarium.
    pub async fn plan(&self) -> String {
        let created = self.dosing("POST", &self.keeper, "/dose-plans", 0, Some(&plan_body())).await.expect(201);
        format!("/dose-plans/{}", created["id"].as_str().unwrap_or_else(|| panic!("{created}")))
    }

    /// The answer without a token.
    pub async fn anonymous(&self, method: &str, rest: &str) -> Reply {
        self.cloud.call(method, &format!("/v1/aquarium/aquariums/{}{rest}", self.id)).send().await
    }
}
