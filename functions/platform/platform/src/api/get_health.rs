//! `GET /v1/health`: liveness and readiness.

use std::time::Duration;

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

/// An item that no function writes: reading it shows that the table answers, for half a unit.
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

/// Query parameters.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Ask {
    /// `live` checks that the function answers, `ready` (default) that it reaches the table.
    #[serde(default)]
    probe: Probed,
}

/// What a health check reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = HealthProbe)]
pub enum Probed {
    /// The function.
    Live,
    /// The table.
    #[default]
    Ready,
}

/// The result of a health check.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HealthReport)]
pub struct Health {
    /// Always `ok`: a failed check returns 503.
    #[schema(example = "ok")]
    status: &'static str,
    /// Release of the deployed code.
    version: &'static str,
    /// Latency of the table in milliseconds, with at most three decimals. Null for `probe=live`.
    table_ms: Option<f64>,
}

/// Check health
///
/// With `probe=ready` the function reads from the table, with `probe=live` it only answers.
#[utoipa::path(
    get, path = "/v1/health", operation_id = "get_health", tag = "platform",
    params(Ask),
    responses(
        (status = 200, description = "Healthy", body = Health),
        (status = 503, description = "`platform.table_unreachable`: the table does not answer"),
    )
)]
pub async fn get_health(State(ctx): State<&'static Ctx>, Query(ask): Query<Ask>) -> Result<Json<Health>, Problem> {
    let mut health = Health { status: "ok", version: env!("CARGO_PKG_VERSION"), table_ms: None };
    if ask.probe == Probed::Ready {
        let started = Instant::now();
        ctx.table.get::<Probe>(Probe.key(), Read::Eventual).await.map_err(|error| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "platform.table_unreachable", "Table unreachable")
                .retry_after(1)
                .with_internal(error.to_string())
        })?;
        health.table_ms = Some(milliseconds(started.elapsed()));
    }
    Ok(Json(health))
}

/// A duration in milliseconds with three decimals: more is noise.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_three_decimals() {
        assert_eq!(serde_json::to_string(&milliseconds(Duration::from_nanos(12_345_678))).unwrap(), "12.346");
        assert_eq!(serde_json::to_string(&milliseconds(Duration::from_nanos(400))).unwrap(), "0.0");
    }
}
