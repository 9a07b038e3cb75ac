//! `PUT /v1/search/{collection}/synonyms`

use serde_json::{Value, json};
use tests::Cloud;

use super::support::{found, new_word};

const PATH: &str = "/v1/search/products/synonyms";

#[tokio::test]
async fn synonyms_apply_after_the_build_that_they_request() {
    let cloud = Cloud::connect().await;
    let (admin, manager, stranger) = (cloud.admin().await, cloud.manager().await, cloud.sign_up().await);
    let (word, other) = (new_word(), new_word());
    cloud.published_product(&manager, &format!("Shoe {word}")).await;
    found(&cloud, &format!("q={word}"), 1).await;
    let put = async |token: &str, tag: &str, body: &Value| {
        cloud.call("PUT", PATH).bearer(token).header("if-match", tag).json(body).send().await
    };
    let body = json!({ "rules": [{ "from": other, "to": [word], "bothWays": false }] });
    assert_eq!(cloud.call("PUT", PATH).json(&body).send().await.status, 401);
    put(&stranger.access_token, "\"0\"", &body).await.expect_problem(403, "auth.forbidden");
    let tag = cloud.get(PATH).bearer(&admin.access_token).send().await.header("etag").to_owned();
    let set = put(&admin.access_token, &tag, &body).await;
    assert_eq!(set.status, 200, "{}", set.body);
    assert_eq!(set.body, body);
    put(&admin.access_token, &tag, &body).await.expect_problem(412, "request.version_changed");
    found(&cloud, &format!("q={other}"), 1).await;
}

#[tokio::test]
async fn a_wrong_rule_is_named() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let put = async |body: &Value| {
        cloud.call("PUT", PATH).bearer(&admin.access_token).header("if-match", "\"999999\"").json(body).send().await
    };
    for wrong in [
        json!({ "rules": [{ "from": "a", "to": [], "bothWays": false }] }),
        json!({ "rules": [{ "from": "a b c d e", "to": ["f"], "bothWays": false }] }),
        json!({ "rules": [{ "from": "a", "to": ["b"], "bothWays": false, "weight": 1 }] }),
    ] {
        put(&wrong).await.expect_problem(422, "request.invalid");
    }
    let missing = cloud.call("PUT", PATH).bearer(&admin.access_token).json(&json!({ "rules": [] })).send().await;
    missing.expect_problem(428, "request.if_match_missing");
    let path = "/v1/search/secrets/synonyms";
    let call = cloud.call("PUT", path).bearer(&admin.access_token).header("if-match", "\"0\"");
    call.json(&json!({ "rules": [] })).send().await.expect_problem(404, "search.no_such_collection");
}
