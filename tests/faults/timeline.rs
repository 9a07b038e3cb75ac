//! Timelines whose view consumer is killed, and whose events come again, with unreadable ones among them: months and log agree in the
//! end.

use std::collections::BTreeMap;

use contracts::aquariums::{AccessChanged, AquariumMember, MemberRole};
use contracts::timeline::EntriesAppended;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, User, eventually};
use types::{AquariumId, EventId, UserId, Uuid};

use crate::deliveries::Poison;
use crate::kills::{Kill, inject, is_met, kill};

const CONSUMER: &str = "timeline-keep-views";
const APPENDS: u64 = 6;

fn envelope<T: DomainEvent>(fact: T) -> Envelope<T> {
    let id = EventId::generate();
    Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)
}

struct Shared {
    cloud: Cloud,
    owner: User,
    keeper: User,
    id: AquariumId,
}

impl Shared {
    async fn start() -> Self {
        let cloud = Cloud::connect_for_faults().await;
        let (owner, keeper) = (cloud.sign_up().await, cloud.sign_up().await);
        let shared = Self { cloud, owner, keeper, id: AquariumId::generate() };
        let members = vec![AquariumMember { user_id: shared.keeper.user_id(), role: MemberRole::Keeper }];
        let owner_id = shared.owner.user_id();
        // Five times, and then an older one.
        let access =
            AccessChanged { aquarium_id: shared.id, owner_id, revision: 2, members, members_since: BTreeMap::new() };
        let known = envelope(access.clone());
        for _ in 0..5 {
            shared.cloud.publish(&known).await;
        }
        shared.cloud.publish(&envelope(AccessChanged { revision: 1, members: Vec::new(), ..access })).await;
        eventually("the members", async || (shared.get(&shared.keeper, "/state").await.status == 200).then_some(()))
            .await;
        shared
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/aquarium/aquariums/{}/timeline{rest}", self.id)
    }

    async fn get(&self, user: &User, rest: &str) -> tests::Reply {
        self.cloud.get(&self.path(rest)).bearer(&user.access_token).send().await
    }

    async fn append(&self, user: &User) -> Value {
        let content = json!({ "type": "water_change", "volumeMl": 1_000 });
        let entry = json!({ "content": content, "happenedAt": "2026-11-20T12:00:00Z" });
        let body = json!({ "timeZone": "Europe/Berlin", "entries": [entry] });
        let call = self.cloud.post(&self.path("")).bearer(&user.access_token).json(&body);
        call.header("idempotency-key", &Uuid::now_v7().to_string()).send().await.expect(201)
    }

    fn appended(&self, owner_id: UserId) -> Envelope<EntriesAppended> {
        envelope(EntriesAppended { aquarium_id: self.id, owner_id, entries: Vec::new() })
    }
}

#[tokio::test]
async fn months_agree_with_the_log_whoever_is_killed_and_however_often_events_come() {
    let shared = Shared::start().await;
    for when in ["before", "after"] {
        // A text of the consumer's own transaction: appends do not write the progress.
        let at = Kill::write(CONSUMER, "projection", when);
        inject(&shared.cloud, &at).await;
        shared.append(&shared.keeper).await;
        is_met(&shared.cloud, &at).await;
        kill(&shared.cloud, CONSUMER).await;
    }
    for number in 2..APPENDS {
        shared.append(if number % 2 == 0 { &shared.owner } else { &shared.keeper }).await;
    }
    let poison = Poison::publish(&shared.cloud, "timeline.entries_appended.v1").await;
    let again = shared.appended(shared.owner.user_id());
    for _ in 0..5 {
        shared.cloud.publish(&again).await;
    }
    poison.is_dead(&shared.cloud, CONSUMER).await;
    let path = format!("/months/202611?atLeast={APPENDS}");
    let month = eventually("the month", async || {
        let reply = shared.get(&shared.owner, &path).await;
        (reply.status == 200).then_some(reply.body)
    })
    .await;
    assert_eq!(month["days"][0]["counts"], json!([{ "type": "water_change", "count": APPENDS }]));
    assert_eq!(month["days"][0]["waterChangedMl"], 1_000 * APPENDS);
    let answer = shared.cloud.ask("timeline-recount-timeline", &json!({ "aquariumId": shared.id })).await;
    assert_eq!((&answer["timelines"], &answer["differences"]), (&json!(1), &json!([])), "{answer}");
}
