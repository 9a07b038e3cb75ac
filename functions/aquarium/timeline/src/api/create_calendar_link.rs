//! `POST /v1/aquarium/aquariums/{id}/calendar-link`: creates or replaces the caller's calendar link.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::AquariumId;
use utoipa::ToSchema;

use super::dosing::not_planned;
use super::parsing::in_millis;
use crate::ctx::Ctx;
use crate::domain::calendar_token::{CalendarLink, CalendarToken};
use crate::problem::Refusal;

/// Bytes of the secret of a link.
const SECRET_BYTES: usize = 32;

/// A calendar link.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarLinkView {
    /// Path of the feed, with its secret. It is not shown again.
    #[schema(
        example = "/v1/aquarium/calendar/019a0c7011117aaa8bbb0000000000a1_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc.ics"
    )]
    path: String,
}

/// Create a calendar link
///
/// Creates the caller's own link to the calendar feed of the aquarium, which calendar programs read without a sign-in. Members of
/// the aquarium can create one, viewers too. A former link of the caller stops working. The link stops working when the caller is no
/// longer a member. The response contains the secret of the link, which is not shown again. Each request creates another link.
/// Limit: 20 new calendar links per user and day.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/calendar-link", operation_id = "create_calendar_link", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    responses(
        (status = 200, description = "Link created", body = CalendarLinkView),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 429, description = "`request.limit_exceeded`: the user created 20 calendar links today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_calendar_link(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<CalendarLinkView>, Problem> {
    let mut secret = [0; SECRET_BYTES];
    types::random::fill(&mut secret).map_err(Problem::internal)?;
    let token = CalendarToken::new(id, secret);
    let link = CalendarLink::new(&token, in_millis(ctx.clock.now()));
    set(ctx, &standing, id, Some(&link)).await?;
    Ok(Json(CalendarLinkView { path: format!("/v1/aquarium/calendar/{}", token.file_name()) }))
}

/// Sets or removes the calendar link of the caller.
pub(super) async fn set(
    ctx: &Ctx,
    standing: &Standing,
    id: AquariumId,
    link: Option<&CalendarLink>,
) -> Result<(), Problem> {
    let (user, now) = (standing.user_id(), ctx.clock.now());
    let mut retry = ConflictRetry::default();
    loop {
        let (_, access) = standing.with(ctx.store.access(id)).await?;
        let access = access.filter(|access| access.value.scope(user).is_some()).ok_or(Refusal::NoSuchAquarium)?;
        if link.is_none() && !access.value.calendars.contains_key(&user) {
            return Ok(());
        }
        let next = access.value.with_calendar(user, link.cloned());
        match ctx.store.set_calendar(&access, &next, (user, now)).await {
            Ok(()) => return Ok(()),
            Err(reason) => match not_planned(reason) {
                Some(problem) => return Err(problem),
                None => retry.pause().await?,
            },
        }
    }
}
