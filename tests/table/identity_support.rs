//! Identity's endpoints in the process, on a table of the test's own.

use identity::issuer::{Issuer, generate_secrets, public_keys};
use identity::keyring::Keyring;
use identity::store::{Identity, Store};
use identity::{Ctx, Links, Public};
use kit::auth::{LinkKey, Verifier};
use kit::http::{Endpoint, endpoint};
use kit::{Clock, Stage};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, request};

pub const PASSWORD: &str = "correct horse battery staple";
const ISSUER: &str = "https://api.test";

/// A deployment's identity functions.
pub struct Deployment {
    pub ctx: &'static Ctx,
    pub public: &'static Public,
    pub links: &'static Links,
    pub table: TestTable,
}

impl Deployment {
    pub async fn start() -> Self {
        Self::start_at(Clock::System).await
    }

    /// A deployment whose time is this clock's.
    pub async fn start_at(clock: Clock) -> Self {
        let table = TestTable::start().await;
        let secrets = generate_secrets().unwrap();
        let jwks = serde_json::to_string(&public_keys(&secrets).unwrap()).unwrap();
        let verifier = || Verifier::new(&jwks.parse().unwrap(), ISSUER);
        let store = Store::new(table.of::<Identity>());
        let keyring = Keyring::fixed(Issuer::new(&secrets, ISSUER).unwrap());
        let ctx = Ctx::new(store.clone(), clock.clone(), keyring, verifier());
        let public = Public::new(store.clone(), clock.clone(), verifier());
        let link_key = LinkKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap();
        let links = Links::new(store, clock, link_key);
        Self {
            ctx: Box::leak(Box::new(ctx)),
            public: Box::leak(Box::new(public)),
            links: Box::leak(Box::new(links)),
            table,
        }
    }

    pub fn register(&self) -> Endpoint {
        endpoint(identity::api::register::register, self.ctx, stage())
    }

    pub fn login(&self) -> Endpoint {
        endpoint(identity::api::login::login, self.ctx, stage())
    }

    pub fn get_me(&self) -> Endpoint {
        endpoint(identity::api::get_me::get_me, self.public, stage())
    }

    pub fn verify_email(&self) -> Endpoint {
        endpoint(identity::api::verify_email::verify_email, self.links, stage())
    }

    pub fn resend_verification(&self) -> Endpoint {
        endpoint(identity::api::resend_verification::resend_verification, self.public, stage())
    }

    pub fn forgot_password(&self) -> Endpoint {
        endpoint(identity::api::forgot_password::forgot_password, self.public, stage())
    }

    pub fn reset_password(&self) -> Endpoint {
        endpoint(identity::api::reset_password::reset_password, self.links, stage())
    }

    pub fn change_password(&self) -> Endpoint {
        endpoint(identity::api::change_password::change_password, self.public, stage())
    }

    /// Registers somebody and returns the answer.
    pub async fn sign_up(&self, email: &str) -> Reply {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ann" });
        call(&self.register(), "POST", "/v1/auth/register", None, Some(&body)).await
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
