//! The laws of the merge, and all orders of a payment's webhooks.

use proptest::prelude::*;

use super::*;

fn capture(id: &str, amount: i64) -> PaymentFacts {
    PaymentFacts { captures: BTreeMap::from([(id.to_owned(), amount)]), ..PaymentFacts::default() }
}

fn refund(id: &str, amount_minor: i64, progress: RefundProgress) -> PaymentFacts {
    let refunds = BTreeMap::from([(id.to_owned(), Progressed { amount_minor, progress })]);
    PaymentFacts { refunds, ..PaymentFacts::default() }
}

fn merged<'a>(facts: impl IntoIterator<Item = &'a PaymentFacts>) -> PaymentFacts {
    facts.into_iter().fold(PaymentFacts::default(), |mut all, facts| {
        all.merge(facts);
        all
    })
}

/// The webhooks of one payment: created, action required, authorized, captured, two refunds, a failed attempt.
fn webhooks() -> Vec<PaymentFacts> {
    let set = |id: &str| BTreeSet::from([id.to_owned()]);
    vec![
        PaymentFacts::default(),
        PaymentFacts { actions: set("attempt-2"), ..PaymentFacts::default() },
        PaymentFacts { authorized_minor: 10_000, ..PaymentFacts::default() },
        capture("capture", 10_000),
        refund("refund-30", 3_000, RefundProgress::Succeeded),
        refund("refund-20", 2_000, RefundProgress::Succeeded),
        PaymentFacts { failed_attempts: set("attempt-1"), ..PaymentFacts::default() },
    ]
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(count - 1);
    let with = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, count - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..count).map(move |at| with(order, at))).collect()
}

#[test]
fn every_order_of_webhooks_with_duplicates_and_losses_ends_the_same_after_a_sweep() {
    // solidusio/solidus_stripe#189 and saleor/saleor#8587: 7! orders, each with every second one doubled and one dropped.
    let (webhooks, swept) = (webhooks(), merged(&webhooks()));
    assert_eq!((swept.status(), swept.refundable_minor()), (FactStatus::PartiallyRefunded, 5_000));
    for (number, order) in permutations(webhooks.len()).into_iter().enumerate() {
        let dropped = number % webhooks.len();
        let mut facts = PaymentFacts::default();
        for index in order.iter().filter(|index| **index != dropped) {
            let before = facts.status();
            facts.merge(&webhooks[*index]);
            // Whatever is missing or late, money that was seen stays seen.
            if index % 2 == 0 {
                facts.merge(&webhooks[*index]);
            }
            assert!(facts.status() >= before, "{order:?}: {before:?} became {:?}", facts.status());
        }
        facts.merge(&swept);
        assert_eq!(facts, swept, "{order:?}");
    }
}

#[test]
fn a_refund_that_failed_after_it_succeeded_makes_room_again() {
    // juspay/hyperswitch#1488: whichever of the two webhooks comes last.
    let done = refund("refund", 4_000, RefundProgress::Succeeded);
    let failed = refund("refund", 4_000, RefundProgress::Failed);
    for order in [[&done, &failed], [&failed, &done]] {
        let facts = merged([&capture("capture", 10_000)].into_iter().chain(order));
        assert_eq!((facts.refunded_minor(), facts.refundable_minor()), (0, 10_000));
    }
}

#[test]
fn refunds_that_are_not_decided_take_their_room() {
    // juspay/hyperswitch#13182: 60.00 of 100.00 is pending, so 40.00 remain.
    let facts = merged([&capture("capture", 10_000), &refund("refund", 6_000, RefundProgress::Pending)]);
    assert_eq!((facts.refunded_minor(), facts.refundable_minor()), (0, 4_000));
    assert_eq!(facts.status(), FactStatus::Captured);
}

#[test]
fn a_failed_attempt_never_hides_money() {
    let failed = PaymentFacts { failed_attempts: BTreeSet::from(["late".to_owned()]), ..PaymentFacts::default() };
    assert_eq!(merged([&capture("capture", 100), &failed]).status(), FactStatus::Captured);
    let closed = PaymentFacts { closed: true, ..PaymentFacts::default() };
    assert_eq!(merged([&closed, &capture("capture", 100)]).status(), FactStatus::Captured);
    assert_eq!(merged([&closed, &failed]).status(), FactStatus::Closed);
}

fn id() -> impl Strategy<Value = String> {
    "[ab]"
}

fn facts() -> impl Strategy<Value = PaymentFacts> {
    let refunds = prop_oneof![
        Just(RefundProgress::Pending),
        Just(RefundProgress::RequiresAction),
        Just(RefundProgress::Succeeded),
        Just(RefundProgress::Failed)
    ];
    let disputes = prop_oneof![Just(DisputeProgress::Open), Just(DisputeProgress::Won), Just(DisputeProgress::Lost)];
    let progressed = |amount_minor| move |progress| Progressed { amount_minor, progress };
    (
        0..100_i64,
        proptest::option::of(0..100_i64),
        proptest::collection::btree_map(id(), 0..100_i64, 0..3),
        proptest::collection::btree_map(id(), (0..100_i64, refunds).prop_map(move |(a, p)| progressed(a)(p)), 0..3),
        proptest::collection::btree_set(id(), 0..3),
        proptest::collection::btree_set(id(), 0..3),
        proptest::collection::btree_map(
            id(),
            (0..100_i64, disputes).prop_map(|(amount_minor, progress)| Progressed { amount_minor, progress }),
            0..3,
        ),
        any::<bool>(),
    )
        .prop_map(|(authorized_minor, before, captures, refunds, actions, failed_attempts, disputes, closed)| {
            PaymentFacts {
                authorized_minor,
                capture_before: before.map(|second| Timestamp::from_second(second).unwrap()),
                captures,
                refunds,
                actions,
                failed_attempts,
                disputes,
                closed,
            }
        })
}

proptest! {
    #[test]
    fn the_merge_is_commutative_associative_and_idempotent(a in facts(), b in facts(), c in facts()) {
        prop_assert_eq!(merged([&a, &b]), merged([&b, &a]));
        prop_assert_eq!(merged([&merged([&a, &b]), &c]), merged([&a, &merged([&b, &c])]));
        prop_assert_eq!(merged([&a, &a]), a);
    }

    #[test]
    fn refunds_never_exceed_captures_if_each_stayed_within_the_room(a in facts(), amount in 0..200_i64) {
        let room = a.refundable_minor();
        let mut after = a.clone();
        after.merge(&refund("new", amount.min(room), RefundProgress::Pending));
        prop_assert!(room == 0 || after.refunding_minor() <= after.captured_minor());
    }
}
