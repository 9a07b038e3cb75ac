//! Stripe as a provider of payments for orders.
//!
//! Metadata of an intent: `atoll_deployment`, `atoll_payment` (our payment id), and `cap_<our capture id>` for each capture, of
//! which Stripe keeps 50 keys in all. Metadata of a refund: `atoll_deployment` and `atoll_refund`. The keys differ from those of
//! deposits and donations, so that one account serves both and neither takes the other's webhooks for its own.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt;
use kit::outbound::{Answer, Call};
use types::Money;

use super::view::{self, Intent};
use super::{FORM, Failed, Stripe, UNEXPECTED_STATE, not_done, refusal};
use crate::order_payments::{
    Capabilities, CaptureMode, CaptureRequest, Confirmation, NewPayment, NotPayable, OrderPayments, ProviderPayment,
    RefundRequest,
};
use crate::{PaymentError, ProviderCall, ProviderPaymentId, SavedMethods, units};

/// The metadata that holds our payment id.
pub(super) const PAYMENT: &str = "atoll_payment";
/// The metadata of a refund that holds our refund id.
pub(super) const REFUND: &str = "atoll_refund";
/// Prefix of the metadata that holds our capture ids. Keys have at most 40 characters.
pub(super) const CAPTURE: &str = "cap_";
/// What a view is read from. Stripe refuses more than four levels.
const EXPANSIONS: [&str; 2] = ["latest_charge", "latest_charge.refunds"];
/// The most that a card is charged at once, in the provider's units: eight digits.
const MAX_AMOUNT: i64 = 99_999_999;
/// The parameter that accounts without the feature may not send.
const MULTI_CAPTURE: &str = "payment_method_options[card][request_multicapture]";

/// Whether this process has seen that the account may not ask for several captures.
#[derive(Default)]
pub(super) struct Features {
    single_capture: AtomicBool,
}

type Fields = Vec<(String, String)>;

fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn expansions(prefix: &str) -> Fields {
    EXPANSIONS.iter().map(|path| field("expand[]", format!("{prefix}{path}"))).collect()
}

impl Stripe {
    pub(super) async fn form(&self, path: &str, key: Option<&str>, fields: &Fields) -> Result<Answer, PaymentError> {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut call = Call::post(format!("{}/v1/{path}", self.url)).body(FORM, super::form(&pairs)).repeatable();
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        self.send(call).await
    }

    pub(super) async fn read(&self, path: &str, query: &Fields) -> Result<Answer, PaymentError> {
        let pairs: Vec<_> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send(Call::get(format!("{}/v1/{path}?{}", self.url, super::form(&pairs)))).await
    }

    /// The name of the deployment, in each object that is created.
    pub(super) fn ours(&self) -> (String, String) {
        field("metadata[atoll_deployment]", &*self.deployment)
    }

    /// The view of an intent, with its disputes and all of its refunds.
    async fn view(&self, intent: Intent) -> Result<ProviderPayment, PaymentError> {
        let about = vec![field("payment_intent", &*intent.id), field("limit", "100")];
        let disputes = match &intent.latest_charge {
            Some(charge) if charge.disputed => Some(view::list(&self.read("disputes", &about).await?)?),
            _ => None,
        };
        let refunds = match &intent.latest_charge {
            Some(charge) if charge.refunds.has_more => Some(view::list(&self.read("refunds", &about).await?)?),
            _ => None,
        };
        view::read(intent, refunds, disputes.unwrap_or_default(), &self.deployment)
    }

    async fn viewed(&self, answer: &Answer) -> Result<ProviderPayment, PaymentError> {
        match refusal(answer)? {
            None => self.view(answer.json::<Intent>().map_err(PaymentError::Unreadable)?).await,
            // The refused card is in the intent, as Stripe has it now.
            Some(failed) if answer.status == 402 && failed.payment_intent.is_some() => {
                let id = failed.payment_intent.map(|intent| ProviderPaymentId::new(intent.id));
                let id = id.ok_or_else(|| PaymentError::Unreadable("no payment".to_owned()))?;
                let mut found = OrderPayments::find(self, &id).await?;
                found.decline = failed.decline_code.or(failed.code).or(found.decline);
                Ok(found)
            }
            Some(failed) => Err(in_state(answer, failed)),
        }
    }

