//! `GET /v1/health`: whether the service is alive, and whether it can do its work.

use axum::extract::State;
use dynamo::{Context, Entity, Key, Read, Table};
use http::StatusCode;
use kit::http::{Json, Problem, Query};
use kit::{ConfigError, Environment, sdk};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

/// The context's name in keys.
#[derive(Debug)]
pub struct Platform;

impl Context for Platform {
    const NAME: &'static str = "platform";
}

/// An item that nobody writes: reading it shows that the table answers, for half a unit.
#[derive(Serialize, Deserialize)]
struct Probe;

impl Entity for Probe {
    type Context = Platform;

    fn key(&self) -> Key<Platform> {
        Key::new("health", "probe", "probe")
    }
}

/// The table.
pub struct Ctx {
    table: Table<Platform>,
}

impl Ctx {
    /// Reads `TABLE_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"),);
        let (name,) = env.all(values)?;
        Ok(Self::new(sdk::table(&sdk::config(), name)))
    }

    /// From its parts.
    pub fn new(table: Table<Platform>) -> Self {
        Self { table }
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Ask {
    /// `live`: only whether it answers. `ready`, the default: whether it reaches the table.
    #[serde(default)]
    probe: Kind,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Live,
    #[default]
    Ready,
}

/// How it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok`: anything else is a problem with status 503.
    #[schema(example = "ok")]
    status: &'static str,
    /// The release that answers.
    version: &'static str,
    /// What the table took to answer, in milliseconds; absent where only liveness was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    table_ms: Option<f64>,
}

/// Ask how the service is
#[utoipa::path(
    get, path = "/v1/health", operation_id = "get_health", tag = "platform",
    params(Ask),
    responses(
        (status = 200, description = "It works", body = Health),
        (status = 503, description = "`platform.table_unreachable`"),
    )
)]
pub async fn get_health(State(ctx): State<&'static Ctx>, Query(ask): Query<Ask>) -> Result<Json<Health>, Problem> {
    let mut health = Health { status: "ok", version: env!("CARGO_PKG_VERSION"), table_ms: None };
    if ask.probe == Kind::Ready {
        let started = Instant::now();
        ctx.table.get::<Probe>(Probe.key(), Read::Eventual).await.map_err(|error| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "platform.table_unreachable", "The table does not answer")
                .retry_after(1)
                .with_internal(error.to_string())
        })?;
        health.table_ms = Some(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(Json(health))
}
