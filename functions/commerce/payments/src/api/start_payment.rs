//! `POST /v1/commerce/payments`: starts the payment of an order.
//!
//! Emits `payments.payment_started.v1`, and what the provider's answer leads to.

use axum::extract::State;
use contracts::payments::PaymentProviderName;
use jiff::Timestamp;
use kit::auth::Buyer;
use kit::http::{Created, Fields, Invocation, Json, Problem};
use kit::quote::Quote;
use serde::Deserialize;
use types::{BuyerId, PaymentMethodId};
use utoipa::ToSchema;

use crate::api::view::PaymentSession;
use crate::ctx::StartCtx;
use crate::desk::{Advanced, started_outbox};
use crate::domain::limits::STARTS;
use crate::domain::payment::{NextSession, NotStarted, Payment, payment_id};
use crate::problem::{Refusal, refused};
use crate::store::{Beginning, NotSaved, Saved};

/// Request to start the payment of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartPayment {
    /// Quote of the order, as `POST /v1/commerce/orders` or `GET /v1/commerce/orders/{id}` returned it.
    #[schema(min_length = 1, max_length = 4000, example = "eyJhbGciOiJFUzI1NiJ9.eyJvcmRlciI6IjAxOTAifQ.c2lnbmF0dXJl")]
    quote: String,
    /// Provider.
    provider: PaymentProviderName,
    /// Saved payment method to charge. Absent if the buyer pays with the provider's form or page.
    method_id: Option<PaymentMethodId>,
    /// Whether the method is saved for later payments of the user. Not for guests.
    #[serde(default)]
    save_method: bool,
}

/// Start a payment
///
/// Starts the payment of an order for its buyer, or continues it: an order has one payment, and repeating the request returns it.
/// Users send their access token, guests the `Guest-Key`. With Stripe, complete the payment with `clientSecret`; with PayPal,
/// send the buyer to `approvalUrl`. With `methodId`, the saved card is charged at once; the buyer may still have to authenticate.
/// Changing the provider closes the session with the other one first. The buyer has 30 minutes; then the payment is cancelled,
/// unless the money has arrived. Publishes `payments.payment_started.v1`. Limits: 20 starts per buyer and hour, 10 sessions per
/// payment: how often the provider may be changed, and one.
#[utoipa::path(
    post, path = "/v1/commerce/payments", operation_id = "start_payment", tag = "payments",
    security(("bearer" = []), ("guestKey" = [])),
    request_body = StartPayment,
    responses(
        (status = 201, description = "The payment, and how the buyer goes on", body = PaymentSession),
        (status = 404, description = "`payments.no_such_order`: the quote is of another buyer's order; `payments.no_such_method`: no saved payment method of the caller with this ID; `payments.no_such_user`: the account was deleted"),
        (status = 409, description = "`payments.payment_closed`: the payment has ended without money; `payments.payment_in_progress`: a payment with the other provider is being charged; `payments.other_amount`: the payment was started with another amount; `payments.method_refused`: the provider does not accept the saved method; `payments.too_many_sessions`: the provider was changed too often"),
        (status = 422, description = "`payments.quote_invalid`: not a quote of this deployment; `payments.quote_expired`: the quote has expired; `payments.provider_off`: the provider is not configured in this deployment; `payments.not_payable`: the provider does not accept the amount or its currency; `payments.methods_unsupported`: methods of this provider cannot be saved"),
        (status = 429, description = "`request.limit_exceeded`: too many starts of payments; retry after `Retry-After` seconds"),
        (status = 503, description = "`payments.provider_unavailable`: the provider does not respond; retry after `Retry-After` seconds"),
    )
)]
pub async fn start_payment(
    State(ctx): State<&'static StartCtx>,
    call: Invocation,
    buyer: Buyer,
    Json(body): Json<StartPayment>,
) -> Result<Created<PaymentSession>, Problem> {
    let now = ctx.desk.clock.now();
    let quote = match ctx.quotes.verify(&body.quote, now) {
        Ok(quote) => quote,
        Err(error) => {
            // Whose session has ended is told that first.
            buyer.check().await?;
            return Err(Refusal::from(error).into());
        }
    };
    let (id, user) = (payment_id(quote.order), buyer.id().user_id());
    let store = &ctx.desk.store;
    let load = async {
        let counted = async { Ok::<_, Problem>(store.admit_call(buyer.id(), STARTS, now).await?) };
        let read = async { Ok(store.beginning(id, body.provider, user, body.method_id).await?) };
        Ok::<_, Problem>(futures::try_join!(counted, read)?.1)
    };
    let (buyer, beginning) = buyer.with(load).await?;
    let payer = buyer.id();
    if quote.payer != payer {
        return Err(Refusal::NoSuchOrder.into());
    }
    let chosen = choose(ctx, &body, &quote, payer, &beginning, now).await?;
    let start = Start { payer, chosen, correlation_id: call.correlation_id };
    let payment = match begin(ctx, beginning.payment, &quote, &start, now).await? {
        Ok(payment) => payment,
        // A repeated request for a paid order gets the payment.
        Err(paid) => return Ok(created(&paid.value, None)),
    };
    let is_registered = payment.value.session.id.is_some();
    let advanced =
        if is_registered { ctx.desk.refresh(payment, true).await? } else { ctx.desk.advance(payment, true).await? };
    answer(advanced, &start.chosen)
}

