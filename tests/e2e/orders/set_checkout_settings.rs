//! `PUT /v1/commerce/settings/checkout`.

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn managers_replace_the_checkout_settings() {
    let cloud = &Cloud::connect().await;
    let (manager, path) = (cloud.manager().await, "/v1/commerce/settings/checkout");
    let seller = json!({ "name": "Shop GmbH", "address": ["Hauptstr. 1", "10115 Berlin"], "taxNumber": "DE123456789" });
    let body = json!({ "isOpen": true, "captureMode": "immediate", "returnDays": 14, "seller": seller, "invoicePrefix": "INV" });
    // Tests share the settings of the deployment.
    eventually("the settings", async || {
        let tag = call(cloud, "GET", path, &manager, None).await.header("etag").to_owned();
        let put =
            cloud.call("PUT", path).bearer(&manager.access_token).header("if-match", &tag).json(&body).send().await;
        (put.status == 200).then_some(())
    })
    .await;
    assert_eq!(call(cloud, "GET", path, &manager, None).await.expect(200)["seller"], seller);
    let stale = cloud.call("PUT", path).bearer(&manager.access_token).header("if-match", "\"99999\"").json(&body);
    stale.send().await.expect_problem(412, "request.version_changed");
    refuses_strangers(cloud, "PUT", path, Some(&body)).await;
}
