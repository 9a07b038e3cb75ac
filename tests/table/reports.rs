//! Reports: files contain what the counters say, each due time has one run, and nothing that is killed, repeated or deleted in
//! between leaves a second file or a link.

use std::time::Duration;

use analytics::domain::report::{Column, Content, Frequency, Report, Schedule};
use contracts::identity::UserDeleted;
use contracts::orders::{OrderConfirmed, OrderFacts, OrderPlaced, SoldUnits};
use dynamo::Read;
use jiff::Timestamp;
use kit::Deadline;
use kit::sqs::{Done, Progress};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use serde_json::{Value, json};
use types::{CurrencyCode, OrderId, ProductId, UserId, VariantId};

use crate::reports_support::{Office, sales};

const NOW: &str = "2026-11-29T12:00:00Z";

pub fn order(currency: &str, total_minor: i64) -> OrderFacts {
    OrderFacts {
        order_id: OrderId::generate(),
        number: "7ZK2M0QX9D".to_owned(),
        user_id: None,
        currency: CurrencyCode::parse(currency).unwrap(),
        total_minor,
        placed_at: NOW.parse().unwrap(),
    }
}

pub fn lines() -> Vec<SoldUnits> {
    let (variant_id, product_id) = (VariantId::generate(), ProductId::generate());
    vec![SoldUnits { line: 0, variant_id, product_id, quantity: 1, gross_minor: 100 }]
}

/// Counts an order as placed and confirmed.
async fn sell(office: &Office, at: &str, currency: &str, total_minor: i64) {
    let (at, order): (Timestamp, _) = (at.parse().unwrap(), order(currency, total_minor));
    let placed = office.event(at, OrderPlaced { order: order.clone(), lines: lines() });
    assert_eq!(office.count(placed).await.unwrap(), Done::Applied);
    let confirmed = office.event(at, OrderConfirmed { order, lines: lines() });
    assert_eq!(office.count(confirmed).await.unwrap(), Done::Applied);
}

async fn with_sales() -> Office {
    let office = Office::at(NOW).await;
    sell(&office, "2026-11-27T10:00:00Z", "EUR", 2_490).await;
    sell(&office, "2026-11-28T23:59:59Z", "EUR", 1_000).await;
    sell(&office, "2026-11-28T00:00:00Z", "JPY", 500).await;
    // Today is not over, and not in the report.
    sell(&office, "2026-11-29T00:00:00Z", "EUR", 99_999).await;
    office
}

#[tokio::test]
async fn a_csv_file_has_the_values_of_whole_days_in_minor_units() {
    let office = with_sales().await;
    let report = office.report(sales("csv")).await;
    let file = String::from_utf8(office.file(&report).await).unwrap();
    let expected = [
        "period,starts_at,metric,dimension,dimension_value,currency,unit,value",
        "2026-11-27,2026-11-27T00:00:00Z,orders_placed,,,,count,1",
        "2026-11-28,2026-11-28T00:00:00Z,orders_placed,,,,count,2",
        "2026-11-27,2026-11-27T00:00:00Z,gross_sales,,,EUR,minor_units,2490",
        "2026-11-28,2026-11-28T00:00:00Z,gross_sales,,,EUR,minor_units,1000",
        "2026-11-27,2026-11-27T00:00:00Z,gross_sales,,,JPY,minor_units,0",
        "2026-11-28,2026-11-28T00:00:00Z,gross_sales,,,JPY,minor_units,500",
        "",
    ];
    assert_eq!(file, expected.join("\r\n"));
}

