//! Devices that send nothing: watches, reports, outages, and what is left of a removed aquarium.

use aquariums::consumers::sweep_watches::sweep_watches;
use aquariums::domain::access::Access;
use aquariums::domain::device::{Device, DeviceHead};
use aquariums::domain::device_key::DeviceKey;
use aquariums::domain::sensor::Label;
use aquariums::domain::watch::Watch;
use aquariums::store::{Aquariums, Store};
use contracts::aquariums::DeviceSilenceChanged;
use dynamo::{Entity, Key, Outbox, Read, Versioned};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;
use types::{AquariumId, DeviceId, UserId};

use crate::alarms_support::Tank;

/// An item at the place of the head of a device that is none.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Garbage {
    device_id: DeviceId,
}

impl Entity for Garbage {
    type Context = Aquariums;

    fn key(&self) -> Key<Aquariums> {
        Key::new("device", self.device_id, "head")
    }
}

/// A device of another owner, which has sent nothing yet.
async fn device_of_another_owner(tank: &Tank) {
    let (table, now, owner) = (tank.reef.table.of::<Aquariums>(), tank.reef.clock.now(), UserId::generate());
    let access = Access::new(AquariumId::generate(), owner);
    let name = Label::parse("Controller").unwrap();
    let id = DeviceId::generate();
    let device = Device { id, aquarium_id: access.aquarium_id, owner_id: owner, name, created_at: now };
    let head = DeviceHead::new(&device, DeviceKey::new(id, access.aquarium_id, [1; 32]).hash(), owner);
    let none = Outbox::none();
    table.create(Watch::of_new(&head, now), &none).await.unwrap();
    table.create(head, &none).await.unwrap();
    table.create(device, &none).await.unwrap();
    table.create(access, &none).await.unwrap();
}

/// The revisions of the silence of devices that were published, and whether they are silent.
async fn states(tank: &Tank) -> Vec<(u64, bool)> {
    let events = tank.told::<DeviceSilenceChanged>().await;
    let state = |event: &serde_json::Value| (event["revision"].as_u64().unwrap(), event["silent"].as_bool().unwrap());
    let mut states: Vec<_> = events.iter().map(state).collect();
    states.sort_unstable();
    states
}

#[tokio::test]
async fn a_silent_device_is_reported_once_to_the_owner_and_keepers_and_its_return_is_published() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    for _ in 0..12 {
        tank.wait(5);
        tank.send("25").await;
        tank.sweep().await;
    }
    assert!(tank.told::<DeviceSilenceChanged>().await.is_empty());
    tank.wait(14);
    tank.sweep().await;
    assert!(tank.notices("device_silent").await.is_empty(), "three intervals are not over");
    tank.wait(2);
    // Several runs at the same time, of which one reports.
    join_all((0..4).map(|_| tank.sweep())).await;
    for _ in 0..3 {
        tank.wait(60);
        tank.sweep().await;
    }
    let notices = tank.notices("device_silent").await;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0]["recipients"], json!([reef.owner.id, reef.keeper.id]));
    assert_eq!(notices[0]["message"]["data"]["device"], "Controller");
    tank.send("25").await;
    assert_eq!(states(&tank).await, [(1, true), (2, false)]);
    // It is watched again.
    tank.wait(20);
    tank.sweep().await;
    assert_eq!(tank.notices("device_silent").await.len(), 2);
}

#[tokio::test]
async fn a_batch_and_a_sweep_at_the_same_time_agree() {
    for _ in 0..10 {
        let tank = Tank::start().await;
        tank.send("25").await;
        tank.wait(16);
        // The watch of a new device is due after an hour.
        tank.wait(60);
        futures::join!(tank.sweep(), async { drop(tank.send("25").await) });
        let events = tank.told::<DeviceSilenceChanged>().await;
        let is_watched = tank.reef.table.items().await.iter().any(|item| item["sk"].as_s().unwrap() == "watch");
        // Either the sample came first, or the silence was reported and then ended.
        assert!([0, 2].contains(&events.len()), "{events:?}");
        assert!(is_watched);
    }
}

#[tokio::test]
async fn an_outage_notifies_nobody_for_an_hour() {
    let tank = Tank::start().await;
    for _ in 0..9 {
        device_of_another_owner(&tank).await;
    }
    tank.wait(61);
    tank.sweep().await;
    assert!(tank.notices("device_silent").await.is_empty());
    tank.wait(55);
    tank.sweep().await;
    assert!(tank.notices("device_silent").await.is_empty());
    tank.wait(10);
    tank.sweep().await;
    assert_eq!(tank.notices("device_silent").await.len(), 10);
}

