//! CloudFormation's YAML as plain JSON: `!Ref X` becomes `{"Ref": "X"}`, `!Sub text` becomes `{"Fn::Sub": "text"}`.

use serde_json::{Map, Value as Json};
use yaml_serde::Value as Yaml;

/// A text that is no YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadYaml {
    /// Where, from 1.
    pub line: usize,
    /// What the parser says.
    pub message: String,
}

/// Reads a template. Anchors and aliases are resolved.
pub fn parse(text: &str) -> Result<Json, BadYaml> {
    match yaml_serde::from_str::<Yaml>(text) {
        Ok(value) => Ok(json(value)),
        Err(error) => {
            Err(BadYaml { line: error.location().map_or(1, |place| place.line()), message: error.to_string() })
        }
    }
}

fn json(value: Yaml) -> Json {
    match value {
        Yaml::Null => Json::Null,
        Yaml::Bool(value) => Json::Bool(value),
        Yaml::Number(value) => number(&value),
        Yaml::String(text) => Json::String(text),
        Yaml::Sequence(items) => Json::Array(items.into_iter().map(json).collect()),
        Yaml::Mapping(entries) => {
            Json::Object(entries.into_iter().map(|(key, value)| (text(key), json(value))).collect())
        }
        Yaml::Tagged(tagged) => {
            let function = long_name(&tagged.tag.to_string());
            Json::Object(Map::from_iter([(function, json(tagged.value))]))
        }
    }
}

fn number(value: &yaml_serde::Number) -> Json {
    if let Some(whole) = value.as_i64() {
        return whole.into();
    }
    value.as_f64().and_then(serde_json::Number::from_f64).map_or(Json::Null, Json::Number)
}

/// Keys of templates are texts; `200:` as a response's status is a number to YAML.
fn text(key: Yaml) -> String {
    match json(key) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

fn long_name(tag: &str) -> String {
    match tag.trim_start_matches('!') {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tags_become_functions_and_anchors_are_resolved() {
        let text = "A: &a { X: !Ref T, Y: !GetAtt T.Arn }\nB: *a\nC: !If [Z, !Sub \"${T}-x\", 2]\n";
        let same = json!({ "X": { "Ref": "T" }, "Y": { "Fn::GetAtt": "T.Arn" } });
        let condition = json!({ "Fn::If": ["Z", { "Fn::Sub": "${T}-x" }, 2] });
        assert_eq!(parse(text), Ok(json!({ "A": same, "B": same, "C": condition })));
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_line() {
        assert_eq!(parse("A: 1\nB: [\n").unwrap_err().line, 3);
    }
}
