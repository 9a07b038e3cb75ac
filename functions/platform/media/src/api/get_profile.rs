//! `GET /v1/profiles/{id}`: the public profile of a user.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::UserId;

use crate::api::ProfileView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a public profile
///
/// Name and avatar of a user, for all signed-in users. A new name or avatar appears within seconds. The avatar is the
/// newest published image with the purpose `avatar`.
#[utoipa::path(
    get, path = "/v1/profiles/{id}", operation_id = "get_profile", tag = "media",
    security(("bearer" = [])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 200, description = "The profile", body = ProfileView),
        (status = 404, description = "`media.no_such_profile`: no such user, or the account was deleted"),
    )
)]
pub async fn get_profile(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Json<ProfileView>, Problem> {
    let profile = ctx.store.profile(id).await?.ok_or(Refusal::NoSuchProfile)?;
    let view = ProfileView::of(profile, &ctx.objects, ctx.clock.now()).await?.ok_or(Refusal::NoSuchProfile)?;
    Ok(Json(view))
}
