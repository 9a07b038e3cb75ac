//! CloudFormation's custom resources for keys. `Custom::SigningKeys` publishes: it makes the keys and gives their public
//! halves to the template, which puts them in every function's environment. `Custom::ActiveSigningKey`, which the template
//! updates after all functions, makes the newest key sign. So a rotation overlaps, whatever the deployment takes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kit::{ConfigError, Environment, Parameters, SecretError, sdk};
use lambda_runtime::LambdaEvent;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::issuer;
use crate::secrets::{self, TokenSecrets};

/// What CloudFormation asks (the custom resource request object).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "CloudFormation names them")]
pub struct Request {
    request_type: RequestType,
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    physical_resource_id: Option<String>,
    resource_type: String,
    resource_properties: Properties,
}

/// What the template says; CloudFormation makes texts of numbers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    generation: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
enum RequestType {
    Create,
    Update,
    Delete,
}

/// Where the keys are kept.
pub struct Ctx {
    parameters: Parameters,
    token_secrets_name: String,
    link_key_name: String,
    http: reqwest::Client,
}

impl Ctx {
    /// Reads `TOKEN_SECRETS_NAME` and `LINK_KEY_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required("TOKEN_SECRETS_NAME"), env.required("LINK_KEY_NAME"));
        let (token_secrets_name, link_key_name) = env.all(values)?;
        let parameters = Parameters::new(&sdk::config());
        Ok(Self { parameters, token_secrets_name, link_key_name, http: reqwest::Client::new() })
    }
}

/// Does what CloudFormation asks and tells it how that went; only an answer that cannot be sent is an error here.
pub async fn manage_signing_keys(ctx: &'static Ctx, event: LambdaEvent<Request>) -> Result<(), kit::Error> {
    let request = event.payload;
    let result = handle(ctx, &request).await;
    let body = answer(&request, result);
    // The URL is a presigned one: it takes no content type.
    let sent = ctx.http.put(&request.response_url).header("content-type", "").body(body.to_string()).send().await?;
    sent.error_for_status()?;
    Ok(())
}

async fn handle(ctx: &Ctx, request: &Request) -> Result<Value, SecretError> {
    let generation =
        request.resource_properties.generation.parse().map_err(|error| SecretError::new("Generation", error))?;
    match (request.resource_type.as_str(), request.request_type) {
        ("Custom::SigningKeys", RequestType::Delete) => remove(ctx).await,
        ("Custom::SigningKeys", _) => publish(ctx, generation).await,
        ("Custom::ActiveSigningKey", RequestType::Delete) => Ok(json!({})),
        ("Custom::ActiveSigningKey", _) => activate(ctx, generation).await,
        (other, _) => Err(SecretError::new(other, "is no resource of ours")),
    }
}

fn answer(request: &Request, result: Result<Value, SecretError>) -> Value {
    let physical = request.physical_resource_id.as_deref().unwrap_or("atoll-signing-keys");
    let (status, reason, data) = match result {
        Ok(data) => ("SUCCESS", String::new(), data),
        Err(error) => ("FAILED", error.to_string(), json!({})),
    };
    json!({
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": physical,
        "StackId": request.stack_id,
        "RequestId": request.request_id,
        "LogicalResourceId": request.logical_resource_id,
        "Data": data,
    })
}

/// The public keys, with one of this generation. Secrets are made if there are none: CloudFormation may ask twice.
async fn publish(ctx: &Ctx, generation: u32) -> Result<Value, SecretError> {
    let (mut secrets, is_new) = match ctx.parameters.find(&ctx.token_secrets_name).await? {
        Some(text) => (read(ctx, &text)?, false),
        None => (issuer::generate_secrets()?, true),
    };
    if secrets.publish(generation, issuer::generate_key)? || is_new {
        write(ctx, &secrets, !is_new).await?;
    }
    if ctx.parameters.find(&ctx.link_key_name).await?.is_none() {
        let key = STANDARD.encode(secrets::random::<32>()?);
        ctx.parameters.put(&ctx.link_key_name, key, false).await?;
    }
    let keys = issuer::public_keys(&secrets)?;
    let keys = serde_json::to_string(&keys).map_err(|error| SecretError::new("public keys", error))?;
    Ok(json!({ "Jwks": keys }))
}

/// Makes the key of this generation sign. The functions that sign see it within the age that their keys may have.
async fn activate(ctx: &Ctx, generation: u32) -> Result<Value, SecretError> {
    let mut secrets = TokenSecrets::load(&ctx.parameters, &ctx.token_secrets_name).await?;
    if secrets.activate(generation)? {
        write(ctx, &secrets, true).await?;
    }
    Ok(json!({}))
}

fn read(ctx: &Ctx, text: &str) -> Result<TokenSecrets, SecretError> {
    serde_json::from_str(text).map_err(|error| SecretError::new(&ctx.token_secrets_name, error))
}

async fn write(ctx: &Ctx, secrets: &TokenSecrets, overwrite: bool) -> Result<(), SecretError> {
    let text = serde_json::to_string(secrets).map_err(|error| SecretError::new(&ctx.token_secrets_name, error))?;
    ctx.parameters.put(&ctx.token_secrets_name, text, overwrite).await
}

async fn remove(ctx: &Ctx) -> Result<Value, SecretError> {
    ctx.parameters.delete(&ctx.token_secrets_name).await?;
    ctx.parameters.delete(&ctx.link_key_name).await?;
    Ok(json!({}))
}
