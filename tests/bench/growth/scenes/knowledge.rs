//! Lists of species: by name, where all have a word of the same beginning, and of a kind.

use serde_json::json;
use types::Uuid;

use super::ask::{Request, Somebody};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::knowledge_support::{Library, row};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/aquarium/species?q=", "species with the same word", || {
        Box::pin(listed("\"entry#neon\"", "q=neon"))
    }),
    Entry::list("GET /v1/aquarium/species?kind=", "species of the same kind", || {
        Box::pin(listed("\"entry#\"", "kind=fish"))
    }),
];

/// A list of the species that have an entry like this.
async fn listed(entry: &'static str, query: &'static str) -> Scene {
    let library = Library::start().await;
    let id = Uuid::now_v7();
    let rows = [row(&format!("a-{id}"), "Aa bb", &json!({ "en": ["Neon"] }))];
    let ((summary, _), template) = library.table.written_by(Box::pin(library.import(&rows))).await;
    assert_eq!(summary["created"], 1, "{summary}");
    let copies = Copies::of(template.with(&[entry]), &id);
    let nobody = Somebody { id: library.admin, token: library.admin_token.clone() };
    let request = Request::get(library.list_species(), &format!("/v1/aquarium/species?{query}"), &nobody);
    Scene::new(&library.table, copies.all(), request.again()).showing(20, true)
}
