//! The second factor's endpoints in the process, and an account that uses them.

use std::collections::BTreeMap;
use std::time::Duration;

use identity::domain::account::Account;
use jiff::Timestamp;
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use serde_json::{Value, json};
use testkit::Reply;
use tests::Authenticator;

use crate::identity_support::{Deployment, PASSWORD, call};

pub const EMAIL: &str = "ann@example.com";
/// How long an app shows a code.
pub const STEP: Duration = Duration::from_secs(30);

/// A deployment whose clock is in our hand, with an account whose second factor is on.
pub struct Secured {
    pub deployment: Deployment,
    pub access_token: String,
    pub secret: String,
    pub app: Authenticator,
    pub recovery_codes: Vec<String>,
}

impl Secured {
    pub async fn start() -> Self {
        // Times with a whole fraction, which is written without trailing zeros: items of one size in each run.
        let now = Timestamp::new(Timestamp::now().as_second(), 123_456_789).unwrap();
        let deployment = Deployment::at(Clock::manual(now)).await;
        let signed_up = deployment.sign_up(EMAIL).await;
        let access_token = signed_up.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        let enrolled = enrol(&deployment, &access_token).await;
        let secret = enrolled.body["secret"].as_str().unwrap().to_owned();
        let app = Authenticator::new(&secret);
        let confirmed = confirm(&deployment, &access_token, &app.code(deployment.ctx.clock.now())).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.body);
        let codes = confirmed.body["recoveryCodes"].as_array().unwrap();
        let recovery_codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        Self { deployment, access_token, secret, app, recovery_codes }
    }

    pub fn now(&self) -> Timestamp {
        self.deployment.ctx.clock.now()
    }

    pub fn wait(&self, duration: Duration) {
        self.deployment.ctx.clock.advance(duration);
    }

    /// Proves the password.
    pub async fn challenge(&self) -> String {
        let reply = self.deployment.sign_in(EMAIL).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body["mfaToken"].as_str().unwrap().to_owned()
    }

    pub async fn verify(&self, mfa_token: &str, code: &str) -> Reply {
        verify(&self.deployment.verify_mfa(), mfa_token, code).await
    }

    /// Presents codes all at once; how often each answer was given.
    pub async fn verify_all(&self, guesses: Vec<(String, String)>) -> BTreeMap<String, usize> {
        let (verify_mfa, mut tasks) = (self.deployment.verify_mfa(), Vec::new());
        for (mfa_token, code) in guesses {
            let endpoint = verify_mfa.clone();
            tasks.push(tokio::spawn(async move { verify(&endpoint, &mfa_token, &code).await }));
        }
        let mut answers = BTreeMap::new();
        for task in tasks {
            let reply = task.await.unwrap();
            let code = reply.body["code"].as_str().unwrap_or("signed in").to_owned();
            *answers.entry(format!("{} {code}", reply.status)).or_default() += 1;
        }
        answers
    }

    pub async fn account(&self) -> Account {
        let owner = self.deployment.ctx.store.owner_of(&types::EmailAddress::parse(EMAIL).unwrap()).await;
        self.deployment.ctx.store.account(owner.unwrap().unwrap()).await.unwrap().unwrap().value
    }

    pub async fn change(&self, change: impl Fn(&mut Account)) {
        self.deployment.change(self.account().await.id, change).await;
    }

    /// The account's item as the table holds it.
    pub async fn item(&self) -> String {
        let items = self.deployment.table.items().await;
        format!("{:?}", items.iter().find(|item| item.contains_key("sessions")).unwrap())
    }
}

pub async fn enrol(deployment: &Deployment, token: &str) -> Reply {
    let enrol = endpoint(identity::api::enrol_totp::enrol_totp, deployment.mfa(), "test".parse().unwrap());
    call(&enrol, "POST", "/v1/auth/mfa/totp", Some(token), Some(&json!({ "password": PASSWORD }))).await
}

pub async fn confirm(deployment: &Deployment, token: &str, code: &str) -> Reply {
    let confirm = endpoint(identity::api::confirm_totp::confirm_totp, deployment.mfa(), "test".parse().unwrap());
    call(&confirm, "POST", "/v1/auth/mfa/totp/confirm", Some(token), Some(&json!({ "code": code }))).await
}

pub async fn disable(deployment: &Deployment, token: &str, password: &str, code: &str) -> Reply {
    let disable = endpoint(identity::api::disable_totp::disable_totp, deployment.mfa(), "test".parse().unwrap());
    let body = json!({ "password": password, "code": code });
    call(&disable, "POST", "/v1/auth/mfa/totp/disable", Some(token), Some(&body)).await
}

async fn verify(endpoint: &Endpoint, mfa_token: &str, code: &str) -> Reply {
    let body: Value = json!({ "mfaToken": mfa_token, "code": code });
    call(endpoint, "POST", "/v1/auth/mfa/verify", None, Some(&body)).await
}
