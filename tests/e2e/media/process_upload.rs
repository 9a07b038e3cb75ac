//! `media-process-upload`: from the upload to what everybody sees.

use serde_json::{Value, json};
use testkit::pictures;
use tests::{Cloud, User, eventually};

async fn event_of(watch: &tests::Watch, id: &str) -> Value {
    eventually("the event", async || watch.take().await.into_iter().find(|event| event["data"]["mediaId"] == id)).await
}

#[tokio::test]
async fn a_photo_is_published_upright_in_four_sizes_without_its_place() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let published = cloud.watch("media.published.v1").await;
    let file = pictures::jpeg_with_exif(1_600, 800, 6);
    assert!(String::from_utf8_lossy(&file).contains(pictures::SECRET_PLACE));
    let id = cloud.upload(&user, "image/jpeg", &file).await;
    let seen = cloud.checked(&user, &id).await;
    assert_eq!(seen["status"], "published");
    let sizes: Vec<_> = seen["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["width"].as_u64(), one["height"].as_u64()))
        .collect();
    assert_eq!(sizes, [(800, 1_600), (640, 1_280), (320, 640), (80, 160)].map(|(w, h)| (Some(w), Some(h))));
    for variant in seen["variants"].as_array().unwrap() {
        let url = variant["url"].as_str().unwrap();
        let (status, bytes) = cloud.fetch(url).await;
        assert_eq!(cloud.cache_control(url).await, "public, max-age=3600", "a deleted picture leaves caches");
        assert_eq!((status, bytes.len() as u64), (200, variant["bytes"].as_u64().unwrap()));
        let shown = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
        assert_eq!(
            (Some(u64::from(shown.width())), Some(u64::from(shown.height()))),
            (variant["width"].as_u64(), variant["height"].as_u64())
        );
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Exif") && !text.contains(pictures::SECRET_PLACE));
    }
    let event = event_of(&published, &id).await;
    assert_eq!((&event["data"]["ownerId"], &event["data"]["width"]), (&json!(user.id), &json!(800)));
    eventually("quarantine to be empty", async || {
        cloud.objects(&format!("quarantine/{}", user.id)).await.is_empty().then_some(())
    })
    .await;
    assert_eq!(cloud.objects(&id).await.len(), 4);
}

async fn expect_rejection(cloud: &Cloud, user: &User, kind: &str, file: &[u8], reason: &str) {
    let id = cloud.upload(user, kind, file).await;
    let seen = cloud.checked(user, &id).await;
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("rejected"), &json!(reason)));
    eventually("the file to be deleted", async || cloud.objects(&id).await.is_empty().then_some(())).await;
}

#[tokio::test]
async fn what_must_not_be_shown_is_rejected_with_its_reason_and_deleted() {
    let cloud = Cloud::connect().await;
    let user = super::on_free_plan(&cloud).await;
    let rejected = cloud.watch("media.rejected.v1").await;
    let mut seen = Vec::new();
    for (reason, kind, file) in pictures::refused() {
        // One of each reason is enough here; S3 itself refuses what is empty.
        if reason != "empty" && !seen.contains(&reason) {
            expect_rejection(&cloud, &user, kind, &file, reason).await;
            seen.push(reason);
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
    let mut told = Vec::new();
    eventually("all events", async || {
        told.extend(rejected.take().await.into_iter().filter(|event| event["data"]["ownerId"] == user.id.as_str()));
        (told.len() >= seen.len()).then_some(())
    })
    .await;
    // Nothing is kept of them, so nothing of the quota is taken: a free plan holds ten of the largest.
    for _ in 0..10 {
        cloud.ask_to_upload(&user, "image/jpeg", 20 * 1024 * 1024).await;
    }
}

#[tokio::test]
async fn what_the_moderator_finds_is_rejected_and_what_is_harmless_is_not() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let (violent, beach) = (pictures::jpeg(71, 53), pictures::png(72, 53));
    cloud.flag("image/jpeg", &violent, "Violence").await;
    cloud.flag("image/png", &beach, "Swimwear or Underwear").await;
    expect_rejection(&cloud, &user, "image/jpeg", &violent, "moderated").await;
    let id = cloud.upload(&user, "image/png", &beach).await;
    assert_eq!(cloud.checked(&user, &id).await["status"], "published");
}
