//! `GET /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{aquarium, call, is_private, member, reading};

#[tokio::test]
async fn members_see_a_reading_as_it_was_entered() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let reading = reading(&cloud, &path, &owner).await;
    let seen = call(&cloud, "GET", &reading, &viewer, None).await.expect(200);
    assert_eq!((&seen["enteredValue"], &seen["enteredUnit"]), (&json!("10.0"), &json!("mg_l_as_no3")));
    let missing = format!("{path}/readings/manual/{}", Uuid::now_v7());
    call(&cloud, "GET", &missing, &owner, None).await.expect_problem(404, "aquariums.no_such_reading");
    is_private(&cloud, &reading).await;
}
