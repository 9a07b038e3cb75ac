//! On events of identity and of points: keeps what this context must know of people and points. Money of a point that has no
//! keeper any more goes to `unclaimed`.
//!
//! Events come late and in any order. Of a person's suspensions the one that became true last stands, of a point's changes
//! the one with the greatest number; a user who deleted the account is not brought back.

use contracts::Envelope;
use contracts::identity::{UserRegistered, UserRestored, UserSuspended};
use contracts::points::{PointCreated, PointRemoved, PointUpdated};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;

use crate::ctx::ConsumerContext;
use crate::domain::people::PointChange;

/// Handles one event.
pub async fn keep_copies(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let at = event.occurred_at;
    let fresh = if event.is::<UserRegistered>() {
        ctx.store.keep_person(event.decode::<UserRegistered>()?.data.user_id).await?
    } else if event.is::<UserSuspended>() {
        ctx.store.keep_judgement(event.decode::<UserSuspended>()?.data.user_id, true, at).await?
    } else if event.is::<UserRestored>() {
        ctx.store.keep_judgement(event.decode::<UserRestored>()?.data.user_id, false, at).await?
    } else {
        let change = change(event)?;
        let fresh = ctx.store.keep_point(&change).await?;
        if change.state.is_some_and(|(_, keeper)| keeper.is_none()) {
            ctx.store.leave_keeperless(change.point_id, ctx.clock.now()).await?;
        }
        fresh
    };
    Ok(if fresh { Done::Applied } else { Done::Duplicate })
}

/// The change of a point in an event.
fn change(event: Envelope<Value>) -> Result<PointChange, Failure> {
    if event.is::<PointCreated>() {
        let PointCreated { point_id, name, keeper_id, revision, .. } = event.decode()?.data;
        Ok(PointChange { point_id, state: Some((name, keeper_id)), revision })
    } else if event.is::<PointUpdated>() {
        let PointUpdated { point_id, name, keeper_id, revision, .. } = event.decode()?.data;
        Ok(PointChange { point_id, state: Some((name, keeper_id)), revision })
    } else if event.is::<PointRemoved>() {
        let PointRemoved { point_id, revision } = event.decode()?.data;
        Ok(PointChange { point_id, state: None, revision })
    } else {
        Err(Failure::Poison(format!("unexpected event type {}", event.detail_type())))
    }
}
