//! A store whose events are late, duplicated, reordered or lost, and people who share what it signed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use types::{RefundId, UserId, Uuid};

use crate::domain::cancel::{Cancellation, cancel};
use crate::domain::fixture::{at, day, managed, mirrored, snapshot, with};
use crate::domain::intake::Attention;
use crate::domain::mirror::{FETCH_INTERVAL, Mirror, Snapshot, Source, Store, StoreState};
use crate::domain::ownership::{
    ClaimError, Claimed, Holding, MAX_FAMILY, TransferPolicy, admitted, claim, may_start, root,
};
use crate::domain::settlement::{RefundError, RefundProgress, Settlement};
use crate::domain::subscription::{Mode, Status, Subscription};

fn mirror(subscription: &Subscription) -> &Mirror {
    match &subscription.mode {
        Mode::Mirrored(mirror) => mirror,
        Mode::Managed(_) => panic!("not mirrored"),
    }
}

fn told(subscription: &Subscription, snapshot: Snapshot) -> Subscription {
    let mode = Mode::Mirrored(Box::new(mirror(subscription).fold(snapshot).0));
    Subscription { mode, ..subscription.clone() }
}

fn fetched(snapshot: Snapshot, at: Timestamp) -> Snapshot {
    Snapshot { source: Source::Fetched { at }, ..snapshot }
}

#[test]
fn a_store_subscription_that_was_held_back_counts_once_the_other_one_has_ended() {
    let ours = managed(999);
    let apple = mirrored(Store::Apple, StoreState::Active, day(60));
    let (held, attention) = admitted(apple.clone(), std::slice::from_ref(&ours), day(1));
    assert_eq!(attention, Some(Attention::SecondSubscription { subscription: apple.id }));
    // It is held through further word of it, and the operator is not told again.
    let renewed = told(&held, snapshot(2, StoreState::Active, day(90)));
    let (held, attention) = admitted(renewed, std::slice::from_ref(&ours), day(2));
    assert_eq!((held.entitlement(day(2)).plan, attention), (None, None));
    let ended = with(ours.id, cancel(&ours, Cancellation::Now, day(3)).unwrap().managed);
    let (free, attention) = admitted(held, &[ended], day(3));
    assert_eq!((free.status(day(3)), attention), (Status::Active, None), "who pays the store has the plan");
}

#[test]
fn what_was_replaced_is_never_released() {
    let mut old = mirrored(Store::Google, StoreState::Active, day(60));
    if let Mode::Mirrored(mirror) = &mut old.mode {
        mirror.is_replaced = true;
    }
    let (old, attention) = admitted(told(&old, snapshot(2, StoreState::Active, day(90))), &[], day(2));
    assert_eq!((old.status(day(2)), attention), (Status::Ended, None));
    assert_eq!(mirror(&old).fetch_at(at(0)), None);
}

#[test]
fn the_store_is_asked_when_its_word_is_overdue() {
    let asked = |state, ends, at_day: i64| {
        mirror(&mirrored(Store::Google, state, day(ends)))
            .fold(fetched(snapshot(2, state, day(ends)), day(at_day)))
            .0
            .fetch_at(at(0))
    };
    // The word of the renewal is lost.
    assert_eq!(asked(StoreState::Active, 30, 0), Some(day(30)));
    assert_eq!(asked(StoreState::Active, 30, 30), Some(day(30) + FETCH_INTERVAL));
    // The word that a payment never came, or came, is lost: such a subscription would stand in the way of another for ever.
    for state in [StoreState::Pending, StoreState::OnHold, StoreState::Paused] {
        let waiting = mirrored(Store::Google, state, day(30));
        assert!(may_start(std::slice::from_ref(&waiting), None, day(3_000)).is_err());
        assert_eq!(asked(state, 30, 5), Some(day(5) + FETCH_INTERVAL));
    }
    assert_eq!(asked(StoreState::Cancelled, 30, 0), Some(day(30)), "it may have been resumed");
    assert_eq!((asked(StoreState::Cancelled, 30, 30), asked(StoreState::Expired, 30, 0)), (None, None));
    assert_eq!(Mirror::new(Store::Google).fetch_at(at(0)), Some(at(0) + FETCH_INTERVAL), "nothing was ever heard");
}

