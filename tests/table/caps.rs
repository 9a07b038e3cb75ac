//! What users, network addresses and the deployment may do per day, in each context: the first use beyond is refused, also when
//! many arrive at once, and a repeat of an accepted request is not.

use std::time::Duration;

use contracts::points::PointKind;
use futures::future::join_all;
use identity::domain::attempts::Source;
use identity::store::Identity;
use jiff::Timestamp;
use kit::http::endpoint;
use kit::limits::NotAllowed;
use media::domain::limits::UPLOADS;
use media::store::NotAdded;
use notifications::domain::limits::{TEXT_MESSAGES_TO_NUMBER, TEXT_MESSAGES_TO_USER};
use notifications::store::Notifications;
use points::domain::limits::POINTS;
use serde_json::json;
use testkit::TestTable;
use types::{PhoneNumber, UserId};
use wallet::domain::limits::{CARD_DECLINES, CARD_PAYMENTS};

use crate::events_support::{Care, call, person};
use crate::identity_support::{self, Deployment, PASSWORD, stage};
use crate::media_support::Pictures;
use crate::notifications_support::{Desk, somebody};
use crate::points_support::{Asked, Map, at, point};
use crate::wallet_support::Purse;

#[tokio::test]
async fn a_user_creates_fifty_points_a_day_and_a_repeat_of_one_of_them_is_answered() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let create = endpoint(points::api::create_point::create_point, map.ctx, stage());
    let wish = |number: u32| json!({ "name": "Fountain", "kind": "water", "location": { "lat": 10.0, "lng": f64::from(number) } });
    let ask = async |number: u32| {
        let key = number.to_string();
        map.call(&create, "POST", &ann, Asked { key: &key, ..Asked::default() }, Some(wish(number))).await
    };
    for number in 0..POINTS.max() {
        assert_eq!(ask(number).await.status, 201, "{number}");
    }
    let refused = ask(POINTS.max()).await;
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("request.limit_exceeded")));
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("`points`") && detail.contains("50 points created per user and day"), "{detail}");
    assert!(detail.contains("It resets at 20"), "{detail}");
    assert_eq!(ask(0).await.status, 201, "a repeat counts nothing");
    // Others have their own.
    map.put(point(UserId::generate(), PointKind::Food, at(1.0, 1.0))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_counted_per_day_also_when_they_are_deleted_and_arrive_at_once() {
    let pictures = Pictures::start().await;
    let owner = UserId::generate();
    let mut added = 0;
    for _ in 0..30 {
        let adding = (0..4).map(|_| async {
            let read = pictures.store.account(owner).await.unwrap();
            pictures.store.add(pictures.wish(owner), read).await
        });
        for result in join_all(adding).await {
            match result {
                Ok(medium) => {
                    added += 1;
                    // Room is free again, the day's count is not.
                    pictures.store.remove(&medium).await.unwrap();
                }
                Err(NotAdded::Limit(exceeded)) => assert_eq!(exceeded.limit, UPLOADS),
                Err(NotAdded::QuotaExceeded(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(added, UPLOADS.max());
    pictures.clock.advance(Duration::from_hours(24));
    let read = pictures.store.account(owner).await.unwrap();
    assert!(pictures.store.add(pictures.wish(owner), read).await.is_ok());
}

#[tokio::test]
async fn care_events_and_schedules_have_a_number_per_day() {
    let (care, identity) = (Care::start().await, Deployment::start().await);
    let (token, user) = person(&identity, "ann@example.com").await;
    let (point, kind) = (care.point_of(user).await, care.kind(0).await);
    let body = json!({ "pointId": point, "eventTypeId": kind });
    let create = care.create_event(&identity);
    for number in 0..events::domain::limits::EVENTS.max() {
        let reply = call(&create, "POST", &token, &number.to_string(), "", Some(&body)).await;
        assert_eq!(reply.status, 201, "{number}: {}", reply.body);
    }
    let refused = call(&create, "POST", &token, "one-more", "", Some(&body)).await;
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("request.limit_exceeded")));

    // Deleting makes room for others at the point, and not in the day.
    for _ in 0..events::domain::limits::SCHEDULES.max() {
        let schedule = care.schedule_of(user, point, kind, "FREQ=DAILY;BYHOUR=18;BYMINUTE=0").await.unwrap();
        let (read, chain) = care.store.schedule(schedule.id).await.unwrap().unwrap();
        care.store.end_schedule(&read, &chain, None).await.unwrap();
    }
    let refused = care.schedule_of(user, point, kind, "FREQ=DAILY;BYHOUR=18;BYMINUTE=0").await;
    assert!(matches!(refused, Err(events::store::NotScheduled::Limit(_))), "{refused:?}");
}

#[tokio::test]
async fn registrations_are_counted_per_network_address() {
    let table = TestTable::start().await;
    let store = identity::store::Store::new(table.of::<Identity>()).with_max_registrations(3);
    let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    let register = async |address: &str| store.count_registration(&Source::of(address), now).await;
    let at_once =
        join_all((0..10).map(|host| register(if host % 2 == 0 { "2001:db8::1" } else { "2001:db8::2" }))).await;
    assert_eq!(at_once.iter().filter(|result| result.is_ok()).count(), 3, "hosts of one network are one source");
    assert!(matches!(register("2001:db8::3").await, Err(NotAllowed::Exceeded(_))));
    assert!(register("192.0.2.1").await.is_ok());
    for item in table.items().await {
        assert!(!format!("{item:?}").contains("2001:db8"), "the address itself is not stored");
    }
}

#[tokio::test]
async fn an_address_that_registered_enough_accounts_gets_429_and_no_account() {
    let deployment = Deployment::start().await;
    let register = deployment.register_at_most(3);
    let ask = async |number: u32| {
        let body = json!({
            "email": format!("user-{number}@example.com"), "password": PASSWORD, "name": "Ann",
            "device": { "name": "phone", "platform": "ios" },
        });
        identity_support::call(&register, "POST", "/v1/auth/register", None, Some(&body)).await
    };
    for number in 0..3 {
        assert_eq!(ask(number).await.status, 201);
    }
    let refused = ask(3).await;
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("request.limit_exceeded")));
    let address = types::EmailAddress::parse("user-3@example.com").unwrap();
    assert_eq!(deployment.ctx.store.owner_of(&address).await.unwrap(), None);
}

#[tokio::test]
async fn text_messages_are_counted_per_number_user_and_deployment() {
    let table = TestTable::start().await;
    let store = notifications::store::Store::new(table.of::<Notifications>());
    let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    let number = |end: u32| PhoneNumber::parse(&format!("+49151{end:08}")).unwrap();
    let send =
        async |user: UserId, end: u32, max: u32| store.count_text_message(user, &number(end), max, now).await.unwrap();
    // Many accounts, one number: somebody else's phone does not ring all day.
    for _ in 0..TEXT_MESSAGES_TO_NUMBER.max() {
        assert_eq!(send(UserId::generate(), 1, 1_000).await, Ok(()));
    }
    let refused = send(UserId::generate(), 1, 1_000).await.unwrap_err();
    assert_eq!(refused.limit, TEXT_MESSAGES_TO_NUMBER);
    // One account, many numbers.
    let user = UserId::generate();
    for end in 2..2 + TEXT_MESSAGES_TO_USER.max() {
        assert_eq!(send(user, end, 1_000).await, Ok(()));
    }
    assert_eq!(send(user, 100, 1_000).await.unwrap_err().limit, TEXT_MESSAGES_TO_USER);
    // Many of both.
    let so_far = TEXT_MESSAGES_TO_NUMBER.max() + TEXT_MESSAGES_TO_USER.max();
    assert_eq!(send(UserId::generate(), 200, so_far + 1).await, Ok(()));
    let refused = send(UserId::generate(), 201, so_far + 1).await.unwrap_err();
    assert_eq!(refused.limit.name(), "text_messages");
    for item in table.items().await {
        assert!(!format!("{item:?}").contains("+49151"), "the number itself is not stored");
    }
}

#[tokio::test]
async fn no_code_goes_to_a_country_that_is_not_on_the_list() {
    let deployment = Deployment::start().await;
    let ann = somebody(&deployment, 1).await;
    let desk = Desk::beside(&deployment);
    let reply = desk.by(&ann, "set_phone", None, Some(&json!({ "number": "+882161234567" }))).await;
    assert_eq!((reply.status, &reply.body["code"]), (422, &json!("request.invalid")));
    assert!(reply.body["errors"].to_string().contains("must start with +49"), "{}", reply.body);
    assert!(desk.store.phone(ann.id).await.unwrap().is_none());
}

#[tokio::test]
async fn declined_cards_end_the_card_payments_of_the_day() {
    let purse = Purse::start().await;
    let (user, now) = (UserId::generate(), Timestamp::now());
    for _ in 0..CARD_DECLINES.max() {
        purse.store.admit_card_payment(user, now).await.unwrap();
        purse.store.count_decline(user, "card_declined", now).await.unwrap();
    }
    let refused = purse.store.admit_card_payment(user, now).await;
    assert!(matches!(refused, Err(NotAllowed::Exceeded(exceeded)) if exceeded.limit == CARD_DECLINES));
    // A payment that its user gave up is no decline; requests at once are bounded all the same.
    let other = UserId::generate();
    purse.store.count_decline(other, "abandoned", now).await.unwrap();
    let asked = join_all((0..30).map(|_| purse.store.admit_card_payment(other, now))).await;
    assert_eq!(asked.iter().filter(|result| result.is_ok()).count(), CARD_PAYMENTS.max() as usize);
}
