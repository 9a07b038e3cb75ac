//! `PUT /v1/commerce/settings/regions`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, refuses_strangers};

const PATH: &str = "/v1/commerce/settings/regions";

#[tokio::test]
async fn regions_are_replaced_on_the_version_that_was_read() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let body =
        json!({ "regions": [{ "code": "eu", "countries": ["DE", "FR"] }, { "code": "uk", "countries": ["GB"] }] });
    let set = eventually("the regions", async || {
        let tag = call(&cloud, "GET", PATH, &manager, None).await.header("etag").to_owned();
        let put = cloud.call("PUT", PATH).bearer(&manager.access_token).header("if-match", &tag).json(&body);
        let reply = put.send().await;
        (reply.status == 200).then_some(reply.body)
    })
    .await;
    assert_eq!(set, body);
    let put = |tag: &str, body: &serde_json::Value| {
        cloud.call("PUT", PATH).bearer(&manager.access_token).header("if-match", tag).json(body)
    };
    put("\"999999\"", &body).send().await.expect_problem(412, "request.version_changed");
    let twice =
        json!({ "regions": [{ "code": "eu", "countries": ["DE"] }, { "code": "dach", "countries": ["AT", "DE"] }] });
    let refused = put("\"1\"", &twice).send().await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "regions[1].countries");
    refuses_strangers(&cloud, "PUT", PATH, Some(&body)).await;
}
