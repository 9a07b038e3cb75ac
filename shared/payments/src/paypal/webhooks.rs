//! PayPal's webhooks.
//!
//! A signature is verified by PayPal's own endpoint, and not here. Verifying it offline needs the certificate that the
//! sender's header names: fetching it, building its chain to a root, checking its names and validity, and RSA. That is the
//! part in which mistakes forge webhooks, and it is PayPal's to change. The endpoint needs one call over an authenticated
//! connection, gets the raw body unchanged, and fails closed: no answer is 503, and PayPal sends the event again. Since an event
//! only causes a look-up, its content is never believed.
//!
//! Before that call, what cannot be PayPal's is refused, so that strangers cannot make the function call PayPal at will with
//! anything: missing headers, another algorithm, a certificate of another host, a time outside of PayPal's three days of retries.

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Outcome, PayPal, outcome};
use super::view::{self, CustomId};
use crate::order_webhooks::{Headers, OrderEvent, OrderWebhookError, OrderWebhooks, Owner};
use crate::webhook::SignatureError;
use crate::{PaymentError, ProviderPaymentId, WebhookError};

const VERIFY: &str = "/v1/notifications/verify-webhook-signature";
/// PayPal repeats an event for three days; whether under its first time is not documented.
const OLDEST: SignedDuration = SignedDuration::from_hours(80);
/// How far its clock may be ahead.
const NEWEST: SignedDuration = SignedDuration::from_mins(5);
/// More than any of its headers has, in bytes.
const MAX_HEADER: usize = 1_000;

#[derive(Deserialize)]
struct Verdict {
    verification_status: String,
}

#[derive(Deserialize)]
struct Event {
    event_type: String,
    #[serde(default)]
    resource: Value,
}

/// What an event names.
enum Subject {
    Order(String),
    Capture(String),
    Nothing,
}

impl OrderWebhooks for PayPal {
    fn read<'a>(
        &'a self,
        headers: Headers<'a>,
        body: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<OrderEvent, OrderWebhookError>> {
        async move {
            let (event, text) = parsed(body)?;
            let claim = self.claim(headers, now)?;
            self.verify(claim, text).await?;
            self.order_event(&event).await
        }
        .boxed()
    }
}

/// The event, and the raw text that it was read from, which is one JSON value and nothing else.
fn parsed(body: &[u8]) -> Result<(Event, &str), WebhookError> {
    let unreadable = |what: &str| WebhookError::Unreadable(what.to_owned());
    let text = std::str::from_utf8(body).map_err(|_| unreadable("it is not UTF-8"))?;
    let event = serde_json::from_str(text).map_err(|error| unreadable(&format!("{:?}", error.classify())))?;
    Ok((event, text))
}

impl PayPal {
    /// What the headers claim, as the endpoint wants it.
    fn claim(&self, headers: Headers<'_>, now: Timestamp) -> Result<Value, WebhookError> {
        let header = |name: &str| {
            let value = headers(name).filter(|value| !value.is_empty() && value.len() <= MAX_HEADER);
            value.ok_or(WebhookError::Signature(SignatureError::Malformed))
        };
        let (algorithm, certificate) = (header("paypal-auth-algo")?, header("paypal-cert-url")?);
        let time = header("paypal-transmission-time")?;
        if algorithm != "SHA256withRSA" || !is_of_paypal(&certificate) || self.credentials.webhook_id.is_empty() {
            return Err(SignatureError::Malformed.into());
        }
        let sent: Timestamp = time.parse().map_err(|_| SignatureError::Malformed)?;
        let age = now.duration_since(sent);
        if age > OLDEST || age < -NEWEST {
            return Err(SignatureError::Stale.into());
        }
        Ok(json!({
            "auth_algo": algorithm,
            "cert_url": certificate,
            "transmission_id": header("paypal-transmission-id")?,
            "transmission_sig": header("paypal-transmission-sig")?,
            "transmission_time": time,
            "webhook_id": self.credentials.webhook_id,
        }))
    }

    async fn verify(&self, claim: Value, event: &str) -> Result<(), OrderWebhookError> {
        // The signature is over the raw text: parsing and writing it again would change it.
        let claim = claim.to_string();
        let fields = claim.strip_suffix('}').unwrap_or_default();
        let answer = self.post_text(VERIFY, None, format!("{fields},\"webhook_event\":{event}}}")).await?;
        match outcome::<Verdict>(&answer)? {
            Outcome::Done(verdict) if verdict.verification_status == "SUCCESS" => Ok(()),
            // A refusal of the schema (400) is about what the sender claimed.
            Outcome::Done(_) => Err(WebhookError::Signature(SignatureError::Wrong).into()),
            Outcome::Refused(refusal) if matches!(refusal.status, 400 | 422) => {
                Err(WebhookError::Signature(SignatureError::Wrong).into())
            }
            Outcome::Refused(refusal) => Err(refusal.error().into()),
        }
    }

