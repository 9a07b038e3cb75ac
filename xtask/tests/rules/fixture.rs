//! A tiny repository that keeps every rule: one function on the table's stream, and a context that the scaffold wrote.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use xtask::repository::Repository;
use xtask::scaffold::{self, Source};

/// The files that the scaffold does not write, by path.
const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[workspace.package]\nversion = \"1.2.3\"\n\n[workspace.dependencies]\nplatform = { path = \"functions/platform/platform\" }\n",
    ),
    ("template.yaml", include_str!("files/root.yaml")),
    ("functions/platform/platform/template.yaml", include_str!("files/platform.yaml")),
    ("functions/platform/platform/Cargo.toml", include_str!("files/platform.toml")),
    (
        "functions/platform/platform/README.md",
        "# platform\n\n`platform-connect`: `$connect`, `platform-publish-events`\n\n| entity | pk |\n|---|---|\n| Probe | x |\n",
    ),
    (
        "functions/platform/platform/src/lib.rs",
        "//! `domain`, `consumers`.\n\npub mod api;\npub mod consumers;\npub mod domain;\n",
    ),
    ("functions/platform/platform/src/domain/mod.rs", include_str!("files/domain.rs.txt")),
    ("functions/platform/platform/src/consumers/mod.rs", "//! One file each.\n\npub mod publish_events;\n"),
    ("functions/platform/platform/src/consumers/publish_events.rs", "impl Entity for Probe {\n}\n"),
    ("functions/platform/platform/src/api/connect.rs", "//! `$connect`\n"),
    ("functions/platform/platform/src/bin/connect.rs", "fn main() {}\n"),
    ("functions/platform/platform/src/bin/publish_events.rs", "fn main() {}\n"),
    ("shared/contracts/src/identity.rs", include_str!("files/contracts.rs.txt")),
    ("events/identity/user_registered.v1.schema.json", "{}\n"),
    ("events/identity/user_registered.v1.example.json", "{ \"type\": \"identity.user_registered\" }\n"),
    ("events/invoke/platform-connect.json", "{ \"requestContext\": { \"routeKey\": \"$connect\" } }\n"),
    ("events/invoke/platform-publish-events.json", "{ \"Records\": [] }\n"),
    (
        "infra/local/functions/Cargo.toml",
        "[features]\ndefault = []\n\n[dependencies]\nkit.workspace = true\nplatform.workspace = true\n",
    ),
    ("tests/Cargo.toml", "[dependencies]\nplatform.workspace = true\n"),
    ("tests/contract/contexts.rs", "pub fn apis() -> Vec<OpenApi> {\n    vec![]\n}\n"),
    ("tests/e2e/main.rs", "//! End to end.\n\nmod authority;\n"),
    ("tests/e2e/platform/connect.rs", "//! `$connect`\n\n#[tokio::test]\nasync fn connects() {}\n"),
    ("tests/e2e/authority.rs", "#[tokio::test]\nasync fn refused() {\n    tests::documents()\n}\n"),
];

/// A repository in a directory of its own, which goes when this does.
pub struct Fixture {
    /// The repository.
    pub repository: Repository,
    root: PathBuf,
}

impl Fixture {
    /// The repository without the scaffolded context.
    pub fn bare() -> Self {
        let fixture = Self::with(FILES.iter().copied());
        fixture.generate();
        fixture
    }

    /// A repository of these files.
    fn with<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("atoll-xtask-{}-{number}", std::process::id()));
        let fixture = Self { repository: Repository::at(&root), root };
        for (path, text) in files {
            fixture.write(path, text);
        }
        fixture
    }

    /// The whole repository, in which every rule holds. It is scaffolded once, and copied for each test.
    pub fn new() -> Self {
        static FILES: OnceLock<Vec<(String, String)>> = OnceLock::new();
        let files = FILES.get_or_init(|| Self::scaffolded().files());
        Self::with(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    /// Paths and texts of all files.
    fn files(&self) -> Vec<(String, String)> {
        let paths = self.repository.walk("", "");
        paths.into_iter().map(|path| (path.clone(), self.read(&path))).collect()
    }

    fn scaffolded() -> Self {
        let fixture = Self::bare();
        let repository = &fixture.repository;
        scaffold::context(repository, "commerce", "orders").unwrap();
        scaffold::endpoint(repository, "orders", "get_order", "GET /v1/commerce/orders/{id}", false).unwrap();
        let cancel = "DELETE /v1/commerce/orders/{id}";
        scaffold::endpoint(repository, "orders", "cancel_order", cancel, false).unwrap();
        scaffold::endpoint(repository, "orders", "list_orders", "GET /v1/commerce/orders", true).unwrap();
        let event = ["identity.user_registered".to_owned()];
        scaffold::consumer(repository, "orders", "send_receipt", &event, Source::Queue).unwrap();
        scaffold::consumer(repository, "orders", "greet_user", &event, Source::Bus).unwrap();
        fixture.write("docs/openapi/commerce.json", include_str!("files/openapi.json"));
        fixture.generate();
        fixture
    }

    /// Writes what is generated.
    pub fn generate(&self) {
        xtask::apis::write(&self.repository).unwrap();
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        self.repository.write(path, text).unwrap();
    }

    /// A file's text.
    pub fn read(&self, path: &str) -> String {
        self.repository.read(path).unwrap()
    }

    /// Replaces the first `from` in a file, which must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} does not contain {from:?}:\n{text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Adds a text at the end of a file.
    pub fn append(&self, path: &str, text: &str) {
        self.write(path, &(self.read(path) + text));
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.root.join(path)).unwrap();
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // A directory that stays behind is in the machine's own temporary place.
        std::fs::remove_dir_all(&self.root).unwrap_or_default();
    }
}
