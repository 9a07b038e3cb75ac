//! Invoked by an operator (`make recount-badges`): compares the records of users with their logs, and repairs
//! differences.
//!
//! Emits `badges.badge_earned.v1`, `badges.reward_granted.v1` and `notifications.requested.v1` for missing awards.
//!
//! One invocation checks one user, or a page of users and returns the cursor of the next page. Repairs are log
//! entries, so the next recount finds no difference.

use dynamo::{ShardCursor, StoreError};
use kit::Error;
use lambda_runtime::LambdaEvent;
use serde::{Deserialize, Serialize};
use types::{BadgeId, UserId};

use crate::awards::{Cause, award_events};
use crate::ctx::ConsumerContext;
use crate::domain::fact::{Activity, Fact};
use crate::domain::recount::{Difference, compare, fold, mended};
use crate::store::{AppendOutcome, SHARDS};

/// Users per invocation: each can have a log of several megabytes.
const PAGE_PEOPLE: u32 = 25;
/// Maximum number of rounds per user, because of concurrent activity or more repairs than one entry holds.
const MAX_ROUNDS: u32 = 10;
/// Maximum number of differences in a response, which is limited to 6 MB.
const MAX_DIFFERENCES: usize = 10_000;

/// Recount request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RecountBadges {
    /// User ID. Absent for all users.
    pub user_id: Option<UserId>,
    /// Whether to repair differences.
    pub repair: bool,
    /// `nextCursor` of the previous invocation.
    pub cursor: Option<String>,
}

/// Result of a recount.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recounted {
    /// Number of users checked.
    pub people: u32,
    /// Number of users repaired.
    pub mended: u32,
    /// Differences.
    pub differences: Vec<Found>,
    /// Cursor of the next invocation. Absent after the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A difference between the record of a user and the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// User ID.
    pub user_id: UserId,
    /// `gap`, `aggregates`, `missing`, `unfounded`, `unpaid`, `overpaid` or `due`; `busy` after too many concurrent activities.
    pub kind: &'static str,
    /// Badge ID, if the difference is about a badge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge_id: Option<BadgeId>,
    /// Number of the tier, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<usize>,
}

impl Found {
    fn new(user_id: UserId, difference: Difference) -> Self {
        let (kind, award) = match difference {
            Difference::Gap(_) => ("gap", None),
            Difference::Aggregates => ("aggregates", None),
            Difference::Missing(badge, tier) => ("missing", Some((badge, tier))),
            Difference::Unfounded(badge, tier) => ("unfounded", Some((badge, tier))),
            Difference::Unpaid(badge, tier) => ("unpaid", Some((badge, tier))),
            Difference::Overpaid(badge, tier) => ("overpaid", Some((badge, tier))),
            Difference::Due(badge, tier) => ("due", Some((badge, tier))),
        };
        Self { user_id, kind, badge_id: award.map(|(badge, _)| badge), tier: award.map(|(_, tier)| tier) }
    }
}

/// Handles one invocation.
pub async fn recount_badges(
    ctx: &'static ConsumerContext,
    event: LambdaEvent<RecountBadges>,
) -> Result<Recounted, Error> {
    // Boxed, because the future is large.
    Box::pin(recount(ctx, event.payload, event.context.request_id)).await
}

/// Runs a recount without the Lambda envelope.
pub async fn recount(ctx: &ConsumerContext, asked: RecountBadges, request_id: String) -> Result<Recounted, Error> {
    let cause = Cause { correlation_id: request_id, event_id: None, published_at: ctx.clock.now() };
    let mut recounted = Recounted::default();
    if let Some(user) = asked.user_id {
        person(ctx, user, asked.repair, &cause, &mut recounted).await?;
        return Ok(recounted);
    }
    let cursor = ShardCursor::decode(asked.cursor.as_deref(), SHARDS);
    let ShardCursor { shard, after } = cursor.map_err(|_| "cursor: not a cursor of a recount")?;
    let page = ctx.store.people(shard, PAGE_PEOPLE, after).await?;
    for listed in &page.items {
        person(ctx, listed.value.user_id, asked.repair, &cause, &mut recounted).await?;
    }
    recounted.next_cursor = ShardCursor::following(shard, page.next, SHARDS).map(|next| next.encode());
    Ok(recounted)
}

/// Outcome of a round.
enum Round {
    /// Nothing is left to do.
    Done,
    /// Repaired: check again.
    Repaired,
    /// Concurrent activity: check again.
    Conflict,
}

async fn person(
    ctx: &ConsumerContext,
    user: UserId,
    repair: bool,
    cause: &Cause,
    recounted: &mut Recounted,
) -> Result<(), Error> {
    let (mut found, mut was_mended) = (Vec::new(), false);
    for number in 1..=MAX_ROUNDS {
        let Some((differences, round)) = round(ctx, user, repair, cause).await? else { return Ok(()) };
        // Later rounds find the remainder of the first.
        if !was_mended {
            found = differences.into_iter().map(|difference| Found::new(user, difference)).collect();
        }
        match round {
            Round::Done => break,
            Round::Repaired => was_mended = true,
            Round::Conflict if number == MAX_ROUNDS => {
                found.push(Found { user_id: user, kind: "busy", badge_id: None, tier: None });
            }
            Round::Conflict => {}
        }
    }
    recounted.people += 1;
    recounted.mended += u32::from(was_mended);
    let room = MAX_DIFFERENCES.saturating_sub(recounted.differences.len());
    recounted.differences.extend(found.into_iter().take(room));
    Ok(())
}

/// Checks a user once. `None` if the user has no record.
async fn round(
    ctx: &ConsumerContext,
    user: UserId,
    repair: bool,
    cause: &Cause,
) -> Result<Option<(Vec<Difference>, Round)>, StoreOrOutbox> {
    let Some(read) = ctx.store.record(user).await? else { return Ok(None) };
    let now = ctx.clock.now();
    let catalogue = ctx.store.catalogue_at(ctx.store.revision().await?, now).await?;
    let log = ctx.store.log(user).await?;
    let folded = match fold(&read.value, log, &catalogue) {
        Ok(folded) => folded,
        Err(missing) => return Ok(Some((vec![Difference::Gap(missing)], Round::Done))),
    };
    let differences = compare(&read.value, &folded, &catalogue);
    let (number, revision) = (read.value.facts + 1, catalogue.revision());
    let fact = Fact { user_id: user, number, catalogue: revision, at: now, activity: Activity::Recounted };
    let Some((next, given)) = mended(&read.value, &folded, &fact, &catalogue).filter(|_| repair) else {
        return Ok(Some((differences, Round::Done)));
    };
    let outbox = award_events(user, &given, now, cause)?;
    let round = match ctx.store.append(Some(&read), &fact, &next, None, &outbox).await? {
        AppendOutcome::Appended => Round::Repaired,
        AppendOutcome::Conflict => Round::Conflict,
        AppendOutcome::UserErased => Round::Done,
    };
    Ok(Some((differences, round)))
}

/// Failure of a check. The operator repeats the invocation.
#[derive(Debug, thiserror::Error)]
enum StoreOrOutbox {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Outbox(#[from] dynamo::outbox::OutboxError),
}
