//! Pictures.

use jiff::Timestamp;
use testkit::pictures;
use types::PersonName;

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::Deployment;
use crate::media_support::{Api, Pictures};

/// More than any plan lets one person keep, since what was deleted stays for a while.
pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/media", "pictures of the same person, and of others", || Box::pin(list())),
    Entry::list("GET /v1/profiles", "profiles of others", || Box::pin(profiles())),
];

async fn list() -> Scene {
    let (pictures, identity) = (Pictures::start().await, Deployment::start().await);
    let ann = SignedInUser::of(&identity).await;
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

async fn profiles() -> Scene {
    let (pictures, identity) = (Pictures::start().await, Deployment::start().await);
    let ann = SignedInUser::of(&identity).await;
    let (user, name) = (ann.id, PersonName::parse("Ann").expect("a name"));
    let write = pictures.store.change_profile(user, |profile| profile.named(&name, Timestamp::UNIX_EPOCH));
    let (changed, template) = pictures.table.written_by(write).await;
    assert!(changed.expect("the table"));
    let copies = Copies::of(template, &user.to_string()).owned_by(&user);
    let path = format!("/v1/profiles?ids={user}");
    let request = Request::get(Api(pictures.ctx(&identity)).list_profiles(), &path, &ann);
    Scene::new(&pictures.table, move |number| vec![copies.foreign(number)], request.again()).showing(1, false)
}
