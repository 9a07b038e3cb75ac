//! Every guarded endpoint refuses those whom it must. The list may only grow: `cargo xtask tidy` compares it with the API.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tests::Cloud;

/// Every route that needs a caller.
const GUARDED: &[&str] = &[
    "DELETE /v1/users/me/sessions",
    "DELETE /v1/users/me/sessions/{id}",
    "GET /v1/users/me",
    "GET /v1/users/me/sessions",
    "POST /v1/auth/logout",
];

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_a_forged_one() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let jwks = cloud.get("/v1/.well-known/jwks.json").send().await.expect(200);
    let forgeries = forgeries(&user.access_token, &jwks);
    for route in GUARDED {
        let (method, path) = route.split_once(' ').unwrap();
        let path = path.replace("{id}", &user.id);
        let call = || {
            let call = cloud.call(method, &path);
            if matches!(method, "POST" | "PUT" | "PATCH") { call.json(&json!({})) } else { call }
        };
        call().send().await.expect_problem(401, "auth.token_missing");
        for (what, token) in &forgeries {
            let reply = call().bearer(token).send().await;
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
fn forgeries(token: &str, jwks: &Value) -> Vec<(&'static str, String)> {
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    // The classic confusion: a token signed with the public key as if it were a shared secret.
    let kid = jsonwebtoken::decode_header(token).unwrap().kid;
    let hs256 = Header { kid, ..Header::new(Algorithm::HS256) };
    let secret = EncodingKey::from_secret(jwks["keys"][0].to_string().as_bytes());
    let body = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims;
    let confused = jsonwebtoken::encode(&hs256, &body, &secret).unwrap();
    let mut promoted = body.clone();
    promoted["roles"] = json!(["admin"]);
    let promoted = jsonwebtoken::encode(&hs256, &promoted, &secret).unwrap();
    let promoted = promoted.split('.').nth(1).unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    vec![
        ("no signature", format!("{header}.{claims}.")),
        // {"alg":"none","typ":"JWT"}
        ("algorithm none", format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.")),
        ("HS256 with the public key", confused),
        ("other claims", format!("{header}.{promoted}.{signature}")),
        ("another signature", format!("{header}.{claims}.{flipped}{}", &signature[1..])),
        ("no token at all", "x".to_owned()),
    ]
}
