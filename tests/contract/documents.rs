//! The OpenAPI documents, one per pack, generated from the handlers.

use std::collections::BTreeMap;

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, License, OpenApi, OpenApiBuilder, PathItem, ServerBuilder};

use crate::{contexts, described};

/// The pack whose API is the core's.
const CORE_PACK: &str = "platform";
/// What all documents say after their own introductions.
const CONVENTIONS: &str = "docs/openapi/conventions.md";
/// Where `make run` listens unless told otherwise.
const LOCAL_CLOUD: &str = "http://localhost:4566";

/// The document of one pack.
pub struct Document {
    /// `core`, or the pack's name.
    pub name: String,
    /// Its contexts, sorted.
    pub contexts: Vec<String>,
    api: OpenApi,
}

impl Document {
    /// The document as JSON, complete.
    pub fn json(&self) -> serde_json::Value {
        let mut api = serde_json::to_value(&self.api).unwrap();
        described::complete(&mut api);
        api
    }

    /// Where the committed document is.
    pub fn path(&self) -> String {
        format!("docs/openapi/{}.json", self.name)
    }

    /// What every path of the document starts with.
    pub fn prefix(&self) -> String {
        if self.name == "core" { "/v1/".to_owned() } else { format!("/v1/{}/", self.name) }
    }
}

/// Every document: the core's, then those of the packs by name.
pub fn documents() -> Vec<Document> {
    let mut parts: BTreeMap<String, BTreeMap<String, OpenApi>> = BTreeMap::new();
    for api in contexts::apis() {
        let context = context_of(&api);
        parts.entry(document_of(&context)).or_default().insert(context, api);
    }
    let mut documents: Vec<_> = parts.into_iter().map(|(name, parts)| document(name, parts)).collect();
    documents.sort_by_key(|document| document.name != "core");
    documents
}

/// The context of a part: the tag of its operations.
fn context_of(part: &OpenApi) -> String {
    let operation = part.paths.paths.values().flat_map(operations).next();
    operation.and_then(|operation| operation.tags.clone()?.into_iter().next()).expect("an operation with a tag")
}

/// The document that describes a context, by the pack whose directory holds it.
fn document_of(context: &str) -> String {
    let packs = std::fs::read_dir(tests::root().join("functions")).unwrap().map(|pack| pack.unwrap().path());
    let pack = packs.into_iter().find(|pack| pack.join(context).is_dir());
    let pack =
        pack.unwrap_or_else(|| panic!("no pack has a context {context}: the tag of an operation is its context"));
    let name = pack.file_name().unwrap().to_str().unwrap();
    if name == CORE_PACK { "core".to_owned() } else { name.to_owned() }
}

fn document(name: String, parts: BTreeMap<String, OpenApi>) -> Document {
    let introduction = read(&format!("docs/openapi/{name}.md"));
    let (title, text) = introduction.split_once('\n').unwrap();
    let info = InfoBuilder::new()
        .title(title.trim_start_matches("# "))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(format!("{}\n\n{}", text.trim(), read(CONVENTIONS).trim())))
        .license(Some(License::new("Apache-2.0")))
        .build();
    let mut api = OpenApiBuilder::new().info(info).build();
    let contexts = parts.keys().cloned().collect();
    for part in parts.into_values() {
        refuse_conflicts(&api, &part);
        api.merge(part);
    }
    api.paths.paths.values_mut().flat_map(operations_mut).for_each(name_public);
    api.tags.get_or_insert_default().sort_by(|a, b| a.name.cmp(&b.name));
    let components = api.components.get_or_insert_default();
    components.security_schemes.extend(security_schemes().map(|(name, scheme)| (name.to_owned(), scheme.into())));
    api.servers = Some(vec![
        ServerBuilder::new().url("/").description(Some("The deployment that serves this document")).build(),
        ServerBuilder::new().url(LOCAL_CLOUD).description(Some("A local cloud, started with `make run`")).build(),
    ]);
    Document { name, contexts, api }
}

fn security_schemes() -> [(&'static str, SecurityScheme); 3] {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(
        "The `accessToken` that `POST /v1/auth/login` or `POST /v1/auth/register` returns. Paste it without `Bearer`. \
         It is valid for 10 minutes.",
    ));
    let key = ApiKeyValue::with_description(
        "X-Api-Key",
        "For backend services: an API key that an admin created with `POST /v1/api-keys`. Only operations that list it \
         accept it.",
    );
    let guest = ApiKeyValue::with_description(
        "Guest-Key",
        "For guests: the `guestKey` that `POST /v1/commerce/carts` returned. It opens the cart, and orders placed from it.",
    );
    [
        ("apiKey", SecurityScheme::ApiKey(ApiKey::Header(key))),
        ("bearer", SecurityScheme::Http(bearer.build())),
        ("guestKey", SecurityScheme::ApiKey(ApiKey::Header(guest))),
    ]
}

/// Merging keeps the first of two components with one name, so both must be the same.
fn refuse_conflicts(api: &OpenApi, part: &OpenApi) {
    let schemas = |api: &OpenApi| api.components.clone().unwrap_or_default().schemas;
    let kept = schemas(api);
    for (name, schema) in schemas(part) {
        let same = kept.get(&name).is_none_or(|other| *other == schema);
        assert!(same, "two contexts call different schemas {name}: rename one");
    }
}

/// An operation without `security` is public, which a document says with an empty list.
fn name_public(operation: &mut Operation) {
    operation.security.get_or_insert_default();
}

fn operations(item: &PathItem) -> impl Iterator<Item = &Operation> {
    [&item.get, &item.put, &item.post, &item.delete, &item.patch].into_iter().flatten()
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(tests::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
