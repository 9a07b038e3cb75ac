//! `GET /v1/aquarium/mobile/home`: the home screen of the caller.

use std::time::Duration;

use axum::extract::State;
use dynamo::Read;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Cacheable, Fields, IfNoneMatch, Problem, Query};
use serde::Deserialize;

use crate::api::home_view::HomeView;
use crate::ctx::Ctx;
use crate::domain::home::Home;
use crate::problem::Refusal;

/// Pauses between the reads of a home that is not up to date yet: 0.7 seconds together.
const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(200), Duration::from_millis(400)];

/// Query of a home.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HomeQuery {
    at_least: Option<String>,
}

impl HomeQuery {
    /// Returns the time of which the home has to show an event.
    fn parse(&self) -> Result<Option<Timestamp>, Problem> {
        let mut fields = Fields::of_parameters();
        let at_least = fields.check("atLeast", self.at_least.as_deref().map(types::time::parse).transpose());
        fields.all((at_least,)).map(|(at_least,)| at_least)
    }
}

/// Get my home screen
///
/// Returns the aquariums that the caller owns or that are shared with the caller, with newest values, open alarms, silent devices, tasks,
/// low reservoirs and the next service, and the number of unread notifications. It is one read, and follows changes within seconds; values
/// of sensors follow at the end of an hour. To read your own write, send its time as `atLeast`: the response waits up to 0.7 seconds for
/// an event of that time or later. That works for changes of what the screen shows, and neither for entries of a timeline nor for the
/// removal of an aquarium or of a share, which leave no time on the screen. The next service is the earliest of all equipment whose
/// services have an interval. Supports `If-None-Match`: 304 if nothing changed.
#[utoipa::path(
    get, path = "/v1/aquarium/mobile/home", operation_id = "get_home", tag = "screens",
    security(("bearer" = [])),
    params(
        ("atLeast" = Option<String>, Query, description = "The screen has to show an event of this time or later", format = DateTime, example = "2026-03-14T09:26:53Z"),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The home screen", body = HomeView),
        (status = 304, description = "The client has the current screen"),
        (status = 409, description = "`screens.not_yet`: the screen shows no event of the time `atLeast` yet; retry after `Retry-After` seconds"),
    )
)]
pub async fn get_home(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    known: IfNoneMatch,
    Query(query): Query<HomeQuery>,
) -> Result<Cacheable<HomeView>, Problem> {
    let home = find(ctx, &caller, query.parse()?).await?;
    let view = HomeView::of(home.as_ref(), ctx.clock.now());
    Ok(Cacheable::of_user(view)?.unless_known(&known))
}

async fn find(ctx: &Ctx, caller: &Caller, at_least: Option<Timestamp>) -> Result<Option<Home>, Problem> {
    let read = if at_least.is_some() { Read::Strong } else { Read::Eventual };
    let mut pauses = PAUSES.into_iter();
    loop {
        let home = ctx.store.home(caller.user_id, read).await?.map(|home| home.value);
        if at_least.is_none_or(|at_least| home.as_ref().and_then(Home::as_of) >= Some(at_least)) {
            return Ok(home);
        }
        tokio::time::sleep(pauses.next().ok_or(Refusal::NotYet)?).await;
    }
}