    async fn order_event(&self, event: &Event) -> Result<OrderEvent, OrderWebhookError> {
        let order = match subject(&event.event_type, &event.resource) {
            Subject::Order(order) => Some(order),
            Subject::Capture(capture) => self.order_of_capture(&capture).await?,
            Subject::Nothing => None,
        };
        Ok(match order {
            Some(id) => OrderEvent::Payment { id: ProviderPaymentId::new(id), owner: self.owner(&event.resource) },
            None => OrderEvent::Other,
        })
    }

    /// The order of a capture; none if the capture is not one of Checkout.
    async fn order_of_capture(&self, capture: &str) -> Result<Option<String>, PaymentError> {
        match self.get::<Value>(&format!("/v2/payments/captures/{capture}")).await? {
            Outcome::Done(capture) => Ok(related(&capture, "order_id").or_else(|| up(&capture, view::order_of))),
            Outcome::Refused(_) => Ok(None),
        }
    }

    fn owner(&self, resource: &Value) -> Owner {
        let of_unit = || resource["purchase_units"][0]["custom_id"].as_str();
        let of_dispute = || resource["disputed_transactions"][0]["custom"].as_str();
        match resource["custom_id"].as_str().or_else(of_unit).or_else(of_dispute).filter(|text| !text.is_empty()) {
            None => Owner::Unstated,
            Some(text) => match view::custom_id(text, &self.deployment) {
                CustomId::Payment(reference) => Owner::Ours { reference: reference.to_owned() },
                CustomId::Refund(_) => Owner::Unstated,
                CustomId::Other => Owner::Other,
            },
        }
    }
}

fn subject(kind: &str, resource: &Value) -> Subject {
    let id = |value: Option<&str>| value.filter(|id| view::is_id(id)).map(str::to_owned);
    let order = || related(resource, "order_id").or_else(|| up(resource, view::order_of));
    let capture = || related(resource, "capture_id").or_else(|| up(resource, view::capture_of));
    let found = if kind.starts_with("CHECKOUT.ORDER.") || kind.starts_with("CHECKOUT.PAYMENT-APPROVAL.") {
        id(resource["id"].as_str().or_else(|| resource["order_id"].as_str())).map(Subject::Order)
    } else if kind.starts_with("PAYMENT.") {
        order().map(Subject::Order).or_else(|| capture().map(Subject::Capture))
    } else if kind.starts_with("CUSTOMER.DISPUTE.") {
        id(resource["disputed_transactions"][0]["seller_transaction_id"].as_str()).map(Subject::Capture)
    } else {
        None
    };
    found.unwrap_or(Subject::Nothing)
}

fn related(resource: &Value, name: &str) -> Option<String> {
    let id = resource["supplementary_data"]["related_ids"][name].as_str();
    id.filter(|id| view::is_id(id)).map(str::to_owned)
}

fn up(resource: &Value, id: impl Fn(&str) -> Option<&str>) -> Option<String> {
    let links = resource["links"].as_array()?;
    let up = links.iter().find(|link| link["rel"] == "up").and_then(|link| link["href"].as_str());
    up.and_then(id).map(str::to_owned)
}

/// Whether a URL is one of PayPal's hosts, over TLS and without anything that could hide another host.
fn is_of_paypal(url: &str) -> bool {
    let Some((host, _)) = url.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else { return false };
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    is_plain && (host == "paypal.com" || host.ends_with(".paypal.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_of_paypal() {
        for good in ["https://api.paypal.com/v1/notifications/certs/CERT-1", "https://api.sandbox.paypal.com/x"] {
            assert!(is_of_paypal(good), "{good}");
        }
        for bad in [
            "http://api.paypal.com/x",
            "https://paypal.com.evil.example/x",
            "https://evilpaypal.com/x",
            "https://api.paypal.com@evil.example/x",
            "https://evil.example/api.paypal.com/x",
            "https://evil.example#.paypal.com/x",
            "https://api.paypal.com",
            "",
        ] {
            assert!(!is_of_paypal(bad), "{bad}");
        }
    }
}
