//! What an order says, as facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;

use super::decimal;
use crate::facts::{DisputeProgress, PaymentFacts, Progressed, RefundProgress, refund_key};
use crate::order_payments::{ApprovalUrl, Continuation, ProviderPayment};
use crate::{PaymentError, ProviderPaymentId};

/// The status of a capture that is neither done nor refused.
const PENDING: &str = "PENDING";

/// An amount as the API writes it.
#[derive(Clone, Deserialize)]
pub(super) struct Amount {
    currency_code: String,
    value: String,
}

impl Amount {
    pub(super) fn money(&self) -> Result<types::Money, PaymentError> {
        decimal::from_text(&self.value, &self.currency_code).map_err(PaymentError::Unreadable)
    }

    fn minor(&self) -> Result<i64, PaymentError> {
        self.money().map(|money| money.amount_minor)
    }
}

/// A link to what can be done next.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) rel: String,
}

/// An order.
#[derive(Deserialize)]
pub(super) struct Order {
    id: String,
    status: String,
    #[serde(default)]
    intent: String,
    #[serde(default)]
    purchase_units: Vec<Unit>,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Unit {
    amount: Option<Amount>,
    custom_id: Option<String>,
    invoice_id: Option<String>,
    #[serde(default)]
    payments: Payments,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Payments {
    authorizations: Vec<Authorization>,
    captures: Vec<Capture>,
    refunds: Vec<Refund>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Authorization {
    pub(super) id: String,
    status: String,
    amount: Amount,
    expiration_time: Option<Timestamp>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Capture {
    pub(super) id: String,
    status: String,
    amount: Amount,
    invoice_id: Option<String>,
    #[serde(default)]
    create_time: String,
}

#[derive(Deserialize)]
struct Refund {
    id: String,
    status: String,
    amount: Amount,
    custom_id: Option<String>,
    #[serde(default)]
    links: Vec<Link>,
}

/// A dispute, in a list or by itself.
#[derive(Deserialize)]
pub(super) struct Dispute {
    #[serde(rename = "dispute_id")]
    pub(super) id: String,
    #[serde(default)]
    status: String,
    #[serde(rename = "dispute_amount")]
    amount: Option<Amount>,
    #[serde(default, rename = "dispute_outcome")]
    outcome: Outcome,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Outcome {
    outcome_code: String,
}

/// Lists of disputes.
#[derive(Deserialize)]
pub(super) struct Disputes {
    #[serde(default = "Vec::new")]
    pub(super) items: Vec<Dispute>,
}

impl Order {
    fn unit(&self) -> Result<&Unit, PaymentError> {
        self.purchase_units.first().ok_or_else(|| PaymentError::Unreadable("an order has no purchase unit".to_owned()))
    }

    /// Whether the buyer's approval authorizes and does not capture.
    pub(super) fn authorizes(&self) -> bool {
        self.intent == "AUTHORIZE"
    }

    /// The number that the buyer sees.
    pub(super) fn invoice(&self) -> &str {
        self.purchase_units.first().and_then(|unit| unit.invoice_id.as_deref()).unwrap_or_default()
    }

    /// The authorization that can be captured or voided.
    pub(super) fn open_authorization(&self) -> Option<&Authorization> {
        let mut all = self.purchase_units.iter().flat_map(|unit| &unit.payments.authorizations);
        all.find(|authorization| matches!(authorization.status.as_str(), "CREATED" | "PARTIALLY_CAPTURED" | "PENDING"))
    }

    /// The captures in the order in which they were made. A capture is never removed, so its place is its number.
    pub(super) fn captures(&self) -> Vec<Capture> {
        let mut captures: Vec<_> =
            self.purchase_units.iter().flat_map(|unit| unit.payments.captures.iter().cloned()).collect();
        captures.sort_by(|a, b| (&a.create_time, &a.id).cmp(&(&b.create_time, &b.id)));
        captures
    }

    /// What can be refunded of each capture, in minor units.
    pub(super) fn refundable(&self) -> Result<Vec<(Capture, i64)>, PaymentError> {
        let mut left = Vec::new();
        for capture in self.captures() {
            let captured = if capture.is_done() { capture.amount.minor()? } else { 0 };
            let mut refunded = 0_i64;
            for refund in self.refunds().filter(|refund| refund.progress() != RefundProgress::Failed) {
                if refund.capture() == Some(capture.id.as_str()) {
                    refunded = refunded.saturating_add(refund.amount.minor()?);
                }
            }
            left.push((capture, captured.saturating_sub(refunded).max(0)));
        }
        Ok(left)
    }

    fn refunds(&self) -> impl Iterator<Item = &Refund> {
        self.purchase_units.iter().flat_map(|unit| &unit.payments.refunds)
    }

    /// The URL on which the buyer approves, while there is one.
    fn approval(&self) -> Option<Continuation> {
        let waits = matches!(self.status.as_str(), "CREATED" | "PAYER_ACTION_REQUIRED" | "SAVED");
        let link = self.links.iter().find(|link| matches!(link.rel.as_str(), "payer-action" | "approve"));
        link.filter(|_| waits).map(|link| Continuation::ApprovalUrl(ApprovalUrl::new(&*link.href)))
    }
}

impl Capture {
    /// Whether the money has arrived. A pending one has not.
    fn is_done(&self) -> bool {
        matches!(self.status.as_str(), "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED")
    }
}

impl Refund {
    fn progress(&self) -> RefundProgress {
        match self.status.as_str() {
            "COMPLETED" => RefundProgress::Succeeded,
            "FAILED" | "CANCELLED" => RefundProgress::Failed,
            _ => RefundProgress::Pending,
        }
    }

    /// The capture that was refunded.
    fn capture(&self) -> Option<&str> {
        self.links.iter().find(|link| link.rel == "up").and_then(|link| capture_of(&link.href))
    }
}

/// The id of a capture from its URL.
pub(super) fn capture_of(href: &str) -> Option<&str> {
    href.rsplit_once("/captures/").map(|(_, id)| id).filter(|id| is_id(id))
}

/// The id of an order from its URL.
pub(super) fn order_of(href: &str) -> Option<&str> {
    href.rsplit_once("/orders/").map(|(_, id)| id).filter(|id| is_id(id))
}

/// Whether a text may stand in a path.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// What a `custom_id` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CustomId<'a> {
    /// Our payment id.
    Payment(&'a str),
    /// Our refund id.
    Refund(&'a str),
    /// Of another deployment, or of another application.
    Other,
}

/// Marks the `custom_id` of a refund.
pub(super) const REFUND: &str = "refund:";

/// Reads a `custom_id`.
pub(super) fn custom_id<'a>(text: &'a str, deployment: &str) -> CustomId<'a> {
    let ours = text.strip_prefix(deployment).and_then(|rest| rest.strip_prefix(':'));
    match ours.map(|rest| (rest, rest.strip_prefix(REFUND))) {
        Some((_, Some(refund))) => CustomId::Refund(refund),
        Some((payment, None)) => CustomId::Payment(payment),
        None => CustomId::Other,
    }
}

/// The view of a payment, with its disputes.
pub(super) fn read(order: &Order, disputes: &[Dispute], deployment: &str) -> Result<ProviderPayment, PaymentError> {
    let unit = order.unit()?;
    let amount = unit.amount.as_ref().ok_or_else(|| PaymentError::Unreadable("an order has no amount".to_owned()))?;
    let captures = order.captures();
    let mut facts = PaymentFacts::default();
    for authorization in &unit.payments.authorizations {
        add_authorization(&mut facts, authorization)?;
    }
    for capture in &captures {
        if capture.is_done() {
            facts.captures.insert(capture.id.clone(), capture.amount.minor()?);
        } else if capture.status != PENDING {
            facts.failed_attempts.insert(capture.id.clone());
        }
    }
    facts.authorized_minor = facts.authorized_minor.max(facts.captured_minor());
    facts.refunds = refunds(order, &captures, deployment)?;
    for dispute in disputes {
        let amount_minor = dispute.amount.as_ref().map_or(Ok(0), Amount::minor)?;
        facts.disputes.insert(dispute.id.clone(), Progressed { amount_minor, progress: dispute.progress() });
    }
    facts.closed = is_closed(order, &captures);
    let prefix = format!("{}-", order.invoice());
    let ours = |capture: &Capture| {
        let invoice = capture.invoice_id.as_deref().filter(|_| capture.is_done() || capture.status == PENDING)?;
        invoice.strip_prefix(&prefix).map(str::to_owned)
    };
    let reference = unit.custom_id.as_deref().and_then(|text| match custom_id(text, deployment) {
        CustomId::Payment(reference) => Some(reference.to_owned()),
        CustomId::Refund(_) | CustomId::Other => None,
    });
    Ok(ProviderPayment {
        id: ProviderPaymentId::new(&*order.id),
        reference,
        money: amount.money()?,
        our_captures: captures.iter().filter_map(ours).collect::<BTreeSet<_>>(),
        needs_confirm: order.status == "APPROVED" && captures.is_empty() && facts.authorized_minor == 0,
        multi_capture: order.authorizes(),
        next: order.approval(),
        decline: None,
        method: None,
        customer: None,
        facts,
    })
}

fn add_authorization(facts: &mut PaymentFacts, authorization: &Authorization) -> Result<(), PaymentError> {
    match authorization.status.as_str() {
        "PENDING" => {}
        "DENIED" => {
            facts.failed_attempts.insert(authorization.id.clone());
        }
        _ => {
            facts.authorized_minor = facts.authorized_minor.max(authorization.amount.minor()?);
            facts.capture_before = facts.capture_before.max(authorization.expiration_time);
        }
    }
    Ok(())
}

/// Refunds by our id, with the number of the capture for others than the first.
fn refunds(
    order: &Order,
    captures: &[Capture],
    deployment: &str,
) -> Result<BTreeMap<String, Progressed<RefundProgress>>, PaymentError> {
    let mut all = BTreeMap::<String, Progressed<RefundProgress>>::new();
    for refund in order.refunds() {
        let key = match refund.custom_id.as_deref().map(|text| custom_id(text, deployment)) {
            Some(CustomId::Refund(id)) => {
                let part = captures.iter().position(|capture| Some(capture.id.as_str()) == refund.capture());
                refund_key(id, part.unwrap_or_default())
            }
            // A refund of the dashboard has the capture's `custom_id`, or none.
            _ => refund.id.clone(),
        };
        let seen = Progressed { amount_minor: refund.amount.minor()?, progress: refund.progress() };
        all.entry(key).or_insert(seen).join(seen);
    }
    Ok(all)
}

/// Whether PayPal will authorize and capture nothing more.
fn is_closed(order: &Order, captures: &[Capture]) -> bool {
    if order.status == "VOIDED" {
        return true;
    }
    let is_pending = captures.iter().any(|capture| capture.status == PENDING);
    order.status == "COMPLETED" && order.open_authorization().is_none() && !is_pending
}

impl Dispute {
    /// Whether it is over, and only a look at itself says how.
    pub(super) fn is_resolved(&self) -> bool {
        self.status == "RESOLVED"
    }

    fn progress(&self) -> DisputeProgress {
        match self.outcome.outcome_code.as_str() {
            _ if !self.is_resolved() => DisputeProgress::Open,
            "RESOLVED_BUYER_FAVOUR" | "ACCEPTED" => DisputeProgress::Lost,
            _ => DisputeProgress::Won,
        }
    }
}

/// The facts of a body, for tests.
#[cfg(test)]
pub(crate) fn facts_of(order: serde_json::Value, disputes: Vec<serde_json::Value>) -> PaymentFacts {
    let disputes: Vec<Dispute> = disputes.into_iter().map(|dispute| serde_json::from_value(dispute).unwrap()).collect();
    read(&serde_json::from_value(order).unwrap(), &disputes, "here").unwrap().facts
}
