//! `GET /v1/aquarium/web/overview`

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
    publish(&cloud, created(AquariumId::generate(), &user)).await;
    let figures = eventually("the pond", async || {
        let figures = cloud.call("GET", PATH).bearer(&manager.access_token).send().await.expect(200);
        (figures["aquariums"].as_u64() > Some(0)).then_some(figures)
    })
    .await;
    assert_eq!(figures["kinds"].as_array().unwrap().len(), 4);
}
