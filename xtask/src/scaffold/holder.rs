//! Which type of `src/ctx.rs` a new function holds: an endpoint `Public` or `Ctx`, a consumer `ConsumerContext` if there is
//! one.

use serde_json::Value;

use super::draft::Draft;
use crate::failure::{Result, refuse};
use crate::survey::{Context, Template};

/// What a function holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The type's name.
    pub name: String,
    /// Its path from outside of the crate.
    pub path: String,
    /// The statement that its `from_env` needs beyond the table, as it stands in the template; empty if none.
    pub statement: String,
}

/// What calls a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A request of a signed-in user.
    Caller,
    /// A request of anybody.
    Anybody,
    /// An event.
    Event,
}

/// The first type of `src/ctx.rs` that a new function can hold as it is.
pub fn choose(draft: &Draft<'_>, context: &Context, template: &Template, trigger: Trigger) -> Result<Holder> {
    let with_caller = trigger == Trigger::Caller;
    let file = context.file("src/ctx.rs");
    let Ok(text) = draft.text(&file) else {
        return refuse!(
            "{file} is missing: declare `pub type Ctx = kit::EndpointContext<Store>` there (see \
             functions/community/points/src/ctx.rs)."
        );
    };
    let mut complaints = Vec::new();
    let names: &[&str] = match trigger {
        Trigger::Caller | Trigger::Anybody => &["Public", "Ctx"],
        Trigger::Event => &["ConsumerContext", "Public", "Ctx"],
    };
    for &name in names.iter().filter(|name| is_declared(&text, name)) {
        match usable(&text, name, template, with_caller) {
            Ok(statement) => {
                let library = draft.text(&context.file("src/lib.rs"))?;
                let exported = library.lines().any(|line| line.starts_with("pub use ctx::") && line.contains(name));
                let module = if exported { "" } else { "ctx::" };
                return Ok(Holder {
                    name: name.to_owned(),
                    path: format!("{}::{module}{name}", context.name),
                    statement,
                });
            }
            Err(complaint) => complaints.push(format!("`{name}` {complaint}")),
        }
    }
    match complaints.as_slice() {
        [] => refuse!("{file} has no `Ctx`: declare `pub type Ctx = kit::EndpointContext<Store>`."),
        _ => refuse!("No type of {file} can be held by a new function: {}.", complaints.join("; ")),
    }
}

fn is_declared(text: &str, name: &str) -> bool {
    ["struct", "type"].iter().any(|kind| text.contains(&format!("pub {kind} {name} ")))
}

/// The extra statement that the type needs, or why it cannot be held.
fn usable(text: &str, name: &str, template: &Template, with_caller: bool) -> std::result::Result<String, String> {
    if let Some((_, of_kit)) = text.split_once(&format!("pub type {name} = kit::")) {
        return usable_of_kit(of_kit, template, with_caller);
    }
    if with_caller && !text.contains(&format!("Authenticates for {name} ")) {
        return Err(format!(
            "cannot check tokens: give it a `Verifier` and `impl Authenticates for {name}`, or pass --public"
        ));
    }
    let body = text.split_once(&format!("\nimpl {name} {{")).map(|(_, rest)| rest.split("\n}").next().unwrap_or(rest));
    let Some(body) = body.filter(|body| body.contains("fn from_env(")) else {
        return Err("has no `from_env`".to_owned());
    };
    // What the verifier reads stands in kit.
    let body = &body.replace("Verifier::from_env(", r#"("AUTH_JWKS", "AUTH_ISSUER""#);
    require(body.split('"').skip(1).step_by(2).filter(|text| is_variable(text)), template)?;
    if !body.contains("Parameters::") {
        return Ok(String::new());
    }
    let loads = "loads a parameter, and no function of the template has a statement for ssm:GetParameter to copy";
    parameter_statement(&template.text).ok_or_else(|| loads.to_owned())
}

/// The same for one of kit's contexts, whose variables are known.
fn usable_of_kit(of_kit: &str, template: &Template, with_caller: bool) -> std::result::Result<String, String> {
    let variables: &[&str] = match of_kit.split('<').next() {
        Some("EndpointContext" | "ServiceContext") => &["TABLE_NAME", "AUTH_JWKS", "AUTH_ISSUER"],
        Some("ConsumerContext") if !with_caller => &["TABLE_NAME"],
        _ => return Err("is no context of endpoints that a signed-in user calls; pass --public".to_owned()),
    };
    require(variables.iter().copied(), template)?;
    Ok(String::new())
}

/// An error that names the first variable which the template does not set.
fn require<'a>(mut names: impl Iterator<Item = &'a str>, template: &Template) -> std::result::Result<(), String> {
    let variables = template.value("/Globals/Function/Environment/Variables");
    match names.find(|name| variables[*name] == Value::Null) {
        Some(missing) => Err(format!("reads {missing}, which Globals of {} does not set", template.path)),
        None => Ok(()),
    }
}

