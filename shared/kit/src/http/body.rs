//! JSON bodies.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use lambda_http::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FieldError, Problem};

/// The largest JSON request body, in bytes. Files are uploaded to the media bucket.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// A JSON request or response body. A request that does not match its type is answered with the invalid field.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "request.not_json",
                "Content-Type must be application/json",
            ));
        }
        let bytes = request.into_body().collect().await.map_err(Problem::internal)?.to_bytes();
        if bytes.len() > MAX_BODY_BYTES {
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large", "Request body too large")
                .with_detail(format!("The limit is {MAX_BODY_BYTES} bytes.")));
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

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let reader = &mut serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut *reader).map_err(|error| describe(&error))?;
    reader.end().map_err(|error| Problem::unreadable(format!("the body has content after the JSON value: {error}")))?;
    Ok(value)
}

/// What serde says, as a field and a message. Serde's texts quote names of fields, and values of the caller's own only.
fn describe(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let (path, inner) = (error.path().to_string(), error.inner());
    if inner.is_syntax() || inner.is_eof() {
        return Problem::unreadable(format!("the body is not valid JSON: {inner}"));
    }
    let text = inner.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    // serde names the object that lacks a field or has one too many; the caller wants the field itself.
    let quoted = message.split('`').nth(1).filter(|_| message.starts_with("missing field"));
    let field = match (path.as_str(), quoted) {
        (".", Some(name)) => name.to_owned(),
        (parent, Some(name)) => format!("{parent}.{name}"),
        (".", None) => "body".to_owned(),
        (path, None) => path.to_owned(),
    };
    let message = if quoted.is_some() { "is required".to_owned() } else { message.to_owned() };
    Problem::invalid(vec![FieldError { field, message }])
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

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its absence matters")]
        name: String,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its shape matters")]
        device: Inner,
    }

    fn field_of(body: &str) -> String {
        let problem = serde_json::to_value(parse::<Outer>(body.as_bytes()).unwrap_err()).unwrap();
        problem["errors"][0]["field"].as_str().unwrap_or("none").to_owned()
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        assert_eq!(field_of(r#"{"device":{}}"#), "device.name");
        assert_eq!(field_of("{}"), "device");
        assert_eq!(field_of(r#"{"device":{"name":7}}"#), "device.name");
        assert_eq!(field_of(r#"{"device":{"name":"a"},"role":"admin"}"#), "role");
        assert_eq!(field_of(r#"{"device":{"name":"a"}} x"#), "none");
        assert_eq!(field_of(r#"{"device""#), "none");
    }
}
