//! Creates, publishes and activates the keys of a deployment.
//!
//! `Custom::SigningKeys` publishes: it creates the keys and returns their public halves to the template, which puts them into
//! every function's environment. The first key signs at once. A later one signs when `make rotate-keys` sends [`Activate`],
//! after the core and all packs know its public half, so that no valid token is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kit::auth::{KeyPair, KeyPairs};
use kit::{Clock, ConfigError, Environment, Parameters, SecretError, sdk};
use lambda_runtime::LambdaEvent;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::issuer;
use crate::mfa_keys::MfaSecrets;
use crate::secrets::{self, TokenSecrets};

/// Who calls, and what for.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// CloudFormation changes the custom resource.
    Resource(Box<Request>),
    /// The operator's command makes a published key sign.
    Activate(Activate),
    /// The operator adds a key of the second factor.
    AddMfaKey(AddMfaKey),
}

/// Asks for a published key to sign from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    /// The generation of the key.
    activate: u32,
}

/// Asks for a new key of the second factor. The others stay: accounts need them for as long as they keep their second factor.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddMfaKey {
    /// Must be true.
    add_mfa_key: bool,
}

/// The request object of a custom resource.
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
    old_resource_properties: Option<Properties>,
}

/// The properties in the template; CloudFormation turns numbers into text.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    generation: String,
    stage: String,
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
    mfa_keys_name: String,
    link_key_name: String,
    quote_keys_name: String,
    distinct_key_name: String,
    clock: Clock,
    http: reqwest::Client,
}

impl Ctx {
    /// Reads `TOKEN_SECRETS_NAME`, `MFA_KEYS_NAME`, `LINK_KEY_NAME`, `QUOTE_KEYS_NAME` and `DISTINCT_KEY_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (
            env.required("TOKEN_SECRETS_NAME"),
            env.required("MFA_KEYS_NAME"),
            env.required("LINK_KEY_NAME"),
            env.required("QUOTE_KEYS_NAME"),
            env.required("DISTINCT_KEY_NAME"),
        );
        let (token_secrets_name, mfa_keys_name, link_key_name, quote_keys_name, distinct_key_name) = env.all(values)?;
        Ok(Self {
            parameters: Parameters::new(&sdk::config()),
            token_secrets_name,
            mfa_keys_name,
            link_key_name,
            quote_keys_name,
            distinct_key_name,
            clock: Clock::System,
            http: reqwest::Client::new(),
        })
    }
}

/// Handles either call. CloudFormation is told about failures in the answer that it waits for; the operator's command gets
/// the error itself.
pub async fn manage_signing_keys(ctx: &'static Ctx, event: LambdaEvent<Event>) -> Result<(), kit::Error> {
    match event.payload {
        Event::Activate(Activate { activate: generation }) => Ok(activate(ctx, generation).await?),
        Event::AddMfaKey(AddMfaKey { add_mfa_key: true }) => Ok(add_mfa_key(ctx).await?),
        Event::AddMfaKey(_) => Err(SecretError::new("addMfaKey", "must be true").into()),
        Event::Resource(request) => {
            let result = change(ctx, &request).await;
            let body = answer(&request, result);
            // The URL is presigned, for a request without a content type.
            let call = ctx.http.put(&request.response_url).header("content-type", "").body(body.to_string());
            call.send().await?.error_for_status()?;
            Ok(())
        }
    }
}

async fn change(ctx: &Ctx, request: &Request) -> Result<Value, SecretError> {
    let properties = &request.resource_properties;
    let generation = properties.generation.parse().map_err(|error| SecretError::new("Generation", error))?;
    match (request.resource_type.as_str(), request.request_type) {
        // Without the keys the table is worth nothing: second factors could not be read. Nothing here deletes them.
        ("Custom::SigningKeys", RequestType::Delete) => Ok(json!({})),
        ("Custom::SigningKeys", _) => {
            same_stage(properties, request.old_resource_properties.as_ref())?;
            publish(ctx, generation).await
        }
        (other, _) => Err(SecretError::new(other, "is not a resource of this function")),
    }
}

