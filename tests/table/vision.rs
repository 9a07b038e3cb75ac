//! Identifications: one look that is paid for, whatever happens to the messages; results only for pictures and users
//! that are there.

use std::time::Duration;

use futures::future::join_all;
use kit::sqs::{Done, Pause, Progress};
use serde_json::json;
use types::MediaId;
use vision::consumers::keep_pictures::keep_pictures;
use vision::domain::identification::{LEASE_SECONDS, MAX_ATTEMPTS, PAUSES_SECONDS};
use vision::domain::limits::IDENTIFICATIONS;
use vision::model::{LookError, ModelArns, NoModel, RekognitionModel};

use crate::vision_support::{Person, Studio, species, strip};

const APPLIED: Progress = Progress::Finished(Done::Applied);
const DUPLICATE: Progress = Progress::Finished(Done::Duplicate);
const IGNORED: Progress = Progress::Finished(Done::Ignored);

fn no_answer() -> LookError {
    LookError::NoAnswer("on purpose".to_owned())
}

#[tokio::test]
async fn a_picture_is_looked_at_once_however_often_its_message_comes() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let id = studio.requested(&ann, media, "species").await;
    studio.model.answer(Ok(species(&[("Danio rerio", 0.9), ("Puntius titteya", 0.4)])));
    let deliveries: Vec<_> =
        join_all((0..5).map(|_| studio.identify(&ann, &id, media))).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(deliveries.iter().filter(|progress| **progress == APPLIED).count(), 1, "{deliveries:?}");
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), DUPLICATE);
    assert_eq!(studio.model.looks(), 1);
    let seen = studio.get(&ann, &id).await.body;
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("identified"), &json!(null)));
    let found = json!([{ "name": "Danio rerio", "confidencePercent": 90 }, { "name": "Puntius titteya", "confidencePercent": 40 }]);
    assert_eq!(seen["species"], found);
    assert_eq!(studio.events().await, ["vision.identified"]);
}

#[tokio::test]
async fn a_request_is_counted_and_created_once_per_key() {
    let studio = Studio::start().await;
    let (ann, ben) = (studio.person("ann").await, studio.person("ben").await);
    let media = studio.photo(&ann).await;
    let all = join_all((0..5).map(|_| studio.create(&ann, "a", media, "species"))).await;
    assert!(all.iter().all(|reply| reply.status == 202 && reply.body["id"] == all[0].body["id"]));
    let other = studio.create(&ann, "a", media, "test_strip").await;
    assert_eq!((other.status, &other.body["code"]), (422, &json!("request.idempotency_key_reused")));
    for number in 1..IDENTIFICATIONS.max() {
        assert_eq!(studio.create(&ann, &format!("n{number}"), media, "species").await.status, 202, "{number}");
    }
    let refused = studio.create(&ann, "too-many", media, "species").await;
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("request.limit_exceeded")));
    // A repeated request is answered at the limit too, and others have a limit of their own.
    assert_eq!(studio.create(&ann, "a", media, "species").await.status, 202);
    let of_ben = studio.photo(&ben).await;
    assert_eq!(studio.create(&ben, "a", of_ben, "species").await.status, 202);
}

#[tokio::test]
async fn only_own_published_photos_can_be_identified() {
    let studio = Studio::start().await;
    let (ann, ben) = (studio.person("ann").await, studio.person("ben").await);
    let photo = studio.photo(&ann).await;
    let avatar = MediaId::generate();
    let event = studio.published(ann.id, avatar, "avatar");
    assert_eq!(keep_pictures(studio.consumer, event).await.unwrap(), Done::Ignored);
    for (who, media) in [(&ben, photo), (&ann, avatar), (&ann, MediaId::generate())] {
        let reply = studio.create(who, "a", media, "species").await;
        assert_eq!((reply.status, &reply.body["code"]), (409, &json!("vision.picture_not_published")));
    }
    assert_eq!(studio.remove_photo(&ann, photo).await, Done::Applied);
    // A publication that comes late brings nothing back.
    let late = studio.published(ann.id, photo, "photo");
    assert_eq!(keep_pictures(studio.consumer, late).await.unwrap(), Done::Duplicate);
    assert_eq!(studio.create(&ann, "b", photo, "species").await.status, 409);
}

