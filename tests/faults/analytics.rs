//! Analytics: totals, funnels and reports are the same in any order of events, with killed functions and with failures.

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::Envelope;
use contracts::identity::UserRegistered;
use contracts::wallet::{DonationCompleted, Funding, Recipient};
use dynamo::Table;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::{Cloud, User, care_event, eventually};
use types::{CurrencyCode, DonationId, EventId, Money, PersonName, PointId, UserId, Uuid};

use ::analytics::domain::funnel;
use ::analytics::store::{Analytics, Numbers, Store};

use crate::deliveries::{ROUNDS, event, faults_are_met, handled, publish_in_disorder, publish_in_order, throttle};
use crate::kills::{Kill, inject, is_met, kill, killed};

const COUNT: &str = "analytics-count-events";
const TRACK: &str = "analytics-track-people";
const RUN: &str = "analytics-run-report";
const START: &str = "analytics-start-reports";

/// A currency that no other test has.
fn own_currency() -> CurrencyCode {
    let random = EventId::generate().uuid().as_u128();
    let letter = |place: u32| char::from(b'A' + u8::try_from((random >> (8 * place)) % 26).unwrap());
    CurrencyCode::parse(&format!("X{}", (0..8).map(letter).collect::<String>())).unwrap()
}

fn donated(at: Timestamp, donor_id: UserId, money: Money) -> Envelope<Value> {
    let recipient = Recipient::Point(PointId::generate());
    let donation_id = DonationId::generate();
    event(
        at,
        DonationCompleted { donation_id, donor_id, recipient, money, funding: Funding::Card, beneficiary_id: None },
    )
}

/// The sums of the last days by hour, without hours that have none.
async fn sums(cloud: &Cloud, manager: &User, currency: &CurrencyCode, from: Timestamp) -> Vec<i64> {
    let to = Timestamp::now() + SignedDuration::from_secs(1);
    let path = format!("/v1/analytics/metrics/donated?from={from}&to={to}&interval=hour");
    let values = cloud.get(&path).bearer(&manager.access_token).send().await.expect(200);
    let own = values["series"].as_array().unwrap().iter().find(|series| series["currency"] == currency.as_str());
    let values = own.and_then(|own| own["values"].as_array()).cloned().unwrap_or_default();
    values.iter().filter_map(Value::as_i64).filter(|value| *value != 0).collect()
}

#[tokio::test]
async fn each_event_counts_once_in_its_hour_however_events_come_and_whoever_is_killed() {
    const EVENTS: i64 = 12;
    let cloud = Cloud::connect_for_faults().await;
    let (manager, currency) = (cloud.manager().await, own_currency());
    // Two events in each hour, with an amount of its own each: the sums say which events they contain.
    let hour = |number: i64| Timestamp::now() - SignedDuration::from_hours(60 - 5 * (number / 2));
    let times: Vec<Timestamp> = (0..EVENTS).map(hour).collect();
    let amount = |number: usize| Money::new(1 << number, currency.clone());
    let events: Vec<_> =
        times.iter().enumerate().map(|(number, at)| donated(*at, UserId::generate(), amount(number))).collect();
    for (when, event) in ["before", "after"].into_iter().zip(&events) {
        let mark = format!("analytics#event#{}", event.id);
        let write = Kill::keys(COUNT, "TransactWriteItems", &mark, when);
        inject(&cloud, &write).await;
        cloud.publish(event).await;
        is_met(&cloud, &write).await;
        kill(&cloud, COUNT).await;
    }
    throttle(&cloud, "TransactWriteItems", "analytics#metric#donated").await;
    let beyond = donated(Timestamp::now(), UserId::generate(), Money::new(10_000_000_000_000, currency.clone()));
    cloud.publish(&beyond).await;
    publish_in_disorder(&cloud, &events).await;
    handled(&cloud, COUNT, &events, ROUNDS).await;
    let dead = cloud.take_dead_letters(&beyond.id.to_string(), 1).await;
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert!(dead[0].consumer.ends_with(COUNT) && dead[0].reason.contains("beyond"), "{dead:?}");
    faults_are_met(&cloud).await;
    let expected: Vec<i64> = (0..EVENTS).step_by(2).map(|number| (1 << number) + (1 << (number + 1))).collect();
    assert_eq!(sums(&cloud, &manager, &currency, times[0]).await, expected);
}

