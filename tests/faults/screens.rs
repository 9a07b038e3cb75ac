//! Homes whose consumer is killed between facts and homes: a former member keeps no card, however often events come.

use std::collections::BTreeMap;

use contracts::aquariums::{AccessChanged, AquariumCreated, AquariumKind, AquariumMember, MemberRole};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::Value;
use tests::{Cloud, User, eventually};
use types::{AquariumId, EventId};

use crate::kills::{Kill, killed};

const CONSUMER: &str = "screens-build-home";

fn envelope<T: DomainEvent>(fact: T) -> Envelope<T> {
    let id = EventId::generate();
    Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)
}

async fn cards(cloud: &Cloud, user: &User, what: &str, number: usize) {
    eventually(what, async || {
        let home = cloud.get("/v1/aquarium/mobile/home").bearer(&user.access_token).send().await.expect(200);
        (home["aquariums"].as_array().map(Vec::len) == Some(number)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_former_member_has_no_card_whenever_the_consumer_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let (owner, member) = (cloud.sign_up().await, cloud.sign_up().await);
    let (aquarium_id, owner_id) = (AquariumId::generate(), owner.user_id());
    let created = AquariumCreated {
        aquarium_id,
        owner_id,
        name: "Reef".to_owned(),
        kind: AquariumKind::Marine,
        net_volume_ml: 180_000,
        time_zone: "Europe/Berlin".to_owned(),
        revision: 1,
    };
    let created = envelope(created);
    for _ in 0..5 {
        cloud.publish(&created).await;
    }
    let members = vec![AquariumMember { user_id: member.user_id(), role: MemberRole::Keeper }];
    for (turn, when) in (0..).zip(["before", "after"]) {
        let shared = AccessChanged {
            aquarium_id,
            owner_id,
            revision: 2 * turn + 1,
            members: members.clone(),
            members_since: BTreeMap::new(),
        };
        cloud.publish(&envelope(shared.clone())).await;
        cards(&cloud, &member, "the card of the member", 1).await;
        // The facts are stored, and the homes are about to be written.
        let at = Kill::keys(CONSUMER, "PutItem", "screens#user#", when);
        let ended = envelope(AccessChanged { revision: 2 * turn + 2, members: Vec::new(), ..shared.clone() });
        Box::pin(killed(&cloud, &at, cloud.publish(&ended))).await;
        cards(&cloud, &member, "the home of the former member", 0).await;
        // An older event, and the same one again, change nothing.
        cloud.publish(&envelope(shared)).await;
        cloud.publish(&ended).await;
    }
    cards(&cloud, &owner, "the card of the owner", 1).await;
    let home: Value = cloud.get("/v1/aquarium/mobile/home").bearer(&member.access_token).send().await.expect(200);
    assert_eq!(home["aquariums"], serde_json::json!([]));
}
