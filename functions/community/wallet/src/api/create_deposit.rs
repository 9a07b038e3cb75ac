//! `POST /v1/community/wallet/deposits`: money from a card into one's own wallet.
//! Emits `wallet.deposit_completed` once the money has come. Needs `Idempotency-Key`.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::{DepositId, Money};
use utoipa::ToSchema;

use super::deposit_view::DepositView;
use crate::cards::Cards;
use crate::deposits::{NotAdvanced, Progress, advance};
use crate::domain::deposit::{Deposit, DepositStatus};
use crate::domain::payment::{ClientSecret, NotChargeable, PaymentMethod, chargeable};
use crate::payments::PaymentError;
use crate::problem::Refusal;
use crate::store::Opened;

/// What a client may say. Whose wallet it is comes from the token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDeposit {
    /// How much, of a currency that cards are charged in.
    money: Money,
    /// The card, by the name that the provider's form gave it. Absent: the client goes on with `clientSecret`.
    #[serde(default)]
    #[schema(example = "pm_card_visa")]
    payment_method: Option<String>,
}

/// A deposit, and what the client needs to pay it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewDeposit {
    #[serde(flatten)]
    deposit: DepositView,
    /// For the provider's own page: to pay with, or to say yes at one's bank. Null once there is nothing to do.
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
            Err(wrong @ NotChargeable::Amount) => {
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

/// Pay money in
///
/// With `paymentMethod` the card is charged at once: the answer says `completed`, `failed` with the provider's word for why,
/// or `pending` where the bank takes its time or asks the card's owner. Without it the client pays on the provider's own
/// page with `clientSecret`. What the answer does not tell yet, `GET /v1/community/wallet/deposits/{id}` does. The same request with
/// the same `Idempotency-Key` goes on where the first one was, and never charges twice.
#[utoipa::path(
    post, path = "/v1/community/wallet/deposits", operation_id = "create_deposit", tag = "wallet",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateDeposit,
    responses(
        (status = 201, description = "How far it is", body = NewDeposit),
        (status = 404, description = "`wallet.no_such_user`: the account is gone; `wallet.payments_off`: card payments are not set up here"),
        (status = 422, description = "`wallet.key_reused`: the `Idempotency-Key` has asked for something else"),
        (status = 503, description = "`wallet.payment_provider_unavailable`: the provider does not answer; `Retry-After` says when to ask again"),
    )
)]
pub async fn create_deposit(
    State(ctx): State<&'static Cards>,
    call: Invocation,
    caller: Caller,
    attempt: IdempotencyKey,
    Json(body): Json<CreateDeposit>,
) -> Result<Created<NewDeposit>, Problem> {
    let (money, method) = body.parse()?;
    let (now, user) = (ctx.base.clock.now(), caller.user_id);
    let provider = ctx.payments.provider(now).await.ok_or(Refusal::PaymentsOff)?;
    let id = DepositId::new(attempt.derive_id("create_deposit", &user.to_string()));
    let asked = Deposit::asked(id, user, money.clone(), method.clone(), call.correlation_id, now);
    let deposit = match ctx.base.store.open_deposit(asked).await? {
        Opened::As(deposit) if deposit.value.is_same_wish(&money, method.as_ref()) => *deposit,
        Opened::As(_) => return Err(Refusal::KeyReused.into()),
        Opened::Forgotten => return Err(Refusal::NoSuchUser.into()),
    };
    let before = deposit.value.clone();
    match advance(&ctx.base.store, &*provider, deposit, true, now).await {
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
