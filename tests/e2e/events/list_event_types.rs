//! `GET /v1/community/events/types`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, kind};

#[tokio::test]
async fn everybody_sees_all_kinds_in_the_order_of_their_codes() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let wanted = [kind(&cloud, &json!({})).await, kind(&cloud, &json!({})).await];
    eventually("both kinds, page by page", async || {
        let (mut kinds, mut path) = (Vec::new(), "/v1/community/events/types?limit=5".to_owned());
        loop {
            let page = call(&cloud, &user, "GET", &path).await.expect(200);
            kinds.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["nextCursor"].as_str() else { break };
            path = format!("/v1/community/events/types?limit=5&cursor={cursor}");
        }
        assert!(kinds.is_sorted_by_key(|kind| kind["code"].as_str().unwrap().to_owned()));
        wanted.iter().all(|id| kinds.iter().any(|kind| kind["id"] == **id)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_page_has_its_bounds() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    call(&cloud, &user, "GET", "/v1/community/events/types?limit=101").await.expect_problem(422, "request.invalid");
}
