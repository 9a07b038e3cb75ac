//! `screens-build-home` on `aquariums.aquarium_created.v1` and others

use std::collections::BTreeMap;

use contracts::aquariums::{AccessChanged, AquariumMember, AquariumRemoved, MemberRole};
use tests::Cloud;
use types::AquariumId;

use super::support::{created, home, publish};

#[tokio::test]
async fn an_aquarium_is_on_the_homes_of_its_owner_and_its_members_until_they_leave() {
    let cloud = Cloud::connect().await;
    let (owner, member) = (cloud.sign_up().await, cloud.sign_up().await);
    let (aquarium_id, owner_id) = (AquariumId::generate(), owner.user_id());
    let members = vec![AquariumMember { user_id: member.user_id(), role: MemberRole::Viewer }];
    // The members are known before the aquarium.
    publish(&cloud, AccessChanged { aquarium_id, owner_id, revision: 1, members, members_since: BTreeMap::new() })
        .await;
    publish(&cloud, created(aquarium_id, &owner)).await;
    publish(&cloud, created(aquarium_id, &owner)).await;
    let has_card = |role: &'static str| move |body: &serde_json::Value| body["aquariums"][0]["role"] == role;
    home(&cloud, &owner, "the owner's card", has_card("owner")).await;
    home(&cloud, &member, "the member's card", has_card("viewer")).await;
    publish(
        &cloud,
        AccessChanged { aquarium_id, owner_id, revision: 2, members: Vec::new(), members_since: BTreeMap::new() },
    )
    .await;
    let is_empty = |body: &serde_json::Value| body["aquariums"].as_array().is_some_and(Vec::is_empty);
    home(&cloud, &member, "the member's home without the card", is_empty).await;
    publish(&cloud, AquariumRemoved { aquarium_id, owner_id, revision: 3 }).await;
    home(&cloud, &owner, "the owner's home without the card", is_empty).await;
}

#[tokio::test]
async fn unread_notifications_are_counted_until_they_are_read_or_deleted() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let known = home(&cloud, &user, "the home", |_| true).await["unread"]["count"].as_u64().unwrap();
    let unread = async |count: u64| {
        home(&cloud, &user, "the number of unread notifications", move |body| body["unread"]["count"] == count).await
    };
    let category = contracts::notifications::Category::Account;
    for title in ["One", "Two", "Three"] {
        cloud.publish(&tests::notification(&[user.user_id()], category, None, title)).await;
    }
    unread(known + 3).await;
    let inbox = cloud.call("GET", "/v1/notifications").bearer(&user.access_token).send().await.expect(200);
    let path = |index: usize| format!("/v1/notifications/{}", inbox["items"][index]["id"].as_str().unwrap());
    assert_eq!(cloud.post(&format!("{}/read", path(0))).bearer(&user.access_token).send().await.status, 204);
    unread(known + 2).await;
    assert_eq!(cloud.call("DELETE", &path(1)).bearer(&user.access_token).send().await.status, 204);
    unread(known + 1).await;
    assert_eq!(cloud.post("/v1/notifications/read-all").bearer(&user.access_token).send().await.status, 200);
    unread(0).await;
}
