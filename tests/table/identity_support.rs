//! Identity's endpoints in the process, on a table of the test's own.

use identity::issuer::{Issuer, generate_secrets, public_keys};
use identity::keyring::Keyring;
use identity::store::{Identity, Store};
use identity::{Ctx, Directory, Public};
use kit::auth::{ApiKeyItems, ApiKeys, Verifier};
use kit::http::{Endpoint, endpoint};
use kit::{Clock, Stage};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, request};
use types::EmailAddress;

pub const PASSWORD: &str = "correct horse battery staple";
const ISSUER: &str = "https://api.test";

/// A deployment's identity functions.
pub struct Deployment {
    pub table: TestTable,
    jwks: String,
    pub ctx: &'static Ctx,
    pub public: &'static Public,
}

impl Deployment {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await, None)
    }

    /// The same accounts with other keys, and a first admin.
    pub fn with_first_admin(&self, email: &str) -> Self {
        Self::on(self.table.clone(), Some(email.parse().unwrap()))
    }

    fn on(table: TestTable, first_admin: Option<EmailAddress>) -> Self {
        let secrets = generate_secrets().unwrap();
        let jwks = serde_json::to_string(&public_keys(&secrets).unwrap()).unwrap();
        let verifier = || Verifier::new(&jwks.parse().unwrap(), ISSUER);
        let store = Store::new(table.of::<Identity>());
        let keyring = Keyring::fixed(Issuer::new(&secrets, ISSUER).unwrap());
        let ctx = Ctx::new(store.clone(), Clock::System, keyring, verifier()).with_first_admin(first_admin);
        let public = Public::new(store, Clock::System, verifier());
        Self { table, jwks, ctx: Box::leak(Box::new(ctx)), public: Box::leak(Box::new(public)) }
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

    fn verifier(&self) -> Verifier {
        Verifier::new(&self.jwks.parse().unwrap(), ISSUER)
    }

    /// The endpoints that services may call too.
    pub fn directory(&self, clock: Clock) -> &'static Directory {
        let keys = ApiKeys::new(self.table.of::<ApiKeyItems>(), clock);
        Box::leak(Box::new(Directory::new(self.ctx.store.clone(), self.verifier(), keys)))
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

pub fn stage() -> Stage {
    "test".parse().unwrap()
}

/// Calls an endpoint.
pub async fn call(endpoint: &Endpoint, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Reply {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
    endpoint.call(request(method, path, &headers, body)).await.into()
}
