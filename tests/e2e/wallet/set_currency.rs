//! `PUT /v1/community/currencies/{code}`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User};
use types::Uuid;

use super::support::{eur, get, wrong_fields};

/// A code that no other test has.
pub fn new_code() -> String {
    let letters = Uuid::now_v7().as_u128() >> 16;
    let hash = types::derive_id(&[&letters.to_string(), &Uuid::now_v7().to_string()]);
    hash.as_bytes().iter().take(9).map(|byte| char::from(b'A' + byte % 26)).collect()
}

pub async fn set(cloud: &Cloud, user: &User, code: &str, body: &Value) -> Reply {
    cloud.call("PUT", &format!("/v1/community/currencies/{code}")).bearer(&user.access_token).json(body).send().await
}

#[tokio::test]
async fn an_admin_makes_a_currency_that_people_can_have() {
    let cloud = Cloud::connect().await;
    let (admin, code, user) = (cloud.admin().await, new_code(), cloud.sign_up_with_wallet().await);
    let body = json!({ "name": "Fish", "exponent": 1, "price": eur(25) });
    let reply = set(&cloud, &admin, &code, &body).await;
    assert_eq!(reply.header("etag"), "\"1\"");
    let made = reply.expect(200);
    assert_eq!((&made["kind"], &made["price"], &made["exponent"]), (&json!("in_app"), &eur(25), &json!(1)));
    // The same again changes nothing.
    assert_eq!(set(&cloud, &admin, &code, &body).await.header("etag"), "\"1\"");
    assert!(get(&cloud, &user, "/v1/community/currencies").await["items"].as_array().unwrap().contains(&made));
    cloud.give(&user, tests::money(15, &code)).await;

    let other = json!({ "name": "Fish", "exponent": 2 });
    set(&cloud, &admin, &code, &other).await.expect_problem(409, "wallet.exponent_fixed");
    let renamed = json!({ "name": "Herring", "exponent": 1, "price": eur(25) });
    let call = |version: &Value| {
        let call = cloud.call("PUT", &format!("/v1/community/currencies/{code}")).bearer(&admin.access_token);
        call.header("if-match", &format!("\"{version}\"")).json(&renamed).send()
    };
    call(&json!(7)).await.expect_problem(412, "request.version_changed");
    let set = call(&made["version"]).await.expect(200);
    assert_eq!((&set["name"], &set["version"]), (&json!("Herring"), &json!(2)));
    assert!(get(&cloud, &user, "/v1/community/currencies").await["items"].as_array().unwrap().contains(&set));
}

#[tokio::test]
async fn iso_says_what_three_letters_mean_and_wrong_fields_are_named() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let fields = async |code: &str, body: Value| wrong_fields(&set(&cloud, &admin, code, &body).await);
    assert_eq!(fields("AAA", json!({ "name": "", "exponent": 2 })).await, ["code", "name"]);
    assert_eq!(fields("JPY", json!({ "name": "Yen", "exponent": 2, "price": eur(1) })).await, ["exponent", "price"]);
    let code = new_code();
    assert_eq!(fields(&code, json!({ "name": "x".repeat(51), "exponent": 9 })).await, ["name", "exponent"]);
    let points = json!({ "amountMinor": 5, "currency": "POINTS" });
    assert_eq!(fields(&code, json!({ "name": "Fish", "exponent": 0, "price": points })).await, ["price"]);
    assert_eq!(fields(&code, json!({ "name": "Fish", "exponent": 0, "code": "EUR" })).await, ["code"]);
    set(&cloud, &admin, "eur", &json!({ "name": "Fish", "exponent": 0 }))
        .await
        .expect_problem(404, "request.no_such_path");
    let yen = set(&cloud, &admin, "JPY", &json!({ "name": "Yen", "exponent": 0 })).await.expect(200);
    assert_eq!((&yen["kind"], &yen["exponent"]), (&json!("iso"), &json!(0)));
}

#[tokio::test]
async fn only_admins_do() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = json!({ "name": "Fish", "exponent": 0 });
    set(&cloud, &user, &new_code(), &body).await.expect_problem(403, "auth.forbidden");
}