    /// The current view, if it has what was asked for although the answer was a refusal because of the state.
    async fn done_before(
        &self,
        id: &ProviderPaymentId,
        error: PaymentError,
        is_done: impl FnOnce(&ProviderPayment) -> bool + Send,
    ) -> Result<ProviderPayment, PaymentError> {
        if !matches!(error, PaymentError::State { .. }) {
            return Err(error);
        }
        let found = OrderPayments::find(self, id).await?;
        if is_done(&found) { Ok(found) } else { Err(error) }
    }

    fn creation(&self, new: &NewPayment, single_capture: bool) -> Result<Fields, PaymentError> {
        let mut fields = vec![
            field("amount", amount(&new.money)?),
            field("currency", new.money.currency.as_str().to_ascii_lowercase()),
            field("payment_method_types[]", "card"),
            field("description", format!("Order {}", new.order_number)),
            self.ours(),
            field("metadata[atoll_payment]", &*new.reference),
        ];
        if new.capture == CaptureMode::Manual {
            fields.push(field("capture_method", "manual"));
            if !single_capture {
                fields.push(field(MULTI_CAPTURE, "if_available"));
            }
        }
        fields.extend(new.customer.iter().map(|customer| field("customer", customer.as_str())));
        fields.extend(new.method.iter().map(|method| field("payment_method", method.as_str())));
        if new.save_method && new.method.is_none() {
            fields.push(field("setup_future_usage", "off_session"));
        }
        fields.extend(expansions(""));
        Ok(fields)
    }
}

/// The amount in Stripe's units.
fn amount(money: &Money) -> Result<String, PaymentError> {
    let amount = units::to_provider(money).filter(|amount| *amount > 0);
    let refused = || PaymentError::Refused { status: 400, code: "amount_not_expressible".to_owned() };
    amount.map(|amount| amount.to_string()).ok_or_else(refused)
}

/// Refusals because of what is left of the payment are about its state.
fn in_state(answer: &Answer, failed: Failed) -> PaymentError {
    let about_amount = matches!(failed.param.as_deref(), Some("amount" | "amount_to_capture"));
    let code = failed.code.clone().unwrap_or_else(|| "amount".to_owned());
    let by_code = matches!(
        code.as_str(),
        UNEXPECTED_STATE
            | "charge_already_refunded"
            | "charge_already_captured"
            | "charge_disputed"
            | "charge_expired_for_capture"
            | "amount_too_large"
            | "capture_charge_authorization_expired"
            | "capture_unauthorized_payment"
    );
    if by_code || (about_amount && answer.status == 400) {
        PaymentError::State { code }
    } else {
        not_done(answer, failed)
    }
}

impl OrderPayments for Stripe {
    fn capabilities(&self) -> Capabilities {
        Capabilities { multi_capture: true, find_by_reference: true, confirm_after_approval: false }
    }

    fn payable(&self, money: &Money) -> Result<(), NotPayable> {
        if !units::is_card_currency(&money.currency) {
            return Err(NotPayable::Currency);
        }
        let max = units::from_provider(MAX_AMOUNT, &money.currency.as_str().to_ascii_lowercase());
        let max = max.map_or(MAX_AMOUNT / 100, |max| max.amount_minor);
        if !(1..=max).contains(&money.amount_minor) {
            return Err(NotPayable::Amount { max });
        }
        let min = units::minimum(&money.currency);
        if money.amount_minor < min {
            return Err(NotPayable::TooSmall { min });
        }
        units::to_provider(money).map(drop).ok_or_else(|| NotPayable::Step(units::step(&money.currency)))
    }

