//! PayPal as a provider of payments for orders.

use futures::FutureExt;
use futures::future::{join_all, try_join_all};
use serde_json::{Value, json};
use types::Money;

use super::client::{Outcome, PayPal};
use super::decimal;
use super::view::{self, Dispute, Disputes, Order};
use crate::facts::{Progressed, RefundProgress};
use crate::order_payments::{
    ApprovalUrl, Capabilities, CaptureMode, CaptureRequest, Confirmation, Continuation, NewPayment, NotPayable,
    OrderPayments, ProviderPayment, RefundRequest,
};
use crate::{PaymentError, ProviderCall, ProviderPaymentId, SavedMethods};

const ORDERS: &str = "/v2/checkout/orders";
const PAYMENTS: &str = "/v2/payments";
/// Issues with which an attempt to take the buyer's money ends.
const DECLINES: [&str; 5] = [
    "INSTRUMENT_DECLINED",
    "TRANSACTION_REFUSED",
    "PAYER_CANNOT_PAY",
    "PAYER_ACCOUNT_RESTRICTED",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
];
/// The buyer must go back to PayPal's page.
const ACTION_REQUIRED: &str = "PAYER_ACTION_REQUIRED";

fn amount(money: &Money) -> Result<Value, PaymentError> {
    let refused = || PaymentError::Refused { status: 400, code: "amount_not_expressible".to_owned() };
    let value = decimal::to_text(money).filter(|_| money.amount_minor > 0).ok_or_else(refused)?;
    Ok(json!({ "currency_code": money.currency.as_str(), "value": value }))
}

impl PayPal {
    async fn order(&self, id: &ProviderPaymentId) -> Result<Order, PaymentError> {
        match self.get(&format!("{ORDERS}/{id}")).await? {
            Outcome::Done(order) => Ok(order),
            Outcome::Refused(refusal) => Err(refusal.error()),
        }
    }

    /// The view of an order, with the disputes of its captures.
    async fn view(&self, order: &Order) -> Result<ProviderPayment, PaymentError> {
        let captures = order.captures();
        let lists = join_all(captures.iter().map(|capture| self.disputes(&capture.id))).await;
        let mut disputes = Vec::new();
        for list in lists {
            disputes.extend(list?);
        }
        view::read(order, &disputes, &self.deployment)
    }

    async fn disputes(&self, capture: &str) -> Result<Vec<Dispute>, PaymentError> {
        let listed: Disputes =
            match self.get(&format!("/v1/customer/disputes?disputed_transaction_id={capture}")).await? {
                Outcome::Done(listed) => listed,
                Outcome::Refused(refusal) => {
                    // The app lacks the permission to read disputes, or nothing was ever disputed.
                    tracing::warn!(code = refusal.code(), "disputes at PayPal cannot be read");
                    return Ok(Vec::new());
                }
            };
        try_join_all(listed.items.into_iter().map(|dispute| self.outcome_of(dispute))).await
    }

    /// A list does not say how a dispute was resolved.
    async fn outcome_of(&self, dispute: Dispute) -> Result<Dispute, PaymentError> {
        if !dispute.is_resolved() || !view::is_id(&dispute.id) {
            return Ok(dispute);
        }
        match self.get(&format!("/v1/customer/disputes/{}", dispute.id)).await? {
            Outcome::Done(whole) => Ok(whole),
            Outcome::Refused(refusal) => Err(refusal.error()),
        }
    }

    /// Refunds what is left to refund, from one capture after the other.
    async fn refund_parts(&self, order: &Order, refund: &RefundRequest) -> Result<(), PaymentError> {
        let before = view::read(order, &[], &self.deployment)?.facts.refund(&refund.id);
        let done = match before {
            // What failed stays failed under this id.
            Some(Progressed { progress: RefundProgress::Failed, .. }) => return Ok(()),
            before => before.map_or(0, |done| done.amount_minor),
        };
        let mut left = refund.money.amount_minor.saturating_sub(done);
        let parts = order.refundable()?;
        let room = parts.iter().fold(0_i64, |sum, (_, room)| sum.saturating_add(*room));
        if left > room {
            return Err(PaymentError::State { code: "REFUND_AMOUNT_EXCEEDED".to_owned() });
        }
        for (capture, room) in parts {
            let part = left.min(room);
            if part == 0 {
                continue;
            }
            let body = json!({
                "amount": amount(&Money::new(part, refund.money.currency.clone()))?,
                "custom_id": format!("{}:{}{}", self.deployment, view::REFUND, refund.id),
            });
            let (path, key) = (
                format!("{PAYMENTS}/captures/{}/refund", capture.id),
                format!("{}:{}:{}", refund.id, capture.id, refund.attempt),
            );
            if let Outcome::Refused(refusal) = self.post(&path, Some(&key), &body).await? {
                return Err(refusal.error());
            }
            left = left.saturating_sub(part);
        }
        Ok(())
    }

