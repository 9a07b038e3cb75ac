//! On `identity.user_deleted.v1`: removes the user's aquariums, ends the shares of others' aquariums, removes the user from the
//! entries that they recorded there, and deletes what is left.
//! On `identity.account_reclaimed.v1`: does the same with what was made before the takeover
//! ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).
//!
//! Emits `aquariums.aquarium_removed.v1` and `aquariums.access_changed.v1`.
//!
//! The marker comes first, so nothing new is stored meanwhile. Aquariums, shares and entries are found from the user's own partition and
//! leave it one by one, so a repeat continues where this attempt ended.

use std::cell::Cell;
use std::collections::BTreeSet;

use contracts::identity::{AccountReclaimed, UserDeleted};
use contracts::{DomainEvent, Envelope};
use dynamo::Cursor;
use jiff::Timestamp;
use kit::Deadline;
use kit::sqs::{Failure, PartlyHandled, Round, in_rounds};
use serde_json::Value;
use types::UserId;

use super::leaving::{end_share, redact, remove_aquarium};
use crate::ctx::ConsumerContext;

/// Items that one round handles.
const PAGE_ITEMS: u32 = 25;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    if event.is::<AccountReclaimed>() {
        return reclaim(ctx, &event.decode()?, deadline).await;
    }
    let event = event.decode::<UserDeleted>()?;
    let user = event.data.user_id;
    ctx.store.mark_forgotten(user, ctx.clock.now()).await?;
    in_rounds(deadline, async || {
        let left = leave(ctx, user, &event, Timestamp::MAX, &Position::default()).await?;
        if left.more {
            return Ok(left);
        }
        let forgotten = ctx.store.forget(user).await?;
        Ok(Round { changed: left.changed + forgotten.items, more: forgotten.more })
    })
    .await
}

/// What the mailbox owner has made since the takeover stays, and is passed over.
async fn reclaim(ctx: &ConsumerContext, event: &Envelope<AccountReclaimed>, deadline: Deadline) -> PartlyHandled {
    let position = Position::default();
    in_rounds(deadline, async || leave(ctx, event.data.user_id, event, event.occurred_at, &position).await).await
}

/// Where the next round continues, in each of the lists. Without one, a round begins with the first item.
#[derive(Default)]
struct Position {
    owned: Cell<Option<Cursor>>,
    shares: Cell<Option<Cursor>>,
    contributions: Cell<Option<Cursor>>,
    passed_owned: Cell<bool>,
    passed_shares: Cell<bool>,
}

/// Ends one page of what a user has part in since `until` or earlier.
async fn leave<T: DomainEvent>(
    ctx: &ConsumerContext,
    user: UserId,
    cause: &Envelope<T>,
    until: Timestamp,
    position: &Position,
) -> Result<Round, Failure> {
    let mut changed = 0;
    if !position.passed_owned.get() {
        let owned = ctx.store.owned(user, PAGE_ITEMS, position.owned.take()).await?;
        for read in owned.items.iter().filter(|read| read.value.created_at <= until) {
            changed += usize::from(remove_aquarium(ctx, user, read.value.id, cause).await?);
        }
        if owned.next.is_some() {
            position.owned.set(owned.next);
            return Ok(Round { changed, more: true });
        }
        position.passed_owned.set(true);
    }
    if !position.passed_shares.get() {
        let shares = ctx.store.shares(user, PAGE_ITEMS, position.shares.take()).await?;
        for read in shares.items.iter().filter(|read| read.value.joined_at <= until) {
            changed += usize::from(end_share(ctx, user, read.value.aquarium_id, cause).await?);
        }
        if shares.next.is_some() {
            position.shares.set(shares.next);
            return Ok(Round { changed, more: true });
        }
        position.passed_shares.set(true);
    }
    let records = ctx.store.contributions(user, PAGE_ITEMS, position.contributions.take()).await?;
    let due: Vec<_> = records.items.iter().filter(|read| read.value.recorded_at <= until).collect();
    let mut cleared = BTreeSet::new();
    for read in &due {
        // Before the records are deleted: a repeat finds what a killed one left.
        if cleared.insert(read.value.entry.subject()) {
            ctx.store.clear_events(&read.value).await?;
        }
    }
    for read in due {
        redact(ctx, read).await?;
        changed += 1;
    }
    let more = records.next.is_some();
    position.contributions.set(records.next);
    Ok(Round { changed, more })
}