#[tokio::test]
async fn many_silent_devices_of_one_owner_keep_no_notice_back() {
    let tank = Tank::start().await;
    for _ in 0..9 {
        tank.reef.device().await;
    }
    device_of_another_owner(&tank).await;
    tank.wait(61);
    tank.sweep().await;
    assert_eq!(tank.notices("device_silent").await.len(), 11);
}

#[tokio::test]
async fn a_head_that_cannot_be_read_keeps_no_other_report_and_no_reminder_back() {
    let tank = Tank::start().await;
    let (reef, table) = (&tank.reef, tank.reef.table.of::<Aquariums>());
    tank.rule("28", "0.5", "celsius").await;
    tank.wait(1);
    tank.send("29").await;
    let broken = Garbage { device_id: reef.device().await.id.parse().unwrap() };
    let read = table.get::<DeviceHead>(broken.key(), Read::Strong).await.unwrap().unwrap();
    table.replace(&Versioned::new(broken.clone(), read.version), broken.clone(), &Outbox::none()).await.unwrap();
    tank.wait(90);
    let failure = sweep_watches(reef.consumer).await.unwrap_err();
    assert!(failure.contains(&broken.device_id.to_string()), "{failure}");
    assert_eq!(tank.notices("device_silent").await.len(), 1);
    assert_eq!(tank.notices("water_alarm_reminder").await.len(), 1);
}

#[tokio::test]
async fn a_device_that_comes_and_goes_notifies_four_times_a_day() {
    let tank = Tank::start().await;
    tank.send("25").await;
    // The watch of a new device is due after an hour.
    tank.wait(45);
    for _ in 0..8 {
        tank.wait(20);
        tank.sweep().await;
        tank.send("25").await;
    }
    assert_eq!(tank.notices("device_silent").await.len(), 4);
    assert_eq!(states(&tank).await.len(), 16);
}

#[tokio::test]
async fn the_silence_of_a_device_ends_with_the_device() {
    let tank = Tank::start().await;
    tank.wait(61);
    tank.sweep().await;
    assert_eq!(states(&tank).await, [(1, true)]);
    let path = format!("devices/{}", tank.device.id);
    assert_eq!(tank.reef.call(&tank.reef.owner, "DELETE", &path, None).await.status, 204);
    assert_eq!(states(&tank).await, [(1, true), (2, false)]);
}

#[tokio::test]
async fn quiet_times_extend_the_deadline_of_a_device() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    tank.wait(55);
    tank.send("25").await;
    let until = reef.clock.now() + jiff::SignedDuration::from_mins(40);
    assert_eq!(reef.call(&reef.owner, "PUT", "quiet", Some(&json!({ "until": until }))).await.status, 200);
    for _ in 0..10 {
        tank.wait(5);
        tank.sweep().await;
    }
    assert!(tank.notices("device_silent").await.is_empty());
    tank.wait(6);
    tank.sweep().await;
    assert_eq!(tank.notices("device_silent").await.len(), 1);
}

#[tokio::test]
async fn a_deleted_device_is_not_watched() {
    let tank = Tank::start().await;
    let path = format!("devices/{}", tank.device.id);
    assert_eq!(tank.reef.call(&tank.reef.owner, "DELETE", &path, None).await.status, 204);
    assert!(!tank.reef.table.items().await.iter().any(|item| item["sk"].as_s().unwrap() == "watch"));
    tank.wait(120);
    tank.sweep().await;
    assert!(tank.told::<DeviceSilenceChanged>().await.is_empty());
}

#[tokio::test]
async fn a_removed_aquarium_leaves_no_alarms_and_notifies_nobody() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    tank.rule("28", "0.5", "celsius").await;
    tank.wait(1);
    tank.send("29").await;
    let table = reef.table.of::<Aquariums>();
    let key = Access::new(reef.aquarium, reef.owner.id).key();
    let read = table.get::<Access>(key, Read::Strong).await.unwrap().unwrap();
    table.replace(&read, read.value.removed(reef.clock.now()), &Outbox::none()).await.unwrap();
    let before = (tank.notices("device_silent").await.len(), tank.notices("water_alarm_reminder").await.len());
    tank.wait(120);
    sweep_watches(reef.consumer).await.unwrap();
    let after = (tank.notices("device_silent").await.len(), tank.notices("water_alarm_reminder").await.len());
    assert_eq!((before, after), ((0, 0), (0, 0)));
    let store = Store::new(reef.table.of::<Aquariums>());
    while store.purge(reef.owner.id, reef.aquarium, reef.clock.now()).await.unwrap().more {}
    let id = reef.aquarium.to_string();
    let items = reef.table.items().await;
    let left: Vec<_> = items.iter().filter(|item| format!("{item:?}").contains(&id)).collect();
    assert_eq!(left.len(), 1, "the tombstone alone: {left:?}");
}
