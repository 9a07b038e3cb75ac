//! Realtime's functions in the process, on a table and a gateway of the test's own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::identity::{Device, SessionEndReason, SessionEnded, UserDeleted};
use contracts::notifications::{Category, NotificationAdded};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{Meter, Usage};
use identity::issuer::{generate_secrets, public_keys};
use identity::secrets::TokenSecrets;
use jiff::Timestamp;
use jsonwebtoken::{EncodingKey, Header};
use kit::Clock;
use kit::Deadline;
use kit::auth::{ALGORITHM, Claims, IdKey, Verifier};
use kit::sqs::Handled;
use kit::websocket::{Answered, SocketEvent, call};
use realtime::sockets::Sockets;
use realtime::store::{Realtime, Store};
use realtime::{ConnectContext, Ctx, TokenContext};
use serde_json::{Value, json};
use testkit::{TestGateway, TestTable, finished, socket_event};
use types::{EventId, SessionId, UserId, Uuid};

const ISSUER: &str = "https://api.test";
const TOKEN_SECONDS: i64 = 600;

/// A deployment's realtime functions.
pub struct Deployment {
    pub gateway: TestGateway,
    pub ctx: &'static Ctx,
    connects: &'static ConnectContext,
    secrets: TokenSecrets,
    pub table: TestTable,
}

/// A user with one signed-in device.
#[derive(Clone, Copy)]
pub struct Person {
    pub user: UserId,
    pub session: SessionId,
}

impl Person {
    pub fn new() -> Self {
        Self { user: UserId::generate(), session: SessionId::generate() }
    }
}

impl Deployment {
    pub async fn start() -> Self {
        Self::at(Clock::System).await
    }

