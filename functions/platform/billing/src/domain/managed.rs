//! Managed subscriptions: trial, periods, renewals, payments, ends.
//!
//! Every function takes a subscription and returns it as it is afterwards, with the lines that are to be billed. Nothing is
//! changed while an invoice is open, apart from cancelling: an invoice that is not paid can always be voided whole.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{InvoiceId, SubscriptionId, derive_id};

use super::catalogue::{Direction, Price};
use super::codes::PlanCode;
use super::coupon::Redeemed;
use super::dunning::Schedule;
use super::pending::{Before, Cause, EndReason, Ended, Open, Overdue};
use super::period::{Anchor, whole_second};
use super::proration::{Charge, Line, PeriodAccount};
use super::subscription::{RENEWAL_TOLERANCE, State, Status};

/// How long a new subscription waits for its first payment.
pub const INCOMPLETE_LIFETIME: SignedDuration = SignedDuration::from_hours(23);
/// How long a change waits for its payment before it is undone.
pub const CHANGE_LIFETIME: SignedDuration = SignedDuration::from_hours(23);

/// A subscription whose periods are ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    /// Price that it is on.
    pub price: Price,
    /// Price from the next period on, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_price: Option<Price>,
    /// Plan that may be used: that of the price, once what costs more is paid for.
    pub granted: PlanCode,
    /// Coupon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<Redeemed>,
    /// Where its periods start.
    pub anchor: Anchor,
    /// End of the trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_until: Option<Timestamp>,
    /// The current period. None before the end of the trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<PeriodAccount>,
    /// Invoices that a credit for the current period takes back, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<InvoiceId>,
    /// The invoice that is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
    /// End of the last period that was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_until: Option<Timestamp>,
    /// When it ends because that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_at: Option<Timestamp>,
    /// When its price was changed at once, of late.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_at: Vec<Timestamp>,
    /// Its end, once that is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// A subscription after a step, and what is to be billed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The subscription.
    pub managed: Managed,
    /// Lines of an invoice if they sum to more than nothing, of a credit note otherwise.
    pub lines: Vec<Line>,
    /// Invoice to void.
    pub void: Option<InvoiceId>,
}

/// What a subscription needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing, before this instant.
    At(Timestamp),
    /// Nothing more.
    Never,
    /// A renewal: [`Managed::renew`].
    Renewal,
    /// Its open invoice is to be voided: [`Managed::abandon`].
    Abandonment,
    /// Its end is to be recorded: [`Managed::finish`].
    End,
}

/// What a payment for an invoice does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// It pays for the subscription.
    Applied(Box<Managed>),
    /// The invoice is not open any more, or the subscription has ended: refund what exceeds what is owed.
    Superfluous,
}

/// The invoice of a period. The same for a repeated renewal.
pub fn period_invoice(subscription: SubscriptionId, start: Timestamp) -> InvoiceId {
    InvoiceId::new(derive_id(&["billing period", &subscription.to_string(), &start.as_second().to_string()]))
}

impl Managed {
    /// A new subscription: a trial, or the first period with its invoice.
    pub fn start(
        id: SubscriptionId,
        price: Price,
        coupon: Option<Redeemed>,
        anchor: Anchor,
        with_trial: bool,
    ) -> Option<Step> {
        let now = anchor.at;
        let granted = price.plan.clone();
        let mut managed = Self {
            price,
            next_price: None,
            granted,
            coupon,
            anchor,
            trial_until: None,
            account: None,
            invoices: Vec::new(),
            open: None,
            paid_until: None,
            cancel_at: None,
            changed_at: Vec::new(),
            ended: None,
        };
        if with_trial && managed.price.trial_days > 0 {
            let end = managed.anchor.days_later(managed.price.trial_days)?;
            managed.anchor.at = end;
            managed.trial_until = Some(end);
            return Some(Step { managed, lines: Vec::new(), void: None });
        }
        managed.with_period(id, 0, now)
    }

    /// The state at an instant.
    pub(super) fn state(&self, started_at: Timestamp, now: Timestamp) -> State {
        let (status, ends) = self.status(started_at, now);
        let cancels = self.cancel_at.filter(|at| *at > now);
        let until = ends.into_iter().chain(cancels).min();
        State { status, until: until.filter(|_| status != Status::Ended) }
    }

