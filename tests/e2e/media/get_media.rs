//! `GET /v1/media/{id}`

use serde_json::json;
use testkit::pictures;
use tests::Cloud;
use types::Uuid;

#[tokio::test]
async fn others_see_a_picture_once_it_is_published_and_its_owner_before() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let file = pictures::png(30, 20);
    let asked = cloud.ask_to_upload(&owner, "image/png", file.len()).await;
    let id = asked["id"].as_str().unwrap();
    assert_eq!(cloud.see(&owner, id).await.expect(200)["status"], "awaiting_upload");
    cloud.see(&stranger, id).await.expect_problem(404, "media.no_such_media");
    cloud.send_form(&asked["upload"], &[], &file).await;
    cloud.checked(&owner, id).await;
    let seen = cloud.see(&stranger, id).await;
    assert!(seen.header("etag").starts_with('"'));
    let seen = seen.expect(200);
    assert_eq!((&seen["status"], &seen["ownerId"]), (&json!("published"), &json!(owner.id)));
    let url = seen["variants"][3]["url"].as_str().unwrap();
    assert_eq!(cloud.fetch(url).await.0, 200);
    let plain = url.split('?').next().unwrap();
    assert_eq!(cloud.fetch(plain).await.0, 403, "published is not public");
}

#[tokio::test]
async fn others_do_not_hear_of_what_was_rejected() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let id = cloud.upload(&owner, "image/jpeg", b"no picture at all").await;
    let seen = cloud.checked(&owner, &id).await;
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("rejected"), &json!("unreadable")));
    cloud.see(&stranger, &id).await.expect_problem(404, "media.no_such_media");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    cloud.see(&user, &Uuid::now_v7().to_string()).await.expect_problem(404, "media.no_such_media");
    cloud.see(&user, "picture").await.expect_problem(404, "request.no_such_path");
}
