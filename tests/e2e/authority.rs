//! Every operation that needs a caller refuses those whom it must. The operations come from the OpenAPI documents, so a
//! new one is tested from its first day.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tests::{Call, Cloud, User};

/// Every operation that needs a caller: its method, its path with the user's own id in it, and its description.
fn guarded(id: &str) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for api in tests::documents() {
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let alternatives = operation["security"].as_array().unwrap();
                // `{}` among them: signing in is optional.
                if !alternatives.is_empty() && !alternatives.contains(&json!({})) {
                    found.push((method.to_uppercase(), path.replace("{id}", id), operation.clone()));
                }
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn call(cloud: &Cloud, method: &str, path: &str) -> Call {
    let call = cloud.call(method, path);
    if matches!(method, "POST" | "PUT" | "PATCH") { call.json(&json!({})) } else { call }
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_a_forged_one() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let jwks = cloud.get("/v1/.well-known/jwks.json").send().await.expect(200);
    let forgeries = forgeries(&user.access_token, &jwks);
    for (method, path, _) in guarded(&user.id) {
        let call = || call(&cloud, &method, &path);
        call().send().await.expect_problem(401, "auth.token_missing");
        for (what, token) in &forgeries {
            let reply = call().bearer(token).send().await;
            assert_eq!(
                (reply.status, reply.body["code"].as_str()),
                (401, Some("auth.token_invalid")),
                "{method} {path} with {what}"
            );
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
}

#[tokio::test]
async fn a_token_without_its_scheme_is_answered_with_what_to_send() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for header in [user.access_token.clone(), format!("Token {}", user.access_token), "Bearer".to_owned()] {
        let reply = cloud.get("/v1/users/me").header("authorization", &header).send().await;
        reply.expect_problem(401, "auth.token_invalid");
        let detail = reply.body["detail"].as_str().unwrap();
        assert!(detail.contains("Authorization") && detail.contains("Bearer <access token>"), "{detail}");
    }
}

#[tokio::test]
async fn who_lacks_the_role_is_refused_before_anything_else_is_looked_at() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let manager = cloud.sign_up().await;
    let admin = cloud.admin().await;
    let path = format!("/v1/users/{}/roles", manager.id);
    let roles = json!({ "roles": ["manager"] });
    assert_eq!(cloud.call("PUT", &path).bearer(&admin.access_token).json(&roles).send().await.status, 200);
    let credentials = json!({ "email": manager.email, "password": tests::PASSWORD });
    let manager = User::read(&cloud.post("/v1/auth/login").json(&credentials).send().await.expect(200));
    let mut refused = 0;
    for (method, path, operation) in guarded(&user.id) {
        let forbidden = operation["responses"]["403"]["description"].as_str().unwrap_or_default();
        // What guests may do too needs a role in some cases only, which its own test has.
        if !forbidden.contains("`auth.forbidden`") || operation["security"].to_string().contains("guestKey") {
            continue;
        }
        // An operation for managers is refused to other users; one for admins to managers too.
        let is_for_managers = operation["security"].to_string().contains("\"manager\"");
        let refused_callers = if is_for_managers { &[&user][..] } else { &[&user, &manager][..] };
        for caller in refused_callers {
            let reply = call(&cloud, &method, &path).bearer(&caller.access_token).send().await;
            assert_eq!((reply.status, reply.body["code"].as_str()), (403, Some("auth.forbidden")), "{method} {path}");
            refused += 1;
        }
    }
    assert!(refused > 0);
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
