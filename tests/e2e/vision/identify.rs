//! `vision-identify` on `vision.identification_requested.v1`

use contracts::vision::{IdentificationKind, IdentificationRequested};
use serde_json::json;
use tests::Cloud;
use types::IdentificationId;

use super::support::{answer, ended, looks, photo, requested, tell};

#[tokio::test]
async fn a_model_that_fails_and_talks_nonsense_is_asked_again() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let photo = photo(&cloud, &user, (309, 31)).await;
    answer(&cloud, &photo, &json!({ "body": "<html>Bad gateway</html>" })).await;
    let id = requested(&cloud, &user, &photo, "species").await;
    let seen = ended(&cloud, &user, &id).await;
    assert_eq!((&seen["status"], &seen["species"][0]["name"]), (&json!("identified"), &json!("Paracheirodon innesi")));
    assert_eq!(looks(&cloud, &id).await.len(), 2, "the key stays the same");
}

#[tokio::test]
async fn a_refused_picture_fails_at_once() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let photo = photo(&cloud, &user, (310, 31)).await;
    answer(&cloud, &photo, &json!({ "status": 422 })).await;
    let id = requested(&cloud, &user, &photo, "species").await;
    let seen = ended(&cloud, &user, &id).await;
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("failed"), &json!("picture_refused")));
    assert_eq!(looks(&cloud, &id).await.len(), 1);
}

#[tokio::test]
async fn a_message_that_comes_again_or_late_has_no_effect() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let photo = photo(&cloud, &user, (311, 31)).await;
    let id = requested(&cloud, &user, &photo, "species").await;
    ended(&cloud, &user, &id).await;
    let fact = IdentificationRequested {
        identification_id: id.parse().unwrap(),
        user_id: user.id.parse().unwrap(),
        media_id: photo.id.parse().unwrap(),
        kind: IdentificationKind::Species,
    };
    for _ in 0..5 {
        let line = tell(&cloud, "vision-identify", fact.clone()).await;
        assert!(line.contains("duplicate"), "{line}");
    }
    let unknown = IdentificationRequested { identification_id: IdentificationId::generate(), ..fact };
    let line = tell(&cloud, "vision-identify", unknown).await;
    assert!(line.contains("ignored"), "{line}");
    assert_eq!(looks(&cloud, &id).await.len(), 1);
}
