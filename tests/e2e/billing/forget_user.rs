//! `billing-forget-user` on `identity.user_deleted.v1`

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::support::{call, grant, set_plan};

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("billing#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn the_export_shows_what_a_user_holds_and_a_deleted_user_leaves_nothing() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    set_plan(&cloud, &admin, "e2e-plan").await;
    assert_eq!(grant(&cloud, &admin, &user, "e2e-plan", 3_600).await.status, 200);
    let exported = cloud.export(&user).await;
    assert!(exported["sections"]["billing"]["holdings"][0].to_string().contains("e2e-plan"), "{exported}");

    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the items to go", async || (held(&cloud, &user).await == ["forgotten"]).then_some(())).await;
    grant(&cloud, &admin, &user, "e2e-plan", 3_600).await.expect_problem(404, "billing.no_such_user");
    let path = format!("/v1/billing/users/{}", user.id);
    call(&cloud, "GET", &path, &admin, None).await.expect_problem(404, "billing.no_such_user");
    assert_eq!(held(&cloud, &user).await, ["forgotten"]);
}
