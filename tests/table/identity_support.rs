//! Identity's endpoints in the process, on a table of the test's own.

use std::collections::HashMap;

use dynamo::Outbox;
use identity::api::{list_sessions, logout, revoke_other_sessions, revoke_session};
use identity::domain::account::Account;
use identity::domain::telegram::BotToken;
use identity::issuer::{Issuer, generate_secrets, public_keys};
use identity::mfa_keys::{MfaKeys, MfaSecrets};
use identity::secrets::TokenSecrets;
use identity::store::{Identity, Store};
use identity::telegram::Bot;
use identity::{
    Ctx, Directory, Downloads, Exporter, Links, MailSignIns, Public, Verifications, WithMfaKeys, WithTelegram,
};
use kit::auth::{AccountItems, ApiKeyItems, ApiKeys, LinkKey, Standings, Verifier};
use kit::fresh::Fresh;
use kit::http::{Endpoint, Problem, endpoint};
use kit::jobs::Files;
use kit::{Clock, Stage};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, TestTable, leak, request};
use types::{EmailAddress, UserId};

pub const PASSWORD: &str = "correct horse battery staple";
pub const ISSUER: &str = "https://api.test";
pub const BOT_TOKEN: &str = "1000000001:the-bot-of-the-table-tests";

/// A deployment's identity functions.
pub struct Deployment {
    pub secrets: TokenSecrets,
    pub ctx: &'static Ctx,
    pub public: &'static Public,
    pub mfa_secrets: MfaSecrets,
    pub sign_in_with_telegram: Endpoint,
    pub link_telegram: Endpoint,
    pub links: &'static Links,
    pub table: TestTable,
    jwks: String,
}

impl Deployment {
    pub async fn start() -> Self {
        Self::at(Clock::System).await
    }

    /// A deployment whose clock a test moves.
    pub async fn at(clock: Clock) -> Self {
        Self::on(TestTable::start().await, &clock, None, u32::MAX)
    }

    /// A deployment on a table that another one of the test's may share.
    pub fn of(table: TestTable, clock: &Clock) -> Self {
        Self::on(table, clock, None, u32::MAX)
    }

    /// The same accounts with other keys, and a first admin.
    pub fn with_first_admin(&self, email: &str) -> Self {
        Self::on(self.table.clone(), &self.ctx.clock, Some(&email.parse().unwrap()), u32::MAX)
    }

    /// A deployment that allows so many registrations per network address and day.
    pub async fn with_max_registrations(max: u32) -> Self {
        Self::on(TestTable::start().await, &Clock::System, None, max)
    }

    fn on(table: TestTable, clock: &Clock, first_admin: Option<&EmailAddress>, max_registrations: u32) -> Self {
        let secrets = generate_secrets().unwrap();
        let jwks = serde_json::to_string(&public_keys(&secrets).unwrap()).unwrap();
        let standings = || Standings::new(table.of::<AccountItems>());
        let verifier = || Verifier::new(&jwks.parse().unwrap(), ISSUER, clock.clone()).with_accounts(standings());
        let store = Store::new(table.of::<Identity>()).with_max_registrations(max_registrations);
        let issuer = || Fresh::fixed(Issuer::new(&secrets, ISSUER).unwrap());
        let ctx =
            || Ctx::new(store.clone(), clock.clone(), issuer(), verifier()).with_first_admin(first_admin.cloned());
        let public = || Public::new(store.clone(), clock.clone(), verifier());
        let bot = || Bot::fixed(BotToken::parse(BOT_TOKEN).unwrap());
        let mfa_secrets = MfaSecrets::generate(clock.now()).unwrap();
        let linking = WithMfaKeys::new(public(), Fresh::fixed(mfa_secrets.keys(clock.now()).unwrap()));
        let (telegram, link) = (WithTelegram::new(ctx(), bot()), WithTelegram::new(linking, bot()));
        let (ctx, public) = (leak(ctx()), leak(public()));
        let link_key = LinkKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap();
        let links = leak(Links::new(store.clone(), clock.clone(), link_key));
        Self {
            secrets,
            ctx,
            public,
            mfa_secrets,
            sign_in_with_telegram: endpoint(
                identity::api::sign_in_with_telegram::sign_in_with_telegram,
                leak(telegram),
                stage(),
            ),
            link_telegram: endpoint(identity::api::link_telegram::link_telegram, leak(link), stage()),
            links,
            table,
            jwks,
        }
    }

