//! `GET /v1/commerce/orders/{id}/invoices/{number}`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, refuses_other_buyers, set_seller};

#[tokio::test]
async fn the_first_shipment_makes_an_invoice_that_its_buyer_gets_as_a_file() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    set_seller(&cloud, &manager).await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    drop(cloud.ship(&manager, &order, 1).await.expect(201));
    let list = format!("{}/invoices", order.path);
    let invoice = eventually("the invoice", async || {
        let seen = cloud.call("GET", &list).header("guest-key", order.key.expose()).send().await.expect(200);
        seen["items"].as_array().unwrap().first().cloned()
    })
    .await;
    assert_eq!((&invoice["totalMinor"], &invoice["kind"]), (&json!(3490), &json!("invoice")));
    let path = format!("{}/invoices/1", order.path);
    let file = cloud.call("GET", &path).header("guest-key", order.key.expose()).send().await;
    assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"));
    assert!(file.header("content-disposition").contains(invoice["documentNumber"].as_str().unwrap()));
    let missing = format!("{}/invoices/2", order.path);
    call(&cloud, "GET", &missing, &manager, None).await.expect_problem(404, "orders.no_such_invoice");
    refuses_other_buyers(&cloud, &path, "orders.no_such_invoice").await;
}
