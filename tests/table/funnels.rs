//! Funnels, cohorts and insights: counters equal the events, in whatever order, number and concurrency they come, and forgotten people
//! leave nothing but numbers.

use std::time::Duration;

use contracts::Envelope;
use contracts::identity::{Device, EmailVerified, SessionStarted, UserRegistered};
use contracts::orders::{OrderConfirmed, OrderPlaced, ShipmentDelivered, ShipmentShipped};
use jiff::Timestamp;
use kit::sqs::Done;
use serde_json::{Value, json};
use types::{LocationId, PersonName, SessionId, UserId};

use crate::reports::{lines, order};
use crate::reports_support::Office;

const NOW: &str = "2026-11-29T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn registered(office: &Office, user_id: UserId, time: &str) -> Envelope<Value> {
    let fact = UserRegistered { user_id, email: None, name: PersonName::parse("Ann").unwrap(), verification_id: None };
    office.event(at(time), fact)
}

fn verified(office: &Office, user_id: UserId, time: &str) -> Envelope<Value> {
    office.event(at(time), EmailVerified { user_id, email: "ann@example.com".parse().unwrap() })
}

fn signed_in(office: &Office, user_id: UserId, time: &str) -> Envelope<Value> {
    let device = Device { name: "phone".to_owned(), platform: "ios".to_owned() };
    office.event(at(time), SessionStarted { user_id, session_id: SessionId::generate(), device })
}

fn ordered(office: &Office, user_id: UserId, time: &str) -> Envelope<Value> {
    let mut order = order("EUR", 100);
    order.user_id = Some(user_id);
    office.event(at(time), OrderPlaced { order, lines: lines() })
}

