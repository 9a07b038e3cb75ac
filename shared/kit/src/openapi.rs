//! What the descriptions of all operations have in common, so that a handler lists only the errors that are its own.
//!
//! A context names them once: `#[openapi(modifiers(&Conventions), paths(…))]`. The shared errors follow from
//! what an operation declares: its `security`, its JSON body, its parameters.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, Response};
use utoipa::{IntoParams, Modify, PartialSchema, ToSchema};

use crate::http::{IdempotencyKey, IfMatch, IfNoneMatch, Page, Problem};

const PROBLEM_JSON: &str = "application/problem+json";
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
const IF_MATCH: &str = "If-Match";
const IF_NONE_MATCH: &str = "If-None-Match";

/// The longest cursor: a sort key of DynamoDB (1,024 bytes) and the tag of its list, in base64.
const MAX_CURSOR_CHARS: usize = 1374;

/// Adds the errors that an operation shares with others, and gives every error the body of a [`Problem`].
#[derive(Debug, Clone, Copy)]
pub struct Conventions;

impl Modify for Conventions {
    fn modify(&self, api: &mut OpenApi) {
        let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
        Problem::schemas(&mut schemas);
        api.components.get_or_insert_default().schemas.extend(schemas);
        for (effect, operation) in api.paths.paths.values_mut().flat_map(operations) {
            describe(effect, operation);
        }
    }
}

/// Whether the method of an operation may change something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Reads,
    Changes,
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Effect, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    let changes = [post, put, patch, delete].into_iter().flatten().map(|operation| (Effect::Changes, operation));
    get.iter_mut().map(|operation| (Effect::Reads, operation)).chain(changes)
}

fn describe(effect: Effect, operation: &mut Operation) {
    let standing = standing_errors(effect, operation);
    for (status, text) in shared_errors(operation).into_iter().chain(standing) {
        let responses = &mut operation.responses.responses;
        match responses.entry(status.to_owned()).or_insert_with(|| Response::new(String::new()).into()) {
            RefOr::T(response) if response.description.is_empty() => response.description = text,
            RefOr::T(response) => response.description = format!("{}; {text}", response.description),
            RefOr::Ref(_) => {}
        }
    }
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
            complete(status, response);
        }
    }
}

/// Every error is a problem document, and one that asks for a retry later says when.
fn complete(status: &str, response: &mut Response) {
    let body = || ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    response.content.entry(PROBLEM_JSON.to_owned()).or_insert_with(|| body().into());
    if ["429", "503"].contains(&status) || response.description.contains("`Retry-After`") {
        let header = HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))))
            .description(Some("Seconds to wait before the next attempt"));
        response.headers.entry("Retry-After".to_owned()).or_insert_with(|| header.build().into());
    }
}

/// The shared errors of an operation, by status.
fn shared_errors(operation: &Operation) -> Vec<(&'static str, String)> {
    let mut errors = Vec::new();
    let mut add = |status, text: &str| errors.push((status, text.to_owned()));
    let security = security(operation);
    if is_optional(operation) {
        add("401", "`auth.token_invalid`, `auth.token_expired`: refresh the access token or send none");
    } else if !security.is_empty() {
        add(
            "401",
            "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`: sign in or refresh the access token",
        );
    }
    if security.contains_key("apiKey") {
        add("401", "`auth.key_invalid`, `auth.key_expired`: use a valid API key");
    }
    if let Some(text) = forbidden(&security) {
        add("403", &text);
    }
    let has_json = has_json_body(operation);
    if has_json {
        add("400", "`request.unreadable`: the body is not valid JSON");
        add("413", "`request.too_large`: the body exceeds 256 KiB");
        add("415", "`request.not_json`: `Content-Type` must be `application/json`");
    }
    let parameters = operation.parameters.iter().flatten().filter_map(inline);
    let (mut has_path, mut has_other) = (false, has_json);
    for parameter in parameters {
        let is_required = parameter.required == Required::True;
        match parameter.name.as_str() {
            IDEMPOTENCY_KEY if is_required => {
                add("400", "`request.idempotency_key_missing`: send an `Idempotency-Key`");
            }
            IF_MATCH => {
                add("412", "`request.version_changed`: the resource was modified; read it again and retry");
                if is_required {
                    add("428", "`request.if_match_missing`: send `If-Match` with the last `ETag`");
                }
            }
            _ => {}
        }
        let is_path = parameter.parameter_in == ParameterIn::Path;
        // A malformed `If-None-Match` is ignored.
        let is_checked = !is_path && parameter.name != IF_NONE_MATCH;
        (has_path, has_other) = (has_path || is_path, has_other || is_checked);
    }
    if has_path {
        add("404", "`request.no_such_path`: a path parameter is malformed");
    }
    if has_other {
        add("422", "`request.invalid`: `errors` lists each invalid field or parameter");
    }
    add("500", "`service.failed`: internal error; report the `requestId`");
    add("503", "`service.unavailable`: temporarily overloaded; retry after `Retry-After` seconds");
    errors
}

/// How the description of an operation begins its reason for not checking standing.
const RELIES_ON_TOKEN: &str = "Relies on the access token";

