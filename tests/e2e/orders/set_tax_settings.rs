//! `PUT /v1/commerce/settings/taxes`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};

use super::support::{call, refuses_strangers};

const PATH: &str = "/v1/commerce/settings/taxes";

fn settings() -> Value {
    json!({
        "pricesIncludeTax": true, "rounding": "by_rate", "rates": [
            { "taxClass": "reduced", "country": "DE", "rate": 70_000 },
            { "taxClass": "standard", "country": "DE", "rate": 190_000 },
            { "taxClass": "standard", "country": "FR", "rate": 200_000 },
        ],
    })
}

async fn put(cloud: &Cloud, manager: &User, tag: &str, body: &Value) -> Reply {
    cloud.call("PUT", PATH).bearer(&manager.access_token).header("if-match", tag).json(body).send().await
}

#[tokio::test]
async fn tax_settings_are_replaced_on_the_version_that_was_read() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    // Other tests may set the same meanwhile.
    let set = eventually("the settings", async || {
        let tag = call(&cloud, "GET", PATH, &manager, None).await.header("etag").to_owned();
        let reply = put(&cloud, &manager, &tag, &settings()).await;
        (reply.status == 200).then_some(reply)
    })
    .await;
    assert_eq!(set.body, settings());
    assert_eq!(call(&cloud, "GET", PATH, &manager, None).await.expect(200), settings());
    put(&cloud, &manager, "\"999999\"", &settings()).await.expect_problem(412, "request.version_changed");
    let without = cloud.call("PUT", PATH).bearer(&manager.access_token).json(&settings()).send().await;
    without.expect_problem(428, "request.if_match_missing");
    refuses_strangers(&cloud, "PUT", PATH, Some(&settings())).await;
}

#[tokio::test]
async fn rates_that_do_not_fit_are_refused_by_their_place() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let mut twice = settings();
    twice["rates"][2] = twice["rates"][1].clone();
    let refused = put(&cloud, &manager, "\"1\"", &twice).await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "rates[2]");
    let mut wrong = settings();
    wrong["rates"][0]["rate"] = json!(1_000_001);
    wrong["rates"][1]["taxClass"] = json!("Standard");
    put(&cloud, &manager, "\"1\"", &wrong).await.expect_problem(422, "request.invalid");
}
