//! What a function holds for the life of its process, the same for every context of the product.
//!
//! A context names its store once, and gets the rest:
//!
//! ```ignore
//! pub type Ctx = kit::EndpointContext<Store>;
//! pub type ConsumerContext = kit::ConsumerContext<Store>;
//! ```
//!
//! A function that needs more holds one of these beside it, and reads both with [`ConfigError::both`].

use dynamo::Table;

use crate::auth::{ApiKeys, Authenticates, ChecksApiKeys, LinkKey, Verifier};
use crate::consumer::{Queue, with_url};
use crate::file_urls::FileUrls;
use crate::jobs::Files;
use crate::timer::Timer;
use crate::{Clock, ConfigError, Environment, sdk};

/// The items of a context in the deployment's table.
pub trait OpenStore: Sized {
    /// The context whose items they are.
    type Context: dynamo::Context;

    /// Opens the items in `table`. Further settings come from the environment, which remembers a wrong one.
    fn open(table: Table<Self::Context>, env: &mut Environment) -> Self;
}

/// Opens the store in the table `TABLE_NAME`; `None` where the variable is missing, which the environment remembers.
fn open<S: OpenStore>(env: &mut Environment) -> Option<S> {
    let table = env.required::<String>("TABLE_NAME")?;
    Some(S::open(sdk::table(&sdk::config(), table), env))
}

/// The context of functions without a caller: consumers, schedules, steps of workflows.
#[derive(Debug, Clone)]
pub struct ConsumerContext<S> {
    /// The context's items.
    pub store: S,
    /// The time.
    pub clock: Clock,
}

impl<S: OpenStore> ConsumerContext<S> {
    /// Reads `TABLE_NAME`, and what the store reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (open(env),);
        let (store,) = env.all(values)?;
        Ok(Self::new(store, Clock::System))
    }
}

impl<S> ConsumerContext<S> {
    /// A context made of its parts.
    pub fn new(store: S, clock: Clock) -> Self {
        Self { store, clock }
    }
}

