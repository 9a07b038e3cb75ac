//! `GET /v1/.well-known/openid-configuration`

use serde_json::Value;
use tests::Cloud;

#[tokio::test]
async fn it_names_the_issuer_of_the_tokens_and_their_keys() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let configuration = cloud.get("/v1/.well-known/openid-configuration").send().await.expect(200);
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(&user.access_token).unwrap().claims;
    assert_eq!(configuration["issuer"], claims["iss"]);
    let issuer = configuration["issuer"].as_str().unwrap();
    assert_eq!(configuration["jwks_uri"], format!("{issuer}/.well-known/jwks.json"));
    assert!(configuration.get("token_endpoint").is_none(), "no endpoint accepts OAuth 2.0 grants");
}