#[tokio::test]
async fn a_parquet_file_has_the_same_rows() {
    let office = with_sales().await;
    let report = office.report(sales("parquet")).await;
    let file = office.file(&report).await;
    let reader = SerializedFileReader::new(axum::body::Bytes::from(file)).unwrap();
    let row = |row: parquet::record::Row| {
        let text =
            |at: usize| if row.is_null(at).unwrap() { String::new() } else { row.get_string(at).unwrap().clone() };
        format!("{} {} {} {}", text(0), text(2), text(5), row.get_long(7).unwrap())
    };
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(|read| row(read.unwrap())).collect();
    let expected = [
        "2026-11-27 orders_placed  1",
        "2026-11-28 orders_placed  2",
        "2026-11-27 gross_sales EUR 2490",
        "2026-11-28 gross_sales EUR 1000",
        "2026-11-27 gross_sales JPY 0",
        "2026-11-28 gross_sales JPY 500",
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn a_repeated_request_finds_the_first_report_and_the_first_run() {
    let office = Office::at(NOW).await;
    let first = office.create("a", sales("csv")).await;
    assert_eq!(
        (first.status, office.create("a", sales("csv")).await.body["id"].clone()),
        (201, first.body["id"].clone())
    );
    assert_eq!(office.create("a", sales("parquet")).await.body["code"], "request.idempotency_key_reused");
    let report = first.body["id"].as_str().unwrap();
    let run = office.start(report, "r").await;
    assert_eq!((run.status, office.start(report, "r").await.body["id"].clone()), (202, run.body["id"].clone()));
    let other = office.report(sales("csv")).await;
    assert_eq!(office.start(&other, "r").await.body["code"], "request.idempotency_key_reused");
    assert_eq!(office.runs(report).await.len(), 1);
    assert_eq!(office.events("analytics.report_run_requested").await.len(), 1);
}

#[tokio::test]
async fn reports_are_bounded_and_deleted_ones_make_room() {
    let office = Office::at(NOW).await;
    let first = office.report(sales("csv")).await;
    for _ in 1..20 {
        office.report(sales("csv")).await;
    }
    let listed = office.get(&office.list_reports(), &[], "limit=100").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 20);
    let refused = office.create("x", sales("csv")).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("analytics.too_many_reports")));
    assert_eq!(office.delete(&first).await.status, 204);
    assert_eq!(office.delete(&first).await.status, 404);
    office.report(sales("csv")).await;
}

#[tokio::test]
async fn a_request_that_is_sent_again_does_not_bring_a_deleted_report_back() {
    let office = Office::at(NOW).await;
    let report = office.create("a", sales("csv")).await.body["id"].as_str().unwrap().to_owned();
    assert_eq!(office.delete(&report).await.status, 204);
    let again = office.create("a", sales("csv")).await;
    assert_eq!((again.status, &again.body["code"]), (422, &json!("request.idempotency_key_reused")));
    assert_eq!(office.get(&office.get_report(), &[("id", &report)], "").await.status, 404);
}

#[tokio::test]
async fn reports_are_for_their_owner_only() {
    let office = Office::at(NOW).await;
    let report = office.report(sales("csv")).await;
    let run = office.start(&report, "r").await.body["id"].as_str().unwrap().to_owned();
    let (_, other) = office.other_manager().await;
    let path = [("id", report.as_str()), ("runId", run.as_str())];
    for (endpoint, method, parameters) in [
        (office.get_report(), "GET", 1),
        (office.delete_report(), "DELETE", 1),
        (office.start_report_run(), "POST", 1),
        (office.list_report_runs(), "GET", 1),
        (office.get_report_run(), "GET", 2),
    ] {
        let (key, path) = (if method == "POST" { "k" } else { "" }, &path[..parameters]);
        let reply = office.call_as(&other, &endpoint, (method, ""), path, key, None).await;
        assert_eq!(reply.status, 404, "{method} {}", reply.body);
    }
    assert_eq!(office.run(&report, &run).await.status, 200);
}

#[tokio::test]
async fn invalid_definitions_are_refused_with_their_fields() {
    let office = Office::at(NOW).await;
    for (change, field) in [
        (json!({ "metrics": [{ "name": "nothing" }] }), "metrics"),
        (json!({ "metrics": [{ "name": "sign_ups", "by": "colour" }] }), "metrics"),
        (json!({ "metrics": [{ "name": "sign_ups" }, { "name": "sign_ups" }] }), "metrics"),
        (json!({ "metrics": [] }), "metrics"),
        (json!({ "metrics": [{ "name": "active_users" }], "interval": "hour" }), "metrics"),
        (json!({ "interval": "hour", "period": { "last": 42, "unit": "day" } }), "period"),
        (json!({ "period": { "last": 0, "unit": "day" } }), "period.last"),
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a\u{202e}b" }), "name"),
        (json!({ "schedule": { "frequency": "daily", "hour": 24, "timeZone": "UTC" } }), "schedule.hour"),
        (json!({ "schedule": { "frequency": "daily", "hour": 6, "timeZone": "Berlin" } }), "schedule.timeZone"),
        (json!({ "ownerId": UserId::generate() }), "ownerId"),
        (json!({ "nextRunAt": NOW }), "nextRunAt"),
    ] {
        let mut body = sales("csv");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let reply = office.create("k", body).await;
        assert_eq!((reply.status, &reply.body["errors"][0]["field"]), (422, &json!(field)), "{change}: {}", reply.body);
    }
}

