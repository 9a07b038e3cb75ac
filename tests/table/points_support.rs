//! Functions of points in the process, on a table of the test's own.

use std::collections::HashMap;

use contracts::media::{MediaDeleted, MediaPublished};
use contracts::points::{PointKind, PointSubscribed};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::Versioned;
use jiff::Timestamp;
use kit::Clock;
use kit::Deadline;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Handled;
use lambda_http::RequestExt;
use points::consumers::count_activity::count_activity;
use points::consumers::forget_user::forget_user;
use points::consumers::keep_copies::keep_copies;
use points::ctx::{ConsumerContext, Ctx, Gallery};
use points::domain::point::{Details, Point};
use points::store::{Points, Store};
use serde_json::Value;
use testkit::{Reply, TestTable, finished, leak, request};
use types::{EventId, GeoPoint, MediaId, PointId, UserId};

use crate::bucket::cdn;
use crate::identity_support::{Deployment, stage};

/// A deployment of points, and of identity for tokens.
pub struct Map {
    pub table: TestTable,
    pub store: Store,
    pub ctx: &'static Ctx,
    pub gallery: &'static Gallery,
    pub consumer: &'static ConsumerContext,
    identity: Deployment,
}

/// Somebody with a token.
pub struct Person {
    pub id: UserId,
    pub token: String,
}

/// A place of this latitude and longitude.
pub fn at(lat: f64, lng: f64) -> GeoPoint {
    GeoPoint::new(lat, lng).unwrap()
}

/// A point, as its keeper makes it.
pub fn point(keeper: UserId, kind: PointKind, location: GeoPoint) -> Point {
    let details = Details { name: "Fountain".to_owned(), kind, location, description: None };
    Point::new(PointId::generate(), keeper, details, Timestamp::UNIX_EPOCH)
}

/// An event as it comes from the queue.
pub fn event<T: DomainEvent>(fact: T) -> Envelope<Value> {
    let event = Envelope::new(EventId::generate(), Timestamp::now(), "c".to_owned(), Actor::System, fact);
    event.erase().unwrap()
}

/// The path of a photo's files.
pub fn path_of(media_id: MediaId) -> String {
    format!("published/owner/{media_id}/revision/")
}

/// The fact that a photo was published.
pub fn published(owner_id: UserId, media_id: MediaId) -> Envelope<Value> {
    let (purpose, content_type) = ("photo".to_owned(), "image/jpeg".to_owned());
    let path = Some(path_of(media_id));
    event(MediaPublished { media_id, owner_id, purpose, content_type, width: 1, height: 1, variants: Vec::new(), path })
}

/// The fact that it was deleted.
pub fn deleted(owner_id: UserId, media_id: MediaId) -> Envelope<Value> {
    event(MediaDeleted { media_id, owner_id, purpose: "photo".to_owned() })
}

/// A request's path, query and key, beside its token and body.
#[derive(Default)]
pub struct Asked<'a> {
    pub key: &'a str,
    pub query: &'a str,
    pub id: String,
    pub media_id: String,
}

/// A request about one point.
pub fn about<'a>(id: PointId) -> Asked<'a> {
    Asked { id: id.to_string(), ..Asked::default() }
}

impl Map {
    pub async fn start() -> Self {
        let (table, identity) = (TestTable::start().await, Deployment::start().await);
        let store = Store::new(table.of::<Points>());
        let ctx = leak(Ctx::new(store.clone(), Clock::System, identity.verifier()));
        let gallery = leak(Gallery::new(store.clone(), cdn(), Clock::System, identity.verifier()));
        let consumer = leak(ConsumerContext::new(store.clone(), Clock::System));
        Self { table, store, ctx, gallery, consumer, identity }
    }

    pub async fn person(&self, name: &str) -> Person {
        let reply = self.identity.sign_up(&format!("{name}@example.com")).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let id = text(&reply.body["user"]["id"]).parse().unwrap();
        Person { id, token: text(&reply.body["tokens"]["accessToken"]) }
    }

    /// Puts a point on the map.
    pub async fn put(&self, point: Point) -> Versioned<Point> {
        let keeper = point.keeper_id.unwrap();
        self.store.add(point, keeper, &dynamo::Outbox::none()).await.unwrap()
    }

    pub async fn keep(&self, event: Envelope<Value>) -> Handled {
        finished(keep_copies(self.consumer, event, Deadline::never()).await)
    }

    pub async fn count(&self, event: Envelope<Value>) -> Handled {
        count_activity(self.consumer, event).await
    }

    /// Counts a user's subscription of a point, as the consumer does after its event.
    pub async fn count_subscription(&self, point_id: PointId, user_id: UserId) -> Handled {
        self.count(event(PointSubscribed { point_id, user_id, revision: 1 })).await
    }

    /// A point as somebody sees it.
    pub async fn seen(&self, person: &Person, id: PointId) -> Value {
        let reply = self.call(&self.get_point(), "GET", person, about(id), None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    }

    pub async fn forget(&self, event: Envelope<Value>) -> Handled {
        finished(forget_user(self.consumer, event, Deadline::never()).await)
    }

    /// Calls an endpoint.
    pub async fn call(
        &self,
        endpoint: &Endpoint,
        method: &str,
        person: &Person,
        asked: Asked<'_>,
        body: Option<Value>,
    ) -> Reply {
        let authorization = format!("Bearer {}", person.token);
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", asked.key)];
        let headers = if asked.key.is_empty() { &headers[..1] } else { &headers[..] };
        let path = format!("/v1/community/points?{}", asked.query);
        let parameters = HashMap::from([("id".to_owned(), asked.id), ("mediaId".to_owned(), asked.media_id)]);
        let request = request(method, &path, headers, body.as_ref()).with_path_parameters(parameters);
        endpoint.call(request).await.into()
    }

    /// All that is stored and has this text in it, but for marks of the forgotten: its keys.
    pub async fn items_with(&self, text: &str) -> Vec<String> {
        let items = self.table.items().await.into_iter();
        let found =
            items.filter(|item| item["sk"].as_s().unwrap() != "forgotten" && format!("{item:?}").contains(text));
        found.map(|item| format!("{} {}", item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap())).collect()
    }
}

macro_rules! endpoints {
    ($ctx:ident: $($name:ident),+) => {
        /// Endpoints of points, by name.
        impl Map {$(
            pub fn $name(&self) -> Endpoint {
                endpoint(points::api::$name::$name, self.$ctx, stage())
            }
        )+}
    };
}

endpoints!(ctx: create_point, delete_photo, delete_point, subscribe_point, unsubscribe_point, update_point);
endpoints!(
    gallery: add_photo,
    get_point,
    list_my_points,
    list_photos,
    list_points,
    list_points_within,
    list_subscriptions
);
