//! Identity's endpoints in the process, on a table of the test's own.

use identity::issuer::{Issuer, generate_secrets, public_keys};
use identity::keyring::Keyring;
use identity::secrets::TokenSecrets;
use identity::store::{Identity, Store};
use identity::{Ctx, Public};
use kit::auth::Verifier;
use kit::http::{Endpoint, endpoint};
use kit::{Clock, Stage};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, request};

pub const PASSWORD: &str = "correct horse battery staple";
pub const ISSUER: &str = "https://api.test";

/// A deployment's identity functions.
pub struct Deployment {
    pub secrets: TokenSecrets,
    pub ctx: &'static Ctx,
    pub public: &'static Public,
    pub table: TestTable,
}

impl Deployment {
    pub async fn start() -> Self {
        Self::at(Clock::System).await
    }

    /// A deployment whose clock a test moves. Access tokens are checked by the machine's clock: those that were made far
    /// from its time are refused.
    pub async fn at(clock: Clock) -> Self {
        let table = TestTable::start().await;
        let secrets = generate_secrets().unwrap();
        let jwks = serde_json::to_string(&public_keys(&secrets).unwrap()).unwrap();
        let verifier = || Verifier::new(&jwks.parse().unwrap(), ISSUER);
        let store = Store::new(table.of::<Identity>());
        let keyring = Keyring::fixed(Issuer::new(&secrets, ISSUER).unwrap());
        let ctx = Ctx::new(store.clone(), clock.clone(), keyring, verifier());
        let public = Public::new(store, clock, verifier());
        Self { secrets, ctx: Box::leak(Box::new(ctx)), public: Box::leak(Box::new(public)), table }
    }

    pub fn register(&self) -> Endpoint {
        endpoint(identity::api::register::register, self.ctx, stage())
    }

    pub fn login(&self) -> Endpoint {
        endpoint(identity::api::login::login, self.ctx, stage())
    }

    pub fn refresh(&self) -> Endpoint {
        endpoint(identity::api::refresh::refresh, self.ctx, stage())
    }

    pub fn get_me(&self) -> Endpoint {
        endpoint(identity::api::get_me::get_me, self.public, stage())
    }

    /// Registers somebody and returns the answer.
    pub async fn sign_up(&self, email: &str) -> Reply {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ann" });
        call(&self.register(), "POST", "/v1/auth/register", None, Some(&body)).await
    }

    /// Presents a refresh token and returns the answer.
    pub async fn present(&self, token: &str) -> Reply {
        call(&self.refresh(), "POST", "/v1/auth/refresh", None, Some(&json!({ "refreshToken": token }))).await
    }

    /// Signs somebody in and returns the answer.
    pub async fn sign_in(&self, email: &str) -> Reply {
        let body = json!({ "email": email, "password": PASSWORD });
        call(&self.login(), "POST", "/v1/auth/login", None, Some(&body)).await
    }
}

fn stage() -> Stage {
    "test".parse().unwrap()
}

/// Calls an endpoint.
pub async fn call(endpoint: &Endpoint, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Reply {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
    endpoint.call(request(method, path, &headers, body)).await.into()
}