/// A user who registers, reports twice and donates twice.
struct Person(UserId);

impl Person {
    fn events(&self, begin: Timestamp) -> Vec<Envelope<Value>> {
        let after = |days: i64| begin + SignedDuration::from_hours(24 * days);
        let name = PersonName::parse("Ann").unwrap();
        let registered = UserRegistered { user_id: self.0, email: None, name, verification_id: None };
        let donation = |days| donated(after(days), self.0, Money::new(1, CurrencyCode::parse("EUR").unwrap()));
        vec![
            event(begin, registered),
            event(after(1), care_event(self.0, None)),
            event(after(2), care_event(self.0, None)),
            donation(3),
            donation(4),
        ]
    }

    /// How far the person got: the earliest time of each step.
    async fn passage(&self, cloud: &Cloud) -> AttributeValue {
        let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
        let get = client.get_item().table_name(cloud.table_name()).consistent_read(true);
        let get = get.key("pk", AttributeValue::S(format!("analytics#user#{}", self.0)));
        let get = get.key("sk", AttributeValue::S(format!("funnel#engagement#{}", self.0)));
        let mut item = get.send().await.unwrap().item.expect("a row");
        item.remove("passage").expect("the times")
    }
}

async fn funnel_of(cloud: &Cloud, day: Date) -> [i64; 3] {
    let table = Table::<Analytics>::new(aws_sdk_dynamodb::Client::new(&cloud.sdk().await), cloud.table_name());
    let funnel = funnel::find("engagement").unwrap();
    let numbers: Numbers = Store::new(table).funnel_numbers(funnel, day, day).await.unwrap();
    let number = |step: u8| numbers.get(&day).and_then(|numbers| numbers.get(&step)).copied().unwrap_or_default();
    [0, 1, 2].map(number)
}

#[tokio::test]
async fn a_funnel_counts_a_person_once_however_events_come_and_whoever_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let begin = Timestamp::now() - SignedDuration::from_hours(24 * 20);
    let day = TimeZone::UTC.to_datetime(begin).date();
    let before = funnel_of(&cloud, day).await;
    let straight = Person(UserId::generate());
    let events = straight.events(begin);
    publish_in_order(&cloud, &events).await;
    handled(&cloud, TRACK, &events, 1).await;
    let once = funnel_of(&cloud, day).await;
    assert_eq!(once, before.map(|number| number + 1));

    let person = Person(UserId::generate());
    let events = person.events(begin);
    let row = format!("analytics#user#{}", person.0);
    // Each of these events writes a row and counters: the later steps come first.
    for (when, event) in [("before", &events[4]), ("after", &events[2])] {
        let write = Kill::keys(TRACK, "TransactWriteItems", &row, when);
        inject(&cloud, &write).await;
        cloud.publish(event).await;
        is_met(&cloud, &write).await;
        kill(&cloud, TRACK).await;
    }
    throttle(&cloud, "TransactWriteItems", &row).await;
    publish_in_disorder(&cloud, &events).await;
    handled(&cloud, TRACK, &events, ROUNDS).await;
    faults_are_met(&cloud).await;
    assert_eq!(person.passage(&cloud).await, straight.passage(&cloud).await);
    assert_eq!(funnel_of(&cloud, day).await, once.map(|number| number + 1));
}

/// Creates a report of complete days.
async fn report(cloud: &Cloud, manager: &User) -> String {
    let body = json!({
        "name": "Sign-ups", "metrics": [{ "name": "sign_ups" }, { "name": "donated" }], "interval": "day",
        "period": { "last": 7, "unit": "day" }, "format": "csv",
        "schedule": { "frequency": "monthly", "hour": 6, "timeZone": "Europe/Berlin" },
    });
    let call = cloud.post("/v1/analytics/reports").bearer(&manager.access_token).header("idempotency-key", "a");
    let id = call.json(&body).send().await.expect(201)["id"].as_str().unwrap().to_owned();
    format!("/v1/analytics/reports/{id}")
}

/// Starts a run, and returns its path.
async fn started(cloud: &Cloud, manager: &User, report: &str) -> String {
    let call = cloud.post(&format!("{report}/runs")).bearer(&manager.access_token);
    let run = call.header("idempotency-key", &Uuid::now_v7().to_string()).send().await.expect(202);
    format!("{report}/runs/{}", run["id"].as_str().unwrap())
}