#[tokio::test]
async fn nothing_is_counted_or_stored_where_identifications_are_off() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let before = studio.table.items().await.len();
    let reply = studio.create_in(studio.off(), &ann, "a", media, "species").await;
    assert_eq!((reply.status, &reply.body["code"]), (409, &json!("vision.off")));
    assert_eq!(studio.table.items().await.len(), before);
}

#[tokio::test]
async fn a_model_that_does_not_answer_is_asked_again_after_growing_pauses_and_then_no_more() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let id = studio.requested(&ann, media, "species").await;
    for pause in PAUSES_SECONDS {
        studio.model.answer(Err(no_answer()));
        let wait = Progress::Continue(Pause::seconds(pause));
        assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), wait);
        // A duplicate that comes too early calls no model.
        assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), wait);
        assert_eq!(studio.get(&ann, &id).await.body["status"], "pending");
        studio.clock.advance(Duration::from_secs(pause.into()));
    }
    studio.model.answer(Err(no_answer()));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(studio.model.looks(), usize::try_from(MAX_ATTEMPTS).unwrap());
    let seen = studio.get(&ann, &id).await.body;
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("failed"), &json!("no_answer")));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), DUPLICATE);
    assert_eq!(studio.events().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_killed_attempt_is_repeated_after_its_lease_and_its_late_result_counts_for_nothing() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let id = studio.requested(&ann, media, "species").await;
    let read = studio.store.identification(ann.id, id.parse().unwrap()).await.unwrap().unwrap();
    let attempted = read.value.attempted(studio.clock.now());
    let killed = studio.store.change(&read, attempted, &dynamo::Outbox::none()).await.unwrap();
    let wait = Progress::Continue(Pause::seconds(LEASE_SECONDS));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), wait);
    studio.clock.advance(Duration::from_secs(LEASE_SECONDS.into()));
    studio.model.answer(Ok(species(&[("Danio rerio", 0.9)])));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
    let late = killed.value.identified(species(&[("Late", 0.9)]), studio.clock.now());
    let ended = studio.store.end(&killed, &late, &dynamo::Outbox::none()).await.unwrap();
    assert_eq!(ended, vision::store::Ended::Moved);
    assert_eq!(studio.get(&ann, &id).await.body["species"][0]["name"], "Danio rerio");
}

#[tokio::test]
async fn an_attempt_that_is_killed_anywhere_is_finished_by_the_next_one() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    for lifetime in 0..15 {
        // Another day, with another count.
        studio.clock.advance(Duration::from_hours(24));
        let id = studio.requested(&ann, media, "species").await;
        let before = studio.model.looks();
        let killed = tokio::time::timeout(Duration::from_millis(lifetime), studio.identify(&ann, &id, media)).await;
        let mut done = matches!(killed, Ok(Ok(Progress::Finished(_))));
        for _ in 0..3 {
            if done {
                break;
            }
            match studio.identify(&ann, &id, media).await.unwrap() {
                Progress::Finished(_) => done = true,
                Progress::Continue(pause) => studio.clock.advance(Duration::from_secs(pause.as_seconds().into())),
            }
        }
        assert!(done && studio.model.looks() - before <= 2, "{lifetime} ms");
        assert_eq!(studio.get(&ann, &id).await.body["status"], "identified", "{lifetime} ms");
    }
}

