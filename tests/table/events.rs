//! Care events under races, repeats and late news.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::events::EventReported;
use contracts::identity::{UserDeleted, UserRestored, UserSuspended};
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::points::{PointRemoved, PointSubscribed, PointUnsubscribed};
use dynamo::Outbox;
use events::consumers::forget_user::forget_user;
use events::consumers::keep_copies::keep_copies;
use events::consumers::tell_subscribers::tell_subscribers;
use events::domain::broadcast::Broadcast;
use events::domain::care_event::Report;
use events::domain::reward::RewardLimits;
use events::store::NotAdded;
use futures::future::join_all;
use jiff::Timestamp;
use kit::Deadline;
use kit::sqs::{Done, Failure, Progress};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use testkit::{TestTable, finished};
use types::{CareEventId, EventTypeId, MediaId, PointId, UserId};

use crate::events_support::{Care, call, created, person};
use crate::identity_support::Deployment;

const AT_ONCE: usize = 50;

fn text(value: Option<&AttributeValue>) -> String {
    value.and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

/// The keys of all items of this context that start with this.
async fn keys(care: &Care, prefix: &str) -> Vec<String> {
    let items = care.table.items().await;
    let keys = items.iter().map(|item| format!("{} {}", text(item.get("pk")), text(item.get("sk"))));
    let mut keys: Vec<_> = keys.filter(|key| key.starts_with(prefix)).collect();
    keys.sort();
    keys
}

fn reported(point_id: PointId, user_id: UserId) -> EventReported {
    EventReported {
        event_id: CareEventId::generate(),
        point_id,
        user_id,
        event_type_id: EventTypeId::generate(),
        code: "feeding".into(),
        type_name: "Feeding".into(),
        point_name: "Pier".into(),
        occurred_at: jiff::Timestamp::now(),
        reward: None,
        reward_withheld: None,
    }
}

#[tokio::test]
async fn fifty_reports_at_once_make_one_event_until_the_cooldown_is_over() {
    let (care, identity) = (Care::start().await, Deployment::start().await);
    let (token, user) = person(&identity, "ann@example.com").await;
    let body = json!({ "pointId": care.point().await, "eventTypeId": care.kind(60).await });
    let create = care.create_event(&identity);
    let attempts: Vec<_> = (0..AT_ONCE).map(|n| n.to_string()).collect();
    let replies = join_all(attempts.iter().map(|key| call(&create, "POST", &token, key, "", Some(&body)))).await;
    let won: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(won.len(), 1);
    let cooled = replies.iter().filter(|reply| reply.body["code"] == "events.cooling_down");
    assert_eq!(cooled.count(), AT_ONCE - 1);
    assert_eq!(keys(&care, "events#event#").await.len(), 1);
    assert_eq!(keys(&care, &format!("events#user#{user} event#")).await.len(), 1);

    // Nothing sweeps here, so what has run out stands in the way of none but its own time.
    care.clock.advance(Duration::from_hours(1));
    let replies = join_all(attempts.iter().map(|key| {
        let key = format!("later-{key}");
        let (create, token, body) = (&create, &token, &body);
        async move { call(create, "POST", token, &key, "", Some(body)).await.status }
    }))
    .await;
    assert_eq!(replies.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(keys(&care, "events#event#").await.len(), 2);
}

/// Reports an event by somebody with a verified address, as the endpoint does. True if it is rewarded.
async fn report_for_reward(care: &Care, author_id: UserId, point_id: PointId, event_type_id: EventTypeId) -> bool {
    let report = Report {
        id: CareEventId::generate(),
        author_id,
        point_id,
        event_type_id,
        note: None,
        photo_media_ids: Vec::new(),
        occurred_at: None,
        location: None,
    };
    let mut known = care.store.known_of(&report).await.unwrap();
    known.circumstances.email_verified = true;
    let accepted = report.decide(&known.circumstances, care.clock.now()).unwrap();
    match care.store.add_event(&accepted, &known, &Outbox::none()).await {
        Ok(()) => accepted.event.reward.is_some(),
        Err(NotAdded::RewardLimit(why)) => {
            let accepted = accepted.without_reward(why);
            assert_eq!((&accepted.event.reward, &accepted.fact.reward), (&None, &None));
            care.store.add_event(&accepted, &known, &Outbox::none()).await.unwrap();
            false
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn rewards_are_limited_per_user_and_per_type_however_many_reports_come_at_once() {
    let care = Care::start().await;
    let limits = RewardLimits { daily_rewards_per_user: 3, daily_rewards: 5 };
    let kind = care.rewarded_kind(0, Some(tests::money(5, "POINTS")), limits).await;
    let mut points = Vec::new();
    for _ in 0..12 {
        points.push(care.point().await);
    }
    let (ann, bob) = (UserId::generate(), UserId::generate());
    let rewards = async |user| {
        let reports = points.iter().map(|point| report_for_reward(&care, user, *point, kind));
        join_all(reports).await.into_iter().filter(|rewarded| *rewarded).count()
    };
    assert_eq!(rewards(ann).await, 3, "of one user");
    assert_eq!(rewards(bob).await, 2, "of all users");
    assert_eq!(keys(&care, "events#event#").await.len(), 24, "events are reported all the same");
    // The next day begins anew, and another type has limits of its own.
    care.clock.advance(Duration::from_hours(24));
    assert_eq!(rewards(ann).await, 3);
    let other = care.rewarded_kind(0, Some(tests::money(5, "POINTS")), limits).await;
    assert!(report_for_reward(&care, ann, points[0], other).await);
}

/// What a user with a verified address gets for reports of one type, one at each point: `(reward, rewardWithheld)`.
async fn rewards(
    care: &Care,
    user: &(Deployment, String),
    kind: EventTypeId,
    points: &[PointId],
) -> Vec<(Value, Value)> {
    let (identity, token) = user;
    let create = care.create_event(identity);
    let mut replies = Vec::new();
    for point in points {
        let body = json!({ "pointId": point, "eventTypeId": kind });
        let reply = call(&create, "POST", token, &CareEventId::generate().to_string(), "", Some(&body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        replies.push((reply.body["reward"].clone(), reply.body["rewardWithheld"].clone()));
    }
    replies
}

async fn verified_person() -> ((Deployment, String), UserId) {
    let identity = Deployment::start().await;
    let (token, user) = person(&identity, "ann@example.com").await;
    identity.change(user, |account| account.email_verified_at = Some(Timestamp::now())).await;
    ((identity, token), user)
}

#[tokio::test]
async fn care_at_a_new_point_is_rewarded_once_the_point_is_old_enough() {
    let care = Care::with_point_age_hours("24").await;
    let (ann, _) = verified_person().await;
    let reward = tests::money(5, "POINTS");
    let kind = care.rewarded_kind(0, Some(reward.clone()), RewardLimits::default()).await;
    let point = care.point().await;
    let new = [(Value::Null, json!("new_point"))];
    assert_eq!(rewards(&care, &ann, kind, &[point]).await, new);
    care.clock.advance(Duration::from_hours(24) - Duration::from_secs(1));
    // A change of the point makes it neither older nor newer.
    care.keep(contracts::points::PointUpdated {
        point_id: point,
        name: "Pier".into(),
        kind: contracts::points::PointKind::Food,
        location: types::GeoPoint::new(52.5, 13.4).unwrap(),
        keeper_id: None,
        revision: 2,
    })
    .await;
    assert_eq!(rewards(&care, &ann, kind, &[point]).await, new);
    care.clock.advance(Duration::from_secs(1));
    assert_eq!(rewards(&care, &ann, kind, &[point]).await, [(json!(reward), Value::Null)]);
}

/// Six points of one's own, and a report at each of them, as often as there are points.
#[tokio::test]
async fn nobody_is_rewarded_for_care_at_points_of_their_own() {
    let care = Care::start().await;
    let (ann, user) = verified_person().await;
    let kind = care.rewarded_kind(0, Some(tests::money(5, "POINTS")), RewardLimits::default()).await;
    let mut points = Vec::new();
    for _ in 0..6 {
        points.push(care.point_of(user).await);
    }
    assert_eq!(rewards(&care, &ann, kind, &points).await, vec![(Value::Null, json!("own_point")); 6]);
    // The same user earns at a point of somebody else, so that it is not the user who is refused.
    let other = care.point_of(UserId::generate()).await;
    assert!(rewards(&care, &ann, kind, &[other]).await[0].0.is_object());
}

#[tokio::test]
async fn one_key_makes_one_event_however_often_and_asks_for_one_thing() {
    let (care, identity) = (Care::start().await, Deployment::start().await);
    let (token, user) = person(&identity, "ann@example.com").await;
    let (point, kind) = (care.point().await, care.kind(60).await);
    let body = json!({ "pointId": point, "eventTypeId": kind, "note": "Two cats." });
    let create = care.create_event(&identity);
    let replies = join_all((0..20).map(|_| call(&create, "POST", &token, "a", "", Some(&body)))).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.body == replies[0].body));
    let other = json!({ "pointId": point, "eventTypeId": kind, "note": "Three cats." });
    let reply = call(&create, "POST", &token, "a", "", Some(&other)).await;
    assert_eq!(reply.body["code"], "request.idempotency_key_reused");

    // The id cannot be computed from the user's id and the key alone.
    let guess = types::derive_id(&["create_event", &user.to_string(), "a"]);
    assert_ne!(replies[0].body["id"], json!(guess));

    // What is removed is not made again by a repeat of its request.
    let id: CareEventId = replies[0].body["id"].as_str().unwrap().parse().unwrap();
    let delete = kit::http::endpoint(
        events::api::delete_event::delete_event,
        care.ctx(&identity),
        crate::identity_support::stage(),
    );
    assert_eq!(call(&delete, "DELETE", &token, "-", &id.to_string(), None).await.status, 204);
    assert_eq!(call(&delete, "DELETE", &token, "-", &id.to_string(), None).await.status, 404);
    let reply = call(&create, "POST", &token, "a", "", Some(&body)).await;
    assert_eq!(reply.body["code"], "events.no_such_event");
    // The cooldown stays.
    let reply = call(&create, "POST", &token, "b", "", Some(&body)).await;
    assert_eq!(reply.body["code"], "events.cooling_down");
}

#[tokio::test]
async fn copies_are_the_same_in_whatever_order_and_however_often_the_news_come() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..12 {
        let care = Care::start().await;
        let (point, user, medium) = (PointId::generate(), UserId::generate(), MediaId::generate());
        let published = MediaPublished {
            media_id: medium,
            owner_id: user,
            purpose: "photo".into(),
            content_type: "image/jpeg".into(),
            width: 1,
            height: 1,
            variants: Vec::new(),
            path: None,
        };
        let suspended = care.event(UserSuspended { user_id: user });
        care.clock.advance(Duration::from_secs(1));
        let restored = care.event(UserRestored { user_id: user });
        let followed = PointId::generate();
        let news = vec![
            care.event(created(point, 1)),
            care.event(created(point, 2)),
            care.event(PointRemoved { point_id: point, revision: 3 }),
            care.event(PointSubscribed { point_id: followed, user_id: user, revision: 1 }),
            care.event(PointUnsubscribed { point_id: followed, user_id: user, revision: 2 }),
            care.event(PointSubscribed { point_id: followed, user_id: user, revision: 3 }),
            suspended,
            restored,
            care.event(published),
            care.event(MediaDeleted { media_id: medium, owner_id: user, purpose: "photo".into() }),
        ];
        let twice: Vec<_> = news.iter().chain(&news).cloned().collect();
        let order = Just(twice).prop_shuffle().new_tree(&mut runner).unwrap().current();
        join_all(order.into_iter().map(|event| keep_copies(care.consumer, event, Deadline::never())))
            .await
            .into_iter()
            .for_each(|handled| {
                assert!(matches!(handled, Ok(Progress::Finished(Done::Applied | Done::Duplicate))), "{handled:?}");
            });
        let items = care.table.items().await;
        let item = |sort: &str| items.iter().find(|item| text(item.get("sk")).starts_with(sort)).unwrap().clone();
        assert!(!item("copy").contains_key("place"), "a point that was removed came back");
        assert_eq!(item("subscription#")["active"], AttributeValue::Bool(true));
        assert_eq!(item("standing")["suspended"], AttributeValue::Bool(false));
        assert_eq!(item("medium#")["published"], AttributeValue::Bool(false));
    }
}

#[tokio::test]
async fn nobody_follows_a_point_that_is_gone_not_even_who_is_heard_of_late() {
    let care = Care::start().await;
    let (point, other) = (care.point().await, care.point().await);
    let people = care.follow(point, 130).await;
    care.follow(other, 2).await;
    let copies = async || {
        let items = care.table.items().await;
        items.iter().filter(|item| text(item.get("sk")).starts_with("subscription#")).count()
    };
    assert_eq!(copies().await, 132);
    let removed = care.event(PointRemoved { point_id: point, revision: 9 });
    assert!(matches!(
        finished(keep_copies(care.consumer, removed.clone(), Deadline::never()).await),
        Ok(Done::Applied)
    ));
    assert_eq!(copies().await, 2);
    assert!(matches!(finished(keep_copies(care.consumer, removed, Deadline::never()).await), Ok(Done::Duplicate)));

    let late = PointSubscribed { point_id: point, user_id: people[0], revision: 2 };
    assert!(matches!(care.keep(late).await, Done::Ignored));
    assert_eq!(copies().await, 2);
}

/// The index shows copies for a while that are deleted. They are not deleted again and again, and none is left.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_lags_delays_the_removal_of_copies_and_hides_none() {
    const FOLLOWERS: usize = 350;
    let table = TestTable::start_with_lagging_index(Duration::from_millis(1_500)).await;
    let care = Care::on(table, Timestamp::now()).await;
    let point = care.point().await;
    let copies = async || {
        let items = care.table.items().await;
        items.iter().filter(|item| item["sk"].as_s().is_ok_and(|sk| sk.contains("subscription"))).count()
    };
    care.follow(point, FOLLOWERS).await;
    assert_eq!(copies().await, FOLLOWERS);
    // Until the index shows all of them.
    let shown = async |after| care.store.subscribers(point, after).await.unwrap();
    tests::eventually("all in the index", async || {
        let (mut count, mut page) = (0, shown(None).await);
        while let Some(last) = page.items.last().filter(|_| page.next.is_some()) {
            count += page.items.len();
            page = shown(Some(last.value.user_id)).await;
        }
        (count + page.items.len() == FOLLOWERS).then_some(())
    })
    .await;
    let removed = care.event(PointRemoved { point_id: point, revision: 2 });
    let meter = dynamo::Meter::default();
    let progress = meter.scope(Box::pin(keep_copies(care.consumer, removed, Deadline::never()))).await;
    assert!(matches!(finished(progress), Ok(Done::Applied)));
    assert_eq!(copies().await, 0);
    let calls = meter.usage().calls;
    // The index shows each copy once more, and then none of them.
    assert!(calls < 2 * u32::try_from(FOLLOWERS).unwrap() + 50, "{calls} calls");
}

#[tokio::test]
async fn what_is_no_news_for_this_context_is_poison() {
    let care = Care::start().await;
    let handled = finished(
        keep_copies(care.consumer, care.event(reported(PointId::generate(), UserId::generate())), Deadline::never())
            .await,
    );
    assert!(matches!(handled, Err(Failure::Poison(_))), "{handled:?}");
    let mut broken = care.event(created(PointId::generate(), 1));
    broken.data = json!({ "pointId": 7 });
    assert!(matches!(finished(keep_copies(care.consumer, broken, Deadline::never()).await), Err(Failure::Poison(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_are_told_page_by_page_once_through_kills_and_duplicates() {
    let care = Care::start().await;
    let point = care.point().await;
    let author = care.follow(point, 250).await[0];
    let fact = reported(point, author);
    let id = Broadcast::id_of_event(fact.event_id);
    let event = care.event(fact);
    // Killed after ever more time, three at once.
    for millis in (0..60).step_by(3) {
        let tries = (0..3).map(|_| {
            tokio::time::timeout(Duration::from_millis(millis), async {
                finished(tell_subscribers(care.consumer, event.clone(), Deadline::never()).await)
            })
        });
        for handled in join_all(tries).await.into_iter().flatten() {
            assert!(matches!(handled, Ok(Done::Applied | Done::Duplicate)), "{handled:?}");
        }
    }
    let handled = finished(tell_subscribers(care.consumer, event.clone(), Deadline::never()).await);
    assert!(matches!(handled, Ok(Done::Applied | Done::Duplicate)), "{handled:?}");
    assert_eq!(finished(tell_subscribers(care.consumer, event, Deadline::never()).await).unwrap(), Done::Duplicate);
    let told = care.store.broadcast(id).await.unwrap().unwrap();
    // One change a page, and one for the end: no page was told twice. Which people a page holds is proven beside `Broadcast`.
    assert_eq!((told.value.pages, told.version, told.value.done), (3, 5, true));
    assert_eq!(told.value.after, None);
}

#[tokio::test]
async fn a_page_names_its_people_and_not_the_author() {
    let care = Care::start().await;
    let point = care.point().await;
    let people = care.follow(point, 3).await;
    let fact = reported(point, people[1]);
    let id = Broadcast::id_of_event(fact.event_id);
    let progress = async || {
        let items = care.table.items().await;
        let found = items.into_iter().find(|item| text(item.get("pk")) == format!("events#broadcast#{id}"));
        found.unwrap()
    };
    let event = care.event(fact);
    let part = tell_subscribers(care.consumer, event.clone(), Deadline::after(Duration::ZERO)).await;
    assert!(matches!(part, Ok(Progress::Continue(_))), "{part:?}");
    let told = dynamo::Outbox::parse(progress().await["outbox"].as_s().unwrap()).unwrap();
    assert_eq!(told.len(), 1);
    let mut recipients: Vec<UserId> = serde_json::from_value(told[0].data["recipients"].clone()).unwrap();
    recipients.sort_unstable();
    assert_eq!(recipients, [people[0], people[2]]);
    assert_eq!(told[0].data["message"]["link"], format!("/points/{point}"));
    assert_eq!(told[0].correlation_id, "c");
    // The item stays for weeks, and the ids of the recipients do not.
    let rest = tell_subscribers(care.consumer, event, Deadline::never()).await;
    assert_eq!(finished(rest).unwrap(), Done::Applied);
    assert!(!progress().await.contains_key("outbox"));
    // Nobody to tell, nothing told.
    let handled = finished(
        tell_subscribers(care.consumer, care.event(reported(care.point().await, people[0])), Deadline::never()).await,
    );
    assert_eq!(handled.unwrap(), Done::Applied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_leaves_events_without_a_name_through_kills_and_late_news() {
    let (care, identity) = (Care::start().await, Deployment::start().await);
    let (token, user) = person(&identity, "ann@example.com").await;
    let (point, kind) = (care.point().await, care.kind(0).await);
    let create = care.create_event(&identity);
    let mut ids: Vec<CareEventId> = Vec::new();
    for n in 0..5 {
        let body = json!({ "pointId": point, "eventTypeId": kind, "note": format!("secret {n}") });
        let reply = call(&create, "POST", &token, &n.to_string(), "", Some(&body)).await;
        ids.push(reply.body["id"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).parse().unwrap());
    }
    let schedule = care.schedule_of(user, point, kind, "FREQ=DAILY;BYHOUR=12;BYMINUTE=0").await.unwrap();
    care.keep(PointSubscribed { point_id: point, user_id: user, revision: 1 }).await;
    // Two are removed, by the author and by an admin: their marks name the author, and the outbox too.
    let removed = ids.split_off(3);
    for (id, is_admin) in [(removed[0], false), (removed[1], true)] {
        let read = care.store.event(id).await.unwrap().unwrap();
        let by = if is_admin { UserId::generate() } else { user };
        let (mark, fact) = read.value.removed(by, is_admin, care.clock.now()).unwrap();
        let outbox = Outbox::of(care.envelope(fact.unwrap())).unwrap();
        care.store.remove_event(&read, &mark, &outbox).await.unwrap();
    }
    let deleted = care.event(UserDeleted { user_id: user });
    for millis in (0..40).step_by(2) {
        drop(
            tokio::time::timeout(
                Duration::from_millis(millis),
                forget_user(care.consumer, deleted.clone(), Deadline::never()),
            )
            .await,
        );
    }
    assert!(finished(forget_user(care.consumer, deleted.clone(), Deadline::never()).await).is_ok());
    assert_eq!(finished(forget_user(care.consumer, deleted, Deadline::never()).await).unwrap(), Done::Duplicate);

    for id in ids {
        let event = care.store.event(id).await.unwrap().unwrap().value;
        assert!(event.is_there() && event.author_id.is_none() && event.note.is_none());
    }
    assert!(care.chain(schedule.id).await.is_none());
    // Late news, and a token that outlives the account.
    let late = PointSubscribed { point_id: point, user_id: user, revision: 2 };
    assert_eq!(care.keep(late).await, Done::Duplicate);
    let body = json!({ "pointId": point, "eventTypeId": kind });
    let reply = call(&create, "POST", &token, "late", "", Some(&body)).await;
    assert_eq!(reply.body["code"], "events.no_such_user");
    let left = keys(&care, &format!("events#user#{user}")).await;
    assert_eq!(left, [format!("events#user#{user} forgotten")]);
    let all: Vec<Value> = care.table.items().await.iter().map(|item| json!(format!("{item:?}"))).collect();
    let name = user.to_string();
    let of_user = all.iter().filter(|item| item.as_str().unwrap().contains(&name)).count();
    assert_eq!(of_user, 1, "the marker alone names the user");
}