fn is_variable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The statement that lets a function read its parameter, with a line break in front.
fn parameter_statement(template: &str) -> Option<String> {
    let lines: Vec<&str> = template.lines().collect();
    let action = lines.iter().position(|line| line.trim() == "Action: [ssm:GetParameter]")?;
    let (effect, resource) = (lines.get(action.checked_sub(1)?)?, lines.get(action + 1)?);
    Some(format!("\n{effect}\n{}\n{resource}", lines[action]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CTX: &str = "pub struct Ctx {\n}\n\nimpl Ctx {\n    pub async fn from_env() {\n        env.required(\"TABLE_NAME\");\n    }\n}\n\n\
                       impl Authenticates for Ctx {\n}\n";
    const TEMPLATE: &str =
        "Globals: { Function: { Environment: { Variables: { TABLE_NAME: t } } } }\nResources:\n  A: 1\n";

    fn check(ctx: &str, template: &str) -> std::result::Result<String, String> {
        usable(ctx, "Ctx", &Template::parse("template.yaml", template.to_owned()).unwrap(), true)
    }

    #[test]
    fn a_type_is_usable_if_it_checks_tokens_and_all_that_it_reads_is_set() {
        assert_eq!(check(CTX, TEMPLATE), Ok(String::new()));
        assert!(check(&CTX.replace("Authenticates", "Other"), TEMPLATE).unwrap_err().contains("Verifier"));
        assert!(check(&CTX.replace("TABLE_NAME", "BUS_NAME"), TEMPLATE).unwrap_err().contains("reads BUS_NAME"));
        assert!(check(&CTX.replace("from_env", "new"), TEMPLATE).unwrap_err().contains("no `from_env`"));
        let verifying = CTX.replace("env.required", "Verifier::from_env(env);\n        env.required");
        assert!(check(&verifying, TEMPLATE).unwrap_err().contains("reads AUTH_JWKS"));
    }

    #[test]
    fn a_context_of_kit_is_usable_if_its_variables_are_set() {
        let ctx = "pub type Ctx = kit::EndpointContext<Store>;\n";
        let complete = TEMPLATE.replace("TABLE_NAME: t", "TABLE_NAME: t, AUTH_JWKS: j, AUTH_ISSUER: i");
        assert_eq!(check(ctx, &complete), Ok(String::new()));
        assert!(check(ctx, TEMPLATE).unwrap_err().contains("reads AUTH_JWKS"));
        assert!(check(&ctx.replace("Endpoint", "Consumer"), &complete).unwrap_err().contains("--public"));
    }

    #[test]
    fn a_type_that_loads_a_parameter_brings_the_statement_for_it() {
        let ctx = CTX.replace("env.required", "Parameters::new();\n        env.required");
        assert!(check(&ctx, TEMPLATE).unwrap_err().contains("ssm:GetParameter"));
        let statement =
            "            - Effect: Allow\n              Action: [ssm:GetParameter]\n              Resource: [x]";
        let template = format!("{TEMPLATE}  B:\n          Statement:\n{statement}\n");
        assert_eq!(check(&ctx, &template), Ok(format!("\n{statement}")));
    }
}
