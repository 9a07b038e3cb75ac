//! The community pack as a whole: its events told twice, in any order, with wrong ones among them; and a person who leaves.

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::identity::{UserRestored, UserSuspended};
use contracts::points::{PointCreated, PointKind, PointSubscribed, PointUnsubscribed, PointUpdated};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, User, eventually, money};
use types::{CareEventId, EventId, EventTypeId, GeoPoint, PointId, UserId, Uuid};

/// How often each event is told.
const TIMES: usize = 3;
/// What the author of one event gets, and of the first tier, in reward points.
const REWARD: i64 = 5;
const TIER_REWARD: i64 = 7;

fn fact<T: DomainEvent>(data: T) -> Envelope<Value> {
    let id = EventId::generate();
    Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, data).erase().unwrap()
}

/// What is told of one point, its kind of event, and those who come there.
struct Story {
    point_id: PointId,
    event_type_id: EventTypeId,
    keeper: UserId,
    author: UserId,
    follower: UserId,
    bystander: UserId,
}

impl Story {
    fn reported(&self, point_name: &str) -> EventReported {
        EventReported {
            event_id: CareEventId::generate(),
            point_id: self.point_id,
            user_id: self.author,
            event_type_id: self.event_type_id,
            code: "feeding".to_owned(),
            type_name: "Feeding".to_owned(),
            point_name: point_name.to_owned(),
            occurred_at: Timestamp::now(),
            reward: Some(money(REWARD, "POINTS")),
            reward_withheld: None,
        }
    }

    /// The point, who follows it, four reports, one of which is taken back.
    fn told(&self) -> Vec<Envelope<Value>> {
        let (point_id, user_id) = (self.point_id, self.follower);
        let (kind, location) = (PointKind::Food, GeoPoint::new(41.0, 29.0).unwrap());
        let (name, keeper_id) = ("Old name".to_owned(), Some(self.keeper));
        let reports: Vec<_> = (0..4).map(|_| self.reported("Harbour")).collect();
        let removed = EventRemoved {
            event_id: reports[0].event_id,
            point_id,
            user_id: self.author,
            event_type_id: self.event_type_id,
        };
        let mut told = vec![
            fact(PointCreated { point_id, name, kind, location, keeper_id, revision: 1 }),
            fact(PointUpdated { point_id, name: "New name".to_owned(), kind, location, keeper_id, revision: 2 }),
            fact(PointSubscribed { point_id, user_id, revision: 1 }),
            fact(PointUnsubscribed { point_id, user_id, revision: 2 }),
            fact(PointSubscribed { point_id, user_id, revision: 3 }),
            fact(UserSuspended { user_id: self.bystander }),
            fact(UserRestored { user_id: self.bystander }),
            fact(removed),
        ];
        told[6].occurred_at = told[5].occurred_at + jiff::SignedDuration::from_secs(1);
        told.extend(reports.into_iter().map(fact));
        told
    }
}

/// Events of the right type with nothing right in them, and how many consumers there are for each.
fn poison(marker: &str) -> Vec<(Envelope<Value>, usize)> {
    let consumers = [("points.point_removed", 3), ("events.event_reported", 4), ("wallet.donation_started", 1)];
    let of = |event_type: &str| Envelope {
        event_type: event_type.to_owned(),
        data: json!({ "nothing": marker }),
        ..fact(UserSuspended { user_id: UserId::generate() })
    };
    consumers.map(|(event_type, count)| (of(event_type), count)).into()
}

/// A badge for the story's kind of event, whose second tier nobody reaches in it.
async fn badge(cloud: &Cloud, event_type_id: EventTypeId, badge: &str) -> String {
    let (code, name) = (format!("kind-{}", Uuid::now_v7().simple()), "Feeding".to_owned());
    cloud
        .publish(&fact(EventTypeChanged { event_type_id, code, name, reward: None, retired: false, revision: 1 }))
        .await;
    let body = json!({
        "code": format!("b{}", Uuid::now_v7().simple()), "name": badge, "description": "Feeds.", "icon": "bowl",
        "requirement": { "kind": "events", "eventTypeId": event_type_id },
        "tiers": [{ "name": "one", "threshold": 2, "reward": money(TIER_REWARD, "POINTS") }, { "name": "two", "threshold": 5 }],
    });
    let (admin, key) = (cloud.admin().await, Uuid::now_v7().to_string());
    eventually("the kind to be known", async || {
        let call = cloud.post("/v1/community/badges").bearer(&admin.access_token).header("idempotency-key", &key);
        let reply = call.json(&body).send().await;
        (reply.status == 201).then(|| reply.body["id"].as_str().unwrap().to_owned())
    })
    .await
}

