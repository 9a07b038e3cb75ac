//! How long an import and an export of 10,000 products take with one function.

use std::time::{Duration, Instant};

use kit::Deadline;
use kit::sqs::Done;

use crate::catalog_transfers_support::{Desk, FORMATS, lines, shoe, summary};

/// Number of products on each run. `ATOLL_IMPORT_PRODUCTS=10000` measures what the limit is meant for.
const PRODUCTS: usize = 1_000;
/// How long an import of 10,000 products may take, with the table in the same thread.
const LIMIT: Duration = Duration::from_mins(1);

fn products() -> usize {
    std::env::var("ATOLL_IMPORT_PRODUCTS").map_or(PRODUCTS, |text| text.parse().unwrap())
}

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
    let running = running().zip(before).map_or(passed, |(after, before)| after.saturating_sub(before));
    (value, Took { passed, running })
}

#[tokio::test]
async fn products_are_imported_and_exported_in_time() {
    let desk = Desk::start().await;
    desk.shop.price_list("eur", serde_json::json!({ "title": "Euro", "currency": "EUR" })).await;
    let products = products();
    let rows: Vec<_> = (0..products).map(|number| shoe(&format!("p{number}"), 1)).collect();
    let (id, key) = desk.requested("json_lines", lines(&rows).as_bytes()).await;
    let (ran, created) = took(Box::pin(desk.run(&key, Deadline::never()))).await;
    assert_eq!(ran.unwrap(), Done::Applied.into());
    let count = u64::try_from(products).unwrap();
    assert_eq!(desk.see_import(&id).await["summary"], summary(count, 0, 0, 0));
    let mut figures = vec![("created", created)];
    for format in FORMATS {
        let (file, exported) = took(Box::pin(desk.export(format))).await;
        let ((summed, _), unchanged) = took(Box::pin(desk.import(format, &file))).await;
        assert_eq!(summed, summary(0, 0, count, 0));
        figures.extend([("exported", exported), ("unchanged", unchanged)]);
    }
    for (what, Took { passed, running }) in figures {
        println!("{products} products {what}: {running:?} of {passed:?}");
        assert!(running <= LIMIT, "{what}: {running:?}");
    }
}
