//! The packs of a deployment, as their stacks publish them in parameters.

use std::collections::BTreeMap;

/// A deployed pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its name, which is the first part of its paths: `/v1/<name>/…`.
    pub name: String,
    /// Base URL of its own HTTP API.
    pub api_url: String,
    /// Its release, if its stack publishes one.
    pub version: Option<String>,
}

/// The packs that parameters below `prefix` describe, sorted by name: `<prefix>/<pack>/api-url`, and `version` beside it.
/// A pack without a URL is not deployed; other parameters are ignored.
pub fn packs<'a>(prefix: &str, parameters: impl IntoIterator<Item = &'a (String, String)>) -> Vec<Pack> {
    let mut found: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for (path, value) in parameters {
        let parts = path.strip_prefix(prefix).and_then(|rest| rest.trim_start_matches('/').split_once('/'));
        match parts {
            Some((pack, "api-url")) => found.entry(pack).or_default().0 = Some(value),
            Some((pack, "version")) => found.entry(pack).or_default().1 = Some(value),
            _ => {}
        }
    }
    let deployed = found.into_iter().filter_map(|(name, (url, version))| {
        let api_url = url?.trim_end_matches('/').to_owned();
        Some(Pack { name: name.to_owned(), api_url, version: version.map(str::to_owned) })
    });
    deployed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_read_from_their_parameters() {
        let parameter = |name: &str, value: &str| (format!("/atoll/dev/packs/{name}"), value.to_owned());
        let parameters = [
            parameter("workforce/version", "1.2.0"),
            parameter("community/other", "x"),
            parameter("community/api-url", "https://a.example/"),
            parameter("commerce/api-url", "https://b.example"),
            parameter("commerce/version", "0.1.0"),
            parameter("stray", "x"),
        ];
        let pack = |name: &str, url: &str, version: Option<&str>| Pack {
            name: name.into(),
            api_url: url.into(),
            version: version.map(Into::into),
        };
        let expected =
            [pack("commerce", "https://b.example", Some("0.1.0")), pack("community", "https://a.example", None)];
        assert_eq!(packs("/atoll/dev/packs", &parameters), expected);
    }
}
