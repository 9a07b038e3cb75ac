//! Claims, trials, and the second subscription.

use types::Uuid;

use super::*;
use crate::domain::fixture::{at, day, managed, mirrored};
use crate::domain::mirror::StoreState;

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn hand_in(known: Option<&Claim>, number: u128, policy: TransferPolicy, now: Timestamp) -> Result<Claimed, ClaimError> {
    claim(known, (Store::Apple, "1000001"), user(number), Holding::Bought, policy, now)
}

fn owned(number: u128) -> Claim {
    match hand_in(None, number, TransferPolicy::Refuse, at(0)).unwrap() {
        Claimed::New(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[test]
fn case_33_a_purchase_of_another_account_is_refused() {
    let claim = owned(1);
    assert_eq!(hand_in(Some(&claim), 2, TransferPolicy::Refuse, at(1)), Err(ClaimError::OwnedByAnother));
    assert_eq!(hand_in(Some(&claim), 1, TransferPolicy::Refuse, at(1)), Ok(Claimed::Own(claim.clone())));
    assert!(!serde_json::to_string(&claim).unwrap().contains("1000001"), "the store's ID is not kept");
}

#[test]
fn with_the_policy_restore_a_purchase_moves_three_times_a_year() {
    let mut claim = owned(1);
    for number in 2..5 {
        let moved =
            hand_in(Some(&claim), number, TransferPolicy::Restore, day(i64::try_from(number).unwrap())).unwrap();
        let Claimed::Moved { claim: next, from } = moved else { panic!("{moved:?}") };
        assert_eq!(from, Some(user(number - 1)));
        claim = next;
    }
    assert_eq!(hand_in(Some(&claim), 9, TransferPolicy::Restore, day(100)), Err(ClaimError::MovedTooOften));
    assert!(hand_in(Some(&claim), 9, TransferPolicy::Restore, day(2 + 365)).is_ok());
}

#[test]
fn a_claim_outlives_its_owner_and_a_family_needs_none() {
    let erased = owned(1).erased();
    assert!(!serde_json::to_string(&erased).unwrap().contains(&user(1).to_string()));
    assert_eq!(hand_in(Some(&erased), 1, TransferPolicy::Refuse, at(1)), Err(ClaimError::OwnedByAnother));
    let holding = Holding::FamilyShared { members: &BTreeSet::new() };
    let shared = claim(Some(&owned(1)), (Store::Apple, "1000001"), user(2), holding, TransferPolicy::Refuse, at(1));
    assert_eq!(shared, Ok(Claimed::Shared { members: BTreeSet::from([user(2)]) }));
}

#[test]
fn case_34_a_linked_purchase_belongs_to_the_owner_of_the_first_and_replaces_it() {
    let links = BTreeMap::from([("c".to_owned(), "b".to_owned()), ("b".to_owned(), "a".to_owned())]);
    assert_eq!((root(&links, "c"), root(&links, "a")), ("a", "a"));
    assert_eq!(replaced(&links), BTreeSet::from(["a", "b"]));
    assert_eq!(attribute(Some(Owner::User { id: user(1) }), Some(user(2))), Attribution::User(user(1)));
    // Google still answers that the first purchase is valid.
    let mut subscription = mirrored(Store::Google, StoreState::Active, day(30));
    assert_eq!(subscription.status(day(1)), Status::Active);
    if let crate::domain::subscription::Mode::Mirrored(mirror) = &mut subscription.mode {
        mirror.is_replaced = true;
    }
    assert_eq!((subscription.status(day(1)), subscription.entitlement(day(1)).plan), (Status::Ended, None));
}

#[test]
fn case_34_a_purchase_without_link_waits_for_its_account_or_its_user() {
    assert_eq!(attribute(None, Some(user(2))), Attribution::User(user(2)));
    assert_eq!(attribute(None, None), Attribution::Pending);
    assert_eq!(attribute(Some(Owner::Erased), None), Attribution::Pending);
}

#[test]
fn links_in_a_circle_have_an_end() {
    let links = BTreeMap::from([("a".to_owned(), "b".to_owned()), ("b".to_owned(), "a".to_owned())]);
    assert_eq!(root(&links, "a"), "b");
    let inner = BTreeMap::from([
        ("a".to_owned(), "b".to_owned()),
        ("b".to_owned(), "c".to_owned()),
        ("c".to_owned(), "b".to_owned()),
    ]);
    assert!(["b", "c"].contains(&root(&inner, "a")));
}

#[test]
fn one_trial_is_granted_per_user_card_and_identity_at_a_store() {
    let subjects = |number, card: &str, store: Option<&str>| TrialSubjects {
        user: user(number),
        card: Some(card.to_owned()),
        store: store.map(|identity| (Store::Apple, identity.to_owned())),
    };
    let used: BTreeSet<String> = subjects(1, "card-1", Some("1000001")).keys().into_iter().collect();
    assert_eq!(used.len(), 3);
    assert!(!subjects(1, "card-2", None).may_try(&used), "the same user");
    assert!(!subjects(2, "card-1", None).may_try(&used), "the same card");
    assert!(!subjects(2, "card-2", Some("1000001")).may_try(&used), "the same identity");
    assert!(subjects(2, "card-2", Some("1000002")).may_try(&used));
    assert!(used.iter().all(|key| !key.contains("card-1")));
}

#[test]
fn a_second_paid_subscription_is_refused_with_the_place_to_end_the_first() {
    let (ours, apple) = (managed(999), mirrored(Store::Apple, StoreState::Active, day(30)));
    assert_eq!(may_start(&[], None, day(1)), Ok(()));
    let refused = may_start(std::slice::from_ref(&apple), Some(ours.id), day(1)).unwrap_err();
    assert_eq!(refused.store, Some(Store::Apple));
    assert!(refused.to_string().contains("https://apps.apple.com/account/subscriptions"));
    let refused = may_start(std::slice::from_ref(&ours), None, day(1)).unwrap_err();
    assert!(refused.to_string().contains("in your account here"));
    let expired = mirrored(Store::Apple, StoreState::Expired, day(30));
    assert_eq!(may_start(&[expired], None, day(1)), Ok(()));
}

#[test]
fn a_store_that_renews_a_subscription_beside_another_one_entitles_to_nothing_and_is_listed() {
    let (ours, apple) = (managed(999), mirrored(Store::Apple, StoreState::Active, day(30)));
    let (second, attention) = admitted(apple.clone(), std::slice::from_ref(&ours), day(1));
    assert_eq!((second.status(day(1)), second.entitlement(day(1)).plan), (Status::Ended, None));
    assert_eq!(attention, Some(Attention::SecondSubscription { subscription: apple.id }));
    assert_eq!(admitted(apple.clone(), std::slice::from_ref(&apple), day(1)), (apple, None), "it is not beside itself");
}
