//! `GET /v1/users/me/sign-ins`: the history of sign-ins of the caller.

use axum::extract::State;
use contracts::identity::Device;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::mfa::MfaMethod;
use crate::domain::sign_in_history::{AttemptOutcome, Entry};
use crate::domain::sign_in_methods::SignInMethod;

/// Outcome of a sign-in.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInOutcome {
    /// It started a session.
    SignedIn,
    /// The first factor was right, and a second factor was requested. Includes sign-ins that were completed later.
    MfaRequired,
    /// The password was wrong.
    WrongPassword,
    /// The first factor was right, and the second factor was wrong.
    WrongCode,
}

/// A sign-in, or the attempts of a day that ended alike.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInView {
    /// Outcome.
    outcome: SignInOutcome,
    /// Time of the sign-in; for attempts, the start of the day (UTC).
    #[serde(serialize_with = "types::time::millis")]
    at: Timestamp,
    /// Number of attempts: 1 for a sign-in.
    #[schema(minimum = 1)]
    attempts: u32,
    /// First factor. Null for attempts.
    method: Option<SignInMethod>,
    /// Second factor. Null if none was required, and for attempts.
    second_factor: Option<MfaMethod>,
    /// Device, as reported by the client. Null for attempts.
    device: Option<Device>,
    /// Network address. Null for attempts.
    #[schema(example = "203.0.113.7")]
    address: Option<String>,
    /// Whether the account was not used from this network address before; the last five addresses are remembered. IPv6
    /// addresses are compared by their first 64 bits.
    new_source: bool,
}

impl From<Entry> for SignInView {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::SignIn(sign_in) => Self {
                outcome: SignInOutcome::SignedIn,
                at: sign_in.at,
                attempts: 1,
                method: Some(sign_in.method),
                second_factor: sign_in.second_factor,
                device: Some(sign_in.device),
                address: Some(sign_in.address),
                new_source: sign_in.new_source,
            },
            Entry::Attempts(attempts) => Self {
                outcome: match attempts.outcome {
                    AttemptOutcome::WrongPassword => SignInOutcome::WrongPassword,
                    AttemptOutcome::MfaRequired => SignInOutcome::MfaRequired,
                    AttemptOutcome::WrongCode => SignInOutcome::WrongCode,
                },
                at: attempts.day,
                attempts: attempts.count,
                method: None,
                second_factor: None,
                device: None,
                address: None,
                new_source: attempts.new_source,
            },
        }
    }
}

/// List my sign-ins
///
/// Sign-ins of the last 90 days, newest first. Attempts that did not lead to a sign-in are counted per day, outcome and
/// known or new network address, and follow the sign-ins of their day.
#[utoipa::path(
    get, path = "/v1/users/me/sign-ins", operation_id = "list_sign_ins", tag = "identity",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "Page of sign-ins", body = List<SignInView>),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
    )
)]
pub async fn list_sign_ins(
    State(ctx): State<&'static Public>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<SignInView>>, Problem> {
    let now = ctx.clock.now();
    let account = ctx.store.account_of(&caller, now);
    let history = ctx.store.sign_ins(caller.user_id, page.limit, page.cursor);
    let (account, history) = futures::join!(Box::pin(account), Box::pin(history));
    let account = account?;
    let mut history = history?;
    // The table deletes expired items within days, and not at once.
    let is_shown = |entry: &Entry| now < entry.expires_at() && account.value.owns_since(entry.at());
    history.items.retain(|entry| is_shown(&entry.value));
    Ok(Json(List::of(history, |entry| entry.value.into())))
}
