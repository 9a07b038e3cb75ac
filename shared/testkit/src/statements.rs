//! The statements about the table that the templates of contexts give to roles.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use yaml_serde::Value;

use crate::roles::Need;

/// A statement that allows something.
#[derive(Debug)]
pub(crate) struct Statement {
    actions: Vec<String>,
    /// The index that it is about, if it is not about the table.
    index: Option<String>,
    /// Patterns of partition keys, with `*` at the end.
    keys: Vec<String>,
    /// The attributes that may be read; empty for all.
    attributes: Vec<String>,
}

impl Statement {
    /// Whether it allows what is needed.
    pub fn allows(&self, need: &Need) -> bool {
        let has_key = self.keys.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => need.key.starts_with(prefix),
            None => need.key == *pattern,
        });
        let has_attributes = self.attributes.is_empty()
            || need.attributes.as_ref().is_some_and(|named| named.iter().all(|name| self.attributes.contains(name)));
        self.actions.contains(&need.action) && self.index == need.index && has_key && has_attributes
    }
}

/// What the role of each function allows, by the function's binary.
///
/// # Panics
///
/// If a template cannot be read.
pub(crate) fn of_all_functions() -> HashMap<String, Vec<Statement>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let directories = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).expect("a directory").map(|entry| entry.expect("an entry").path());
        entries.filter(|path| path.is_dir()).collect()
    };
    let templates =
        directories(&root).into_iter().flat_map(|pack| directories(&pack)).map(|context| context.join("template.yaml"));
    templates.filter(|path| path.is_file()).flat_map(|path| of_template(&path)).collect()
}

fn of_template(path: &Path) -> Vec<(String, Vec<Statement>)> {
    let text = std::fs::read_to_string(path).expect("a template");
    let template = json(yaml_serde::from_str(&text).expect("a template in YAML"));
    let resources = template["Resources"].as_object().expect("resources");
    let functions = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
    let of_function = |(id, function): (&String, &Json)| {
        let role = &resources[&format!("{id}Role")]["Properties"];
        let own = list(&role["Policies"]).map(|policy| &policy["PolicyDocument"]);
        let managed = list(&role["ManagedPolicyArns"]).filter_map(|policy| policy.as_str());
        let managed = managed.map(|name| &resources[name]["Properties"]["PolicyDocument"]);
        let statements = own.chain(managed).flat_map(|document| list(&document["Statement"])).map(statement);
        let binary = function["Properties"]["Handler"].as_str().expect("a handler");
        (binary.to_owned(), statements.collect())
    };
    functions.map(of_function).collect()
}

fn statement(statement: &Json) -> Statement {
    let condition = &statement["Condition"];
    let texts = |value: &Json| list(value).filter_map(Json::as_str).map(str::to_owned).collect();
    let resource = statement["Resource"].as_str().unwrap_or_default();
    Statement {
        actions: texts(&statement["Action"]),
        index: resource.split_once("/index/").map(|(_, name)| name.to_owned()),
        keys: texts(&condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]),
        attributes: texts(&condition["ForAllValues:StringEquals"]["dynamodb:Attributes"]),
    }
}

/// A list, or one value in place of a list.
fn list(value: &Json) -> impl Iterator<Item = &Json> {
    match value {
        Json::Array(items) => items.iter(),
        Json::Null => [].iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// CloudFormation's YAML as JSON. What a tag (`!Ref`, `!Sub`) is applied to stands for the whole.
fn json(value: Value) -> Json {
    match value {
        Value::String(text) => Json::String(text),
        Value::Sequence(items) => Json::Array(items.into_iter().map(json).collect()),
        Value::Mapping(entries) => {
            let text = |key: Value| json(key).as_str().unwrap_or_default().to_owned();
            Json::Object(entries.into_iter().map(|(key, value)| (text(key), json(value))).collect())
        }
        Value::Tagged(tagged) => json(tagged.value),
        Value::Null | Value::Bool(_) | Value::Number(_) => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(function: &str, action: &str, key: &str, attributes: Option<&[&str]>) -> bool {
        let need = Need {
            action: format!("dynamodb:{action}"),
            index: None,
            key: key.to_owned(),
            attributes: attributes.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        };
        of_all_functions()[function].iter().any(|statement| statement.allows(&need))
    }

    #[test]
    fn a_role_allows_its_actions_on_its_keys_only() {
        assert!(allows("events-get-event", "GetItem", "events#event#1", None));
        assert!(!allows("events-get-event", "PutItem", "events#event#1", None));
        assert!(!allows("events-get-event", "GetItem", "events#type#1", None));
        assert!(!allows("events-get-event", "GetItem", "identity#user#1", Some(&["standing"])));
    }

    #[test]
    fn a_managed_policy_of_the_template_counts_and_bounds_the_attributes() {
        assert!(allows("points-create-point", "GetItem", "identity#user#1", Some(&["standing"])));
        assert!(!allows("points-create-point", "GetItem", "identity#user#1", Some(&["standing", "password"])));
        assert!(!allows("points-create-point", "GetItem", "identity#user#1", None));
    }
}
