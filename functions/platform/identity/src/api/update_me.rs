//! `PATCH /v1/users/me`: updates the profile of the caller. Absent fields stay unchanged.
//!
//! Emits `identity.profile_changed.v1` if something changes.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, IfMatch, Invocation, Json, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::{Deserialize, Deserializer};
use types::PersonName;
use utoipa::ToSchema;

use crate::api::UserView;
use crate::ctx::Public;
use crate::domain::account::{Account, Status};
use crate::problem::Refusal;

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateMe {
    /// Display name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "Ann Winter")]
    name: Option<String>,
}

/// A field that may be absent but not null: null would remove it, and an account has a name.
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    String::deserialize(value).map(Some)
}

/// Update my account
///
/// Absent fields stay unchanged. Supports optimistic concurrency with `If-Match`. Sign-ins change the `ETag` too.
#[utoipa::path(
    patch, path = "/v1/users/me", operation_id = "update_me", tag = "identity",
    security(("bearer" = [])),
    params(OptionalIfMatch),
    request_body = UpdateMe,
    responses(
        (status = 200, description = "The updated account", body = UserView),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
    )
)]
pub async fn update_me(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
    based_on: Option<IfMatch>,
    Json(body): Json<UpdateMe>,
) -> Result<Tagged<UserView>, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("name", body.name.as_deref().map(PersonName::parse).transpose()),);
    let (name,) = fields.all(values)?;
    let now = ctx.clock.now();
    let read = ctx.store.account_of(&caller, now).await?;
    let check = |version| based_on.map_or(Ok(()), |tag| tag.check(version));
    check(read.version)?;
    let Some(name) = name.filter(|name| *name != read.value.name) else {
        return Ok(Tagged::new(read.version, UserView::new(&read.value, now)));
    };
    let (written, ()) = ctx
        .store
        .change_versioned(read, |version, account: &mut Account| {
            check(version)?;
            if account.status == Status::Suspended {
                return Err(Problem::from(Refusal::Suspended));
            }
            // A name that stays the same is nothing to write.
            let fact = account.rename(name.clone());
            Ok(((), fact.map(|fact| Outbox::of(call.event(now, fact))).transpose()?))
        })
        .await?;
    Ok(Tagged::new(written.version, UserView::new(&written.value, now)))
}
