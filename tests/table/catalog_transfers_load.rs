//! How long an import and an export of 10,000 products take with one function.

use std::time::{Duration, Instant};

use kit::Deadline;
use kit::sqs::Done;

use crate::catalog_transfers::{Desk, FORMATS, lines, shoe, summary};

/// How long an import of 10,000 products may take.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_products_are_imported_and_exported_within_a_minute() {
    const PRODUCTS: usize = 10_000;
    let desk = Desk::start().await;
    desk.shop.price_list("eur", serde_json::json!({ "title": "Euro", "currency": "EUR" })).await;
    let rows: Vec<_> = (0..PRODUCTS).map(|number| shoe(&format!("p{number}"), 1)).collect();
    let (id, key) = desk.requested("json_lines", lines(&rows).as_bytes()).await;
    let started = Instant::now();
    assert_eq!(desk.run(&key, Deadline::never()).await.unwrap(), Done::Applied.into());
    let created = started.elapsed();
    assert_eq!(desk.see_import(&id).await["summary"], summary(PRODUCTS as u64, 0, 0, 0));
    let mut took = vec![("created", created)];
    for format in FORMATS {
        let started = Instant::now();
        let file = desk.export(format).await;
        took.push(("exported", started.elapsed()));
        let started = Instant::now();
        assert_eq!(desk.import(format, &file).await.0, summary(0, 0, PRODUCTS as u64, 0));
        took.push(("unchanged", started.elapsed()));
    }
    println!("{PRODUCTS} products: {took:?}");
    assert!(took.iter().all(|(_, took)| *took <= LIMIT), "{took:?}");
}
