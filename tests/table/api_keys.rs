//! API keys on a table: what identity writes is what the checks of every context read.

use std::time::Duration;

use dynamo::Outbox;
use jiff::Timestamp;
use kit::Clock;
use kit::auth::ApiKey;
use kit::http::endpoint;
use serde_json::Value;
use testkit::{Reply, request};
use tests::Cost;
use types::{ApiKeyId, Scope, UserId};

use crate::identity_support::{Deployment, stage};
use identity::domain::api_key::{KeyName, Scopes, ServiceKey};

/// A deployment with a key, at a time that the test moves.
struct Keys {
    deployment: Deployment,
    clock: Clock,
    key: ApiKey,
}

impl Keys {
    async fn start(scope: Scope, valid_for: Option<Duration>) -> Self {
        let (deployment, clock) = (Deployment::start().await, Clock::manual(Timestamp::now()));
        let (key, now) = (ApiKey::new(ApiKeyId::generate(), [7; 32]), clock.now());
        let (name, scopes) = (KeyName::parse("shop").unwrap(), Scopes::of([scope]).unwrap());
        let kept = ServiceKey::new(&key, name, &scopes, valid_for.map(|time| now + time), UserId::generate(), now);
        assert!(deployment.ctx.store.add_api_key(kept.clone(), &Outbox::none()).await.unwrap());
        assert!(!deployment.ctx.store.add_api_key(kept, &Outbox::none()).await.unwrap(), "an id has one key");
        Self { deployment, clock, key }
    }

    async fn present(&self, text: &str) -> Reply {
        let directory = self.deployment.directory(self.clock.clone());
        let endpoint = endpoint(identity::api::list_users::list_users, directory, stage());
        endpoint.call(request("GET", "/v1/users", &[("x-api-key", text)], None)).await.into()
    }
}

fn outcome(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_key_is_good_until_its_end_or_its_deletion() {
    let keys = Keys::start(Scope::UsersRead, Some(Duration::from_mins(1))).await;
    let text = keys.key.write();
    assert_eq!(outcome(&keys.present(&text).await), (200, ""));
    keys.clock.advance(Duration::from_mins(1));
    assert_eq!(outcome(&keys.present(&text).await), (401, "auth.key_expired"));
    let store = &keys.deployment.ctx.store;
    let read = store.api_key(keys.key.id()).await.unwrap().unwrap();
    store.delete_api_key(&read, &Outbox::none(), Timestamp::now()).await.unwrap();
    assert_eq!(store.api_key(keys.key.id()).await.unwrap(), None);
    assert_eq!(outcome(&keys.present(&text).await), (401, "auth.key_invalid"));
}

#[tokio::test]
async fn another_secret_or_another_scope_opens_nothing() {
    let keys = Keys::start(Scope::NotificationsSend, None).await;
    assert_eq!(outcome(&keys.present(&keys.key.write()).await), (403, "auth.forbidden"));
    let guessed = ApiKey::new(keys.key.id(), [8; 32]).write();
    let wrong = keys.present(&guessed).await;
    assert_eq!(outcome(&wrong), (401, "auth.key_invalid"));
    assert_eq!(Cost::refused(&wrong).calls, 1);
    // What cannot be a key is refused without a look into the table.
    let broken = keys.present(&guessed[1..]).await;
    assert_eq!(outcome(&broken), (401, "auth.key_invalid"));
    assert_eq!(Cost::refused(&broken), Cost::default());
}

#[tokio::test]
async fn the_table_holds_no_key() {
    let keys = Keys::start(Scope::UsersRead, None).await;
    let text = keys.key.write();
    // The secret may contain underscores, and 42 characters are of the secret alone; the checksum follows.
    let (_, secret) = text.split_once(&format!("{}_", keys.key.id().uuid().simple())).unwrap();
    let secret = &secret[..42];
    let items = format!("{:?}", keys.deployment.table.items().await);
    assert!(items.contains("apikey") && !items.contains(secret) && !items.contains(&types::hex(&[7; 32])));
    let listed = keys.deployment.ctx.store.api_keys(10, None).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    let shown = serde_json::to_value(identity::api::ApiKeyView::from(&listed.items[0].value)).unwrap();
    assert_eq!(shown["expiresAt"], Value::Null);
    assert!(shown.get("hash").is_none());
}
