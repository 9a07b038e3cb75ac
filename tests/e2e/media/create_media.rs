//! `POST /v1/media`

use serde_json::{Value, json};
use testkit::pictures;
use tests::{Cloud, Reply, User};

fn photo(bytes: u64) -> Value {
    json!({ "purpose": "photo", "contentType": "image/jpeg", "bytes": bytes })
}

async fn ask(cloud: &Cloud, user: &User, key: &str, body: &Value) -> Reply {
    cloud.post("/v1/media").bearer(&user.access_token).header("idempotency-key", key).json(body).send().await
}

#[tokio::test]
async fn a_form_comes_with_the_picture_and_the_same_request_gets_another_one() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let first = ask(&cloud, &user, "a", &photo(1_000)).await;
    assert_eq!(first.header("location"), format!("/v1/media/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(201);
    assert_eq!((&first["status"], &first["ownerId"]), (&json!("awaiting_upload"), &json!(user.id)));
    assert!(first["upload"]["fields"]["policy"].is_string() && first["upload"]["expiresAt"].is_string());
    let again = ask(&cloud, &user, "a", &photo(1_000)).await.expect(201);
    assert_eq!(again["id"], first["id"]);
    assert_eq!(cloud.send_form(&again["upload"], &[], &pictures::jpeg(20, 20)[..]).await, 201);
    // Another body under the same key is another wish.
    ask(&cloud, &user, "a", &photo(999)).await.expect_problem(422, "request.idempotency_key_reused");
    // The key is the caller's own.
    let other = cloud.sign_up().await;
    assert_ne!(ask(&cloud, &other, "a", &photo(1_000)).await.expect(201)["id"], first["id"]);
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = ask(&cloud, &user, "a", &json!({ "purpose": "poster", "contentType": "image/gif", "bytes": 0 })).await;
    reply.expect_problem(422, "request.invalid");
    let mut fields: Vec<_> =
        reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["bytes", "contentType", "purpose"]);
    let large = json!({ "purpose": "avatar", "contentType": "image/png", "bytes": 5 * 1024 * 1024 + 1 });
    ask(&cloud, &user, "a", &large).await.expect_problem(422, "request.invalid");
    let mut server = photo(10);
    server["status"] = json!("published");
    ask(&cloud, &user, "a", &server).await.expect_problem(422, "request.invalid");
    let without_key = cloud.post("/v1/media").bearer(&user.access_token).json(&photo(10)).send().await;
    without_key.expect_problem(400, "request.idempotency_key_missing");
}

#[tokio::test]
async fn a_new_account_has_the_quota_of_the_default_plan() {
    let cloud = Cloud::connect().await;
    // The deployment's new accounts are on the plan `family`; on the smallest one there is room for ten.
    let user = cloud.sign_up().await;
    let largest = photo(20 * 1024 * 1024);
    for key in 0..11 {
        assert_eq!(ask(&cloud, &user, &format!("{key}"), &largest).await.status, 201);
    }
}

#[tokio::test]
async fn the_quota_holds_and_is_free_again_after_a_deletion() {
    let cloud = Cloud::connect().await;
    let user = super::on_free_plan(&cloud).await;
    let largest = photo(20 * 1024 * 1024);
    let mut ids = Vec::new();
    for key in 0..10 {
        ids.push(ask(&cloud, &user, &format!("{key}"), &largest).await.expect(201)["id"].clone());
    }
    ask(&cloud, &user, "one-more", &largest).await.expect_problem(409, "media.quota_exceeded");
    // Who repeats the request that took the last room is not told that there is none.
    assert_eq!(ask(&cloud, &user, "9", &largest).await.expect(201)["id"], ids[9]);
    let path = format!("/v1/media/{}", ids[0].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(cloud.call("DELETE", &path).bearer(&user.access_token).send().await.status, 204);
    }
    assert_eq!(ask(&cloud, &user, "one-more", &largest).await.status, 201);
    ask(&cloud, &user, "and-another", &largest).await.expect_problem(409, "media.quota_exceeded");
    // The key of what was deleted makes nothing new.
    ask(&cloud, &user, "0", &largest).await.expect_problem(409, "media.upload_expired");
}

#[tokio::test]
async fn s3_takes_what_the_form_says_and_nothing_else() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let file = pictures::jpeg(40, 30);
    let asked = cloud.ask_to_upload(&user, "image/jpeg", file.len()).await;
    let upload = &asked["upload"];
    let key = upload["fields"]["key"].as_str().unwrap();
    let send = async |changes: &[(&str, &str)], file: &[u8]| cloud.send_form(upload, changes, file).await;
    assert_eq!(send(&[("Content-Type", "text/html")], &file).await, 403);
    assert_eq!(send(&[("key", &format!("{key}0"))], &file).await, 403);
    assert_eq!(send(&[("key", &key.replace("quarantine/", "published/"))], &file).await, 403);
    assert_eq!(send(&[("acl", "public-read")], &file).await, 403);
    assert_eq!(send(&[], &[&file[..], b"1"].concat()).await, 400);
    assert_eq!(send(&[], &[]).await, 400);
    assert!(cloud.objects(key).await.is_empty());
    assert_eq!(send(&[], &file).await, 201);
}

#[tokio::test]
async fn what_waits_in_quarantine_is_for_nobody() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    // An upload that nobody asked for is not checked, so it stays where it can be asked for.
    let key = format!("quarantine/{}/by-hand", user.id);
    let put = cloud.s3().await.put_object().bucket(cloud.media_bucket()).key(&key).body(b"x".to_vec().into());
    put.send().await.unwrap();
    let asked = cloud.ask_to_upload(&user, "image/jpeg", 10).await;
    let address = asked["upload"]["url"].as_str().unwrap();
    assert_eq!(cloud.fetch(&format!("{address}{key}")).await.0, 403);
    let reader = aws_sdk_s3::Client::new(&cloud.sdk_as("media-create-media").await);
    assert!(
        reader.get_object().bucket(cloud.media_bucket()).key(&key).send().await.is_err(),
        "the form's signer reads"
    );
}
