//! Bodies that no operation accepts, whatever it does. The operations come from the OpenAPI documents, so a new one is
//! tested from its first day.

use serde_json::{Value, json};
use tests::{Cloud, User};
use types::Uuid;

/// An operation that reads a JSON object: its method, its path, its example, and whether it needs a role.
struct Operation {
    method: String,
    path: String,
    example: Value,
    is_restricted: bool,
}

fn operations() -> Vec<Operation> {
    let mut found = Vec::new();
    for api in tests::documents() {
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let content = &operation["requestBody"]["content"]["application/json"];
                // A webhook reads its body as text.
                if content["schema"]["$ref"].is_null() {
                    continue;
                }
                let forbidden = operation["responses"]["403"]["description"].as_str().unwrap_or_default();
                found.push(Operation {
                    method: method.to_uppercase(),
                    path: path.replace("{id}", &Uuid::now_v7().to_string()).replace("{code}", "EUR"),
                    example: content["example"].clone(),
                    is_restricted: forbidden.contains("`auth.forbidden`"),
                });
            }
        }
    }
    found
}

/// The values of an object, as serde would read a struct from an array.
fn positional(object: &Value) -> Value {
    object.as_object().into_iter().flatten().map(|(_, value)| value.clone()).collect()
}

/// The example with an array in the place of one object, at the top or inside.
fn with_arrays(example: &Value) -> Vec<Value> {
    let inside = example.as_object().into_iter().flatten().filter(|(_, value)| value.is_object());
    let inside = inside.map(|(name, value)| {
        let mut body = example.clone();
        body[name] = positional(value);
        body
    });
    [json!([]), positional(example)].into_iter().chain(inside).collect()
}

async fn send(cloud: &Cloud, caller: &User, operation: &Operation, body: &Value) -> (u16, Value) {
    let call = cloud.call(&operation.method, &operation.path).bearer(&caller.access_token);
    let call = call.header("idempotency-key", &Uuid::now_v7().to_string()).header("if-match", "\"1\"");
    let reply = call.json(body).send().await;
    (reply.status, reply.body)
}

#[tokio::test]
async fn arrays_are_never_taken_for_objects() {
    let cloud = Cloud::connect().await;
    let (user, admin) = (cloud.sign_up().await, cloud.admin().await);
    let mut refused = 0;
    for operation in operations() {
        let caller = if operation.is_restricted { &admin } else { &user };
        for body in with_arrays(&operation.example) {
            let (status, reply) = send(&cloud, caller, &operation, &body).await;
            let name = format!("{} {}", operation.method, operation.path);
            assert!([401, 403, 404, 422].contains(&status), "{name} answers {body} with {status}: {reply}");
            refused += usize::from(status == 422);
        }
    }
    assert!(refused > 40, "only {refused} bodies reached their operation");
}
