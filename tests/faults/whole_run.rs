//! What must hold for everything that ran before: these come last, as their name sorts last.

use serde_json::Value;
use tests::{Cloud, PASSWORD};

/// What only a person's secret or a person's data can contain: the tests use no other addresses, names and passwords.
const FORBIDDEN: &[(&str, &str)] = &[
    ("an address", "@example.com"),
    ("a password", PASSWORD),
    ("a hash", "$argon2"),
    ("a refresh token", "atoll_rt_"),
    ("an API key", "atoll_ak_"),
    // The start of every JSON Web Token: {"alg" or {"typ" in base64.
    ("an access token", "eyJ"),
    ("a link's token", "token="),
    ("a name", "\"Ann\""),
];

#[tokio::test]
async fn no_function_was_denied_anything() {
    let cloud = Cloud::connect_for_faults().await;
    let lines = cloud.log();
    assert!(!lines.is_empty());
    for line in lines {
        let Some(start) = line.find('{') else { continue };
        let Ok(record) = serde_json::from_str::<Value>(&line[start..]) else { continue };
        let error = record["error"].as_str().unwrap_or_default();
        assert!(!error.contains("AccessDenied"), "a role lacks a permission: {line}");
    }
}

#[tokio::test]
async fn nothing_personal_was_logged() {
    let cloud = Cloud::connect_for_faults().await;
    for line in cloud.log() {
        for (what, text) in FORBIDDEN {
            assert!(!line.contains(text), "{what} was logged: {line}");
        }
    }
}

#[tokio::test]
async fn every_invocation_logged_one_line_with_its_figures() {
    let cloud = Cloud::connect_for_faults().await;
    let reply = cloud.get("/v1/health").header("x-correlation-id", "whole-run.1").send().await;
    assert_eq!(reply.header("x-correlation-id"), "whole-run.1");
    let mine = |line: &String| line.contains("\"correlationId\":\"whole-run.1\"");
    let lines = tests::eventually("the line", async || {
        let lines: Vec<_> = cloud.log().into_iter().filter(mine).collect();
        (!lines.is_empty()).then_some(lines)
    })
    .await;
    assert_eq!(lines.len(), 1);
    let record: Value = serde_json::from_str(&lines[0][lines[0].find('{').unwrap()..]).unwrap();
    for field in ["requestId", "durationMs", "dynamoCalls", "readUnits", "writeUnits", "outcome", "status", "coldStart"]
    {
        assert!(!record[field].is_null(), "{field} is missing");
    }
}
