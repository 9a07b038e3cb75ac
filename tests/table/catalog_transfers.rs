//! Imports and exports of the catalog: what is exported is imported without a change, a row is applied completely or not at all,
//! and nothing that is killed or fails in between leaves a row half done.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog::consumers::run_export::run_export;
use catalog::store::{Catalog, CatalogImport};
use contracts::catalog::CatalogExportRequested;
use contracts::identity::UserDeleted;
use dynamo::Outbox;
use kit::jobs::{Format, Import, Job, Place};
use kit::sqs::{Done, Failure};
use kit::{Clock, Deadline};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use testkit::Work;
use types::{UserId, Uuid};

use crate::badges_support::event;
use crate::catalog_support::{Asked, Shop, about, variant};
use crate::catalog_transfers_support::{Desk, FORMATS, assert_same, lines, shoe, summary, tiers};

#[tokio::test]
async fn rows_create_and_change_products_and_say_what_they_did() {
    let desk = Desk::start().await;
    desk.lists(&["eur", "usd"]).await;
    assert_eq!(desk.shop.category("shoes", None).await.status, 200);
    let mut boot = shoe("boot", 3);
    boot["categories"] = json!(["shoes"]);
    let rows = [shoe("shoe", 2), boot];
    let (done, results) = desk.import_rows(&rows).await;
    assert_eq!(done, summary(2, 0, 0, 0), "{results:?}");
    assert_eq!(results[&1]["status"], "created");
    let id = results[&2]["id"].as_str().unwrap();
    let seen = desk.shop.call(&desk.shop.get_admin_product(), "GET", about(id), None).await.body;
    assert_eq!(
        (&seen["status"], &seen["slug"], &seen["categories"]),
        (&json!("published"), &json!("boot"), &json!(["shoes"]))
    );
    assert_eq!(seen["variants"].as_array().unwrap().len(), 3);
    assert_eq!(desk.shop.titles("shoes").await, ["Shoe boot"]);
    // The same again, and with changes.
    assert_eq!(desk.import_rows(&rows).await.0, summary(0, 0, 2, 0));
    let change =
        json!({ "slug": "boot", "variants": [{ "sku": "boot-1", "prices": { "usd": tiers(5), "eur": null } }] });
    let rename = json!({ "id": id, "slug": "warm-boot", "title": "Warm boot" });
    assert_eq!(desk.import_rows(std::slice::from_ref(&change)).await.0, summary(0, 1, 0, 0));
    assert_eq!(desk.import_rows(&[change, rename]).await.0, summary(0, 1, 1, 0));
    assert_eq!(desk.shop.titles("shoes").await, ["Warm boot"]);
    let variant = seen["variants"][1]["id"].as_str().unwrap();
    let prices = desk.shop.call(&desk.shop.list_variant_prices(), "GET", about(variant), None).await.body;
    let records = |code: &str| {
        let prices = prices["items"].as_array().or(prices.as_array()).unwrap();
        prices.iter().find(|price| price["priceList"] == code).unwrap()["records"].as_array().unwrap().clone()
    };
    assert_eq!((records("eur").len(), &records("eur")[1]["tiers"]), (2, &Value::Null), "{prices}");
    assert_eq!(records("usd")[0]["tiers"], tiers(5));
    // An earlier slug names no product: the row would create another one, whose SKUs are taken.
    let (done, results) = desk.import_rows(&[shoe("boot", 1)]).await;
    assert_eq!(done, summary(0, 0, 0, 1));
    assert_eq!(results[&1]["errors"][0]["field"], "variants[0].sku");
}

