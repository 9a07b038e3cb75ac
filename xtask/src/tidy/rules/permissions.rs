//! What roles may do.

use serde_json::Value;

use crate::survey::{Function, Resource, Survey, Template, each, referred};
use crate::tidy::Report;
use crate::tidy::rules::standing::is_of_standing;

/// What a context may do to its items. The others read without naming a key (Scan, PartiQL) or change the table itself.
pub const ITEM_ACTIONS: [&str; 8] = [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
];

/// Logical ids whose statements may name every resource, each with its reason. Some actions cannot be narrowed: then add
/// the resource here, with the page of the AWS documentation that says so.
const MAY_NAME_EVERYTHING: &[&str] = &[
    // Traces are no resources: X-Ray developer guide, "How AWS X-Ray works with IAM". Only where tracing is on.
    "FunctionPolicy",
    // Deliveries of logs: Step Functions developer guide, "Using CloudWatch Logs to log execution history".
    "PayDonationRole",
    // rekognition:DetectModerationLabels: docs.aws.amazon.com/service-authorization, "list_amazonrekognition".
    "ProcessUploadRole",
    // A text message goes to a phone number, which is no resource: SNS developer guide, "Publishing to a mobile phone".
    "PublishToDevices",
];

/// Functions that may read what other contexts hold on people, and nothing else of theirs: docs/adr/0011-data-export.md.
const MAY_READ_PEOPLE: &[&str] = &["RunExportRole"];

/// What a function reads that takes API keys (`kit::auth::ApiKeys`): single records, by the id in the key's own text.
const API_KEYS: &str = "identity#apikey#*";

/// The statements of each role in a template, with the resource that they stand in.
fn statements<'a>(survey: &'a Survey<'_>) -> Vec<(Resource<'a>, &'a Value)> {
    let mut found = Vec::new();
    for resource in survey.templates.iter().flat_map(Template::resources) {
        let documents: Vec<&Value> = match resource.kind() {
            "AWS::IAM::Role" => each(resource.property("Policies")).map(|policy| &policy["PolicyDocument"]).collect(),
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => vec![resource.property("PolicyDocument")],
            _ => continue,
        };
        found.extend(
            documents
                .into_iter()
                .flat_map(|document| each(&document["Statement"]))
                .flat_map(either)
                .map(|statement| (resource, statement)),
        );
    }
    found
}

/// A statement, or those of a condition's branches.
fn either(statement: &Value) -> impl Iterator<Item = &Value> {
    let branches = statement["Fn::If"].as_array().map(|parts| &parts[1..]);
    branches.unwrap_or(std::slice::from_ref(statement)).iter().filter(|one| one["Ref"].is_null())
}

fn actions(statement: &Value) -> impl Iterator<Item = &str> {
    each(&statement["Action"]).filter_map(Value::as_str)
}

/// Looks at each statement about DynamoDB: it names actions on items, and its keys start with the function's context.
pub fn own_keys(survey: &Survey<'_>, report: &mut Report) {
    for (resource, statement) in statements(survey) {
        if referred(&statement["Resource"]) == Some("StreamArn") {
            continue;
        }
        let of_table: Vec<_> = actions(statement).filter(|action| action.starts_with("dynamodb:")).collect();
        for action in of_table.iter().filter(|action| !ITEM_ACTIONS.contains(action)) {
            report.resource(
                &resource,
                format!("may {action}: a context reads and writes items by their keys, and nothing else"),
            );
        }
        if of_table.is_empty() || statement["Effect"] == "Deny" || is_of_standing(statement) {
            continue;
        }
        let Some(owner) = owner(survey, &resource) else {
            report.resource(&resource, "reaches the table and belongs to no context");
            continue;
        };
        let prefix = format!("{owner}#");
        let keys: Vec<_> = each(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]).collect();
        let reads_people = MAY_READ_PEOPLE.contains(&resource.id) && of_table == ["dynamodb:Query"];
        let checks_keys = of_table == ["dynamodb:GetItem"];
        let is_allowed = |key: &str| {
            key.starts_with(&prefix) || (reads_people && is_of_people(survey, key)) || (checks_keys && key == API_KEYS)
        };
        if keys.is_empty() || !keys.iter().all(|key| key.as_str().is_some_and(is_allowed)) {
            let condition =
                format!("Condition: {{ \"ForAllValues:StringLike\": {{ dynamodb:LeadingKeys: [\"{prefix}*\"] }} }}");
            report.resource(&resource, format!("may touch items of other contexts: give its statement {condition}"));
        }
    }
}

