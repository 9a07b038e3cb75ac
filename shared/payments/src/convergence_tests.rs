//! Webhooks in any order, doubled and lost: after one look-up, what is known is what the provider says.
//!
//! A payment's history is a list of the provider's bodies, the newest last. A webhook causes a look-up, whose answer may be
//! overtaken by a newer one: so any of the bodies may be merged at any time, any number of times. Whatever happened, the sweep
//! merges the newest body at the end.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::facts::{PaymentFacts, RefundProgress};
use crate::{paypal, stripe};

/// What happens to a payment of 100.00 between two of its bodies.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// An attempt waits for the payer.
    Action(u8),
    /// An attempt fails.
    Fail(u8),
    /// The amount is authorized.
    Authorize,
    /// So many cents are captured, as far as they are left.
    Capture(i64),
    /// So many cents are refunded, as far as they are left.
    Refund(i64),
    /// The oldest refund under way, or the newest that is done, gets this far.
    Settle(bool),
    /// The payer disputes so many cents.
    Dispute(i64),
    /// The oldest open dispute is lost, or won.
    Decide(bool),
    /// Nothing more is captured.
    Close,
}

const AMOUNT: i64 = 10_000;

/// The provider's side of a payment.
#[derive(Debug, Clone, Default)]
struct Model {
    action: Option<u8>,
    error: Option<u8>,
    authorized: bool,
    captures: Vec<i64>,
    refunds: Vec<(i64, usize, RefundProgress)>,
    disputes: Vec<(i64, Option<bool>)>,
    closed: bool,
}

impl Model {
    fn captured(&self) -> i64 {
        self.captures.iter().sum()
    }

    fn left_of(&self, capture: usize) -> i64 {
        let of_it =
            self.refunds.iter().filter(|(_, of, progress)| *of == capture && *progress != RefundProgress::Failed);
        self.captures[capture] - of_it.map(|(amount, ..)| amount).sum::<i64>()
    }

    fn step(&mut self, step: Step) {
        let is_open = !self.authorized && !self.closed;
        match step {
            Step::Action(attempt) if is_open => (self.action, self.error) = (Some(attempt), None),
            Step::Fail(attempt) if is_open => (self.action, self.error) = (None, Some(attempt)),
            Step::Authorize if is_open => (self.action, self.error, self.authorized) = (None, None, true),
            Step::Capture(amount) if self.authorized && !self.closed => {
                let amount = amount.min(AMOUNT - self.captured());
                self.captures.extend((amount > 0).then_some(amount));
                self.closed = self.captured() == AMOUNT;
            }
            Step::Refund(amount) => {
                let room = (0..self.captures.len()).find(|capture| self.left_of(*capture) > 0);
                if let Some(capture) = room {
                    self.refunds.push((amount.min(self.left_of(capture)), capture, RefundProgress::Pending));
                }
            }
            Step::Settle(succeeds) => {
                let pending = self.refunds.iter_mut().find(|(.., progress)| *progress == RefundProgress::Pending);
                if let Some((.., progress)) = pending {
                    *progress = if succeeds { RefundProgress::Succeeded } else { RefundProgress::Failed };
                } else if let Some((.., progress)) = self.refunds.last_mut().filter(|_| !succeeds) {
                    *progress = RefundProgress::Failed;
                }
            }
            Step::Dispute(amount) if self.captured() > 0 => self.disputes.push((amount.min(self.captured()), None)),
            Step::Decide(lost) => {
                if let Some((_, outcome)) = self.disputes.iter_mut().find(|(_, outcome)| outcome.is_none()) {
                    *outcome = Some(lost);
                }
            }
            Step::Close if self.authorized || self.captures.is_empty() => {
                (self.action, self.error, self.closed) = (None, None, true);
            }
            _ => {}
        }
    }