/// What the caller chose.
struct Start {
    payer: BuyerId,
    chosen: NextSession,
    correlation_id: String,
}

/// Checks the provider, the amount and the method. The user is created at the provider if a method is used or saved.
async fn choose(
    ctx: &StartCtx,
    body: &StartPayment,
    quote: &Quote,
    payer: BuyerId,
    beginning: &Beginning,
    now: Timestamp,
) -> Result<NextSession, Problem> {
    let provider = ctx.desk.provider(body.provider, now).await?;
    let money = types::Money::new(quote.amount, quote.currency.clone());
    provider.payable(&money).map_err(Refusal::NotPayable)?;
    let method = match body.method_id {
        Some(_) => {
            let method = beginning.method.as_ref().filter(|method| method.provider == body.provider);
            Some(method.ok_or(Refusal::NoSuchMethod)?.card.id.clone())
        }
        None => None,
    };
    match payer.user_id() {
        Some(user) if body.save_method || method.is_some() => {
            // A method of a user who was deleted at the provider is refused there.
            let (known, check) = (beginning.customer.clone(), body.save_method && method.is_none());
            ctx.desk.ensure_customer(user, body.provider, known, check).await?;
        }
        None if body.save_method => return Err(requires_account()),
        Some(_) | None => {}
    }
    Ok(NextSession { provider: body.provider, method, save_method: body.save_method })
}

fn requires_account() -> Problem {
    let mut fields = Fields::new();
    let rule = "must be false for guests: sign in to save a payment method";
    fields.refuse("saveMethod", rule);
    fields.all((Some(()),)).err().unwrap_or_else(|| Problem::internal(rule))
}

/// Writes the payment before the provider is called. The payment itself as the error if it is paid.
async fn begin(
    ctx: &StartCtx,
    known: Option<Saved>,
    quote: &Quote,
    start: &Start,
    now: Timestamp,
) -> Result<Result<Saved, Saved>, Problem> {
    let known = if let Some(known) = known {
        known
    } else {
        let (chosen, correlation_id) = (start.chosen.clone(), start.correlation_id.clone());
        let payment = Payment::start(quote, start.payer, chosen, correlation_id, now);
        let outbox = started_outbox(&payment, now)?;
        match ctx.desk.store.create_payment(payment, &outbox).await {
            Ok(created) => return Ok(Ok(created)),
            Err(NotSaved::Newer(before)) => *before,
            Err(NotSaved::Erased) => return Err(Refusal::NoSuchUser.into()),
            Err(NotSaved::Conflict) => return Err(Problem::internal("items of a new payment exist")),
            Err(NotSaved::Store(error)) => return Err(error.into()),
        }
    };
    if known.value.payer != Some(start.payer) {
        return Err(Refusal::NoSuchOrder.into());
    }
    let paid = known.clone();
    let changed = ctx.desk.change(known, now, |payment| payment.continued(quote, &start.chosen, now)).await?;
    match changed {
        Ok(payment) => Ok(Ok(payment)),
        Err(NotStarted::Paid) => Ok(Err(ctx.desk.store.payment(paid.value.id).await?.unwrap_or(paid))),
        Err(refusal @ (NotStarted::OtherAmount | NotStarted::Closed | NotStarted::TooManySessions)) => {
            Err(Refusal::from(refusal).into())
        }
    }
}

fn answer(advanced: Advanced, chosen: &NextSession) -> Result<Created<PaymentSession>, Problem> {
    let Advanced { payment, next, stopped } = advanced;
    let payment = &payment.value;
    if payment.is_paid() {
        return Ok(created(payment, None));
    }
    if payment.facts.closed || payment.is_ending() {
        return Err(Refusal::PaymentClosed.into());
    }
    match stopped {
        Some(error) if next.is_none() => Err(not_answered(error, payment, chosen)),
        _ if payment.session.provider != chosen.provider => Err(Refusal::PaymentInProgress.into()),
        _ => Ok(created(payment, next)),
    }
}

fn not_answered(error: crate::desk::NotAdvanced, payment: &Payment, chosen: &NextSession) -> Problem {
    use payment_providers::PaymentError;
    match error {
        // The session that is to be closed is being charged.
        crate::desk::NotAdvanced::Provider(PaymentError::State { .. })
            if payment.session.provider != chosen.provider =>
        {
            Refusal::PaymentInProgress.into()
        }
        crate::desk::NotAdvanced::Provider(error) => refused(error, chosen.method.is_some()),
        error => error.into(),
    }
}

fn created(payment: &Payment, next: Option<payment_providers::Continuation>) -> Created<PaymentSession> {
    Created::at(format!("/v1/commerce/payments/{}", payment.id), PaymentSession::of(payment, next))
}
