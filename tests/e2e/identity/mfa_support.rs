//! An account whose second factor is on.

use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Authenticator, Cloud, PASSWORD, Reply, User};

/// A user, their app and their recovery codes.
pub struct Secured {
    pub user: User,
    pub app: Authenticator,
    pub recovery_codes: Vec<String>,
    /// When the app was confirmed: the code of that time is used up, the next one is accepted already.
    pub confirmed_at: Timestamp,
}

/// Enrols an app.
pub async fn enrol(cloud: &Cloud, user: &User, password: &str) -> Reply {
    let call = cloud.post("/v1/auth/mfa/totp").bearer(&user.access_token);
    call.json(&json!({ "password": password })).send().await
}

/// Confirms it.
pub async fn confirm(cloud: &Cloud, user: &User, code: &str) -> Reply {
    let call = cloud.post("/v1/auth/mfa/totp/confirm").bearer(&user.access_token);
    call.json(&json!({ "code": code })).send().await
}

/// Turns the second factor off.
pub async fn disable(cloud: &Cloud, user: &User, password: &str, code: &str) -> Reply {
    let call = cloud.post("/v1/auth/mfa/totp/disable").bearer(&user.access_token);
    call.json(&json!({ "password": password, "code": code })).send().await
}

/// Proves the password.
pub async fn login(cloud: &Cloud, user: &User) -> Value {
    let body = json!({ "email": user.email, "password": PASSWORD });
    cloud.post("/v1/auth/login").json(&body).send().await.expect(200)
}

/// Proves the second factor.
pub async fn verify(cloud: &Cloud, mfa_token: &str, code: &str) -> Reply {
    let body = json!({ "mfaToken": mfa_token, "code": code, "device": { "name": "tablet", "platform": "android" } });
    cloud.post("/v1/auth/mfa/verify").json(&body).send().await
}

impl Secured {
    pub async fn sign_up(cloud: &Cloud) -> Self {
        let user = cloud.sign_up().await;
        let enrolled = enrol(cloud, &user, PASSWORD).await.expect(200);
        let app = Authenticator::new(enrolled["secret"].as_str().unwrap());
        let confirmed_at = Timestamp::now();
        let confirmed = confirm(cloud, &user, &app.code(confirmed_at)).await.expect(200);
        let codes = confirmed["recoveryCodes"].as_array().unwrap();
        let recovery_codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        Self { user, app, recovery_codes, confirmed_at }
    }

    /// A code that was not used yet.
    pub fn fresh_code(&self) -> String {
        self.app.next_code(self.confirmed_at)
    }

    /// Proves the password.
    pub async fn challenge(&self, cloud: &Cloud) -> String {
        login(cloud, &self.user).await["mfaToken"].as_str().unwrap().to_owned()
    }
}