fn scheduled(format: &str) -> Value {
    let mut body = sales(format);
    body["schedule"] = json!({ "frequency": "daily", "hour": 6, "timeZone": "Europe/Berlin" });
    body
}

#[tokio::test]
async fn each_due_time_has_one_run_however_many_schedules_overlap() {
    let office = Office::with_conflicts(NOW).await;
    let report = office.report(scheduled("csv")).await;
    let seen = office.get(&office.get_report(), &[("id", &report)], "").await;
    assert_eq!(seen.body["nextRunAt"], "2026-11-30T05:00:00.000Z");
    office.hourly().await.unwrap();
    assert!(office.runs(&report).await.is_empty(), "not due yet");

    office.clock.advance(Duration::from_hours(17));
    let (a, b, c) = tokio::join!(office.hourly(), office.hourly(), office.hourly());
    assert_eq!((a, b, c), (Ok(()), Ok(()), Ok(())));
    office.hourly().await.unwrap();
    let runs = office.runs(&report).await;
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!((&runs[0]["scheduled"], &runs[0]["runAt"]), (&json!(true), &json!("2026-11-30T05:00:00.000Z")));
    assert_eq!(office.events("analytics.report_run_requested").await.len(), 1);

    // Three days without the schedule: the latest due time has a run, the others have none.
    office.clock.advance(Duration::from_hours(72));
    office.hourly().await.unwrap();
    let runs = office.runs(&report).await;
    assert_eq!((runs.len(), &runs[0]["runAt"]), (2, &json!("2026-12-03T05:00:00.000Z")));
}

#[tokio::test]
async fn a_page_of_reports_that_cannot_start_does_not_keep_the_next_one_waiting() {
    let office = Office::at(NOW).await;
    let (store, now) = (&office.ctx.store, office.clock.now());
    let table = office.table.of::<analytics::store::Analytics>();
    // A page and a half of reports whose owners are forgotten after they were created.
    for _ in 0..8 {
        let owner = UserId::generate();
        for _ in 0..20 {
            let metrics = vec![Column { metric: "orders_placed".to_owned(), by: None }];
            let content = Content { metrics, ..Content::default() };
            let schedule = Schedule { frequency: Frequency::Daily, hour: 13, time_zone: calendar::ZoneName::utc() };
            let report = Report::new(types::Uuid::now_v7(), owner, "Sales".to_owned(), content, Some(schedule), now);
            store.create_report(&report).await.unwrap();
        }
        table.mark_forgotten(owner, now.as_second()).await.unwrap();
    }
    let mut last = sales("csv");
    last["schedule"] = json!({ "frequency": "daily", "hour": 14, "timeZone": "UTC" });
    let report = office.report(last).await;
    office.clock.advance(Duration::from_hours(3));
    office.hourly().await.unwrap();
    assert_eq!(office.runs(&report).await.len(), 1);
}

#[tokio::test]
async fn the_owner_is_notified_of_a_scheduled_run_once_and_not_of_others() {
    let office = Office::at(NOW).await;
    let report = office.report(scheduled("csv")).await;
    office.file(&report).await;
    assert!(office.events("notifications.requested").await.is_empty());
    office.clock.advance(Duration::from_hours(24));
    office.hourly().await.unwrap();
    let run = office.runs(&report).await[0]["id"].as_str().unwrap().to_owned();
    for expected in [Done::Applied, Done::Duplicate, Done::Duplicate] {
        assert_eq!(office.write(&report, &run, Deadline::never()).await.unwrap(), expected.into());
    }
    let told = office.events("notifications.requested").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].data["recipients"], json!([office.manager.0]));
    assert_eq!(told[0].data["message"]["data"]["run_id"], json!(run));
}

#[tokio::test]
async fn a_run_that_is_killed_goes_on_and_ends_with_one_file() {
    let office = with_sales().await;
    let report = office.report(sales("csv")).await;
    let run = office.start(&report, "r").await.body["id"].as_str().unwrap().to_owned();
    // A deadline that has passed ends the invocation after each step.
    let mut continued = 0;
    while let Progress::Continue(_) = office.write(&report, &run, Deadline::after(Duration::ZERO)).await.unwrap() {
        continued += 1;
        assert!(continued < 10);
    }
    assert!(continued > 0);
    assert_eq!(office.object(&run), office.file(&report).await);
    let shown = office.run(&report, &run).await.body;
    assert_eq!((&shown["status"], &shown["rows"]), (&json!("done"), &json!(6)));
    assert!(shown["url"].as_str().unwrap().contains("X-Amz-Expires=900"), "{shown}");
    assert_eq!(shown["urlExpiresAt"], "2026-11-29T12:15:00.000Z");
    assert_eq!(shown["expiresAt"], "2026-12-06T12:00:00.000Z");
    office.clock.advance(Duration::from_hours(168));
    let expired = office.run(&report, &run).await.body;
    assert_eq!((&expired["status"], &expired["url"]), (&json!("expired"), &Value::Null));
}

