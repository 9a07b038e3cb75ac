//! What analytics' functions ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use kit::sqs::Done;
use tests::{budget, cost};

use crate::analytics_support::{Counters, confirmed, reported, signed_in, user};
use crate::users::Administration;

#[tokio::test]
async fn counting_keeps_to_its_budget() {
    let counters = Counters::start().await;
    let (now, count) = (counters.clock.now(), "analytics-count-events");
    // The mark, and a row of hours and one of days for orders, units and sales: seven items in one transaction.
    let order = confirmed(now, "EUR", 2_490, &[1, 2]);
    budget(count, "confirmed order", cost(counters.count(&order)).await);
    // The transaction fails at the mark. DynamoDB charges for the attempt; the emulator does not.
    budget(count, "confirmed order again", cost(counters.count(&order)).await);
    // The sketches of the day and of the month; the mark, two rows and two sketches.
    budget(count, "first sign-in of a user", cost(counters.count(&signed_in(now, user(1), "ios"))).await);
    // Both sketches contain the user in the other shards only, so the shard of the first is taken.
    let first = signed_in(now, user(2), "ios");
    counters.deliver(&first).await;
    let id = types::EventId::new(types::Uuid::from_u128(first.id.uuid().as_u128() + 4));
    let known = contracts::Envelope { id, ..signed_in(now, user(2), "ios") };
    budget(count, "sign-in of a known user", cost(counters.count(&known)).await);
    // Report, reward and user.
    budget(count, "report with a reward", cost(counters.count(&reported(now, user(3)))).await);
    let mut nothing = confirmed(now, "EUR", 0, &[]);
    nothing.event_type = "orders.return_received".to_owned();
    assert_eq!(counters.count(&nothing).await.unwrap(), Done::Ignored);
    budget(count, "adds nothing", cost(counters.count(&nothing)).await);
}

#[tokio::test]
async fn reading_keeps_to_its_budget() {
    let administration = Administration::start().await;
    let (counters, admin) = (Counters::start().await, Some(administration.token.as_str()));
    counters.deliver(&confirmed(counters.clock.now(), "EUR", 2_490, &[1, 2])).await;
    counters.deliver(&signed_in(counters.clock.now(), user(1), "ios")).await;
    let ask = async |name, query| counters.ask(&administration.deployment, admin, name, query).await;
    // The standing.
    budget("analytics-list-metrics", "all", &ask(None, "").await);
    // The standing, and the four shards of a month, at the same time.
    let week = "from=2026-11-23T00:00:00Z&to=2026-11-30T00:00:00Z&interval=hour";
    budget("analytics-get-metric", "a week of hours", &ask(Some("gross_sales"), week).await);
    // The four shards of three years.
    let days = "from=2024-03-05T00:00:00Z&to=2026-11-30T00:00:00Z";
    budget("analytics-get-metric", "1,000 days", &ask(Some("gross_sales"), days).await);
    // The same for each of two metrics.
    budget("analytics-get-metric", "1,000 days of a quotient", &ask(Some("average_order_value"), days).await);
    // The four shards of eleven years.
    let months = "from=2016-12-01T00:00:00Z&to=2026-11-30T00:00:00Z&interval=month";
    budget("analytics-get-metric", "120 months", &ask(Some("gross_sales"), months).await);
    // The four shards of four months.
    let quarter = "from=2026-08-30T00:00:00Z&to=2026-11-30T00:00:00Z";
    budget("analytics-get-metric", "92 days of distinct users", &ask(Some("active_users"), quarter).await);
}
