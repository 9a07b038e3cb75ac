//! Whatever is changed, cancelled and resumed: the time that was used is worth no more than what was paid for it, apart from what
//! is granted on purpose.

use std::collections::BTreeMap;

use calendar::ZoneName;
use jiff::{SignedDuration, Timestamp};
use money::Rate;
use proptest::prelude::*;
use types::InvoiceId;

use crate::domain::cancel::{Cancellation, cancel, resume};
use crate::domain::catalogue::Price;
use crate::domain::change::{Ask, PREVIEW_LIFETIME, Timing, change, preview};
use crate::domain::fixture::{at, managed, price, with, yearly};
use crate::domain::managed::{Due, Managed, Payment};
use crate::domain::period::Anchor;
use crate::domain::subscription::{Mode, RENEWAL_TOLERANCE, Subscription};
use crate::domain::tax::{PriceTax, Treatment};

/// Plans with what a month costs. A year costs twelve months, so nothing is cheaper than a month of 31 days.
const PLANS: [(&str, i64); 3] = [("basic", 500), ("pro", 1_000), ("max", 2_000)];
const DEAREST: i64 = 2_000;
const LONGEST_MONTH: i64 = 31 * 86_400;

fn prices() -> Vec<Price> {
    PLANS.iter().flat_map(|(plan, amount)| [price(plan, *amount), yearly(plan, 12 * amount)]).collect()
}

#[derive(Debug, Clone)]
enum Move {
    Wait(i64),
    Change { to: usize, timing: Timing, wait: i64 },
    CancelAndResume,
    Sweep,
    Pay,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let timing = prop::sample::select(vec![Timing::Usual, Timing::Now, Timing::PeriodEnd]);
    let one = prop_oneof![
        4 => (0..900_000_i64).prop_map(Move::Wait),
        5 => (0..6_usize, timing, 0..900_i64).prop_map(|(to, timing, wait)| Move::Change { to, timing, wait }),
        1 => Just(Move::CancelAndResume),
        4 => Just(Move::Sweep),
        4 => Just(Move::Pay),
    ];
    prop::collection::vec(one, 1..80)
}

struct Customer {
    subscription: Subscription,
    now: Timestamp,
    /// Used time in seconds, times what a month of it costs.
    used: i128,
    /// What documents sum to.
    billed: i64,
    open: BTreeMap<InvoiceId, i64>,
    /// How often the tolerance of a renewal or of a preview may have been used.
    renewals: i128,
    changes: i128,
}

impl Customer {
    fn new() -> Self {
        let subscription = managed(1_000);
        Self { subscription, now: at(0), used: 0, billed: 1_000, open: BTreeMap::new(), renewals: 1, changes: 0 }
    }

    fn inner(&self) -> &Managed {
        match &self.subscription.mode {
            Mode::Managed(managed) => managed,
            Mode::Mirrored(_) => panic!("not managed"),
        }
    }

    fn wait(&mut self, seconds: i64) {
        let end = self.now + SignedDuration::from_secs(seconds);
        while self.now < end {
            let entitlement = self.subscription.entitlement(self.now);
            let until = entitlement.until.map_or(end, |until| until.min(end));
            let amount = entitlement.plan.map_or(0, |plan| {
                PLANS.iter().find(|(name, _)| *name == plan.as_str()).map_or(0, |(_, amount)| *amount)
            });
            self.used += i128::from(amount) * i128::from(until.as_second() - self.now.as_second());
            self.now = until;
        }
    }

    fn apply(&mut self, managed: Managed, sum: i64, void: Option<InvoiceId>) {
        self.billed += sum - void.and_then(|invoice| self.open.remove(&invoice)).unwrap_or(0);
        if let Some(open) = managed.open.as_ref().filter(|_| sum > 0) {
            self.open.insert(open.invoice, sum);
        }
        self.subscription = with(self.subscription.id, managed);
    }

    fn act(&mut self, one: &Move) {
        match one {
            Move::Wait(seconds) => self.wait(*seconds),
            Move::Change { to, timing, wait } => self.change(prices()[*to].clone(), *timing, *wait),
            Move::CancelAndResume => {
                let Ok(step) = cancel(&self.subscription, Cancellation::PeriodEnd, self.now) else { return };
                self.apply(step.managed, 0, step.void);
                if let Ok(resumed) = resume(&self.subscription, self.now) {
                    self.apply(resumed, 0, None);
                }
            }
            Move::Sweep => {
                let (id, started_at, managed) = (self.subscription.id, at(0), self.inner().clone());
                let step = match managed.due(started_at, self.now) {
                    Due::Renewal => managed.renew(id, started_at, self.now),
                    Due::Abandonment => managed.abandon(self.now),
                    Due::End => managed.finish(self.now),
                    Due::At(_) | Due::Never => None,
                };
                let Some(step) = step else { return };
                self.renewals += 1;
                self.apply(step.managed, step.lines.iter().map(|line| line.amount).sum(), step.void);
            }
            Move::Pay => {
                let Some(invoice) = self.inner().open.as_ref().map(|open| open.invoice) else { return };
                if let Payment::Applied(paid) = self.inner().paid(invoice, at(0), self.now) {
                    self.open.remove(&invoice);
                    self.apply(*paid, 0, None);
                }
            }
        }
    }

    fn change(&mut self, price: Price, timing: Timing, wait: i64) {
        let ask = Ask { price, timing, prices: PriceTax::Inclusive, treatment: Treatment::Standard, rate: Rate::ZERO };
        let as_of = self.now;
        let Ok(quote) = preview(&self.subscription, 1, &ask, as_of) else { return };
        self.wait(wait);
        let Ok(made) = change(&self.subscription, 1, &ask, (as_of, &quote.hash), self.now) else { return };
        self.changes += 1;
        let Mode::Managed(next) = made.subscription.mode else { return };
        self.apply(*next, made.total.stated, None);
    }

    /// What may have been used beyond what was paid: what is granted on purpose, and less than a unit for each rounding.
    fn slack(&self) -> i128 {
        let tolerance = self.renewals * i128::from(RENEWAL_TOLERANCE.as_secs());
        let previews = self.changes * i128::from(PREVIEW_LIFETIME.as_secs());
        i128::from(DEAREST) * (tolerance + previews) + (self.renewals + self.changes + 1) * i128::from(LONGEST_MONTH)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn nobody_uses_more_than_is_paid_for(moves in moves()) {
        let mut customer = Customer::new();
        for one in moves {
            customer.act(&one);
        }
        if let Ok(step) = cancel(&customer.subscription, Cancellation::NowWithCredit, customer.now) {
            customer.apply(step.managed, step.lines.iter().map(|line| line.amount).sum(), step.void);
        }
        prop_assert!(customer.billed >= 0);
        let paid = i128::from(customer.billed) * i128::from(LONGEST_MONTH);
        prop_assert!(customer.used <= paid + customer.slack(), "{} of {paid}", customer.used);
    }
}

#[test]
fn the_sum_notices_time_that_is_not_paid_for() {
    let mut customer = Customer::new();
    let anchor = Anchor::new(at(0), ZoneName::utc());
    let free = Managed::start(customer.subscription.id, price("max", 0), None, anchor, false).unwrap().managed;
    customer.apply(free, 0, None);
    customer.wait(31 * 86_400);
    assert!(customer.used > i128::from(customer.billed) * i128::from(LONGEST_MONTH) + i128::from(DEAREST) * 86_400);
}
