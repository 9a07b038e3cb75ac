//! A push token belongs to one person at a time, however many claim it.

use dynamo::StoreError;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::http::endpoint;
use notifications::api::register_device::register_device;
use notifications::domain::device::{Device, MAX_DEVICES};
use notifications::store::{Claimed, Notifications, Store};
use notifications::{Applications, PushDevices};
use serde_json::json;
use testkit::TestTable;
use types::UserId;

use crate::bucket::Services;
use crate::identity_support::{Deployment, call, stage};
use crate::notifications_support::{device, somebody};

struct Shelf {
    table: TestTable,
    store: Store,
}

impl Shelf {
    async fn open() -> Self {
        let table = TestTable::start().await;
        Self { store: Store::new(table.of::<Notifications>()), table }
    }

    async fn devices(&self, user_id: UserId) -> Vec<Device> {
        self.store.devices(user_id).await.unwrap().into_iter().map(|device| device.value).collect()
    }

    /// Who holds which token, by the items that say so.
    async fn holds(&self) -> Vec<(String, String)> {
        let text = |item: &std::collections::HashMap<_, aws_sdk_dynamodb::types::AttributeValue>, name: &str| {
            item[name].as_s().unwrap().clone()
        };
        let items = self.table.items().await;
        let holds = items.iter().filter(|item| text(item, "sk") == "owner");
        holds.map(|item| (text(item, "device_id"), text(item, "user_id"))).collect()
    }
}

fn people(count: usize) -> Vec<UserId> {
    (0..count).map(|_| UserId::generate()).collect()
}

