//! `GET /v1/search/{collection}/reports`: the figures of searches in some days.

use std::collections::BTreeSet;

use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Json, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use types::time::millis;
use utoipa::ToSchema;

use crate::api::CollectionPath;
use crate::ctx::Ctx;
use crate::domain::collections::Declaration;
use crate::domain::figures::Figures;
use crate::domain::report::{days, reportable, top, total};
use crate::domain::sketch::QueryCount;
use crate::problem::collection;
use crate::store::Pointer;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportParams {
    from: String,
    to: String,
}

/// The figures of searches in some days.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchReport {
    /// Number of searches.
    searches: u64,
    /// Number of searches without results.
    searches_without_results: u64,
    /// Number of conversions.
    conversions: u64,
    /// Clicks by the position of the hit.
    clicks: Vec<PositionClicks>,
    /// The most frequent searches that had results, at most 50. Texts that fewer than three network addresses searched on a day are
    /// not listed.
    top_queries: Vec<QueryFigures>,
    /// The most frequent searches without results, at most 50, of three network addresses too.
    queries_without_results: Vec<QueryFigures>,
    /// The index. `null` before the first one was built.
    index: Option<IndexFigures>,
}

/// Clicks on hits at a position.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PositionClicks {
    /// Position, from 1. Position 21 has the clicks on all later ones too.
    #[schema(example = 1)]
    position: usize,
    /// Number of clicks.
    clicks: u64,
}

/// The figures of a searched text. Rare searches are not counted, so a count can be up to half a percent of all searches too low.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueryFigures {
    /// The text in lower case.
    #[schema(example = "red shoe")]
    query: String,
    /// Number of searches.
    searches: u64,
    /// Number of clicks on its hits.
    clicks: u64,
    /// Number of conversions.
    conversions: u64,
}

/// The state of the index.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IndexFigures {
    /// Number of documents.
    documents: u64,
    /// Number of documents that were left out, because they exceed a limit of the engine.
    refused_documents: u64,
    /// When it was built.
    #[serde(serialize_with = "millis")]
    built_at: Timestamp,
    /// Number of changes since then. Searches find them too.
    changes: u64,
}

/// Get a search report
///
/// Returns figures of the searches from one day to another, both included, in UTC: at most 31 days. Figures are kept for 400 days.
/// They are counted in memory and written every ten seconds, so the newest may be missing, and those of a process that ends are lost.
/// Requires the role `admin`.
#[utoipa::path(
    get, path = "/v1/search/{collection}/reports", operation_id = "get_search_report", tag = "search",
    security(("bearer" = ["admin"])),
    params(
        ("collection" = String, Path, max_length = 40, description = "Name of the collection", example = "products"),
        ("from" = String, Query, format = Date, description = "First day", example = "2026-11-01"),
        ("to" = String, Query, format = Date, description = "Last day, at most 30 days later", example = "2026-11-30"),
    ),
    responses(
        (status = 200, description = "The figures", body = SearchReport),
        (status = 404, description = "`search.no_such_collection`: no collection with this name"),
    )
)]
pub async fn get_search_report(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(CollectionPath { collection: name }): Path<CollectionPath>,
    Query(params): Query<ReportParams>,
) -> Result<Json<SearchReport>, Problem> {
    let load = async {
        let collection = collection(&name)?;
        let days = params.parse()?;
        load(ctx, collection, &days).await
    };
    let (_, report) = standing.with(load).await?;
    Ok(Json(report))
}

async fn load(ctx: &Ctx, collection: &Declaration, days: &[Date]) -> Result<SearchReport, Problem> {
    let (parts, state) =
        futures::join!(ctx.store.figures(collection.name(), days), ctx.store.log_state(collection.name()));
    let (last, pointer) = state?;
    let parts = parts?;
    let listed = reportable(&parts);
    Ok(SearchReport::of(&total(parts), &listed, last, pointer.map(|pointer| pointer.value)))
}

impl ReportParams {
    fn parse(self) -> Result<Vec<Date>, Problem> {
        let mut fields = Fields::of_parameters();
        let from = fields.check("from", day(&self.from));
        let to = fields.check("to", day(&self.to));
        let (from, to) = fields.all((from, to))?;
        let mut fields = Fields::of_parameters();
        let days = fields.check("to", days(from, to));
        fields.all((days,)).map(|(days,)| days)
    }
}

fn day(text: &str) -> Result<Date, &'static str> {
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    day.ok_or("must be a day as YYYY-MM-DD")
}

impl SearchReport {
    fn of(figures: &Figures, listed: &BTreeSet<String>, last: u64, pointer: Option<Pointer>) -> Self {
        let positions = figures.clicks.iter().enumerate();
        Self {
            searches: figures.searches,
            searches_without_results: figures.without_results,
            conversions: figures.conversions,
            clicks: positions.map(|(index, clicks)| PositionClicks { position: index + 1, clicks: *clicks }).collect(),
            top_queries: top(figures.queries.iter(), listed).into_iter().map(QueryFigures::from).collect(),
            queries_without_results: top(figures.empty_queries.iter(), listed)
                .into_iter()
                .map(QueryFigures::from)
                .collect(),
            index: pointer.map(|pointer| IndexFigures {
                documents: pointer.documents,
                refused_documents: pointer.refused,
                built_at: pointer.built_at,
                changes: last.saturating_sub(pointer.covered),
            }),
        }
    }
}

impl From<(&str, QueryCount)> for QueryFigures {
    fn from((query, count): (&str, QueryCount)) -> Self {
        let QueryCount { searches, clicks, conversions, .. } = count;
        Self { query: query.to_owned(), searches, clicks, conversions }
    }
}
