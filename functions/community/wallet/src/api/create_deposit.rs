//! `POST /v1/community/wallet/deposits`: charges a card and credits the wallet of the caller. Requires
//! `Idempotency-Key`.
//!
//! Emits `wallet.deposit_completed` once the payment succeeded.

use axum::extract::State;
use dynamo::Versioned;
use jiff::Timestamp;
use kit::auth::{Standing, VerifiedEmail};
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use payment_providers::{ClientSecret, NotChargeable, PaymentError, PaymentMethod, PaymentProvider, chargeable};
use serde::{Deserialize, Serialize};
use types::{DepositId, Money, PositiveMoney};
use utoipa::ToSchema;

use super::deposit_view::DepositView;
use crate::cards::Cards;
use crate::deposits::{NotAdvanced, Progress, advance, advance_from};
use crate::domain::deposit::{Deposit, DepositOrder, DepositStatus};
use crate::problem::Refusal;
use crate::store::{Opened, Store};

/// Request to create a deposit into the wallet of the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDeposit {
    /// Amount, in a currency of the deployment that cards can be charged in.
    #[schema(value_type = PositiveMoney)]
    money: Money,
    /// Stripe payment method. Absent if the client completes the payment with `clientSecret`.
    #[serde(default)]
    #[schema(max_length = 100, pattern = "^pm_[A-Za-z0-9_]+$", example = "pm_card_visa")]
    payment_method: Option<String>,
}

/// A deposit with the secret for completing it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewDeposit {
    #[serde(flatten)]
    deposit: DepositView,
    /// Client secret for completing the payment with Stripe.js. Null once nothing is left to do. Treat it as a
    /// secret.
    client_secret: Option<ClientSecret>,
}

impl CreateDeposit {
    fn parse(self) -> Result<(Money, Option<PaymentMethod>), Problem> {
        let mut fields = Fields::new();
        let money = match chargeable(&self.money) {
            Ok(()) => Some(self.money),
            Err(wrong @ NotChargeable::Currency) => {
                fields.refuse("money.currency", wrong);
                None
            }
            Err(wrong @ (NotChargeable::Amount | NotChargeable::Step(_))) => {
                fields.refuse("money.amountMinor", wrong);
                None
            }
        };
        let method = match self.payment_method {
            Some(text) => fields.check("paymentMethod", PaymentMethod::parse(&text)).map(Some),
            None => Some(None),
        };
        fields.all((money, method))
    }
}

/// Create a deposit
///
/// Requires a verified e-mail address. With `paymentMethod`, charges the card immediately: the status is `completed`, `failed`, or `pending` if the
/// bank needs time or requires authentication. Without it, complete the payment with Stripe.js and `clientSecret`.
/// Read the status with `GET /v1/community/wallet/deposits/{id}`. Idempotent by `Idempotency-Key`: a repeated
/// request continues the same deposit and never charges twice. Limits per user and day (UTC): 20 deposits, and none after
/// 5 declined cards; then a payment that is still open is canceled with its next declined card.
#[utoipa::path(
    post, path = "/v1/community/wallet/deposits", operation_id = "create_deposit", tag = "wallet",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateDeposit,
    responses(
        (status = 201, description = "The deposit", body = NewDeposit),
        (status = 403, description = "`auth.email_unverified`: verify the e-mail address of the account first"),
        (status = 404, description = "`wallet.no_such_user`: the account was deleted; `wallet.payments_off`: card payments are not configured in this deployment"),
        (status = 422, description = "`wallet.no_such_currency`: unknown currency; `request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: too many card payments, or too many declined cards, today; retry after `Retry-After` seconds"),
        (status = 503, description = "`wallet.payment_provider_unavailable`: the payment provider does not respond; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_deposit(
    State(ctx): State<&'static Cards>,
    call: Invocation,
    standing: Standing<VerifiedEmail>,
    attempt: IdempotencyKey,
    Json(body): Json<CreateDeposit>,
) -> Result<Created<NewDeposit>, Problem> {
    let (money, method) = body.parse()?;
    let (now, user_id) = (ctx.base.clock.now(), standing.user_id());
    let id = DepositId::new(attempt.derive_id("create_deposit", &user_id.to_string()));
    let order = DepositOrder { id, user_id, money, method };
    let store = &ctx.base.store;
    let known = async { futures::try_join!(store.currency(&order.money.currency), store.opening(user_id, id, now)) };
    let (_, (currency, opening)) = standing.with(known).await?;
    currency.ok_or(Refusal::NoSuchCurrency)?;
    // A repeated request is answered as before and is no further payment.
    if opening.before.is_none() {
        opening.admit(now)?;
    }
    let provider = ctx.payments.provider(now).await.ok_or(Refusal::PaymentsOff)?;
    let provider = &*provider;
    match opening.before {
        Some(before) => repeat(store, provider, before, &order, now).await,
        None => open(store, provider, &order, call.correlation_id, now).await,
    }
}

/// Registers the payment at the provider, where it charges nothing, and writes the deposit with the payment's id; then charges.
async fn open(
    store: &Store,
    provider: &dyn PaymentProvider,
    order: &DepositOrder,
    correlation_id: String,
    now: Timestamp,
) -> Result<Created<NewDeposit>, Problem> {
    let payment = match provider.create(&order.reference().to_string(), &order.money).await {
        Ok(payment) => payment,
        Err(PaymentError::OtherRequest) => return Err(Refusal::KeyReused.into()),
        Err(error) => return Err(NotAdvanced::from(error).into()),
    };
    let deposit = Deposit::new(order.clone(), payment.id.clone(), correlation_id, now);
    match store.open_deposit(deposit).await? {
        Opened::Now(deposit) => {
            let before = deposit.value.clone();
            answer(advance_from(store, provider, *deposit, payment, true, now).await, &before)
        }
        Opened::Before(before) => repeat(store, provider, *before, order, now).await,
        Opened::Forgotten => Err(Refusal::NoSuchUser.into()),
        Opened::Limit(exceeded) => Err(exceeded.into()),
    }
}

/// Continues the deposit of the same request.
async fn repeat(
    store: &Store,
    provider: &dyn PaymentProvider,
    deposit: Versioned<Deposit>,
    order: &DepositOrder,
    now: Timestamp,
) -> Result<Created<NewDeposit>, Problem> {
    if !deposit.value.is_of(order) {
        return Err(Refusal::KeyReused.into());
    }
    let before = deposit.value.clone();
    answer(advance(store, provider, deposit, true, now).await, &before)
}

fn answer(advanced: Result<Progress, NotAdvanced>, before: &Deposit) -> Result<Created<NewDeposit>, Problem> {
    match advanced {
        Ok(Progress { deposit, client_secret }) => Ok(created(&deposit.value, client_secret)),
        // The card may have been charged: the webhook or the sweep reports it, and the client repeats the request.
        Err(NotAdvanced::Charging(PaymentError::Unknown(_))) if before.method.is_some() => Ok(created(before, None)),
        Err(error) => Err(error.into()),
    }
}

fn created(deposit: &Deposit, client_secret: Option<ClientSecret>) -> Created<NewDeposit> {
    let client_secret = client_secret.filter(|_| deposit.status == DepositStatus::Pending);
    let place = format!("/v1/community/wallet/deposits/{}", deposit.id);
    Created::at(place, NewDeposit { deposit: DepositView::of(deposit), client_secret })
}