/// Refuses another stage: its parameters would be created anew, which ends all sessions and makes second factors unreadable.
fn same_stage(new: &Properties, old: Option<&Properties>) -> Result<(), SecretError> {
    match old.map(|old| old.stage.as_str()) {
        Some(stage) if stage != new.stage => {
            let reason = format!("cannot change from {stage} to {}: deploy another stack for another stage", new.stage);
            Err(SecretError::new("Stage", reason))
        }
        _ => Ok(()),
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

/// Returns the public keys, among them one of this generation. Idempotent: existing secrets are kept.
async fn publish(ctx: &Ctx, generation: u32) -> Result<Value, SecretError> {
    let (mut secrets, is_new) = match ctx.parameters.find(&ctx.token_secrets_name).await? {
        Some(text) => (TokenSecrets::parse(&ctx.token_secrets_name, &text)?, false),
        None => (issuer::generate_secrets()?, true),
    };
    if secrets.keys.publish(generation, KeyPair::generate)? || is_new {
        write(ctx, &ctx.token_secrets_name, &secrets, !is_new).await?;
    }
    let quote_keys = publish_quote_keys(ctx, generation).await?;
    create_missing(ctx, &ctx.mfa_keys_name, || MfaSecrets::generate(ctx.clock.now())?.to_text()).await?;
    for name in [&ctx.link_key_name, &ctx.distinct_key_name] {
        create_missing(ctx, name, || Ok(STANDARD.encode(secrets::random::<32>()?))).await?;
    }
    Ok(json!({ "Jwks": public(&secrets.keys)?, "QuoteJwks": public(&quote_keys)? }))
}

/// The keys of quotes, which rotate together with those of access tokens.
async fn publish_quote_keys(ctx: &Ctx, generation: u32) -> Result<KeyPairs, SecretError> {
    let (mut keys, is_new) = match find_quote_keys(ctx).await? {
        Some(keys) => (keys, false),
        None => (KeyPairs::generate()?, true),
    };
    if keys.publish(generation, KeyPair::generate)? || is_new {
        write(ctx, &ctx.quote_keys_name, &keys, !is_new).await?;
    }
    Ok(keys)
}

async fn find_quote_keys(ctx: &Ctx) -> Result<Option<KeyPairs>, SecretError> {
    let text = ctx.parameters.find(&ctx.quote_keys_name).await?;
    text.map(|text| text.parse().map_err(|error| SecretError::new(&ctx.quote_keys_name, error))).transpose()
}

/// The public halves as the template passes them on.
fn public(keys: &KeyPairs) -> Result<String, SecretError> {
    serde_json::to_string(&keys.public()?).map_err(|error| SecretError::new("public keys", error))
}

/// Creates a parameter. One that exists stays as it is.
async fn create_missing(
    ctx: &Ctx,
    name: &str,
    make: impl FnOnce() -> Result<String, SecretError>,
) -> Result<(), SecretError> {
    match ctx.parameters.find(name).await? {
        Some(_) => Ok(()),
        None => ctx.parameters.put(name, make()?, false).await,
    }
}

/// Adds a key of the second factor to those that exist. If two calls come at once, one of the new keys is lost; nothing was
/// made with it yet, since a new key waits.
async fn add_mfa_key(ctx: &Ctx) -> Result<(), SecretError> {
    let text = ctx.parameters.get(&ctx.mfa_keys_name).await?;
    let mut secrets = MfaSecrets::parse(&ctx.mfa_keys_name, &text)?;
    secrets.add(ctx.clock.now())?;
    ctx.parameters.put(&ctx.mfa_keys_name, secrets.to_text()?, true).await
}

/// Makes the key of this generation sign. Functions that sign notice within the maximum age of their cached secrets.
async fn activate(ctx: &Ctx, generation: u32) -> Result<(), SecretError> {
    let mut secrets = TokenSecrets::load(&ctx.parameters, &ctx.token_secrets_name).await?;
    if secrets.keys.activate(generation)? {
        write(ctx, &ctx.token_secrets_name, &secrets, true).await?;
    }
    if let Some(mut keys) = find_quote_keys(ctx).await?
        && keys.activate(generation)?
    {
        write(ctx, &ctx.quote_keys_name, &keys, true).await?;
    }
    Ok(())
}

async fn write(ctx: &Ctx, name: &str, secrets: &impl Serialize, overwrite: bool) -> Result<(), SecretError> {
    let text = serde_json::to_string(secrets).map_err(|error| SecretError::new(name, error))?;
    ctx.parameters.put(name, text, overwrite).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(stage: &str) -> Properties {
        Properties { generation: "1".to_owned(), stage: stage.to_owned() }
    }

    #[test]
    fn a_change_of_stage_is_refused() {
        assert!(same_stage(&properties("prod"), None).is_ok());
        assert!(same_stage(&properties("prod"), Some(&properties("prod"))).is_ok());
        let refused = same_stage(&properties("prod"), Some(&properties("dev"))).unwrap_err().to_string();
        assert!(refused.contains("from dev to prod"), "{refused}");
    }

    #[test]
    fn the_command_of_an_operator_is_told_from_a_request_of_cloudformation() {
        assert!(matches!(
            serde_json::from_str(r#"{ "activate": 2 }"#).unwrap(),
            Event::Activate(Activate { activate: 2 })
        ));
        assert!(matches!(
            serde_json::from_str(r#"{ "addMfaKey": true }"#).unwrap(),
            Event::AddMfaKey(AddMfaKey { add_mfa_key: true })
        ));
        assert!(serde_json::from_str::<Event>(r#"{ "activate": 2, "else": 1 }"#).is_err());
    }
}
