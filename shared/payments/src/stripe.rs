//! Stripe: payments are `PaymentIntent`s, the API is forms in and JSON out.
//!
//! Every write has an `Idempotency-Key` made of the caller's reference, which Stripe keeps for a day; after that the state
//! of the payment itself makes repetitions harmless. Cards only, so that a payment is decided in seconds.

mod events;
mod methods;
mod order_payments;
mod view;

#[cfg(test)]
mod order_tests;
#[cfg(test)]
pub(crate) use view::facts_of;

use futures::FutureExt;
use jiff::Timestamp;
use kit::outbound::{Answer, Call, Outbound, OutboundError};
use serde::Deserialize;
use types::Money;

use crate::units;

use crate::webhook::{self, DisputeId, PaymentChange, SignatureError, WebhookEvent};
use crate::{
    ClientSecret, Payment, PaymentError, PaymentMethod, PaymentProvider, PaymentStatus, ProviderCall, ProviderPaymentId,
};

/// The version of the API whose shapes are read here.
const API_VERSION: &str = "2024-06-20";
const FORM: &str = "application/x-www-form-urlencoded";
/// The metadata that holds the caller's reference.
const REFERENCE: &str = "atoll_reference";
/// The metadata that names the deployment: a Stripe account sends events of all its payments to all its endpoints.
const DEPLOYMENT: &str = "atoll_deployment";
/// Codes with which a refund or a cancellation says that it is too late, or was done already.
const ALREADY_REFUNDED: &str = "charge_already_refunded";
/// The status of a dispute that the cardholder won.
const LOST: &str = "lost";
const UNEXPECTED_STATE: &str = "payment_intent_unexpected_state";
/// The type of an error that says that the idempotency key was used for another request.
const OTHER_REQUEST: &str = "idempotency_error";

/// Stripe's API with a secret key. Its `Debug` shows nothing.
pub struct Stripe {
    outbound: Outbound,
    url: String,
    deployment: String,
    key: String,
    features: order_payments::Features,
}

types::redacted!(Stripe);

#[derive(Deserialize)]
struct Intent {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    client_secret: Option<String>,
    last_payment_error: Option<Failed>,
}

#[derive(Deserialize)]
struct Failed {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    decline_code: Option<String>,
    param: Option<String>,
    charge: Option<String>,
    #[serde(default, deserialize_with = "view::id")]
    payment_method: Option<String>,
    payment_intent: Option<Box<Intent>>,
}

impl Failed {
    /// The id of the attempt: the method's, since an attempt that waits for the payer has no charge yet.
    fn attempt(&self) -> String {
        self.payment_method.as_ref().or(self.charge.as_ref()).or(self.code.as_ref()).cloned().unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: Failed,
}

#[derive(Deserialize)]
struct Refund {
    status: String,
}

impl Stripe {
    /// The API at `url`, for the payments of one deployment.
    pub fn new(outbound: Outbound, url: &str, deployment: &str, key: impl Into<String>) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        let (deployment, features) = (deployment.to_owned(), order_payments::Features::default());
        Self { outbound, url, deployment, key: key.into(), features }
    }

    async fn post(&self, path: &str, key: &str, fields: &[(&str, &str)]) -> Result<Answer, PaymentError> {
        let call = Call::post(format!("{}/v1/{path}", self.url))
            .header("idempotency-key", key)
            .body(FORM, form(fields))
            .repeatable();
        self.send(call).await
    }

    async fn send(&self, call: Call) -> Result<Answer, PaymentError> {
        let call = call.header("authorization", format!("Bearer {}", self.key)).header("stripe-version", API_VERSION);
        let answer = self.outbound.send(call).await?;
        match answer.status {
            // Another request with the same key is under way.
            409 => Err(PaymentError::Unknown(OutboundError::Status { status: answer.status })),
            _ => Ok(answer),
        }
    }
}

