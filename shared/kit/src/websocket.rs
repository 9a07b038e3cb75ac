//! Functions behind the WebSocket API: one each for connections that open, messages that come, connections that close.
//!
//! A function states in its signature which of the three it takes ([`Connect`], [`Message`], [`Disconnect`]), and answers
//! with an [`Answer`] or a [`Failure`]. The gateway cannot send anything while a connection opens, and sends back no
//! bodies here: what a client is told goes through PostToConnection.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use dynamo::{Meter, StoreError};
use futures::FutureExt;
use lambda_http::http::header::{ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use tokio::time::Instant;
use types::UserId;

use sealed::Common;

use crate::Error;
use crate::config::{ConfigError, Environment};
use crate::telemetry::{self, Outcome, Record};

/// What the function made of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The connection opens, with the sub-protocol that was chosen of those that the client offered.
    Accept(Option<&'static str>),
    /// The connection does not open, for want of a proof of who it is. The code is for the log: clients see a status.
    Unauthorized(&'static str),
    /// The connection does not open, for any user.
    Forbidden(&'static str),
    /// The message or the end of the connection was dealt with.
    Done,
    /// The message was refused, and the client was told with this code.
    Refused(&'static str),
}

/// The function could not do its work. The text is for the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

/// A function's answer.
pub type Answered = Result<Answer, Failure>;

/// Something that happens to a connection. Its `Debug` shows neither tokens nor texts.
pub trait SocketEvent: Sized + sealed::Read {
    /// The name that the log knows it by.
    const NAME: &'static str;
    /// The gateway's name for it.
    const EVENT_TYPE: &'static str;
}

/// A client wants to connect.
#[derive(Clone)]
pub struct Connect {
    common: Common,
    protocols: Vec<String>,
    token: Option<String>,
    origin: Option<String>,
}

/// A client sent something.
#[derive(Clone)]
pub struct Message {
    common: Common,
    body: Option<String>,
}

/// A connection is closed.
#[derive(Clone)]
pub struct Disconnect {
    common: Common,
}

macro_rules! socket_event {
    ($($event:ident $name:literal $type:literal)+) => {$(
        impl SocketEvent for $event {
            const NAME: &'static str = $name;
            const EVENT_TYPE: &'static str = $type;
        }

        impl $event {
            /// The connection that it is about, as the gateway calls it.
            pub fn connection_id(&self) -> &str {
                &self.common.connection_id
            }

            /// Puts the user in the log line.
            pub fn note_caller(&self, user_id: UserId) {
                self.common.caller.get_or_init(|| user_id);
            }
        }

        impl fmt::Debug for $event {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($event), self.common.connection_id)
            }
        }
    )+};
}

socket_event! {
    Connect "connect" "CONNECT"
    Message "message" "MESSAGE"
    Disconnect "disconnect" "DISCONNECT"
}

impl Connect {
    /// The sub-protocols that the client offers, in its order. Browsers cannot send other headers, so a token may be one.
    pub fn protocols(&self) -> impl Iterator<Item = &str> {
        self.protocols.iter().map(String::as_str)
    }

    /// The origin of the page that connects. Browsers always send it; other clients need not.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The parameter `token` of the query.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

impl Message {
    /// The text; none if the client sent bytes.
    pub fn text(&self) -> Option<&str> {
        self.body.as_deref()
    }
}

mod sealed {
    use super::{ApiGatewayWebsocketProxyRequest, Arc, OnceLock, UserId};

    /// What every event says.
    #[derive(Clone)]
    pub struct Common {
        pub(super) connection_id: String,
        pub(super) caller: Arc<OnceLock<UserId>>,
    }

    pub trait Read {
        fn read(request: &ApiGatewayWebsocketProxyRequest, common: Common) -> Self;
    }
}

impl sealed::Read for Connect {
    fn read(request: &ApiGatewayWebsocketProxyRequest, common: Common) -> Self {
        let offers = request.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
        let protocols = offers.flat_map(|offer| offer.split(',')).map(|name| name.trim().to_owned()).collect();
        let token = request.query_string_parameters.first("token").map(str::to_owned);
        let origin = request.headers.get(ORIGIN).map(|value| value.to_str().unwrap_or_default().to_owned());
        Self { common, protocols, token, origin }
    }
}

impl sealed::Read for Message {
    fn read(request: &ApiGatewayWebsocketProxyRequest, common: Common) -> Self {
        let body = request.body.clone().unwrap_or_default();
        Self { common, body: (!request.is_base64_encoded).then_some(body) }
    }
}

impl sealed::Read for Disconnect {
    fn read(_request: &ApiGatewayWebsocketProxyRequest, common: Common) -> Self {
        Self { common }
    }
}

/// Runs a function behind the WebSocket API, until Lambda ends the process.
pub async fn serve<C, E, F>(
    handler: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    E: SocketEvent,
    F: AsyncFn(&'static C, E) -> Answered,
{
    let (ctx, _stage) = crate::config::start(from_env).await?;
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<ApiGatewayWebsocketProxyRequest>| async move {
        let request_id = event.context.request_id;
        Ok::<_, Error>(call(event.payload, &request_id, async |event| Box::pin(handler(ctx, event)).await).await)
    }))
    .await
}

/// Answers one event: whatever the handler does, the answer is a response, and the log gets one line.
pub async fn call<E: SocketEvent>(
    request: ApiGatewayWebsocketProxyRequest,
    request_id: &str,
    handler: impl AsyncFn(E) -> Answered,
) -> Value {
    let started = Instant::now();
    let meter = Meter::default();
    let context = &request.request_context;
    let common = Common { connection_id: context.connection_id.clone().unwrap_or_default(), caller: Arc::default() };
    let caller = common.caller.clone();
    let answered = if context.event_type.as_deref() == Some(E::EVENT_TYPE) && !common.connection_id.is_empty() {
        let work = AssertUnwindSafe(handler(E::read(&request, common))).catch_unwind();
        meter.scope(work).await.unwrap_or_else(|panic| Err(Failure(telemetry::panic_text(&*panic))))
    } else {
        // A message whose type is the name of a route leads here: `{"type": "$connect"}`.
        Ok(Answer::Forbidden("request.wrong_event"))
    };
    let (status, outcome, code, error) = summary(&answered);
    Record {
        trigger: E::NAME,
        request_id,
        correlation_id: context.request_id.as_deref().unwrap_or(request_id),
        caller: caller.get().copied(),
        duration: started.elapsed(),
        usage: meter.usage(),
        outcome,
        status: Some(status),
        code: code.map(str::to_owned),
        error,
    }
    .write();
    response(status, &answered)
}

fn summary(answered: &Answered) -> (u16, Outcome, Option<&'static str>, Option<String>) {
    match answered {
        Ok(Answer::Accept(_) | Answer::Done) => (200, Outcome::Ok, None, None),
        Ok(Answer::Unauthorized(code)) => (401, Outcome::Refused, Some(code), None),
        Ok(Answer::Forbidden(code)) => (403, Outcome::Refused, Some(code), None),
        // The gateway has no use for another status: the client has been told.
        Ok(Answer::Refused(code)) => (200, Outcome::Refused, Some(code), None),
        Err(Failure(reason)) => (500, Outcome::Failed, None, Some(reason.clone())),
    }
}

fn response(status: u16, answered: &Answered) -> Value {
    match answered {
        Ok(Answer::Accept(Some(protocol))) => {
            json!({ "statusCode": status, "headers": { "Sec-WebSocket-Protocol": protocol } })
        }
        _ => json!({ "statusCode": status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event_type: &str, more: &Value) -> ApiGatewayWebsocketProxyRequest {
        let mut event = json!({ "requestContext": {
            "eventType": event_type, "connectionId": "c1", "requestId": "r", "connectedAt": 0, "requestTimeEpoch": 0,
        }});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(event).unwrap()
    }

    #[tokio::test]
    async fn a_connection_offers_protocols_and_a_token_that_nobody_prints() {
        let offer = json!({
            "headers": { "sec-websocket-protocol": "atoll.v1, secret" },
            "queryStringParameters": { "token": "secret" },
        });
        let answer = call(event("CONNECT", &offer), "r", async |connect: Connect| {
            assert_eq!(connect.protocols().collect::<Vec<_>>(), ["atoll.v1", "secret"]);
            assert_eq!(connect.token(), Some("secret"));
            assert_eq!(format!("{connect:?}"), "Connect(c1)");
            Ok(Answer::Accept(Some("atoll.v1")))
        })
        .await;
        assert_eq!(answer, json!({ "statusCode": 200, "headers": { "Sec-WebSocket-Protocol": "atoll.v1" } }));
    }

    #[tokio::test]
    async fn refusals_failures_and_panics_have_their_status() {
        let answer = async |answered: fn() -> Answered| {
            call(event("CONNECT", &json!({})), "r", async |_: Connect| answered()).await["statusCode"].clone()
        };
        assert_eq!(answer(|| Ok(Answer::Unauthorized("a"))).await, 401);
        assert_eq!(answer(|| Ok(Answer::Forbidden("a"))).await, 403);
        assert_eq!(answer(|| Err(Failure("on purpose".into()))).await, 500);
        assert_eq!(answer(|| panic!("on purpose")).await, 500);
    }

    #[tokio::test]
    async fn bytes_are_no_text() {
        let read = async |more| {
            call(event("MESSAGE", &more), "r", async |message: Message| {
                Ok(message.text().map_or(Answer::Refused("bytes"), |_| Answer::Done))
            })
            .await
        };
        assert_eq!(read(json!({ "body": "{}" })).await, json!({ "statusCode": 200 }));
        assert_eq!(read(json!({ "body": "AAA=", "isBase64Encoded": true })).await, json!({ "statusCode": 200 }));
    }

    #[tokio::test]
    async fn an_event_of_another_kind_never_reaches_the_handler() {
        let answer = call(event("MESSAGE", &json!({ "body": "" })), "r", async |_: Connect| panic!("reached")).await;
        assert_eq!(answer["statusCode"], 403);
    }
}
