//! The parts of a `Cargo.toml` that the rules look at, with their lines.

/// A package's manifest.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Where it is.
    pub path: String,
    /// The package's name.
    pub package: String,
    /// What it depends on, in tests and builds too.
    pub dependencies: Vec<Dependency>,
    /// Its features, in the order of the file.
    pub features: Vec<Feature>,
    /// Its `[[bin]]` entries.
    pub binaries: Vec<Binary>,
    /// Whether binaries that are not listed are built.
    pub autobins: bool,
}

/// A dependency.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The package's name, whatever it is called here.
    pub package: String,
    /// Its path, if it is named by one.
    pub path: Option<String>,
    /// True if a feature must ask for it.
    pub optional: bool,
    /// Where it stands.
    pub line: usize,
}

/// A feature.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Its name.
    pub name: String,
    /// What it turns on: `dep:badges`.
    pub enables: Vec<String>,
}

/// A `[[bin]]` entry.
#[derive(Debug, Clone, Default)]
pub struct Binary {
    /// Its name.
    pub name: String,
    /// Its file.
    pub path: String,
    /// True if `cargo test` builds it once more.
    pub test: bool,
    /// Where it starts.
    pub line: usize,
}

impl Manifest {
    /// Reads a manifest. It is written by people who keep to one entry per line; what does not is seen as no entry.
    pub fn parse(path: &str, text: &str) -> Self {
        let mut manifest = Self { path: path.to_owned(), autobins: true, ..Self::default() };
        let mut section = String::new();
        for (index, line) in text.lines().enumerate() {
            let (line, number) = (line.trim(), index + 1);
            if let Some(header) = line.strip_prefix('[') {
                header.trim_matches(['[', ']']).clone_into(&mut section);
                manifest.open(&section, number);
            } else if let Some((key, value)) = line.split_once('=')
                && !line.starts_with('#')
            {
                manifest.entry(&section, key.trim(), value.trim(), number);
            }
        }
        manifest
    }

    fn open(&mut self, section: &str, line: usize) {
        if section == "bin" {
            self.binaries.push(Binary { test: true, line, ..Binary::default() });
        } else if let (true, Some(name)) = dependency_section(section) {
            self.dependencies.push(Dependency { package: name.to_owned(), path: None, optional: false, line });
        }
    }

    fn entry(&mut self, section: &str, key: &str, value: &str, line: usize) {
        match (section, key, self.binaries.last_mut()) {
            ("package", "name", _) => self.package = unquoted(value),
            ("package", "autobins", _) => self.autobins = value != "false",
            ("bin", "name", Some(binary)) => binary.name = unquoted(value),
            ("bin", "path", Some(binary)) => binary.path = unquoted(value),
            ("bin", "test", Some(binary)) => binary.test = value != "false",
            ("features", name, _) => {
                self.features.push(Feature { name: name.to_owned(), enables: list(value) });
            }
            _ => self.dependency(section, key, value, line),
        }
    }

    fn dependency(&mut self, section: &str, key: &str, value: &str, line: usize) {
        match (dependency_section(section), self.dependencies.last_mut()) {
            ((true, None), _) => {
                let package =
                    field(value, "package").unwrap_or_else(|| key.split('.').next().unwrap_or(key).to_owned());
                let optional = value.contains("optional = true");
                self.dependencies.push(Dependency { package, path: field(value, "path"), optional, line });
            }
            ((true, Some(_)), Some(open)) if key == "package" => open.package = unquoted(value),
            ((true, Some(_)), Some(open)) if key == "path" => open.path = Some(unquoted(value)),
            ((true, Some(_)), Some(open)) if key == "optional" => open.optional = value == "true",
            _ => {}
        }
    }
}

/// Whether a section holds dependencies, and the one that it is about, if it is about one: `[dependencies.kit]`.
fn dependency_section(section: &str) -> (bool, Option<&str>) {
    let names = ["dependencies", "dev-dependencies", "build-dependencies"];
    let own = section
        .rsplit_once('.')
        .filter(|(outer, _)| names.iter().any(|name| outer == name || outer.ends_with(&format!(".{name}"))));
    let all = names.iter().any(|name| section == *name || section.ends_with(&format!(".{name}")));
    (all || own.is_some(), own.map(|(_, name)| name))
}

/// A field of an inline table: `path` of `{ path = "../kit" }`.
fn field(value: &str, name: &str) -> Option<String> {
    let (_, rest) = value.split_once(&format!("{name} = \""))?;
    rest.split('"').next().map(str::to_owned)
}

/// The texts of a list on one line: `["dep:badges", "dep:events"]`.
fn list(value: &str) -> Vec<String> {
    value.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn unquoted(value: &str) -> String {
    value.split('#').next().unwrap_or(value).trim().trim_matches('"').to_owned()
}

/// The version that all packages of the workspace have, from the workspace's manifest.
pub fn workspace_version(manifest: &str) -> Option<&str> {
    let section = manifest.split_once("[workspace.package]")?.1.split("\n[").next()?;
    let line = section.lines().find_map(|line| line.trim().strip_prefix("version"))?;
    line.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_dependency_is_seen() {
        let text = r#"
[package]
name = "orders"
autobins = false
[features]
default = ["pack-a", "pack-b"]
[dependencies]
kit.workspace = true
a = { path = "../a" }
b = { package = "c", version = "1" }
[target.'cfg(unix)'.dev-dependencies]
d = "1"
[dependencies.e]
package = "f"
path = "../f"
[dependencies.g]
optional = true
[dev-dependencies]
h = { workspace = true, optional = true }
[[bin]]
name = "orders-place-order"
path = "src/bin/place_order.rs"
test = false
[[bin]]
name = "orders-two" # the second
"#;
        let manifest = Manifest::parse("Cargo.toml", text);
        let found: Vec<_> =
            manifest.dependencies.iter().map(|one| (one.package.as_str(), one.path.as_deref())).collect();
        let named = [("kit", None), ("a", Some("../a")), ("c", None), ("d", None), ("f", Some("../f"))];
        assert_eq!(found, [&named[..], &[("g", None), ("h", None)]].concat());
        let optional: Vec<_> = manifest.dependencies.iter().filter(|one| one.optional).collect();
        assert_eq!(optional.iter().map(|one| one.package.as_str()).collect::<Vec<_>>(), ["g", "h"]);
        assert_eq!((manifest.features[0].name.as_str(), manifest.features[0].enables.len()), ("default", 2));
        assert_eq!((manifest.package.as_str(), manifest.autobins), ("orders", false));
        let binaries: Vec<_> =
            manifest.binaries.iter().map(|one| (one.name.as_str(), one.path.as_str(), one.test)).collect();
        assert_eq!(binaries, [("orders-place-order", "src/bin/place_order.rs", false), ("orders-two", "", true)]);
    }
}
