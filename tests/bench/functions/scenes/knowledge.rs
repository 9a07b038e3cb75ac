//! Scenes of knowledge: a hundred species, all of which have the same first word, a published guide, a draft, and suggestions.

use contracts::identity::UserDeleted;
use identity::domain::account::Account;
use serde_json::{Value, json};
use types::Role;

use crate::harness::services::BUCKET;
use crate::request::{Request, fact, message, sample};
use crate::stage::{Person, Stage};

/// Species that are there before.
const SPECIES: usize = 100;
/// Suggestions that wait for a decision: as many as one user can make in a day.
const SUGGESTIONS: usize = 20;

pub struct Scene {
    admin: Person,
    editor: Person,
    user: Person,
    species: String,
    published: Guide,
}

/// A guide in the table.
struct Guide {
    id: String,
    slug: String,
    author: Person,
}

/// How far a guide has come.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Step {
    Drafted,
    Approved,
    Published,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let admin = stage.member(&[Role::Admin]).await.person;
        let editor = stage.member(&[Role::Manager]).await.person;
        let user = verified(stage).await;
        let ids = species(stage, SPECIES).await;
        let species = ids.into_iter().next().expect("a species");
        let published = Guide { id: String::new(), slug: String::new(), author: admin.clone() };
        let scene = Self { admin, editor, user, species, published };
        let published = scene.guide(stage, Step::Published).await;
        scene.guide(stage, Step::Drafted).await;
        for _ in 0..SUGGESTIONS {
            suggest(stage, &scene.user, &scene.species).await;
        }
        Self { published, ..scene }
    }

    /// A new guide, which the editor reviewed. Its author is an admin of its own: versions of a day are limited.
    async fn guide(&self, stage: &Stage, step: Step) -> Guide {
        let (author, slug) = (stage.member(&[Role::Admin]).await.person, stage.fresh("guide"));
        let id = stage.made(Request::of("knowledge-create-guide").by(&author).with("slug", &slug)).await;
        if step >= Step::Approved {
            stage.call(Request::of("knowledge-review-guide").by(&self.editor).at("id", &id)).await;
        }
        if step >= Step::Published {
            stage.call(Request::of("knowledge-publish-guide").by(&self.admin).at("id", &id)).await;
        }
        Guide { id, slug, author }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.admin);
        let event = match name {
            "knowledge-check-stocking" => {
                let species = json!([{ "id": self.species, "count": 6 }]);
                ask().with("species", species).event()
            }
            // One import of a user can run at a time.
            "knowledge-create-species-import" => {
                let other = stage.member(&[Role::Admin]).await.person;
                Request::of(name).by(&other).keyed().event()
            }
            "knowledge-forget-user" => {
                let leaver = stage.member(&[Role::Admin]).await.person;
                stage.made(Request::of("knowledge-create-species-import").by(&leaver).keyed()).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "knowledge-get-species" => ask().at("id", &self.species).event(),
            "knowledge-get-species-import" => {
                let other = stage.member(&[Role::Admin]).await.person;
                let id = stage.made(Request::of("knowledge-create-species-import").by(&other).keyed()).await;
                Request::of(name).by(&other).at("id", id).event()
            }
            "knowledge-list-guides" => Request::of(name).event(),
            "knowledge-list-guide-drafts" | "knowledge-list-open-suggestions" => ask().event(),
            "knowledge-list-my-suggestions" => Request::of(name).by(&self.user).event(),
            "knowledge-create-guide" => {
                let author = stage.member(&[Role::Admin]).await.person;
                ask().by(&author).with("slug", stage.fresh("guide")).event()
            }
            "knowledge-get-guide" => Request::of(name).at("id", &self.published.slug).event(),
            "knowledge-list-guide-versions" => ask().at("id", &self.published.id).event(),
            "knowledge-get-guide-version" => ask().at("id", &self.published.id).at("version", 1).event(),
            "knowledge-update-guide" => {
                let guide = self.guide(stage, Step::Drafted).await;
                ask().by(&guide.author).at("id", guide.id).with("title", stage.fresh("title")).event()
            }
            "knowledge-review-guide" => {
                let guide = self.guide(stage, Step::Drafted).await;
                Request::of(name).by(&self.editor).at("id", guide.id).event()
            }
            "knowledge-publish-guide" => ask().at("id", self.guide(stage, Step::Approved).await.id).event(),
            "knowledge-withdraw-guide" => ask().at("id", self.guide(stage, Step::Published).await.id).event(),
            "knowledge-create-suggestion" => {
                let user = verified(stage).await;
                Request::of(name).by(&user).at("id", &self.species).event()
            }
            "knowledge-delete-suggestion" => {
                let user = verified(stage).await;
                let id = suggest(stage, &user, &self.species).await;
                Request::of(name).by(&user).at("id", id).event()
            }
            "knowledge-decide-suggestion" => {
                // A species of its own: each that is accepted adds a source, of which a fact has few.
                let (user, species) = (verified(stage).await, species(stage, 1).await.remove(0));
                let id = suggest(stage, &user, &species).await;
                ask().at("id", species).at("suggestionId", id).with("verdict", "accept").event()
            }
            "knowledge-list-species" => ask().query("q", "genus").event(),
            "knowledge-run-import" => uploaded(stage, &[stage.fresh("species")]).await,
            "knowledge-update-species" => {
                // A species of its own: former names stay as synonyms, of which it has a maximum.
                let (species, word) = (species(stage, 1).await.remove(0), stage.fresh("species"));
                ask().at("id", species).with("scientificName", format!("Genus {word}")).event()
            }
            _ => return None,
        };
        Some(event)
    }
}

