//! Started by an operator (`make recount-badges`): compares people's awards with their logs, and mends what is wrong.
//! Emits `badges.badge_earned.v1` and `notifications.requested.v1` for what was not given.
//!
//! One call looks at one person, or at a page of people and says where the next begins. What it mends it writes as an entry
//! of the log, so that the next recount finds nothing.

use dynamo::{Cursor, StoreError};
use kit::Error;
use lambda_runtime::LambdaEvent;
use serde::{Deserialize, Serialize};
use types::{BadgeId, UserId};

use crate::awards::{Cause, told};
use crate::ctx::ConsumerContext;
use crate::domain::fact::{Deed, Fact};
use crate::domain::recount::{Difference, compare, fold, mended};
use crate::store::{Appended, SHARDS};

/// How many people one call looks at: each may have a log of megabytes.
const PAGE_PEOPLE: u32 = 25;
/// How often one person is looked at anew because they did something meanwhile, or because there is more to mend than one
/// entry takes.
const MAX_ROUNDS: u32 = 10;
/// How many differences one answer lists; an answer has six megabytes at most.
const MAX_DIFFERENCES: usize = 10_000;

/// What an operator asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RecountBadges {
    /// Whose awards; everybody's if it is absent.
    pub user_id: Option<UserId>,
    /// True to mend what is wrong.
    pub repair: bool,
    /// `nextCursor` of the call before.
    pub cursor: Option<String>,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recounted {
    /// How many people were looked at.
    pub people: u32,
    /// How many of them were mended.
    pub mended: u32,
    /// What was wrong.
    pub differences: Vec<Found>,
    /// Where the next call begins; absent after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A difference between somebody's awards and their log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Whose.
    pub user_id: UserId,
    /// `gap`, `aggregates`, `missing`, `unfounded` or `due`; `busy` where they did too much meanwhile.
    pub kind: &'static str,
    /// Which badge, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge_id: Option<BadgeId>,
    /// Which tier, from 1.
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
            Difference::Due(badge, tier) => ("due", Some((badge, tier))),
        };
        Self { user_id, kind, badge_id: award.map(|(badge, _)| badge), tier: award.map(|(_, tier)| tier) }
    }
}

/// Runs once.
pub async fn recount_badges(
    ctx: &'static ConsumerContext,
    event: LambdaEvent<RecountBadges>,
) -> Result<Recounted, Error> {
    // On the heap, since the future of all its calls is large.
    Box::pin(recount(ctx, event.payload, event.context.request_id)).await
}

/// The same without what Lambda puts around it.
pub async fn recount(ctx: &ConsumerContext, asked: RecountBadges, request_id: String) -> Result<Recounted, Error> {
    let cause = Cause { correlation_id: request_id, event_id: None };
    let mut recounted = Recounted::default();
    if let Some(user) = asked.user_id {
        person(ctx, user, asked.repair, &cause, &mut recounted).await?;
        return Ok(recounted);
    }
    let (shard, after) = place(asked.cursor.as_deref()).ok_or("cursor: is none that a recount gave")?;
    let page = ctx.store.people(shard, PAGE_PEOPLE, after).await?;
    for listed in &page.items {
        person(ctx, listed.value.user_id, asked.repair, &cause, &mut recounted).await?;
    }
    recounted.next_cursor = match page.next {
        Some(next) => Some(format!("{shard}.{}", next.encode())),
        None => (shard + 1 < SHARDS).then(|| format!("{}.", shard + 1)),
    };
    Ok(recounted)
}

/// Where a call begins: the shard, and where in it.
fn place(cursor: Option<&str>) -> Option<(u8, Option<Cursor>)> {
    let (shard, after) = cursor.unwrap_or("0.").split_once('.')?;
    let shard = shard.parse().ok().filter(|shard| *shard < SHARDS)?;
    if after.is_empty() {
        return Some((shard, None));
    }
    Some((shard, Some(Cursor::decode(after).ok()?)))
}

/// What became of a round.
enum Round {
    /// Nothing is left to do.
    Over,
    /// Something was mended: look again.
    Mended,
    /// They did something meanwhile: look again.
    Again,
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
        // What a later round finds is the rest of what the first one did.
        if !was_mended {
            found = differences.into_iter().map(|difference| Found::new(user, difference)).collect();
        }
        match round {
            Round::Over => break,
            Round::Mended => was_mended = true,
            Round::Again if number == MAX_ROUNDS => {
                found.push(Found { user_id: user, kind: "busy", badge_id: None, tier: None });
            }
            Round::Again => {}
        }
    }
    recounted.people += 1;
    recounted.mended += u32::from(was_mended);
    let room = MAX_DIFFERENCES.saturating_sub(recounted.differences.len());
    recounted.differences.extend(found.into_iter().take(room));
    Ok(())
}

/// One look at a person; none if nothing was heard of them.
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
    let folded = match fold(user, log, read.value.facts, &catalogue) {
        Ok(folded) => folded,
        Err(missing) => return Ok(Some((vec![Difference::Gap(missing)], Round::Over))),
    };
    let differences = compare(&read.value, &folded, &catalogue);
    let (number, revision) = (read.value.facts + 1, catalogue.revision());
    let fact = Fact { user_id: user, number, catalogue: revision, at: now, deed: Deed::Recounted };
    let Some((next, given)) = mended(&read.value, &folded, &fact, &catalogue).filter(|_| repair) else {
        return Ok(Some((differences, Round::Over)));
    };
    let outbox = told(user, &given, now, cause)?;
    let round = match ctx.store.append(Some(&read), &fact, &next, &outbox).await? {
        Appended::Done => Round::Mended,
        Appended::Again => Round::Again,
        Appended::Forgotten => Round::Over,
    };
    Ok(Some((differences, round)))
}

/// What can go wrong with one person; the operator is told, and calls again.
#[derive(Debug, thiserror::Error)]
enum StoreOrOutbox {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Outbox(#[from] dynamo::outbox::OutboxError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_names_a_shard_and_perhaps_a_person_in_it() {
        assert_eq!(place(None), Some((0, None)));
        assert_eq!(place(Some("15.")), Some((15, None)));
        let cursor = Cursor::decode("dXNlcg").unwrap();
        assert_eq!(place(Some("3.dXNlcg")), Some((3, Some(cursor))));
        for bad in ["", "3", "16.", "-1.", "x.", "3.!"] {
            assert_eq!(place(Some(bad)), None, "{bad}");
        }
    }
}
