//! What platform's functions ask of the table. The figures are in `tests/budgets.json`.

use kit::http::endpoint;
use platform::api::get_health::{Ctx, get_health};
use testkit::{Reply, TestTable, request};
use tests::budget;

use crate::identity_support::stage;

#[tokio::test]
async fn health_keeps_to_its_budget() {
    let table = TestTable::start().await;
    let health = endpoint(get_health, Box::leak(Box::new(Ctx::new(table.of()))), stage());
    for (case, path) in [("ready", "/v1/health"), ("live", "/v1/health?probe=live")] {
        let reply: Reply = health.call(request("GET", path, &[], None)).await.into();
        budget("platform-get-health", case, &reply);
    }
}
