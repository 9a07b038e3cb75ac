//! Invoked by an operator (`make recount-timeline`): compares heads, snapshots, months and entries with the logs, and repairs
//! differences.
//!
//! One invocation compares one timeline, or a page of timelines and returns the cursor of the next page. A log that is damaged
//! itself is reported and not touched.

use dynamo::{ShardCursor, StoreError};
use kit::Error;
use lambda_runtime::LambdaEvent;
use serde::{Deserialize, Serialize};
use types::AquariumId;

use crate::ctx::ConsumerContext;
use crate::domain::verification::Difference;
use crate::store::{Compared, SHARDS};

/// Timelines per invocation: each can have a log of many megabytes.
const PAGE_TIMELINES: u32 = 10;
/// Maximum number of comparisons of a timeline, because of appends at the same time and of repairs.
const MAX_ROUNDS: u32 = 5;
/// Maximum number of differences in a response, which is limited to 6 MB.
const MAX_DIFFERENCES: usize = 10_000;

/// Request to compare timelines.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RecountTimeline {
    /// Aquarium ID. Absent for all aquariums.
    pub aquarium_id: Option<AquariumId>,
    /// Whether to repair differences.
    pub repair: bool,
    /// `nextCursor` of the previous invocation.
    pub cursor: Option<String>,
}

/// Result of an invocation.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recounted {
    /// Number of timelines compared.
    pub timelines: u32,
    /// Number of timelines repaired.
    pub repaired: u32,
    /// Differences.
    pub differences: Vec<Found>,
    /// Cursor of the next invocation. Absent after the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A difference between a timeline and its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// `gap`, `chain` or `unreadable`, if the log is damaged; `head`, `entry`, `snapshot`, `projection` or `month`; `busy` if the
    /// timeline changed during every comparison.
    pub kind: &'static str,
    /// Sequence number, if the difference is about an entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Year and month, if the difference is about a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
}

impl Found {
    fn new(aquarium_id: AquariumId, difference: Difference) -> Self {
        let (kind, seq, month) = match difference {
            Difference::Gap(seq) => ("gap", Some(seq), None),
            Difference::Chain(seq) => ("chain", Some(seq), None),
            Difference::Unreadable(seq) => ("unreadable", Some(seq), None),
            Difference::Head => ("head", None, None),
            Difference::Entry(seq) => ("entry", Some(seq), None),
            Difference::Snapshot(seq) => ("snapshot", Some(seq), None),
            Difference::Projection => ("projection", None, None),
            Difference::Month(month) => ("month", None, Some(month.to_string())),
        };
        Self { aquarium_id, kind, seq, month }
    }

    const fn busy(aquarium_id: AquariumId) -> Self {
        Self { aquarium_id, kind: "busy", seq: None, month: None }
    }
}

/// Handles one invocation.
pub async fn recount_timeline(
    ctx: &'static ConsumerContext,
    event: LambdaEvent<RecountTimeline>,
) -> Result<Recounted, Error> {
    // Boxed, because the future is large.
    Box::pin(recount(ctx, event.payload)).await
}

/// Compares timelines without the Lambda envelope.
pub async fn recount(ctx: &ConsumerContext, request: RecountTimeline) -> Result<Recounted, Error> {
    let mut recounted = Recounted::default();
    if let Some(aquarium) = request.aquarium_id {
        timeline(ctx, aquarium, request.repair, &mut recounted).await?;
        return Ok(recounted);
    }
    let cursor = ShardCursor::decode(request.cursor.as_deref(), SHARDS);
    let ShardCursor { shard, after } = cursor.map_err(|_| "cursor: not a cursor of a recount")?;
    let (aquariums, next) = ctx.store.aquariums(shard, PAGE_TIMELINES, after).await?;
    for aquarium in aquariums {
        timeline(ctx, aquarium, request.repair, &mut recounted).await?;
    }
    recounted.next_cursor = ShardCursor::following(shard, next, SHARDS).map(|next| next.encode());
    Ok(recounted)
}

async fn timeline(
    ctx: &ConsumerContext,
    aquarium: AquariumId,
    repair: bool,
    recounted: &mut Recounted,
) -> Result<(), StoreError> {
    let (mut found, mut is_repaired, mut is_settled) = (Vec::new(), false, false);
    for _ in 0..MAX_ROUNDS {
        let Some(compared) = ctx.store.compare(aquarium).await? else { return Ok(()) };
        let Ok(compared) = compared else { continue };
        let differences = &compared.verified.differences;
        // Later comparisons find what is left of the first.
        if !is_repaired {
            found = differences.iter().map(|difference| Found::new(aquarium, *difference)).collect();
        }
        let is_damaged = differences.iter().any(|difference| difference.is_of_log());
        if differences.is_empty() || is_damaged || !repair {
            is_settled = true;
            break;
        }
        is_repaired = true;
        mend(ctx, aquarium, &compared).await?;
    }
    if !is_settled {
        found.push(Found::busy(aquarium));
    }
    for one in &found {
        tracing::error!(aquarium = %aquarium, kind = one.kind, seq = one.seq, "a timeline differs from its log");
    }
    recounted.timelines += 1;
    recounted.repaired += u32::from(is_repaired && is_settled);
    let room = MAX_DIFFERENCES.saturating_sub(recounted.differences.len());
    recounted.differences.extend(found.into_iter().take(room));
    Ok(())
}

async fn mend(ctx: &ConsumerContext, aquarium: AquariumId, compared: &Compared) -> Result<(), StoreError> {
    let differences = &compared.verified.differences;
    if differences.contains(&Difference::Head) && !ctx.store.repair_head(compared).await? {
        return Ok(());
    }
    ctx.store.repair_entries(compared.owner, aquarium, &compared.verified.amended).await?;
    let is_of_views = |difference: &Difference| {
        matches!(difference, Difference::Snapshot(_) | Difference::Projection | Difference::Month(_))
    };
    if differences.iter().any(is_of_views) {
        ctx.store.drop_views(compared, aquarium).await?;
        while ctx.store.advance(aquarium).await?.more {}
    }
    Ok(())
}
