//! What is deployed: the core, and the packs that publish their URLs in parameters.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use kit::{Clock, ConfigError, Environment, Parameters, SecretError, sdk};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::packs::{Pack, packs};

/// How long a process uses the packs that it has read.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(1);

/// The API of the core or of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployedApi {
    /// `core`, or the name of the pack.
    #[schema(example = "community")]
    pub name: String,
    /// URL that the paths of the OpenAPI document are appended to.
    #[schema(example = "https://api.example.com")]
    pub base_url: String,
    /// URL of the OpenAPI document.
    #[schema(example = "https://api.example.com/v1/community/openapi.json")]
    pub openapi_url: String,
    /// URL of the documentation page.
    #[schema(example = "https://api.example.com/v1/docs?document=community")]
    pub docs_url: String,
    /// Release of the deployed code. Null if the pack's stack does not publish it.
    #[schema(example = "0.1.0")]
    pub version: Option<String>,
}

/// Reads what is deployed.
pub struct Deployment {
    core_url: String,
    public_url: Option<String>,
    serves_docs: bool,
    path: String,
    parameters: Parameters,
    clock: Clock,
    known: Mutex<Option<(Vec<Pack>, Timestamp)>>,
}

impl Deployment {
    /// Reads `AUTH_ISSUER`, which is `<base URL>/v1`; `PACKS_PATH`, below which packs publish their parameters; and
    /// `PUBLIC_URL`, if one URL leads to all APIs; and `DOCS_PAGE`, which is `off` if there is no documentation page.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let public_url = env.optional::<String>("PUBLIC_URL");
        let docs_page = env.optional::<String>("DOCS_PAGE");
        let values = (env.required::<String>("AUTH_ISSUER"), env.required::<String>("PACKS_PATH"));
        let (issuer, path) = env.all(values)?;
        Ok(Self {
            core_url: issuer.trim_end_matches("/v1").to_owned(),
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
            serves_docs: docs_page.as_deref() != Some("off"),
            path,
            parameters: Parameters::new(&sdk::config()),
            clock: Clock::System,
            known: Mutex::default(),
        })
    }

    /// Whether the deployment serves the documentation page.
    pub const fn serves_docs(&self) -> bool {
        self.serves_docs
    }

    /// The core's API.
    pub fn core(&self) -> DeployedApi {
        self.api("core", &self.core_url, "/v1", Some(env!("CARGO_PKG_VERSION").to_owned()))
    }

    /// The APIs of the deployed packs, sorted by name, at most a minute old. When they cannot be read, those that were read
    /// before.
    pub async fn packs(&self) -> Result<Vec<DeployedApi>, SecretError> {
        let packs = self.known_packs().await?;
        let api = |pack: Pack| {
            let base_url = self.public_url.clone().unwrap_or(pack.api_url);
            self.api(&pack.name, &base_url, &format!("/v1/{}", pack.name), pack.version)
        };
        Ok(packs.into_iter().map(api).collect())
    }

    fn api(&self, name: &str, base_url: &str, prefix: &str, version: Option<String>) -> DeployedApi {
        DeployedApi {
            name: name.to_owned(),
            base_url: base_url.to_owned(),
            openapi_url: format!("{base_url}{prefix}/openapi.json"),
            docs_url: format!("{}/v1/docs?document={name}", self.core_url),
            version,
        }
    }

    async fn known_packs(&self) -> Result<Vec<Pack>, SecretError> {
        let now = self.clock.now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((packs, read_at)) = &known
            && now.duration_since(*read_at) < MAX_AGE
        {
            return Ok(packs.clone());
        }
        let found = match (self.parameters.list(&self.path).await, known) {
            (Ok(parameters), _) => packs(&self.path, &parameters),
            (Err(error), Some((packs, _))) => {
                tracing::warn!(%error, "the packs could not be read again");
                packs
            }
            (Err(error), None) => return Err(error),
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((found.clone(), now));
        Ok(found)
    }
}
