//! `GET /v1/commerce/carts/{id}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, cart_call, guest_cart, priced_variant, refuses_strange_buyers};

#[tokio::test]
async fn a_cart_shows_prices_problems_and_on_request_where_they_come_from() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let variant = priced_variant(&cloud, &manager).await;
    let (cart, key) = guest_cart(&cloud, &manager).await;
    let path = format!("/v1/commerce/carts/{cart}");
    let line = format!("{path}/lines/{variant}");
    assert_eq!(cart_call(&cloud, ("PUT", &line), None, Some(&key), Some(&json!({ "quantity": 2 }))).await.status, 200);
    let reply = cart_call(&cloud, ("GET", &path), None, Some(&key), None).await;
    assert_eq!(reply.header("etag"), "\"2\"");
    let shown = reply.expect(200);
    assert_eq!((&shown["lines"][0]["unitPriceMinor"], &shown["totals"]["totalMinor"]), (&json!(1_250), &json!(2_500)));
    let problems: Vec<_> = shown["problems"].as_array().unwrap().iter().map(|problem| &problem["code"]).collect();
    assert_eq!(
        (problems, &shown["explanation"]),
        (vec![&json!("email_missing"), &json!("address_missing")], &json!(null))
    );
    let explained = cart_call(&cloud, ("GET", &format!("{path}?explain=1")), None, Some(&key), None).await.expect(200);
    assert_eq!(explained["explanation"]["lines"][0]["prices"][0]["priceList"], "tests-eur");
    let wrong = cart_call(&cloud, ("GET", &format!("{path}?explain=2")), None, Some(&key), None).await;
    wrong.expect_problem(422, "request.invalid");
    call(&cloud, "GET", &path, &manager, None).await.expect_problem(404, "orders.no_such_cart");
    refuses_strange_buyers(&cloud, "GET", &path, None).await;
}