/// A claim that is told to try again counts as not done, as for the client that gets a 503.
fn is_done(claimed: &Result<Claimed, StoreError>) -> bool {
    match claimed {
        Ok(Claimed::Done { .. }) => true,
        Err(StoreError::Contended { .. }) => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn of_many_who_claim_a_token_at_once_one_has_it() {
    let shelf = Shelf::open().await;
    for count in [2, 20] {
        let people = people(count);
        let token = format!("token of {count}");
        let claims = people.iter().map(|user_id| shelf.store.claim_device(device(*user_id, &token, Timestamp::now())));
        let claimed = join_all(claims).await;
        let done = claimed.iter().filter(|claimed| is_done(claimed)).count();
        assert!(done >= 1, "{claimed:?}");
        let mut holders = Vec::new();
        for user_id in &people {
            let devices = shelf.devices(*user_id).await;
            assert!(devices.len() <= 1);
            holders.extend(devices.into_iter().map(|device| (device.device_id.to_string(), user_id.to_string())));
        }
        assert_eq!(holders.len(), 1, "{holders:?}");
        assert!(shelf.holds().await.contains(&holders[0]));
    }
    assert_eq!(shelf.holds().await.len(), 2);
}

#[tokio::test]
async fn the_same_token_again_is_the_same_device_with_the_new_session() {
    let shelf = Shelf::open().await;
    let user_id = UserId::generate();
    let (first, then) = (Timestamp::now(), Timestamp::now() + SignedDuration::from_hours(1));
    let before = device(user_id, "t", first);
    shelf.store.claim_device(before.clone()).await.unwrap();
    let again = device(user_id, "t", then);
    let claims = (0..10).map(|_| shelf.store.claim_device(again.clone()));
    assert!(join_all(claims).await.iter().any(is_done));
    let expected = Device { created_at: before.created_at, ..again };
    assert_eq!(shelf.devices(user_id).await, [expected]);
}

#[tokio::test]
async fn with_one_too_many_the_oldest_goes_and_its_token_is_free() {
    let shelf = Shelf::open().await;
    let user_id = UserId::generate();
    let start = Timestamp::now();
    let max = i64::from(MAX_DEVICES);
    let named = |number: i64| device(user_id, &format!("t{number}"), start + SignedDuration::from_secs(number));
    for number in 0..max {
        let claimed = shelf.store.claim_device(named(number)).await.unwrap();
        assert!(matches!(claimed, Claimed::Done { gone, .. } if gone.is_empty()));
    }
    let Claimed::Done { gone, .. } = shelf.store.claim_device(named(max)).await.unwrap() else { panic!("forgotten") };
    assert_eq!(gone.iter().map(|device| device.device_id).collect::<Vec<_>>(), [named(0).device_id]);
    let devices = shelf.devices(user_id).await;
    assert_eq!(devices.len(), MAX_DEVICES as usize);
    assert!(devices.iter().all(|device| device.device_id != named(0).device_id));
    let holds = shelf.holds().await;
    assert_eq!(holds.len(), MAX_DEVICES as usize);
    assert!(holds.iter().all(|(device_id, _)| *device_id != named(0).device_id.to_string()));
}

#[tokio::test]
async fn claims_and_removals_at_once_leave_device_and_hold_together_or_neither() {
    let shelf = Shelf::open().await;
    let people = people(4);
    for round in 0..5 {
        let token = format!("round {round}");
        let id = device(people[0], &token, Timestamp::now()).device_id;
        let claims = people.iter().map(|user_id| shelf.store.claim_device(device(*user_id, &token, Timestamp::now())));
        let removals = people.iter().map(|user_id| shelf.store.remove_device(*user_id, id));
        let (claimed, removed) = futures::join!(join_all(claims), join_all(removals));
        assert!(claimed.iter().any(is_done));
        assert!(removed.iter().all(|removed| matches!(removed, Ok(_) | Err(StoreError::Contended { .. }))));
        let mut holders = Vec::new();
        for user_id in &people {
            let has_it = shelf.devices(*user_id).await.iter().any(|device| device.device_id == id);
            holders.extend(has_it.then(|| (id.to_string(), user_id.to_string())));
        }
        let holds: Vec<_> = shelf.holds().await.into_iter().filter(|(device, _)| *device == id.to_string()).collect();
        assert!(holders.len() <= 1 && holders == holds, "{holders:?} {holds:?}");
    }
}

#[tokio::test]
async fn whoever_is_forgotten_gets_no_device_and_keeps_others_from_none() {
    let shelf = Shelf::open().await;
    let people = people(2);
    shelf.store.claim_device(device(people[0], "t", Timestamp::now())).await.unwrap();
    shelf.store.forget(people[0], Timestamp::now()).await.unwrap();
    let claimed = shelf.store.claim_device(device(people[0], "t2", Timestamp::now())).await.unwrap();
    assert_eq!(claimed, Claimed::Forgotten);
    assert!(shelf.devices(people[0]).await.is_empty());
    // The token that they had is still in their name; the next user who signs in on the device takes it over.
    assert!(is_done(&shelf.store.claim_device(device(people[1], "t", Timestamp::now())).await));
    assert_eq!(shelf.holds().await[0].1, people[1].to_string());
}

#[tokio::test]
async fn a_session_that_ends_while_its_device_is_entered_leaves_no_device() {
    let (deployment, services) = (Deployment::start().await, Services::start().await);
    let ann = somebody(&deployment, 1).await;
    let store = Store::new(deployment.table.of::<Notifications>());
    let applications = Applications { apns: None, fcm: Some("arn:aws:sns:us-east-1:0:app/GCM/atoll".to_owned()) };
    let sns = aws_sdk_sns::Client::new(&services.config());
    let push = PushDevices::new(store.clone(), Clock::System, sns, applications, deployment.verifier());
    let push: &'static PushDevices = Box::leak(Box::new(push));
    let (register, body) = (endpoint(register_device, push, stage()), json!({ "platform": "fcm", "token": "t" }));
    let registered = async || call(&register, "POST", "/v1/notifications/devices", Some(&ann.token), Some(&body)).await;
    assert_eq!(registered().await.status, 201);
    services.a_device_is_entered().await;
    store.remove_device(ann.id, store.devices(ann.id).await.unwrap()[0].value.device_id).await.unwrap().unwrap();

    let held = services.hold_devices().await;
    let ends = async {
        services.a_device_is_entered().await;
        // The consumer of the session's end finds no device yet.
        assert_eq!(deployment.with_session(&ann.token, "logout", None).await.status, 204);
        assert!(store.devices(ann.id).await.unwrap().is_empty());
        drop(held);
    };
    let (late, ()) = futures::join!(registered(), ends);
    assert_eq!((late.status, &late.body["code"]), (401, &json!("auth.session_ended")));
    assert!(store.devices(ann.id).await.unwrap().is_empty(), "a device of an ended session stays");
    // The user who signs in on the device can register it.
    let bea = somebody(&deployment, 2).await;
    let other = call(&register, "POST", "/v1/notifications/devices", Some(&bea.token), Some(&body)).await;
    assert_eq!(other.status, 201, "{}", other.body);
}
