//! What stands before each attempt: the time that is left, and the circuit of its host.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use failsafe::failure_policy::{ConsecutiveFailures, consecutive_failures};
use failsafe::{Config, FailurePolicy, StateMachine};
use lambda_http::http::{Extensions, Response, StatusCode};
use reqwest_middleware::{Error, Middleware, Next};
use tokio::time::Instant;

use super::{FAILURES_THAT_OPEN, Limits, OutboundError};

/// What became of a call's attempts so far.
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    deadline: Instant,
    last: Option<OutboundError>,
    /// The last one after which it is unknown whether it was done.
    unsure: Option<OutboundError>,
}

impl Attempts {
    pub(super) fn until(deadline: Instant) -> Self {
        Self { deadline, last: None, unsure: None }
    }

    fn note(&mut self, error: &OutboundError) {
        self.last = Some(error.clone());
        if error.may_have_happened() {
            self.unsure = Some(error.clone());
        }
    }

    /// An attempt that may have been done outweighs a later one that surely was not.
    pub(super) fn verdict(self) -> Option<OutboundError> {
        self.unsure.or(self.last)
    }
}

/// The circuits of all hosts that this process calls.
pub(super) struct Guard {
    limits: Limits,
    circuits: Mutex<HashMap<String, Circuit>>,
}

#[derive(Clone)]
struct Circuit {
    machine: StateMachine<Noted, ()>,
    open_until: Arc<Mutex<Option<Instant>>>,
}

/// A policy that tells until when it opened the circuit, which the crate keeps to itself.
struct Noted {
    policy: ConsecutiveFailures<OpenTimes>,
    open_until: Arc<Mutex<Option<Instant>>>,
}

impl FailurePolicy for Noted {
    fn record_success(&mut self) {
        self.policy.record_success();
    }

    fn mark_dead_on_failure(&mut self) -> Option<Duration> {
        let open = self.policy.mark_dead_on_failure();
        if let Some(open) = open {
            *self.open_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + open);
        }
        open
    }

    fn revived(&mut self) {
        self.policy.revived();
    }
}

/// Twice as long each time, up to the longest.
#[derive(Clone)]
struct OpenTimes {
    next: Duration,
    longest: Duration,
}

impl Iterator for OpenTimes {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let now = self.next.min(self.longest);
        self.next = now.saturating_mul(2);
        Some(now)
    }
}

impl Circuit {
    fn new(limits: &Limits) -> Self {
        let open_until = Arc::<Mutex<Option<Instant>>>::default();
        let times = OpenTimes { next: limits.open.0, longest: limits.open.1 };
        let policy = Noted { policy: consecutive_failures(FAILURES_THAT_OPEN, times), open_until: open_until.clone() };
        Self { machine: Config::new().failure_policy(policy).build(), open_until }
    }

    fn retry_after(&self) -> Duration {
        let until = *self.open_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map(|until| until.saturating_duration_since(Instant::now())).unwrap_or_default()
    }
}

impl Guard {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, circuits: Mutex::default() }
    }

    fn circuit_of(&self, url: &reqwest::Url) -> Circuit {
        let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        let mut circuits = self.circuits.lock().unwrap_or_else(PoisonError::into_inner);
        circuits.entry(host).or_insert_with(|| Circuit::new(&self.limits)).clone()
    }

    async fn attempt(
        &self,
        request: reqwest::Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let result = self.guarded(request, extensions, next).await;
        result.map_err(|error| {
            if let Some(attempts) = extensions.get_mut::<Attempts>() {
                attempts.note(&error);
            }
            Error::middleware(error)
        })
    }

    async fn guarded(
        &self,
        mut request: reqwest::Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<reqwest::Response, OutboundError> {
        let deadline = extensions.get::<Attempts>().map(|attempts| attempts.deadline);
        let left = deadline.map_or(self.limits.attempt, |deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            let last = extensions.get::<Attempts>().and_then(|attempts| attempts.last.clone());
            return Err(last.unwrap_or(OutboundError::TimedOut));
        }
        let circuit = self.circuit_of(request.url());
        if !circuit.machine.is_call_permitted() {
            return Err(OutboundError::Open { retry_after: circuit.retry_after() });
        }
        *request.timeout_mut() = Some(self.limits.attempt.min(left));
        let result = self.whole(next.run(request, extensions).await).await;
        match &result {
            Ok(_) => circuit.machine.on_success(),
            Err(_) => circuit.machine.on_error(),
        }
        result
    }

    /// The answer with its body read, so that a body that does not end fails its attempt.
    async fn whole(
        &self,
        result: reqwest_middleware::Result<reqwest::Response>,
    ) -> Result<reqwest::Response, OutboundError> {
        let mut response = result.map_err(|error| read(&error))?;
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(OutboundError::Status { status: status.as_u16() });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| read(&error.into()))? {
            if body.len() + chunk.len() > self.limits.answer_bytes {
                return Err(OutboundError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(body);
        *whole.status_mut() = status;
        Ok(whole.into())
    }
}

fn read(error: &Error) -> OutboundError {
    if error.is_timeout() && !error.is_connect() {
        OutboundError::TimedOut
    } else if error.is_connect() {
        OutboundError::Unreachable
    } else {
        OutboundError::Broken
    }
}

impl Middleware for Guard {
    // What `#[async_trait]` writes, which is not among the dependencies.
    fn handle<'a, 'b, 'c, 'd>(
        &'a self,
        request: reqwest::Request,
        extensions: &'b mut Extensions,
        next: Next<'c>,
    ) -> Pin<Box<dyn Future<Output = reqwest_middleware::Result<reqwest::Response>> + Send + 'd>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
        Self: 'd,
    {
        Box::pin(self.attempt(request, extensions, next))
    }
}
