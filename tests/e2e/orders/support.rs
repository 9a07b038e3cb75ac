//! What several tests of orders need.

use serde_json::Value;
use tests::{Cloud, Reply, User};
use types::Uuid;

/// Any call of somebody.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User, body: Option<&Value>) -> Reply {
    let call =
        cloud.call(method, path).bearer(&user.access_token).header("idempotency-key", &Uuid::now_v7().to_string());
    match body {
        Some(body) => call.json(body).send().await,
        None => call.send().await,
    }
}

/// Fails unless a call without a token and one of a user without the role are refused.
pub async fn refuses_strangers(cloud: &Cloud, method: &str, path: &str, body: Option<&Value>) {
    let stranger = cloud.sign_up().await;
    call(cloud, method, path, &stranger, body).await.expect_problem(403, "auth.forbidden");
    let call = cloud.call(method, path);
    let call = if let Some(body) = body { call.json(body) } else { call };
    call.send().await.expect_problem(401, "auth.token_missing");
}