#[tokio::test]
async fn a_deleted_report_has_no_runs_and_a_running_one_stops() {
    let office = with_sales().await;
    let report = office.report(sales("csv")).await;
    office.file(&report).await;
    let done = office.runs(&report).await[0]["id"].as_str().unwrap().to_owned();
    let waiting = office.start(&report, "waiting").await.body["id"].as_str().unwrap().to_owned();
    assert_eq!(office.delete(&report).await.status, 204);
    office.write(&report, &waiting, Deadline::never()).await.unwrap();
    for run in [&done, &waiting] {
        let reply = office.run(&report, run).await;
        assert_eq!((reply.status, &reply.body["code"]), (404, &json!("analytics.no_such_run")));
    }
    assert_eq!(office.start(&report, "again").await.status, 404);
    let job = office.ctx.store.runs().get(office.manager.0, waiting.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(job.value.failure(), Some("the report was deleted"));
}

#[tokio::test]
async fn a_file_that_is_completed_after_the_deletion_of_its_user_is_deleted_too() {
    let office = with_sales().await;
    let report = office.report(sales("csv")).await;
    office.file(&report).await;
    let run = office.runs(&report).await[0]["id"].as_str().unwrap().to_owned();
    // The user is deleted between the last step of the run and its file, so what deletes the files has found none.
    office.ctx.store.mark_forgotten(office.manager.0, office.clock.now()).await.unwrap();
    assert!(!office.services.keys().is_empty());
    assert_eq!(office.write(&report, &run, Deadline::never()).await.unwrap(), Done::Duplicate.into());
    assert!(office.services.keys().is_empty(), "{:?}", office.services.keys());
}

#[tokio::test]
async fn a_run_of_a_deleted_user_stops_at_its_next_step() {
    let office = with_sales().await;
    let report = office.report(sales("csv")).await;
    let run = office.start(&report, "r").await.body["id"].as_str().unwrap().to_owned();
    office.ctx.store.mark_forgotten(office.manager.0, office.clock.now()).await.unwrap();
    office.write(&report, &run, Deadline::never()).await.unwrap();
    assert!(office.services.keys().is_empty(), "{:?}", office.services.keys());
}

#[tokio::test]
async fn the_files_of_a_deleted_user_are_deleted_and_nothing_is_created_any_more() {
    let office = with_sales().await;
    let report = office.report(scheduled("csv")).await;
    office.file(&report).await;
    let waiting = office.start(&report, "waiting").await.body["id"].as_str().unwrap().to_owned();
    let user_id = office.manager.0;
    let deleted = async || {
        let event = office.event(office.clock.now(), UserDeleted { user_id });
        analytics::consumers::run_report::run_report(office.running, event, Deadline::never()).await.unwrap()
    };
    assert_eq!(deleted().await, Done::Applied.into());
    assert_eq!(deleted().await, Done::Duplicate.into());
    assert!(office.services.keys().is_empty(), "{:?}", office.services.keys());

    let table = office.table.of::<analytics::store::Analytics>();
    assert_eq!(office.forget(user_id).await.unwrap(), Done::Applied);
    assert_eq!(office.write(&report, &waiting, Deadline::never()).await.unwrap(), Done::Ignored.into());
    assert!(office.services.keys().is_empty());
    assert_ne!(office.create("late", sales("csv")).await.status, 201);
    assert_eq!(office.start(&report, "late").await.status, 404);
    office.clock.advance(Duration::from_hours(48));
    office.hourly().await.unwrap();
    let left: Vec<_> = office
        .table
        .items()
        .await
        .into_iter()
        .filter(|item| item["pk"].as_s().is_ok_and(|pk| pk.contains(&user_id.to_string())))
        .collect();
    assert_eq!(left.len(), 1, "only the marker: {left:?}");
    assert!(
        table.get::<dynamo::ForgottenMarker<_>>(dynamo::marker_key(user_id), Read::Strong).await.unwrap().is_some()
    );
}
