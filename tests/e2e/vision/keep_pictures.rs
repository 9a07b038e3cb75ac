//! `vision-keep-pictures` on `media.published.v1`, `media.deleted.v1`

use contracts::media::{MediaDeleted, MediaPublished};
use serde_json::json;
use tests::{Cloud, User};
use types::MediaId;

use super::support::{create, tell};

const CONSUMER: &str = "vision-keep-pictures";

fn published(user: &User, media_id: MediaId, purpose: &str) -> MediaPublished {
    let (owner_id, purpose) = (user.id.parse().unwrap(), purpose.to_owned());
    let (content_type, path) = ("image/jpeg".to_owned(), Some("published/nowhere/".to_owned()));
    MediaPublished { media_id, owner_id, purpose, content_type, width: 1, height: 1, variants: Vec::new(), path }
}

fn deleted(user: &User, media_id: MediaId) -> MediaDeleted {
    MediaDeleted { media_id, owner_id: user.id.parse().unwrap(), purpose: "photo".to_owned() }
}

#[tokio::test]
async fn photos_can_be_identified_until_they_are_deleted() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let [early, late, avatar] = [MediaId::generate(), MediaId::generate(), MediaId::generate()];
    assert!(tell(&cloud, CONSUMER, published(&user, early, "photo")).await.contains("applied"));
    assert!(tell(&cloud, CONSUMER, deleted(&user, late)).await.contains("applied"));
    assert!(tell(&cloud, CONSUMER, published(&user, late, "photo")).await.contains("duplicate"));
    assert!(tell(&cloud, CONSUMER, published(&user, avatar, "avatar")).await.contains("ignored"));
    for (media, status) in [(early, 202), (late, 409), (avatar, 409)] {
        let body = json!({ "mediaId": media, "kind": "species" });
        let reply = create(&cloud, &user, &media.to_string()).json(&body).send().await;
        assert_eq!(reply.status, status, "{}", reply.body);
    }
    assert!(tell(&cloud, CONSUMER, deleted(&user, early)).await.contains("applied"));
    let reply = create(&cloud, &user, "again").json(&json!({ "mediaId": early, "kind": "species" })).send().await;
    reply.expect_problem(409, "vision.picture_not_published");
}
