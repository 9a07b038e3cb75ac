//! `GET /v1/search/{collection}/reports`: get search report.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetSearchReportPath {
    /// `{collection}`.
    pub collection: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetSearchReportReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get search report
#[utoipa::path(
    get, path = "/v1/search/{collection}/reports", operation_id = "get_search_report", tag = "search",
    security(("bearer" = [])),
    params(("collection" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetSearchReportReply),
        (status = 404, description = "`search.no_such_search_report`"),
    )
)]
pub async fn get_search_report(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetSearchReportPath>,
) -> Result<Json<GetSearchReportReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchSearchReport)?;
    Ok(Json(GetSearchReportReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetSearchReportPath) -> Option<String> {
    None
}
