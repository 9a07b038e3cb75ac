//! A route as it is asked for: `POST /v1/orders/{id}/lines`.

use crate::failure::{Failure, Result, refuse};
use crate::names::{is_snake, snake_of_camel};

/// A method and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `POST`.
    pub method: String,
    /// `/v1/orders/{id}`.
    pub path: String,
    /// The names in braces: `id`.
    pub parameters: Vec<String>,
}

impl Route {
    /// Reads a route key.
    pub fn parse(text: &str) -> Result<Self> {
        let form = || Failure::new(format!("`{text}` is no route: write it like \"GET /v1/orders/{{id}}\"."));
        let (method, path) = text.split_once(' ').ok_or_else(form)?;
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
            return refuse!("{method} is no method of this API: it has GET, POST, PUT, PATCH and DELETE.");
        }
        let parts = path.strip_prefix("/v1/").ok_or_else(form)?.split('/');
        let mut parameters = Vec::new();
        for part in parts {
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) if is_snake(&snake_of_camel(name)) && !name.contains('_') => {
                    parameters.push(name.to_owned());
                }
                None if !part.is_empty()
                    && part.bytes().all(|byte| byte.is_ascii_lowercase() || b"0123456789-._".contains(&byte)) => {}
                _ => {
                    return refuse!(
                        "`{part}` in {path} is neither lower-case text nor a parameter like {{id}} or {{orderId}}."
                    );
                }
            }
        }
        Ok(Self { method: method.to_owned(), path: path.to_owned(), parameters })
    }

    /// `POST /v1/orders/{id}`.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// True if requests with it have a body.
    pub fn has_body(&self) -> bool {
        ["POST", "PUT", "PATCH"].contains(&self.method.as_str())
    }

    /// The path with each parameter replaced.
    pub fn path_with(&self, value: &str) -> String {
        self.parameters.iter().fold(self.path.clone(), |path, name| path.replace(&format!("{{{name}}}"), value))
    }
}

/// A route key in which all parameters have one name: API Gateway tells routes apart so.
pub fn shape_of(key: &str) -> String {
    let parts = key.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_read_with_their_parameters() {
        let route = Route::parse("PUT /v1/orders/{orderId}/lines/{id}").unwrap();
        assert_eq!(route.parameters, ["orderId", "id"]);
        assert_eq!(route.path_with("x"), "/v1/orders/x/lines/x");
        assert_eq!(shape_of(&route.key()), "PUT /v1/orders/{}/lines/{}");
        Route::parse("GET /v1/.well-known/jwks.json").unwrap();
    }

    #[test]
    fn what_is_no_route_is_refused() {
        for bad in
            ["", "GET", "get /v1/a", "GET /a", "GET /v1/", "GET /v1/A", "GET /v1/{a_b}", "GET /v1/{}", "HEAD /v1/a"]
        {
            assert!(Route::parse(bad).is_err(), "{bad}");
        }
    }
}
