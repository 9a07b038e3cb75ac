//! Of any number of senders of one mail, one sends.

use jiff::Timestamp;
use notifications::domain::delivery::{Delivery, LEASE};
use notifications::store::{Claim, Notifications, Store};
use testkit::TestTable;
use types::UserId;

#[tokio::test(flavor = "multi_thread")]
async fn one_sender_gets_it_and_another_only_when_the_first_is_dead() {
    let store = Store::new(TestTable::start().await.of::<Notifications>());
    let (user, now) = (UserId::generate(), Timestamp::now());
    let claim = |at| {
        let store = store.clone();
        tokio::spawn(async move { store.claim(Delivery::begin(user, "verification", at), at).await.unwrap() })
    };
    let mut ours = Vec::new();
    for rival in (0..20).map(|_| claim(now)).collect::<Vec<_>>() {
        match rival.await.unwrap() {
            Claim::Ours(claimed) => ours.push(claimed),
            Claim::Busy => {}
            Claim::Done => panic!("nobody has sent it"),
        }
    }
    assert_eq!(ours.len(), 1);
    // The first died: the lease ends, and one of the next gets it.
    let mut taken = Vec::new();
    for rival in (0..20).map(|_| claim(now + LEASE)).collect::<Vec<_>>() {
        taken.extend(match rival.await.unwrap() {
            Claim::Ours(claimed) => Some(claimed),
            _ => None,
        });
    }
    assert_eq!(taken.len(), 1);
    // The first was only slow: its report does not undo the other's claim, and nobody sends again.
    store.sent(&taken[0], now).await.unwrap();
    store.sent(&ours[0], now).await.unwrap();
    assert!(matches!(claim(now + LEASE + LEASE).await.unwrap(), Claim::Done));
}
