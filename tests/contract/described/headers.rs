//! Response headers, which follow from the status and from the type that a handler returns.

use serde_json::{Value, json};

/// Adds the headers of every response.
pub fn add(api: &mut Value) {
    let text = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string" }, "example": example });
    api["components"]["headers"] = json!({
        "CacheControl": text("How long clients and caches may keep the response.", "public, max-age=60"),
        "ETag": text("Version of the resource. Send it as `If-Match` to change exactly this version.", "\"3\""),
        "Location": text("Path of the resource.", "/v1/users/me"),
        "RequestId": text("ID of the request. Quote it when you report a problem.", "Zb1cXhVsjoEEJ9w="),
        "WwwAuthenticate": text("Scheme of the credentials that the operation requires.", "Bearer"),
    });
    for item in api["paths"].as_object_mut().unwrap().values_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            let source = handler(operation);
            for (status, response) in operation["responses"].as_object_mut().unwrap() {
                for (header, component) in of_response(status, &source) {
                    response["headers"][header] = json!({ "$ref": format!("#/components/headers/{component}") });
                }
            }
        }
    }
}

fn of_response(status: &str, source: &str) -> Vec<(&'static str, &'static str)> {
    let returns = |wrapper: &str| {
        source.contains(&format!("-> Result<{wrapper}<")) || source.contains(&format!("-> Result<({wrapper}<"))
    };
    let mut headers = vec![("X-Request-Id", "RequestId")];
    match status {
        "200" if returns("Tagged") => headers.push(("ETag", "ETag")),
        "200" | "304" if returns("Cacheable") => headers.extend([("ETag", "ETag"), ("Cache-Control", "CacheControl")]),
        "301" if returns("Cacheable") => {
            headers.extend([("Location", "Location"), ("Cache-Control", "CacheControl")]);
        }
        "201" if returns("Created") => headers.push(("Location", "Location")),
        "202" if returns("Accepted") => headers.push(("Location", "Location")),
        "401" => headers.push(("WWW-Authenticate", "WwwAuthenticate")),
        _ => {}
    }
    headers
}

/// The source of a handler: the file of a context that is named after the operation.
fn handler(operation: &Value) -> String {
    let (context, name) = (operation["tags"][0].as_str().unwrap(), operation["operationId"].as_str().unwrap());
    let packs = std::fs::read_dir(tests::root().join("functions")).unwrap().map(|pack| pack.unwrap().path());
    let files = packs.map(|pack| pack.join(context).join("src/api").join(format!("{name}.rs")));
    files.into_iter().find_map(|file| std::fs::read_to_string(file).ok()).unwrap_or_default()
}
