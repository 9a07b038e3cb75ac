//! The list of all aquariums, for the staff.

use contracts::aquariums::AquariumKind;
use kit::http::endpoint;
use screens::api::list_all_aquariums;
use types::Uuid;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::stage;
use crate::screens_support::{Desk, access, aquarium_id, created};

pub(super) const SCENES: &[Entry] =
    &[Entry::list("GET /v1/aquarium/web/aquariums", "aquariums", || Box::pin(all_aquariums()))];

async fn all_aquariums() -> Scene {
    let desk = Desk::start().await;
    let (number, owner) = (Uuid::now_v7().as_u128(), desk.ann.id);
    desk.hear_all([access(number, owner, 1, &[])]).await;
    let hear = desk.hear_all([created(number, owner, AquariumKind::Marine)]);
    let ((), template) = desk.table.written_by(Box::pin(hear)).await;
    let copies = Copies::of(template.with(&["\"listing#"]), &aquarium_id(number));
    let list = endpoint(list_all_aquariums::list_all_aquariums, desk.ctx, stage());
    let manager = SignedInUser { id: desk.manager.id, token: desk.manager.token.clone() };
    let request = Request::get(list, "/v1/aquarium/web/aquariums", &manager);
    Scene::new(&desk.table, copies.all(), request.again()).showing(20, true)
}
