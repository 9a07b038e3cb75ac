//! Accounts, their sessions and sign-ins, and API keys.

use dynamo::Outbox;
use identity::api::{list_api_keys, list_sessions, list_sign_ins, list_users};
use identity::domain::api_key::{KeyName, Scopes, ServiceKey};
use identity::domain::plan::Plan;
use kit::Clock;
use kit::auth::ApiKey;
use kit::http::endpoint;
use types::{ApiKeyId, Scope};

use super::ask::{Request, SignedInUser};
use super::copies::{Copies, whole_second};
use super::{Claim, Entry, Scene};
use crate::identity_support::{Deployment, stage};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/api-keys", "API keys", || Box::pin(list_api_keys())),
    Entry::list("GET /v1/users", "accounts", || Box::pin(list_users(""))),
    // Five reads of a hundred places in each of the four partitions.
    Entry::list("GET /v1/users?role=manager (nobody is one)", "accounts", || Box::pin(list_users("?role=manager")))
        .claiming(Claim::Level(1_000)),
    Entry::list("GET /v1/users/me/sessions", "accounts of others", || Box::pin(list_sessions())),
    Entry::list("GET /v1/users/me/sign-ins", "sign-ins", || Box::pin(list_sign_ins())),
];

async fn list_api_keys() -> Scene {
    let now = whole_second();
    let identity = Deployment::at(Clock::manual(now)).await;
    let admin = SignedInUser::admin(&identity).await;
    let id = ApiKeyId::generate();
    let (name, scopes) = (KeyName::parse("Warehouse").expect("a name"), Scopes::of([Scope::ALL[0]]).expect("scopes"));
    let key = ServiceKey::new(&ApiKey::new(id, [7; 32]), name, &scopes, None, admin.id, now);
    let (added, template) = identity.table.written_by(identity.ctx.store.add_api_key(key, &Outbox::none())).await;
    assert!(added.expect("an answer"));
    let copies = Copies::of(template, &id).made_at(now);
    let list = endpoint(list_api_keys::list_api_keys, identity.public, stage());
    let request = Request::get(list, "/v1/api-keys", &admin);
    Scene::new(&identity.table, copies.all(), request.again()).showing(20, true)
}

/// What is written for somebody who registers, to be copied for others.
async fn accounts(identity: &Deployment) -> Copies {
    let (somebody, template) = identity.table.written_by(SignedInUser::of(identity)).await;
    // The claim of the address would be the same for all copies; nobody signs in as one of them.
    Copies::of(template.with(&[&somebody.id.to_string()]), &somebody.id).made_at(identity.ctx.clock.now())
}

async fn list_users(query: &str) -> Scene {
    let identity = Deployment::at(Clock::manual(whole_second())).await;
    let (copies, admin) = (accounts(&identity).await, SignedInUser::admin(&identity).await);
    let list = endpoint(list_users::list_users, identity.directory(Clock::System), stage());
    let request = Request::get(list, &format!("/v1/users{query}"), &admin);
    let scene = Scene::new(&identity.table, copies.all(), request.again());
    if query.is_empty() { scene.showing(20, true) } else { scene.showing(0, true) }
}

async fn list_sessions() -> Scene {
    let identity = Deployment::at(Clock::manual(whole_second())).await;
    let copies = accounts(&identity).await;
    let ann = SignedInUser::named(&identity, "bea@example.com").await;
    let plan = Plan::try_from("family".to_owned()).expect("a plan");
    SignedInUser::change(&identity, ann.id, |account| account.plan = plan.clone()).await;
    let devices = plan.limits().devices;
    for _ in 1..devices {
        assert_eq!(identity.sign_in("bea@example.com").await.status, 200);
    }
    let list = endpoint(list_sessions::list_sessions, identity.public, stage());
    let request = Request::get(list, "/v1/users/me/sessions", &ann);
    Scene::new(&identity.table, copies.all(), request.again()).showing(devices, false)
}

async fn list_sign_ins() -> Scene {
    let now = whole_second();
    let identity = Deployment::at(Clock::manual(now)).await;
    let ann = SignedInUser::named(&identity, "bea@example.com").await;
    let plan = Plan::try_from("family".to_owned()).expect("a plan");
    SignedInUser::change(&identity, ann.id, |account| account.plan = plan.clone()).await;
    let (signed_in, template) = identity.table.written_by(identity.sign_in("bea@example.com")).await;
    let session = signed_in.body["tokens"]["sessionId"].as_str().expect("a session").to_owned();
    // The account is written too, and has no copies.
    let copies = Copies::of(template.with(&["sign_in#"]), &session).made_at(now);
    let list = endpoint(list_sign_ins::list_sign_ins, identity.public, stage());
    let request = Request::get(list, "/v1/users/me/sign-ins", &ann);
    Scene::new(&identity.table, copies.all(), request.again()).showing(20, true)
}
