//! `GET /v1/aquarium/aquariums/{id}/invitations`: the open invitations to an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::AquariumId;

use crate::api::view::InvitationView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::Refusal;

/// List invitations
///
/// Allowed for the owner. Invitations that were accepted or have expired are left out, so a page can contain fewer items than
/// `limit`. Ordered by ID. The order carries no meaning.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/invitations", operation_id = "list_invitations", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<InvitationView>),
        (status = 403, description = "`aquariums.role_too_low`: only the owner can see invitations"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_invitations(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    page: Page,
) -> Result<Json<List<InvitationView>>, Problem> {
    let now = ctx.clock.now();
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    scope.at_least(Role::Owner)?;
    let page = ctx.store.invitations(&scope, page).await?;
    let open = page.items.iter().filter(|read| read.value.is_open(now));
    let items = open.map(|read| InvitationView::from(&read.value)).collect();
    Ok(Json(List::new(items, page.next.as_ref())))
}