/// True for `<context>#user#*`, where every context keeps what it holds on people.
fn is_of_people(survey: &Survey<'_>, key: &str) -> bool {
    key.strip_suffix("#user#*").is_some_and(|context| survey.contexts.iter().any(|known| known.name == context))
}

/// The context that a role is for: that of the function that runs in it, or that of the template.
fn owner(survey: &Survey<'_>, resource: &Resource<'_>) -> Option<String> {
    let mut functions = survey.functions().filter(|function| function.resource.template.path == resource.template.path);
    let of_function = functions.find(|function| function.role().is_some_and(|role| role.id == resource.id));
    let context = of_function.and_then(|function| function.context).map(|context| context.name.clone());
    context.or_else(|| resource.template.context().map(str::to_owned))
}

/// Looks for statements that allow anything or everything, and for policies whose statements are elsewhere.
pub fn no_wildcards(survey: &Survey<'_>, report: &mut Report) {
    for (resource, statement) in statements(survey).into_iter().filter(|(_, statement)| statement["Effect"] != "Deny") {
        for action in actions(statement).filter(|action| action.contains('*')) {
            report.resource(&resource, format!("may {action}: name each action that it calls"));
        }
        let everything = each(&statement["Resource"]).any(|one| one == "*");
        if everything && !MAY_NAME_EVERYTHING.contains(&resource.id) {
            report.resource(&resource, "may do so to every resource: name the resource");
        }
        for inverse in ["NotAction", "NotResource"].iter().filter(|name| !statement[**name].is_null()) {
            report.resource(&resource, format!("allows all but what {inverse} names: name what it needs"));
        }
    }
}

/// Looks at the role of each function: it is one of its own, and all that it may do stands in its template.
pub fn own_role(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions() {
        let resource = function.resource;
        let id = format!("{}Role", resource.id);
        let Some(role) = function.role().filter(|role| role.id == id) else {
            // SAM would attach policies of AWS, which name every queue, every stream and every log group.
            report.resource(&resource, format!("has no role of its own: set Role to !GetAtt {id}.Arn"));
            continue;
        };
        for property in ["Policies", "Policy"].iter().filter(|name| !resource.property(name).is_null()) {
            report.resource(&resource, format!("has {property}, which SAM ignores beside a Role: move them to {id}"));
        }
        for policy in each(role.property("ManagedPolicyArns")).filter(|policy| role.follow(policy).is_none()) {
            report.resource(
                &role,
                format!("has the policy {policy}, which says more than is read here: write its statements"),
            );
        }
        own_queue(&function, &role, report);
    }
}

/// A consumer receives from the queue that feeds it, and from no other.
fn own_queue(function: &Function<'_>, role: &Resource<'_>, report: &mut Report) {
    let fed_by: Vec<_> = function.resource.event_sources().filter(|(_, kind, _)| *kind == "SQS").collect();
    let queues: Vec<_> = fed_by.iter().filter_map(|(_, _, source)| referred(&source["Queue"])).collect();
    for policy in each(role.property("Policies")) {
        for statement in each(&policy["PolicyDocument"]["Statement"]) {
            let receives = actions(statement).any(|action| action == "sqs:ReceiveMessage");
            for from in each(&statement["Resource"]).filter(|_| receives) {
                if !referred(from).is_some_and(|queue| queues.contains(&queue)) {
                    report.resource(
                        role,
                        format!("may receive from {from}, which does not feed {}", function.resource.id),
                    );
                }
            }
        }
    }
}
