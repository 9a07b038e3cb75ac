//! Many at once.

use std::collections::BTreeMap;

use serde_json::json;
use tests::{Cloud, PASSWORD};

const RIVALS: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_registrations_of_one_address_exactly_one_wins() {
    let cloud = Cloud::connect().await;
    let email = cloud.new_email();
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ann" });
    let rivals: Vec<_> =
        (0..RIVALS).map(|_| tokio::spawn(cloud.post("/v1/auth/register").json(&body).send())).collect();
    let mut statuses = BTreeMap::new();
    for rival in rivals {
        *statuses.entry(rival.await.unwrap().status).or_insert(0) += 1;
    }
    assert_eq!(statuses, BTreeMap::from([(201, 1), (409, RIVALS - 1)]));
    cloud.mail(&email).await;
    assert_eq!(cloud.mails(&email).await.len(), 1);
}