    fn stripe(&self) -> PaymentFacts {
        let status = match self {
            Self { closed: true, captures, .. } if captures.is_empty() => "canceled",
            Self { closed: true, .. } => "succeeded",
            Self { authorized: true, .. } => "requires_capture",
            Self { action: Some(_), .. } => "requires_action",
            _ => "requires_payment_method",
        };
        let method = |attempt: u8| format!("pm_{attempt}");
        let refunds = self.refunds.iter().enumerate().map(|(number, (amount, _, progress))| {
            let status = match progress {
                RefundProgress::Succeeded => "succeeded",
                RefundProgress::Failed => "failed",
                _ => "pending",
            };
            json!({ "id": format!("re_{number}"), "amount": amount, "status": status,
                "metadata": { "atoll_deployment": "here", "atoll_refund": format!("r{number}") } })
        });
        let refunds: Vec<Value> = refunds.collect();
        let charge = self.authorized.then(|| {
            json!({ "id": "ch_1", "amount": AMOUNT, "amount_captured": self.captured(), "status": "succeeded",
                "refunds": { "data": refunds, "has_more": false } })
        });
        let disputes = self.disputes.iter().enumerate().map(|(number, (amount, lost))| {
            let status = lost.map_or("needs_response", |lost| if lost { "lost" } else { "won" });
            json!({ "id": format!("dp_{number}"), "amount": amount, "status": status })
        });
        let error =
            self.error.map(|attempt| json!({ "code": "card_declined", "payment_method": { "id": method(attempt) } }));
        let intent = json!({ "id": "pi_1", "amount": AMOUNT, "currency": "eur", "status": status, "latest_charge": charge,
            "payment_method": self.action.map(method), "last_payment_error": error,
            "metadata": { "atoll_deployment": "here", "atoll_payment": "p1" } });
        stripe::facts_of(intent, disputes.collect())
    }

    fn paypal(&self) -> PaymentFacts {
        let text =
            |amount: i64| json!({ "currency_code": "EUR", "value": format!("{}.{:02}", amount / 100, amount % 100) });
        let capture_id = |number: usize| format!("C{number:03}");
        let captures = self.captures.iter().enumerate().map(|(number, amount)| {
            json!({ "id": capture_id(number), "status": "COMPLETED", "amount": text(*amount),
                "create_time": format!("2026-11-29T12:00:{number:02}Z") })
        });
        let refunds = self.refunds.iter().enumerate().map(|(number, (amount, capture, progress))| {
            let status = match progress {
                RefundProgress::Succeeded => "COMPLETED",
                RefundProgress::Failed => "FAILED",
                _ => "PENDING",
            };
            json!({ "id": format!("R{number}"), "status": status, "amount": text(*amount),
                "custom_id": format!("here:refund:r{number}"),
                "links": [{ "rel": "up", "href": format!("https://x/v2/payments/captures/{}", capture_id(*capture)) }] })
        });
        let disputes = self.disputes.iter().enumerate().map(|(number, (amount, lost))| {
            let outcome = lost.map(|lost| if lost { "RESOLVED_BUYER_FAVOUR" } else { "RESOLVED_SELLER_FAVOUR" });
            json!({ "dispute_id": format!("PP-{number}"), "dispute_amount": text(*amount),
                "status": if lost.is_some() { "RESOLVED" } else { "UNDER_REVIEW" },
                "dispute_outcome": { "outcome_code": outcome.unwrap_or_default() } })
        });
        let state = match self {
            Self { closed: true, captures, .. } if captures.is_empty() => "VOIDED",
            Self { closed: true, .. } => "CAPTURED",
            Self { captures, .. } if captures.is_empty() => "CREATED",
            _ => "PARTIALLY_CAPTURED",
        };
        let authorizations: Vec<_> = self
            .authorized
            .then(|| json!({ "id": "A1", "status": state, "amount": text(AMOUNT) }))
            .into_iter()
            .collect();
        let status = match self {
            Self { authorized: true, .. } => "COMPLETED",
            Self { closed: true, .. } => "VOIDED",
            Self { action: Some(_), .. } => "PAYER_ACTION_REQUIRED",
            _ => "CREATED",
        };
        let payments = json!({ "authorizations": authorizations, "captures": captures.collect::<Vec<_>>(),
            "refunds": refunds.collect::<Vec<_>>() });
        let unit = json!({ "amount": text(AMOUNT), "custom_id": "here:p1", "invoice_id": "A", "payments": payments });
        let order = json!({ "id": "O1", "intent": "AUTHORIZE", "status": status, "purchase_units": [unit] });
        paypal::facts_of(order, disputes.collect())
    }
}