    /// The endpoints of the second factor in a process that starts now, with the keys that there are.
    pub fn mfa(&self) -> &'static WithMfaKeys<Public> {
        leak(WithMfaKeys::new(self.another_public(), self.fixed_mfa_keys()))
    }

    fn another_public(&self) -> Public {
        Public::new(self.ctx.store.clone(), self.ctx.clock.clone(), self.verifier())
    }

    pub fn verify_mfa(&self) -> Endpoint {
        let (store, clock) = (self.ctx.store.clone(), self.ctx.clock.clone());
        let issuer = Fresh::fixed(Issuer::new(&self.secrets, ISSUER).unwrap());
        let ctx = leak(WithMfaKeys::new(Ctx::new(store, clock, issuer, self.verifier()), self.fixed_mfa_keys()));
        endpoint(identity::api::verify_mfa::verify_mfa, ctx, stage())
    }

    /// The endpoint for new accounts, of which a network address registers so many per day.
    pub fn register_at_most(&self, max_per_day: u32) -> Endpoint {
        let store = self.ctx.store.clone().with_max_registrations(max_per_day);
        let issuer = Fresh::fixed(Issuer::new(&self.secrets, ISSUER).unwrap());
        let ctx = leak(Ctx::new(store, self.ctx.clock.clone(), issuer, self.verifier()));
        endpoint(identity::api::register::register, ctx, stage())
    }

    pub fn fixed_mfa_keys(&self) -> Fresh<MfaKeys> {
        Fresh::fixed(self.mfa_secrets.keys(self.ctx.clock.now()).unwrap())
    }

    pub fn unlink_telegram(&self) -> Endpoint {
        endpoint(identity::api::unlink_telegram::unlink_telegram, self.public, stage())
    }

    pub fn create_export(&self) -> Endpoint {
        endpoint(identity::api::create_export::create_export, self.mfa(), stage())
    }

    /// The endpoint that gives links to files in this bucket.
    pub fn get_export(&self, files: Files) -> Endpoint {
        let public = Public::new(self.public.store.clone(), self.public.clock.clone(), self.verifier());
        endpoint(identity::api::get_export::get_export, leak(Downloads::new(public, files)), stage())
    }

    /// What runs data exports, into this bucket.
    pub fn exporter(&self, files: Files) -> &'static Exporter {
        let store = self.public.store.clone();
        leak(Exporter::new(store, self.table.personal_data(), files, self.public.clock.clone()))
    }

    pub fn update_me(&self) -> Endpoint {
        endpoint(identity::api::update_me::update_me, self.public, stage())
    }

    pub fn delete_me(&self) -> Endpoint {
        endpoint(identity::api::delete_me::delete_me, self.mfa(), stage())
    }

    /// Checks the tokens of this deployment.
    pub fn verifier(&self) -> Verifier {
        let verifier = Verifier::new(&self.jwks.parse().unwrap(), ISSUER, self.ctx.clock.clone());
        verifier.with_accounts(Standings::new(self.table.of::<AccountItems>()))
    }

    /// The endpoints that services may call too.
    pub fn directory(&self, clock: Clock) -> &'static Directory {
        let keys = ApiKeys::new(self.table.of::<ApiKeyItems>(), clock);
        leak(Directory::new(self.ctx.store.clone(), kit::Clock::System, self.verifier(), keys))
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

    pub fn verify_email(&self) -> Endpoint {
        let ctx = leak(Verifications::new(self.another_public(), self.links.link_key.clone()));
        endpoint(identity::api::verify_email::verify_email, ctx, stage())
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

    pub fn begin_email_sign_in(&self) -> Endpoint {
        endpoint(identity::api::begin_email_sign_in::begin_email_sign_in, self.links, stage())
    }

    pub fn complete_email_sign_in(&self) -> Endpoint {
        let (store, clock) = (self.ctx.store.clone(), self.ctx.clock.clone());
        let issuer = Fresh::fixed(Issuer::new(&self.secrets, ISSUER).unwrap());
        let ctx = Ctx::new(store, clock, issuer, self.verifier()).with_first_admin(self.ctx.first_admin.clone());
        let ctx = leak(MailSignIns::new(ctx, self.links.link_key.clone()));
        endpoint(identity::api::complete_email_sign_in::complete_email_sign_in, ctx, stage())
    }

    pub fn change_email(&self) -> Endpoint {
        endpoint(identity::api::change_email::change_email, self.mfa(), stage())
    }

    pub fn confirm_email(&self) -> Endpoint {
        let ctx = leak(Verifications::new(self.another_public(), self.links.link_key.clone()));
        endpoint(identity::api::confirm_email::confirm_email, ctx, stage())
    }

    pub fn undo_email_change(&self) -> Endpoint {
        endpoint(identity::api::undo_email_change::undo_email_change, self.links, stage())
    }

    pub fn change_password(&self) -> Endpoint {
        endpoint(identity::api::change_password::change_password, self.mfa(), stage())
    }

    /// Calls what sessions are listed and ended with; `{id}` in its path is `id`.
    pub async fn with_session(&self, token: &str, operation: &str, id: Option<&str>) -> Reply {
        let endpoint = match operation {
            "list_sessions" => endpoint(list_sessions::list_sessions, self.public, stage()),
            "logout" => endpoint(logout::logout, self.public, stage()),
            "revoke_other_sessions" => endpoint(revoke_other_sessions::revoke_other_sessions, self.public, stage()),
            "revoke_session" => endpoint(revoke_session::revoke_session, self.public, stage()),
            other => panic!("no operation {other}"),
        };
        let bearer = format!("Bearer {token}");
        let request = request("POST", "/v1/users/me/sessions", &[("authorization", &bearer)], None);
        let parameters: HashMap<_, _> = id.map(|id| ("id".to_owned(), id.to_owned())).into_iter().collect();
        endpoint.call(request.with_path_parameters(parameters)).await.into()
    }

    /// Changes somebody's account behind their back.
    pub async fn change(&self, id: UserId, change: impl Fn(&mut Account)) {
        let read = self.ctx.store.account(id).await.unwrap().unwrap();
        let changed = self.ctx.store.change(read, |account| {
            change(account);
            Ok::<_, Problem>(((), Outbox::none()))
        });
        changed.await.unwrap();
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
        self.sign_in_with(email, PASSWORD).await
    }

    /// Signs somebody in who has this password.
    pub async fn sign_in_with(&self, email: &str, password: &str) -> Reply {
        let body = json!({ "email": email, "password": password });
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
