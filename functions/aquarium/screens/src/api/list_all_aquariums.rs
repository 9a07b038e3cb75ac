//! `GET /v1/aquarium/web/aquariums`: aquariums for the staff.

use axum::extract::State;
use contracts::aquariums::AquariumKind;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::staff_view::{KINDS, ListedAquarium};
use crate::ctx::Ctx;
use crate::domain::figures::ListName;

/// Query of the list. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AquariumsQuery {
    kind: Option<String>,
    open_alarms: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl AquariumsQuery {
    fn parse(&self) -> Result<(ListName, Option<AquariumKind>), Problem> {
        let mut fields = Fields::of_parameters();
        let list = fields.check("openAlarms", list(self.open_alarms.as_deref()));
        let kind = fields.check("kind", self.kind.as_deref().map(kind).transpose());
        fields.all((list, kind))
    }
}

fn list(open_alarms: Option<&str>) -> Result<ListName, &'static str> {
    match open_alarms {
        None | Some("false") => Ok(ListName::All),
        Some("true") => Ok(ListName::Alarmed),
        Some(_) => Err("must be true or false"),
    }
}

fn kind(name: &str) -> Result<AquariumKind, &'static str> {
    let found = KINDS.into_iter().find(|kind| kind.as_str() == name);
    found.ok_or("must be fresh, brackish, marine or pond")
}

/// List all aquariums
///
/// Returns the aquariums of all users, or those with an open alarm, also of one type of water only. They are ordered by type of water and
/// then by ID; the order of IDs carries no meaning. It has IDs and numbers, and neither names nor content. Requires the role `manager` or
/// `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/web/aquariums", operation_id = "list_all_aquariums", tag = "screens",
    security(("bearer" = ["manager"])),
    params(
        ("kind" = Option<AquariumKind>, Query, description = "Only aquariums of this type of water"),
        ("openAlarms" = Option<bool>, Query, description = "`true`: only aquariums with an open alarm"),
        Page,
    ),
    responses((status = 200, description = "A page of aquariums", body = List<ListedAquarium>))
)]
pub async fn list_all_aquariums(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    page: Page,
    Query(query): Query<AquariumsQuery>,
) -> Result<Json<List<ListedAquarium>>, Problem> {
    let (list, kind) = query.parse()?;
    let (_, listed) = standing.with(ctx.store.listed(list, kind, page.limit, page.cursor)).await?;
    Ok(Json(List::of(listed, |listing| ListedAquarium::from(listing.value))))
}
