//! `GET /v1/aquarium/aquariums/{id}/alarms`: the alarms of an aquarium.

use axum::extract::State;
use dynamo::Cursor;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;
use types::{AquariumId, EpisodeId};
use utoipa::ToSchema;

use crate::api::alarm_views::AlarmView;
use crate::ctx::Ctx;
use crate::domain::alarm_episode::episode_id;
use crate::problem::Refusal;

/// Which alarms are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmSelection {
    /// Those that are firing.
    Open,
    /// All, also those that have ended.
    #[default]
    All,
}

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    #[serde(default)]
    state: AlarmSelection,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

/// List alarms
///
/// Allowed for all members of the aquarium. Newest first, by the first sample of each. An alarm is kept for 400 days
/// after its end.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarms", operation_id = "list_alarms", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("state" = inline(Option<AlarmSelection>), Query, description = "Which alarms: all if it is absent"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<AlarmView>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_alarms(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
    Query(filter): Query<Filter>,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<List<AlarmView>>, Problem> {
    if filter.state == AlarmSelection::Open {
        return open_alarms(ctx, &caller, id, page).await;
    }
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let episodes = ctx.store.episodes(&scope, page).await?;
    Ok(Json(List::of(episodes, |read| AlarmView::from(&read.value))))
}

/// Open alarms are few, and the heads of the devices name them.
async fn open_alarms(ctx: &Ctx, caller: &Caller, id: AquariumId, page: Page) -> Result<Json<List<AlarmView>>, Problem> {
    let installation = ctx.store.installation(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let heads = ctx.store.heads(&installation.directory()).await?;
    let open = heads.iter().flat_map(|head| head.alarms.open_episodes());
    let mut ids: Vec<EpisodeId> = open.map(|one| episode_id(one.alarm, one.episode.first)).collect();
    ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    if let Some(after) = page.cursor.as_ref().and_then(|cursor| cursor.as_str().parse::<EpisodeId>().ok()) {
        ids.retain(|id| *id < after);
    }
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let is_more = ids.len() > limit;
    ids.truncate(limit);
    let next = ids.last().filter(|_| is_more).map(|last| Cursor::of(last.to_string()));
    let episodes = ctx.store.episodes_by_id(&installation.scope, &ids).await?;
    let items = episodes.iter().map(|read| AlarmView::from(&read.value)).collect();
    Ok(Json(List::new(items, next.as_ref())))
}
