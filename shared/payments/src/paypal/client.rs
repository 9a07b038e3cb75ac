//! Calls of PayPal's API, with an access token that is kept until shortly before it ends.

use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::outbound::{Answer, Call, Outbound, OutboundError};
use serde::Deserialize;
use serde_json::Value;

use crate::PaymentError;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
/// A token is not used in its last minute: it might end on its way.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

/// What an operator gets from PayPal's dashboard: a REST app's client id and secret, and the id of the webhook that points to
/// this deployment. Redacted in `Debug`.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Credentials {
    /// Client id of the REST app.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Id of the webhook. Empty while none is registered: webhooks are refused then.
    pub webhook_id: String,
}

types::redacted!(Credentials);

/// The text holds no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be JSON with clientId, clientSecret and webhookId")]
pub struct NotCredentials;

impl Credentials {
    /// Reads the text of the parameter: `{"clientId": "…", "clientSecret": "…", "webhookId": "…"}`.
    pub fn parse(text: &str) -> Result<Self, NotCredentials> {
        let read: Self = serde_json::from_str(text).map_err(|_| NotCredentials)?;
        let is_complete = !read.client_id.is_empty() && !read.client_secret.is_empty();
        is_complete.then_some(read).ok_or(NotCredentials)
    }
}

struct Token {
    text: String,
    ends_at: Timestamp,
}

/// PayPal's API with the credentials of a REST app. Its `Debug` shows nothing.
pub struct PayPal {
    outbound: Outbound,
    url: String,
    pub(super) deployment: String,
    pub(super) credentials: Credentials,
    clock: Clock,
    token: Mutex<Option<Token>>,
}

types::redacted!(PayPal);

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

/// An error as the API words it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    #[serde(skip)]
    pub(super) status: u16,
    name: String,
    details: Vec<Detail>,
    pub(super) debug_id: String,
    pub(super) links: Vec<super::view::Link>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    issue: String,
}

impl Refusal {
    /// The code: the first issue, or the error's name.
    pub(super) fn code(&self) -> &str {
        self.details.first().map(|detail| detail.issue.as_str()).filter(|issue| !issue.is_empty()).unwrap_or(&self.name)
    }

    /// The error, for calls that know no refusal of their own.
    pub(super) fn error(&self) -> PaymentError {
        let code = self.code().to_owned();
        if is_state(&code) { PaymentError::State { code } } else { PaymentError::Refused { status: self.status, code } }
    }
}

/// Issues that say that the order, the authorization or the capture is not, or is no longer, in the needed state.
fn is_state(issue: &str) -> bool {
    matches!(
        issue,
        "ORDER_NOT_APPROVED"
            | "ORDER_ALREADY_CAPTURED"
            | "ORDER_ALREADY_AUTHORIZED"
            | "ORDER_COMPLETED_OR_VOIDED"
            | "ORDER_ALREADY_COMPLETED"
            | "ORDER_EXPIRED"
            | "AUTHORIZATION_ALREADY_CAPTURED"
            | "AUTHORIZATION_VOIDED"
            | "AUTHORIZATION_DENIED"
            | "AUTHORIZATION_EXPIRED"
            | "AUTHORIZATION_AMOUNT_EXCEEDED"
            | "MAX_CAPTURE_AMOUNT_EXCEEDED"
            | "MAX_CAPTURE_COUNT_EXCEEDED"
            | "PREVIOUSLY_VOIDED"
            | "PREVIOUSLY_CAPTURED"
            | "CANNOT_BE_VOIDED"
            | "CAPTURE_FULLY_REFUNDED"
            | "CAPTURE_DISPUTED_PARTIAL_REFUND_NOT_ALLOWED"
            | "PENDING_CAPTURE"
            | "PREVIOUS_REFUND_IN_PROGRESS"
            | "REFUND_AMOUNT_EXCEEDED"
    )
}

/// A success, or what was refused.
pub(super) enum Outcome<T> {
    /// Done.
    Done(T),
    /// Refused.
    Refused(Refusal),
}

impl PayPal {
    /// The API at `url`, for the payments of one deployment.
    pub fn new(outbound: Outbound, url: &str, deployment: &str, credentials: Credentials, clock: Clock) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        Self { outbound, url, deployment: deployment.to_owned(), credentials, clock, token: Mutex::default() }
    }

    /// Reads something.
    pub(super) async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Outcome<T>, PaymentError> {
        outcome(&self.send(Call::get(format!("{}{path}", self.url))).await?)
    }

    /// Does something once per `key`, or, without one, something that may be repeated.
    pub(super) async fn post(
        &self,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<Outcome<Value>, PaymentError> {
        outcome(&self.post_text(path, key, body.to_string()).await?)
    }

    pub(super) async fn post_text(&self, path: &str, key: Option<&str>, body: String) -> Result<Answer, PaymentError> {
        let call = Call::post(format!("{}{path}", self.url)).body(JSON, body).header("prefer", "return=representation");
        let call = match key {
            Some(key) => call.header("paypal-request-id", key),
            None => call,
        };
        self.send(call.repeatable()).await
    }

    async fn send(&self, call: Call) -> Result<Answer, PaymentError> {
        let token = self.token().await?;
        let answer = self.authorized(call.clone(), &token).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        // Revoked before its time, as after a change of the secret.
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let token = self.token().await?;
        self.authorized(call, &token).await
    }

    async fn authorized(&self, call: Call, token: &str) -> Result<Answer, PaymentError> {
        let answer = self.outbound.send(call.header("authorization", format!("Bearer {token}"))).await?;
        match answer.status {
            // The same request is under way.
            409 => Err(PaymentError::Unknown(OutboundError::Status { status: answer.status })),
            _ => Ok(answer),
        }
    }

    async fn token(&self) -> Result<String, PaymentError> {
        let now = self.clock.now();
        if let Some(token) = self.kept_token(now) {
            return Ok(token);
        }
        let basic = STANDARD.encode(format!("{}:{}", self.credentials.client_id, self.credentials.client_secret));
        let call = Call::post(format!("{}/v1/oauth2/token", self.url))
            .header("authorization", format!("Basic {basic}"))
            .body(FORM, "grant_type=client_credentials")
            .repeatable();
        // Nothing was done: whatever failed here is not the payment.
        let answer = self.outbound.send(call).await.map_err(PaymentError::Unavailable)?;
        if !answer.is_success() {
            return Err(PaymentError::Refused { status: answer.status, code: "invalid_client".to_owned() });
        }
        let granted: Granted = answer.json().map_err(PaymentError::Unreadable)?;
        let ends_at = now.saturating_add(SignedDuration::from_secs(granted.expires_in)).unwrap_or(now);
        let token = Token { text: granted.access_token.clone(), ends_at };
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Ok(granted.access_token)
    }

    fn kept_token(&self, now: Timestamp) -> Option<String> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|token| token.ends_at.duration_since(now) > MARGIN).map(|token| token.text.clone())
    }
}

/// Reads an answer. A success without a body is `null`.
pub(super) fn outcome<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<Outcome<T>, PaymentError> {
    if !answer.is_success() {
        let refusal: Refusal = answer.json().map_err(PaymentError::Unreadable)?;
        return Ok(Outcome::Refused(Refusal { status: answer.status, ..refusal }));
    }
    if answer.body.is_empty() {
        let unreadable = |_| PaymentError::Unreadable("the provider's answer is empty".to_owned());
        return serde_json::from_value(Value::Null).map(Outcome::Done).map_err(unreadable);
    }
    answer.json().map(Outcome::Done).map_err(PaymentError::Unreadable)
}
