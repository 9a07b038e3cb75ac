//! `POST /v1/commerce/payment-methods`: saves a payment method without a payment. Requires `Idempotency-Key`.

use axum::extract::State;
use contracts::payments::PaymentProviderName;
use kit::auth::Standing;
use kit::http::{Created, IdempotencyKey, Json, Problem};
use payment_providers::{ClientSecret, SetupStatus};
use serde::{Deserialize, Serialize};
use types::Uuid;
use utoipa::ToSchema;

use crate::api::view::PaymentMethodView;
use crate::ctx::DeskCtx;
use crate::domain::limits::{MAX_METHODS, METHOD_SETUPS};
use crate::problem::Refusal;

/// Request to save a payment method.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPaymentMethod {
    /// Provider.
    provider: PaymentProviderName,
}

/// Status of a setup.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentSetupStatus {
    /// The user has not finished.
    Open,
    /// The method is saved.
    Succeeded,
    /// Canceled.
    Canceled,
}

/// A setup in which a user saves a payment method.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethodSetup {
    /// Setup ID.
    id: Uuid,
    /// Status.
    status: PaymentSetupStatus,
    /// Secret for the provider's form in the client. Null once the setup has ended. Treat it as a secret.
    client_secret: Option<ClientSecret>,
    /// The saved method. Null until the setup succeeded.
    method: Option<PaymentMethodView>,
}

/// Add a payment method
///
/// Starts a setup, in which the user enters the card in the provider's form with `clientSecret`. The method is saved when the
/// provider reports it, or when the request is repeated with the same `Idempotency-Key`. Not available to guests. Limits: 20
/// setups per user and day (UTC), 50 saved methods.
#[utoipa::path(
    post, path = "/v1/commerce/payment-methods", operation_id = "add_payment_method", tag = "payments",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = AddPaymentMethod,
    responses(
        (status = 201, description = "The setup", body = PaymentMethodSetup),
        (status = 404, description = "`payments.no_such_user`: the account was deleted"),
        (status = 409, description = "`payments.too_many_methods`: the user has 50 saved methods"),
        (status = 422, description = "`payments.provider_off`: the provider is not configured in this deployment; `payments.methods_unsupported`: methods of this provider cannot be saved; `request.idempotency_key_reused`: the `Idempotency-Key` was used with another provider"),
        (status = 429, description = "`request.limit_exceeded`: too many setups today; retry after `Retry-After` seconds"),
        (status = 503, description = "`payments.provider_unavailable`: the provider does not respond; retry after `Retry-After` seconds"),
    )
)]
pub async fn add_payment_method(
    State(ctx): State<&'static DeskCtx>,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<AddPaymentMethod>,
) -> Result<Created<PaymentMethodSetup>, Problem> {
    let (desk, user, provider) = (&ctx.desk, standing.user_id(), body.provider);
    let id = attempt.derive_id("add_payment_method", &user.to_string());
    let known = async { futures::try_join!(desk.store.setup(user, id), desk.store.methods(user)) };
    let (_, (known, methods)) = standing.with(known).await?;
    match &known {
        Some(known) if known.provider != provider => return Err(Refusal::KeyReused.into()),
        // A repeated request is no further setup.
        Some(_) => {}
        None if methods.len() >= MAX_METHODS => return Err(Refusal::TooManyMethods.into()),
        None => desk.store.admit_setup(user, METHOD_SETUPS, desk.clock.now()).await?,
    }
    let (setup, method) = desk.set_up(user, provider, id, known).await?;
    let status = match setup.status {
        SetupStatus::Open => PaymentSetupStatus::Open,
        SetupStatus::Succeeded => PaymentSetupStatus::Succeeded,
        SetupStatus::Canceled => PaymentSetupStatus::Canceled,
    };
    let method = method.map(|method| PaymentMethodView::of(&method, None));
    let setup = PaymentMethodSetup { id, status, client_secret: setup.client_secret, method };
    Ok(Created::at("/v1/commerce/payment-methods", setup))
}
