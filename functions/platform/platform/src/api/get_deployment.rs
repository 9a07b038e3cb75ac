//! `GET /v1`: the APIs of the deployment, with their URLs and documents.

use axum::extract::State;
use kit::http::{Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::deployment::{DeployedApi, Deployment};

/// The APIs of a deployment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentView {
    /// The core API.
    core: DeployedApi,
    /// The APIs of the deployed packs, sorted by name.
    packs: Vec<DeployedApi>,
}

/// Get the deployment
///
/// Returns the core API and the APIs of the deployed packs, with their base URLs, OpenAPI documents and documentation
/// pages. A pack that was just deployed or removed shows within about a minute.
#[utoipa::path(
    get, path = "/v1", operation_id = "get_deployment", tag = "platform",
    responses(
        (status = 200, description = "The deployed APIs", body = DeploymentView),
        (status = 503, description = "`service.unavailable`: the list of packs cannot be read"),
    )
)]
pub async fn get_deployment(State(deployment): State<&'static Deployment>) -> Result<Json<DeploymentView>, Problem> {
    let packs = deployment.packs().await.map_err(|error| Problem::unavailable(error.to_string()))?;
    Ok(Json(DeploymentView { core: deployment.core(), packs }))
}
