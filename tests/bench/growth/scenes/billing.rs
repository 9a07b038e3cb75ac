//! Billing: the list of coupons.

use serde_json::json;

use super::ask::{Request, SignedInUser};
use super::{Entry, Scene};
use crate::billing_support::Till;

/// The code of the coupon that is copied. Those of copies are as long.
const COPIED: &str = "coupon-copied";

pub(super) const SCENES: &[Entry] = &[Entry::list("GET /v1/billing/coupons", "coupons", || Box::pin(coupons()))];

async fn coupons() -> Scene {
    let till = Till::start().await;
    let terms = json!({ "discount": { "kind": "fraction", "rate": 250_000 } });
    let (reply, template) = till.table.written_by(till.call("create_coupon", COPIED, Some(&terms))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let admin = SignedInUser { id: till.admin, token: till.token.clone() };
    let request = Request::get(till.operation("list_coupons"), "/v1/billing/coupons", &admin);
    let copies = move |number: usize| vec![template.copy(&[(COPIED.to_owned(), format!("coupon-{number:06}"))])];
    Scene::new(&till.table, copies, request.again()).showing(20, true)
}
