//! What identifications ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::identity::UserDeleted;
use contracts::media::MediaDeleted;
use contracts::vision::IdentificationKind;
use kit::Deadline;
use serde_json::json;
use tests::{budget, cost};
use types::MediaId;
use vision::consumers::{forget_user::forget_user, identify::identify, keep_pictures::keep_pictures};
use vision::model::LookError;

use crate::vision_support::{Studio, strip};

#[tokio::test]
async fn identifications_keep_to_their_budget() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    // The identification and the picture beside the standing; then the identification with its place in the index, the
    // counter, and the conditions on picture and erasure in one transaction.
    let first = studio.create(&ann, "a", media, "test_strip").await;
    budget("vision-create-identification", "requested", &first);
    budget("vision-create-identification", "repeated", &studio.create(&ann, "a", media, "test_strip").await);
    let id = first.body["id"].as_str().unwrap();

    let event = studio.request_event(&ann, id, media, IdentificationKind::TestStrip);
    studio.model.answer(Err(LookError::NoAnswer("on purpose".to_owned())));
    // The identification and the picture; the attempt; the pause.
    budget("vision-identify", "no answer", cost(identify(studio.identifying, event.clone(), Deadline::never())).await);
    studio.clock.advance(std::time::Duration::from_secs(2));
    studio.model.answer(Ok(strip()));
    // The result is a transaction with the condition on the picture.
    budget("vision-identify", "identified", cost(identify(studio.identifying, event.clone(), Deadline::never())).await);
    budget("vision-identify", "duplicate", cost(identify(studio.identifying, event, Deadline::never())).await);

    budget("vision-get-identification", "own", &studio.get(&ann, id).await);
    // One query of the index.
    let list = studio.call(&studio.list(), ("GET", &ann), ("-", ""), None).await;
    budget("vision-list-identifications", "one", &list);
    let values = json!([{ "parameter": "nitrate", "value": "25", "unit": "mg_l_as_no3" }]);
    budget("vision-confirm-identification", "confirmed", &studio.confirm(&ann, id, &values).await);
    budget("vision-confirm-identification", "repeated", &studio.confirm(&ann, id, &values).await);
    budget("vision-delete-identification", "deleted", &studio.delete(&ann, id).await);

    let other = MediaId::generate();
    let published = studio.published(ann.id, other, "photo");
    budget("vision-keep-pictures", "published", cost(keep_pictures(studio.consumer, published.clone())).await);
    budget("vision-keep-pictures", "duplicate", cost(keep_pictures(studio.consumer, published)).await);
    let deleted = studio.event(MediaDeleted { media_id: other, owner_id: ann.id, purpose: "photo".to_owned() });
    budget("vision-keep-pictures", "deleted", cost(keep_pictures(studio.consumer, deleted)).await);

    let leaves = studio.event(UserDeleted { user_id: ann.id });
    // The marker, the keys, and one batch of deletions: two pictures, the deleted identification and the counter.
    budget(
        "vision-forget-user",
        "two pictures",
        cost(forget_user(studio.consumer, leaves.clone(), Deadline::never())).await,
    );
    budget("vision-forget-user", "duplicate", cost(forget_user(studio.consumer, leaves, Deadline::never())).await);
}
