//! Every guarded endpoint refuses those whom it must. The list may only grow: `cargo xtask tidy` compares it with the API.

use serde_json::json;
use tests::Cloud;

/// Every route that needs a caller.
const GUARDED: &[&str] = &["GET /v1/users/me", "POST /v1/auth/resend-verification", "POST /v1/users/me/password"];

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_a_forged_one() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for route in GUARDED {
        let (method, path) = route.split_once(' ').unwrap();
        let path = path.replace("{id}", &user.id);
        let call = || {
            let call = cloud.call(method, &path);
            if matches!(method, "POST" | "PUT" | "PATCH") { call.json(&json!({})) } else { call }
        };
        call().send().await.expect_problem(401, "auth.token_missing");
        for (what, token) in forgeries(&user.access_token) {
            let reply = call().bearer(&token).send().await;
            assert_eq!(
                (reply.status, reply.body["code"].as_str()),
                (401, Some("auth.token_invalid")),
                "{route} with {what}"
            );
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
}

/// Tokens that look like a good one.
fn forgeries(token: &str) -> Vec<(&'static str, String)> {
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    vec![
        ("no signature", format!("{header}.{claims}.")),
        // {"alg":"none","typ":"JWT"}
        ("algorithm none", format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.")),
        ("another signature", format!("{header}.{claims}.{flipped}{}", &signature[1..])),
        ("no token at all", "x".to_owned()),
    ]
}