#[tokio::test]
async fn a_refused_picture_a_missing_file_and_a_model_that_was_turned_off_end_it_at_once() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let reason = async |id: &str| studio.get(&ann, id).await.body["reason"].clone();

    let id = studio.requested(&ann, media, "species").await;
    studio.model.answer(Err(LookError::Refused("status 422".to_owned())));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(reason(&id).await, "picture_refused");

    let id = studio.requested(&ann, media, "species").await;
    assert_eq!(studio.identify_in(studio.with_model(Box::new(NoModel)), &ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(reason(&id).await, "turned_off");

    let id = studio.requested(&ann, media, "species").await;
    studio.services.remove(&format!("published/{}/{media}/0123/large.jpg", ann.id));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(reason(&id).await, "picture_deleted");
    assert_eq!(studio.model.looks(), 1, "no model looks at what is not there");
}

#[tokio::test]
async fn a_deleted_picture_ends_its_identifications_without_a_result() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let [before, meanwhile] =
        [studio.requested(&ann, media, "species").await, studio.requested(&ann, media, "species").await];
    // The picture is deleted while the model looks: the result is refused.
    let read = studio.store.identification(ann.id, meanwhile.parse().unwrap()).await.unwrap().unwrap();
    studio.remove_photo(&ann, media).await;
    let result = read.value.identified(species(&[("Danio rerio", 0.9)]), studio.clock.now());
    let ended = studio.store.end(&read, &result, &dynamo::Outbox::none()).await.unwrap();
    assert_eq!(ended, vision::store::Ended::PictureGone);
    for id in [before, meanwhile] {
        assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
        assert_eq!(studio.get(&ann, &id).await.body["reason"], "picture_deleted");
    }
    assert_eq!(studio.model.looks(), 0);
}

#[tokio::test]
async fn an_erased_user_leaves_nothing_and_late_messages_bring_nothing_back() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let id = studio.requested(&ann, media, "species").await;
    let read = studio.store.identification(ann.id, id.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(studio.forget(&ann).await, Done::Applied);
    let result = read.value.identified(species(&[("Danio rerio", 0.9)]), studio.clock.now());
    let ended = studio.store.end(&read, &result, &dynamo::Outbox::none()).await.unwrap();
    assert_eq!(ended, vision::store::Ended::Moved);
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), IGNORED);
    let event = studio.published(ann.id, MediaId::generate(), "photo");
    assert_eq!(keep_pictures(studio.consumer, event).await.unwrap(), Done::Duplicate);
    assert_eq!(studio.create(&ann, "b", media, "species").await.status, 409);
    assert_eq!(studio.forget(&ann).await, Done::Duplicate);
    let left: Vec<_> =
        studio.table.items().await.into_iter().filter_map(|item| item["sk"].as_s().ok().cloned()).collect();
    assert_eq!(left, ["forgotten"]);
}

#[tokio::test]
async fn a_test_strip_is_confirmed_once_and_by_its_requester() {
    let studio = Studio::start().await;
    let (ann, ben) = (studio.person("ann").await, studio.person("ben").await);
    let media = studio.photo(&ann).await;
    let id = studio.requested(&ann, media, "test_strip").await;
    let values = json!([{ "parameter": "nitrate", "value": "30", "unit": "mg_l_as_no3" }]);
    let early = studio.confirm(&ann, &id, &values).await;
    assert_eq!((early.status, &early.body["code"]), (409, &json!("vision.not_identified")));
    studio.model.answer(Ok(strip()));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(studio.confirm(&ben, &id, &values).await.status, 404);
    let wrong = json!([{ "parameter": "ph", "value": "7", "unit": "celsius" }, { "parameter": "co2", "value": "1", "unit": "mg_l" }]);
    let many = json!(vec![wrong[0].clone(); 21]);
    let refused = studio.confirm(&ann, &id, &many).await;
    assert_eq!((refused.status, refused.body["errors"].as_array().unwrap().len()), (422, 1), "{}", refused.body);
    let refused = studio.confirm(&ann, &id, &wrong).await;
    let fields: Vec<_> =
        refused.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!((refused.status, fields), (422, vec![json!("values[0].unit"), json!("values[1].parameter")]));
    // Requests at the same time confirm once.
    let all = join_all((0..4).map(|_| studio.confirm(&ann, &id, &values))).await;
    for reply in all {
        assert_eq!((reply.status, &reply.body["confirmation"]["values"]), (200, &values), "{}", reply.body);
    }
    assert_eq!(studio.events().await, ["vision.identification_confirmed"]);
    let other = studio.confirm(&ann, &id, &json!([])).await;
    assert_eq!((other.status, &other.body["code"]), (409, &json!("vision.already_confirmed")));
}

