//! Scenes of knowledge: a hundred species, all of which have the same first word.

use contracts::identity::UserDeleted;
use serde_json::{Value, json};
use types::Role;

use crate::harness::services::BUCKET;
use crate::request::{Request, fact, message, sample};
use crate::stage::{Person, Stage};

/// Species that are there before.
const SPECIES: usize = 100;

pub struct Scene {
    admin: Person,
    species: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let admin = stage.member(&[Role::Admin]).await.person;
        let ids = species(stage, SPECIES).await;
        let species = ids.into_iter().next().expect("a species");
        Self { admin, species }
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
            "knowledge-list-species" => ask().query("q", "genus").event(),
            "knowledge-run-import" => uploaded(stage, &[stage.fresh("species")]).await,
            "knowledge-update-species" => {
                let word = stage.fresh("species");
                ask().at("id", &self.species).with("scientificName", format!("Genus {word}")).event()
            }
            _ => return None,
        };
        Some(event)
    }
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