async fn progress(cloud: &Cloud, user: &User, badge: &str) -> Value {
    let list = cloud.get("/v1/community/badges/mine").bearer(&user.access_token).send().await.expect(200);
    let own = list["items"].as_array().unwrap().iter().find(|item| item["badge"]["id"] == badge).cloned();
    own.map_or(Value::Null, |item| item["progress"].clone())
}

async fn titles(cloud: &Cloud, user: &User) -> Vec<String> {
    let inbox = cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
    inbox["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// Waits until a function has dealt with an event each time that it was told.
async fn dealt_with(cloud: &Cloud, function: &str, events: &[Envelope<Value>]) {
    eventually("the events' lines", async || {
        let log = cloud.log();
        let lines = |event: &Envelope<Value>| {
            log.iter().filter(|line| line.starts_with(function) && line.contains(&event.correlation_id)).count()
        };
        events.iter().all(|event| lines(event) >= TIMES).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_pack_ends_the_same_whatever_is_told_twice_out_of_order_or_wrong() {
    let cloud = Cloud::connect_for_faults().await;
    let people = [cloud.sign_up_with_wallet().await, cloud.sign_up_with_wallet().await];
    let ([author, bystander], [keeper, follower]) = (people, [cloud.sign_up().await, cloud.sign_up().await]);
    let story = Story {
        point_id: PointId::generate(),
        event_type_id: EventTypeId::generate(),
        keeper: keeper.user_id(),
        author: author.user_id(),
        follower: follower.user_id(),
        bystander: bystander.user_id(),
    };
    // Other badges may count the same: the demo data's do.
    let name = format!("Feeder {}", Uuid::now_v7().simple());
    let badge = badge(&cloud, story.event_type_id, &name).await;
    let (told, marker) = (story.told(), Uuid::now_v7().to_string());
    assert_eq!(told.len(), 12);
    let poison = poison(&marker);

    // Backwards at first, then in two other orders, with the wrong ones in between.
    for round in 0..TIMES {
        for place in 0..told.len() {
            let last = told.len() - 1;
            // Five and seven have no divisor in common with twelve, so each round tells all.
            let which = [last - place, place * 5 % told.len(), place * 7 % told.len()][round];
            cloud.publish(&told[which]).await;
        }
        if let Some((event, _)) = poison.get(round) {
            cloud.publish(event).await;
        }
    }

    let reports: Vec<_> = told.iter().filter(|event| event.is::<EventReported>()).cloned().collect();
    for function in ["wallet-credit-rewards", "badges-evaluate-badges", "events-tell-subscribers"] {
        dealt_with(&cloud, function, &reports).await;
    }
    dealt_with(&cloud, "events-keep-copies", &told[..7]).await;
    let sources: Vec<_> = reports.iter().map(|event| event.subject.clone()).chain([badge.clone()]).collect();
    let rewards = eventually("all rewards", async || {
        let statement =
            cloud.get("/v1/community/wallet/transactions").bearer(&author.access_token).send().await.expect(200);
        let items = statement["items"].as_array()?.clone();
        let ours = |item: &Value| sources.iter().any(|source| item["reference"] == source.as_str());
        let rewards: Vec<_> = items.into_iter().filter(ours).collect();
        (rewards.len() >= sources.len()).then_some(rewards)
    })
    .await;
    assert_eq!(rewards.len(), sources.len(), "each reward once: {rewards:?}");
    let sum: i64 = rewards.iter().map(|item| item["money"]["amountMinor"].as_i64().unwrap()).sum();
    assert_eq!(sum, 4 * REWARD + TIER_REWARD);
    assert_eq!(progress(&cloud, &author, &badge).await, 3, "four reports, one of them removed");
    let word = format!("You earned a badge: {name}");
    eventually("word of the badge", async || titles(&cloud, &author).await.contains(&word).then_some(())).await;
    assert_eq!(titles(&cloud, &author).await.iter().filter(|title| **title == word).count(), 1);

    // A restored user takes part, and the last follower is notified, once.
    let gift = json!({ "recipient": { "kind": "user", "id": bystander.id }, "money": money(1, "POINTS") });
    let given = cloud.post("/v1/community/donations").bearer(&author.access_token).header("idempotency-key", "gift");
    assert_eq!(given.json(&gift).send().await.expect(201)["status"], "completed");
    let last = fact(story.reported("The last pier"));
    for _ in 0..TIMES {
        cloud.publish(&last).await;
    }
    dealt_with(&cloud, "events-tell-subscribers", std::slice::from_ref(&last)).await;
    let title = "Feeding at The last pier";
    eventually("word of it", async || titles(&cloud, &follower).await.contains(&title.to_owned()).then_some(())).await;
    assert_eq!(titles(&cloud, &follower).await.iter().filter(|one| *one == title).count(), 1);

    let expected = poison.iter().map(|(_, consumers)| consumers).sum();
    let dead = cloud.take_dead_letters(&marker, expected).await;
    assert_eq!(dead.len(), expected, "{dead:?}");
    assert!(dead.iter().all(|letter| letter.reason.contains("missing field")), "{dead:?}");
}

#[tokio::test]
async fn whoever_leaves_leaves_nothing_of_their_own_in_the_pack() {
    let cloud = Cloud::connect_for_faults().await;
    let (user, friend) = (cloud.sign_up_with_wallet().await, cloud.sign_up_with_wallet().await);
    let point = cloud.point(&user, "Fountain").await;
    let subscribed =
        cloud.call("PUT", &format!("/v1/community/points/{point}/subscription")).bearer(&user.access_token);
    assert_eq!(subscribed.send().await.status, 204);
    cloud.give(&user, money(30, "POINTS")).await;
    let gift = json!({
        "recipient": { "kind": "user", "id": friend.id }, "money": money(10, "POINTS"), "message": "Between us",
    });
    let given = cloud.post("/v1/community/donations").bearer(&user.access_token).header("idempotency-key", "gift");
    let donation = given.json(&gift).send().await.expect(201)["id"].clone();
    let contexts = ["badges", "events", "points", "wallet"];
    let held = async |context: &str| {
        let query = aws_sdk_dynamodb::Client::new(&cloud.sdk().await)
            .query()
            .table_name(cloud.table_name())
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(format!("{context}#user#{}", user.id)))
            .consistent_read(true);
        let items = query.send().await.expect("the table").items.unwrap_or_default();
        items.iter().map(|item| item["sk"].as_s().unwrap().clone()).collect::<Vec<_>>()
    };
    for context in contexts {
        eventually(context, async || (!held(context).await.is_empty()).then_some(())).await;
    }

    let left = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(left.send().await.status, 204);

    for context in contexts {
        eventually(context, async || (held(context).await == ["forgotten"]).then_some(())).await;
    }
    let shown = eventually("the point without a keeper", async || {
        let reply = shown_point(&cloud, &friend, point).await;
        (reply["keeperId"] == Value::Null).then_some(reply)
    })
    .await;
    assert_eq!(shown["name"], "Fountain");
    // What was given stays given, and its words are deleted with their author.
    assert_eq!(cloud.available(&friend, "POINTS").await, 10);
    let path = format!("/v1/community/donations/{}", donation.as_str().unwrap());
    eventually("the words to go", async || {
        let seen = cloud.get(&path).bearer(&friend.access_token).send().await;
        (seen.status == 200 && seen.body["message"] == Value::Null).then_some(())
    })
    .await;
}

async fn shown_point(cloud: &Cloud, user: &User, point: PointId) -> Value {
    cloud.get(&format!("/v1/community/points/{point}")).bearer(&user.access_token).send().await.expect(200)
}
