//! Stripe's webhooks for orders.

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;

use super::methods::SETUP;
use super::order_payments::PAYMENT;
use super::{DEPLOYMENT, Event, WebhookError, Webhooks, parse};
use crate::order_webhooks::{Headers, OrderEvent, OrderWebhookError, OrderWebhooks, Owner};
use crate::webhook::{self, SignatureError};
use crate::{CustomerId, ProviderPaymentId, SetupId};

/// The header with the signature.
const SIGNATURE: &str = "stripe-signature";

impl OrderWebhooks for Webhooks {
    fn read<'a>(
        &'a self,
        headers: Headers<'a>,
        body: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<OrderEvent, OrderWebhookError>> {
        async move {
            let signature = headers(SIGNATURE).ok_or(WebhookError::Signature(SignatureError::Malformed))?;
            webhook::verify(self.secret.as_bytes(), &signature, body, now).map_err(WebhookError::Signature)?;
            let event: Event = parse(body)?;
            Ok(self.order_event(&event.kind, &event.data.object))
        }
        .boxed()
    }
}

impl Webhooks {
    fn order_event(&self, kind: &str, object: &Value) -> OrderEvent {
        let text = |name: &str| object[name].as_str().or_else(|| object[name]["id"].as_str()).map(str::to_owned);
        let payment = |id: Option<String>| match id {
            Some(id) => OrderEvent::Payment { id: ProviderPaymentId::new(id), owner: self.owner(object, PAYMENT) },
            None => OrderEvent::Other,
        };
        match kind.split('.').next() {
            Some("payment_intent") => payment(text("id")),
            // Refunds and disputes have kinds of their own, and charges of theirs: each names its intent.
            Some("charge" | "refund") => payment(text("payment_intent")),
            Some("setup_intent") => match text("id") {
                Some(id) => OrderEvent::Setup {
                    id: SetupId::new(id),
                    owner: self.owner(object, SETUP),
                    customer: text("customer").map(CustomerId::new),
                },
                None => OrderEvent::Other,
            },
            Some("payment_method") => methods(text("customer")),
            Some("customer") if object["object"] == "customer" => methods(text("id")),
            _ => OrderEvent::Other,
        }
    }

    fn owner(&self, object: &Value, reference: &str) -> Owner {
        let metadata = &object["metadata"];
        match (metadata[DEPLOYMENT].as_str(), metadata[reference].as_str()) {
            (Some(deployment), Some(reference)) if deployment == self.deployment => {
                Owner::Ours { reference: reference.to_owned() }
            }
            // A refund of ours names itself and not its payment.
            (Some(deployment), None)
                if deployment == self.deployment && metadata[super::order_payments::REFUND].is_string() =>
            {
                Owner::Unstated
            }
            (Some(_), _) => Owner::Other,
            (None, _) => Owner::Unstated,
        }
    }
}

fn methods(customer: Option<String>) -> OrderEvent {
    customer.map_or(OrderEvent::Other, |id| OrderEvent::Methods { customer: CustomerId::new(id) })
}
