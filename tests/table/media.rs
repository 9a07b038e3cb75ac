//! Pictures under races, repeats and sudden ends, on a table and a bucket in the process.

use std::pin::pin;
use std::task::Poll;

use contracts::billing::EntitlementChanged;
use dynamo::Outbox;
use jiff::SignedDuration;
use kit::sqs::{Done, Failure};
use media::domain::account::Quota;
use media::domain::medium::{Medium, Reason, Status};
use media::store::{NotAdded, NotChanged};
use testkit::pictures;
use types::UserId;

use crate::media_support::{BYTES, Pictures};

fn state(medium: &Medium) -> &'static str {
    match medium.status {
        Status::AwaitingUpload => "awaiting_upload",
        Status::Pending { .. } => "pending",
        Status::Published { .. } => "published",
        Status::Rejected { .. } => "rejected",
        Status::Deleted { .. } => "deleted",
    }
}

/// The types of the events on a picture's item.
async fn told(pictures: &Pictures, medium: &Medium) -> Vec<String> {
    let sk = format!("item#{}", medium.id);
    let items = pictures.table.items().await;
    let item = items.iter().find(|item| item["sk"].as_s() == Ok(&sk)).unwrap();
    let Some(outbox) = item.get("outbox") else { return Vec::new() };
    Outbox::parse(outbox.as_s().unwrap()).unwrap().into_iter().map(|event| event.event_type).collect()
}

/// How many ends are tried. Work is polled about once for each answer that it waits for; a dozen answers make a check.
const ENDS: usize = 24;

