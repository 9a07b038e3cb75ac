//! Media's functions in the process, on a table and a bucket of the test's own.

use std::time::Duration;

use dynamo::Versioned;
use jiff::Timestamp;
use kit::Clock;
use kit::bucket::ObjectCreated;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Handled;
use lambda_http::RequestExt;
use media::consumers::process_upload::process_upload;
use media::consumers::sweep_uploads::{Sweeping, sweep_uploads};
use media::ctx::{Checking, ConsumerContext, Ctx};
use media::domain::account::Account;
use media::domain::keys;
use media::domain::medium::{Medium, Status};
use media::domain::purpose::{ContentType, Purpose};
use media::moderation::Moderation;
use media::objects::Objects;
use media::store::{Media, Store};
use serde_json::Value;
use testkit::{Reply, TestTable, leak, pictures, request};
use types::{MediaId, UserId};

use crate::bucket::{BUCKET, Services};
use crate::identity_support::{Deployment, stage};

/// The room that a picture of these tests takes.
pub const BYTES: u64 = 100_000;

/// A deployment's media functions.
pub struct Pictures {
    pub table: TestTable,
    pub services: Services,
    pub store: Store,
    pub clock: Clock,
    pub checking: &'static Checking,
    pub consumer: &'static ConsumerContext,
    pub sweeping: &'static Sweeping,
}

impl Pictures {
    pub async fn start() -> Self {
        let (table, services) = (TestTable::start().await, Services::start().await);
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let (config, store) = (services.config(), Store::new(table.of::<Media>()));
        let objects = || Objects::new(&services.config().into(), BUCKET);
        let consumer = || ConsumerContext::new(store.clone(), objects(), clock.clone());
        let moderator = Moderation::Rekognition.moderator(&config.clone().into());
        let checking = leak(Checking::new(store.clone(), objects(), moderator, clock.clone()));
        let sweeping = leak(Sweeping::new(
            consumer(),
            aws_sdk_sqs::Client::new(&config),
            format!("{}/queue", config.endpoint_url().unwrap()),
        ));
        let consumer = leak(consumer());
        Self { table, services, store, clock, checking, consumer, sweeping }
    }

    /// A picture that somebody wants to upload.
    pub fn wish(&self, owner: UserId) -> Medium {
        Medium {
            id: MediaId::generate(),
            owner_id: owner,
            purpose: Purpose::Photo,
            content_type: ContentType::Png,
            bytes: BYTES,
            correlation_id: "c".to_owned(),
            created_at: self.clock.now(),
            status: Status::AwaitingUpload,
        }
    }

    /// Adds a picture whose file is there.
    pub async fn uploaded(&self, owner: UserId) -> Medium {
        let medium = self.store.add(self.wish(owner), None).await.unwrap().value;
        self.put(&medium, &pictures::png(12, 9));
        medium
    }

    /// Puts a file in quarantine.
    pub fn put(&self, medium: &Medium, file: &[u8]) {
        self.services.put(&keys::upload(medium.owner_id, medium.id), file);
    }

    /// Handles the message of an upload.
    pub async fn check(&self, medium: &Medium) -> Handled {
        let key = keys::upload(medium.owner_id, medium.id);
        process_upload(self.checking, ObjectCreated { bucket: BUCKET.to_owned(), key }).await
    }

    pub async fn sweep(&self) {
        sweep_uploads(self.sweeping).await.unwrap();
    }

    pub async fn read(&self, medium: &Medium) -> Option<Versioned<Medium>> {
        self.store.medium(medium.owner_id, medium.id).await.unwrap()
    }

    /// How many pictures and bytes are taken.
    pub async fn used(&self, owner: UserId) -> (u64, u64) {
        let account: Option<Versioned<Account>> = self.store.account(owner).await.unwrap();
        account.map_or((0, 0), |account| (account.value.items, account.value.bytes))
    }

    pub fn wait(&self, minutes: u64) {
        self.clock.advance(Duration::from_mins(minutes));
    }

    /// The endpoints' context, for tokens of this deployment of identity.
    pub fn ctx(&self, identity: &Deployment) -> &'static Ctx {
        let objects = Objects::new(&self.services.config().into(), BUCKET);
        leak(Ctx::new(self.store.clone(), objects, Clock::System, identity.verifier()))
    }
}

/// Endpoints of media, by name.
pub struct Api(pub &'static Ctx);

impl Api {
    pub fn create(&self) -> Endpoint {
        endpoint(media::api::create_media::create_media, self.0, stage())
    }

    pub fn get(&self) -> Endpoint {
        endpoint(media::api::get_media::get_media, self.0, stage())
    }

    pub fn get_profile(&self) -> Endpoint {
        endpoint(media::api::get_profile::get_profile, self.0, stage())
    }

    pub fn list(&self) -> Endpoint {
        endpoint(media::api::list_media::list_media, self.0, stage())
    }

    pub fn list_profiles(&self) -> Endpoint {
        endpoint(media::api::list_profiles::list_profiles, self.0, stage())
    }

    pub fn delete(&self) -> Endpoint {
        endpoint(media::api::delete_media::delete_media, self.0, stage())
    }
}

/// Lists profiles of users.
pub async fn list_profiles(api: &Api, token: &str, users: &[UserId]) -> Reply {
    let ids: Vec<_> = users.iter().map(ToString::to_string).collect();
    let path = format!("/v1/profiles?ids={}", ids.join(","));
    let authorization = format!("Bearer {token}");
    let request = request("GET", &path, &[("authorization", authorization.as_str())], None);
    api.list_profiles().call(request).await.into()
}

/// Calls an endpoint with an idempotency key, about one picture.
pub async fn call(endpoint: &Endpoint, method: &str, token: &str, key: &str, id: &str, body: Option<&Value>) -> Reply {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    let parameters = std::collections::HashMap::from([("id".to_owned(), id.to_owned())]);
    let request = request(method, "/v1/media", &headers, body).with_path_parameters(parameters);
    endpoint.call(request).await.into()
}