#[tokio::test]
async fn a_refused_row_leaves_nothing_and_does_not_stop_the_others() {
    let desk = Desk::start().await;
    desk.lists(&["eur"]).await;
    assert_eq!(desk.import_rows(&[shoe("taken", 2)]).await.0, summary(1, 0, 0, 0));
    let before = desk.items().await;
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut row = shoe("new", 3);
        change(&mut row);
        row
    };
    let rows = [
        wrong(&|row| row["variants"][2]["sku"] = json!("taken-0")),
        wrong(&|row| row["categories"] = json!(["nowhere"])),
        wrong(&|row| row["variants"][1]["prices"] = json!({ "gbp": tiers(5) })),
        wrong(&|row| row["variants"][1]["choices"] = json!({ "Size": "0", "Fit": "slim" })),
        wrong(&|row| row["variants"][1]["choices"] = json!({ "Size": "9" })),
        wrong(&|row| row["variants"][0]["prices"]["eur"][0]["amountMinor"] = json!(12.5)),
        wrong(&|row| row["media"] = json!([{ "mediaId": "0190b0a0-6f2e-7c3a-9d5e-1f2a3b4c5d6e" }])),
        wrong(&|row| {
            row["variants"][0]["components"] =
                json!([{ "variantId": "0190b0a0-6f2e-7c3a-9d5e-1f2a3b4c5d6e", "quantity": 1 }]);
        }),
        wrong(&|row| row["variants"] = json!([])),
        wrong(&|row| row["colour"] = json!("red")),
        json!({ "id": "0190b0a0-6f2e-7c3a-9d5e-1f2a3b4c5d6e", "slug": "taken", "title": "T" }),
        json!({ "slug": "taken", "status": "draft" }),
        json!({ "slug": "untitled" }),
    ];
    // Each alone: adjacent rows of a product are applied together.
    let mut spread = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        spread.extend([row.clone(), shoe(&format!("good-{number}"), 1)]);
    }
    let (done, results) = desk.import_rows(&spread).await;
    let count = rows.len() as u64;
    assert_eq!(done, summary(count, 0, 0, count), "{results:#?}");
    let fields: Vec<_> =
        (0..count).map(|number| results[&(2 * number + 1)]["errors"][0]["field"].as_str().unwrap()).collect();
    assert_eq!(
        fields,
        [
            "variants[2].sku",
            "categories",
            "variants[1].prices.gbp",
            "variants[1].choices",
            "variants[1].choices",
            "variants[0].prices.eur[0].amountMinor",
            "media",
            "components",
            "status",
            "colour",
            "slug",
            "status",
            "title",
        ]
    );
    for result in results.values().filter(|result| result["status"] == "refused") {
        let error = &result["errors"][0];
        assert!(
            !error["rule"].as_str().unwrap().is_empty() && !error["remedy"].as_str().unwrap().is_empty(),
            "{error}"
        );
    }
    let after = desk.items().await;
    let left = after.into_iter().filter(|(_, item)| !item.to_string().contains("good-")).collect();
    assert_same(&before, &left, "a refused row left something");
}

#[tokio::test]
async fn a_table_has_a_row_per_variant_and_each_is_refused_for_itself() {
    let desk = Desk::start().await;
    desk.lists(&["eur"]).await;
    let file = "\u{feff}slug,title,status,options,sku,choices,price:eur\r\n\
        shoe,Shoe,published,\"[{\"\"name\"\":\"\"Size\"\",\"\"values\"\":[\"\"S\"\",\"\"M\"\",\"\"L\"\"]}]\",S,\"{\"\"Size\"\":\"\"S\"\"}\",1250\r\n\
        shoe,Shoe,published,\"[{\"\"name\"\":\"\"Size\"\",\"\"values\"\":[\"\"S\"\",\"\"M\"\",\"\"L\"\"]}]\",M,\"{\"\"Size\"\":\"\"M\"\"}\",12.50\r\n\
        shoe,Shoe,published,\"[{\"\"name\"\":\"\"Size\"\",\"\"values\"\":[\"\"S\"\",\"\"M\"\",\"\"L\"\"]}]\",L,\"{\"\"Size\"\":\"\"S\"\"}\",1250\r\n\
        shoe,Shoe,published,\"[{\"\"name\"\":\"\"Size\"\",\"\"values\"\":[\"\"S\"\",\"\"M\"\",\"\"L\"\"]}]\",XL,\"{\"\"Size\"\":\"\"L\"\"}\",1250;10=1100\r\n\
        empty,'=Cap,,,,,\r\n";
    let (done, results) = desk.import("csv", file.as_bytes()).await;
    assert_eq!(done["refused"], 2, "{results:#?}");
    assert_eq!(
        (&results[&2]["errors"][0]["field"], &results[&3]["errors"][0]["field"]),
        (&json!("price:eur"), &json!("choices"))
    );
    let id = results[&1]["id"].as_str().unwrap();
    let seen = desk.shop.call(&desk.shop.get_admin_product(), "GET", about(id), None).await.body;
    let skus: Vec<_> = seen["variants"].as_array().unwrap().iter().map(|variant| variant["sku"].clone()).collect();
    assert_eq!(skus, ["S", "XL"]);
    let cap =
        desk.shop.call(&desk.shop.get_admin_product(), "GET", about(results[&5]["id"].as_str().unwrap()), None).await;
    assert_eq!((&cap.body["title"], &cap.body["status"]), (&json!("=Cap"), &json!("draft")));
}

