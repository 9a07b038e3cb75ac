//! `PUT /v1/commerce/settings/shipping`

use serde_json::json;
use tests::Cloud;

use super::support::{refuses_strangers, set_shipping, shipping};

const PATH: &str = "/v1/commerce/settings/shipping";

#[tokio::test]
async fn shipping_methods_are_replaced_on_the_version_that_was_read() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    set_shipping(&cloud, &manager).await;
    let shown = cloud.get(PATH).bearer(&manager.access_token).send().await;
    assert_eq!(shown.body, shipping());
    let put = |tag: &str| cloud.call("PUT", PATH).bearer(&manager.access_token).header("if-match", tag);
    put("\"999999\"").json(&shipping()).send().await.expect_problem(412, "request.version_changed");
    let without = cloud.call("PUT", PATH).bearer(&manager.access_token).json(&shipping()).send().await;
    without.expect_problem(428, "request.if_match_missing");
    refuses_strangers(&cloud, "PUT", PATH, Some(&shipping())).await;
}

#[tokio::test]
async fn methods_that_do_not_fit_are_refused_by_their_place() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let refused = async |change: &dyn Fn(&mut serde_json::Value), field: &str| {
        let mut body = shipping();
        change(&mut body);
        let put = cloud.call("PUT", PATH).bearer(&manager.access_token).header("if-match", "\"1\"").json(&body);
        let reply = put.send().await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field, "{}", reply.body);
    };
    refused(&|body| body["methods"][1]["code"] = json!("parcel"), "methods[1].code").await;
    refused(&|body| body["methods"][0]["countries"] = json!(["DE", "DE"]), "methods[0].countries").await;
    refused(&|body| body["methods"][0]["tiers"][1]["upToGrams"] = json!(1000), "methods[0].tiers[1].upToGrams").await;
    refused(
        &|body| body["methods"][0]["tiers"][0]["prices"][0]["amountMinor"] = json!(-1),
        "methods[0].tiers[0].prices",
    )
    .await;
}
