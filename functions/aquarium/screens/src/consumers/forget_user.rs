//! On `identity.user_deleted.v1`: deletes the home of a user, and what is known of their aquariums.
//!
//! The marker comes first: from then on the user gets no home. The home leads to the aquariums and is deleted last, so that a repeated
//! attempt finds what an earlier one left. `aquariums` publishes the removal of each of the aquariums, and the end of each share, too.

use std::collections::BTreeMap;

use contracts::Envelope;
use contracts::identity::UserDeleted;
use dynamo::Read;
use jiff::Timestamp;
use kit::bus::{Done, Failure, Handled};
use serde_json::Value;
use types::{AquariumId, UserId};

use crate::consumers::build_home::write_homes;
use crate::ctx::ConsumerContext;
use crate::domain::card::Role;
use crate::store::Store;

/// Handles one event.
pub async fn forget_user(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let at = event.occurred_at;
    let user = event.decode::<UserDeleted>()?.data.user_id;
    ctx.store.mark_forgotten(user, ctx.clock.now()).await?;
    let Some(home) = ctx.store.home(user, Read::Strong).await? else { return Ok(Done::Duplicate) };
    for (id, card) in home.value.in_order() {
        Box::pin(leave(&ctx.store, user, id, card.role, at)).await?;
    }
    // A home is one item.
    ctx.store.forget(user).await?;
    Ok(Done::Applied)
}

/// Forgets an aquarium of the user with the cards of all members, or the user as a member of it.
async fn leave(store: &Store, user: UserId, id: AquariumId, role: Role, at: Timestamp) -> Result<(), Failure> {
    let merged = match role {
        Role::Owner => store.merge(id, |facts| facts.removed(Some(at))).await?,
        Role::Keeper | Role::Viewer => store.merge(id, |facts| facts.without(user)).await?,
    };
    if let Some(merged) = merged.filter(|_| role == Role::Owner) {
        write_homes(store, merged.facts, &BTreeMap::new()).await?;
    }
    Ok(())
}