#[tokio::test]
async fn products_with_a_hundred_variants_and_prices_in_many_lists_are_imported_whole() {
    let desk = Desk::start().await;
    desk.lists(&["eur", "a", "b"]).await;
    let mut large = shoe("large", 100);
    for variant in large["variants"].as_array_mut().unwrap() {
        variant["prices"]["a"] = tiers(7);
        variant["prices"]["b"] =
            json!([{ "minQuantity": 1, "amountMinor": 9 }, { "minQuantity": 5, "amountMinor": 8 }]);
    }
    // A single row with so many new variants needs more than one transaction holds.
    let (done, results) = desk.import_rows(&[large.clone()]).await;
    assert_eq!(done, summary(0, 0, 0, 1));
    assert_eq!(results[&1]["errors"][0]["field"], "variants", "{results:?}");
    assert!(!desk.items().await.keys().any(|key| key.contains("large")));
    // Spread over rows of the same product, as exports do.
    let variants = large["variants"].as_array().unwrap().clone();
    let rows: Vec<_> = variants
        .chunks(30)
        .map(|part| {
            let mut row = large.clone();
            row["variants"] = json!(part);
            row
        })
        .collect();
    let (done, results) = desk.import_rows(&rows).await;
    assert_eq!(done["refused"], 0, "{results:?}");
    let before = desk.items().await;
    assert_eq!(before.keys().filter(|key| key.starts_with("catalog#prices#")).count(), 300);
    for format in FORMATS {
        let file = desk.export(format).await;
        let (done, results) = desk.import(format, &file).await;
        assert_eq!(done["unchanged"], done["rows"], "{results:?}");
        assert_same(&before, &desk.items().await, format);
    }
    // An empty shop gets the same from both files.
    for format in FORMATS {
        let file = desk.export(format).await;
        let other = Desk::start().await;
        other.lists(&["eur", "a", "b"]).await;
        let (done, results) = other.import(format, &file).await;
        assert_eq!(done["refused"], 0, "{results:?}");
        assert_eq!(other.export(format).await, file, "{format}");
    }
}

/// An amount, and that of a further tier.
type DrawnPrice = Option<(i64, Option<i64>)>;
/// Weight, whether there are barcode and tax class, and prices in two lists.
type DrawnVariant = (Option<u32>, bool, DrawnPrice, DrawnPrice);
/// Title, note, attributes, variants and status.
type DrawnProduct = (String, String, BTreeMap<String, String>, Vec<DrawnVariant>, usize);

/// Catalogs of products in any status, with texts that a spreadsheet or a format could take for something else.
fn catalogs() -> impl Strategy<Value = Vec<Value>> {
    let text = "[=+@'\",;-]{0,3}[a-zäß東 \\\\]{1,8}[\"',]{0,2}";
    let price = prop::option::of((0..1_000_000_000_i64, prop::option::of(0..1_000_i64)));
    let variant = (prop::option::of(1..9_000_u32), any::<bool>(), price.clone(), price);
    let attributes = prop::collection::btree_map(text, text, 0..3);
    let product = (text, text, attributes, prop::collection::vec(variant, 0..7), 0..3_usize);
    prop::collection::vec(product, 1..12).prop_map(|products| {
        products.into_iter().enumerate().map(|(number, drawn)| product_row(number, drawn)).collect()
    })
}