/// The errors of callers who are not in good standing. Operations that change something and operations that need a role check
/// it, unless the description says why the token is enough. An operation that lists an error itself keeps its own text.
fn standing_errors(effect: Effect, operation: &Operation) -> Vec<(&'static str, String)> {
    let security = security(operation);
    let Some(roles) = security.get("bearer") else { return Vec::new() };
    let checks = !is_optional(operation) && (effect == Effect::Changes || !roles.is_empty());
    if !checks || operation.description.as_deref().is_some_and(|text| text.contains(RELIES_ON_TOKEN)) {
        return Vec::new();
    }
    let errors = [
        ("401", "auth.session_ended", "the session has ended; sign in again"),
        ("403", "auth.suspended", "the account is suspended"),
    ];
    let is_listed = |status: &str, code: &str| match operation.responses.responses.get(status) {
        Some(RefOr::T(response)) => response.description.contains(&format!("`{code}`")),
        Some(RefOr::Ref(_)) | None => false,
    };
    let missing = errors.into_iter().filter(|(status, code, _)| !is_listed(status, code));
    missing.map(|(status, code, text)| (status, format!("`{code}`: {text}"))).collect()
}

fn inline(parameter: &RefOr<Parameter>) -> Option<&Parameter> {
    match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    }
}

/// Whether the body is read as JSON into a type of its own; a webhook takes its body as text.
fn has_json_body(operation: &Operation) -> bool {
    let Some(RefOr::T(body)) = &operation.request_body else { return false };
    match body.content.get("application/json") {
        Some(RefOr::T(content)) => matches!(content.schema, Some(RefOr::Ref(_))),
        Some(RefOr::Ref(_)) | None => false,
    }
}

/// Each scheme that opens the operation, with the roles or scopes that it has to carry.
fn security(operation: &Operation) -> BTreeMap<String, Vec<String>> {
    let requirements = operation.security.iter().flatten();
    // A requirement's fields are private; its JSON is an object from scheme to roles.
    let read = |requirement| serde_json::from_value(serde_json::to_value(requirement).ok()?).ok();
    requirements.filter_map(read).flat_map(|schemes: BTreeMap<String, Vec<String>>| schemes).collect()
}

/// Whether an operation may be called with or without credentials: one of its alternatives requires none.
fn is_optional(operation: &Operation) -> bool {
    let none = |requirement| serde_json::to_value(requirement).is_ok_and(|schemes| schemes == serde_json::json!({}));
    operation.security.iter().flatten().any(none)
}

/// The 403 of an operation that needs a role, or a scope of an API key.
fn forbidden(security: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let demanding = security.iter().filter(|(_, names)| !names.is_empty());
    let way = |(scheme, names): (&String, &Vec<String>)| {
        let names = names.join("`, `");
        if scheme == "apiKey" { format!("an API key with scope `{names}`") } else { format!("role `{names}`") }
    };
    let ways: Vec<_> = demanding.map(way).collect();
    (!ways.is_empty()).then(|| format!("`auth.forbidden`: requires {}", ways.join(" or ")))
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![idempotency_key(Required::True)]
    }
}

/// Describes `Option<IdempotencyKey>`.
#[derive(Debug, Clone, Copy)]
pub struct OptionalIdempotencyKey;

impl IntoParams for OptionalIdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![idempotency_key(Required::False)]
    }
}

fn idempotency_key(required: Required) -> Parameter {
    let text = "Unique key of this operation, 1 to 128 visible ASCII characters, for example a UUID. Repeating a request \
                with the same key has no further effect for as long as what it created is stored, unless the operation names \
                another time.";
    let without = " Optional: without it, each request is a new one.";
    let text = if required == Required::True { text.to_owned() } else { format!("{text}{without}") };
    let schema = text_schema().min_length(Some(1)).max_length(Some(128)).build();
    parameter(IDEMPOTENCY_KEY, ParameterIn::Header, required, &text, schema)
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![if_match(Required::True)]
    }
}

/// Describes `Option<IfMatch>`.
#[derive(Debug, Clone, Copy)]
pub struct OptionalIfMatch;

impl IntoParams for OptionalIfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![if_match(Required::False)]
    }
}

fn if_match(required: Required) -> Parameter {
    let text = "The last `ETag` of the resource. A stale value gets 412 `request.version_changed`.";
    let schema = text_schema().pattern(Some(r#"^"(0|[1-9][0-9]{0,19})"$"#)).build();
    parameter(IF_MATCH, ParameterIn::Header, required, text, schema)
}

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = "The last `ETag` of the resource. While it is current, the response is 304 without a body.";
        vec![parameter(IF_NONE_MATCH, ParameterIn::Header, Required::False, text, text_schema().build())]
    }
}

impl IntoParams for Page {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .maximum(Some(Self::MAX_LIMIT))
            .default(Some(Self::DEFAULT_LIMIT.into()))
            .build();
        vec![
            parameter("limit", ParameterIn::Query, Required::False, "Maximum number of items on the page", limit),
            parameter(
                "cursor",
                ParameterIn::Query,
                Required::False,
                "Pagination cursor: `nextCursor` of the previous page",
                text_schema().min_length(Some(1)).max_length(Some(MAX_CURSOR_CHARS)).build(),
            ),
        ]
    }
}

fn text_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn parameter(name: &str, place: ParameterIn, required: Required, text: &str, schema: Object) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(text))
        .schema(Some(schema))
        .build()
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
