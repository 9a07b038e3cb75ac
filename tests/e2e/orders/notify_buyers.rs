//! `orders-notify-buyers` on `orders.order_placed.v1`, `orders.order_confirmed.v1`, `orders.order_cancelled.v1`, `orders.shipment_shipped.v1`, `orders.shipment_delivered.v1`, `payments.refund_succeeded.v1`

use contracts::payments::CaptureMode;
use serde_json::json;
use tests::{Cloud, eventually};

use super::support::call;

#[tokio::test]
async fn a_guest_gets_an_e_mail_about_a_shipment_and_its_delivery() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order(&manager, CaptureMode::OnShipment).await;
    drop(cloud.ship(&manager, &order, 3).await.expect(201));
    let delivered = json!({ "delivered": true });
    drop(call(&cloud, "PATCH", &format!("{}/shipments/1", order.path), &manager, Some(&delivered)).await.expect(200));
    let number = order.order.number.to_string();
    for subject in ["ist unterwegs", "wurde zugestellt"] {
        let subject = format!("Ihre Bestellung {number} {subject}");
        let mail = eventually("the e-mail", async || {
            cloud.mails(&order.email).await.into_iter().find(|mail| mail.subject == subject)
        })
        .await;
        assert!(mail.text.contains(&format!("/orders/{number}")), "{}", mail.text);
        assert!(!mail.text.contains("Lovelace"), "{}", mail.text);
    }
}
