//! How long an import and an export of 10,000 products take with one function.

use std::time::{Duration, Instant};

use kit::Deadline;
use kit::sqs::Done;

use crate::catalog_transfers::{Desk, FORMATS, lines, shoe, summary};

const PRODUCTS: usize = 10_000;
/// How long an import of so many products may take, with the table in the same thread.
const LIMIT: Duration = Duration::from_secs(60);

/// Time that passed, and how much of it the thread was running. Other tests run at the same time, so only the second is compared.
#[derive(Debug, Clone, Copy)]
struct Took {
    passed: Duration,
    running: Duration,
}

/// How long this thread has been running; none where the system does not say.
fn running() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

async fn took<T>(work: impl Future<Output = T>) -> (T, Took) {
    let (begun, before) = (Instant::now(), running());
    let value = work.await;
    let passed = begun.elapsed();
    let running = running().zip(before).map_or(passed, |(after, before)| after - before);
    (value, Took { passed, running })
}

#[tokio::test]
async fn ten_thousand_products_are_imported_and_exported_within_a_minute() {
    let desk = Desk::start().await;
    desk.shop.price_list("eur", serde_json::json!({ "title": "Euro", "currency": "EUR" })).await;
    let rows: Vec<_> = (0..PRODUCTS).map(|number| shoe(&format!("p{number}"), 1)).collect();
    let (id, key) = desk.requested("json_lines", lines(&rows).as_bytes()).await;
    let (ran, created) = took(desk.run(&key, Deadline::never())).await;
    assert_eq!(ran.unwrap(), Done::Applied.into());
    let count = u64::try_from(PRODUCTS).unwrap();
    assert_eq!(desk.see_import(&id).await["summary"], summary(count, 0, 0, 0));
    let mut figures = vec![("created", created)];
    for format in FORMATS {
        let (file, exported) = took(desk.export(format)).await;
        let ((summed, _), unchanged) = took(desk.import(format, &file)).await;
        assert_eq!(summed, summary(0, 0, count, 0));
        figures.extend([("exported", exported), ("unchanged", unchanged)]);
    }
    println!("{PRODUCTS} products: {figures:?}");
    assert!(figures.iter().all(|(_, took)| took.running <= LIMIT), "{figures:?}");
}
