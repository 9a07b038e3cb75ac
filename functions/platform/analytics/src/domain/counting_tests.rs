use std::collections::{BTreeMap, BTreeSet};

use contracts::Actor;
use serde_json::json;
use types::EventId;

use super::*;
use crate::domain::metrics;
use crate::domain::row::Grain;

/// Rows, the mark, and two sketches per distinct metric.
const WRITES_PER_ADDITION: usize = 2;

fn event(event_type: &str, data: Json) -> Envelope<Json> {
    Envelope {
        id: EventId::generate(),
        event_type: event_type.to_owned(),
        version: 1,
        occurred_at: at(),
        correlation_id: "c".to_owned(),
        causation_id: None,
        actor: Actor::System,
        subject: "s".to_owned(),
        data,
    }
}

fn at() -> Timestamp {
    "2026-11-29T13:30:00Z".parse().unwrap()
}

fn contribution(event_type: &str, data: Json) -> Result<Contribution, Uncountable> {
    Contribution::of(&event(event_type, data), metrics::all(), at())
}

fn added(event_type: &str, data: Json) -> Vec<(String, i64)> {
    let name = |addition: Addition| {
        let Cell { dimension, value, currency } = addition.cell;
        let currency = currency.map_or_else(String::new, |currency| format!(" {currency}"));
        (format!("{} {dimension}={value}{currency}", addition.metric), addition.amount)
    };
    contribution(event_type, data).unwrap().additions.into_iter().map(name).collect()
}

fn pairs(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(name, amount)| ((*name).to_owned(), *amount)).collect()
}

fn order() -> Json {
    json!({ "order": { "currency": "EUR", "totalMinor": 2_490, "userId": "u" }, "lines": [{ "quantity": 2 }, { "quantity": 3 }] })
}

#[test]
fn a_confirmed_order_counts_as_an_order_as_units_and_as_sales() {
    let expected = [("orders_confirmed currency=EUR", 1), ("units_sold total=", 5), ("gross_sales total= EUR", 2_490)];
    assert_eq!(added("orders.order_confirmed", order()), pairs(&expected));
}

#[test]
fn a_partial_cancellation_counts_units_and_no_order() {
    let mut data = order();
    data["isComplete"] = json!(false);
    assert_eq!(added("orders.order_cancelled", data.clone()), pairs(&[("units_cancelled total=", 5)]));
    data["isComplete"] = json!(true);
    let expected = [("orders_cancelled currency=EUR", 1), ("units_cancelled total=", 5)];
    assert_eq!(added("orders.order_cancelled", data), pairs(&expected));
}

#[test]
fn what_a_dimension_does_not_list_is_other() {
    let session = |platform: Json| added("identity.session_started", json!({ "device": { "platform": platform } }));
    assert_eq!(session(json!("ios")), pairs(&[("sessions_started platform=ios", 1)]));
    for platform in [json!("plan9"), json!(""), json!(7), Json::Null] {
        assert_eq!(session(platform), pairs(&[("sessions_started platform=other", 1)]));
    }
    assert_eq!(added("badges.badge_earned", json!({ "tier": 2 })), pairs(&[("badges_earned tier=2", 1)]));
}

#[test]
fn readings_and_alarms_count_once_and_entries_by_their_number() {
    let reading = |revision| json!({ "parameter": "nitrate", "ownerId": "u", "deleted": false, "revision": revision });
    assert_eq!(added("aquariums.reading_recorded", reading(1)), pairs(&[("readings_recorded parameter=nitrate", 1)]));
    assert_eq!(added("aquariums.reading_recorded", reading(2)), pairs(&[]));
    let alarm = |revision| json!({ "cause": "probe_fault", "ownerId": "u", "revision": revision });
    assert_eq!(added("aquariums.alarm_changed", alarm(1)), pairs(&[("alarms_fired cause=probe_fault", 1)]));
    assert_eq!(added("aquariums.alarm_changed", alarm(2)), pairs(&[]));
    let entries = json!({ "ownerId": "u", "entries": [{ "seq": 1 }, { "seq": 2 }, { "seq": 3 }] });
    assert_eq!(added("timeline.entries_appended", entries), pairs(&[("timeline_entries_appended total=", 3)]));
    let keeper = contribution("aquariums.reading_recorded", reading(2)).unwrap().users;
    assert_eq!(keeper, [ActiveUser { metric: "active_keepers", user: "u".to_owned() }]);
}

