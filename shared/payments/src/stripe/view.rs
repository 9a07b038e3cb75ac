//! What an expanded intent says, as facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kit::outbound::Answer;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::order_payments::{CAPTURE, PAYMENT, REFUND};
use super::{DEPLOYMENT, Failed, not_done, refusal, word};
use crate::facts::{DisputeProgress, PaymentFacts, Progressed, RefundProgress};
use crate::order_payments::{Continuation, ProviderPayment};
use crate::{ClientSecret, CustomerId, MethodId, PaymentError, ProviderPaymentId, SavedMethod, units};

/// An intent with its latest charge.
#[derive(Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    amount: i64,
    #[serde(default)]
    amount_capturable: i64,
    currency: String,
    status: String,
    client_secret: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    pub(super) latest_charge: Option<Charge>,
    last_payment_error: Option<Failed>,
    #[serde(default, deserialize_with = "id")]
    payment_method: Option<String>,
    #[serde(default, deserialize_with = "id")]
    customer: Option<String>,
    #[serde(default)]
    created: i64,
}

/// A charge with its refunds.
#[derive(Deserialize)]
pub(super) struct Charge {
    id: String,
    amount: i64,
    #[serde(default)]
    amount_captured: i64,
    status: String,
    #[serde(default)]
    pub(super) disputed: bool,
    #[serde(default, deserialize_with = "id")]
    payment_method: Option<String>,
    payment_method_details: Option<Details>,
    #[serde(default)]
    pub(super) refunds: Listed<Refund>,
}

#[derive(Deserialize)]
struct Details {
    card: Option<Card>,
}

/// A card, in a charge or a saved method.
#[derive(Deserialize)]
pub(super) struct Card {
    brand: Option<String>,
    last4: Option<String>,
    exp_month: Option<u8>,
    exp_year: Option<u16>,
    capture_before: Option<i64>,
    multicapture: Option<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    status: String,
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(super) struct Listed<T> {
    #[serde(default = "Vec::new")]
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { data: Vec::new(), has_more: false }
    }
}

#[derive(Deserialize)]
pub(super) struct Refund {
    id: String,
    amount: i64,
    status: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct Dispute {
    id: String,
    amount: i64,
    status: String,
}

/// The id of something that may be expanded.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| value.as_str().or_else(|| value["id"].as_str()).map(str::to_owned)))
}

/// The objects of a list.
pub(super) fn list<T: DeserializeOwned>(answer: &Answer) -> Result<Vec<T>, PaymentError> {
    match refusal(answer)? {
        None => answer.json::<Listed<T>>().map(|list| list.data).map_err(PaymentError::Unreadable),
        Some(failed) => Err(not_done(answer, failed)),
    }
}

impl Intent {
    /// How far it got, to choose among intents of one payment: the oldest of those that got the farthest.
    pub(super) fn progress(&self) -> (u8, i64) {
        let rank = match self.status.as_str() {
            "succeeded" => 4,
            "requires_capture" => 3,
            "processing" | "requires_action" => 2,
            "canceled" => 0,
            _ => 1,
        };
        (rank, -self.created)
    }
}

impl Card {
    /// The card as its owner knows it.
    pub(super) fn saved(&self, id: String) -> SavedMethod {
        SavedMethod {
            id: MethodId::new(id),
            brand: self.brand.clone().unwrap_or_else(|| "unknown".to_owned()),
            last4: self.last4.clone().unwrap_or_default(),
            expiry_month: self.exp_month.unwrap_or_default(),
            expiry_year: self.exp_year.unwrap_or_default(),
        }
    }
}

