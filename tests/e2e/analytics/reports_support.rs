//! What several tests of reports need.

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};

/// A report of sign-ups, with a schedule that is not due during a test.
pub fn sign_ups(format: &str) -> Value {
    json!({
        "name": "Sign-ups",
        "metrics": [{ "name": "sign_ups" }],
        "interval": "day",
        "period": { "last": 7, "unit": "day" },
        "format": format,
        "schedule": { "frequency": "monthly", "hour": 6, "timeZone": "Europe/Berlin" },
    })
}

/// Any call of somebody.
pub async fn call(cloud: &Cloud, method: &str, path: &str, user: &User) -> Reply {
    cloud.call(method, path).bearer(&user.access_token).send().await
}

/// Creates a report.
pub async fn create(cloud: &Cloud, user: &User, key: &str, body: &Value) -> Reply {
    let call = cloud.post("/v1/analytics/reports").bearer(&user.access_token);
    call.header("idempotency-key", key).json(body).send().await
}

/// Starts a run.
pub async fn start(cloud: &Cloud, user: &User, report: &Value, key: &str) -> Reply {
    let path = format!("{}/runs", path(report));
    cloud.post(&path).bearer(&user.access_token).header("idempotency-key", key).send().await
}

/// The path of a report.
pub fn path(report: &Value) -> String {
    format!("/v1/analytics/reports/{}", report["id"].as_str().unwrap())
}

/// Waits until a run has ended.
pub async fn ended(cloud: &Cloud, user: &User, run: &Value) -> Value {
    let path =
        format!("/v1/analytics/reports/{}/runs/{}", run["reportId"].as_str().unwrap(), run["id"].as_str().unwrap());
    eventually("the end of the run", async || {
        let run = call(cloud, "GET", &path, user).await.expect(200);
        run["finishedAt"].is_string().then_some(run)
    })
    .await
}

/// Fails unless callers without a token and users without the role are refused.
pub async fn refuses_strangers(cloud: &Cloud, method: &str, path: &str) {
    let stranger = cloud.sign_up().await;
    let with_key = |call: tests::Call| if method == "POST" { call.header("idempotency-key", "a") } else { call };
    with_key(cloud.call(method, path)).send().await.expect_problem(401, "auth.token_missing");
    let reply = with_key(cloud.call(method, path)).bearer(&stranger.access_token).send().await;
    reply.expect_problem(403, "auth.forbidden");
}
