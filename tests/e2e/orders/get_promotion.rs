//! `GET /v1/commerce/promotions/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, code, refuses_strangers};

#[tokio::test]
async fn a_promotion_shows_how_often_it_was_used() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (id, code) = code(&cloud, &manager).await;
    let path = format!("/v1/commerce/promotions/{id}");
    let shown = call(&cloud, "GET", &path, &manager, None).await.expect(200);
    assert_eq!((&shown["codes"], &shown["used"], &shown["limits"]["total"]), (&json!([code]), &json!(0), &json!(100)));
    let unknown = format!("/v1/commerce/promotions/{}", Uuid::now_v7());
    call(&cloud, "GET", &unknown, &manager, None).await.expect_problem(404, "orders.no_such_promotion");
    refuses_strangers(&cloud, "GET", &path, None).await;
}
