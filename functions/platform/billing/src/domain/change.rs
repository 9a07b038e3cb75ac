//! Changes of the price of a managed subscription: preview and change are one function.
//!
//! A preview is computed for an instant, `as_of`, and has a hash of all that it was computed from and of its result. A change
//! computes it again for the same instant and goes on only if the hash is the same, so what was previewed is charged.

use jiff::{SignedDuration, Timestamp};
use money::Rate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::{InvoiceId, derive_id};

use super::catalogue::{Direction, Price};
use super::managed::Managed;
use super::pending::{Before, Cause, Open};
use super::period::{Anchor, whole_second};
use super::proration::{Change, Charge, Line, PeriodAccount};
use super::subscription::{Mode, Status, Subscription};
use super::tax::{PriceTax, RateTotal, Treatment, taxed};

/// The most changes in one period.
pub const MAX_CHANGES: usize = 50;
/// The most changes at once in [`RECENT`], whatever periods they were in.
///
/// A change counts from its preview, so what is credited was used for up to [`PREVIEW_LIFETIME`] without being charged. Both
/// limits bound that time.
pub const MAX_RECENT_CHANGES: usize = 20;
/// The time in which changes at once are counted.
pub const RECENT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How long what was previewed may be chosen.
pub const PREVIEW_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// When a change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// An upgrade counts at once, a downgrade from the end of the period on.
    #[default]
    Usual,
    /// At once. What was paid for the rest of the period is credited.
    Now,
    /// From the end of the period on.
    PeriodEnd,
}

/// A change that is asked for, with the tax that its lines have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// Price to change to.
    pub price: Price,
    /// When.
    pub timing: Timing,
    /// Whether prices include tax.
    pub prices: PriceTax,
    /// How the customer is taxed.
    pub treatment: Treatment,
    /// Tax rate.
    pub rate: Rate,
}

/// A change as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The instant that it is computed for.
    pub as_of: Timestamp,
    /// When it counts.
    pub effective: Timestamp,
    /// What is billed at once: credits first.
    pub lines: Vec<Line>,
    /// Their sum with tax. Negative: a credit.
    pub total: RateTotal,
    /// Invoice of the lines, if they sum to more than nothing.
    pub invoice: InvoiceId,
    /// Hash of all that it was computed from, and of the above.
    pub hash: String,
    /// The subscription after the change.
    pub subscription: Subscription,
}

/// Why a change is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// A store owns the subscription.
    #[error("the subscription belongs to a store: change it there")]
    AtStore,
    /// It ended, or its first payment is missing.
    #[error("the subscription is not in force")]
    NotInForce,
    /// An invoice is open.
    #[error("an invoice is open: pay it first")]
    InvoiceOpen,
    /// It is going to end.
    #[error("the subscription is cancelled: resume it first")]
    Cancelled,
    /// It is on that price already.
    #[error("the subscription has this price")]
    NothingChanges,
    /// The currency or the tax class is another one.
    #[error("a subscription keeps its currency and its tax class")]
    OtherCurrency,
    /// The period has ended, and the next one is not billed yet.
    #[error("the renewal is in progress: try again in some minutes")]
    RenewalDue,
    /// Too many changes in one period, or within 30 days.
    #[error("at most {MAX_RECENT_CHANGES} changes are possible within 30 days, and {MAX_CHANGES} in one period")]
    TooMany,
    /// The time of the preview has passed, or lies in the future or before the last change.
    #[error("the preview is too old: ask for a new one")]
    PreviewExpired,
    /// Something changed since the preview.
    #[error("the result differs from the preview: ask for a new one")]
    DiffersFromPreview,
}

