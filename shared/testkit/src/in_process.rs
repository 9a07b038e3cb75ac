//! The database of the test's process without a socket in between: the SDK's requests reach it as function calls, so that
//! nothing waits for the network. Either each of them is on record, or each takes as long as it takes on DynamoDB.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use dynoxide::{Database, DynoxideError};
use kit::Clock;
use kit::sdk::{Config, Parts};
use serde_json::{Value, json};

use crate::conflicts::{Conflicts, TRANSACTION};

/// How long a request and its response are on their way together.
const ROUND_TRIP: Duration = Duration::from_millis(5);
/// Time for a call of a client with a distance, with all attempts.
const PATIENCE: Duration = Duration::from_mins(5);

/// Requests that the database answered, in their order.
#[derive(Debug, Clone, Default)]
pub struct Requests(Arc<Mutex<Vec<Value>>>);

impl Requests {
    /// The requests so far: operation, body, and what the SDK adds of time and chance. Names within a body are sorted,
    /// since the SDK writes them in the order of its maps.
    pub fn all(&self) -> Vec<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, request: Value) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }
}

/// Answers the SDK's requests.
#[derive(Clone)]
struct Connector {
    database: Database,
    requests: Requests,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).unwrap_or_default().to_owned();
        let target = header("x-amz-target");
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        self.requests.note(json!({
            "operation": operation,
            "invocationId": header("amz-sdk-invocation-id"),
            "date": header("x-amz-date"),
            "body": serde_json::from_slice::<Value>(body).unwrap_or_default(),
        }));
        let (status, text) = response(&self.database, operation, body);
        let status = status.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, text.into())))
    }
}

/// Whether requests take time, which they need not while a test sets up.
#[derive(Debug, Clone, Default)]
pub struct Distance(Arc<AtomicBool>);

impl Distance {
    /// From now on each request takes five milliseconds, and each transaction another twenty, in which it holds its items.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Answers the SDK's requests as late as DynamoDB does, and refuses transactions and single writes that meet transactions.
#[derive(Clone)]
struct Far {
    database: Database,
    conflicts: Arc<Conflicts>,
    distance: Distance,
}

impl fmt::Debug for Far {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Far")
    }
}

impl HttpConnector for Far {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let far = self.clone();
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        HttpConnectorFuture::new(async move {
            let operation = target.rsplit('.').next().unwrap_or_default();
            let (status, text) = far.answer(operation, &body).await;
            Ok(HttpResponse::new(status.try_into().expect("a status"), text.into()))
        })
    }
}

impl Far {
    async fn answer(&self, operation: &str, body: &[u8]) -> (u16, String) {
        if !self.distance.0.load(Ordering::Relaxed) {
            return response(&self.database, operation, body);
        }
        tokio::time::sleep(ROUND_TRIP / 2).await;
        let answer = self.write_or_read(operation, body).await;
        tokio::time::sleep(ROUND_TRIP / 2).await;
        answer
    }

    async fn write_or_read(&self, operation: &str, body: &[u8]) -> (u16, String) {
        let parameters = serde_json::from_slice(body).unwrap_or_default();
        let held = match self.conflicts.admit(operation, &parameters) {
            Ok(held) => held,
            Err(refusal) => return (400, refusal.to_string()),
        };
        let answer = response(&self.database, operation, body);
        if held.is_some() {
            tokio::time::sleep(TRANSACTION).await;
        }
        answer
    }
}

/// A configuration whose clients reach `database`, some way off once that begins.
pub(crate) fn far(database: Database) -> (Config, Distance) {
    let distance = Distance::default();
    let connector = Far { database, conflicts: Arc::default(), distance: distance.clone() };
    // The database, its conflicts and a thousand clients may share one busy core, which is no failure of the table.
    let patient = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).operation_timeout(PATIENCE).build();
    (configuration(SharedHttpConnector::new(connector), Clock::System).with_timeouts(patient), distance)
}

/// A configuration whose clients reach `database`, and what they asked of it.
pub(crate) fn config(database: Database, clock: Clock) -> (Config, Requests) {
    let requests = Requests::default();
    let connector = SharedHttpConnector::new(Connector { database, requests: requests.clone() });
    (configuration(connector, clock), requests)
}

fn configuration(connector: SharedHttpConnector, clock: Clock) -> Config {
    let parts = Parts {
        http_client: http_client_fn(move |_, _| connector.clone()),
        clock,
        sleep: None,
        retry_partition: RetryPartition::custom("in-process").build(),
        credentials: SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")),
        region: Region::new("us-east-1"),
    };
    Config::from_parts(parts)
}

/// The status and the body of the response.
fn response(database: &Database, operation: &str, body: &[u8]) -> (u16, String) {
    match dispatch(database, operation, body) {
        Ok(text) => (200, text),
        Err(error) => (error.status_code(), error.to_json()),
    }
}

/// Does what one request asks: the operations that the product uses, and those that a test sets up and looks with.
fn dispatch(database: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    macro_rules! run {
        ($operation:ident) => {{
            let request = serde_json::from_slice(body).map_err(|error| refused(&error))?;
            serde_json::to_string(&database.$operation(request)?).map_err(|error| refused(&error))
        }};
    }
    match operation {
        "BatchGetItem" => run!(batch_get_item),
        "BatchWriteItem" => run!(batch_write_item),
        "CreateTable" => run!(create_table),
        "DeleteItem" => run!(delete_item),
        "GetItem" => run!(get_item),
        "PutItem" => run!(put_item),
        "Query" => run!(query),
        "Scan" => run!(scan),
        "TransactGetItems" => run!(transact_get_items),
        "TransactWriteItems" => run!(transact_write_items),
        "UpdateItem" => run!(update_item),
        _ => Err(refused(&format!("{operation} is not answered in the process"))),
    }
}

fn refused(reason: &impl ToString) -> DynoxideError {
    DynoxideError::ValidationException(reason.to_string())
}
