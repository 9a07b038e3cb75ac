//! `GET /v1/.well-known/jwks.json`

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use tests::Cloud;

#[tokio::test]
async fn others_can_check_access_tokens_with_the_public_keys() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = cloud.get("/v1/.well-known/jwks.json").send().await;
    assert_eq!(reply.header("cache-control"), "public, max-age=300");
    let body = reply.expect(200);
    assert!(!body.to_string().contains("\"d\""), "a private half is shown");
    let keys: JwkSet = serde_json::from_value(body).unwrap();
    let kid = jsonwebtoken::decode_header(&user.access_token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_aud = false;
    let token = jsonwebtoken::decode::<Value>(&user.access_token, &key, &validation).unwrap();
    assert_eq!(token.claims["sub"], user.id.as_str());
    assert_eq!(token.claims["exp"].as_i64().unwrap() - token.claims["iat"].as_i64().unwrap(), 600);
}
