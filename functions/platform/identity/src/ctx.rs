//! What a function of this context holds.

use std::sync::Arc;

use kit::auth::{ApiKeys, Authenticates, ChecksApiKeys, Jwks, LinkKey, Verifier};
use kit::http::Problem;
use kit::{Clock, ConfigError, Environment, Parameters, sdk};
use types::{EmailAddress, SessionId, UserId};

use crate::domain::refresh::RefreshToken;
use crate::issuer::Issuer;
use crate::keyring::Keyring;
use crate::secrets;
use crate::store::Store;

/// For functions that read and check, and sign nothing.
pub struct Public {
    /// Accounts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl Public {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), Verifier::from_env(env));
        let (table, verifier) = env.all(values)?;
        let table = sdk::table(&sdk::config(), table);
        Ok(Self::new(Store::new(table), Clock::System, verifier))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, verifier: Verifier) -> Self {
        Self { store, clock, verifier }
    }
}

impl Authenticates for Public {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// For functions that services may call too, with an API key.
pub struct Directory {
    /// Accounts.
    pub store: Store,
    verifier: Verifier,
    api_keys: ApiKeys,
}

impl Directory {
    /// Reads what [`Public`] reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), Verifier::from_env(env));
        let (table, verifier) = env.all(values)?;
        let config = sdk::config();
        let api_keys = ApiKeys::new(sdk::table(&config, table.clone()), Clock::System);
        Ok(Self::new(Store::new(sdk::table(&config, table)), verifier, api_keys))
    }

    /// From its parts.
    pub fn new(store: Store, verifier: Verifier, api_keys: ApiKeys) -> Self {
        Self { store, verifier, api_keys }
    }
}

impl Authenticates for Directory {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

impl ChecksApiKeys for Directory {
    fn api_keys(&self) -> &ApiKeys {
        &self.api_keys
    }
}

/// For functions that issue tokens.
pub struct Ctx {
    /// Accounts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Whose account becomes the first admin's, once the address is verified.
    pub first_admin: Option<EmailAddress>,
    keyring: Keyring,
    verifier: Verifier,
}

impl Ctx {
    /// Reads what [`Public`] reads, `FIRST_ADMIN_EMAIL` if it is there, and `TOKEN_SECRETS_NAME`, whose value it loads
    /// before the first request comes.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let first_admin = env.optional::<EmailAddress>("FIRST_ADMIN_EMAIL");
        let values = (
            env.required::<String>("TABLE_NAME"),
            env.required::<Jwks>("AUTH_JWKS"),
            env.required::<String>("AUTH_ISSUER"),
            env.required::<String>("TOKEN_SECRETS_NAME"),
        );
        let (table, jwks, issuer, secrets) = env.all(values)?;
        let config = sdk::config();
        let parameters = Parameters::new(&config);
        let keyring =
            Keyring::load(parameters, secrets, &issuer, Clock::System.now()).await.map_err(ConfigError::because)?;
        let store = Store::new(sdk::table(&config, table));
        let ctx = Self::new(store, Clock::System, keyring, Verifier::new(&jwks, &issuer, Clock::System));
        Ok(ctx.with_first_admin(first_admin))
    }

    /// From its parts, without a first admin.
    pub fn new(store: Store, clock: Clock, keyring: Keyring, verifier: Verifier) -> Self {
        Self { store, clock, first_admin: None, keyring, verifier }
    }

    /// Names the first admin's address.
    #[must_use]
    pub fn with_first_admin(mut self, address: Option<EmailAddress>) -> Self {
        self.first_admin = address;
        self
    }

    /// The issuer with the newest keys.
    pub async fn issuer(&self) -> Arc<Issuer> {
        self.keyring.issuer(self.clock.now()).await
    }
}

impl Authenticates for Ctx {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// For functions that somebody reaches by a link in a mail: nobody is signed in, and the link is the proof.
pub struct Links {
    /// Accounts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Checks links.
    pub link_key: LinkKey,
}

impl Links {
    /// Reads `TABLE_NAME` and `LINK_KEY_NAME`, whose value it loads before the first request comes.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), env.required::<String>("LINK_KEY_NAME"));
        let (table, link_key_name) = env.all(values)?;
        let config = sdk::config();
        let link_key = Parameters::new(&config).get(&link_key_name).await.map_err(ConfigError::because)?;
        let link_key = LinkKey::from_base64(&link_key).map_err(ConfigError::because)?;
        Ok(Self::new(Store::new(sdk::table(&config, table)), Clock::System, link_key))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, link_key: LinkKey) -> Self {
        Self { store, clock, link_key }
    }
}

/// Everything that a new session needs of chance.
pub fn first_token(user_id: UserId) -> Result<RefreshToken, Problem> {
    let secret = secrets::random().map_err(Problem::internal)?;
    Ok(RefreshToken::first(user_id, SessionId::generate(), secret))
}
