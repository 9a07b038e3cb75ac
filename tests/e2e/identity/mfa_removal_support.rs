//! Requests of admins to remove a second factor.

use serde_json::json;
use tests::{Cloud, PASSWORD, Reply, User};

use super::mfa_support::{Secured, confirm, enrol};

/// The subject of the e-mail.
pub const SCHEDULED: &str = "Two-step verification will be removed";

/// A user with a verified address and a second factor.
pub async fn secured(cloud: &Cloud) -> Secured {
    let user = cloud.sign_up_proven().await;
    let enrolled = enrol(cloud, &user, PASSWORD).await.expect(200);
    let app = tests::Authenticator::new(enrolled["secret"].as_str().unwrap());
    let confirmed_at = jiff::Timestamp::now();
    let codes = confirm(cloud, &user, &app.code(confirmed_at)).await.expect(200);
    let recovery_codes = codes["recoveryCodes"].as_array().unwrap().iter();
    let recovery_codes = recovery_codes.map(|code| code.as_str().unwrap().to_owned()).collect();
    Secured { user, app, recovery_codes, confirmed_at }
}

/// Another admin than the first one.
pub async fn second_admin(cloud: &Cloud) -> User {
    let user = cloud.sign_up().await;
    set_roles(cloud, &user, &["admin"]).await;
    let body = json!({ "email": user.email, "password": PASSWORD });
    User::read(&cloud.post("/v1/auth/login").json(&body).send().await.expect(200))
}

pub async fn set_roles(cloud: &Cloud, user: &User, roles: &[&str]) {
    let call = cloud.call("PUT", &format!("/v1/users/{}/roles", user.id)).bearer(&cloud.admin().await.access_token);
    assert_eq!(call.json(&json!({ "roles": roles })).send().await.status, 200);
}

pub async fn request(cloud: &Cloud, admin: &User, user: &str) -> Reply {
    let call = cloud.post(&format!("/v1/users/{user}/mfa-removal")).bearer(&admin.access_token);
    call.json(&json!({ "reason": "ticket 4711" })).send().await
}

/// A request of an admin without a body.
pub async fn send(cloud: &Cloud, admin: &User, method: &str, user: &str, rest: &str) -> Reply {
    let call = cloud.call(method, &format!("/v1/users/{user}/mfa-removal{rest}"));
    call.bearer(&admin.access_token).send().await
}