/// Computes a change for an instant. `version` is the version of the stored subscription.
pub fn preview(subscription: &Subscription, version: u64, ask: &Ask, as_of: Timestamp) -> Result<Quote, ChangeError> {
    let as_of = whole_second(as_of);
    let managed = changeable(subscription, as_of)?;
    let invoice = InvoiceId::new(derive_id(&["billing change", &subscription.id.to_string(), &version.to_string()]));
    let (effective, lines, next) = decide((managed, subscription.started_at), ask, invoice, as_of)?;
    let total = taxed(lines.iter().map(|line| line.amount).sum(), ask.rate, ask.prices, &ask.treatment);
    let hash = hash(&Inputs { subscription, version, ask, as_of, effective, lines: &lines, total });
    let subscription = Subscription { mode: Mode::Managed(Box::new(next)), ..subscription.clone() };
    Ok(Quote { as_of, effective, lines, total, invoice, hash, subscription })
}

/// Changes a subscription as it was previewed, or refuses.
pub fn change(
    subscription: &Subscription,
    version: u64,
    ask: &Ask,
    previewed: (Timestamp, &str),
    now: Timestamp,
) -> Result<Quote, ChangeError> {
    let (as_of, hash) = previewed;
    if as_of > now || now.duration_since(as_of) > PREVIEW_LIFETIME {
        return Err(ChangeError::PreviewExpired);
    }
    // Between both instants no period may have ended, and no trial.
    if changeable(subscription, now)?.renewal_at().is_some_and(|at| at <= now) {
        return Err(ChangeError::DiffersFromPreview);
    }
    let quote = preview(subscription, version, ask, as_of)?;
    if quote.hash == hash { Ok(quote) } else { Err(ChangeError::DiffersFromPreview) }
}

fn changeable(subscription: &Subscription, at: Timestamp) -> Result<&Managed, ChangeError> {
    let Mode::Managed(managed) = &subscription.mode else { return Err(ChangeError::AtStore) };
    match subscription.status(at) {
        Status::Trialing | Status::Active | Status::PastDue => {}
        Status::Incomplete => return Err(ChangeError::InvoiceOpen),
        Status::Suspended | Status::Paused | Status::Ended => return Err(ChangeError::NotInForce),
    }
    if managed.open.is_some() {
        return Err(ChangeError::InvoiceOpen);
    }
    if managed.cancel_at.is_some() {
        return Err(ChangeError::Cancelled);
    }
    Ok(managed)
}

type Decided = (Timestamp, Vec<Line>, Managed);

fn decide(
    (managed, started_at): (&Managed, Timestamp),
    ask: &Ask,
    invoice: InvoiceId,
    as_of: Timestamp,
) -> Result<Decided, ChangeError> {
    let to = &ask.price;
    if managed.renewal_at().is_some_and(|at| at <= as_of) {
        return Err(ChangeError::RenewalDue);
    }
    if (&to.currency, &to.tax_class) != (&managed.price.currency, &managed.price.tax_class) {
        return Err(ChangeError::OtherCurrency);
    }
    if to.id == managed.price.id {
        // Choosing the current price takes back a change at the end of the period.
        return match managed.next_price {
            Some(_) => Ok((as_of, Vec::new(), Managed { next_price: None, ..managed.clone() })),
            None => Err(ChangeError::NothingChanges),
        };
    }
    let is_now = match ask.timing {
        Timing::Now => true,
        Timing::PeriodEnd => false,
        Timing::Usual => managed.price.direction_to(to) == Direction::Upgrade,
    };
    let mut changed = Managed { price: to.clone(), next_price: None, ..managed.clone() };
    let Some(account) = &managed.account else {
        return Ok(in_trial(managed, to, started_at, as_of));
    };
    if as_of < account.period.start || account.changes.last().is_some_and(|last| last.at > as_of) {
        return Err(ChangeError::PreviewExpired);
    }
    if !is_now {
        let next = Managed { next_price: Some(to.clone()), ..managed.clone() };
        return Ok((account.period.end, Vec::new(), next));
    }
    changed.changed_at.retain(|at| as_of.duration_since(*at) < RECENT);
    if account.changes.len() >= MAX_CHANGES || changed.changed_at.len() >= MAX_RECENT_CHANGES {
        return Err(ChangeError::TooMany);
    }
    changed.changed_at.push(as_of);
    let (lines, next) = if to.interval == managed.price.interval {
        within_period(account, changed, as_of)
    } else {
        new_period(account, changed, as_of).ok_or(ChangeError::NotInForce)?
    };
    Ok((as_of, lines.clone(), billed(managed, next, &lines, invoice, as_of)))
}

