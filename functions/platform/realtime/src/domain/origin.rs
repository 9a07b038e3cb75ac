//! Pages that may open a connection: browsers let every page connect to every server, and name the page in `Origin`.

use std::convert::Infallible;
use std::str::FromStr;

/// The allowed origins, as in the CORS configuration of the HTTP APIs: `*`, `https://*`, `http://*`, or whole origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<String>);

impl FromStr for AllowedOrigins {
    type Err = Infallible;

    /// Reads a list that is separated by commas.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        let origins = text.split(',').map(|origin| origin.trim().trim_end_matches('/').to_ascii_lowercase());
        Ok(Self(origins.filter(|origin| !origin.is_empty()).collect()))
    }
}

impl AllowedOrigins {
    /// True if a client with this `Origin` header may connect. Native apps and services send none: a page cannot leave it
    /// out, so its absence shows that the client is no page.
    pub fn allow(&self, origin: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let origin = origin.to_ascii_lowercase();
        self.0.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some(scheme) => scheme.is_empty() || (scheme.ends_with("://") && origin.starts_with(scheme)),
            None => *allowed == origin,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(list: &str, origin: &str) -> bool {
        list.parse::<AllowedOrigins>().unwrap().allow(Some(origin))
    }

    #[test]
    fn whole_origins_schemes_and_the_wildcard_are_compared() {
        let list = "https://app.example.com, http://localhost:5173/";
        for origin in ["https://app.example.com", "HTTPS://APP.example.com", "http://localhost:5173"] {
            assert!(allow(list, origin), "{origin}");
        }
        for origin in [
            "http://app.example.com",
            "https://app.example.com.evil.example",
            "https://evil.example/?https://app.example.com",
            "https://app.example.com:444",
            "null",
            "",
        ] {
            assert!(!allow(list, origin), "{origin}");
        }
        assert!(
            allow("*", "null") && allow("https://*", "https://a.example") && !allow("https://*", "http://a.example")
        );
        // A pattern inside of a host is none.
        assert!(!allow("https://app.*", "https://app.evil.example"));
        assert!(!allow("", "https://app.example.com"));
    }

    #[test]
    fn a_client_without_an_origin_is_no_page() {
        assert!("https://app.example.com".parse::<AllowedOrigins>().unwrap().allow(None));
    }
}
