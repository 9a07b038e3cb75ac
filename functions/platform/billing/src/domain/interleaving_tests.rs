//! Interleavings of changes, renewals, payments, refunds and webhooks against a simple model.

mod charges;
mod model;
mod provider;
mod world;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use types::{InvoiceId, Uuid};

use self::provider::Outcome;
use self::world::{World, prices};
use super::cancel::Cancellation;
use super::change::Timing;
use super::dunning::DunningCase;
use super::invoice::{CreditNote, Invoice};
use super::mirror::StoreState;
use super::settlement::Settlement;
use super::subscription::{Status, Subscription};

/// The number of random interleavings: few enough for each run of the unit tests; `BILLING_INTERLEAVINGS=100000` tries more.
const CASES: u32 = 500;

/// What must happen in some interleaving, since checks of what never happens prove nothing.
const WANTED: [&str; 13] = [
    "renewal",
    "period given up",
    "change undone",
    "change in a period",
    "change of the interval",
    "credit",
    "refund",
    "late or repeated payment",
    "failed payment",
    "look up",
    "second subscription refused",
    "second subscription of a store",
    "resumed",
];

#[derive(Debug, Clone)]
enum Action {
    Wait(i64),
    Sweep,
    Start { choice: usize, with_trial: bool, with_coupon: bool },
    Change { choice: usize, timing: Timing, wait: i64, is_stale: bool },
    Cancel(Cancellation),
    Resume,
    Attempt { invoice: usize, outcome: usize, is_lost: bool },
    NewCard(usize),
    Webhook { index: usize, is_lost: bool },
    Refund { invoice: usize, refund: usize, succeeded: bool },
    BuyAtStore,
    StoreSays { index: usize, clock: i64, state: StoreState, purchase: u8, days: i64 },
}

const OUTCOMES: [Outcome; 5] = [
    Outcome::Succeeded,
    Outcome::Succeeded,
    Outcome::Declined("insufficient_funds"),
    Outcome::Declined("stolen_card"),
    Outcome::Declined("authentication_required"),
];

fn actions() -> impl Strategy<Value = Vec<Action>> {
    use Cancellation::{Now, NowRefunded, NowWithCredit, PeriodEnd};
    use StoreState::{Active, Cancelled, Expired, Grace, OnHold, Paused, Pending, Revoked};
    let choice = 0..prices().len();
    let timing = prop::sample::select(vec![Timing::Usual, Timing::Now, Timing::PeriodEnd]);
    // Which invoice it is about is known only then.
    let refunded = NowRefunded { invoice: InvoiceId::new(Uuid::nil()) };
    let cancellation = prop::sample::select(vec![PeriodEnd, PeriodEnd, Now, NowWithCredit, refunded]);
    let states = vec![Pending, Active, Active, Grace, OnHold, Paused, Cancelled, Expired, Revoked];
    let wait = prop_oneof![0..700_i64, 0..200_000_i64, 0..4_000_000_i64];
    let action = prop_oneof![
        6 => wait.prop_map(Action::Wait),
        6 => Just(Action::Sweep),
        4 => (choice.clone(), any::<bool>(), any::<bool>()).prop_map(|(choice, with_trial, with_coupon)| {
            Action::Start { choice, with_trial, with_coupon }
        }),
        8 => (choice.clone(), timing, 0..3_000_i64, prop::bool::weighted(0.1)).prop_map(|(choice, timing, wait, is_stale)| {
            Action::Change { choice, timing, wait, is_stale }
        }),
        2 => cancellation.prop_map(Action::Cancel),
        1 => Just(Action::Resume),
        8 => (0..9_usize, 0..OUTCOMES.len(), any::<bool>()).prop_map(|(invoice, outcome, is_lost)| {
            Action::Attempt { invoice, outcome, is_lost }
        }),
        1 => (0..9_usize).prop_map(Action::NewCard),
        4 => (0..20_usize, prop::bool::weighted(0.2)).prop_map(|(index, is_lost)| Action::Webhook { index, is_lost }),
        2 => (0..9_usize, 0..5_usize, any::<bool>()).prop_map(|(invoice, refund, succeeded)| {
            Action::Refund { invoice, refund, succeeded }
        }),
        2 => Just(Action::BuyAtStore),
        4 => (0..4_usize, 0..50_i64, prop::sample::select(states), 0..3_u8, 1..60_i64).prop_map(|(index, clock, state, purchase, days)| {
            Action::StoreSays { index, clock, state, purchase, days }
        }),
    ];
    // Many begin with a subscription that is paid for, since most actions need one; some have had one at a store before.
    let start = |choice| Action::Start { choice, with_trial: false, with_coupon: false };
    let pay = Action::Attempt { invoice: 0, outcome: 0, is_lost: false };
    let expired = Action::StoreSays { index: 0, clock: 0, state: Expired, purchase: 0, days: 1 };
    let begin = prop_oneof![
        4 => Just(Vec::new()),
        4 => choice.clone().prop_map({
            let pay = pay.clone();
            move |choice| vec![start(choice), pay.clone()]
        }),
        1 => choice.prop_map(move |choice| vec![Action::BuyAtStore, expired.clone(), start(choice), pay.clone()]),
    ];
    (begin, prop::collection::vec(action, 1..60))
        .prop_map(|(begin, actions)| begin.into_iter().chain(actions).collect())
}