impl PaymentProvider for Stripe {
    fn create<'a>(&'a self, reference: &'a str, money: &'a Money) -> ProviderCall<'a, Payment> {
        async move {
            let amount = units::to_provider(money)
                .ok_or_else(|| PaymentError::Unreadable("the amount cannot be charged to a card".to_owned()))?;
            let amount = amount.to_string();
            let currency = money.currency.as_str().to_ascii_lowercase();
            let fields = [
                ("amount", amount.as_str()),
                ("currency", &currency),
                ("payment_method_types[]", "card"),
                ("metadata[atoll_deployment]", &self.deployment),
                ("metadata[atoll_reference]", reference),
            ];
            payment(&self.post("payment_intents", &format!("{reference}:create"), &fields).await?)
        }
        .boxed()
    }

    fn confirm<'a>(
        &'a self,
        reference: &'a str,
        id: &'a ProviderPaymentId,
        method: &'a PaymentMethod,
    ) -> ProviderCall<'a, Payment> {
        async move {
            let path = format!("payment_intents/{id}/confirm");
            let key = format!("{reference}:confirm");
            payment(&self.post(&path, &key, &[("payment_method", method.as_str())]).await?)
        }
        .boxed()
    }

    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, Payment> {
        async move {
            let call = Call::get(format!("{}/v1/payment_intents/{id}", self.url));
            payment(&self.send(call).await?)
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, Payment> {
        async move {
            let call = Call::post(format!("{}/v1/payment_intents/{id}/cancel", self.url)).body(FORM, "").repeatable();
            payment(&self.send(call).await?)
        }
        .boxed()
    }

    fn refund<'a>(&'a self, reference: &'a str, id: &'a ProviderPaymentId) -> ProviderCall<'a, ()> {
        async move {
            let fields = [("payment_intent", id.as_str()), ("metadata[atoll_reference]", reference)];
            let answer = self.post("refunds", &format!("{reference}:refund"), &fields).await?;
            match refusal(&answer)? {
                None => {
                    let refund: Refund = answer.json().map_err(PaymentError::Unreadable)?;
                    // `pending` ends in `succeeded`, or is reported as failed in the dashboard of the account.
                    let ended = matches!(refund.status.as_str(), "failed" | "canceled");
                    if ended { Err(refused(&answer, refund.status)) } else { Ok(()) }
                }
                Some(failed) if failed.code.as_deref() == Some(ALREADY_REFUNDED) => Ok(()),
                Some(failed) => Err(not_done(&answer, failed)),
            }
        }
        .boxed()
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// What an answer that is no success says; none for a success.
fn refusal(answer: &Answer) -> Result<Option<Failed>, PaymentError> {
    if answer.is_success() {
        return Ok(None);
    }
    answer.json::<Refusal>().map(|refusal| Some(refusal.error)).map_err(PaymentError::Unreadable)
}

fn refused(answer: &Answer, code: String) -> PaymentError {
    PaymentError::Refused { status: answer.status, code }
}

fn not_done(answer: &Answer, failed: Failed) -> PaymentError {
    if failed.kind.as_deref() == Some(OTHER_REQUEST) {
        return PaymentError::OtherRequest;
    }
    let code = failed.code.unwrap_or_else(|| "unknown".to_owned());
    if code == UNEXPECTED_STATE { PaymentError::State { code } } else { refused(answer, code) }
}

/// The payment in an answer. A card that is refused is an answer too (402), with the payment inside.
fn payment(answer: &Answer) -> Result<Payment, PaymentError> {
    match refusal(answer)? {
        None => read(answer.json::<Intent>().map_err(PaymentError::Unreadable)?),
        Some(mut failed) if answer.status == 402 && failed.payment_intent.is_some() => {
            let code = failed.decline_code.take().or(failed.code.take());
            let intent = failed.payment_intent.ok_or_else(|| PaymentError::Unreadable("no payment".to_owned()))?;
            let mut payment = read(*intent)?;
            payment.status = PaymentStatus::Declined { code: code.unwrap_or_else(|| "card_declined".to_owned()) };
            Ok(payment)
        }
        Some(failed) => Err(not_done(answer, failed)),
    }
}

fn read(intent: Intent) -> Result<Payment, PaymentError> {
    let status = match intent.status.as_str() {
        "requires_payment_method" | "requires_confirmation" => match intent.last_payment_error {
            None => PaymentStatus::Open,
            Some(failed) => PaymentStatus::Declined { code: word(failed) },
        },
        "requires_action" => PaymentStatus::RequiresAction,
        "processing" => PaymentStatus::Processing,
        "succeeded" => PaymentStatus::Succeeded,
        "canceled" => PaymentStatus::Canceled,
        other => return Err(PaymentError::Unreadable(format!("a payment is {other}"))),
    };
    let money = units::from_provider(intent.amount, &intent.currency).map_err(PaymentError::Unreadable)?;
    Ok(Payment {
        id: ProviderPaymentId::new(intent.id),
        money,
        status,
        client_secret: intent.client_secret.map(ClientSecret::new),
    })
}

fn word(failed: Failed) -> String {
    failed.decline_code.or(failed.code).unwrap_or_else(|| "card_declined".to_owned())
}

/// A reader of Stripe's webhook events, which must be signed with the endpoint's secret. Redacted in `Debug`.
pub struct Webhooks {
    deployment: String,
    secret: String,
}

types::redacted!(Webhooks);

/// Why a webhook event is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The signature does not verify.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The signed body cannot be read.
    #[error("the message cannot be read: {0}")]
    Unreadable(String),
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: serde_json::Value,
}

