//! Response headers that tell browsers what they must not do.

use lambda_http::http::header::HeaderName;
use lambda_http::http::{HeaderMap, HeaderValue};

/// The headers of every response. A page that needs more than the API sets its own `Content-Security-Policy`.
const HEADERS: [(&str, &str); 5] = [
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
];

/// Adds the headers that the handler did not set.
pub(super) fn add(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}
