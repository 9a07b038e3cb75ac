//! Entries of timelines.

use kit::http::endpoint;
use timeline::api::list_entries;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::stage;
use crate::timeline_support::{Tank, water};

pub(super) const SCENES: &[Entry] =
    &[Entry::list("GET /v1/aquarium/aquariums/{id}/timeline", "entries of the same aquarium, and of others", || {
        Box::pin(of_an_aquarium())
    })];

async fn of_an_aquarium() -> Scene {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let entry = [water(5)];
    let (reply, template) = tank.table.written_by(tank.append(&ann, id, "a", &entry)).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    // The sequence number in the keys of the entry.
    let seq = "0000000001";
    let copies = Copies::of(template.with(&[seq]), &seq).owned_by(&id).owned_by(&ann.id).made_at(tank.clock.now());
    let list = endpoint(list_entries::list_entries, tank.ctx, stage());
    let user = SignedInUser { id: ann.id, token: ann.token };
    let request = Request::get(list, "/v1/aquarium/aquariums/x/timeline", &user).about("id", &id);
    Scene::new(&tank.table, copies.both(), request.again()).showing(20, true)
}