#[derive(Deserialize)]
struct Paid {
    id: String,
    #[serde(default)]
    amount_received: i64,
    currency: String,
    last_payment_error: Option<Failed>,
}

#[derive(Deserialize)]
struct Charge {
    payment_intent: Option<String>,
    amount_refunded: i64,
    currency: String,
}

#[derive(Deserialize)]
struct Dispute {
    id: String,
    payment_intent: Option<String>,
    amount: i64,
    currency: String,
    status: String,
}

impl Webhooks {
    /// A reader for the endpoint with this secret and the payments of one deployment.
    pub fn new(deployment: &str, secret: impl Into<String>) -> Self {
        Self { deployment: deployment.to_owned(), secret: secret.into() }
    }

    /// Verifies and reads an event.
    pub fn read(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<WebhookEvent, WebhookError> {
        webhook::verify(self.secret.as_bytes(), signature, body, now)?;
        let event: Event = parse(body)?;
        let object = event.data.object;
        let metadata = &object["metadata"];
        let ours = metadata[DEPLOYMENT] == self.deployment.as_str();
        let reference = metadata[REFERENCE].as_str().filter(|_| ours).map(str::to_owned);
        Ok(WebhookEvent { reference, change: change(&event.kind, object)? })
    }
}

fn change(kind: &str, object: serde_json::Value) -> Result<PaymentChange, WebhookError> {
    let unreadable = |error: serde_json::Error| WebhookError::Unreadable(format!("{:?}", error.classify()));
    let paid = |object| serde_json::from_value::<Paid>(object).map_err(unreadable);
    Ok(match kind {
        "payment_intent.succeeded" => {
            let paid = paid(object)?;
            let money = units::from_provider(paid.amount_received, &paid.currency).map_err(WebhookError::Unreadable)?;
            PaymentChange::Succeeded { payment: ProviderPaymentId::new(paid.id), money }
        }
        "payment_intent.payment_failed" => {
            let paid = paid(object)?;
            let code = paid.last_payment_error.map_or_else(|| "card_declined".to_owned(), word);
            PaymentChange::Declined { payment: ProviderPaymentId::new(paid.id), code }
        }
        "payment_intent.canceled" => PaymentChange::Canceled { payment: ProviderPaymentId::new(paid(object)?.id) },
        "charge.refunded" => {
            let charge = serde_json::from_value::<Charge>(object).map_err(unreadable)?;
            match charge.payment_intent {
                Some(id) => {
                    let total = units::from_provider(charge.amount_refunded, &charge.currency);
                    PaymentChange::Refunded {
                        payment: ProviderPaymentId::new(id),
                        total: total.map_err(WebhookError::Unreadable)?,
                    }
                }
                None => PaymentChange::Other,
            }
        }
        "charge.dispute.created" | "charge.dispute.closed" => {
            let dispute = serde_json::from_value::<Dispute>(object).map_err(unreadable)?;
            disputed(dispute, kind == "charge.dispute.closed")?
        }
        _ => PaymentChange::Other,
    })
}

/// Inquiries (`warning_…`) are disputes too: their money is frozen, and released when they are closed.
fn disputed(dispute: Dispute, closed: bool) -> Result<PaymentChange, WebhookError> {
    let Some(payment) = dispute.payment_intent.map(ProviderPaymentId::new) else { return Ok(PaymentChange::Other) };
    let money = units::from_provider(dispute.amount, &dispute.currency).map_err(WebhookError::Unreadable)?;
    let (id, lost) = (DisputeId::new(dispute.id), dispute.status == LOST);
    Ok(if closed {
        PaymentChange::DisputeClosed { dispute: id, payment, money, lost }
    } else {
        PaymentChange::DisputeOpened { dispute: id, payment, money }
    })
}

fn parse(body: &[u8]) -> Result<Event, WebhookError> {
    serde_json::from_slice(body).map_err(|error| WebhookError::Unreadable(format!("{:?}", error.classify())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &serde_json::Value) -> Answer {
        Answer { status, body: body.to_string().into_bytes() }
    }

    fn intent(status: &str, error: Option<&serde_json::Value>) -> serde_json::Value {
        json!({ "id": "pi_1", "object": "payment_intent", "amount": 1250, "currency": "eur", "status": status,
            "client_secret": "pi_1_secret_2", "last_payment_error": error })
    }

    #[test]
    fn every_status_of_a_payment_is_understood() {
        let declined = json!({ "code": "card_declined", "decline_code": "insufficient_funds" });
        for (body, status) in [
            (intent("requires_payment_method", None), PaymentStatus::Open),
            (intent("requires_confirmation", None), PaymentStatus::Open),
            (intent("requires_action", None), PaymentStatus::RequiresAction),
            (intent("processing", None), PaymentStatus::Processing),
            (intent("succeeded", None), PaymentStatus::Succeeded),
            (intent("canceled", None), PaymentStatus::Canceled),
            (
                intent("requires_payment_method", Some(&declined)),
                PaymentStatus::Declined { code: "insufficient_funds".into() },
            ),
        ] {
            let payment = payment(&answer(200, &body)).unwrap();
            assert_eq!((payment.status, payment.money.amount_minor), (status, 1250), "{body}");
            assert_eq!((payment.id.as_str(), payment.money.currency.as_str()), ("pi_1", "EUR"));
        }
        let mut refused = json!({ "error": { "type": "card_error", "code": "card_declined" } });
        refused["error"]["payment_intent"] = intent("requires_payment_method", Some(&declined));
        let payment = payment(&answer(402, &refused)).unwrap();
        assert_eq!(payment.status, PaymentStatus::Declined { code: "card_declined".into() });
    }

    #[test]
    fn what_cannot_be_done_is_told_apart_and_quotes_nothing() {
        let refusal = |code: &str| json!({ "error": { "code": code, "message": "No such key sk_test_secret" } });
        let state = payment(&answer(400, &refusal(UNEXPECTED_STATE))).unwrap_err();
        assert_eq!(state, PaymentError::State { code: UNEXPECTED_STATE.into() });
        let never = payment(&answer(401, &refusal("api_key_expired"))).unwrap_err();
        assert_eq!(never.to_string(), "refused with 401: api_key_expired");
        let html = Answer { status: 200, body: b"<html>secret".to_vec() };
        assert!(!payment(&html).unwrap_err().to_string().contains("secret"));
        assert!(matches!(payment(&answer(200, &intent("new_word", None))), Err(PaymentError::Unreadable(_))));
    }

    #[test]
    fn messages_say_whose_payment_and_what_happened() {
        let (webhooks, now) = (Webhooks::new("here", "whsec"), Timestamp::from_second(1_700_000_000).unwrap());
        let reference = "invoice:42";
        let read = |kind: &str, object: serde_json::Value| {
            let body = json!({ "id": "evt_1", "type": kind, "data": { "object": object } }).to_string();
            webhooks.read(&webhook::sign(b"whsec", body.as_bytes(), now), body.as_bytes(), now)
        };
        let ours = |mut object: serde_json::Value| {
            object["metadata"] = json!({ "atoll_deployment": "here", "atoll_reference": reference });
            object
        };
        let paid = ours(json!({ "id": "pi_1", "amount_received": 1250, "currency": "eur" }));
        let notice = read("payment_intent.succeeded", paid.clone()).unwrap();
        assert_eq!(notice.reference.as_deref(), Some(reference));
        for metadata in [
            json!({ "atoll_reference": reference }),
            json!({
            "atoll_deployment": "elsewhere", "atoll_reference": reference }),
        ] {
            let mut foreign = paid.clone();
            foreign["metadata"] = metadata;
            assert_eq!(read("payment_intent.succeeded", foreign).unwrap().reference, None);
        }
        assert!(matches!(notice.change, PaymentChange::Succeeded { money, .. } if money.amount_minor == 1250));
        let canceled = read("payment_intent.canceled", paid.clone()).unwrap().change;
        assert_eq!(canceled, PaymentChange::Canceled { payment: ProviderPaymentId::new("pi_1") });
        let declined = read("payment_intent.payment_failed", paid).unwrap().change;
        assert_eq!(
            declined,
            PaymentChange::Declined { payment: ProviderPaymentId::new("pi_1"), code: "card_declined".into() }
        );
        let charge = json!({ "payment_intent": "pi_1", "amount_refunded": 300, "currency": "isk" });
        let refunded = read("charge.refunded", charge).unwrap();
        let krona = |minor| Money::new(minor, types::CurrencyCode::parse("ISK").unwrap());
        let wanted = PaymentChange::Refunded { payment: ProviderPaymentId::new("pi_1"), total: krona(3) };
        assert_eq!(refunded, WebhookEvent { reference: None, change: wanted });
        assert_eq!(read("customer.created", json!({})).unwrap().change, PaymentChange::Other);
        for (kind, status, lost) in
            [("created", "needs_response", None), ("closed", "won", Some(false)), ("closed", "lost", Some(true))]
        {
            let dispute =
                json!({ "id": "dp_1", "payment_intent": "pi_1", "amount": 500, "currency": "isk", "status": status });
            let read = read(&format!("charge.dispute.{kind}"), dispute).unwrap().change;
            let (dispute, payment, money) = (DisputeId::new("dp_1"), ProviderPaymentId::new("pi_1"), krona(5));
            let wanted = match lost {
                None => PaymentChange::DisputeOpened { dispute, payment, money },
                Some(lost) => PaymentChange::DisputeClosed { dispute, payment, money, lost },
            };
            assert_eq!(read, wanted);
        }
        assert!(matches!(read("charge.refunded", json!({})), Err(WebhookError::Unreadable(_))));
        let forged = webhooks.read(&webhook::sign(b"other", b"{}", now), b"{}", now);
        assert_eq!(forged, Err(WebhookError::Signature(SignatureError::Wrong)));
    }

    #[test]
    fn secrets_are_not_shown() {
        let outbound = Outbound::new(kit::outbound::Limits::within(crate::CALL_IN_STEP)).unwrap();
        assert_eq!(format!("{:?}", Stripe::new(outbound, "https://x", "here", "sk_live_1")), "Stripe(redacted)");
        assert_eq!(format!("{:?}", Webhooks::new("here", "whsec_1")), "Webhooks(redacted)");
    }
}