    fn create<'a>(&'a self, new: &'a NewPayment) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let single = self.features.single_capture.load(Ordering::Relaxed);
            let key = |single: bool| {
                format!("{}:create:{}{}", new.reference, new.attempt, if single { ":single" } else { "" })
            };
            let answer = self.form("payment_intents", Some(&key(single)), &self.creation(new, single)?).await?;
            let refused = refusal(&answer)?.is_some_and(|failed| failed.param.as_deref() == Some(MULTI_CAPTURE));
            if !refused || single {
                return self.viewed(&answer).await;
            }
            self.features.single_capture.store(true, Ordering::Relaxed);
            let answer = self.form("payment_intents", Some(&key(true)), &self.creation(new, true)?).await?;
            self.viewed(&answer).await
        }
        .boxed()
    }

    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let answer = self.read(&format!("payment_intents/{id}"), &expansions("")).await?;
            self.viewed(&answer).await
        }
        .boxed()
    }

    fn find_by_reference<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, Option<ProviderPayment>> {
        async move {
            let query = format!(
                "metadata['{PAYMENT}']:'{}' AND metadata['atoll_deployment']:'{}'",
                quoted(reference),
                quoted(&self.deployment)
            );
            let mut fields = vec![field("query", query), field("limit", "100")];
            fields.extend(expansions("data."));
            let answer = self.read("payment_intents/search", &fields).await?;
            if let Some(failed) = refusal(&answer)? {
                return Err(not_done(&answer, failed));
            }
            let found: Vec<Intent> = view::list(&answer)?;
            // A spoilt key may have made two. The one that a buyer could pay counts.
            let best = found.into_iter().max_by_key(Intent::progress);
            match best {
                None => Ok(None),
                Some(intent) => self.view(intent).await.map(Some),
            }
        }
        .boxed()
    }

    fn confirm<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        confirmation: &'a Confirmation,
    ) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let mut fields = expansions("");
            fields.extend(confirmation.method.iter().map(|method| field("payment_method", method.as_str())));
            fields.extend(confirmation.return_url.iter().map(|url| field("return_url", &**url)));
            if confirmation.off_session {
                fields.push(field("off_session", "true"));
            }
            let key = format!("{}:confirm:{}", confirmation.reference, confirmation.attempt);
            let answer = self.form(&format!("payment_intents/{id}/confirm"), Some(&key), &fields).await?;
            match self.viewed(&answer).await {
                Err(error) => self.done_before(id, error, ProviderPayment::is_confirmed).await,
                viewed => viewed,
            }
        }
        .boxed()
    }

    fn capture<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        capture: &'a CaptureRequest,
    ) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let mut fields = expansions("");
            fields.push(field("amount_to_capture", amount(&capture.money)?));
            fields.push(field(&format!("metadata[{CAPTURE}{}]", capture.id), capture.money.amount_minor.to_string()));
            if !capture.is_final {
                fields.push(field("final_capture", "false"));
            }
            let key = format!("{}:capture:{}", capture.id, capture.attempt);
            let answer = self.form(&format!("payment_intents/{id}/capture"), Some(&key), &fields).await?;
            match self.viewed(&answer).await {
                Err(error) => self.done_before(id, error, |found| found.our_captures.contains(&capture.id)).await,
                viewed => viewed,
            }
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let answer = self.form(&format!("payment_intents/{id}/cancel"), None, &expansions("")).await?;
            match self.viewed(&answer).await {
                Err(error) => {
                    // Of a part that was captured, the rest was released.
                    let is_done = |found: &ProviderPayment| {
                        found.facts.closed && found.facts.captured_minor() < found.facts.authorized_minor.max(1)
                    };
                    self.done_before(id, error, is_done).await
                }
                viewed => viewed,
            }
        }
        .boxed()
    }

    fn refund<'a>(&'a self, id: &'a ProviderPaymentId, refund: &'a RefundRequest) -> ProviderCall<'a, ProviderPayment> {
        async move {
            let fields = vec![
                field("payment_intent", id.as_str()),
                field("amount", amount(&refund.money)?),
                self.ours(),
                field(&format!("metadata[{REFUND}]"), &*refund.id),
            ];
            let key = format!("{}:refund:{}", refund.id, refund.attempt);
            let answer = self.form("refunds", Some(&key), &fields).await?;
            match refusal(&answer)? {
                None => OrderPayments::find(self, id).await,
                Some(failed) => {
                    let error = in_state(&answer, failed);
                    self.done_before(id, error, |found| found.facts.refund(&refund.id).is_some()).await
                }
            }
        }
        .boxed()
    }

    fn saved_methods(&self) -> Option<&dyn SavedMethods> {
        Some(self)
    }
}

/// A text within the quotes of a search query.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}
