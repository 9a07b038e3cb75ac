//! `GET /v1/commerce/exports/{id}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, ended, lines, path, request_export};

#[tokio::test]
async fn an_export_has_every_product_and_is_for_its_owner() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.draft_product(&manager, "=Exported").await;
    let body = json!({ "choices": { "Size": "S" }, "weightGrams": 7 });
    let sku = tests::new_slug();
    let added = call(&cloud, "PUT", &format!("{}/variants/{sku}", path(&product)), &manager, Some(&body)).await;
    assert_eq!(added.status, 200, "{}", added.body);
    let requested = request_export(&cloud, &manager, "a", "json_lines").await.expect(202);
    let at = format!("/v1/commerce/exports/{}", requested["id"].as_str().unwrap());
    let done = ended(&cloud, &manager, &at).await;
    assert_eq!((&done["status"], &done["format"]), (&json!("done"), &json!("json_lines")));
    let rows = lines(&cloud, done["url"].as_str().unwrap()).await;
    let row = rows.iter().find(|row| row["id"] == product["id"]).expect("the product");
    assert_eq!((&row["title"], &row["variants"][0]["sku"]), (&json!("=Exported"), &json!(sku)));

    let table = request_export(&cloud, &manager, "b", "csv").await.expect(202);
    let table = ended(&cloud, &manager, &format!("/v1/commerce/exports/{}", table["id"].as_str().unwrap())).await;
    let (status, file) = cloud.fetch(table["url"].as_str().unwrap()).await;
    let file = String::from_utf8(file).unwrap();
    assert!(status == 200 && file.starts_with("id,slug,status,title,") && file.contains("'=Exported"), "{file}");

    let (other, stranger) = (cloud.manager().await, cloud.sign_up().await);
    call(&cloud, "GET", &at, &other, None).await.expect_problem(404, "catalog.no_such_export");
    call(&cloud, "GET", &at, &stranger, None).await.expect_problem(403, "auth.forbidden");
    cloud.get(&at).send().await.expect_problem(401, "auth.token_missing");
}
