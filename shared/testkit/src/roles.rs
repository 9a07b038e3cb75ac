//! IAM for the table of a test: while a function runs, each of its requests must be allowed by its role in the context's
//! template. So a code path that lacks a permission fails wherever a test reaches it.
//!
//! Endpoints are known by their handler, and judged at each request. Consumers, schedules and steps are called by tests
//! without a runner: what they need is kept until the test says which function it was ([`Work`]).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use dynamo::Meter;
use serde_json::Value;

use crate::interference::Interference;
use crate::seed::Engine;
use crate::statements::{self, Statement};

/// Denies what the role of the running function does not allow. Requests of the test itself are not judged.
#[derive(Debug)]
pub(crate) struct Roles {
    engine: Engine,
    interference: Option<Interference>,
}

impl Roles {
    /// The roles of the functions whose items are in this database.
    pub fn of(engine: Engine) -> Self {
        Self { engine, interference: Interference::from_env() }
    }
}

impl Intercept for Roles {
    fn name(&self) -> &'static str {
        "Roles"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(handler) = Meter::running() else { return Ok(()) };
        let (role, work) = (role_of(handler), Work::of(handler));
        if role.is_none() && work.is_none() {
            return Ok(());
        }
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())?;
        let needs = needs(target.rsplit('.').next().unwrap_or_default(), &body);
        if let Some((function, statements)) = role
            && let Some(message) = denials(function, statements, &needs).into_iter().next()
        {
            eprintln!("{message}");
            return Err(message.into());
        }
        if let Some(work) = work {
            work.keep(needs);
        }
        if let Some(interference) = &self.interference {
            interference.before(handler, &body, &self.engine);
        }
        Ok(())
    }
}

/// What the role of a function denies, as text.
fn denials(function: &str, statements: &[Statement], needs: &[Need]) -> Vec<String> {
    let denied = needs.iter().filter(|need| !statements.iter().any(|statement| statement.allows(need)));
    denied.map(|need| format!("the role of {function} denies {need:?}")).collect()
}

/// The needs of each [`Work`], by its name.
static KEPT: Mutex<Option<HashMap<&'static str, Vec<Need>>>> = Mutex::new(None);

/// What begins the name of a [`Work`], which is no path of a handler.
const WORK: &str = "work ";

/// A call of a function that a test makes by itself, so that only the test knows which function it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work(&'static str);

impl Work {
    /// Begins one.
    pub fn begin() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(format!("{WORK}{}", NEXT.fetch_add(1, Ordering::Relaxed)).leak())
    }

    /// A meter within whose scope the work's requests are kept.
    pub fn meter(self) -> Meter {
        Meter::of(self.0)
    }

    /// What the role of a function, the name of its binary, denies of the work's requests.
    ///
    /// # Panics
    ///
    /// If there is no such function.
    pub fn denied_to(self, function: &str) -> Vec<String> {
        let statements = roles().get(function).unwrap_or_else(|| panic!("no template has a function {function}"));
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let needs = kept.as_ref().and_then(|kept| kept.get(self.0));
        needs.map(|needs| denials(function, statements, needs)).unwrap_or_default()
    }

    fn of(handler: &'static str) -> Option<Self> {
        handler.starts_with(WORK).then_some(Self(handler))
    }

    fn keep(self, needs: Vec<Need>) {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_default().entry(self.0).or_default().extend(needs);
    }
}

/// What a request needs a permission for.
#[derive(Debug)]
pub(crate) struct Need {
    /// `dynamodb:GetItem`.
    pub action: String,
    /// The index that is read, if it is not the table itself.
    pub index: Option<String>,
    /// The partition key.
    pub key: String,
    /// The attributes that a read names; none for all.
    pub attributes: Option<Vec<String>>,
}

fn needs(operation: &str, body: &Value) -> Vec<Need> {
    let one = |action: &str, request: &Value| Need {
        action: format!("dynamodb:{action}"),
        index: request["IndexName"].as_str().map(str::to_owned),
        key: partition_key(request),
        attributes: attributes(request),
    };
    match operation {
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
            items.map(|(kind, request)| one(action_of(kind), request)).collect()
        }
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flat_map(|tables| tables.values());
            let keys = tables.flat_map(|table| table["Keys"].as_array().into_iter().flatten());
            keys.map(|key| one(operation, &serde_json::json!({ "Key": key }))).collect()
        }
        "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flat_map(|tables| tables.values());
            let writes = tables.flat_map(|writes| writes.as_array().into_iter().flatten());
            let requests = writes.filter_map(Value::as_object).flat_map(|write| write.values());
            requests.map(|request| one(operation, request)).collect()
        }
        single => vec![one(single, body)],
    }
}

fn action_of(kind: &str) -> &str {
    match kind {
        "Get" => "GetItem",
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        "ConditionCheck" => "ConditionCheckItem",
        other => other,
    }
}

/// The partition key that a request names, in its key, its item or its key condition (`pk = :pk`, as `dynamo` writes it).
fn partition_key(request: &Value) -> String {
    let named =
        [&request["Key"]["pk"]["S"], &request["Item"]["pk"]["S"], &request["ExpressionAttributeValues"][":pk"]["S"]];
    named.into_iter().find_map(Value::as_str).unwrap_or_default().to_owned()
}

fn attributes(request: &Value) -> Option<Vec<String>> {
    let names = &request["ExpressionAttributeNames"];
    let projected = request["ProjectionExpression"].as_str()?.split(',').map(str::trim);
    Some(projected.map(|name| names[name].as_str().unwrap_or(name).to_owned()).collect())
}

/// The function whose handler this is, by the name of its type (`points::api::create_point::create_point`), and what its role
/// allows. None for handlers that a test wrote itself.
fn role_of(handler: &str) -> Option<(&'static str, &'static [Statement])> {
    let mut path = handler.split("::");
    let (context, layer, operation) = (path.next()?, path.next()?, path.next()?);
    let (function, statements) = roles().get_key_value(&format!("{context}-{}", operation.replace('_', "-")))?;
    (layer == "api").then_some((function.as_str(), statements.as_slice()))
}

fn roles() -> &'static HashMap<String, Vec<Statement>> {
    static ROLES: OnceLock<HashMap<String, Vec<Statement>>> = OnceLock::new();
    ROLES.get_or_init(statements::of_all_functions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_judged_by_the_function_that_the_test_names() {
        let need = |action: &str| Need {
            action: format!("dynamodb:{action}"),
            index: None,
            key: "events#event#1".to_owned(),
            attributes: None,
        };
        let (work, other) = (Work::begin(), Work::begin());
        work.keep(vec![need("GetItem")]);
        work.keep(vec![need("DeleteItem")]);
        let denied = work.denied_to("events-get-event");
        assert!(denied.len() == 1 && denied[0].starts_with("the role of events-get-event denies Need"), "{denied:?}");
        assert_eq!(other.denied_to("events-get-event"), Vec::<String>::new());
    }
}
