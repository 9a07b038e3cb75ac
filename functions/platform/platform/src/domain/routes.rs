//! What a request without a route probably meant.

use std::collections::BTreeSet;

/// The furthest that a path may be from a route to be taken for a misspelling of it, in edits.
const MAX_EDITS: usize = 3;
/// The longest path that is compared with all routes, in bytes.
const MAX_PATH_BYTES: usize = 256;

/// A route of the documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    method: String,
    path: String,
}

/// The routes of every API.
#[derive(Debug, Clone)]
pub struct Routes(Vec<Route>);

/// Why a request has no route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// The path exists under these methods only.
    Method(Vec<String>),
    /// The route exists, in the API of another stack than the one that was called, or in one that is not deployed.
    Elsewhere {
        /// The pack; none for the core.
        pack: Option<String>,
    },
    /// There is no such path.
    Path {
        /// A path that exists and is close, with its methods.
        similar: Option<(String, Vec<String>)>,
    },
}

impl Routes {
    /// Reads one route per line: `POST /v1/orders/{id}`.
    pub fn parse(text: &str) -> Self {
        let routes = text.lines().filter_map(|line| line.split_once(' '));
        Self(routes.map(|(method, path)| Route { method: method.to_owned(), path: path.to_owned() }).collect())
    }

    /// Explains why a request has no route.
    pub fn explain(&self, method: &str, path: &str) -> Unknown {
        let methods = self.methods_of(path);
        if methods.iter().any(|known| known == method) {
            return Unknown::Elsewhere { pack: self.pack_of(path).map(str::to_owned) };
        }
        if !methods.is_empty() {
            return Unknown::Method(methods);
        }
        let similar = self.respelt(path).or_else(|| self.nearest(path));
        Unknown::Path { similar: similar.map(|path| (path.clone(), self.methods_of(&path))) }
    }

    /// The methods of the routes that match a path.
    fn methods_of(&self, path: &str) -> Vec<String> {
        // `/users/me` matches `/users/{id}` too; the route without a parameter is the one that the gateway would choose.
        let matching: Vec<_> = self.0.iter().filter(|route| matches(&route.path, path)).collect();
        let literal = matching.iter().map(|route| parameters(&route.path)).min();
        let best = matching.iter().filter(|route| Some(parameters(&route.path)) == literal);
        best.map(|route| route.method.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The same path with the usual mistakes undone: no version, no pack or another one, slashes too many, capitals.
    fn respelt(&self, path: &str) -> Option<String> {
        let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        let version = parts.iter().position(|part| part.eq_ignore_ascii_case("v1"));
        let rest = version.map_or(&parts[..], |version| &parts[version + 1..]);
        // As it is, and without its first part, which may be the wrong pack.
        let tails = [Some(rest), rest.get(1..).filter(|tail| !tail.is_empty())];
        for tail in tails.into_iter().flatten() {
            let prefixes =
                [vec!["", "v1"]].into_iter().chain(self.packs().into_iter().map(|pack| vec!["", "v1", pack]));
            for mut spelling in prefixes {
                spelling.extend(tail);
                let spelling = spelling.join("/");
                let spellings = [spelling.clone(), spelling.to_lowercase()];
                if let Some(known) = spellings.into_iter().find(|path| !self.methods_of(path).is_empty()) {
                    return Some(known);
                }
            }
        }
        None
    }

    /// The path of the route with the fewest differences.
    fn nearest(&self, path: &str) -> Option<String> {
        if path.len() > MAX_PATH_BYTES {
            return None;
        }
        let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        let parts = if parts.first() == Some(&"v1") { parts } else { [vec!["v1"], parts].concat() };
        let near = self.0.iter().filter_map(|route| Some((edits(&route.path, &parts)?, &route.path)));
        let (_, path) = near.filter(|(edits, _)| *edits <= MAX_EDITS).min()?;
        Some(path.clone())
    }

    /// The pack of a path; none if it is the core's.
    fn pack_of<'a>(&self, path: &'a str) -> Option<&'a str> {
        let first = path.strip_prefix("/v1/")?.split('/').next()?;
        self.packs().contains(first).then_some(first)
    }

