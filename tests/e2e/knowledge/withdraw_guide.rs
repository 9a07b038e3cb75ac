//! `POST /v1/aquarium/guides/{id}/withdraw`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{call, published_guide, refuses_strangers};

#[tokio::test]
async fn a_withdrawn_guide_is_hidden() {
    let cloud = Cloud::connect().await;
    let (author, reviewer) = (cloud.manager().await, cloud.manager().await);
    let (path, slug) = published_guide(&cloud, &author, &reviewer).await;
    let withdraw = format!("{path}/withdraw");
    for _ in 0..2 {
        let withdrawn = call(&cloud, &author, ("POST", &withdraw), None).await.expect(200);
        assert_eq!(withdrawn["published"], json!(null));
    }
    eventually("the guide to go", async || {
        (cloud.get(&format!("/v1/aquarium/guides/{slug}")).send().await.status == 404).then_some(())
    })
    .await;
    let none = format!("/v1/aquarium/guides/{}/withdraw", Uuid::now_v7());
    call(&cloud, &author, ("POST", &none), None).await.expect_problem(404, "knowledge.no_such_guide");
    refuses_strangers(&cloud, ("POST", &withdraw), None).await;
}
