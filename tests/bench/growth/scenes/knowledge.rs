//! Lists of species: by name, where all have a word of the same beginning, and of a kind.

use serde_json::json;
use types::Uuid;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::guides_support::{guide, suggestion, text};
use crate::knowledge_support::{By, Library, row};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/aquarium/species?q=", "species with the same word", || {
        Box::pin(listed("\"entry#neon\"", "q=neon"))
    }),
    Entry::list("GET /v1/aquarium/species?kind=", "species of the same kind", || {
        Box::pin(listed("\"entry#\"", "kind=fish"))
    }),
    Entry::list("GET /v1/aquarium/guides", "published guides of a language", || Box::pin(guides())),
    Entry::list("GET /v1/aquarium/guides/drafts", "guides that wait for a review", || Box::pin(drafts())),
    Entry::list("GET /v1/aquarium/guides/{id}/versions", "versions of other guides", || Box::pin(versions())),
    Entry::list("GET /v1/aquarium/suggestions", "open suggestions", || Box::pin(open_suggestions())),
    Entry::list("GET /v1/aquarium/suggestions/mine", "suggestions of the user, and of others", || {
        Box::pin(my_suggestions())
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
    let nobody = SignedInUser { id: library.admin, token: library.admin_token.clone() };
    let request = Request::get(library.list_species(), &format!("/v1/aquarium/species?{query}"), &nobody);
    Scene::new(&library.table, copies.all(), request.again()).showing(20, true)
}

fn admin(library: &Library) -> SignedInUser {
    SignedInUser { id: library.admin, token: library.admin_token.clone() }
}

/// The list of a language: each copy is another guide.
async fn guides() -> Scene {
    let library = Library::start().await;
    let id = library.new_guide("water", "Water").await;
    let (_, template) = library.table.written_by(Box::pin(library.approve_and_publish(&id, 1))).await;
    let copies = Copies::of(template.with(&["\"entry#\""]), &id);
    let request = Request::get(library.list_guides(), "/v1/aquarium/guides?language=en", &admin(&library));
    Scene::new(&library.table, copies.all(), request.again()).showing(20, true)
}

/// The list of drafts: each copy is another guide.
async fn drafts() -> Scene {
    let library = Library::start().await;
    let body = guide("water", "Water");
    let created = Box::pin(library.create_guide(By::Admin, "k", &body));
    let (created, template) = library.table.written_by(created).await;
    let copies = Copies::of(template.with(&["#drafts#"]), &text(&created.body["id"]));
    let request = Request::get(library.list_guide_drafts(), "/v1/aquarium/guides/drafts?language=en", &admin(&library));
    Scene::new(&library.table, copies.all(), request.again()).showing(20, true)
}

/// The versions of one guide among those of others.
async fn versions() -> Scene {
    let library = Library::start().await;
    let body = guide("water", "Water");
    let created = Box::pin(library.create_guide(By::Admin, "k", &body));
    let (created, template) = library.table.written_by(created).await;
    let id = text(&created.body["id"]);
    let copies = Copies::of(template.with(&["\"version#"]), &id);
    let path = format!("/v1/aquarium/guides/{id}/versions");
    let request = Request::get(library.list_guide_versions(), &path, &admin(&library)).about("id", &id);
    Scene::new(&library.table, copies.all(), request.again()).showing(1, false)
}

/// A suggestion of the user, and the items that it consists of.
async fn suggested(library: &Library) -> (String, testkit::Template) {
    library.import(&[row("a-b", "Aa bb", &json!({}))]).await;
    let body = suggestion("minGroup", "8");
    let (created, template) = library.table.written_by(Box::pin(library.suggest(By::User, "a-b", "k", &body))).await;
    (text(&created.body["id"]), template)
}

/// The open suggestions of all partitions.
async fn open_suggestions() -> Scene {
    let library = Library::start().await;
    let (id, template) = suggested(&library).await;
    // The copies are in the partition of the first one.
    let copies = Copies::of(template.with(&["#suggestions#"]), &id);
    let request = Request::get(library.list_open_suggestions(), "/v1/aquarium/suggestions", &admin(&library));
    Scene::new(&library.table, copies.all(), request.again()).showing(20, true)
}

/// The suggestions of a user among those of others.
async fn my_suggestions() -> Scene {
    let library = Library::start().await;
    let (id, template) = suggested(&library).await;
    let copies = Copies::of(template.with(&["#suggester#"]), &id).owned_by(&library.user);
    let user = SignedInUser { id: library.user, token: library.user_token.clone() };
    let request = Request::get(library.list_my_suggestions(), "/v1/aquarium/suggestions/mine", &user);
    Scene::new(&library.table, copies.both(), request.again()).showing(20, true)
}
