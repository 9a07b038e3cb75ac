//! `GET /v1/aquarium/aquariums/{id}/timeline/state`: the state of a timeline, now or at an earlier time.

use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::auth::Caller;
use kit::http::{Fields, Id, Path, Problem, Query, Tagged};
use serde::{Deserialize, Serialize};
use types::AquariumId;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::state::{self, SavedState, Totals};
use crate::problem::Refusal;
use crate::store::Opened;

/// Entries that are folded for a state of the past, beyond the newest snapshot. Snapshots are taken every 200 entries.
const MAX_FOLDED_ENTRIES: u64 = 2_000;

/// Time of the state, as it was sent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateQuery {
    at: Option<String>,
}

/// State of a timeline. Retracted entries do not count.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineState {
    /// Sequence number of the last entry that is included, 0 without entries.
    #[schema(example = 7)]
    seq: u64,
    /// SHA-256 of the state in hexadecimal. A rebuild from the entries has the same digest.
    digest: String,
    /// Version of the rules by which the state is computed. Digests of different versions differ.
    fold_version: u32,
    /// Counts by type.
    types: Vec<TypeState>,
    /// Volume of all water changes in millilitres.
    water_changed_ml: u64,
    /// Dosed amounts in microlitres by product, at most 40 products.
    dosed_ul: Vec<NamedTotal>,
    /// Dosed amounts in microlitres of all other products.
    other_dosed_ul: i64,
    /// Animals and plants by species, at most 40 species: added less removed.
    stock: Vec<NamedTotal>,
    /// Animals and plants of all other species: added less removed.
    other_stock: i64,
}

/// Counts of a type.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypeState {
    /// Type.
    #[serde(rename = "type")]
    #[schema(example = "water_change")]
    entry_type: String,
    /// Number of entries.
    count: u64,
    /// The last entry by `happenedAt`. Null if it is not known any more because the four latest entries were retracted or
    /// moved.
    last: Option<LastEntry>,
}

/// The last entry of a type.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastEntry {
    /// Sequence number.
    seq: u64,
    /// Time when it happened (UTC).
    #[serde(serialize_with = "types::time::millis")]
    happened_at: Timestamp,
    /// Local date when it happened.
    #[schema(value_type = String, format = Date, example = "2026-11-29")]
    happened_on: Date,
}

/// A sum by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedTotal {
    /// Name of the product or species.
    name: String,
    /// Sum.
    total: i64,
}

impl TimelineState {
    fn of(state: &state::State) -> Result<Self, Problem> {
        let saved = SavedState::of(state).map_err(Problem::internal)?;
        let types = state.types.iter().map(|(entry_type, of_type)| TypeState {
            entry_type: entry_type.clone(),
            count: of_type.count,
            last: of_type.recent.first().map(|recent| LastEntry {
                seq: recent.place.seq,
                happened_at: recent.place.at,
                happened_on: recent.on,
            }),
        });
        Ok(Self {
            seq: state.seq,
            digest: saved.digest,
            fold_version: saved.fold_version,
            types: types.collect(),
            water_changed_ml: state.water_changed_ml,
            dosed_ul: totals(&state.dosed_ul),
            other_dosed_ul: state.dosed_ul.other,
            stock: totals(&state.stock),
            other_stock: state.stock.other,
        })
    }
}

fn totals(totals: &Totals) -> Vec<NamedTotal> {
    totals.by_name.iter().map(|(name, total)| NamedTotal { name: name.clone(), total: *total }).collect()
}

/// Get the state of a timeline
///
/// Returns what counts: numbers by type, sums and stock. Members of the aquarium can read it. With `at`, the state is computed
/// from the entries that were recorded until then, without later corrections. The `ETag` is the sequence number of the last
/// entry that is included; without `at` it can be sent as `If-Match` of an append.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/timeline/state", operation_id = "get_state", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("at" = Option<String>, Query, description = "Entries that were recorded after this time are left out. Defaults to now", format = DateTime),
    ),
    responses(
        (status = 200, description = "The state", body = TimelineState),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 503, description = "`timeline.history_unavailable`: the state of that time is not prepared yet; `timeline.rebuilding`: the state of the timeline is being computed again; retry after `Retry-After` seconds"),
    )
)]
pub async fn get_state(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    Query(query): Query<StateQuery>,
) -> Result<Tagged<TimelineState>, Problem> {
    let mut fields = Fields::of_parameters();
    let at = fields.check("at", query.at.as_deref().map(types::time::parse).transpose());
    let (at,) = fields.all((at,))?;
    let state = match at {
        None => now(ctx, ctx.store.open(caller.user_id, id).await?).await?,
        Some(at) => past(ctx, &caller, id, at).await?,
    };
    Ok(Tagged::new(state.seq, TimelineState::of(&state)?))
}

async fn now(ctx: &Ctx, opened: Option<Opened>) -> Result<state::State, Problem> {
    let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
    let stream = ctx.store.stream(&opened).await?.ok_or(Refusal::Rebuilding)?;
    Ok(stream.state().clone())
}

async fn past(ctx: &Ctx, caller: &Caller, id: AquariumId, at: Timestamp) -> Result<state::State, Problem> {
    let open = ctx.store.open(caller.user_id, id);
    let (opened, snapshot) = futures::join!(open, ctx.store.snapshot_at(id, at));
    let opened = opened?.ok_or(Refusal::NoSuchAquarium)?;
    if opened.head.as_ref().is_none_or(|head| head.value.recorded_at <= at) {
        return now(ctx, Some(opened)).await;
    }
    let state = ctx.store.state_at(&opened.scope, snapshot?, at, MAX_FOLDED_ENTRIES).await?;
    Ok(state.ok_or(Refusal::HistoryUnavailable)?)
}
