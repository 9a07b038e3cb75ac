//! `GET /v1/commerce/imports/{id}`

use serde_json::json;
use tests::{Cloud, new_slug};

use super::support::{call, import};

#[tokio::test]
async fn each_row_has_a_result_which_its_owner_downloads() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let slug = new_slug();
    let rows = json!({ "slug": slug, "title": "Shoe" }).to_string() + "\nnonsense\n";
    let (done, results) = import(&cloud, &manager, "json_lines", &rows).await;
    assert_eq!((&done["status"], &done["percent"], &done["failure"]), (&json!("done"), &json!(100), &json!(null)));
    let summary = json!({ "rows": 2, "created": 1, "changed": 0, "unchanged": 0, "refused": 1 });
    assert_eq!((&done["summary"], &results[2]["summary"]), (&summary, &summary));
    assert_eq!((&results[0]["row"], &results[0]["status"]), (&json!(1), &json!("created")));
    assert_eq!(results[1]["status"], "refused");
    assert!(results[1]["errors"][0]["remedy"].is_string());
    let id = results[0]["id"].as_str().unwrap();
    let product = call(&cloud, "GET", &format!("/v1/commerce/admin/products/{id}"), &manager, None).await.expect(200);
    assert_eq!((&product["slug"], &product["status"]), (&json!(slug), &json!("draft")));

    let path = format!("/v1/commerce/imports/{}", done["id"].as_str().unwrap());
    let (other, stranger) = (cloud.manager().await, cloud.sign_up().await);
    call(&cloud, "GET", &path, &other, None).await.expect_problem(404, "catalog.no_such_import");
    call(&cloud, "GET", &path, &stranger, None).await.expect_problem(403, "auth.forbidden");
    cloud.get(&path).send().await.expect_problem(401, "auth.token_missing");
}
