//! `POST /v1/community/wallet/deposits`: charges a card and credits the wallet of the caller. Requires
//! `Idempotency-Key`.
//!
//! Emits `wallet.deposit_completed` once the payment succeeded.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use payments::{ClientSecret, NotChargeable, PaymentError, PaymentMethod, chargeable};
use serde::{Deserialize, Serialize};
use types::{DepositId, Money, PositiveMoney};
use utoipa::ToSchema;

use super::deposit_view::DepositView;
use crate::cards::Cards;
use crate::deposits::{NotAdvanced, Progress, advance};
use crate::domain::deposit::{Deposit, DepositStatus};
use crate::problem::Refusal;
use crate::store::Opened;

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
/// With `paymentMethod`, charges the card immediately: the status is `completed`, `failed`, or `pending` if the
/// bank needs time or requires authentication. Without it, complete the payment with Stripe.js and `clientSecret`.
/// Read the status with `GET /v1/community/wallet/deposits/{id}`. Idempotent by `Idempotency-Key`: a repeated
/// request continues the same deposit and never charges twice. Limits per user and day (UTC): 20 requests, and none after
/// 5 declined cards.
#[utoipa::path(
    post, path = "/v1/community/wallet/deposits", operation_id = "create_deposit", tag = "wallet",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateDeposit,
    responses(
        (status = 201, description = "The deposit", body = NewDeposit),
        (status = 404, description = "`wallet.no_such_user`: the account was deleted; `wallet.payments_off`: card payments are not configured in this deployment"),
        (status = 422, description = "`wallet.no_such_currency`: unknown currency; `wallet.key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: too many card payments, or too many declined cards, today; retry after `Retry-After` seconds"),
        (status = 503, description = "`wallet.payment_provider_unavailable`: the payment provider does not respond; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_deposit(
    State(ctx): State<&'static Cards>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<CreateDeposit>,
) -> Result<Created<NewDeposit>, Problem> {
    let (money, method) = body.parse()?;
    let (now, user) = (ctx.base.clock.now(), standing.user_id());
    let id = DepositId::new(attempt.derive_id("create_deposit", &user.to_string()));
    let store = &ctx.base.store;
    let known = async { futures::try_join!(store.currency(&money.currency), store.deposit(user, id)) };
    let (_, (currency, before)) = standing.with(known).await?;
    currency.ok_or(Refusal::NoSuchCurrency)?;
    // A repeated request is answered as before and is no further payment.
    if before.is_none() {
        store.admit_card_payment(user, now).await?;
    }
    let provider = ctx.payments.provider(now).await.ok_or(Refusal::PaymentsOff)?;
    let asked = Deposit::asked(id, user, money.clone(), method.clone(), call.correlation_id, now);
    let deposit = match store.open_deposit(asked).await? {
        Opened::As(deposit) if deposit.value.is_same_wish(&money, method.as_ref()) => *deposit,
        Opened::As(_) => return Err(Refusal::KeyReused.into()),
        Opened::Forgotten => return Err(Refusal::NoSuchUser.into()),
    };
    let before = deposit.value.clone();
    match advance(store, &*provider, deposit, true, now).await {
        Ok(Progress { deposit, client_secret }) => Ok(created(&deposit.value, client_secret)),
        // The card may have been charged: the webhook or the sweep will tell, and the client asks again.
        Err(NotAdvanced::Charging(PaymentError::Unknown(_))) if before.method.is_some() => Ok(created(&before, None)),
        Err(error) => Err(error.into()),
    }
}

fn created(deposit: &Deposit, client_secret: Option<ClientSecret>) -> Created<NewDeposit> {
    let client_secret = client_secret.filter(|_| deposit.status == DepositStatus::Pending);
    let place = format!("/v1/community/wallet/deposits/{}", deposit.id);
    Created::at(place, NewDeposit { deposit: DepositView::of(deposit), client_secret })
}
