//! JSON bodies.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use lambda_http::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::shape::Shape;
use super::{FieldError, Problem, Rule, json_text};

/// The largest JSON request body, in bytes. Files are uploaded to the media bucket.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// A JSON request or response body. A request that does not match its type is answered with the invalid field.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + ToSchema + 'static, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "request.not_json", "Content-Type must be application/json")
                .with_detail("Send the header Content-Type: application/json and a JSON object as body."));
        }
        let bytes = request.into_body().collect().await.map_err(Problem::internal)?.to_bytes();
        if bytes.len() > MAX_BODY_BYTES {
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large", "Request body too large")
                .with_detail(format!("The limit is {MAX_BODY_BYTES} bytes. Upload files with POST /v1/media.")));
        }
        parse(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a body into its type. Every property that does not fit is reported, and not only the first.
fn parse<T: DeserializeOwned + ToSchema + 'static>(bytes: &[u8]) -> Result<T, Problem> {
    let (mut value, mut errors) = json_text::parse(bytes)?;
    Shape::of::<T>().check(&mut value, &mut errors);
    if errors.iter().all(|error| is_checked_by_types(error.rule)) {
        match serde_path_to_error::deserialize(value) {
            Ok(body) => return Ok(body),
            Err(error) if errors.is_empty() => errors.push(describe(&error)),
            Err(_) => {}
        }
    }
    Err(Problem::invalid(errors))
}

/// Whether the types that a body is parsed into check such a rule too. Alone, such errors are left to them, so that they are
/// listed in one answer with what a schema cannot say.
fn is_checked_by_types(rule: Rule) -> bool {
    matches!(rule, Rule::Enum | Rule::Format | Rule::Length | Rule::Range)
}

/// The error of a value that fits the schema but not the type that it is parsed into.
fn describe(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    let field = Some(error.path().to_string()).filter(|path| path != ".");
    let text = error.inner().to_string();
    // The texts of serde's own errors speak of Rust; those of our types name the rule.
    let is_serde_s =
        ["invalid ", "missing ", "unknown ", "duplicate ", "data did not "].iter().any(|start| text.starts_with(start));
    let message = if is_serde_s { "is not valid; compare it with the schema of the request".to_owned() } else { text };
    FieldError::in_body(field.as_deref().unwrap_or_default(), message)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let mut response = body.into_response();
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                response
            }
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its absence matters")]
        name: String,
    }

    #[derive(Debug, serde::Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its shape matters")]
        device: Inner,
        #[expect(dead_code, reason = "only its shape matters")]
        location: Option<types::GeoPoint>,
    }

    fn problem(body: &str) -> serde_json::Value {
        serde_json::to_value(parse::<Outer>(body.as_bytes()).unwrap_err()).unwrap()
    }

    fn field_of(body: &str) -> String {
        problem(body)["errors"][0]["field"].as_str().unwrap_or("none").to_owned()
    }

    #[test]
    fn an_invalid_value_is_named_by_its_path() {
        assert_eq!(field_of(r#"{"device":{}}"#), "device.name");
        assert_eq!(field_of("{}"), "device");
        assert_eq!(field_of(r#"{"device":{"name":7}}"#), "device.name");
        assert_eq!(field_of(r#"{"device":{"name":"a"},"role":"admin"}"#), "role");
        assert_eq!(field_of(r#"{"device":{"name":"a"}} x"#), "none");
        assert_eq!(field_of(r#"{"device""#), "none");
        assert_eq!(field_of(r#"[{"name":"a"}]"#), "body");
    }

    #[test]
    fn no_message_speaks_of_rust_or_serde() {
        let bodies = ["[]", "7", "{}", r#"{"device":[]}"#, r#"{"device":{"name":[]}}"#, "{", r#"{"a":1,"a":2}"#];
        for body in bodies.into_iter().chain([r#"{"device":{"name":"a"},"location":{"lat":1,"lng":"x","z":0}}"#]) {
            let text = problem(body).to_string();
            for word in ["struct", "serde", "expected", "f64", "enum ", "invalid type", "EOF", "`"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
    }
}
