//! `GET /v1/aquarium/web/overview`

use contracts::aquariums::{AquariumCreated, AquariumKind};
use serde_json::Value;
use tests::{Cloud, eventually};
use types::AquariumId;

use super::support::{created, publish};

const PATH: &str = "/v1/aquarium/web/overview";

#[tokio::test]
async fn figures_are_for_the_staff_only() {
    let cloud = Cloud::connect().await;
    cloud.call("GET", PATH).send().await.expect_problem(401, "auth.token_missing");
    let user = cloud.sign_up().await;
    let refused = cloud.call("GET", PATH).bearer(&user.access_token).send().await;
    refused.expect_problem(403, "auth.forbidden");
    let manager = cloud.manager().await;
    let figures = async || cloud.call("GET", PATH).bearer(&manager.access_token).send().await.expect(200);
    // Other tests run at the same time, and remove no aquariums of this kind.
    let before = brackish(&figures().await);
    let fact = AquariumCreated { kind: AquariumKind::Brackish, ..created(AquariumId::generate(), &user) };
    publish(&cloud, fact).await;
    let figures = eventually("the aquarium", async || {
        let figures = figures().await;
        (brackish(&figures) > before).then_some(figures)
    })
    .await;
    assert_eq!(figures["kinds"].as_array().unwrap().len(), 4);
}

/// The number of aquariums with brackish water.
fn brackish(figures: &Value) -> u64 {
    let kinds = figures["kinds"].as_array().unwrap();
    kinds.iter().find(|kind| kind["kind"] == "brackish").and_then(|kind| kind["count"].as_u64()).unwrap()
}
