//! Requests as the gateway hands them to a function, and answers as it gets them.

use lambda_http::{Body, Request, RequestExt, Response};
use serde_json::Value;

/// Builds a request with a JSON body.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Request {
    let mut builder = lambda_http::http::Request::builder().method(method).uri(format!("https://api.test{path}"));
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let body = body.map_or(Body::Empty, |body| Body::Text(body.to_string()));
    let builder = builder.header("content-type", "application/json");
    builder.body(body).expect("a request").with_path_parameters(std::collections::HashMap::<String, String>::new())
}

/// An answer, read.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The `Server-Timing` header: calls and units.
    pub server_timing: String,
    /// The body; null if it is empty or no JSON.
    pub body: Value,
}

impl From<Response<Body>> for Reply {
    fn from(response: Response<Body>) -> Self {
        let timing = response.headers().get("server-timing").and_then(|value| value.to_str().ok());
        Self {
            status: response.status().as_u16(),
            server_timing: timing.unwrap_or_default().to_owned(),
            body: serde_json::from_slice(response.body()).unwrap_or_default(),
        }
    }
}
