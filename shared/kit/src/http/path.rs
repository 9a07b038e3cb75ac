//! Path parameters, which the gateway took from the path.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lambda_http::RequestExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as ValueError, MapDeserializer};

use super::Problem;
use super::shape::is_canonical_uuid;

/// The path's parameters as the fields of a `T`. A parameter that cannot be right names nothing, so the answer is 404.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let parameters = parts.path_parameters();
        // An id has one form; a client that sends another did not get it from the API.
        let is_foreign = |text: &str| types::Uuid::try_parse(text).is_ok() && !is_canonical_uuid(text);
        if parameters.iter().any(|(_, value)| is_foreign(value)) {
            return Err(Problem::not_found("request.no_such_path"));
        }
        let pairs = MapDeserializer::<_, ValueError>::new(parameters.iter());
        T::deserialize(pairs).map(Self).map_err(|_| Problem::not_found("request.no_such_path"))
    }
}

/// The commonest path: `{id}`.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Id<T> {
    /// The parameter.
    pub id: T,
}