/// A new suggestion of a user.
async fn suggest(stage: &Stage, user: &Person, species: &str) -> String {
    stage.made(Request::of("knowledge-create-suggestion").by(user).at("id", species)).await
}

/// A new user with a verified address.
async fn verified(stage: &Stage) -> Person {
    let member = stage.member(&[]).await;
    let account = Account { email_verified_at: Some(member.account.created_at), ..member.account };
    stage.restore(&account).await;
    member.person
}

/// Imports so many new species, and returns their IDs.
async fn species(stage: &Stage, count: usize) -> Vec<String> {
    let ids: Vec<_> = (0..count).map(|_| stage.fresh("species")).collect();
    let event = uploaded(stage, &ids).await;
    stage.invoke("knowledge-run-import", &event).await;
    ids
}

/// Puts a file with new species there; gives the message of it.
async fn uploaded(stage: &Stage, ids: &[String]) -> Value {
    let owner = stage.member(&[Role::Admin]).await.person;
    let id = stage.made(Request::of("knowledge-create-species-import").by(&owner).keyed()).await;
    let (name, key) = ("knowledge-run-import", format!("imports/knowledge/{}/{id}.upload", owner.id));
    let file: String = ids.iter().map(|id| format!("{}\n", row(id))).collect::<Vec<_>>().concat();
    stage.world.services().put(&key, file.into_bytes());
    let body = sample(name)["Records"][0]["body"].as_str().expect("a body").to_owned();
    let mut body: Value = serde_json::from_str(&body).expect("JSON");
    body["detail"]["bucket"]["name"] = BUCKET.into();
    body["detail"]["object"]["key"] = key.into();
    message(name, &body)
}

fn row(id: &str) -> Value {
    let fact = |value: Value| json!({ "value": value, "sources": ["a"] });
    let source = json!({
        "title": "A page", "publisher": "A publisher", "url": "https://example.org/a", "licence": "CC BY 4.0",
        "accessed": "2026-11-29",
    });
    json!({
        "id": id,
        "facts": {
            "kind": fact(json!("fish")), "water": fact(json!("fresh")), "scientificName": fact(json!(format!("Genus {id}"))),
            "minVolumeMl": fact(json!(60000)), "minGroup": fact(json!(6)), "temperament": fact(json!("peaceful")),
        },
        "names": { "en": [format!("Common {id}")] },
        "sources": { "a": source },
    })
}
