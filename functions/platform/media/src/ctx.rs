//! What functions of this context hold.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use kit::auth::{Authenticates, Verifier};
use kit::{Clock, ConfigError, Environment, sdk};

use crate::moderation::{Moderation, Moderator};
use crate::objects::Objects;
use crate::store::Store;

/// One try of a call that carries a picture.
const PICTURE_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(8);
/// Such a call with all its tries.
const PICTURE_CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// All that an endpoint needs.
pub struct Ctx {
    /// Pictures in the table.
    pub store: Store,
    /// Pictures in the bucket.
    pub objects: Objects,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl Ctx {
    /// Reads `TABLE_NAME`, `BUCKET_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`, and `MEDIA_BASE_URL` and `DEFAULT_PLAN` if they are
    /// there.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let base_url = env.optional::<String>("MEDIA_BASE_URL");
        let default_plan = env.optional::<String>("DEFAULT_PLAN");
        let values =
            (env.required::<String>("TABLE_NAME"), env.required::<String>("BUCKET_NAME"), Verifier::from_env(env));
        let (table, bucket, verifier) = env.all(values)?;
        let config = sdk::config();
        let objects = Objects::new(&config, bucket).behind(base_url);
        let store = Store::new(sdk::table(&config, table)).with_default_plan(default_plan);
        Ok(Self::new(store, objects, Clock::System, verifier))
    }

    /// From its parts.
    pub fn new(store: Store, objects: Objects, clock: Clock, verifier: Verifier) -> Self {
        Self { store, objects, clock, verifier }
    }
}

impl Authenticates for Ctx {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// Dependencies of the consumer that keeps profiles.
pub type Profiles = kit::ConsumerContext<Store>;

/// All that checking uploads needs.
pub struct Checking {
    /// Pictures in the table.
    pub store: Store,
    /// Pictures in the bucket.
    pub objects: Objects,
    /// Who looks at them first.
    pub moderator: Box<dyn Moderator>,
    /// The time.
    pub clock: Clock,
}

impl Checking {
    /// Reads `TABLE_NAME`, `BUCKET_NAME` and `MODERATION` (`rekognition` or `off`).
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (
            env.required::<String>("TABLE_NAME"),
            env.required::<String>("BUCKET_NAME"),
            env.required::<Moderation>("MODERATION"),
        );
        let (table, bucket, moderation) = env.all(values)?;
        let config = sdk::config();
        let patient = patient(&config);
        let objects = Objects::new(&patient, bucket);
        Ok(Self::new(Store::new(sdk::table(&config, table)), objects, moderation.moderator(&patient), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, objects: Objects, moderator: Box<dyn Moderator>, clock: Clock) -> Self {
        Self { store, objects, moderator, clock }
    }
}

/// The same with the time that a picture takes on the wire.
fn patient(config: &sdk::Config) -> sdk::Config {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(PICTURE_ATTEMPT_TIMEOUT)
        .operation_timeout(PICTURE_CALL_TIMEOUT)
        .build();
    config.clone().with_timeouts(timeouts)
}

/// All that looking after pictures without a request or an upload needs.
pub struct ConsumerContext {
    /// Pictures in the table.
    pub store: Store,
    /// Pictures in the bucket.
    pub objects: Objects,
    /// The time.
    pub clock: Clock,
}

impl ConsumerContext {
    /// Reads `TABLE_NAME` and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), env.required::<String>("BUCKET_NAME"));
        let (table, bucket) = env.all(values)?;
        let config = sdk::config();
        Ok(Self::new(Store::new(sdk::table(&config, table)), Objects::new(&config, bucket), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, objects: Objects, clock: Clock) -> Self {
        Self { store, objects, clock }
    }
}
