//! What the functions of this context hold.

use std::sync::Arc;

use dynamo::PersonalData;
use jiff::SignedDuration;
use kit::auth::{Authenticates, Jwks, LinkKey, Standings, Verifier};
use kit::fresh::Fresh;
use kit::http::Problem;
use kit::jobs::{Files, Runner};
use kit::{Clock, ConfigError, Environment, Parameters, sdk};
use types::{EmailAddress, SessionId, UserId};

use crate::domain::limits::REGISTRATIONS;
use crate::domain::mfa_removal;
use crate::domain::plan::Plan;
use crate::domain::refresh::RefreshToken;
use crate::issuer::Issuer;
use crate::secrets::{self, TokenSecrets};
use crate::store::{DataExport, Store};

/// The context of endpoints that read and check, and sign nothing.
pub type Public = kit::EndpointContext<Store>;

/// The context of consumers that need accounts only.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that services may call too, with an API key.
pub type Directory = kit::ServiceContext<Store>;

/// The context of endpoints that people reach by a link in an e-mail.
pub type Links = kit::LinkContext<Store>;

/// The context of the endpoint that verifies addresses: it is reached by a link, and may be called by a signed-in user.
pub struct Verifications {
    /// Accounts, the time and the access tokens.
    pub base: Public,
    /// Checks links.
    pub link_key: LinkKey,
}

impl Verifications {
    /// Reads what [`Public`] and [`Links`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let base = Public::from_env(env).await;
        let (base, link_key) = ConfigError::both(base, LinkKey::from_env(env).await)?;
        Ok(Self::new(base, link_key))
    }

    /// From its parts.
    pub fn new(base: Public, link_key: LinkKey) -> Self {
        Self { base, link_key }
    }
}

impl Authenticates for Verifications {
    fn verifier(&self) -> &Verifier {
        self.base.verifier()
    }
}

/// The context of the endpoint that completes a sign-in by e-mail.
pub struct MailSignIns {
    /// Accounts, the time and new sessions.
    pub base: Ctx,
    /// Checks codes and links.
    pub link_key: LinkKey,
}

impl MailSignIns {
    /// Reads what [`Ctx`] and [`Links`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let base = Ctx::from_env(env).await;
        let (base, link_key) = ConfigError::both(base, LinkKey::from_env(env).await)?;
        Ok(Self::new(base, link_key))
    }

    /// From its parts.
    pub fn new(base: Ctx, link_key: LinkKey) -> Self {
        Self { base, link_key }
    }
}

/// The context of endpoints with which admins request and confirm the removal of second factors.
pub struct Removals {
    /// Accounts, the time and the access tokens.
    pub base: Public,
    /// Time between the approval of a removal and its effect.
    pub delay: SignedDuration,
}

impl Removals {
    /// Reads what [`Public`] reads, and `MFA_REMOVAL_DELAY_HOURS` if it is set.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let hours = env.optional::<u16>("MFA_REMOVAL_DELAY_HOURS");
        let base = Public::from_env(env).await?;
        Ok(Self::new(base, hours.map_or(mfa_removal::DELAY, |hours| SignedDuration::from_hours(hours.into()))))
    }

    /// From its parts.
    pub fn new(base: Public, delay: SignedDuration) -> Self {
        Self { base, delay }
    }
}

impl Authenticates for Removals {
    fn verifier(&self) -> &Verifier {
        self.base.verifier()
    }
}

/// The context of endpoints that issue tokens.
pub struct Ctx {
    /// Accounts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Whose account becomes the first admin's, once the address is verified.
    pub first_admin: Option<EmailAddress>,
    /// The plan of new accounts.
    pub default_plan: Plan,
    issuer: Fresh<Issuer>,
    verifier: Verifier,
}

impl Ctx {
    /// Reads what [`Public`] reads; `FIRST_ADMIN_EMAIL`, `DEFAULT_PLAN` and `MAX_REGISTRATIONS_PER_SOURCE` if they are set;
    /// and `TOKEN_SECRETS_NAME`, whose value it loads before the first request comes.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let first_admin = env.optional::<EmailAddress>("FIRST_ADMIN_EMAIL");
        let default_plan = env.optional::<Plan>("DEFAULT_PLAN").unwrap_or_else(Plan::free);
        let max_registrations = env.optional::<u32>("MAX_REGISTRATIONS_PER_SOURCE").unwrap_or(REGISTRATIONS.max());
        let values = (
            env.required::<String>("TABLE_NAME"),
            env.required::<Jwks>("AUTH_JWKS"),
            env.required::<String>("AUTH_ISSUER"),
            env.required::<String>("TOKEN_SECRETS_NAME"),
        );
        let (table, jwks, url, secrets) = env.all(values)?;
        let config = sdk::config();
        let standings = Standings::new(sdk::table(&config, table.clone()));
        let verifier = Verifier::new(&jwks, &url, Clock::System).with_accounts(standings);
        let read = move |text: &str, _| Issuer::new(&TokenSecrets::parse("token-secrets", text)?, &url);
        let issuer = Fresh::load(Parameters::new(&config), secrets, Clock::System.now(), read).await;
        let store = Store::new(sdk::table(&config, table)).with_max_registrations(max_registrations);
        let ctx = Self::new(store, Clock::System, issuer.map_err(ConfigError::because)?, verifier);
        Ok(ctx.with_first_admin(first_admin).with_default_plan(default_plan))
    }

    /// From its parts, without a first admin and with the default plan `free`.
    pub fn new(store: Store, clock: Clock, issuer: Fresh<Issuer>, verifier: Verifier) -> Self {
        Self { store, clock, first_admin: None, default_plan: Plan::free(), issuer, verifier }
    }

    /// Names the first admin's address.
    #[must_use]
    pub fn with_first_admin(mut self, address: Option<EmailAddress>) -> Self {
        self.first_admin = address;
        self
    }

    /// Names the plan of new accounts.
    #[must_use]
    pub fn with_default_plan(mut self, plan: Plan) -> Self {
        self.default_plan = plan;
        self
    }

    /// The issuer with the newest keys.
    pub async fn issuer(&self) -> Arc<Issuer> {
        self.issuer.get(self.clock.now()).await
    }
}

impl Authenticates for Ctx {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of the endpoint that returns download links of data exports.
pub type Downloads = kit::JobContext<Store>;

/// The context of the consumer that runs data exports.
pub struct Exporter {
    /// Accounts.
    pub store: Store,
    /// The items of users in every context.
    pub held: PersonalData,
    /// Runs the exports.
    pub runner: Runner<DataExport>,
    /// The time.
    pub clock: Clock,
}

impl Exporter {
    /// Reads `TABLE_NAME` and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), env.required::<String>("BUCKET_NAME"));
        let (table, bucket) = env.all(values)?;
        let config = sdk::config();
        let store = Store::new(sdk::table(&config, table.clone()));
        Ok(Self::new(store, sdk::personal_data(&config, table), Files::new(&config, bucket), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, held: PersonalData, files: Files, clock: Clock) -> Self {
        let runner = Runner::new(store.exports(), files, clock.clone());
        Self { store, held, runner, clock }
    }
}

/// Everything that a new session needs of chance.
pub fn first_token(user_id: UserId) -> Result<RefreshToken, Problem> {
    let secret = secrets::random().map_err(Problem::internal)?;
    Ok(RefreshToken::first(user_id, SessionId::generate(), secret))
}