async fn funnel(office: &Office, name: &str) -> Value {
    let reply = office.get(&office.get_funnel(), &[("name", name)], "").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

fn counts(funnel: &Value) -> Vec<i64> {
    funnel["steps"].as_array().unwrap().iter().map(|step| step["count"].as_i64().unwrap()).collect()
}

/// The counters of the days on which somebody began, oldest first. The endpoint hides those of few people.
async fn counted(office: &Office, name: &str) -> Vec<(String, Vec<i64>)> {
    let funnel = analytics::domain::funnel::find(name).unwrap();
    let (first, last) = ("2026-11-01".parse().unwrap(), "2026-11-29".parse().unwrap());
    let days = office.ctx.store.funnel_numbers(funnel, first, last).await.unwrap().into_iter();
    let numbers = |day: std::collections::BTreeMap<u8, i64>| {
        let steps = u8::try_from(funnel.steps.len()).unwrap();
        (0..steps).map(|step| day.get(&step).copied().unwrap_or_default()).collect::<Vec<_>>()
    };
    let days = days.map(|(date, day)| (date.to_string(), numbers(day)));
    days.filter(|(_, counts)| counts.iter().any(|count| *count > 0)).collect()
}

#[tokio::test]
async fn steps_count_on_the_day_of_the_first_one_whatever_order_events_come_in() {
    let office = Office::at(NOW).await;
    let user = UserId::generate();
    // The order comes first, and the registration last.
    let events = [
        ordered(&office, user, "2026-11-28T10:00:00Z"),
        verified(&office, user, "2026-11-20T10:05:00Z"),
        registered(&office, user, "2026-11-20T10:00:00Z"),
    ];
    for event in &events {
        assert_eq!(office.track(event.clone()).await.unwrap(), Done::Applied);
    }
    assert_eq!(
        office.track(registered(&office, UserId::generate(), "2026-11-28T10:00:00Z")).await.unwrap(),
        Done::Applied
    );
    for event in events {
        assert_eq!(office.track(event).await.unwrap(), Done::Duplicate);
    }
    let days = [("2026-11-20".to_owned(), vec![1, 1, 1]), ("2026-11-28".to_owned(), vec![1, 0, 0])];
    assert_eq!(counted(&office, "first_order").await, days);
}

#[tokio::test]
async fn a_funnel_of_users_shows_no_few_people() {
    let office = Office::at(NOW).await;
    // Four begin on one day, twelve on the next, of whom seven go on, and six today.
    for (day, people, further) in [("2026-11-19", 4_u32, 0_u32), ("2026-11-20", 12, 7), ("2026-11-29", 6, 6)] {
        for person in 0..people {
            let user = UserId::generate();
            office.track(registered(&office, user, &format!("{day}T10:00:00Z"))).await.unwrap();
            if person < further {
                office.track(verified(&office, user, &format!("{day}T10:05:00Z"))).await.unwrap();
            }
            if person < further.min(3) {
                office.track(ordered(&office, user, &format!("{day}T11:00:00Z"))).await.unwrap();
            }
        }
    }
    let funnel = funnel(&office, "first_order").await;
    assert_eq!((&funnel["hiddenDays"], &funnel["minPeople"]), (&json!(1), &json!(5)));
    assert_eq!(funnel["days"], json!([{ "date": "2026-11-20", "counts": [12, 7, null] }]));
    assert_eq!(counts(&funnel), [12, 7, 0]);
    assert_eq!(
        (&funnel["steps"][1]["permilleOfFirst"], &funnel["steps"][2]["permilleOfPrevious"]),
        (&json!(583), &Value::Null)
    );
}

#[tokio::test]
async fn a_late_earlier_event_moves_the_counts_to_its_day() {
    let office = Office::at(NOW).await;
    let user = UserId::generate();
    for event in [registered(&office, user, "2026-11-20T10:00:00Z"), verified(&office, user, "2026-11-21T10:00:00Z")] {
        office.track(event).await.unwrap();
    }
    office.track(registered(&office, user, "2026-11-19T10:00:00Z")).await.unwrap();
    assert_eq!(counted(&office, "first_order").await, [("2026-11-19".to_owned(), vec![1, 1, 0])]);
}

#[tokio::test]
async fn orders_of_guests_are_counted_without_a_user() {
    let office = Office::at(NOW).await;
    let order = order("EUR", 100);
    let time = at("2026-11-28T10:00:00Z");
    let shipped = ShipmentShipped {
        order: order.clone(),
        shipment: 1,
        location_id: LocationId::generate(),
        lines: lines(),
        capture_minor: 100,
        capture_total_minor: None,
        is_last: true,
    };
    let events = [
        office.event(time, ShipmentDelivered { order: order.clone(), shipment: 1 }),
        office.event(time, shipped),
        office.event(time, OrderConfirmed { order: order.clone(), lines: lines() }),
        office.event(time, OrderPlaced { order, lines: lines() }),
    ];
    for event in events {
        assert_eq!(office.track(event).await.unwrap(), Done::Applied);
    }
    assert_eq!(counts(&funnel(&office, "fulfilment").await), [1, 1, 1, 1]);
    assert!(counted(&office, "first_order").await.is_empty());
    let items = office.table.items().await;
    assert!(items.iter().all(|item| item["pk"].as_s().is_ok_and(|pk| !pk.starts_with("analytics#user#"))));
}

#[tokio::test]
async fn an_order_whose_buyer_is_deleted_between_two_steps_stays_one_order() {
    let office = Office::at(NOW).await;
    let (user, time) = (UserId::generate(), at("2026-11-28T10:00:00Z"));
    let detached = order("EUR", 100);
    let mut order = detached.clone();
    order.user_id = Some(user);
    for event in [
        office.event(time, OrderPlaced { order: order.clone(), lines: lines() }),
        office.event(time, OrderConfirmed { order, lines: lines() }),
    ] {
        assert_eq!(office.track(event).await.unwrap(), Done::Applied);
    }
    office.forget(user).await.unwrap();
    let shipped = ShipmentShipped {
        order: detached.clone(),
        shipment: 1,
        location_id: LocationId::generate(),
        lines: lines(),
        capture_minor: 100,
        capture_total_minor: None,
        is_last: true,
    };
    let delivered = office.event(time, ShipmentDelivered { order: detached, shipment: 1 });
    for event in [office.event(time, shipped), delivered] {
        assert_eq!(office.track(event).await.unwrap(), Done::Applied);
    }
    assert_eq!(counts(&funnel(&office, "fulfilment").await), [1, 1, 1, 1]);
    let rows = office
        .table
        .items()
        .await
        .into_iter()
        .filter(|item| item["pk"].as_s().is_ok_and(|pk| pk.starts_with("analytics#order#")));
    assert_eq!(rows.count(), 1);
}

#[tokio::test]
async fn concurrent_and_repeated_events_of_one_person_count_once() {
    let office = Office::with_conflicts(NOW).await;
    let user = UserId::generate();
    let events = [
        registered(&office, user, "2026-11-20T10:00:00Z"),
        verified(&office, user, "2026-11-20T11:00:00Z"),
        ordered(&office, user, "2026-11-21T10:00:00Z"),
    ];
    // What gives up against the others is delivered again, as by the queue.
    let deliver = async |event: &Envelope<Value>| {
        for _ in 0..20 {
            match office.track(event.clone()).await {
                Err(kit::sqs::Failure::Retry(_)) => {}
                handled => {
                    handled.unwrap();
                    return;
                }
            }
        }
        panic!("refused twenty times");
    };
    futures::future::join_all(events.iter().cycle().take(12).map(deliver)).await;
    assert_eq!(counted(&office, "first_order").await, [("2026-11-20".to_owned(), vec![1, 1, 1])]);
}

#[tokio::test]
async fn forgotten_people_leave_numbers_only_and_late_events_count_nothing() {
    let office = Office::at(NOW).await;
    let user = UserId::generate();
    office.track(registered(&office, user, "2026-11-20T10:00:00Z")).await.unwrap();
    assert_eq!(office.forget(user).await.unwrap(), Done::Applied);
    assert_eq!(office.forget(user).await.unwrap(), Done::Duplicate);
    assert_eq!(office.track(verified(&office, user, "2026-11-20T11:00:00Z")).await.unwrap(), Done::Ignored);
    assert_eq!(office.track(registered(&office, user, "2026-11-20T10:00:00Z")).await.unwrap(), Done::Ignored);
    assert_eq!(counted(&office, "first_order").await, [("2026-11-20".to_owned(), vec![1, 0, 0])]);
    let of_user = |item: &std::collections::HashMap<String, _>| format!("{item:?}").contains(&user.to_string());
    let left = office.table.items().await.into_iter().filter(of_user).count();
    assert_eq!(left, 1, "the marker");
}

#[tokio::test]
async fn an_event_whose_user_is_no_id_is_poison() {
    let office = Office::at(NOW).await;
    let mut event = registered(&office, UserId::generate(), "2026-11-20T10:00:00Z");
    event.data["userId"] = json!("Ann");
    assert!(matches!(office.track(event).await, Err(kit::sqs::Failure::Poison(_))));
}

#[tokio::test]
async fn parameters_of_funnels_are_bounded() {
    let office = Office::at(NOW).await;
    for (query, field) in [
        ("from=2026-11-02&to=2026-11-01", "to"),
        ("from=2026-01-01&to=2026-11-01", "to"),
        ("from=2026-01-01", "to"),
        ("from=yesterday", "from"),
        ("to=2026-02-30", "to"),
        ("day=2026-11-01", "day"),
    ] {
        let reply = office.get(&office.get_funnel(), &[("name", "first_order")], query).await;
        assert_eq!((reply.status, &reply.body["errors"][0]["field"]), (422, &json!(field)), "{query}: {}", reply.body);
    }
    let longest = office.get(&office.get_funnel(), &[("name", "first_order")], "from=2026-08-30&to=2026-11-29").await;
    assert_eq!(longest.status, 200, "{}", longest.body);
    assert_eq!(
        office.get(&office.get_funnel(), &[("name", "none")], "").await.body["code"],
        "analytics.no_such_funnel"
    );
}

#[tokio::test]
async fn cohorts_of_fewer_than_five_people_are_not_shown() {
    let office = Office::at(NOW).await;
    // Four in the week of 2 November, six in the week of 9 November; five of them come again, and one of the four.
    let (few, many): (Vec<_>, Vec<_>) =
        ((0..4).map(|_| UserId::generate()).collect(), (0..6).map(|_| UserId::generate()).collect());
    for user in &few {
        office.track(registered(&office, *user, "2026-11-03T10:00:00Z")).await.unwrap();
    }
    for user in &many {
        office.track(registered(&office, *user, "2026-11-10T10:00:00Z")).await.unwrap();
        office.track(signed_in(&office, *user, "2026-11-10T10:01:00Z")).await.unwrap();
    }
    for user in many.iter().take(5).chain(&few[..1]) {
        office.track(signed_in(&office, *user, "2026-11-17T10:00:00Z")).await.unwrap();
    }
    let cohorts = async || {
        let reply = office.get(&office.get_cohorts(), &[("name", "sign_up")], "weeks=8").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    };
    let shown = cohorts().await;
    assert_eq!((&shown["hiddenCohorts"], &shown["minPeople"]), (&json!(1), &json!(5)));
    // Five of six would single out the sixth.
    assert_eq!(shown["cohorts"], json!([{ "week": "2026-11-09", "people": 6, "active": [6, null] }]));
    assert_eq!(shown["totals"][0], json!({ "week": 0, "people": 6, "active": 6, "permille": 1000 }));
    assert_eq!(shown["totals"][1], json!({ "week": 1, "people": 0, "active": 0, "permille": null }));
    office.track(signed_in(&office, many[5], "2026-11-18T10:00:00Z")).await.unwrap();
    assert_eq!(cohorts().await["cohorts"][0]["active"], json!([6, 6]));
    assert_eq!(
        office.get(&office.get_cohorts(), &[("name", "none")], "").await.body["code"],
        "analytics.no_such_cohorts"
    );
    for weeks in ["0", "53", "x"] {
        let reply = office.get(&office.get_cohorts(), &[("name", "sign_up")], &format!("weeks={weeks}")).await;
        assert_eq!((reply.status, &reply.body["errors"][0]["field"]), (422, &json!("weeks")), "{weeks}");
    }
}

#[tokio::test]
async fn insights_show_the_numbers_that_they_were_found_in() {
    let office = Office::at(NOW).await;
    let none = office.get(&office.list_insights(), &[], "").await;
    assert_eq!(none.body, json!({ "asOf": null, "items": [] }));
    for (day, sign_ups) in [("2026-11-10", 10), ("2026-11-17", 21)] {
        for _ in 0..sign_ups {
            office.count(registered(&office, UserId::generate(), &format!("{day}T10:00:00Z"))).await.unwrap();
        }
    }
    office.daily().await.unwrap();
    let shown = office.get(&office.list_insights(), &[], "").await.body;
    assert_eq!(shown["asOf"], "2026-11-29T12:00:00.000Z");
    let weeks = json!([{ "week": "2026-11-09", "value": 10 }, { "week": "2026-11-16", "value": 21 }]);
    let expected =
        json!({ "finding": "doubled", "metric": "sign_ups", "currency": null, "weeks": weeks, "changePercent": 110 });
    assert_eq!(shown["items"], json!([expected]));
    // Two weeks later, they are no longer among the last weeks.
    office.clock.advance(Duration::from_hours(336));
    office.daily().await.unwrap();
    assert_eq!(office.get(&office.list_insights(), &[], "").await.body["items"], json!([]));
}
