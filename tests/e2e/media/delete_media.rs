//! `DELETE /v1/media/{id}`

use testkit::pictures;
use tests::{Cloud, eventually};
use types::Uuid;

#[tokio::test]
async fn a_picture_goes_with_its_files_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let deletions = cloud.watch("media.deleted.v1").await;
    let id = cloud.upload(&owner, "image/jpeg", &pictures::jpeg(50, 40)).await;
    let seen = cloud.checked(&owner, &id).await;
    eventually("quarantine to be empty", async || (cloud.objects(&id).await.len() == 4).then_some(())).await;
    let url = seen["variants"][0]["url"].as_str().unwrap();
    let path = format!("/v1/media/{id}");
    let delete = |token: &str| cloud.call("DELETE", &path).bearer(token);
    delete(&stranger.access_token).send().await.expect_problem(404, "media.no_such_media");
    let stale = delete(&owner.access_token).header("if-match", "\"1\"").send().await;
    stale.expect_problem(412, "request.version_changed");
    let tag = cloud.see(&owner, &id).await.header("etag").to_owned();
    assert_eq!(delete(&owner.access_token).header("if-match", &tag).send().await.status, 204);
    assert_eq!(cloud.objects(&id).await, Vec::<String>::new());
    assert_eq!(cloud.fetch(url).await.0, 404);
    for user in [&owner, &stranger] {
        cloud.see(user, &id).await.expect_problem(404, "media.no_such_media");
    }
    assert_eq!(delete(&owner.access_token).send().await.status, 204, "once more does no harm");
    let told = eventually("the event", async || {
        deletions.take().await.into_iter().find(|event| event["data"]["mediaId"] == id.as_str())
    });
    assert_eq!(told.await["actor"]["id"], owner.id.as_str());
}

#[tokio::test]
async fn what_comes_after_the_deletion_goes_too() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let file = pictures::jpeg(50, 40);
    let asked = cloud.ask_to_upload(&user, "image/jpeg", file.len()).await;
    let id = asked["id"].as_str().unwrap();
    let path = format!("/v1/media/{id}");
    assert_eq!(cloud.call("DELETE", &path).bearer(&user.access_token).send().await.status, 204);
    // The form still works; what it brings is not kept.
    assert_eq!(cloud.send_form(&asked["upload"], &[], &file).await, 201);
    eventually("the message to be dealt with", async || cloud.logged("media-process-upload", id).then_some(())).await;
    assert_eq!(cloud.objects(id).await, Vec::<String>::new());
    cloud.see(&user, id).await.expect_problem(404, "media.no_such_media");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/media/{}", Uuid::now_v7());
    let reply = cloud.call("DELETE", &path).bearer(&user.access_token).send().await;
    reply.expect_problem(404, "media.no_such_media");
}