    /// The packs: each has a document at `/v1/<pack>/openapi.json`.
    fn packs(&self) -> BTreeSet<&str> {
        let documents = self.0.iter().filter_map(|route| route.path.strip_suffix("/openapi.json"));
        documents.filter_map(|path| path.strip_prefix("/v1/")).collect()
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}

fn parameters(path: &str) -> usize {
    path.split('/').filter(|part| is_parameter(part)).count()
}

fn matches(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(known), Some(part)) if known == part || (is_parameter(known) && !part.is_empty()) => {}
            _ => return false,
        }
    }
}

/// How many characters differ between a route and a path of as many parts; none if a part is another word altogether.
fn edits(template: &str, parts: &[&str]) -> Option<usize> {
    let known: Vec<_> = template.split('/').skip(1).collect();
    if known.len() != parts.len() {
        return None;
    }
    let differences = known.iter().zip(parts).map(|(known, part)| {
        if is_parameter(known) {
            return Some(0);
        }
        let edits = strsim::osa_distance(known, &part.to_lowercase());
        (2 * edits < known.len()).then_some(edits)
    });
    differences.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "GET /v1\nGET /v1/openapi.json\nGET /v1/community/openapi.json\nGET /v1/users/{id}\n\
                          GET /v1/users/me\nPATCH /v1/users/me\nDELETE /v1/users/me\nGET /v1/community/points\n\
                          POST /v1/community/points\nPUT /v1/community/points/{id}/subscription\nPOST /v1/auth/login\n";

    fn explain(method: &str, path: &str) -> Unknown {
        Routes::parse(ROUTES).explain(method, path)
    }

    fn similar(path: &str) -> Option<String> {
        match explain("GET", path) {
            Unknown::Path { similar } => similar.map(|(path, _)| path),
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn a_path_with_other_methods_names_them() {
        let methods = |names: &[&str]| Unknown::Method(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(explain("POST", "/v1/users/me"), methods(&["DELETE", "GET", "PATCH"]));
        assert_eq!(explain("PATCH", "/v1/users/7"), methods(&["GET"]));
        assert_eq!(explain("HEAD", "/v1/community/points"), methods(&["GET", "POST"]));
        assert_eq!(explain("DELETE", "/v1"), methods(&["GET"]));
    }

    #[test]
    fn a_known_route_belongs_to_another_api() {
        let community = Unknown::Elsewhere { pack: Some("community".into()) };
        assert_eq!(explain("GET", "/v1/community/points"), community);
        assert_eq!(explain("GET", "/v1/users/me"), Unknown::Elsewhere { pack: None });
    }

    #[test]
    fn usual_mistakes_are_undone() {
        for (path, meant) in [
            ("/users/me", "/v1/users/me"),
            ("/v1/users/me/", "/v1/users/me"),
            ("//v1//users/me", "/v1/users/me"),
            ("/api/v1/users/me", "/v1/users/me"),
            ("/v1/Users/me", "/v1/users/me"),
            ("/v1/points", "/v1/community/points"),
            ("/points", "/v1/community/points"),
            ("/community/points/", "/v1/community/points"),
            ("/v1/community/users/me", "/v1/users/me"),
            ("/v1/commerce/points", "/v1/community/points"),
            ("/", "/v1"),
        ] {
            assert_eq!(similar(path).as_deref(), Some(meant), "{path}");
        }
    }

    #[test]
    fn misspelt_paths_find_the_nearest_route() {
        for (path, meant) in [
            ("/v1/auth/logn", Some("/v1/auth/login")),
            ("/auth/lgoin", Some("/v1/auth/login")),
            ("/v1/community/point", Some("/v1/community/points")),
            ("/v1/comunity/points/7/subscripton", Some("/v1/community/points/{id}/subscription")),
            ("/v1/nothing", None),
            ("/favicon.ico", None),
            ("/v1/auth/login/again", None),
        ] {
            assert_eq!(similar(path).as_deref(), meant, "{path}");
        }
        assert_eq!(similar(&format!("/v1/{}", "x".repeat(10_000))), None);
    }
}
