//! Facts, cards and figures from events in any order.

use contracts::aquariums::{
    AccessChanged, AlarmChanged, AlarmStatus, AquariumChanged, AquariumCreated, AquariumMember, AquariumRemoved,
    DeviceSilenceChanged, EquipmentChanged, HourSummary, LivestockChanged, MovementCause, ReadingRecorded,
    ReadingsSummarized,
};
use contracts::timeline::{DosePlanChanged, TaskChanged, TaskStatus};
use contracts::{Actor, DomainEvent, Envelope};
use proptest::prelude::*;
use types::{EventId, ReadingId, SensorId, Uuid};

use super::super::card::{Card, Role};
use super::super::figures::{Contribution, Shard};
use super::super::news::{Heard, heard};
use super::*;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn aquarium_id() -> AquariumId {
    AquariumId::new(id(1))
}

fn user(number: u128) -> UserId {
    UserId::new(id(100 + number))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn news<T: DomainEvent>(second: i64, fact: T) -> News {
    let event = Envelope::new(EventId::new(id(7)), at(second), "c".to_owned(), Actor::User(user(1)), fact);
    match heard(event.erase().unwrap()).unwrap() {
        Some(Heard::Aquarium(news)) => *news,
        other => panic!("{other:?}"),
    }
}

fn created() -> News {
    let fact = AquariumCreated {
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        name: "Reef".to_owned(),
        kind: AquariumKind::Marine,
        net_volume_ml: 1,
        time_zone: "Europe/Berlin".to_owned(),
        revision: 1,
    };
    news(0, fact)
}

fn changed(revision: u64, name: &str) -> News {
    let fact = AquariumChanged {
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        name: name.to_owned(),
        kind: AquariumKind::Fresh,
        net_volume_ml: 1,
        time_zone: "Europe/Berlin".to_owned(),
        revision,
    };
    news(10 + i64::try_from(revision).unwrap(), fact)
}

fn access(revision: u64, members: &[u128]) -> News {
    let member = |number: &u128| AquariumMember { user_id: user(*number), role: MemberRole::Keeper };
    let members = members.iter().map(member).collect();
    let fact = AccessChanged {
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        revision,
        members,
        members_since: BTreeMap::new(),
    };
    news(20 + i64::try_from(revision).unwrap(), fact)
}

fn removed() -> News {
    news(35, AquariumRemoved { aquarium_id: aquarium_id(), owner_id: user(1), revision: 99 })
}

fn alarm(number: u128, revision: u64, status: AlarmStatus) -> News {
    let fact = AlarmChanged {
        episode_id: EpisodeId::new(id(number)),
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        device_id: DeviceId::new(id(3)),
        rule_id: None,
        name: "Too warm".to_owned(),
        cause: AlarmCause::Limit,
        sensor_ids: Vec::new(),
        parameter: "temperature".to_owned(),
        status,
        acknowledged: false,
        extreme: Some(30_000),
        first_at: at(1),
        fired_at: at(i64::try_from(number).unwrap()),
        ended_at: None,
        revision,
    };
    news(30 + i64::try_from(revision).unwrap(), fact)
}

fn silence(revision: u64, silent: bool) -> News {
    let (device_id, name) = (DeviceId::new(id(3)), "Probe".to_owned());
    let fact = DeviceSilenceChanged {
        device_id,
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        name,
        silent,
        last_sample_at: Some(at(2)),
        revision,
    };
    // Clocks of different processes: later revisions have earlier times.
    news(45 - i64::try_from(revision).unwrap(), fact)
}

fn task(number: u128, revision: u64, due: Option<i64>) -> News {
    let status = if due.is_some() { TaskStatus::Scheduled } else { TaskStatus::Ended };
    let fact = TaskChanged {
        task_id: TaskId::new(id(number)),
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        title: format!("Task {number}"),
        status,
        due_at: due.map(at),
        done_at: None,
        revision,
    };
    news(50, fact)
}

fn plan(revision: u64, reservoir_low: bool) -> News {
    let fact = DosePlanChanged {
        plan_id: DosePlanId::new(id(5)),
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        product: "Calcium".to_owned(),
        active: true,
        reservoir_low,
        empty_at: None,
        revision,
    };
    news(55, fact)
}

fn equipment(number: u128, revision: u64, next_due_on: Option<Date>, deleted: bool) -> News {
    let fact = EquipmentChanged {
        equipment_id: EquipmentId::new(id(number)),
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        next_due_on,
        deleted,
        revision,
    };
    news(62, fact)
}

fn livestock(number: u128, revision: u64, count: u32) -> News {
    let fact = LivestockChanged {
        livestock_id: LivestockId::new(id(number)),
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        species: "Neon".to_owned(),
        change: 1,
        count,
        cause: MovementCause::Bought,
        moved_at: at(1),
        revision,
    };
    news(65, fact)
}

fn summary(second: i64, last: i64) -> News {
    let sensor = HourSummary {
        sensor_id: SensorId::new(id(4)),
        parameter: "temperature".to_owned(),
        unit: "celsius".to_owned(),
        count: 1,
        sum: last,
        least: last,
        greatest: last,
        last,
        last_at: at(second),
    };
    let fact = ReadingsSummarized {
        device_id: DeviceId::new(id(3)),
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        hour: at(0),
        sensors: vec![sensor],
        superseded: false,
    };
    news(70, fact)
}

fn reading(revision: u64, deleted: bool) -> News {
    let fact = ReadingRecorded {
        reading_id: ReadingId::new(id(6)),
        aquarium_id: aquarium_id(),
        owner_id: user(1),
        parameter: "nitrate".to_owned(),
        value: 1,
        entered_value: "20".to_owned(),
        entered_unit: "mg_l_as_no3".to_owned(),
        measured_at: at(5),
        deleted,
        revision,
    };
    news(75, fact)
}

/// The life of an aquarium, without its end.
fn history() -> Vec<News> {
    let date = |day| jiff::civil::date(2026, 12, day);
    vec![
        created(),
        changed(2, "Reef II"),
        changed(3, "Big reef"),
        access(1, &[2]),
        access(2, &[2, 3]),
        access(3, &[3]),
        summary(10, 24_000),
        summary(20, 25_000),
        reading(1, false),
        alarm(11, 1, AlarmStatus::Open),
        alarm(12, 1, AlarmStatus::Open),
        alarm(12, 2, AlarmStatus::Ended),
        silence(1, true),
        silence(2, false),
        silence(3, true),
        task(21, 1, Some(500)),
        task(21, 2, Some(900)),
        task(22, 1, Some(100)),
        task(22, 2, None),
        plan(1, true),
        equipment(31, 1, Some(date(24)), false),
        equipment(32, 1, Some(date(6)), false),
        equipment(33, 1, Some(date(2)), false),
        equipment(33, 2, Some(date(28)), false),
        equipment(34, 1, Some(date(1)), false),
        equipment(34, 2, Some(date(1)), true),
        livestock(41, 1, 10),
        livestock(41, 2, 7),
        livestock(42, 1, 5),
    ]
}

/// Merges events as the store does, which settles the facts after each.
fn merged(news: impl IntoIterator<Item = News>) -> Facts {
    news.into_iter().fold(Facts::nothing(aquarium_id()), |facts, news| facts.with(news).settled())
}

/// What is left of the aquarium. Events that the figures count may be of a later time than the removal: the silence at 44.
fn tombstone() -> Facts {
    Facts { removed_at: Some(at(35)), counted_at: Some(at(44)), ..Facts::nothing(aquarium_id()) }
}

/// A device that was offline sends a day at once: one event per hour, of which the last one shows.
#[test]
fn hours_that_a_later_one_supersedes_change_nothing() {
    let hour = |number: i64, superseded| {
        let Change::Summaries(sensors) = summary(3_600 * number, 25_000 + number).change else { panic!("a summary") };
        let fact = ReadingsSummarized {
            device_id: DeviceId::new(id(3)),
            aquarium_id: aquarium_id(),
            owner_id: user(1),
            hour: at(3_600 * number),
            sensors,
            superseded,
        };
        Envelope::new(EventId::new(id(7)), at(90_000), "c".to_owned(), Actor::System, fact).erase().unwrap()
    };
    let of = |events: Vec<Envelope<serde_json::Value>>| {
        events.into_iter().fold(Facts::nothing(aquarium_id()), |facts, event| match heard(event).unwrap() {
            Some(Heard::Aquarium(news)) => facts.with(*news),
            Some(Heard::Nothing) => facts,
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(heard(hour(0, true)).unwrap(), Some(Heard::Nothing));
    let marked: Vec<_> = (0..24).map(|number| hour(number, number < 23)).collect();
    let all: Vec<_> = (0..24).map(|number| hour(number, false)).collect();
    assert_eq!(of(marked), of(all));
}

proptest! {
    #[test]
    fn events_in_any_order_and_however_often_give_the_same_facts(
        news in Just([history(), history()].concat()).prop_shuffle(),
    ) {
        prop_assert_eq!(merged(news), merged(history()));
    }

    #[test]
    fn nothing_follows_a_removal_in_any_order(
        news in Just([history(), vec![removed(), removed()]].concat()).prop_shuffle(),
    ) {
        let facts = merged(news);
        prop_assert_eq!(&facts, &tombstone());
        prop_assert!(Card::of(&facts, user(1)).is_none() && Contribution::of(&facts).is_none());
    }

    #[test]
    fn figures_are_what_the_facts_add_in_any_order(
        news in Just([history(), history(), vec![removed()]].concat()).prop_shuffle(),
        ends in any::<bool>(),
    ) {
        let (mut facts, mut shard) = (Facts::nothing(aquarium_id()), Shard::empty(0));
        for news in news.into_iter().filter(|news| ends || *news != removed()) {
            let next = facts.clone().with(news);
            shard = shard.after(Contribution::of(&facts).as_ref(), Contribution::of(&next).as_ref(), next.counted_at);
            facts = next;
        }
        let expected = Shard::empty(0).after(None, Contribution::of(&facts).as_ref(), facts.counted_at);
        prop_assert_eq!(shard, expected);
    }
}

#[test]
fn a_card_shows_what_the_events_say() {
    let facts = merged(history());
    let card = Card::of(&facts, user(1)).unwrap();
    assert_eq!((card.name.as_str(), card.kind, card.role), ("Big reef", AquariumKind::Fresh, Role::Owner));
    assert_eq!(card.values.len(), 2);
    assert_eq!((card.alarms.count, card.alarms.first[0].episode_id), (1, EpisodeId::new(id(11))));
    assert_eq!((card.silent.count, card.reservoirs.count, card.livestock), (1, 1, 12));
    assert_eq!((card.tasks.count, card.tasks.first[0].due_at), (1, at(900)));
    assert_eq!(card.next_service.unwrap().due_on, jiff::civil::date(2026, 12, 6));
    assert_eq!(card.as_of, at(75));
    assert_eq!(Card::of(&facts, user(3)).unwrap().role, Role::Keeper);
    assert!(Card::of(&facts, user(2)).is_none(), "a former member");
}

#[test]
fn lists_of_a_card_are_cut_and_counted() {
    let alarms = (1..=5).map(|number| alarm(number, 1, AlarmStatus::Open));
    let tasks = (1..=9).map(|number| task(number, 1, Some(100 - i64::try_from(number).unwrap())));
    let card = Card::of(&merged([created()].into_iter().chain(alarms).chain(tasks)), user(1)).unwrap();
    let newest: Vec<_> = card.alarms.first.iter().map(|alarm| alarm.fired_at).collect();
    assert_eq!((card.alarms.count, newest), (5, vec![at(5), at(4), at(3)]));
    assert_eq!((card.tasks.count, card.tasks.first.len(), card.tasks.first[0].due_at), (9, 5, at(91)));
    // Due at 91 to 99: those that the card does not name count too.
    assert_eq!([90, 91, 95, 96, 99].map(|second| card.due_count(at(second))), [0, 1, 5, 6, 9]);
}

#[test]
fn a_member_who_loses_access_is_named_until_the_home_is_written() {
    let facts = Facts::nothing(aquarium_id()).with(created()).with(access(1, &[2, 3])).with(access(2, &[3]));
    assert_eq!(facts.leaving, [user(2)].into());
    assert!(facts.audience().contains(&user(2)) && !facts.settled().audience().contains(&user(2)));
    let back = facts.clone().with(access(3, &[2, 3]));
    assert!(back.leaving.is_empty());
    let gone = facts.with(removed());
    assert_eq!(gone.leaving, [user(1), user(2), user(3)].into());
    assert_eq!((gone.owner_id, gone.access.clone(), gone.details.clone()), (None, None, None));
    assert!(gone.settled().audience().is_empty());
}

#[test]
fn the_next_service_follows_intervals_and_deletions_of_equipment() {
    let date = |day| jiff::civil::date(2026, 12, day);
    let next = |news: &[News]| {
        let all = [created()].into_iter().chain(news.iter().cloned());
        Card::of(&merged(all), user(1)).unwrap().next_service.map(|next| next.due_on)
    };
    let never_serviced = equipment(31, 1, Some(date(24)), false);
    let longer_interval = equipment(31, 2, Some(date(30)), false);
    let other = equipment(32, 1, Some(date(26)), false);
    let deleted = equipment(31, 3, None, true);
    assert_eq!(next(std::slice::from_ref(&never_serviced)), Some(date(24)));
    assert_eq!(next(&[longer_interval.clone(), other.clone(), never_serviced.clone()]), Some(date(26)));
    assert_eq!(next(&[deleted.clone(), never_serviced, longer_interval]), None);
    assert_eq!(next(&[other, equipment(31, 2, Some(date(1)), false), deleted]), Some(date(26)));
}

#[test]
fn an_aquarium_without_a_name_has_no_card() {
    assert!(Card::of(&merged([access(1, &[2]), summary(1, 1)]), user(2)).is_none());
    assert!(Card::of(&merged([summary(1, 24_000), created()]), user(1)).is_some_and(|card| card.values.len() == 1));
}