fn product_row(number: usize, (title, note, attributes, variants, status): DrawnProduct) -> Value {
    let sizes: Vec<_> = (0..8).map(|size| format!("{size} {note}").trim().to_owned()).collect();
    let status = if variants.is_empty() { "draft" } else { ["draft", "published", "archived"][status] };
    let is_visible = |(name, value): &(String, String)| !name.trim().is_empty() && !value.trim().is_empty();
    let attributes: BTreeMap<_, _> = attributes.into_iter().filter(is_visible).collect();
    let variants = variants.into_iter().zip(&sizes).enumerate();
    let variants: Vec<_> =
        variants.map(|(at, (drawn, size))| variant_row(&format!("-{number}.{at}"), size, drawn)).collect();
    json!({
        "slug": format!("p{number}"), "title": format!("{title}."), "description": format!("{note}\n\t{title}.").trim(),
        "attributes": attributes, "options": [{ "name": "Size", "values": sizes }], "status": status,
        "variants": variants, "categories": if number.is_multiple_of(2) { json!(["shoes"]) } else { json!([]) },
    })
}

fn variant_row(sku: &str, size: &str, (grams, has_codes, eur, usd): DrawnVariant) -> Value {
    let price = |price: DrawnPrice| match price {
        Some((amount, Some(more))) => {
            json!([{ "minQuantity": 1, "amountMinor": amount }, { "minQuantity": 7, "amountMinor": more }])
        }
        Some((amount, None)) => tiers(amount),
        None => Value::Null,
    };
    json!({
        "sku": sku, "weightGrams": grams, "choices": { "Size": size }, "barcode": has_codes.then_some("036000291452"),
        "taxClass": if has_codes { "reduced" } else { "standard" }, "prices": { "eur": price(eur), "usd": price(usd) },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_import_of_an_export_changes_nothing_whatever_the_catalog_has() {
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..6 {
        let rows = catalogs().new_tree(&mut runner).unwrap().current();
        let desk = Desk::start().await;
        desk.lists(&["eur", "usd"]).await;
        desk.shop.category("shoes", None).await;
        let (done, results) = desk.import_rows(&rows).await;
        assert_eq!(done["created"], rows.len(), "{rows:#?} {results:#?}");
        // A price that was removed, and a product that the endpoints changed.
        let before = desk.items().await;
        let files = [desk.export(FORMATS[0]).await, desk.export(FORMATS[1]).await];
        for (format, file) in FORMATS.iter().zip(&files) {
            let (done, results) = desk.import(format, file).await;
            assert_eq!(done["unchanged"], done["rows"], "{results:#?}");
            assert_same(&before, &desk.items().await, format);
        }
        // Elsewhere the files make the same catalog.
        for (format, file) in FORMATS.iter().zip(&files) {
            let other = Desk::start().await;
            other.lists(&["eur", "usd"]).await;
            other.shop.category("shoes", None).await;
            let (done, results) = other.import(format, file).await;
            assert_eq!(done["refused"], 0, "{results:#?}");
            assert_eq!([other.export(FORMATS[0]).await, other.export(FORMATS[1]).await], files);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_each_row_is_applied_once() {
    let desk = Desk::start().await;
    desk.lists(&["eur"]).await;
    let rows: Vec<_> = (0..250).map(|number| shoe(&format!("p{number}"), 1 + number % 3)).collect();
    let (id, key) = desk.requested("json_lines", lines(&rows).as_bytes()).await;
    let mut millis = 1;
    while desk.see_import(&id).await["status"] != "done" {
        // The lost invocations of several messages may overlap: a transition that another one made first is an error.
        let ran = tokio::time::timeout(Duration::from_millis(millis), desk.run(&key, Deadline::never())).await;
        if let Ok(Err(failure)) = ran {
            assert!(matches!(failure, Failure::Retry(_)), "{failure:?}");
        }
        desk.services.refuse_uploads(usize::from(millis % 3 == 0));
        millis += 13;
    }
    desk.services.refuse_uploads(0);
    let seen = desk.see_import(&id).await;
    assert_eq!((&seen["summary"]["rows"], &seen["summary"]["refused"]), (&json!(250), &json!(0)));
    let items = desk.items().await;
    let count = |prefix: &str| items.keys().filter(|key| key.starts_with(prefix)).count();
    let variants: usize = (0..250).map(|number| 1 + number % 3).sum();
    assert_eq!((count("catalog#products#"), count("catalog#slug#"), count("catalog#sku#")), (250, 250, variants));
    assert_eq!(count("catalog#prices#"), variants);
    let published = items.iter().filter(|(key, _)| key.starts_with("catalog#products#"));
    assert!(published.into_iter().all(|(_, item)| item["version"] == json!({ "number": "1" })));
    assert_eq!(desk.import_rows(&rows).await.0, summary(0, 0, 250, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_at_the_same_time_agree_on_one_product_for_a_slug() {
    let desk = Desk::at(Shop::start_with_conflicts().await, Clock::System).await;
    desk.lists(&["eur"]).await;
    let rows: Vec<_> = (0..40).map(|number| shoe(&format!("p{number}"), 2)).collect();
    let file = lines(&rows);
    let mut keys = Vec::new();
    for _ in 0..4 {
        // As of four managers: one import of a user runs at a time.
        let job =
            Job::<Import<CatalogImport>>::new(types::new_uuid(), desk.shop.manager, "c".to_owned(), desk.clock.now());
        let job = job.beginning_at(Place::awaiting(Format::JsonLines));
        let (id, key) = (job.id.to_string(), format!("{}.upload", job.file_key()));
        desk.shop.table.of::<Catalog>().create(job, &Outbox::none()).await.unwrap();
        desk.services.put(&key, file.as_bytes());
        keys.push((id, key));
    }
    let runs = keys.iter().map(async |(_, key)| desk.run(key, Deadline::never()).await.unwrap());
    futures::future::join_all(runs).await;
    let mut created = 0;
    for (id, key) in &keys {
        let seen = desk.see_import(id).await;
        let refused = desk.results(key).into_values().find(|result| result["status"] == "refused");
        assert_eq!(refused, None);
        created += seen["summary"]["created"].as_u64().unwrap();
    }
    assert_eq!(created, 40);
    let items = desk.items().await;
    assert_eq!(items.keys().filter(|key| key.starts_with("catalog#products#")).count(), 40);
    assert_eq!(items.keys().filter(|key| key.starts_with("catalog#sku#")).count(), 80);
}

#[tokio::test]
async fn a_request_is_repeated_with_its_key_and_one_import_of_a_user_runs() {
    let desk = Desk::start().await;
    let ask = async |key: &str, format: &str| {
        let asked = Asked { key, ..Asked::default() };
        desk.shop.call(&desk.create_import(), "POST", asked, Some(json!({ "format": format }))).await
    };
    let first = ask("a", "csv").await;
    assert_eq!((first.status, &first.body["status"]), (201, &json!("requested")));
    assert_eq!(first.body["upload"]["fields"]["Content-Type"], "text/csv");
    let again = ask("a", "csv").await;
    assert_eq!(again.body["id"], first.body["id"]);
    assert_eq!(ask("a", "json_lines").await.body["code"], "request.idempotency_key_reused");
    assert_eq!(ask("b", "csv").await.body["code"], "catalog.import_running");
    let key = first.body["upload"]["fields"]["key"].as_str().unwrap();
    desk.services.put(key, b"slug,title\r\na,A\r\n");
    assert_eq!(desk.run(key, Deadline::never()).await.unwrap(), Done::Applied.into());
    assert_eq!(desk.run(key, Deadline::never()).await.unwrap(), Done::Duplicate.into());
    assert_eq!(ask("a", "csv").await.body["upload"], Value::Null);
    assert_eq!(ask("b", "csv").await.status, 201);
    // What is no import of this context, or of nobody, is left alone.
    for key in ["imports/catalog/x/y.upload", "quarantine/a", &key.replace(".upload", "")] {
        assert_eq!(desk.run(key, Deadline::never()).await.unwrap(), Done::Ignored.into());
    }
    let unknown = desk.shop.call(&desk.get_import(), "GET", about(&Uuid::nil().to_string()), None).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("catalog.no_such_import")));
    let unknown = desk.shop.call(&desk.get_export(), "GET", about(&Uuid::nil().to_string()), None).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("catalog.no_such_export")));
}

#[tokio::test]
async fn an_import_that_fails_says_why() {
    let desk = Desk::start().await;
    let columns: String =
        (0..3_000).flat_map(|number| ["column".to_owned(), number.to_string(), ",".to_owned()]).collect();
    for (format, file, wanted) in [
        (
            "json_lines",
            format!("{{\"slug\":\"{}\"}}\n", "x".repeat(2 * 1024 * 1024)),
            "row 1 is longer than 2097152 bytes",
        ),
        ("csv", columns + "\n", "the names of the columns have more than 16384 bytes"),
    ] {
        let (id, key) = desk.requested(format, file.as_bytes()).await;
        assert_eq!(desk.run(&key, Deadline::never()).await.unwrap(), Done::Applied.into());
        let seen = desk.see_import(&id).await;
        assert_eq!((&seen["status"], &seen["failure"]), (&json!("failed"), &json!(wanted)));
    }
}

#[tokio::test]
async fn an_empty_catalog_is_exported_and_imported() {
    let desk = Desk::start().await;
    for format in FORMATS {
        let file = desk.export(format).await;
        assert_eq!(desk.import(format, &file).await.0, summary(0, 0, 0, 0));
    }
}

#[tokio::test]
async fn nothing_of_imports_and_exports_is_left_of_a_deleted_user() {
    let desk = Desk::start().await;
    desk.lists(&["eur"]).await;
    desk.import_rows(&[shoe("a", 1)]).await;
    desk.export("csv").await;
    assert!(desk.services.keys().len() >= 4);
    let deleted = async |user_id: UserId| {
        let event = event(desk.clock.now(), UserDeleted { user_id });
        run_export(desk.exporting, event, Deadline::never()).await.unwrap()
    };
    assert_eq!(deleted(UserId::generate()).await, Done::Duplicate.into());
    assert_eq!(deleted(desk.shop.manager).await, Done::Applied.into());
    assert!(desk.services.keys().is_empty(), "{:?}", desk.services.keys());
    assert_eq!(deleted(desk.shop.manager).await, Done::Duplicate.into());
}

#[tokio::test]
async fn the_roles_of_the_consumers_allow_what_they_do() {
    let desk = Desk::start().await;
    desk.lists(&["eur"]).await;
    desk.shop.category("shoes", None).await;
    let work = Work::begin();
    let mut row = shoe("a", 2);
    row["categories"] = json!(["shoes"]);
    let (_, key) = desk.requested("json_lines", lines(&[row.clone()]).as_bytes()).await;
    Box::pin(work.meter().scope(desk.run(&key, Deadline::never()))).await.unwrap();
    row["categories"] = json!([]);
    row["slug"] = json!("a");
    row["variants"][0]["prices"]["eur"] = Value::Null;
    let (_, key) = desk.requested("json_lines", lines(&[row]).as_bytes()).await;
    Box::pin(work.meter().scope(desk.run(&key, Deadline::never()))).await.unwrap();
    assert_eq!(work.denied_to("catalog-run-import"), Vec::<String>::new());
    let work = Work::begin();
    let asked = Asked { key: "x", ..Asked::default() };
    let reply = desk.shop.call(&desk.create_export(), "POST", asked, Some(json!({ "format": "csv" }))).await;
    let export_id = reply.body["id"].as_str().unwrap().parse().unwrap();
    let data = CatalogExportRequested { user_id: desk.shop.manager, export_id };
    let run = run_export(desk.exporting, event(desk.clock.now(), data), Deadline::never());
    Box::pin(work.meter().scope(run)).await.unwrap();
    assert_eq!(work.denied_to("catalog-run-export"), Vec::<String>::new());
    assert_eq!(desk.shop.call(&desk.shop.delete_variant(), "DELETE", variant("x", "y"), None).await.status, 404);
}