    /// A deployment whose clock a test moves.
    pub async fn at(clock: Clock) -> Self {
        let (table, gateway) = (TestTable::start().await, TestGateway::start().await);
        let secrets = generate_secrets().unwrap();
        let jwks = serde_json::to_string(&public_keys(&secrets).unwrap()).unwrap();
        let config = aws_sdk_apigatewaymanagement::Config::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("us-east-1"))
            .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(gateway.url())
            .build();
        let sockets = Sockets::new(aws_sdk_apigatewaymanagement::Client::from_conf(config));
        let ctx = || Ctx::new(Store::new(table.of::<Realtime>()), sockets.clone(), clock.clone());
        let verifier = Verifier::new(&jwks.parse().unwrap(), ISSUER, clock.clone());
        Self {
            ctx: Box::leak(Box::new(ctx())),
            connects: Box::leak(Box::new(ConnectContext {
                with_tokens: TokenContext { ctx: ctx(), verifier },
                origins: "https://app.example.com".parse().unwrap(),
            })),
            secrets,
            gateway,
            table,
        }
    }

    /// What is stored.
    pub fn store(&self) -> Store {
        self.ctx.store.clone()
    }

    /// An access token that was made at a time.
    pub fn token(&self, person: Person, at: Timestamp) -> String {
        let key = &self.secrets.keys.signing_keys[0];
        let claims = Claims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub: person.user,
            sid: person.session,
            idk: IdKey::of_user(&[0; 32], person.user),
            roles: vec![],
            scope: String::new(),
            iat: at.as_second(),
            nbf: at.as_second(),
            exp: at.as_second() + TOKEN_SECONDS,
            jti: Uuid::now_v7(),
        };
        let header = Header { kid: Some(key.key_id.clone()), ..Header::new(ALGORITHM) };
        let der = STANDARD.decode(&key.private_key).unwrap();
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(&der)).unwrap()
    }

    /// Connects, and opens the socket if that is accepted. The status.
    pub async fn connect(&self, person: Person, connection: &str) -> i64 {
        let token = self.token(person, self.ctx.clock.now());
        let (answer, _) = self.offer(connection, &json!({ "queryStringParameters": { "token": token } })).await;
        let status = answer["statusCode"].as_i64().unwrap();
        if status == 200 {
            self.gateway.open(connection);
        }
        status
    }

    /// An attempt to connect; the gateway opens nothing.
    pub async fn offer(&self, connection: &str, more: &Value) -> (Value, Usage) {
        let ctx = self.connects;
        measured("CONNECT", connection, more, async |event| realtime::api::connect::connect(ctx, event).await).await
    }

    /// A client says something.
    pub async fn say(&self, connection: &str, text: &Value) -> Usage {
        let (ctx, more) = (&self.connects.with_tokens, json!({ "body": text.to_string() }));
        let handler = async |event| realtime::api::receive_message::receive_message(ctx, event).await;
        let (answer, usage) = measured("MESSAGE", connection, &more, handler).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        usage
    }

    /// A client goes away.
    pub async fn disconnect(&self, connection: &str) -> Usage {
        let ctx = self.ctx;
        self.gateway.break_off(connection);
        let handler = async |event| realtime::api::disconnect::disconnect(ctx, event).await;
        measured("DISCONNECT", connection, &json!({}), handler).await.1
    }

    pub async fn notify(&self, event: &Envelope<NotificationAdded>) -> (Handled, Usage) {
        let event = event.clone().erase().unwrap();
        metered(realtime::consumers::push_notifications::push_notifications(self.ctx, event)).await
    }

    pub async fn end_session(&self, person: Person, reason: SessionEndReason) -> (Handled, Usage) {
        let device = Device { name: "phone".into(), platform: "ios".into() };
        let ended = SessionEnded { user_id: person.user, session_id: person.session, device, reason };
        let event = event(ended).erase().unwrap();
        metered(realtime::consumers::end_sessions::end_sessions(self.ctx, event)).await
    }

    pub async fn delete(&self, user: UserId) -> (Handled, Usage) {
        let event = event(UserDeleted { user_id: user }).erase().unwrap();
        let forget = realtime::consumers::forget_user::forget_user(self.ctx, event, Deadline::never());
        metered(async { finished(forget.await) }).await
    }

    /// What a socket heard, as `type:id`, or `type` where there is no id.
    pub fn heard(&self, connection: &str) -> Vec<String> {
        let name = |frame: Value| {
            let text = |key: &str| frame[key].as_str().map(str::to_owned);
            [text("type"), text("id")].into_iter().flatten().collect::<Vec<_>>().join(":")
        };
        self.gateway.sent(connection).into_iter().map(name).collect()
    }

    /// The sort keys of what is stored on a user.
    pub async fn held(&self, user: UserId) -> Vec<String> {
        let partition = format!("realtime#user#{user}");
        let items = self.table.items().await.into_iter();
        let of_user = items.filter(|item| item["pk"].as_s().is_ok_and(|pk| *pk == partition));
        let mut keys: Vec<_> = of_user.map(|item| item["sk"].as_s().unwrap().clone()).collect();
        keys.sort();
        keys
    }
}

pub fn event<T: DomainEvent>(data: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), Timestamp::now(), "test".into(), Actor::System, data)
}

pub fn notification(user: UserId) -> Envelope<NotificationAdded> {
    event(NotificationAdded {
        user_id: user,
        notification_id: Uuid::now_v7(),
        category: Category::Activity,
        kind: "plain".to_owned(),
        data: contracts::notifications::NotificationIds::default(),
        title: "Title".into(),
        body: "Body".into(),
        link: None,
    })
}

async fn metered(work: impl Future<Output = Handled>) -> (Handled, Usage) {
    let meter = Meter::default();
    (meter.scope(Box::pin(work)).await, meter.usage())
}

async fn measured<E: SocketEvent>(
    kind: &str,
    connection: &str,
    more: &Value,
    handler: impl AsyncFn(E) -> Answered,
) -> (Value, Usage) {
    let (meter, handler) = (Meter::default(), &handler);
    let answer =
        call(socket_event(kind, connection, more), "test", async |event| meter.scope(Box::pin(handler(event))).await);
    (Box::pin(answer).await, meter.usage())
}