fn history(steps: &[Step], view: fn(&Model) -> PaymentFacts) -> Vec<PaymentFacts> {
    let mut model = Model::default();
    let mut views = vec![view(&model)];
    for step in steps {
        model.step(*step);
        views.push(view(&model));
    }
    views
}

/// Everything but the attempts, of which a provider names the latest alone.
fn money(facts: &PaymentFacts) -> PaymentFacts {
    let mut money = facts.clone();
    (money.actions, money.failed_attempts) = Default::default();
    money
}

/// Looks in this order; then the sweep looks once.
fn converges(views: &[PaymentFacts], order: &[usize]) {
    let newest = views.last().unwrap();
    let mut facts = PaymentFacts::default();
    for index in order {
        let captured = facts.captured_minor();
        facts.observe(&views[*index]);
        assert!(facts.captured_minor() >= captured, "money that was seen stays seen");
        assert!(facts.captured_minor() <= newest.captured_minor(), "no money is seen that is not there");
        let after = facts.clone();
        facts.observe(&views[*index]);
        assert_eq!(facts, after, "a doubled webhook changes nothing");
    }
    facts.observe(newest);
    assert_eq!(money(&facts), money(newest), "{order:?}");
    // Only a failure that the newest body has forgotten may be known beyond it.
    let known = (facts.status(), newest.status());
    let is_failure = known == (crate::FactStatus::Failed, crate::FactStatus::Started);
    assert!(known.0 == known.1 || is_failure, "{known:?} {order:?}");
    assert!(facts.refunding_minor() <= facts.captured_minor());
}

fn step() -> impl Strategy<Value = Step> {
    let cents = || 1..6_000_i64;
    prop_oneof![
        (0..3_u8).prop_map(Step::Action),
        (0..3_u8).prop_map(Step::Fail),
        Just(Step::Authorize),
        cents().prop_map(Step::Capture),
        cents().prop_map(Step::Capture),
        cents().prop_map(Step::Refund),
        cents().prop_map(Step::Refund),
        any::<bool>().prop_map(Step::Settle),
        cents().prop_map(Step::Dispute),
        any::<bool>().prop_map(Step::Decide),
        Just(Step::Close),
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
fn every_order_of_the_webhooks_of_one_payment_converges() {
    // solidusio/solidus_stripe#189, saleor/saleor#8587: created, a failed attempt, one that needs the payer, authorized, captured,
    // refunds of 30.00 and 20.00: 8! orders, with each one lost in turn.
    let steps = [
        Step::Fail(1),
        Step::Action(2),
        Step::Authorize,
        Step::Capture(AMOUNT),
        Step::Refund(3_000),
        Step::Settle(true),
        Step::Refund(2_000),
    ];
    for view in [Model::stripe as fn(&Model) -> PaymentFacts, Model::paypal] {
        let views = history(&steps, view);
        assert_eq!((views[7].refunding_minor(), views[7].refundable_minor()), (5_000, 5_000));
        for (number, mut order) in permutations(views.len()).into_iter().enumerate() {
            order.remove(number % views.len());
            converges(&views, &order);
        }
    }
}

proptest! {
    #[test]
    fn any_history_converges(
        steps in proptest::collection::vec(step(), 0..14),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 0..30),
    ) {
        for view in [Model::stripe as fn(&Model) -> PaymentFacts, Model::paypal] {
            let views = history(&steps, view);
            let order: Vec<_> = order.iter().map(|index| index.index(views.len())).collect();
            converges(&views, &order);
        }
    }
}
