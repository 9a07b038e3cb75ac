//! Operations that change something, or need a role, check the standing of their caller.

use serde_json::{Value, json};

use crate::survey::{Context, Function, Resource, Source, Survey, each, mentions};
use crate::tidy::Report;

/// The context that owns the accounts: its handlers may check the session in the account that they read anyway.
const OWNER: &str = "identity";

/// How the description of an operation begins its reason for not checking standing.
const RELIES_ON_TOKEN: &str = "Relies on the access token:";

/// Where accounts are.
const ACCOUNTS: &str = "identity#user#*";

/// Looks at each handler, and at the role of its function.
pub fn checked(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions() {
        let Some((context, handler)) = handler(&function) else { continue };
        let code = handler.production_code();
        let argument = code.iter().find_map(|(_, line)| argument(line, ": Standing"));
        // A buyer may be a guest. Reads rely on the token, so only a buyer who is checked counts.
        let buyer = code.iter().find_map(|(_, line)| argument_of_buyer(line));
        let argument = argument.or(buyer.filter(|name| is_used(&code, name)));
        let by_key = code.iter().any(|(_, line)| line.contains(": Access<"));
        if must_check(&handler.text) && !by_key && !is_checked(context, &code, argument) {
            let advice =
                "take `Standing` instead of `Caller`, or say in its description: Relies on the access token: …";
            report.at(&handler.path, 1, format!("does not check the standing of its caller: {advice}"));
        }
        if argument.is_some_and(|name| !is_used(&code, name)) {
            report.at(&handler.path, 1, "takes `Standing` and does not check it: call `with` or `check`");
        }
        if let (true, Some(role)) = (argument.is_some() || by_key, function.role())
            && !may_read_standing(&role)
        {
            report.resource(&role, "may not read standing: add !Ref ReadStanding to its ManagedPolicyArns");
        }
    }
}

/// The handler of an endpoint.
fn handler<'a>(function: &Function<'a>) -> Option<(&'a Context, &'a Source)> {
    let context = function.context?;
    let name = context.function_name(function.resource.text("Handler"))?;
    let handler = context.source(&format!("src/api/{name}.rs"))?;
    handler.text.contains("#[utoipa::path(").then_some((context, handler))
}

/// Whether an operation changes something for a caller or needs a role, and its description does not exempt it. Where a token is
/// optional (`()`), the operation must be safe without one.
fn must_check(text: &str) -> bool {
    let description = text.split("#[utoipa::path(").nth(1).unwrap_or_default();
    let security = description.lines().find(|line| line.trim_start().starts_with("security("));
    let Some(security) = security.filter(|line| line.contains("\"bearer\"") && !line.contains("()")) else {
        return false;
    };
    let reads = description.trim_start().starts_with("get,");
    let needs_role = !security.contains("\"bearer\" = []");
    (!reads || needs_role) && !text.replace("\n///", "").contains(RELIES_ON_TOKEN)
}

fn is_checked(context: &Context, code: &[(usize, &str)], argument: Option<&str>) -> bool {
    let reads_account = code.iter().any(|(_, line)| line.contains(".account_of("));
    argument.is_some() || (context.name == OWNER && reads_account)
}

/// The name of the argument of type `Buyer`, or `Option<Buyer>`.
fn argument_of_buyer(line: &str) -> Option<&str> {
    argument(line, ": Buyer").or_else(|| argument(line, ": Option<Buyer"))
}

/// The name of the argument of a type, such as `: Standing`.
fn argument<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let (before, after) = line.split_once(kind)?;
    let name = before.rsplit(|last: char| !last.is_alphanumeric() && last != '_').next()?;
    after.starts_with(['<', '>', ',', ')']).then_some(name).filter(|name| !name.is_empty())
}

/// Whether the check runs: in the handler, or in a function that gets the argument.
fn is_used(code: &[(usize, &str)], name: &str) -> bool {
    let uses = [format!("{name}.with("), format!("{name}.check("), format!("&{name},")];
    code.iter().any(|(_, line)| uses.iter().any(|one| mentions(line, one)))
}

/// Whether a role may read the attribute: by the policy of its context, or because the accounts are the context's own.
fn may_read_standing(role: &Resource<'_>) -> bool {
    let managed = each(role.property("ManagedPolicyArns")).filter_map(|policy| role.follow(policy));
    let managed = managed.map(|policy| policy.property("PolicyDocument"));
    let own = each(role.property("Policies")).map(|policy| &policy["PolicyDocument"]);
    managed.chain(own).flat_map(|document| each(&document["Statement"])).any(|statement| {
        let gets = each(&statement["Action"]).any(|action| action == "dynamodb:GetItem");
        gets && each(keys(statement)).any(|key| ["identity#*", ACCOUNTS].iter().any(|known| key == known))
    })
}

fn keys(statement: &Value) -> &Value {
    &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
}

/// True for the one statement by which a role of any context reads the standing of accounts.
pub fn is_of_standing(statement: &Value) -> bool {
    let condition = &statement["Condition"];
    statement["Action"] == json!(["dynamodb:GetItem"])
        && *keys(statement) == json!([ACCOUNTS])
        && condition["ForAllValues:StringEquals"]["dynamodb:Attributes"] == json!(["pk", "sk", "standing"])
        && condition["StringEqualsIfExists"]["dynamodb:Select"] == "SPECIFIC_ATTRIBUTES"
}
