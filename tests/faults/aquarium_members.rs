//! Members and plans of aquariums, whose events come repeatedly, in any order and with unreadable ones among them, to consumers that are
//! killed between their writes: the newest ones stand.

use std::collections::BTreeMap;

use contracts::Envelope;
use contracts::aquariums::{AccessChanged, AquariumCreated, AquariumKind, AquariumMember, AquariumRemoved, MemberRole};
use contracts::identity::PlanChanged;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, Reply, User};
use types::{AquariumId, Uuid};

use crate::aquarium_support::item;
use crate::deliveries::{Poison, ROUNDS, event, handled, publish_in_disorder};
use crate::kills::{Kill, inject, is_met, kill};

const ACCESS: &str = "timeline-keep-access";
const PLANS: &str = "aquariums-keep-plans";
const AQUARIUMS: &str = "/v1/aquarium/aquariums";

/// Publishes an event, and kills its consumer at a call. The message comes again.
async fn killed_at(cloud: &Cloud, at: &Kill<'_>, event: &Envelope<Value>) {
    inject(cloud, at).await;
    cloud.publish(event).await;
    is_met(cloud, at).await;
    kill(cloud, at.binary).await;
}

async fn state(cloud: &Cloud, user: &User, aquarium: AquariumId) -> Reply {
    let path = format!("{AQUARIUMS}/{aquarium}/timeline/state");
    cloud.get(&path).bearer(&user.access_token).send().await
}

/// True if the timelines list an aquarium for a user.
async fn is_listed(cloud: &Cloud, user: &User, aquarium: AquariumId) -> bool {
    let share = item(cloud, &format!("timeline#user#{}", user.id), &format!("shared#{aquarium}")).await;
    share.is_some_and(|share| share["is_member"] == true)
}

#[tokio::test]
async fn the_newest_members_stand_and_nothing_follows_a_deletion_whoever_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let [owner, stays, left] = [cloud.sign_up().await, cloud.sign_up().await, cloud.sign_up().await];
    let (kept, deleted, now) = (AquariumId::generate(), AquariumId::generate(), Timestamp::now());
    let (owner_id, keeper) =
        (owner.user_id(), |user: &User| AquariumMember { user_id: user.user_id(), role: MemberRole::Keeper });
    let access = |aquarium_id, revision, members| {
        let members_since = BTreeMap::new();
        event(now, AccessChanged { aquarium_id, owner_id, revision, members, members_since })
    };
    let events = [
        access(kept, 1, vec![keeper(&left)]),
        access(kept, 2, vec![keeper(&left), keeper(&stays)]),
        access(kept, 3, Vec::new()),
        access(kept, 4, vec![keeper(&stays)]),
        access(deleted, 1, vec![keeper(&stays)]),
        access(deleted, 2, vec![keeper(&stays), keeper(&left)]),
        event(now, AquariumRemoved { aquarium_id: deleted, owner_id, revision: 3 }),
    ];
    // A member is listed and the access is not written yet; the access is written and the message is not deleted yet.
    let share = format!("timeline#user#{}", left.id);
    killed_at(&cloud, &Kill::keys(ACCESS, "TransactWriteItems", &share, "after"), &events[0]).await;
    let known = format!("timeline#aquarium#{kept}");
    killed_at(&cloud, &Kill::keys(ACCESS, "TransactWriteItems", &known, "after"), &events[1]).await;
    let poison = Poison::publish(&cloud, "aquariums.access_changed.v1").await;
    publish_in_disorder(&cloud, &events).await;
    handled(&cloud, ACCESS, &events, ROUNDS).await;
    poison.is_dead(&cloud, ACCESS).await;
    for user in [&owner, &stays] {
        assert_eq!(state(&cloud, user, kept).await.status, 200);
    }
    state(&cloud, &left, kept).await.expect_problem(404, "timeline.no_such_aquarium");
    assert!(is_listed(&cloud, &stays, kept).await && !is_listed(&cloud, &left, kept).await);
    for user in [&owner, &stays, &left] {
        state(&cloud, user, deleted).await.expect_problem(404, "timeline.no_such_aquarium");
        assert!(!is_listed(&cloud, user, deleted).await);
    }
}

async fn create(cloud: &Cloud, user: &User) -> Reply {
    let body = json!({ "name": "Reef", "kind": "marine", "netVolumeMl": 180_000, "timeZone": "Europe/Berlin" });
    let call = cloud.post(AQUARIUMS).bearer(&user.access_token);
    call.header("idempotency-key", &Uuid::now_v7().to_string()).json(&body).send().await
}

#[tokio::test]
async fn the_latest_plan_limits_aquariums_and_their_samples_whoever_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    let (user_id, begin) = (user.user_id(), Timestamp::now());
    let mut ids: Vec<AquariumId> = Vec::new();
    for _ in 0..2 {
        ids.push(create(&cloud, &user).await.expect(201)["id"].as_str().unwrap().parse().unwrap());
    }
    create(&cloud, &user).await.expect_problem(409, "aquariums.quota_used");
    let plan = |second, plan: &str| {
        let at = begin + SignedDuration::from_secs(second);
        event(at, PlanChanged { user_id, plan: plan.to_owned() })
    };
    let created = AquariumCreated {
        aquarium_id: ids[0],
        owner_id: user_id,
        name: "Reef".to_owned(),
        kind: AquariumKind::Marine,
        net_volume_ml: 180_000,
        time_zone: "Europe/Berlin".to_owned(),
        revision: 1,
    };
    let events = [plan(1, "plus"), plan(2, "free"), plan(3, "family"), event(begin, created)];
    // The plan is known, and not yet applied to an aquarium.
    let [first, second] = [0, 1].map(|number| format!("aquariums#aquarium#{}", ids[number]));
    killed_at(&cloud, &Kill::keys(PLANS, "PutItem", &first, "before"), &events[0]).await;
    handled(&cloud, PLANS, &events[..1], 1).await;
    killed_at(&cloud, &Kill::keys(PLANS, "PutItem", &second, "before"), &events[1]).await;
    let poison = Poison::publish(&cloud, "identity.plan_changed.v1").await;
    publish_in_disorder(&cloud, &events).await;
    handled(&cloud, PLANS, &events, ROUNDS).await;
    poison.is_dead(&cloud, PLANS).await;
    for partition in [&first, &second] {
        let access = item(&cloud, partition, "access").await.unwrap();
        assert_eq!(access["raw_days"], 400, "{access}");
    }
    assert_eq!(create(&cloud, &user).await.status, 201);
    let quota = item(&cloud, &format!("aquariums#user#{}", user.id), "quota").await.unwrap();
    assert_eq!((&quota["plan"], &quota["aquariums"]), (&json!("family"), &json!(3)));
}
