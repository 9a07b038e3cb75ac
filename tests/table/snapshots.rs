//! Snapshots in the bucket: a reader gets the bytes that were stored, or an error.

use dynamo::Context;
use jiff::Timestamp;
use kit::snapshot::{MAX_BYTES, MIN_AGE, RANGE_BYTES, SnapshotError, SnapshotFiles, SnapshotRef};

use crate::bucket::{BUCKET, Services};

struct Shop;

impl Context for Shop {
    const NAME: &'static str = "shop";
}

async fn files() -> (Services, SnapshotFiles) {
    let services = Services::start().await;
    let files = SnapshotFiles::new::<Shop>(&services.config().into(), BUCKET);
    (services, files)
}

/// Bytes that differ at each place of a range.
fn content(length: u64) -> Vec<u8> {
    (0..length).map(|index| u8::try_from(index * 31 % 251).unwrap()).collect()
}

#[tokio::test]
async fn a_snapshot_of_any_number_of_ranges_comes_back_whole() {
    let (services, files) = files().await;
    for length in [1, RANGE_BYTES - 1, RANGE_BYTES, RANGE_BYTES + 1, 2 * RANGE_BYTES + 7] {
        let stored = files.put("model", content(length)).await.unwrap();
        assert!(stored.key.starts_with("snapshots/shop/model/"), "{}", stored.key);
        assert_eq!(stored.bytes, length);
        assert!(files.get(&stored).await.unwrap() == content(length), "{length} bytes");
    }
    assert_eq!(services.keys().len(), 5, "each snapshot has a key of its own");
}

#[tokio::test]
async fn other_content_than_the_reference_describes_is_an_error() {
    let (services, files) = files().await;
    let length = RANGE_BYTES + 100;
    let stored = files.put("model", content(length)).await.unwrap();
    let mut changed = content(length);
    *changed.last_mut().unwrap() ^= 1;
    services.put(&stored.key, &changed);
    assert_eq!(files.get(&stored).await, Err(SnapshotError::Corrupt));
    for shorter in [length - 1, RANGE_BYTES, 10] {
        services.put(&stored.key, &content(shorter));
        assert_eq!(files.get(&stored).await, Err(SnapshotError::Corrupt), "{shorter} bytes");
    }
    services.put(&stored.key, &content(length + 1));
    assert!(files.get(&stored).await.is_ok(), "what follows the referenced bytes is not read");
    services.remove(&stored.key);
    assert_eq!(files.get(&stored).await, Err(SnapshotError::Gone));
    for bytes in [0, MAX_BYTES + 1] {
        assert_eq!(files.get(&SnapshotRef { bytes, ..stored.clone() }).await, Err(SnapshotError::Size));
    }
}

#[tokio::test]
async fn names_and_sizes_outside_the_bounds_are_refused_before_any_call() {
    let (services, files) = files().await;
    for name in ["", "a/b", "..", "Model", &"a".repeat(65)] {
        assert_eq!(files.put(name, vec![1]).await, Err(SnapshotError::Name), "{name:?}");
    }
    assert_eq!(files.put("model", Vec::new()).await, Err(SnapshotError::Size));
    assert!(services.keys().is_empty());
}

#[tokio::test]
async fn only_old_snapshots_of_the_same_name_that_nobody_keeps_are_deleted() {
    let (services, files) = files().await;
    let put = async |name: &str| files.put(name, content(10)).await.unwrap();
    let (old, kept, other) = (put("model").await, put("model").await, put("models").await);
    services.put("snapshots/shop/model/readme", b"not a snapshot");
    let keep = [kept.clone()];
    let now = Timestamp::now();
    assert_eq!(files.delete_others("model", &keep, now).await, Ok(0), "a reader may still load it");
    assert_eq!(files.delete_others("model", &keep, now + MIN_AGE).await, Ok(1));
    assert_eq!(files.delete_others("model", &keep, now + MIN_AGE).await, Ok(0));
    assert_eq!(files.get(&old).await, Err(SnapshotError::Gone));
    assert!(files.get(&kept).await.is_ok() && files.get(&other).await.is_ok());
    assert_eq!(services.keys().len(), 3);
}