/// Nothing was billed in a trial. A plan may be tried as long as its own price allows, counted from the start of the trial;
/// a price with a shorter trial counts from the end of the trial on, like any change at the end of a period.
fn in_trial(managed: &Managed, to: &Price, started_at: Timestamp, as_of: Timestamp) -> Decided {
    let start = Anchor::new(started_at, managed.anchor.zone.clone());
    if start.days_later(to.trial_days) < managed.trial_until {
        let next = Managed { next_price: Some(to.clone()), ..managed.clone() };
        return (managed.trial_until.unwrap_or(as_of), Vec::new(), next);
    }
    let next = Managed { price: to.clone(), granted: to.plan.clone(), next_price: None, ..managed.clone() };
    (as_of, Vec::new(), next)
}

/// The rest of the period has the other price. The coupon counts for it as it did for this period.
fn within_period(account: &PeriodAccount, mut changed: Managed, as_of: Timestamp) -> (Vec<Line>, Managed) {
    let amount = match &changed.coupon {
        Some(coupon) => coupon.before_period().amount(&changed.price),
        None => changed.price.amount,
    };
    let charge = Charge { price: changed.price.id, amount };
    let account = account.with(Change { at: as_of, charge: Some(charge) });
    let lines = account.due();
    changed.account = Some(account.billed());
    (lines, changed)
}

/// The period ends here, and one of the other length starts.
fn new_period(account: &PeriodAccount, mut changed: Managed, as_of: Timestamp) -> Option<(Vec<Line>, Managed)> {
    let mut lines = account.with(Change { at: as_of, charge: None }).due();
    changed.anchor.at = as_of;
    let period = changed.anchor.period(changed.price.interval, 0)?;
    let next = PeriodAccount::open(period, Charge { price: changed.price.id, amount: changed.amount() });
    lines.extend(next.due());
    changed.coupon = changed.coupon.map(|coupon| coupon.after_period());
    changed.account = Some(next.billed());
    Some((lines, changed))
}

/// What costs more waits for its payment; what costs nothing counts at once. So does a lower plan that costs more, as for a
/// longer interval: it is charged from now on, and the dearer plan is not.
fn billed(before: &Managed, mut next: Managed, lines: &[Line], invoice: InvoiceId, as_of: Timestamp) -> Managed {
    if lines.iter().map(|line| line.amount).sum::<i64>() > 0 {
        let unpaid = Before {
            price: before.price.clone(),
            next_price: before.next_price.clone(),
            granted: before.granted.clone(),
            anchor: before.anchor.clone(),
            account: before.account.clone(),
            invoices: before.invoices.clone(),
            coupon: before.coupon.clone(),
        };
        if next.price.rank < before.price.rank {
            next.granted = next.price.plan.clone();
        }
        next.invoices.push(invoice);
        next.open = Some(Open { invoice, since: as_of, cause: Cause::Change { before: Box::new(unpaid) } });
    } else {
        next.granted = next.price.plan.clone();
        next.paid_until = next.account.as_ref().map(|account| account.period.end);
    }
    next
}

#[derive(Serialize)]
struct Inputs<'a> {
    subscription: &'a Subscription,
    version: u64,
    ask: &'a Ask,
    as_of: Timestamp,
    effective: Timestamp,
    lines: &'a [Line],
    total: RateTotal,
}

fn hash(inputs: &Inputs<'_>) -> String {
    // All maps are ordered, so equal inputs have equal bytes.
    let bytes = serde_json::to_vec(inputs).unwrap_or_default();
    types::hex(&Sha256::digest(bytes))
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
