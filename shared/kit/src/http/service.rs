//! From a handler to a running function.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;

use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use dynamo::Meter;
use futures::FutureExt;
use http_body_util::BodyExt;
use lambda_http::http::{HeaderValue, header};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, LambdaEvent, Request};
use tokio::time::Instant;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use super::list_tag::ListTag;
use super::raw_query::{self, Malformed};
use super::{Invocation, Problem, security_headers};
use crate::Error;
use crate::config::{ConfigError, Environment, Stage};
use crate::telemetry::{self, Outcome, Record};

type AxumRequest = axum::http::Request<axum::body::Body>;

/// A handler with its context, boxed: the Lambda runtime is compiled once in this crate and not once per binary.
#[derive(Clone)]
pub struct Endpoint {
    service: BoxCloneSyncService<AxumRequest, Response, Infallible>,
    stage: Stage,
    name: &'static str,
}

/// Boxes a handler. `ctx` lives as long as the process does.
pub fn endpoint<H, T, C>(handler: H, ctx: &'static C, stage: Stage) -> Endpoint
where
    H: Handler<T, &'static C> + Sync,
    T: 'static,
    C: Send + Sync + 'static,
{
    let name = std::any::type_name::<H>();
    Endpoint { service: BoxCloneSyncService::new(handler.with_state(ctx)), stage, name }
}

/// Runs a handler as a Lambda function behind the HTTP API, until Lambda ends the process.
pub async fn serve<H, T, C>(
    handler: H,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    H: Handler<T, &'static C> + Sync,
    T: 'static,
    C: Send + Sync + 'static,
{
    let (ctx, stage) = crate::config::start(from_env).await?;
    run(endpoint(handler, ctx, stage)).await
}

async fn run(endpoint: Endpoint) -> Result<(), Error> {
    // As `lambda_http::run`, but with a look at the event before it becomes a request.
    lambda_runtime::run(tower::service_fn(move |mut event: LambdaEvent<LambdaRequest>| {
        let malformed = raw_query::take_malformed(&mut event.payload);
        let endpoint = endpoint.clone();
        let answer = tower::service_fn(move |mut request: Request| {
            if let Some(malformed) = malformed {
                request.extensions_mut().insert(malformed);
            }
            let endpoint = endpoint.clone();
            async move { Ok::<_, Infallible>(endpoint.call(request).await) }
        });
        Adapter::from(answer).call(event)
    }))
    .await
}

impl Endpoint {
    /// Answers one request: whatever the handler does, the answer is a response, and the log gets one line.
    pub async fn call(&self, request: Request) -> lambda_http::Response<Body> {
        let started = Instant::now();
        let invocation = Invocation::of(&request);
        let meter = Meter::of(self.name);
        let list = ListTag::of(&request);
        let answer = list.scope(meter.scope(AssertUnwindSafe(self.handle(request, &invocation)).catch_unwind())).await;
        let response = answer.unwrap_or_else(|panic| Problem::internal(telemetry::panic_text(&*panic)).into_response());
        self.finish(response, &invocation, &meter, started).await
    }

    async fn handle(&self, request: Request, invocation: &Invocation) -> Response {
        let (mut parts, body) = request.into_parts();
        if let Some(malformed) = parts.extensions.get::<Malformed>() {
            return Problem::from(*malformed).into_response();
        }
        parts.extensions.insert(invocation.clone());
        let body = match body {
            Body::Text(text) => axum::body::Body::from(text),
            Body::Binary(bytes) => axum::body::Body::from(bytes),
            _ => axum::body::Body::empty(),
        };
        let mut service = self.service.clone();
        match service.ready().await {
            Ok(ready) => ready.call(AxumRequest::from_parts(parts, body)).await.into_response(),
            Err(never) => match never {},
        }
    }

    async fn finish(
        &self,
        mut response: Response,
        invocation: &Invocation,
        meter: &Meter,
        started: Instant,
    ) -> lambda_http::Response<Body> {
        let problem = response
            .extensions_mut()
            .remove::<Problem>()
            .map(|problem| problem.with_request_id(&invocation.request_id));
        if let Some(problem) = &problem {
            let mut rendered = problem.render();
            std::mem::swap(&mut response, &mut rendered);
        }
        let (mut parts, body) = response.into_parts();
        let record = Record {
            trigger: "http",
            request_id: &invocation.request_id,
            correlation_id: &invocation.correlation_id,
            caller: invocation.caller(),
            duration: started.elapsed(),
            usage: meter.usage(),
            outcome: Outcome::of_status(parts.status),
            status: Some(parts.status.as_u16()),
            code: problem.as_ref().map(|problem| problem.code().to_owned()),
            error: problem.as_ref().and_then(Problem::log_text).map(str::to_owned),
        };
        record.write();
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                parts.headers.insert(name, value);
            }
        };
        set("x-request-id", &invocation.request_id);
        set("x-correlation-id", &invocation.correlation_id);
        if !self.stage.is_production() {
            set("server-timing", &record.server_timing());
        }
        parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        security_headers::add(&mut parts.headers);
        lambda_http::Response::from_parts(parts, lambda_body(body).await)
    }
}

/// Text stays text; anything else, compressed answers above all, travels in base64, which the gateway undoes.
async fn lambda_body(body: axum::body::Body) -> Body {
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    match String::from_utf8(bytes.to_vec()) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    }
}