#[test]
fn a_withheld_reward_is_none() {
    let reward = json!({ "amountMinor": 10, "currency": "POINTS" });
    let earned = [("care_events_reported reward=other", 1), ("rewards total= POINTS", 10)];
    assert_eq!(added("events.event_reported", json!({ "reward": reward })), pairs(&earned));
    let withheld = json!({ "reward": reward, "rewardWithheld": "user_limit" });
    assert_eq!(added("events.event_reported", withheld), pairs(&[("care_events_reported reward=user_limit", 1)]));
}

#[test]
fn users_are_found_and_guests_are_none() {
    let placed = contribution("orders.order_placed", order()).unwrap();
    assert_eq!(placed.users, [ActiveUser { metric: "active_users", user: "u".to_owned() }]);
    assert!(!format!("{placed:?}").contains("\"u\""), "no IDs in logs");
    let mut guest = order();
    guest["order"]["userId"] = Json::Null;
    assert!(contribution("orders.order_placed", guest).unwrap().users.is_empty());
}

#[test]
fn nothing_is_counted_of_what_cannot_be_read() {
    let confirmed = |change: &dyn Fn(&mut Json)| {
        let mut data = order();
        change(&mut data);
        contribution("orders.order_confirmed", data).unwrap_err().to_string()
    };
    assert_eq!(
        confirmed(&|data| data["order"]["totalMinor"] = json!(1.5)),
        "gross_sales: no integer at /order/totalMinor"
    );
    assert_eq!(
        confirmed(&|data| data["order"]["totalMinor"] = Json::Null),
        "gross_sales: no integer at /order/totalMinor"
    );
    assert_eq!(
        confirmed(&|data| data["order"]["currency"] = json!("eur")),
        "orders_confirmed: no currency at /order/currency"
    );
    assert_eq!(confirmed(&|data| data["lines"][0] = json!({})), "units_sold: no integer at /lines/*/quantity");
    assert!(confirmed(&|data| data["order"]["totalMinor"] = json!(MAX_AMOUNT + 1)).contains("beyond"));
    assert!(confirmed(&|data| data["order"]["totalMinor"] = json!(i64::MIN)).contains("beyond"));
    assert!(confirmed(&|data| data["lines"][0]["quantity"] = json!(i64::MAX)).contains("beyond"));
    let unexpected = contribution("orders.no_such_event", order()).unwrap_err();
    assert_eq!(unexpected, Uncountable::Unexpected("orders.no_such_event.v1".to_owned()));
}

#[test]
fn another_version_of_an_event_is_unexpected() {
    let event = Envelope { version: 2, ..event("orders.order_confirmed", order()) };
    assert!(matches!(Contribution::of(&event, metrics::all(), at()), Err(Uncountable::Unexpected(_))));
}

#[test]
fn an_event_whose_mark_may_be_gone_is_refused() {
    let event = event("orders.order_confirmed", order());
    let after = |hours| Contribution::of(&event, metrics::all(), at() + SignedDuration::from_hours(hours));
    assert!(after(MAX_EVENT_AGE_DAYS * 24).is_ok());
    assert_eq!(after(MAX_EVENT_AGE_DAYS * 24 + 1), Err(Uncountable::TooOld));
    const { assert!(crate::store::MARK_DAYS > MAX_EVENT_AGE_DAYS) };
}

/// The most that each event can add: every source and every dimension.
#[test]
fn every_event_fits_into_one_transaction() {
    let mut writes: BTreeMap<&str, usize> = BTreeMap::new();
    for metric in metrics::all() {
        for event in metric.events() {
            *writes.entry(event).or_default() += metric.dimensions().len().max(1);
        }
    }
    assert!(writes.values().all(|count| *count <= MAX_ADDITIONS));
    const { assert!(MAX_ADDITIONS * WRITES_PER_ADDITION < dynamo::MAX_TRANSACTION_WRITES) };
}

/// The cells of each dimension sum to the same total.
#[test]
fn no_cell_appears_twice() {
    for name in metrics::events() {
        let (event_type, _) = name.rsplit_once(".v").unwrap();
        let path = format!(
            "{}/../../../events/{}.v1.example.json",
            env!("CARGO_MANIFEST_DIR"),
            event_type.replacen('.', "/", 1)
        );
        let example: Envelope<Json> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let now = example.occurred_at;
        let contribution = Contribution::of(&example, metrics::all(), now).unwrap();
        let cells: BTreeSet<_> = contribution.additions.iter().map(|one| (one.metric, one.cell.clone())).collect();
        assert_eq!(cells.len(), contribution.additions.len(), "{name}");
        assert!(!contribution.is_empty(), "the example of {name} is counted");
        let rows: BTreeSet<_> = Grain::ALL.into_iter().map(|grain| grain.row(now)).collect();
        assert_eq!(rows.len(), WRITES_PER_ADDITION);
    }
}
