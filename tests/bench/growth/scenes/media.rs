//! Pictures.

use testkit::pictures;

use super::ask::{Request, Somebody};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::Deployment;
use crate::media_support::{Api, Pictures};

/// More than any plan lets one person keep, since what was deleted stays for a while.
pub(super) const SCENES: &[Entry] =
    &[Entry::list("GET /v1/media", "pictures of the same person, and of others", || Box::pin(list()))];

async fn list() -> Scene {
    let (pictures, identity) = (Pictures::start().await, Deployment::start().await);
    let ann = Somebody::of(&identity).await;
    let medium = pictures.wish(ann.id);
    let publish = async {
        pictures.store.add(medium.clone(), None).await.expect("a picture");
        pictures.put(&medium, &pictures::png(12, 9));
        Box::pin(pictures.check(&medium)).await.expect("a check");
    };
    let ((), template) = pictures.table.written_by(publish).await;
    let copies = Copies::of(template.with(&[&medium.id.to_string()]), &medium.id).owned_by(&ann.id);
    let request = Request::get(Api(pictures.ctx(&identity)).list(), "/v1/media", &ann);
    Scene::new(&pictures.table, copies.both(), request.again()).showing(20, true)
}
