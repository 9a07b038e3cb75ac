//! Conflicts on purpose: with `ATOLL_TEST_CONFLICTS` in the environment, the first conditional writes of each handler to an
//! item find it changed. So a test also reaches what a handler does after a conflict.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::seed::Engine;

/// Turns conflicts on.
const VARIABLE: &str = "ATOLL_TEST_CONFLICTS";

/// Conflicts per handler and item: after the first, a handler may use the newer item of the response; after the second, it
/// reads the item again.
const CONFLICTS: u32 = 2;

/// The conflicts so far, by handler and item.
#[derive(Debug, Default)]
pub(crate) struct Interference(Mutex<HashMap<(&'static str, String), u32>>);

impl Interference {
    /// None unless the environment turns conflicts on.
    pub fn from_env() -> Option<Self> {
        std::env::var_os(VARIABLE).map(|_| Self::default())
    }

    /// Changes the versions of the items that a request is about to write on a condition.
    pub fn before(&self, handler: &'static str, body: &Value, engine: &Engine) {
        let transaction = body["TransactItems"].as_array().into_iter().flatten().filter_map(Value::as_object);
        let writes = transaction.flat_map(|item| item.values()).chain([body]);
        for write in writes.filter(|write| write["ConditionExpression"] == "version = :read") {
            let part = if write["Item"].is_object() { &write["Item"] } else { &write["Key"] };
            let key = json!({ "pk": part["pk"], "sk": part["sk"] });
            let mut met = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let count = met.entry((handler, key.to_string())).or_default();
            if *count < CONFLICTS {
                *count += 1;
                engine.touch(&key);
                eprintln!("a conflict for {handler}");
            }
        }
    }
}
