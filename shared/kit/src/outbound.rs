//! Calls of providers outside of AWS: the one HTTP client of the product.
//!
//! Every attempt ends within [`ATTEMPT_TIMEOUT`], a call within the total that fits its function. What may be repeated (a
//! GET, or what the provider knows again by a key) is tried [`MAX_ATTEMPTS`] times, with growing pauses and jitter. After
//! [`FAILURES_THAT_OPEN`] failures in a row the host's circuit is open, and calls are refused at once until it may be
//! tried again. A circuit belongs to one process: Lambda's instances do not share it, so each of them learns by itself
//! that a provider is down, at the price of five failures. What that saves is the waiting, in functions that are paid for.
//!
//! Nothing of URLs, headers or bodies is logged: they hold keys and what people pay.

mod circuit;
#[cfg(test)]
mod tests;

use std::time::Duration;

use lambda_http::http::{Extensions, StatusCode};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::policies::ExponentialBackoff;
use reqwest_retry::{Jitter, RetryTransientMiddleware, Retryable, RetryableStrategy};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::http::Problem;
use circuit::{Attempts, Guard};

/// One attempt, with the body of its answer.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Attempts of a call that may be repeated, the first among them.
pub const MAX_ATTEMPTS: u32 = 3;
/// So many failed attempts in a row open a host's circuit.
pub const FAILURES_THAT_OPEN: u32 = 5;
/// How long it is open at first; each time that the try after it fails, twice as long.
pub const FIRST_OPEN: Duration = Duration::from_secs(30);
/// How long it is open at most.
pub const LONGEST_OPEN: Duration = Duration::from_mins(5);
/// The most that is read of an answer, in bytes.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// A connection that takes longer is not going to come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Lambda freezes idle processes, and providers close idle connections meanwhile.
const IDLE_CONNECTION: Duration = Duration::from_secs(5);
/// Pauses between attempts.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How patient calls are.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Of one attempt.
    pub attempt: Duration,
    /// Of a call with all its attempts and pauses.
    pub total: Duration,
    /// Between attempts: the first pause, and the longest.
    pub pause: (Duration, Duration),
    /// How long a circuit is open: at first, and at most.
    pub open: (Duration, Duration),
    /// The most that is read of an answer, in bytes.
    pub answer_bytes: usize,
}

impl Limits {
    /// The product's limits, in a function that gives a call this long.
    pub const fn within(total: Duration) -> Self {
        Self {
            attempt: ATTEMPT_TIMEOUT,
            total,
            pause: (FIRST_PAUSE, LONGEST_PAUSE),
            open: (FIRST_OPEN, LONGEST_OPEN),
            answer_bytes: MAX_ANSWER_BYTES,
        }
    }
}

/// Why there is no answer that could be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The circuit is open: the provider was not asked.
    #[error("the provider failed often, and is asked again in {} s", retry_after.as_secs())]
    Open {
        /// When it is asked again.
        retry_after: Duration,
    },
    /// There was no answer in time: it may have been done, or not.
    #[error("the provider did not answer in time")]
    TimedOut,
    /// There was no connection: the provider was not asked.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// The connection ended before the answer did: it may have been done, or not.
    #[error("the connection to the provider broke")]
    Broken,
    /// The provider failed, or asked for fewer calls (429).
    #[error("the provider answered {status}")]
    Status {
        /// The status of the last answer.
        status: u16,
    },
    /// The answer is larger than any that is expected. What was asked for may have been done.
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The call cannot be made as it was written.
    #[error("the call cannot be made: {0}")]
    Invalid(String),
}

impl OutboundError {
    /// True if the provider may have done what it was asked for.
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::TimedOut | Self::Broken | Self::TooLarge => true,
            Self::Status { status } => *status != StatusCode::TOO_MANY_REQUESTS.as_u16(),
            Self::Open { .. } | Self::Unreachable | Self::Invalid(_) => false,
        }
    }

    /// True if the same call may succeed later.
    fn may_pass(&self) -> bool {
        match self {
            Self::TimedOut | Self::Unreachable | Self::Broken | Self::Status { .. } => true,
            Self::Open { .. } | Self::TooLarge | Self::Invalid(_) => false,
        }
    }

    /// The answer to a client that cannot be served without the provider: 503 with `Retry-After`.
    pub fn problem(&self, code: &'static str) -> Problem {
        let wait = match self {
            Self::Open { retry_after } => whole_seconds(*retry_after),
            _ => 1,
        };
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, "A provider does not answer")
            .with_detail("try again later; nothing is done twice for the same Idempotency-Key")
            .retry_after(wait)
            .with_internal(self.to_string())
    }
}