/// The view of a payment. `refunds` are given if the charge does not have them all.
pub(super) fn read(
    intent: Intent,
    refunds: Option<Vec<Refund>>,
    disputes: Vec<Dispute>,
    deployment: &str,
) -> Result<ProviderPayment, PaymentError> {
    let currency = &intent.currency;
    let minor = |amount: i64| units::from_provider(amount, currency).map_err(PaymentError::Unreadable);
    let mut facts = PaymentFacts::default();
    let mut method = None;
    let mut multi_capture = false;
    if let Some(charge) = &intent.latest_charge {
        let card = charge.payment_method_details.as_ref().and_then(|details| details.card.as_ref());
        if charge.status == "succeeded" {
            facts.authorized_minor = minor(charge.amount)?.amount_minor;
            if charge.amount_captured > 0 {
                facts.captures.insert(charge.id.clone(), minor(charge.amount_captured)?.amount_minor);
            }
            facts.capture_before =
                card.and_then(|card| card.capture_before).and_then(|at| Timestamp::from_second(at).ok());
            let available = |feature: &Feature| feature.status == "available";
            multi_capture = card.and_then(|card| card.multicapture.as_ref()).is_some_and(available);
            let id = charge.payment_method.clone().or_else(|| intent.payment_method.clone());
            method = card.zip(id).map(|(card, id)| card.saved(id));
        }
    } else if intent.status == "requires_capture" {
        facts.authorized_minor = minor(intent.amount_capturable)?.amount_minor;
    }
    let (of_charge, ours) = (intent.latest_charge.map(|charge| charge.refunds.data), &intent.metadata);
    for refund in refunds.or(of_charge).unwrap_or_default() {
        let progress = refund_progress(refund.status.as_deref());
        let amount_minor = minor(refund.amount)?.amount_minor;
        facts.refunds.insert(refund.key(deployment), Progressed { amount_minor, progress });
    }
    for dispute in disputes {
        let amount_minor = minor(dispute.amount)?.amount_minor;
        facts.disputes.insert(dispute.id, Progressed { amount_minor, progress: dispute_progress(&dispute.status) });
    }
    let is_open = matches!(intent.status.as_str(), "requires_payment_method" | "requires_confirmation");
    if intent.status == "requires_action" {
        facts.actions.extend(intent.payment_method.clone());
    }
    let mut decline = None;
    if let Some(failed) = intent.last_payment_error.filter(|_| is_open) {
        facts.failed_attempts.insert(failed.attempt());
        decline = Some(word(failed));
    }
    facts.closed = matches!(intent.status.as_str(), "canceled" | "succeeded");
    let is_over = facts.closed || matches!(intent.status.as_str(), "requires_capture" | "processing");
    let is_ours = ours.get(DEPLOYMENT).is_some_and(|named| named == deployment);
    Ok(ProviderPayment {
        id: ProviderPaymentId::new(intent.id),
        reference: ours.get(PAYMENT).filter(|_| is_ours).cloned(),
        money: minor(intent.amount)?,
        our_captures: ours
            .keys()
            .filter_map(|key| key.strip_prefix(CAPTURE))
            .map(str::to_owned)
            .collect::<BTreeSet<_>>(),
        facts,
        needs_confirm: false,
        multi_capture,
        next: intent
            .client_secret
            .filter(|_| !is_over)
            .map(|secret| Continuation::ClientSecret(ClientSecret::new(secret))),
        decline,
        method,
        customer: intent.customer.map(CustomerId::new),
    })
}

impl Refund {
    /// Our id, or Stripe's for a refund of the dashboard.
    fn key(&self, deployment: &str) -> String {
        let is_ours = self.metadata.get(DEPLOYMENT).is_some_and(|named| named == deployment);
        self.metadata.get(REFUND).filter(|_| is_ours).cloned().unwrap_or_else(|| self.id.clone())
    }
}

fn refund_progress(status: Option<&str>) -> RefundProgress {
    match status {
        Some("succeeded") => RefundProgress::Succeeded,
        Some("failed" | "canceled") => RefundProgress::Failed,
        Some("requires_action") => RefundProgress::RequiresAction,
        // `pending`, and words that are not known: the money counts as being on its way.
        _ => RefundProgress::Pending,
    }
}

/// Inquiries (`warning_…`) are disputes too, and a closed one took no money.
fn dispute_progress(status: &str) -> DisputeProgress {
    match status {
        "lost" => DisputeProgress::Lost,
        "won" | "warning_closed" | "prevented" => DisputeProgress::Won,
        _ => DisputeProgress::Open,
    }
}

/// The facts of a body, for tests.
#[cfg(test)]
pub(crate) fn facts_of(intent: serde_json::Value, disputes: Vec<serde_json::Value>) -> PaymentFacts {
    let disputes = disputes.into_iter().map(|dispute| serde_json::from_value(dispute).unwrap()).collect();
    read(serde_json::from_value(intent).unwrap(), None, disputes, "here").unwrap().facts
}
