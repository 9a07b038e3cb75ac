//! The log of an aquarium as it is stored: what must hold of it, how it is filled, and how other code would have left it.

use std::time::Duration;

use dynamo::{Key, Outbox, Read};
use timeline::consumers::recount_timeline::RecountTimeline;
use timeline::domain::entry::{CHAIN_START, Entry};
use timeline::domain::state::{SavedState, State};
use timeline::domain::stream::Head;
use timeline::store::Timeline;
use types::{AquariumId, UserId};

use crate::timeline_support::{Person, Tank, water};

pub fn status_and_code(reply: &testkit::Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}

/// Sequence numbers of the entries of a page.
pub fn seqs(body: &serde_json::Value) -> Vec<u64> {
    body["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

/// The log of an aquarium as it is stored.
pub async fn log(tank: &Tank, owner: UserId, id: AquariumId) -> Vec<Entry> {
    let (table, mut after, mut entries) = (tank.table.of::<Timeline>(), None, Vec::new());
    loop {
        let prefix = Key::new("user", owner, format!("entry#{id}#"));
        let page = table.list_strong::<Entry>(prefix, false, 1_000, after).await.unwrap();
        entries.extend(page.items.into_iter().map(|entry| entry.value));
        after = page.next;
        if after.is_none() {
            return entries;
        }
    }
}

pub async fn head(tank: &Tank, id: AquariumId) -> Head {
    let key = Key::new("aquarium", id, "head");
    tank.table.of::<Timeline>().get::<Head>(key, Read::Strong).await.unwrap().unwrap().value
}

/// Sequence numbers have no gaps, the chain is whole, and a fold of the log has the digest of the head.
pub async fn verify(tank: &Tank, owner: UserId, id: AquariumId) -> usize {
    let (entries, head) = (log(tank, owner, id).await, head(tank, id).await);
    let (mut state, mut before) = (State::default(), CHAIN_START.to_owned());
    for (entry, seq) in entries.iter().zip(1..) {
        assert_eq!(entry.seq, seq);
        assert!(entry.is_intact(&before), "entry {seq}");
        before.clone_from(&entry.chain);
        state = state.after(entry.seq, &entry.recorded().unwrap());
    }
    assert_eq!((before, SavedState::of(&state).unwrap()), (head.chain, head.saved));
    entries.len()
}

/// So many entries, in commands of twenty.
pub async fn fill(tank: &Tank, ann: &Person, id: AquariumId, count: usize) {
    for number in 0..count.div_ceil(20) {
        let size = usize::min(20, count - 20 * number);
        let entries: Vec<_> = (0..size).map(|_| water(1)).collect();
        let reply = tank.append(ann, id, &format!("fill-{number}"), &entries).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        tank.clock.advance(Duration::from_mins(1));
    }
}

/// A head as other code would have left it.
pub async fn rewrite_head(tank: &Tank, id: AquariumId, change: impl Fn(&mut Head)) {
    let table = tank.table.of::<Timeline>();
    let read = table.get::<Head>(Key::new("aquarium", id, "head"), Read::Strong).await.unwrap().unwrap();
    let mut next = read.value.clone();
    change(&mut next);
    table.replace(&read, next, &Outbox::none()).await.unwrap();
}

pub async fn recount(tank: &Tank, id: Option<AquariumId>, repair: bool) -> Vec<(&'static str, Option<u64>)> {
    let (mut cursor, mut found) = (None, Vec::new());
    loop {
        let request = RecountTimeline { aquarium_id: id, repair, cursor };
        let recounted = timeline::consumers::recount_timeline::recount(tank.consumer, request).await.unwrap();
        found.extend(recounted.differences.into_iter().map(|one| (one.kind, one.seq)));
        cursor = recounted.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}