/// Rounded up, and never zero.
fn whole_seconds(duration: Duration) -> u64 {
    (duration.as_secs() + u64::from(duration.subsec_nanos() > 0)).max(1)
}

/// A call to be made. Its `Debug` shows nothing: it holds keys.
#[derive(Clone)]
pub struct Call {
    method: reqwest::Method,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Option<(&'static str, String)>,
    repeatable: bool,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({})", self.method)
    }
}

impl Call {
    /// Reads something; this may be repeated.
    pub fn get(url: impl Into<String>) -> Self {
        let method = reqwest::Method::GET;
        Self { method, url: url.into(), headers: Vec::new(), body: None, repeatable: true }
    }

    /// Does something; this is not repeated unless [`Call::repeatable`] says so.
    pub fn post(url: impl Into<String>) -> Self {
        let method = reqwest::Method::POST;
        Self { method, url: url.into(), headers: Vec::new(), body: None, repeatable: false }
    }

    /// Removes something; this may be repeated.
    pub fn delete(url: impl Into<String>) -> Self {
        let method = reqwest::Method::DELETE;
        Self { method, url: url.into(), headers: Vec::new(), body: None, repeatable: true }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets a body that is encoded already.
    #[must_use]
    pub fn body(mut self, content_type: &'static str, text: impl Into<String>) -> Self {
        self.body = Some((content_type, text.into()));
        self
    }

    /// Says that the provider knows a repetition again, and does it once.
    #[must_use]
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    fn build(self, client: &reqwest::Client) -> Result<reqwest::Request, OutboundError> {
        let mut builder = client.request(self.method, self.url);
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        if let Some((content_type, text)) = self.body {
            builder = builder.header("content-type", content_type).body(text);
        }
        // The error's own text quotes the URL.
        builder.build().map_err(|_| OutboundError::Invalid("its URL or a header is malformed".to_owned()))
    }
}

/// An answer that the provider gave on purpose: any status but those of its failures.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

impl Answer {
    /// True for 200 to 299.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body, read as JSON. The error does not quote it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|error| {
            format!("the provider's answer is not what it should be: line {}, column {}", error.line(), error.column())
        })
    }
}

/// The client. One per process, so that its circuits know of each other's failures.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: reqwest::Client,
    once: ClientWithMiddleware,
    repeating: ClientWithMiddleware,
    limits: Limits,
}

impl Outbound {
    /// A client with these limits. It follows no redirections and uses no proxy.
    pub fn new(limits: Limits) -> Result<Self, OutboundError> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT.min(limits.attempt))
            .pool_idle_timeout(IDLE_CONNECTION)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| OutboundError::Invalid(error.without_url().to_string()))?;
        let guard = std::sync::Arc::new(Guard::new(limits.clone()));
        let policy = ExponentialBackoff::builder()
            .retry_bounds(limits.pause.0, limits.pause.1)
            .jitter(Jitter::Bounded)
            .build_with_max_retries(MAX_ATTEMPTS - 1);
        let retry = RetryTransientMiddleware::new_with_policy_and_strategy(policy, WhatMayPass);
        // The circuit stands behind the retries: it sees each attempt.
        let repeating = ClientBuilder::new(client.clone()).with(retry).with_arc(guard.clone()).build();
        let once = ClientBuilder::new(client.clone()).with_arc(guard).build();
        Ok(Self { client, once, repeating, limits })
    }

    /// Makes a call.
    pub async fn send(&self, call: Call) -> Result<Answer, OutboundError> {
        let client = if call.repeatable { &self.repeating } else { &self.once };
        let request = call.build(&self.client)?;
        let mut extensions = Extensions::new();
        extensions.insert(Attempts::until(Instant::now() + self.limits.total));
        if let Ok(response) = client.execute_with_extensions(request, &mut extensions).await {
            let status = response.status().as_u16();
            // The guard has read the body within its bounds already.
            let body = response.bytes().await.map_err(|_| OutboundError::Broken)?;
            return Ok(Answer { status, body: body.to_vec() });
        }
        // What the attempts came to says more than the last error, which may be that of a circuit that has just opened.
        let attempts = extensions.remove::<Attempts>();
        Err(attempts.and_then(Attempts::verdict).unwrap_or(OutboundError::Broken))
    }
}

/// What is worth another attempt.
struct WhatMayPass;

impl RetryableStrategy for WhatMayPass {
    fn handle(&self, result: &reqwest_middleware::Result<reqwest::Response>) -> Option<Retryable> {
        let Err(reqwest_middleware::Error::Middleware(error)) = result else { return None };
        let passes = error.downcast_ref::<OutboundError>().is_some_and(OutboundError::may_pass);
        Some(if passes { Retryable::Transient } else { Retryable::Fatal })
    }
}
