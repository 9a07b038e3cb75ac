//! `GET /v1/aquarium/aquariums`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{AQUARIUMS, aquarium, call, id_of};

#[tokio::test]
async fn a_list_has_the_callers_aquariums_in_pages() {
    let cloud = Cloud::connect().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let mut own = [aquarium(&cloud, &user).await, aquarium(&cloud, &user).await];
    own.sort();
    aquarium(&cloud, &other).await;
    let all = eventually("both aquariums", async || {
        let list = call(&cloud, "GET", AQUARIUMS, &user, None).await.expect(200);
        (list["items"].as_array().unwrap().len() == 2).then_some(list)
    })
    .await;
    assert_eq!((&all["items"][0]["id"], &all["nextCursor"]), (&json!(id_of(&own[0])), &json!(null)));
    let first = call(&cloud, "GET", &format!("{AQUARIUMS}?limit=1"), &user, None).await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let next = call(&cloud, "GET", &format!("{AQUARIUMS}?limit=1&cursor={cursor}"), &user, None).await.expect(200);
    assert_eq!((&first["items"][0], &next["items"][0]), (&all["items"][0], &all["items"][1]));
    cloud.get(AQUARIUMS).send().await.expect_problem(401, "auth.token_missing");
    let bad = call(&cloud, "GET", &format!("{AQUARIUMS}?limit=0"), &user, None).await;
    bad.expect_problem(422, "request.invalid");
}