/// The file of a run, once it is done.
async fn file(cloud: &Cloud, manager: &User, run: &str) -> String {
    let done = eventually("the end of the run", async || {
        let run = cloud.get(run).bearer(&manager.access_token).send().await.expect(200);
        run["finishedAt"].is_string().then_some(run)
    })
    .await;
    assert_eq!(done["status"], "done", "{done}");
    let (status, bytes) = cloud.fetch(done["url"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_report_is_whole_whoever_is_killed_and_whatever_fails() {
    let cloud = Cloud::connect_for_faults().await;
    let manager = cloud.manager().await;
    let report = report(&cloud, &manager).await;
    let expected = file(&cloud, &manager, &started(&cloud, &manager, &report).await).await;
    assert!(expected.lines().count() > 7, "{expected}");
    let own = format!("analytics#user#{}", manager.id);
    let completion = "CompleteMultipartUpload";
    for at in [
        Kill::bucket(RUN, "PostObject", "after"),
        Kill::bucket(RUN, "PutObject", "before"),
        Kill::bucket(RUN, "PutObject", "after"),
        Kill::keys(RUN, "PutItem", &own, "before"),
        Kill::keys(RUN, "PutItem", &own, "after"),
        Kill::bucket(RUN, "PostObject", "before").containing(completion),
        Kill::bucket(RUN, "PostObject", "after").containing(completion),
    ] {
        inject(&cloud, &at).await;
        let run = started(&cloud, &manager, &report).await;
        is_met(&cloud, &at).await;
        kill(&cloud, RUN).await;
        assert_eq!(file(&cloud, &manager, &run).await, expected, "{at:?}");
    }
    // More often than one delivery tries.
    for operation in ["PutObject", "PostObject"] {
        cloud.inject(&json!({ "service": "s3", "operation": operation, "error": "SlowDown", "count": 4 })).await;
        let run = started(&cloud, &manager, &report).await;
        assert_eq!(file(&cloud, &manager, &run).await, expected, "{operation}");
        faults_are_met(&cloud).await;
    }
    throttle(&cloud, "PutItem", &own).await;
    let run = started(&cloud, &manager, &report).await;
    assert_eq!(file(&cloud, &manager, &run).await, expected);
    faults_are_met(&cloud).await;
}

/// Makes a report due, as time does.
async fn make_due(cloud: &Cloud, manager: &User, report: &str, due: &str) {
    let id = report.rsplit('/').next().unwrap();
    let text = |text: String| AttributeValue::S(text);
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
    let update = client
        .update_item()
        .table_name(cloud.table_name())
        .key("pk", text(format!("analytics#user#{}", manager.id)))
        .key("sk", text(format!("report#{id}")))
        .update_expression("SET next_run_at = :due, gsi1sk = :sort")
        .condition_expression("attribute_exists(gsi1sk)")
        .expression_attribute_values(":due", text(due.to_owned()))
        .expression_attribute_values(":sort", text(format!("{due}#{id}")));
    update.send().await.expect("the report");
}

#[tokio::test]
async fn a_due_report_runs_once_although_its_schedule_is_killed() {
    let cloud = Cloud::connect_for_faults().await;
    let due = (Timestamp::now() - SignedDuration::from_hours(48)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    for when in ["before", "after"] {
        let user = cloud.manager().await;
        let report = report(&cloud, &user).await;
        make_due(&cloud, &user, &report, &due).await;
        let own = format!("analytics#user#{}", user.id);
        let at = Kill::keys(START, "TransactWriteItems", &own, when);
        drop(killed(&cloud, &at, cloud.try_to_ask(START, &json!({}))).await);
        for _ in 0..2 {
            drop(cloud.ask(START, &json!({})).await);
        }
        let runs = cloud.get(&format!("{report}/runs")).bearer(&user.access_token).send().await.expect(200);
        let runs = runs["items"].as_array().unwrap();
        assert_eq!(runs.len(), 1, "{when}: {runs:?}");
        let run = format!("{report}/runs/{}", runs[0]["id"].as_str().unwrap());
        assert!(file(&cloud, &user, &run).await.starts_with("period,"), "{when}");
    }
}
