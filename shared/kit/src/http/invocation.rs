//! The request as the logs know it.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use types::{EventId, UserId};

use crate::Deadline;
use crate::auth::Caller;

/// The longest correlation id that is taken from a client, in characters.
const MAX_CORRELATION_CHARS: usize = 64;

/// The ids of one request. Handlers take it to name the cause of their events.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The gateway's id of the request.
    pub request_id: String,
    /// The same for all that one action of a user sets in motion; the client may choose it (`X-Correlation-Id`).
    pub correlation_id: String,
    /// The client's network address, as the gateway saw it.
    pub source_ip: String,
    /// After this no new attempt should begin, so that the client gets a reply. Outside Lambda there is none.
    pub deadline: Deadline,
    caller: Arc<OnceLock<UserId>>,
}

impl Invocation {
    pub(crate) fn of(request: &Request) -> Self {
        let (request_id, source_ip) = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => (context.request_id.clone(), context.http.source_ip.clone()),
            _ => (None, None),
        };
        let request_id = request_id
            .or_else(|| request.lambda_context_ref().map(|context| context.request_id.clone()))
            .unwrap_or_else(|| EventId::generate().to_string());
        let correlation_id = request
            .headers()
            .get("x-correlation-id")
            .and_then(|value| value.to_str().ok())
            .filter(|text| is_plain(text))
            .map_or_else(|| request_id.clone(), str::to_owned);
        Self {
            request_id,
            correlation_id,
            source_ip: source_ip.unwrap_or_default(),
            deadline: request.lambda_context_ref().map_or(Deadline::never(), Deadline::of),
            caller: Arc::default(),
        }
    }

    /// An event that this request caused.
    pub fn event<T: DomainEvent>(&self, at: Timestamp, data: T) -> Envelope<T> {
        let actor = self.caller().map_or(Actor::Anonymous, Actor::User);
        Envelope::new(EventId::generate(), at, self.correlation_id.clone(), actor, data)
    }

    pub(crate) fn caller(&self) -> Option<UserId> {
        self.caller.get().copied()
    }
}

/// Ids go to logs and events: letters, digits and `-_.:` only.
fn is_plain(text: &str) -> bool {
    (1..=MAX_CORRELATION_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// Remembers who calls, for the log line and for events.
pub(crate) fn note_caller(parts: &Parts, caller: &Caller) {
    if let Some(invocation) = parts.extensions.get::<Invocation>() {
        // A second extractor of the same request finds the same caller.
        invocation.caller.get_or_init(|| caller.user_id);
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Invocation {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self {
            request_id: String::new(),
            correlation_id: EventId::generate().to_string(),
            source_ip: String::new(),
            deadline: Deadline::never(),
            caller: Arc::default(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_ids_cannot_forge_log_lines() {
        assert!(is_plain("a-1_b.c:d"));
        for bad in ["", "a b", "a\nb", "\"", &"a".repeat(MAX_CORRELATION_CHARS + 1)] {
            assert!(!is_plain(bad), "{bad:?}");
        }
    }
}