    fn creation(&self, new: &NewPayment) -> Result<Value, PaymentError> {
        let missing = || PaymentError::Refused { status: 400, code: "return_url_required".to_owned() };
        let return_url = new.return_url.as_deref().ok_or_else(missing)?;
        Ok(json!({
            "intent": match new.capture {
                CaptureMode::Automatic => "CAPTURE",
                CaptureMode::Manual => "AUTHORIZE",
            },
            "purchase_units": [{
                "amount": amount(&new.money)?,
                "custom_id": format!("{}:{}", self.deployment, new.reference),
                "invoice_id": new.order_number,
            }],
            "payment_source": { "paypal": { "experience_context": {
                "return_url": return_url,
                "cancel_url": new.cancel_url.as_deref().unwrap_or(return_url),
                "user_action": "PAY_NOW",
                // The order has its address already.
                "shipping_preference": "NO_SHIPPING",
            } } },
        }))
    }
}

impl OrderPayments for PayPal {
    fn capabilities(&self) -> Capabilities {
        Capabilities { multi_capture: true, find_by_reference: false, confirm_after_approval: true }
    }

    fn payable(&self, money: &Money) -> Result<(), NotPayable> {
        decimal::payable(money)
    }

    fn create<'a>(&'a self, new: &'a NewPayment) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let key = format!("{}:create:{}", new.reference, new.attempt);
            let order = match self.post(ORDERS, Some(&key), &self.creation(new)?).await? {
                Outcome::Done(order) => order,
                Outcome::Refused(refusal) => return Err(refusal.error()),
            };
            let order: Order =
                serde_json::from_value(order).map_err(|error| PaymentError::Unreadable(error.to_string()))?;
            let view = self.view(&order).await?;
            // A repeated key returns the first order, whatever is asked for.
            if view.money == new.money { Ok(view) } else { Err(PaymentError::OtherRequest) }
        }
        .boxed()
    }

    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        async move { self.view(&self.order(id).await?).await }.boxed()
    }

    fn find_by_reference<'a>(&'a self, _: &'a str) -> ProviderCall<'a, Option<ProviderPayment>> {
        async move { Ok(None) }.boxed()
    }

    fn confirm<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        confirmation: &'a Confirmation,
    ) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let action = match confirmation.capture {
                CaptureMode::Automatic => "capture",
                CaptureMode::Manual => "authorize",
            };
            let key = format!("{}:{action}:{}", confirmation.reference, confirmation.attempt);
            let confirmed = self.post(&format!("{ORDERS}/{id}/{action}"), Some(&key), &json!({})).await?;
            let mut found = self.find(id).await?;
            let Outcome::Refused(refusal) = confirmed else { return Ok(found) };
            let code = refusal.code().to_owned();
            if DECLINES.contains(&code.as_str()) {
                found.facts.failed_attempts.insert(format!("{id}:{}", refusal.debug_id));
                found.decline = Some(code);
            } else if code != ACTION_REQUIRED && !found.is_confirmed() {
                return Err(refusal.error());
            }
            let redirect = refusal.links.iter().find(|link| matches!(link.rel.as_str(), "redirect" | "payer-action"));
            let next = redirect.map(|link| Continuation::ApprovalUrl(ApprovalUrl::new(&*link.href)));
            found.next = found.next.or_else(|| next.filter(|_| !found.facts.closed));
            Ok(found)
        }
        .boxed()
    }

    fn capture<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        capture: &'a CaptureRequest,
    ) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let order = self.order(id).await?;
            let before = view::read(&order, &[], &self.deployment)?;
            if before.our_captures.contains(&capture.id) {
                return self.view(&order).await;
            }
            let Some(authorization) = order.open_authorization() else {
                return Err(PaymentError::State { code: "AUTHORIZATION_ALREADY_CAPTURED".to_owned() });
            };
            let body = json!({
                "amount": amount(&capture.money)?,
                "invoice_id": format!("{}-{}", order.invoice(), capture.id),
                "final_capture": capture.is_final,
            });
            let path = format!("{PAYMENTS}/authorizations/{}/capture", authorization.id);
            let key = format!("{}:capture:{}", capture.id, capture.attempt);
            let captured = self.post(&path, Some(&key), &body).await?;
            match captured {
                Outcome::Done(_) => self.find(id).await,
                Outcome::Refused(refusal) => {
                    let found = self.find(id).await?;
                    if found.our_captures.contains(&capture.id) { Ok(found) } else { Err(refusal.error()) }
                }
            }
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let order = self.order(id).await?;
            let before = self.view(&order).await?;
            let Some(authorization) = order.open_authorization() else {
                let is_taken =
                    !order.captures().is_empty() && before.facts.captured_minor() >= before.facts.authorized_minor;
                if is_taken {
                    return Err(PaymentError::State { code: "ORDER_ALREADY_CAPTURED".to_owned() });
                }
                // Without a confirmation nothing moves, and there will be none.
                let mut closed = before;
                (closed.facts.closed, closed.needs_confirm, closed.next) = (true, false, None);
                return Ok(closed);
            };
            let voided =
                self.post(&format!("{PAYMENTS}/authorizations/{}/void", authorization.id), None, &json!({})).await?;
            let found = self.find(id).await?;
            match voided {
                Outcome::Refused(refusal) if !found.facts.closed => Err(refusal.error()),
                _ => Ok(found),
            }
        }
        .boxed()
    }

    fn refund<'a>(&'a self, id: &'a ProviderPaymentId, refund: &'a RefundRequest) -> ProviderCall<'a, ProviderPayment> {
        async move {
            amount(&refund.money)?;
            self.refund_parts(&self.order(id).await?, refund).await?;
            self.find(id).await
        }
        .boxed()
    }

    fn saved_methods(&self) -> Option<&dyn SavedMethods> {
        None
    }
}
