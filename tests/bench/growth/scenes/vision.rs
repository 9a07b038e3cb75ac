//! Identifications of pictures.

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::vision_support::Studio;

pub(super) const SCENES: &[Entry] =
    &[Entry::list("GET /v1/aquarium/identifications", "identifications of the same person, and of others", || {
        Box::pin(own())
    })];

async fn own() -> Scene {
    let studio = Studio::start().await;
    let ann = studio.person("ann").await;
    let media = studio.photo(&ann).await;
    let (id, template) = studio.table.written_by(studio.requested(&ann, media, "species")).await;
    let copies = Copies::of(template.with(&[id.as_str()]), &id).owned_by(&ann.id).made_at(studio.clock.now());
    let user = SignedInUser { id: ann.id, token: ann.token };
    let request = Request::get(studio.list(), "/v1/aquarium/identifications", &user);
    Scene::new(&studio.table, copies.both(), request.again()).showing(20, true)
}