#[test]
fn a_refund_of_an_earlier_period_ends_the_current_one_only_until_the_store_is_asked() {
    let current = Snapshot { purchase: "order-2".to_owned(), ..snapshot(2, StoreState::Active, day(60)) };
    let paid = told(&mirrored(Store::Apple, StoreState::Active, day(30)), current.clone());
    let refunded = told(&paid, snapshot(3, StoreState::Revoked, day(30)));
    assert!(mirror(&refunded).needs_fetch());
    assert_eq!(mirror(&refunded).fetch_at(at(0)), Some(at(3)), "at once");
    let answer = fetched(Snapshot { clock: at(4), ..current }, at(5));
    let asked = told(&refunded, answer);
    assert_eq!((asked.status(day(31)), mirror(&asked).needs_fetch()), (Status::Active, false));
    // What the store itself answers as ended needs no second question.
    let over = told(&refunded, fetched(snapshot(4, StoreState::Revoked, day(30)), at(5)));
    assert_eq!((over.status(day(1)), mirror(&over).needs_fetch()), (Status::Ended, false));
}

#[test]
fn a_paused_subscription_that_resumes_out_of_order_neither_loses_nor_gains_time() {
    let base = mirrored(Store::PayPal, StoreState::Active, day(30));
    let paused = snapshot(2, StoreState::Paused, day(30));
    let resumed = snapshot(3, StoreState::Active, day(30));
    let in_order = told(&told(&base, paused.clone()), resumed.clone());
    let swapped = told(&told(&told(&base, resumed.clone()), paused.clone()), paused);
    assert_eq!(mirror(&in_order).latest, mirror(&swapped).latest);
    assert_eq!(swapped.status(day(29)), Status::Active);
    assert_eq!(swapped.entitlement(day(32)).plan, None, "a pause moves no end unless the store says so");
}

#[test]
fn what_is_signed_for_a_family_serves_a_family_and_not_everyone() {
    let mut members = BTreeSet::new();
    for number in 0..MAX_FAMILY as u128 {
        let user = UserId::new(Uuid::from_u128(number));
        let holding = Holding::FamilyShared { members: &members };
        let shared = claim(None, (Store::Apple, "1"), user, holding, TransferPolicy::Refuse, at(0));
        let Ok(Claimed::Shared { members: next }) = shared else { panic!("{shared:?}") };
        members = next;
    }
    let join = |number| {
        let holding = Holding::FamilyShared { members: &members };
        let user = UserId::new(Uuid::from_u128(number));
        claim(None, (Store::Apple, "1"), user, holding, TransferPolicy::Restore, at(0)).map(|_| ())
    };
    assert_eq!((join(0), join(99)), (Ok(()), Err(ClaimError::FamilyIsFull)));
}

#[test]
fn a_long_chain_of_purchases_keeps_its_first_owner() {
    let name = |number: u32| format!("token-{number:04}");
    let links: BTreeMap<String, String> = (1..1_000).map(|number| (name(number), name(number - 1))).collect();
    assert_eq!(root(&links, &name(999)), name(0), "or another account could claim it");
}

#[test]
fn what_was_refunded_at_the_provider_is_not_refunded_again() {
    let refund = |number| RefundId::new(Uuid::from_u128(number));
    let paid = Settlement::default().charged("ch_1", 100).charged("ch_2", -5);
    let known = paid.refunded_at_provider(refund(1), 70, RefundProgress::Succeeded).refunded_at_provider(
        refund(1),
        70,
        RefundProgress::Requested,
    );
    assert_eq!(known.paid(), 30);
    assert_eq!(known.request_refund(refund(2), 31), Err(RefundError::TooMuch { refundable: 30 }));
    assert_eq!(known.refund_progressed(refund(1), RefundProgress::Failed).paid(), 100);
    let absurd = Settlement::default().charged("ch_1", i64::MAX).charged("ch_2", i64::MAX);
    assert_eq!(absurd.paid(), i64::MAX, "no overflow");
}
