//! `media-sweep-uploads`: what did not move on by itself.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use media::store::SHARDS;
use testkit::pictures;
use tests::{Cloud, User, eventually};
use types::Uuid;

/// Makes a picture two hours older than it is, in itself and where it is listed as due.
async fn age(cloud: &Cloud, user: &User, id: &str) {
    let text = |text: String| AttributeValue::S(text);
    let past = Timestamp::now() - std::time::Duration::from_hours(2);
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let shard = id.parse::<Uuid>().unwrap().as_u128() % u128::from(SHARDS);
    let update = client
        .update_item()
        .table_name(cloud.table_name())
        .key("pk", text(format!("media#user#{}", user.id)))
        .key("sk", text(format!("item#{id}")))
        .update_expression("SET created_at = :past, gsi1pk = :part, gsi1sk = :due")
        .expression_attribute_values(":past", text(past.to_string()))
        .expression_attribute_values(":part", text(format!("media#unfinished#{shard}")))
        .expression_attribute_values(":due", text(format!("due#{:015}#{id}", past.as_millisecond())));
    update.send().await.unwrap();
}

#[tokio::test]
async fn what_was_never_uploaded_goes_and_what_was_is_checked_though_nobody_said_so() {
    let cloud = Cloud::connect().await;
    let user = super::on_free_plan(&cloud).await;
    let largest = 20 * 1024 * 1024;
    let mut asked = Vec::new();
    for _ in 0..10 {
        asked.push(cloud.ask_to_upload(&user, "image/jpeg", largest).await["id"].as_str().unwrap().to_owned());
    }
    // An upload without a word to the queue: S3 says nothing of what is put there in another way.
    let key = format!("quarantine/{}/{}", user.id, asked[1]);
    let put = cloud.s3().await.put_object().bucket(cloud.media_bucket()).key(key).body(pictures::jpeg(33, 22).into());
    put.send().await.unwrap();
    age(&cloud, &user, &asked[0]).await;
    age(&cloud, &user, &asked[1]).await;
    cloud.invoke("media-sweep-uploads").await;

    cloud.see(&user, &asked[0]).await.expect_problem(404, "media.no_such_media");
    assert_eq!(cloud.checked(&user, &asked[1]).await["status"], "published");
    assert_eq!(cloud.see(&user, &asked[2]).await.expect(200)["status"], "awaiting_upload");
    // Room for one is free again, and for one only, however often it is swept.
    cloud.invoke("media-sweep-uploads").await;
    cloud.ask_to_upload(&user, "image/jpeg", largest).await;
    let body = serde_json::json!({ "purpose": "photo", "contentType": "image/jpeg", "bytes": largest });
    let full = cloud.post("/v1/media").bearer(&user.access_token).header("idempotency-key", "full").json(&body).send();
    full.await.expect_problem(409, "media.quota_exceeded");
}

#[tokio::test]
async fn a_deleted_picture_is_looked_at_once_more() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let asked = cloud.ask_to_upload(&user, "image/jpeg", 10_000).await;
    let id = asked["id"].as_str().unwrap();
    let path = format!("/v1/media/{id}");
    assert_eq!(cloud.call("DELETE", &path).bearer(&user.access_token).send().await.status, 204);
    // As if a check had been killed after it had written.
    let key = format!("published/{}/{id}/0123456789abcdef/full.jpg", user.id);
    cloud
        .s3()
        .await
        .put_object()
        .bucket(cloud.media_bucket())
        .key(&key)
        .body(b"x".to_vec().into())
        .send()
        .await
        .unwrap();
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let text = |text: String| AttributeValue::S(text);
    let past = Timestamp::now() - std::time::Duration::from_hours(2);
    let shard = id.parse::<Uuid>().unwrap().as_u128() % u128::from(SHARDS);
    let update = client
        .update_item()
        .table_name(cloud.table_name())
        .key("pk", text(format!("media#user#{}", user.id)))
        .key("sk", text(format!("item#{id}")))
        .update_expression("SET #status.#at = :past, gsi1pk = :part, gsi1sk = :due")
        .expression_attribute_names("#status", "status")
        .expression_attribute_names("#at", "at")
        .expression_attribute_values(":past", text(past.to_string()))
        .expression_attribute_values(":part", text(format!("media#unfinished#{shard}")))
        .expression_attribute_values(":due", text(format!("due#{:015}#{id}", past.as_millisecond())));
    update.send().await.unwrap();
    cloud.invoke("media-sweep-uploads").await;
    eventually("the object to go", async || cloud.objects(id).await.is_empty().then_some(())).await;
}
