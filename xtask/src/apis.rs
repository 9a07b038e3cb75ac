//! The templates of the HTTP APIs: one import each instead of a route and an integration per operation.
//!
//! API Gateway takes ten changes per second from an account, however many operations an API has. docs/adr/0019 has the reasons.

use std::fmt::Write;

use crate::failure::{Failure, Result};
use crate::repository::Repository;
use crate::survey::{Operation, PLATFORM, Survey};

/// How the templates are written anew.
pub const COMMAND: &str = "cargo xtask apis";
/// The function that answers what no operation does.
const UNKNOWN_ROUTE: &str = "platform-answer-unknown-route";
const HEAD: &str = include_str!("apis/head.yaml.txt");
const TAIL: &str = include_str!("apis/tail.yaml.txt");

/// Writes all of them; their paths.
pub fn write(repository: &Repository) -> Result<Vec<String>> {
    let survey = Survey::of(repository)?;
    let packs: Vec<_> = survey.packs().map(str::to_owned).collect();
    packs
        .into_iter()
        .map(|pack| {
            let path = path(&pack);
            repository.write(&path, &template(&survey, &pack)?)?;
            Ok(path)
        })
        .collect()
}

/// Where a pack's is.
pub fn path(pack: &str) -> String {
    format!("functions/{pack}/api.yaml")
}

/// The template of a pack without operations.
pub fn empty(pack: &str) -> String {
    finish(head(pack), pack)
}

/// A pack's template.
pub fn template(survey: &Survey<'_>, pack: &str) -> Result<String> {
    let mut operations: Vec<&Operation> =
        survey.operations.iter().filter(|operation| operation.pack() == pack).collect();
    operations.sort_by(|one, other| (one.path(), one.method()).cmp(&(other.path(), other.method())));
    let mut text = head(pack);
    let mut last = "";
    for operation in operations {
        let binary = survey.binary_of(operation).ok_or_else(|| {
            Failure::new(format!("{} ({}) has no function in the pack {pack}.", operation.key, operation.id))
        })?;
        if operation.path() != last {
            writeln!(text, "          {}:", operation.path()).map_err(|error| Failure::new(error.to_string()))?;
        }
        last = operation.path();
        text.push_str(&entry(&operation.method().to_lowercase(), operation.path(), binary));
    }
    if survey.contexts.iter().flat_map(|context| &context.manifest.binaries).any(|one| one.name == UNKNOWN_ROUTE) {
        text.push_str("          # Every other path and method.\n          /$default:\n");
        text.push_str(
            &entry("x-amazon-apigateway-any-method", "", UNKNOWN_ROUTE)
                .replace("responses", "isDefaultRoute: true\n              responses"),
        );
    }
    Ok(finish(text, pack))
}

fn fill(text: &str, pack: &str) -> String {
    let (title, suffix) = if pack == PLATFORM {
        ("core".to_owned(), String::new())
    } else {
        (format!("pack {pack}"), format!("-{pack}"))
    };
    text.replace("{{title}}", &title).replace("{{suffix}}", &suffix).replace("{{pack}}", pack)
}

fn head(pack: &str) -> String {
    fill(HEAD, pack)
}

fn finish(text: String, pack: &str) -> String {
    let text = text.strip_suffix("paths:\n").map(|start| format!("{start}paths: {{}}\n")).unwrap_or(text);
    text + &fill(TAIL, pack)
}

/// What the gateway needs to know of an operation.
fn entry(method: &str, path: &str, binary: &str) -> String {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<_> =
        names.map(|name| format!("{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}")).collect();
    let parameters = match parameters.as_slice() {
        [] => String::new(),
        some => format!("              parameters: [{}]\n", some.join(", ")),
    };
    format!(
        "            {method}:\n{parameters}              responses: {{}}\n              x-amazon-apigateway-integration:\n                \
         type: aws_proxy\n                httpMethod: POST\n                payloadFormatVersion: \"2.0\"\n                \
         credentials: !Ref GatewayRoleArn\n                \
         uri: !Sub arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/arn:${{AWS::Partition}}:lambda:\
         ${{AWS::Region}}:${{AWS::AccountId}}:function:atoll-${{Stage}}-{binary}/invocations\n"
    )
}
