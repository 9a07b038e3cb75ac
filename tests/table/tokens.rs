//! Access tokens that are signed with the right key, and wrong all the same.

use base64::Engine;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::Clock;
use serde_json::{Value, json};

use crate::identity_support::{Deployment, ISSUER, call};

#[tokio::test]
async fn every_claim_counts() {
    // Far from the machine's time, which must not matter.
    let clock = Clock::manual(Timestamp::from_second(1_900_000_000).unwrap());
    let deployment = Deployment::at(clock.clone()).await;
    let signed_up = deployment.sign_up("ann@example.com").await;
    let good = signed_up.body["tokens"]["accessToken"].as_str().unwrap();
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(good).unwrap().claims;
    assert_eq!(claims["iss"], ISSUER);
    let now = clock.now().as_second();
    let cases = [
        ("as it is", json!({}), None),
        ("expired within the leeway", json!({ "exp": now - 5 }), None),
        ("expired", json!({ "exp": now - 6 }), Some("auth.token_expired")),
        ("soon valid, within the leeway", json!({ "nbf": now + 5 }), None),
        ("not yet valid", json!({ "nbf": now + 6 }), Some("auth.token_invalid")),
        ("of another issuer", json!({ "iss": "https://evil.test" }), Some("auth.token_invalid")),
        ("for another audience", json!({ "aud": "https://other.test" }), Some("auth.token_invalid")),
        ("without an end", json!({ "exp": null }), Some("auth.token_invalid")),
        ("without a start", json!({ "nbf": null }), Some("auth.token_invalid")),
        ("of nobody", json!({ "sub": "nobody" }), Some("auth.token_invalid")),
    ];
    for (what, change, refused) in cases {
        let mut claims = claims.clone();
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let claims: Value = claims
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let token = sign(&deployment, &claims, Algorithm::ES256);
        let reply = call(&deployment.get_me(), "GET", "/v1/users/me", Some(&token), None).await;
        match refused {
            None => assert_eq!(reply.status, 200, "{what}: {}", reply.body),
            Some(code) => assert_eq!((reply.status, reply.body["code"].as_str()), (401, Some(code)), "{what}"),
        }
    }
    // A key that was never published, and an unknown key id.
    let stranger = Deployment::start().await;
    for token in [sign(&stranger, &claims, Algorithm::ES256)] {
        let reply = call(&deployment.get_me(), "GET", "/v1/users/me", Some(&token), None).await;
        assert_eq!(reply.status, 401);
    }
}

fn sign(deployment: &Deployment, claims: &Value, algorithm: Algorithm) -> String {
    let key = deployment.secrets.keys.active().unwrap();
    let der = base64::engine::general_purpose::STANDARD.decode(&key.private_key).unwrap();
    let header = Header { kid: Some(key.key_id.clone()), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(&der)).unwrap()
}
