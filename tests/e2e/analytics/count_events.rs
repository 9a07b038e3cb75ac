//! `analytics-count-events` on the events that metrics name.

use contracts::Envelope;
use contracts::payments::RefundSucceeded;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tests::{Cloud, User, eventually};
use types::{CurrencyCode, EventId};

/// A currency that no other test has.
fn own_currency() -> CurrencyCode {
    let random = EventId::generate().uuid().as_u128();
    let letter = |place: u32| char::from(b'A' + u8::try_from((random >> (8 * place)) % 26).unwrap());
    CurrencyCode::parse(&format!("X{}", (0..8).map(letter).collect::<String>())).unwrap()
}

fn refund(currency: &CurrencyCode, at: Timestamp, refunded_minor: i64) -> Envelope<RefundSucceeded> {
    let path = tests::root().join("events/payments/refund_succeeded.v1.example.json");
    let example = std::fs::read_to_string(path).unwrap();
    let mut event = serde_json::from_str::<Envelope<Value>>(&example).unwrap().decode::<RefundSucceeded>().unwrap();
    (event.id, event.correlation_id) = (EventId::generate(), EventId::generate().to_string());
    (event.data.payment.currency, event.data.refunded_minor, event.occurred_at) =
        (currency.clone(), refunded_minor, at);
    event
}

async fn refunds(cloud: &Cloud, manager: &User, currency: &CurrencyCode) -> Option<Vec<i64>> {
    let now = Timestamp::now();
    let (from, to) = (now - SignedDuration::from_hours(48), now + SignedDuration::from_secs(1));
    let path = format!("/v1/analytics/metrics/refunds?from={from}&to={to}&interval=hour");
    let values = cloud.get(&path).bearer(&manager.access_token).send().await.expect(200);
    let own = values["series"].as_array().unwrap().iter().find(|series| series["currency"] == currency.as_str())?;
    Some(own["values"].as_array().unwrap().iter().filter_map(Value::as_i64).filter(|value| *value != 0).collect())
}

#[tokio::test]
async fn an_event_counts_once_and_a_late_one_in_its_own_hour() {
    let cloud = Cloud::connect().await;
    let (manager, currency) = (cloud.manager().await, own_currency());
    let now = Timestamp::now();
    let (today, late) = (refund(&currency, now, 700), refund(&currency, now - SignedDuration::from_hours(30), 50));
    for event in [&today, &late, &today, &late, &today] {
        cloud.publish(event).await;
    }
    let is_duplicate = |line: &String, event: &Envelope<RefundSucceeded>| {
        line.starts_with("analytics-count-events")
            && line.contains(&event.correlation_id)
            && line.contains("\"code\":\"duplicate\"")
    };
    eventually("both duplicates of today's event", async || {
        let found = cloud.log().into_iter().filter(|line| is_duplicate(line, &today)).count();
        (found == 2).then_some(())
    })
    .await;
    eventually("the values", async || (refunds(&cloud, &manager, &currency).await? == [50, 700]).then_some(())).await;
    // There is no such order: two consumers of `orders` refuse each of the five events.
    assert_eq!(cloud.take_dead_letters(currency.as_str(), 10).await.len(), 10);
}