impl World {
    fn act(&mut self, action: &Action) {
        match action {
            Action::Wait(seconds) => self.now += SignedDuration::from_secs(*seconds),
            Action::Sweep => self.sweep(),
            Action::Start { choice, with_trial, with_coupon } => self.start(*choice, *with_trial, *with_coupon),
            Action::Change { choice, timing, wait, is_stale } => {
                self.change(*choice, *timing, SignedDuration::from_secs(*wait), *is_stale);
            }
            Action::Cancel(how) => self.cancel(*how),
            Action::Resume => self.resume(),
            Action::Attempt { invoice, outcome, is_lost } => self.attempt(*invoice, OUTCOMES[*outcome], *is_lost),
            Action::NewCard(invoice) => self.new_card(*invoice),
            Action::Webhook { index, is_lost } => self.webhook(*index, *is_lost),
            Action::Refund { invoice, refund, succeeded } => self.refund_answered(*invoice, *refund, *succeeded),
            Action::BuyAtStore => self.buy_at_store(),
            Action::StoreSays { index, clock, state, purchase, days } => {
                self.store_says(*index, (*clock, *state, *purchase), *days);
            }
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let invoiced: i64 = self.invoices.values().map(|billed| billed.invoice.total()).sum();
        let credited: i64 = self.notes.iter().map(CreditNote::total).sum();
        prop_assert_eq!(i128::from(invoiced - credited), self.model.total(), "invoices sum to the segments");
        let in_force = self.subscriptions.iter().filter(|(one, _)| one.status(self.now) != Status::Ended).count();
        prop_assert!(in_force <= 1, "never two");
        for (subscription, _) in &self.subscriptions {
            let last = self.model.last_instant(subscription.id);
            for days in [0, 1, 7, 21, 400] {
                let later = self.now.max(last) + SignedDuration::from_hours(24 * days);
                let entitlement = subscription.entitlement(later);
                prop_assert_eq!(entitlement.plan, None, "nothing after {}, asked for {}", last, later);
            }
            let now = subscription.entitlement(self.now);
            let until = now.until.unwrap_or(self.now + SignedDuration::from_hours(1_000));
            prop_assert!(until > self.now, "the next evaluation lies ahead");
            for nanoseconds in [1, i64::try_from(until.duration_since(self.now).as_nanos() / 2).unwrap()] {
                let before = subscription.entitlement(until - SignedDuration::from_nanos(nanoseconds));
                prop_assert_eq!((&before.plan, before.reason), (&now.plan, now.reason), "nothing changes before that");
            }
        }
        for (id, billed) in &self.invoices {
            prop_assert!(self.provider.successes(*id) <= 1, "an invoice is charged once");
            prop_assert!(billed.settlement.paid() >= 0, "no more is refunded than was paid");
            prop_assert!(billed.settlement.paid() <= billed.invoice.owed(), "what exceeds what is owed is refunded");
        }
        Ok(())
    }

    fn check_settled(&self) -> Result<(), TestCaseError> {
        let kept: i64 = self.invoices.values().map(|billed| billed.settlement.paid()).sum();
        prop_assert_eq!(
            i128::from(kept),
            self.model.total() - i128::from(self.open_total()),
            "money sums to the segments"
        );
        let charged: i64 = self.invoices.values().map(|billed| billed.settlement.charged_in_all()).sum();
        prop_assert_eq!(i128::from(charged), self.provider.taken(), "every charge is known");
        let mut last: BTreeMap<(String, i16), (u64, Date)> = BTreeMap::new();
        for one in &self.numbered {
            let (prefix, number) = one.number.as_str().split_once('-').unwrap();
            let number: u64 = number.split_once('-').unwrap().1.parse().unwrap();
            let before = last.insert((prefix.to_owned(), one.date.year()), (number, one.date));
            prop_assert_eq!(number, before.map_or(0, |(number, _)| number) + 1, "numbers have no gap");
            prop_assert!(before.is_none_or(|(_, date)| date <= one.date), "dates are in order");
        }
        for (subscription, _) in &self.subscriptions {
            let text = serde_json::to_string(subscription).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Subscription>(&text).unwrap(), subscription);
        }
        for billed in self.invoices.values() {
            let text = serde_json::to_string(&(&billed.invoice, &billed.settlement, &billed.case)).unwrap();
            let (invoice, settlement, case): (Invoice, Settlement, DunningCase) = serde_json::from_str(&text).unwrap();
            prop_assert!((&invoice, &settlement, &case) == (&billed.invoice, &billed.settlement, &billed.case));
        }
        Ok(())
    }
}

#[test]
fn in_any_interleaving_documents_sum_to_segments_and_nothing_lasts_longer_than_it_was_paid_or_granted() {
    let cases = std::env::var("BILLING_INTERLEAVINGS").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let seen = RefCell::new(BTreeSet::new());
    let run = |actions: Vec<Action>| {
        let mut world = World::new();
        for action in actions {
            world.act(&action);
            world.check()?;
        }
        world.settle();
        world.check()?;
        seen.borrow_mut().extend(world.seen.iter().copied());
        world.check_settled()
    };
    runner.run(&actions(), run).unwrap();
    for wanted in WANTED {
        assert!(seen.borrow().contains(wanted), "never seen: {wanted}");
    }
}