    fn status(&self, started_at: Timestamp, now: Timestamp) -> (Status, Option<Timestamp>) {
        let is_over = self.ended.is_some_and(|ended| ended.at <= now) || self.cancel_at.is_some_and(|at| at <= now);
        if is_over {
            return (Status::Ended, None);
        }
        if let Some(end) = self.trial_until.filter(|end| now < *end) {
            return (Status::Trialing, Some(end));
        }
        let Some(covered) = self.covered_until() else {
            let end = add(started_at, INCOMPLETE_LIFETIME);
            return if now < end { (Status::Incomplete, Some(end)) } else { (Status::Ended, None) };
        };
        if now < covered {
            return (Status::Active, Some(covered));
        }
        let (grace, end) = match self.overdue() {
            Some(overdue) => (overdue.grace_until, Some(overdue.ends_at)),
            None => (add(covered, RENEWAL_TOLERANCE), None),
        };
        match end {
            _ if now < grace => (Status::PastDue, Some(grace)),
            Some(end) if now >= end => (Status::Ended, None),
            end => (Status::Suspended, end),
        }
    }

    /// The end of what was paid or is free of charge. None before the first payment.
    pub fn covered_until(&self) -> Option<Timestamp> {
        self.paid_until.max(self.trial_until)
    }

    /// The failure of the open invoice's payment.
    pub fn overdue(&self) -> Option<Overdue> {
        match &self.open.as_ref()?.cause {
            Cause::Period { overdue } => *overdue,
            Cause::Change { .. } => None,
        }
    }

    /// The plan at an instant: a downgrade at the end of the period counts from then on, an upgrade once it is paid for.
    pub fn plan_at(&self, now: Timestamp) -> &PlanCode {
        let is_over = self.renewal_at().is_some_and(|at| at <= now);
        let lower = self.next_price.as_ref().filter(|next| self.price.direction_to(next) == Direction::Downgrade);
        lower.filter(|_| is_over).map_or(&self.granted, |next| &next.plan)
    }

    /// When the next period starts.
    pub fn renewal_at(&self) -> Option<Timestamp> {
        self.account.as_ref().map(|account| account.period.end).or(self.trial_until)
    }

    /// What is to be done, and when.
    pub fn due(&self, started_at: Timestamp, now: Timestamp) -> Due {
        if self.ended.is_some() {
            return Due::Never;
        }
        if self.cancel_at.is_some_and(|at| at <= now) {
            return Due::End;
        }
        let renewal = self.renewal_at();
        let expiry = self.open.as_ref().map(|open| self.expiry(open, started_at));
        if expiry.is_some_and(|at| at <= now) {
            return Due::Abandonment;
        }
        if expiry.is_none() && renewal.is_some_and(|at| at <= now) {
            return Due::Renewal;
        }
        let next = if expiry.is_some() { expiry } else { renewal };
        next.into_iter().chain(self.cancel_at).min().map_or(Due::Never, Due::At)
    }

    /// When an open invoice is given up.
    fn expiry(&self, open: &Open, started_at: Timestamp) -> Timestamp {
        let period_end = self.renewal_at().unwrap_or(open.since);
        match &open.cause {
            Cause::Change { .. } => add(open.since, CHANGE_LIFETIME).min(period_end),
            Cause::Period { .. } if self.covered_until().is_none() => add(started_at, INCOMPLETE_LIFETIME),
            Cause::Period { overdue } => overdue.map_or(period_end, |overdue| overdue.ends_at.min(period_end)),
        }
    }

    /// Starts the next period. None if that is not what is [due](Self::due), or the calendar ends.
    ///
    /// Periods that nobody renewed while they lasted are not billed: the period that contains `now` is the next one.
    pub fn renew(&self, id: SubscriptionId, started_at: Timestamp, now: Timestamp) -> Option<Step> {
        if self.due(started_at, now) != Due::Renewal {
            return None;
        }
        let at = self.renewal_at()?;
        let price = self.next_price.as_ref().unwrap_or(&self.price).clone();
        let is_first = self.account.is_none();
        let mut next = Self { next_price: None, granted: self.plan_at(now).clone(), ..self.clone() };
        if is_first || price.interval != self.price.interval {
            next.anchor.at = at;
        }
        let current = next.anchor.containing(price.interval, now)?.number;
        let number = if next.anchor.at == at { 0 } else { self.account.as_ref()?.period.number + 1 };
        next.price = price;
        next.with_period(id, number.max(current), now)
    }

