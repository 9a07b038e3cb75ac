//! `identity.user_deleted.v1` empties what this context holds on the user, objects and all.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use testkit::pictures;
use tests::{Cloud, PASSWORD, User, eventually};

async fn held(cloud: &Cloud, user: &User) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let partition = AttributeValue::S(format!("media#user#{}", user.id));
    let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await.unwrap();
    found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_deleted_user_leaves_no_pictures() {
    let cloud = Cloud::connect().await;
    let (user, reader) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.upload(&user, "image/jpeg", &pictures::jpeg(50, 40)).await;
    let url = cloud.checked(&user, &id).await["variants"][0]["url"].as_str().unwrap().to_owned();
    let open = cloud.ask_to_upload(&user, "image/jpeg", 10_000).await;

    let exported = cloud.export(&user).await;
    assert!(exported.to_string().contains(&id), "the export knows of pictures: {exported}");

    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the items to go", async || (held(&cloud, &user).await == ["forgotten"]).then_some(())).await;
    eventually("the objects to go", async || cloud.objects(&user.id).await.is_empty().then_some(())).await;
    assert_eq!(cloud.fetch(&url).await.0, 404);
    cloud.see(&reader, &id).await.expect_problem(404, "media.no_such_media");

    // The access token and the form outlive the account for some minutes; neither brings anything back.
    let body = json!({ "purpose": "photo", "contentType": "image/jpeg", "bytes": 10 });
    let late = cloud.post("/v1/media").bearer(&user.access_token).header("idempotency-key", "late").json(&body);
    late.send().await.expect_problem(401, "auth.session_ended");
    assert_eq!(cloud.send_form(&open["upload"], &[], &pictures::jpeg(50, 40)).await, 201);
    let open = open["id"].as_str().unwrap();
    eventually("the late upload", async || cloud.logged("media-process-upload", open).then_some(())).await;
    assert!(cloud.objects(&user.id).await.is_empty());
    assert_eq!(held(&cloud, &user).await, ["forgotten"]);
}
