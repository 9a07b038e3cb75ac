//! `GET /v1/aquarium/mobile/home`

use serde_json::json;
use tests::Cloud;

use super::support::HOME;

#[tokio::test]
async fn a_home_is_that_of_the_caller() {
    let cloud = Cloud::connect().await;
    cloud.call("GET", HOME).send().await.expect_problem(401, "auth.token_missing");
    let user = cloud.sign_up().await;
    let home = cloud.call("GET", HOME).bearer(&user.access_token).send().await.expect(200);
    assert_eq!((&home["aquariums"], &home["hasMore"]), (&json!([]), &json!(false)));
    let later = cloud.call("GET", &format!("{HOME}?atLeast=2999-01-01T00:00:00Z")).bearer(&user.access_token);
    later.send().await.expect_problem(409, "screens.not_yet");
    let wrong = cloud.call("GET", &format!("{HOME}?atLeast=soon")).bearer(&user.access_token);
    wrong.send().await.expect_problem(422, "request.invalid");
}