    /// Opens a period, with its invoice unless it costs nothing.
    fn with_period(self, id: SubscriptionId, number: i32, now: Timestamp) -> Option<Step> {
        let period = self.anchor.period(self.price.interval, number)?;
        let amount = self.amount();
        let account = PeriodAccount::open(period, Charge { price: self.price.id, amount });
        let lines = account.due();
        let coupon = self.coupon.as_ref().map(Redeemed::after_period);
        let mut managed = Self { account: Some(account.billed()), coupon, invoices: Vec::new(), ..self };
        if lines.is_empty() {
            managed.paid_until = Some(period.end);
            managed.granted = managed.price.plan.clone();
        } else {
            let invoice = period_invoice(id, period.start);
            managed.invoices.push(invoice);
            managed.open = Some(Open { invoice, since: whole_second(now), cause: Cause::Period { overdue: None } });
        }
        Some(Step { managed, lines, void: None })
    }

    /// What the next period costs with the coupon.
    pub(super) fn amount(&self) -> i64 {
        self.coupon.as_ref().map_or(self.price.amount, |coupon| coupon.amount(&self.price))
    }

    /// Records that an invoice was paid.
    pub fn paid(&self, invoice: InvoiceId, started_at: Timestamp, now: Timestamp) -> Payment {
        // An invoice that is to be given up is not paid any more, whether or not the sweep has come by.
        let is_open =
            self.open.as_ref().is_some_and(|open| open.invoice == invoice && now < self.expiry(open, started_at));
        if !is_open || self.status(started_at, now).0 == Status::Ended {
            return Payment::Superfluous;
        }
        let paid_until = self.account.as_ref().map(|account| account.period.end);
        let granted = self.price.plan.clone();
        Payment::Applied(Box::new(Self { open: None, paid_until, granted, ..self.clone() }))
    }

    /// Records the first failed payment of a period's invoice. Later failures, and those of other invoices, change nothing.
    ///
    /// The grace period counts from the invoice, like the attempts: late word of a failure does not prolong it.
    #[must_use]
    pub fn payment_failed(&self, invoice: InvoiceId, schedule: &Schedule) -> Self {
        let mut next = self.clone();
        let is_kept = self.covered_until().is_some();
        if let Some(Open { invoice: open, since, cause: Cause::Period { overdue: overdue @ None } }) = &mut next.open
            && *open == invoice
            && is_kept
        {
            *overdue = Some(Overdue { grace_until: schedule.grace_until(*since), ends_at: schedule.ends_at(*since) });
        }
        next
    }

    /// Gives up the open invoice: a change is undone; a period that was not paid ends the subscription.
    pub fn abandon(&self, now: Timestamp) -> Option<Step> {
        let open = self.open.clone()?;
        let mut managed = Self { open: None, ..self.clone() };
        match open.cause {
            Cause::Change { before } => {
                let Before { price, next_price, granted, anchor, account, invoices, coupon } = *before;
                managed = Self { price, next_price, granted, coupon, anchor, account, invoices, ..managed };
            }
            Cause::Period { .. } => {
                let never = self.covered_until().is_none();
                let reason = if never { EndReason::NeverPaid } else { EndReason::Unpaid };
                managed.account = None;
                managed.invoices = Vec::new();
                managed.ended = Some(Ended { at: whole_second(now), reason });
            }
        }
        Some(Step { managed, lines: Vec::new(), void: Some(open.invoice) })
    }

    /// Records the end of a subscription whose time has come. None if it has not.
    pub fn finish(&self, now: Timestamp) -> Option<Step> {
        let at = self.cancel_at.filter(|at| *at <= now && self.ended.is_none())?;
        let given_up = self.abandon(now);
        let void = given_up.as_ref().and_then(|step| step.void);
        let mut managed = given_up.map_or_else(|| self.clone(), |step| step.managed);
        managed.ended = Some(Ended { at, reason: EndReason::Cancelled });
        Some(Step { managed, lines: Vec::new(), void })
    }
}

/// The instant that is so much later, or the last one that there is.
pub(super) fn add(at: Timestamp, duration: SignedDuration) -> Timestamp {
    at.saturating_add(duration).unwrap_or(at)
}

#[cfg(test)]
#[path = "managed_tests.rs"]
mod tests;