#[tokio::test]
async fn identifications_are_listed_newest_first_and_deleted_for_good() {
    let studio = Studio::start().await;
    let (ann, ben) = (studio.person("ann").await, studio.person("ben").await);
    let media = studio.photo(&ann).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.insert(0, studio.requested(&ann, media, "species").await);
        studio.clock.advance(Duration::from_secs(1));
    }
    let listed = async |who: &Person| {
        let page = studio.call(&studio.list(), ("GET", who), ("-", ""), None).await.body;
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&ann).await, ids);
    assert_eq!(listed(&ben).await, Vec::<String>::new());
    assert_eq!((studio.get(&ben, &ids[0]).await.status, studio.delete(&ben, &ids[0]).await.status), (404, 404));
    assert_eq!(studio.delete(&ann, &ids[0]).await.status, 204);
    assert_eq!(studio.delete(&ann, &ids[0]).await.status, 404);
    assert_eq!(studio.identify(&ann, &ids[0], media).await.unwrap(), IGNORED);
    assert_eq!(listed(&ann).await, ids[1..]);
}

#[tokio::test]
async fn the_key_of_a_deleted_identification_makes_no_other_one_and_its_message_does_nothing() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let (first, second) = (studio.photo(&ann).await, studio.photo(&ann).await);
    let created = studio.create(&ann, "a", first, "species").await;
    let id = created.body["id"].as_str().unwrap().to_owned();
    assert_eq!(studio.delete(&ann, &id).await.status, 204);
    for media in [first, second] {
        let again = studio.create(&ann, "a", media, "species").await;
        assert_eq!(
            (again.status, &again.body["code"]),
            (422, &json!("request.idempotency_key_reused")),
            "{}",
            again.body
        );
        assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), IGNORED);
    }
    let items = studio.table.items().await;
    let kept = items.iter().find(|item| item["sk"].as_s().is_ok_and(|sk| sk.contains(&id))).unwrap();
    assert!(kept.contains_key("expires_at") && !kept.contains_key("gsi1pk"), "{kept:?}");
    assert_eq!(studio.model.looks(), 0);
}

#[tokio::test]
async fn a_message_about_another_picture_does_nothing() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let (first, second) = (studio.photo(&ann).await, studio.photo(&ann).await);
    let id = studio.requested(&ann, second, "species").await;
    assert_eq!(studio.identify(&ann, &id, first).await.unwrap(), IGNORED);
    assert_eq!((studio.model.looks(), &studio.get(&ann, &id).await.body["status"]), (0, &json!("pending")));
    assert_eq!(studio.identify(&ann, &id, second).await.unwrap(), APPLIED);
}

#[tokio::test]
async fn what_became_a_dead_letter_is_shown_as_failed_and_is_not_looked_at_when_it_is_redriven() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let id = studio.requested(&ann, media, "species").await;
    studio.clock.advance(Duration::from_hours(2));
    let shown = studio.get(&ann, &id).await.body;
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("failed"), &json!("no_answer")));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(studio.model.looks(), 0);
    let ended = studio.get(&ann, &id).await.body;
    assert_eq!((&ended["status"], &ended["reason"]), (&shown["status"], &shown["reason"]));
}

#[tokio::test]
async fn an_answer_that_stays_unusable_is_paid_for_once() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let id = studio.requested(&ann, media, "species").await;
    studio.model.answer(Err(LookError::Unusable("on purpose".to_owned())));
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(studio.identify(&ann, &id, media).await.unwrap(), DUPLICATE);
    assert_eq!((studio.model.looks(), &studio.get(&ann, &id).await.body["reason"]), (1, &json!("no_answer")));
}

#[tokio::test]
async fn rekognition_is_asked_with_the_model_of_the_kind() {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    studio.services.find("Danio rerio");
    let species = Some("arn:aws:rekognition:us-east-1:000000000000:project/fish/version/fish.1/1".to_owned());
    let arns = ModelArns { species, test_strip: None };
    let rekognition = studio.with_model(Box::new(RekognitionModel::new(&studio.services.config().into(), arns)));
    let id = studio.requested(&ann, media, "species").await;
    assert_eq!(studio.identify_in(rekognition, &ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(
        studio.get(&ann, &id).await.body["species"],
        json!([{ "name": "Danio rerio", "confidencePercent": 99 }])
    );
    let id = studio.requested(&ann, media, "test_strip").await;
    assert_eq!(studio.identify_in(rekognition, &ann, &id, media).await.unwrap(), APPLIED);
    assert_eq!(studio.get(&ann, &id).await.body["reason"], "turned_off");
}
