//! What the functions of this context hold.

use kit::auth::Verifier;
use kit::{Clock, ConfigError, Environment, sdk};

use crate::domain::origin::AllowedOrigins;
use crate::sockets::Sockets;
use crate::store::Store;

/// The context of every function.
pub struct Ctx {
    /// Connections and logs.
    pub store: Store,
    /// Open WebSocket connections.
    pub sockets: Sockets,
    /// The time.
    pub clock: Clock,
}

impl Ctx {
    /// Reads `TABLE_NAME` and `WEBSOCKET_CALLBACK_URL`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let table = env.required::<String>("TABLE_NAME");
        let sockets = Sockets::from_env(env).await;
        let (table,) = env.all((table,))?;
        Ok(Self::new(Store::new(sdk::table(&sdk::config(), table)), sockets?, Clock::System))
    }

    /// A context made of its parts.
    pub fn new(store: Store, sockets: Sockets, clock: Clock) -> Self {
        Self { store, sockets, clock }
    }
}

/// The context of functions that check access tokens.
pub struct TokenContext {
    /// The context of every function.
    pub ctx: Ctx,
    /// Verifies access tokens.
    pub verifier: Verifier,
}

impl TokenContext {
    /// Reads `AUTH_JWKS` and `AUTH_ISSUER` too.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (Verifier::from_env(env),);
        let ctx = Ctx::from_env(env).await;
        let (verifier,) = env.all(values)?;
        Ok(Self { ctx: ctx?, verifier })
    }
}

/// The context of the function that opens connections.
pub struct ConnectContext {
    /// The context of functions that check access tokens.
    pub with_tokens: TokenContext,
    /// The pages that may connect.
    pub origins: AllowedOrigins,
}

impl ConnectContext {
    /// Reads what [`TokenContext`] reads, and `ALLOWED_ORIGINS`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<AllowedOrigins>("ALLOWED_ORIGINS"),);
        let with_tokens = TokenContext::from_env(env).await;
        let (origins,) = env.all(values)?;
        Ok(Self { with_tokens: with_tokens?, origins })
    }
}
