//! `catalog-run-import` on an uploaded file.

use serde_json::json;
use tests::{Cloud, new_slug};

use super::support::{call, ended, import, lines, request_export};

#[tokio::test]
async fn what_was_exported_is_imported_without_a_change() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (list, slug) = (cloud.price_list(&manager).await, new_slug());
    let tiers = json!([{ "minQuantity": 1, "amountMinor": 1250 }, { "minQuantity": 10, "amountMinor": 1100 }]);
    let row = json!({
        "slug": slug, "title": "Shoe", "status": "published", "options": [{ "name": "Size", "values": ["S", "M"] }],
        "variants": [{ "sku": slug, "choices": { "Size": "S" }, "prices": { list: tiers } }],
    });
    let (done, results) = import(&cloud, &manager, "json_lines", &row.to_string()).await;
    assert_eq!(done["summary"]["created"], 1, "{results:?}");
    let shown = cloud.get(&format!("/v1/commerce/products/{slug}")).send().await.expect(200);
    assert_eq!((&shown["status"], &shown["variants"][0]["sku"]), (&json!("published"), &json!(slug)));
    let at = format!("/v1/commerce/admin/variants/{}/prices", shown["variants"][0]["id"].as_str().unwrap());
    let prices = call(&cloud, "GET", &at, &manager, None).await.expect(200);
    assert_eq!(prices["items"][0]["records"][0]["tiers"], tiers);

    for format in ["json_lines", "csv"] {
        let requested = request_export(&cloud, &manager, format, format).await.expect(202);
        let export =
            ended(&cloud, &manager, &format!("/v1/commerce/exports/{}", requested["id"].as_str().unwrap())).await;
        let url = export["url"].as_str().unwrap();
        // Other tests change their products meanwhile: only the own one is imported again.
        let file = if format == "csv" {
            let text = String::from_utf8(cloud.fetch(url).await.1).unwrap();
            let own = text.split("\r\n").enumerate().filter(|(at, line)| *at == 0 || line.contains(&slug));
            own.map(|(_, line)| line.to_owned() + "\r\n").collect()
        } else {
            lines(&cloud, url).await.into_iter().find(|row| row["slug"] == slug.as_str()).unwrap().to_string()
        };
        let (done, results) = import(&cloud, &manager, format, &file).await;
        assert_eq!((&done["summary"]["rows"], &done["summary"]["unchanged"]), (&json!(1), &json!(1)), "{results:?}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_the_import() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (done, _) = import(&cloud, &manager, "json_lines", &"x".repeat(2 * 1024 * 1024 + 1)).await;
    assert_eq!((&done["status"], &done["failure"]), (&json!("failed"), &json!("row 1 is longer than 2097152 bytes")));
}
