//! What media's functions ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use contracts::billing::EntitlementChanged;
use contracts::identity::{PlanChanged, ProfileChanged, UserDeleted};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::Outbox;
use jiff::Timestamp;
use kit::Deadline;
use media::consumers::forget_user::forget_user;
use media::consumers::keep_plans::{Plans, keep_plans};
use media::consumers::keep_profiles::keep_profiles;
use media::ctx::Profiles;
use serde_json::{Value, json};
use testkit::Reply;
use tests::{budget, cost};
use types::{EventId, MediaId, PersonName, UserId};

use crate::identity_support::Deployment;
use crate::media_support::{Api, Pictures, call, list_profiles};
use crate::takeovers::early_takeover;

fn event<T: DomainEvent>(fact: T) -> Envelope<Value> {
    let event = Envelope::new(EventId::generate(), Timestamp::now(), "c".to_owned(), Actor::System, fact);
    event.erase().unwrap()
}

#[tokio::test]
async fn endpoints_keep_to_their_budget() {
    let (pictures, identity) = (Pictures::start().await, Deployment::start().await);
    let [ann, bob] = [identity.sign_up("ann@example.com").await, identity.sign_up("bob@example.com").await];
    let token = |reply: &Reply| reply.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    let owner: UserId = ann.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let (ann, bob) = (token(&ann), token(&bob));
    let api = Api(pictures.ctx(&identity));
    let body = json!({ "purpose": "photo", "contentType": "image/png", "bytes": 100_000 });

    // The account; then the picture with its place in the index, the account, and that its owner was not forgotten.
    let first = call(&api.create(), "POST", &ann, "a", "", Some(&body)).await;
    budget("media-create-media", "place made", &first);
    let repeated = call(&api.create(), "POST", &ann, "a", "", Some(&body)).await;
    assert_eq!(repeated.body["id"], first.body["id"]);
    // Refused by the picture that stands there.
    budget("media-create-media", "place made before", &repeated);

    let id: MediaId = first.body["id"].as_str().unwrap().parse().unwrap();
    let read = pictures.store.medium(owner, id).await.unwrap().unwrap();
    let published = read.value.published("r".into(), Vec::new(), Timestamp::now());
    pictures.store.change(&read, published, &Outbox::none()).await.unwrap();
    let id = id.to_string();
    budget("media-get-media", "own picture", &call(&api.get(), "GET", &ann, "-", &id, None).await);
    // Not the caller's own: the index knows it. Half a unit, since the index is read eventually.
    budget("media-get-media", "picture of another", &call(&api.get(), "GET", &bob, "-", &id, None).await);
    budget("media-list-media", "one picture", &call(&api.list(), "GET", &ann, "-", "", None).await);
    let name = PersonName::parse("Ann").unwrap();
    let named = pictures.store.change_profile(owner, |profile| profile.named(&name, Timestamp::now())).await.unwrap();
    assert!(named);
    budget("media-get-profile", "one", &call(&api.get_profile(), "GET", &bob, "-", &owner.to_string(), None).await);
    budget("media-list-profiles", "one of two", &list_profiles(&api, &bob, &[owner, UserId::generate()]).await);
    // The picture and the account; then both in one transaction, and the picture's two places in the index.
    budget("media-delete-media", "deleted", &call(&api.delete(), "DELETE", &ann, "-", &id, None).await);
    budget("media-delete-media", "deleted before", &call(&api.delete(), "DELETE", &ann, "-", &id, None).await);
}

#[tokio::test]
async fn consumers_keep_to_their_budget() {
    let pictures = Pictures::start().await;
    let owner = UserId::generate();
    let good = pictures.uploaded(owner).await;
    // The picture; that it is being checked; that it is published, with its two places in the index each time.
    budget("media-process-upload", "published", cost(pictures.check(&good)).await);
    budget("media-process-upload", "published before", cost(pictures.check(&good)).await);
    let bad = pictures.uploaded(owner).await;
    pictures.put(&bad, b"no picture");
    // The account beside, and both in one transaction.
    budget("media-process-upload", "no picture", cost(pictures.check(&bad)).await);

    let plans: &'static Plans = Box::leak(Box::new(Plans::new(pictures.store.clone())));
    let changed = event(PlanChanged { user_id: owner, plan: "premium".to_owned() });
    // The account, and that its owner was not forgotten.
    budget("media-keep-plans", "new plan", cost(keep_plans(plans, changed.clone())).await);
    budget("media-keep-plans", "again", cost(keep_plans(plans, changed)).await);
    let entitled = event(EntitlementChanged { user_id: owner, revision: 1, steps: vec![] });
    budget("media-keep-plans", "plan from billing", cost(keep_plans(plans, entitled)).await);

    let profiles: &'static Profiles =
        Box::leak(Box::new(Profiles::new(pictures.store.clone(), pictures.clock.clone())));
    let named = event(ProfileChanged { user_id: owner, name: PersonName::parse("Ann").unwrap() });
    // The profile, and that its user was not forgotten.
    budget("media-keep-profiles", "new name", cost(keep_profiles(profiles, named.clone())).await);
    budget("media-keep-profiles", "again", cost(keep_profiles(profiles, named)).await);

    // One query a shard, and nothing for what is not due.
    budget("media-sweep-uploads", "nothing due", cost(pictures.sweep()).await);
    pictures.store.add(pictures.wish(owner), None).await.unwrap();
    pictures.wait(80);
    // The account, and the picture with its place in the index.
    budget("media-sweep-uploads", "one given up", cost(pictures.sweep()).await);

    // The profile, whose avatar was never set and stays out from now on if it arrives late, and two passes over pictures.
    budget(
        "media-forget-user",
        "takeover, nothing before it",
        cost(forget_user(pictures.consumer, early_takeover(owner), Deadline::never())).await,
    );
    // The marker, a query, and one deletion for each of two pictures and the account. What is published takes two kilobytes
    // with its event, here and in the index.
    let gone = event(UserDeleted { user_id: owner });
    budget(
        "media-forget-user",
        "two pictures",
        cost(forget_user(pictures.consumer, gone.clone(), Deadline::never())).await,
    );
    // The marker stands: a refused write is not counted here.
    budget("media-forget-user", "again", cost(forget_user(pictures.consumer, gone, Deadline::never())).await);
}