/// Does some work until it was polled so often, and drops it there, as a function dies. True if it had ended before.
async fn until_poll(polls: usize, work: impl Future) -> bool {
    let (mut work, mut polled) = (pin!(work), 0);
    std::future::poll_fn(|context| {
        polled += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if polled >= polls => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_check_that_dies_anywhere_is_finished_by_the_next() {
    let pictures = Pictures::start().await;
    let mut died = 0;
    for polls in 1..=ENDS {
        let owner = UserId::generate();
        let medium = pictures.uploaded(owner).await;
        let ended = until_poll(polls, Box::pin(pictures.check(&medium))).await;
        died += usize::from(!ended);
        assert!(matches!(pictures.check(&medium).await, Ok(Done::Applied | Done::Duplicate)), "after {polls} polls");
        let now = pictures.read(&medium).await.unwrap();
        assert_eq!((state(&now.value), now.version), ("published", 3), "after {polls} polls: a step was done twice");
        assert_eq!(told(&pictures, &medium).await, ["media.published"]);
        let keys: Vec<_> =
            pictures.services.keys().into_iter().filter(|key| key.contains(&owner.to_string())).collect();
        assert_eq!(keys.len(), 4, "after {polls} polls: {keys:?}");
        assert!(keys.iter().all(|key| key.starts_with("published/")));
        assert_eq!(pictures.used(owner).await, (1, BYTES));
    }
    assert!(died > 4, "it died {died} times only");
}

#[tokio::test]
async fn a_rejection_that_dies_anywhere_frees_its_room_once() {
    let pictures = Pictures::start().await;
    let mut died = 0;
    for polls in 1..=ENDS {
        let owner = UserId::generate();
        // Another one, so that room freed twice would show.
        pictures.uploaded(owner).await;
        let medium = pictures.uploaded(owner).await;
        pictures.put(&medium, b"no picture");
        let ended = until_poll(polls, Box::pin(pictures.check(&medium))).await;
        died += usize::from(!ended);
        assert!(matches!(pictures.check(&medium).await, Ok(Done::Applied | Done::Duplicate)), "after {polls} polls");
        let now = pictures.read(&medium).await.unwrap();
        assert!(matches!(now.value.status, Status::Rejected { reason: Reason::Unreadable, .. }));
        assert_eq!(told(&pictures, &medium).await, ["media.rejected"]);
        assert_eq!(pictures.used(owner).await, (1, BYTES), "after {polls} polls");
        assert!(!pictures.services.keys().iter().any(|key| key.contains(&medium.id.to_string())));
    }
    assert!(died > 4, "it died {died} times only");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_checks_at_once_one_publishes() {
    let pictures = Box::leak(Box::new(Pictures::start().await));
    let owner = UserId::generate();
    let medium = pictures.uploaded(owner).await;
    let checks: Vec<_> = (0..8)
        .map(|_| {
            let (medium, pictures) = (medium.clone(), &*pictures);
            tokio::spawn(async move { pictures.check(&medium).await })
        })
        .collect();
    let mut applied = 0;
    for check in checks {
        match check.await.unwrap() {
            Ok(Done::Applied) => applied += 1,
            Ok(Done::Duplicate) | Err(Failure::Retry(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(applied, 1);
    let now = pictures.read(&medium).await.unwrap();
    assert_eq!((state(&now.value), now.version), ("published", 3));
    assert_eq!(pictures.services.keys().len(), 4);
}

#[tokio::test]
async fn a_deletion_beside_a_check_leaves_nothing_whoever_is_first() {
    let pictures = Pictures::start().await;
    let mut died = 0;
    for polls in 1..=ENDS {
        let owner = UserId::generate();
        let medium = pictures.uploaded(owner).await;
        let check = pictures.check(&medium);
        let mut check = pin!(check);
        let ended = until_poll(polls, check.as_mut()).await;
        died += usize::from(!ended);
        // As the endpoint does it: the item, then the objects.
        loop {
            let read = pictures.read(&medium).await.unwrap();
            match pictures.store.change(&read, read.value.deleted(pictures.clock.now()), &Outbox::none()).await {
                Ok(_) => break,
                Err(NotChanged::Newer(_)) => {}
                Err(NotChanged::Store(error)) => panic!("{error}"),
            }
        }
        pictures.checking.objects.clear(owner, medium.id).await.unwrap();
        if !ended {
            assert!(check.await.is_ok(), "after {polls} polls");
        }
        assert_eq!(state(&pictures.read(&medium).await.unwrap().value), "deleted");
        let left: Vec<_> =
            pictures.services.keys().into_iter().filter(|key| key.contains(&owner.to_string())).collect();
        assert_eq!(left, Vec::<String>::new(), "after {polls} polls");
        assert_eq!(pictures.used(owner).await, (0, 0));
    }
    assert!(died > 4, "it was overtaken {died} times only");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_holds_for_many_uploads_at_once() {
    let pictures = Box::leak(Box::new(Pictures::start().await));
    let (owner, quota) = (UserId::generate(), Quota::of(None));
    let size = quota.bytes / 6;
    let wishes: Vec<_> = (0..12)
        .map(|_| {
            let (store, wish) = (pictures.store.clone(), Medium { bytes: size, ..pictures.wish(owner) });
            tokio::spawn(async move { store.add(wish, None).await })
        })
        .collect();
    let (mut added, mut refused) = (0, 0);
    for wish in wishes {
        match wish.await.unwrap() {
            Ok(_) => added += 1,
            Err(NotAdded::QuotaExceeded(_)) => refused += 1,
            // Under so many at once somebody may have to come again.
            Err(NotAdded::Store(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(added <= 6, "{added} were added");
    assert_eq!(pictures.used(owner).await, (added, added * size));
    assert!(added == 6 || refused == 0, "refused while there was room");
}

#[tokio::test]
async fn what_the_moderator_finds_is_not_published() {
    let pictures = Pictures::start().await;
    pictures.services.find("Violence");
    let medium = pictures.uploaded(UserId::generate()).await;
    assert!(matches!(pictures.check(&medium).await, Ok(Done::Applied)));
    let now = pictures.read(&medium).await.unwrap();
    assert!(matches!(now.value.status, Status::Rejected { reason: Reason::Moderated, .. }));
    assert_eq!(pictures.services.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn the_sweep_removes_what_never_came_and_tells_of_what_did() {
    let pictures = Pictures::start().await;
    let owner = UserId::generate();
    let never = pictures.store.add(pictures.wish(owner), None).await.unwrap().value;
    let unheard = pictures.uploaded(owner).await;
    pictures.wait(74);
    pictures.sweep().await;
    assert_eq!(pictures.used(owner).await, (2, 2 * BYTES), "nothing is due yet");
    pictures.wait(2);
    pictures.sweep().await;
    pictures.sweep().await;
    assert!(pictures.read(&never).await.is_none());
    assert_eq!(state(&pictures.read(&unheard).await.unwrap().value), "pending");
    assert_eq!(pictures.used(owner).await, (1, BYTES));
    assert_eq!(pictures.services.told().len(), 1, "told once, though it was swept twice");
    assert!(matches!(pictures.check(&unheard).await, Ok(Done::Applied)));
    assert_eq!(state(&pictures.read(&unheard).await.unwrap().value), "published");
}

#[tokio::test]
async fn what_is_stuck_for_a_day_is_rejected_in_the_end() {
    let pictures = Pictures::start().await;
    let owner = UserId::generate();
    let medium = pictures.uploaded(owner).await;
    let mut hours = 0;
    while state(&pictures.read(&medium).await.unwrap().value) != "rejected" {
        pictures.wait(60);
        pictures.sweep().await;
        hours += 1;
        assert!(hours < 60, "it is tried for ever");
    }
    assert!(hours >= 24, "given up after {hours} hours");
    assert_eq!(pictures.used(owner).await, (0, 0));
    assert_eq!(told(&pictures, &medium).await, ["media.rejected"]);
    assert_eq!(pictures.services.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn the_sweep_looks_once_more_at_what_was_deleted() {
    let pictures = Pictures::start().await;
    let medium = pictures.uploaded(UserId::generate()).await;
    let read = pictures.read(&medium).await.unwrap();
    pictures.store.change(&read, read.value.deleted(pictures.clock.now()), &Outbox::none()).await.unwrap();
    // The file stays, as if the deletion had died here.
    pictures.wait(61);
    pictures.sweep().await;
    assert_eq!(pictures.services.keys(), Vec::<String>::new());
    let purged = pictures.read(&medium).await.unwrap();
    assert!(matches!(purged.value.status, Status::Deleted { purged: true, .. }));
    pictures.sweep().await;
    assert_eq!(pictures.read(&medium).await.unwrap().version, purged.version);
}

#[tokio::test]
async fn nothing_brings_a_deleted_user_back() {
    let pictures = Pictures::start().await;
    let owner = UserId::generate();
    let medium = pictures.uploaded(owner).await;
    let now = pictures.clock.now();
    pictures.store.forget(owner, now).await.unwrap();
    assert!(matches!(pictures.store.add(pictures.wish(owner), None).await, Err(NotAdded::Forgotten)));
    assert!(!pictures.store.keep_plan(owner, "premium", now + SignedDuration::from_secs(1)).await.unwrap());
    let entitled = EntitlementChanged { user_id: owner, revision: 1, steps: vec![] };
    assert!(!pictures.store.keep_entitlement(&entitled).await.unwrap());
    assert!(matches!(pictures.check(&medium).await, Ok(Done::Ignored)));
    assert_eq!(pictures.services.keys(), Vec::<String>::new());
    assert_eq!(pictures.table.items().await.len(), 1, "the marker, and nothing else");
}

#[tokio::test]
async fn a_second_file_never_replaces_what_is_published() {
    let pictures = Pictures::start().await;
    let medium = pictures.uploaded(UserId::generate()).await;
    assert!(matches!(pictures.check(&medium).await, Ok(Done::Applied)));
    let before = pictures.services.keys();
    pictures.put(&medium, &pictures::png(5, 5));
    assert!(matches!(pictures.check(&medium).await, Ok(Done::Duplicate)));
    assert_eq!(pictures.services.keys(), before);
    assert_eq!(pictures.read(&medium).await.unwrap().version, 3);
}
