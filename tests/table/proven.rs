//! What is known of proven addresses only ever moves on, in whatever order the events come.

use jiff::{SignedDuration, Timestamp};
use notifications::store::{Notifications, Store};
use testkit::TestTable;
use types::UserId;

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_proof_stays_however_many_come_at_once() {
    let store = Store::new(TestTable::start().await.of::<Notifications>());
    let (user, start) = (UserId::generate(), Timestamp::from_second(1_800_000_000).unwrap());
    assert_eq!(store.proven_at(user).await.unwrap(), None);
    let notes: Vec<_> = (0..8)
        .map(|number| {
            let (store, at) = (store.clone(), start + SignedDuration::from_secs(number * 5 % 8));
            tokio::spawn(async move { store.note_proven(user, at).await.unwrap() })
        })
        .collect();
    for note in notes {
        note.await.unwrap();
    }
    let last = start + SignedDuration::from_secs(7);
    assert_eq!(store.proven_at(user).await.unwrap(), Some(last));
    assert!(!store.note_proven(user, last).await.unwrap(), "the same event again");
    assert!(!store.note_proven(user, start).await.unwrap(), "an older one");
    assert_eq!(store.proven_at(user).await.unwrap(), Some(last));
}
