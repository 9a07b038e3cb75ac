//! `GET /v1/aquarium/aquariums/{id}/equipment`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, filter, is_private, member};

#[tokio::test]
async fn members_see_all_equipment_in_pages() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    for _ in 0..3 {
        filter(&cloud, &path, &owner).await;
    }
    let equipment = format!("{path}/equipment");
    let list = call(&cloud, "GET", &equipment, &viewer, None).await.expect(200);
    assert_eq!((list["items"].as_array().unwrap().len(), &list["nextCursor"]), (3, &json!(null)));
    assert_eq!(list["items"][0]["nextDueOn"], "2026-01-31");
    let page = call(&cloud, "GET", &format!("{equipment}?limit=2"), &viewer, None).await.expect(200);
    assert!(page["nextCursor"].is_string(), "{page}");
    let bad = call(&cloud, "GET", &format!("{equipment}?limit=0"), &owner, None).await;
    bad.expect_problem(422, "request.invalid");
    is_private(&cloud, &equipment).await;
}
