//! On events of `aquariums`, `timeline` and `notifications`: keeps the facts of aquariums, the homes of their members, and the figures
//! for the staff.
//!
//! Facts are merged by revisions, and a card follows from facts: neither the order of events nor their repetition matters. Homes are
//! looked at also after an event that is known already, since an earlier attempt may have ended between facts and homes.
//!
//! Messages of a batch about the same aquarium are one write.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Envelope;
use dynamo::{ConflictRetry, Read, StoreError, Versioned};
use futures::{StreamExt, stream};
use jiff::civil::Date;
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::{AquariumId, UserId};

use crate::ctx::Builder;
use crate::domain::card::Card;
use crate::domain::facts::Facts;
use crate::domain::home::Home;
use crate::domain::news::{Heard, News, UserChange, UserNews, heard};
use crate::store::{HomeWritten, Homes, Store};

/// How many homes are written at the same time.
const MAX_PARALLEL: usize = 10;

/// Days on which users were active.
type Activity = BTreeMap<UserId, Date>;

/// Handles one event.
pub async fn build_home(ctx: &'static Builder, event: Envelope<Value>) -> Handled {
    let name = event.detail_type();
    match heard(event)? {
        Some(Heard::Aquarium(news)) => {
            let id = news.aquarium_id;
            ctx.aquariums.join(id, *news, async |news| Box::pin(aquarium(&ctx.store, id, news)).await).await
        }
        Some(Heard::User(news)) => {
            let id = news.user_id;
            ctx.users.join(id, news, async |news| Box::pin(user(&ctx.store, id, news)).await).await
        }
        Some(Heard::Nothing) => Ok(Done::Ignored),
        None => Err(Failure::Poison(format!("unexpected event type {name}"))),
    }
}

/// Merges events into the facts of an aquarium, and writes the homes of its members. True if an item changed.
async fn aquarium(store: &Store, id: AquariumId, news: Vec<News>) -> Result<bool, Failure> {
    let mut activity = Activity::new();
    for (user, on) in news.iter().filter_map(|news| news.activity) {
        let latest = activity.entry(user).or_insert(on);
        *latest = on.max(*latest);
    }
    let merged = store.merge(id, |facts| news.iter().cloned().fold(facts, Facts::with)).await?;
    let Some(merged) = merged else { return Ok(false) };
    Ok(write_homes(store, merged.facts, &activity).await? || merged.is_changed)
}

/// Writes the homes of all who have, or may still have, a card of an aquarium. True if one changed.
///
/// Homes are read before the facts: a home that another writer has written since, with newer facts, is a conflict. A writer that finds
/// nothing to write leaves no trace. So a card is added on condition that the facts are unchanged, and the facts are read once more after
/// a write: those that were stored meanwhile show too. A home that cannot be read or written does not keep the others from their cards:
/// the failure comes after these.
pub async fn write_homes(store: &Store, facts: Versioned<Facts>, activity: &Activity) -> Result<bool, Failure> {
    let id = facts.value.aquarium_id;
    let mut users: BTreeSet<UserId> = facts.value.audience();
    users.extend(activity.keys());
    let (mut retry, mut is_changed) = (ConflictRetry::default(), false);
    loop {
        let homes = store.homes(&users).await?;
        // Facts are deleted by their expiry only, long after the removal.
        let Some(facts) = store.facts(id).await? else { return Ok(is_changed) };
        let audience = facts.value.audience();
        if audience.is_subset(&users) {
            let pass = write_pass(store, &facts, &users, &homes, activity).await?;
            is_changed |= pass.is_changed;
            if !pass.has_conflict && is_settled(store, &facts, pass.is_changed).await? {
                return Ok(is_changed);
            }
        }
        users.extend(audience);
        retry.pause().await?;
    }
}

/// What a pass over homes did.
struct Pass {
    is_changed: bool,
    has_conflict: bool,
}

async fn write_pass(
    store: &Store,
    facts: &Versioned<Facts>,
    users: &BTreeSet<UserId>,
    homes: &Homes,
    activity: &Activity,
) -> Result<Pass, Failure> {
    let readable: Vec<UserId> = users.iter().copied().filter(|user| !homes.unreadable.contains_key(user)).collect();
    let written = stream::iter(&readable).map(async |user| {
        let read = homes.known.get(user);
        let home = read.map_or_else(|| Home::empty(*user), |read| read.value.clone());
        let (id, card) = (facts.value.aquarium_id, Card::of(&facts.value, *user));
        let adds_card = card.is_some() && !home.cards.contains_key(&id);
        let next = home.with_card(id, card).active(activity.get(user).copied());
        store.write_home(read, next, adds_card.then_some(facts)).await
    });
    let written: Vec<Result<HomeWritten, StoreError>> = written.buffer_unordered(MAX_PARALLEL).collect().await;
    if let Some(error) = homes.unreadable.values().next() {
        // It may be of a newer version of this function.
        return Err(Failure::Retry(error.to_string()));
    }
    let written = written.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(Pass {
        is_changed: written.contains(&HomeWritten::Applied),
        has_conflict: written.contains(&HomeWritten::Conflict),
    })
}

/// True if the facts are still those that the homes were written from. Then users who lost access are no longer named in them.
async fn is_settled(store: &Store, facts: &Versioned<Facts>, has_written: bool) -> Result<bool, Failure> {
    if !facts.value.leaving.is_empty() {
        return Ok(store.settle(facts).await?);
    }
    if !has_written {
        return Ok(true);
    }
    Ok(store.facts(facts.value.aquarium_id).await?.is_none_or(|newest| newest.version == facts.version))
}

/// Merges events about a user into their home. True if it changed.
async fn user(store: &Store, id: UserId, news: Vec<UserNews>) -> Result<bool, Failure> {
    let mut retry = ConflictRetry::default();
    loop {
        let read = store.home(id, Read::Strong).await?;
        let home = read.as_ref().map_or_else(|| Home::empty(id), |read| read.value.clone());
        let next = news.iter().fold(home, with_user_news);
        match store.write_home(read.as_ref(), next, None).await? {
            HomeWritten::Applied => return Ok(true),
            HomeWritten::Unchanged | HomeWritten::Forgotten => return Ok(false),
            HomeWritten::Conflict => retry.pause().await?,
        }
    }
}

fn with_user_news(mut home: Home, news: &UserNews) -> Home {
    match &news.what {
        UserChange::Added(notifications) => home.unread.merge(notifications, false, news.at),
        UserChange::Read(notifications) => home.unread.merge(notifications, true, news.at),
        UserChange::Active(on) => return home.active(Some(*on)),
    }
    home
}