/// The context of endpoints that a signed-in user calls.
pub struct EndpointContext<S> {
    /// The context's items.
    pub store: S,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl<S: OpenStore> EndpointContext<S> {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`, and what the store reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (open(env), Verifier::from_env(env));
        let (store, verifier) = env.all(values)?;
        Ok(Self::new(store, Clock::System, verifier))
    }
}

impl<S> EndpointContext<S> {
    /// A context made of its parts.
    pub fn new(store: S, clock: Clock, verifier: Verifier) -> Self {
        Self { store, clock, verifier }
    }

    /// The parts, for a context that holds more.
    pub fn into_parts(self) -> (S, Clock, Verifier) {
        (self.store, self.clock, self.verifier)
    }
}

impl<S: Send + Sync + 'static> Authenticates for EndpointContext<S> {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of endpoints that show published files.
pub struct GalleryContext<S> {
    /// The context's items.
    pub store: S,
    /// URLs of published files.
    pub files: FileUrls,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl<S: OpenStore> GalleryContext<S> {
    /// Reads what [`EndpointContext`] and [`FileUrls`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (open(env), FileUrls::from_env(env), Verifier::from_env(env));
        let (store, files, verifier) = env.all(values)?;
        Ok(Self::new(store, files, Clock::System, verifier))
    }
}

impl<S> GalleryContext<S> {
    /// A context made of its parts.
    pub fn new(store: S, files: FileUrls, clock: Clock, verifier: Verifier) -> Self {
        Self { store, files, clock, verifier }
    }
}

impl<S: Send + Sync + 'static> Authenticates for GalleryContext<S> {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of endpoints about jobs and their files.
pub struct JobContext<S> {
    /// The context's items.
    pub store: S,
    /// The files of jobs.
    pub files: Files,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl<S: OpenStore> JobContext<S> {
    /// Reads what [`EndpointContext`] and [`Files`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (open(env), Files::from_env(env), Verifier::from_env(env));
        let (store, files, verifier) = env.all(values)?;
        Ok(Self { store, files, clock: Clock::System, verifier })
    }
}

impl<S> JobContext<S> {
    /// A context made of its parts.
    pub fn new(ctx: EndpointContext<S>, files: Files) -> Self {
        let (store, clock, verifier) = ctx.into_parts();
        Self { store, files, clock, verifier }
    }
}

impl<S: Send + Sync + 'static> Authenticates for JobContext<S> {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// What consumers that run jobs, or delete their files, are made of.
pub struct JobParts<S> {
    /// The context's items.
    pub store: S,
    /// The files of jobs.
    pub files: Files,
    /// The time.
    pub clock: Clock,
}

impl<S: OpenStore> JobParts<S> {
    /// Reads what [`ConsumerContext`] and [`Files`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (open(env), Files::from_env(env));
        let (store, files) = env.all(values)?;
        Ok(Self { store, files, clock: Clock::System })
    }
}

/// The context of endpoints that a service may call too, with an API key.
pub struct ServiceContext<S> {
    /// The context's items.
    pub store: S,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
    api_keys: ApiKeys,
}

impl<S: OpenStore> ServiceContext<S> {
    /// Reads what [`EndpointContext`] reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let table = env.optional::<String>("TABLE_NAME").unwrap_or_default();
        let EndpointContext { store, clock, verifier } = EndpointContext::from_env(env).await?;
        let api_keys = ApiKeys::new(sdk::table(&sdk::config(), table), Clock::System);
        Ok(Self::new(store, clock, verifier, api_keys))
    }
}

impl<S> ServiceContext<S> {
    /// A context made of its parts.
    pub fn new(store: S, clock: Clock, verifier: Verifier, api_keys: ApiKeys) -> Self {
        Self { store, clock, verifier, api_keys }
    }
}

impl<S: Send + Sync + 'static> Authenticates for ServiceContext<S> {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

impl<S: Send + Sync + 'static> ChecksApiKeys for ServiceContext<S> {
    fn api_keys(&self) -> &ApiKeys {
        &self.api_keys
    }
}

/// The context of endpoints that people reach by a signed link: no user is signed in, and the link is the proof.
pub struct LinkContext<S> {
    /// The context's items.
    pub store: S,
    /// The time.
    pub clock: Clock,
    /// Checks links.
    pub link_key: LinkKey,
}

impl<S: OpenStore> LinkContext<S> {
    /// Reads `TABLE_NAME` and `LINK_KEY_NAME`, whose value it loads before the first request, and what the store reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let consumer = ConsumerContext::from_env(env).await;
        let (ConsumerContext { store, clock }, link_key) = ConfigError::both(consumer, LinkKey::from_env(env).await)?;
        Ok(Self::new(store, clock, link_key))
    }
}

impl<S> LinkContext<S> {
    /// A context made of its parts.
    pub fn new(store: S, clock: Clock, link_key: LinkKey) -> Self {
        Self { store, clock, link_key }
    }
}

/// The context of endpoints that set timers.
pub struct TimerEndpointContext<S> {
    /// What every endpoint holds.
    pub ctx: EndpointContext<S>,
    /// Sends a message when something is due.
    pub timer: Timer,
}

impl<S: OpenStore> TimerEndpointContext<S> {
    /// Reads what [`EndpointContext`] and [`Timer`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (ctx, timer) = ConfigError::both(EndpointContext::from_env(env).await, Timer::from_env(env).await)?;
        Ok(Self { ctx, timer })
    }
}

impl<S: Send + Sync + 'static> Authenticates for TimerEndpointContext<S> {
    fn verifier(&self) -> &Verifier {
        &self.ctx.verifier
    }
}

/// The context of consumers that set timers.
pub struct TimerConsumerContext<S> {
    /// What every consumer holds.
    pub consumer: ConsumerContext<S>,
    /// Sends a message when something is due.
    pub timer: Timer,
}

impl<S: OpenStore> TimerConsumerContext<S> {
    /// Reads what [`ConsumerContext`] and [`Timer`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (consumer, timer) = ConfigError::both(ConsumerContext::from_env(env).await, Timer::from_env(env).await)?;
        Ok(Self { consumer, timer })
    }
}

/// The context of sweeps, which put what they find into the queue of another function.
pub struct SweepContext<S> {
    /// What every consumer holds.
    pub consumer: ConsumerContext<S>,
    /// The queue.
    pub queue: Queue,
}

impl<S: OpenStore> SweepContext<S> {
    /// Reads what [`ConsumerContext`] reads, and `QUEUE_URL`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (consumer, url) = with_url(env, ConsumerContext::from_env, "QUEUE_URL").await?;
        Ok(Self::new(consumer, Queue::connect(&sdk::config(), url)))
    }
}

impl<S> SweepContext<S> {
    /// A context made of its parts.
    pub const fn new(consumer: ConsumerContext<S>, queue: Queue) -> Self {
        Self { consumer, queue }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct NoItems;

    impl dynamo::Context for NoItems {
        const NAME: &'static str = "none";
    }

    #[derive(Debug)]
    struct NoStore;

    impl OpenStore for NoStore {
        type Context = NoItems;

        fn open(_table: Table<NoItems>, _env: &mut Environment) -> Self {
            Self
        }
    }

    #[tokio::test]
    async fn a_sweep_names_every_missing_variable_at_once() {
        let error = SweepContext::<NoStore>::from_env(&mut Environment::new(|_| None)).await.err().unwrap();
        assert_eq!(error.to_string(), "the environment is incomplete: TABLE_NAME is missing; QUEUE_URL is missing");
    }
}
