//! A template as the rules see it: resources, functions, and what refers to what.

use serde_json::Value;

use super::yaml::{self, BadYaml};

static NOTHING: Value = Value::Null;

/// A CloudFormation template of the repository.
#[derive(Debug, Clone)]
pub struct Template {
    /// Where it is.
    pub path: String,
    /// Its text.
    pub text: String,
    document: Value,
}

/// One resource of a template.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    /// The template that it stands in.
    pub template: &'a Template,
    /// Its logical id.
    pub id: &'a str,
    body: &'a Value,
}

impl Template {
    /// Reads a template.
    pub fn parse(path: &str, text: String) -> Result<Self, BadYaml> {
        Ok(Self { path: path.to_owned(), document: yaml::parse(&text)?, text })
    }

    /// The context whose template this is, if it is one's.
    pub fn context(&self) -> Option<&str> {
        self.path.strip_prefix("functions/")?.strip_suffix("/template.yaml")?.split('/').nth(1)
    }

    /// The name of its file without the extension.
    pub fn stem(&self) -> &str {
        let file = self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, file)| file);
        file.strip_suffix(".yaml").unwrap_or(file)
    }

    /// The directory that it lies in; empty for the root.
    pub fn directory(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(directory, _file)| directory)
    }

    /// The value at a JSON pointer; null if there is none.
    pub fn value(&self, pointer: &str) -> &Value {
        self.document.pointer(pointer).unwrap_or(&NOTHING)
    }

    /// All resources.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        let resources = self.value("/Resources").as_object().into_iter().flatten();
        resources.map(|(id, body)| Resource { template: self, id, body })
    }

    /// The resources of a type.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = Resource<'_>> {
        self.resources().filter(move |resource| resource.kind() == kind)
    }

    /// The resource with this logical id.
    pub fn resource(&self, id: &str) -> Option<Resource<'_>> {
        let (id, body) = self.value("/Resources").as_object()?.get_key_value(id)?;
        Some(Resource { template: self, id, body })
    }

    /// Its functions.
    pub fn functions(&self) -> impl Iterator<Item = Resource<'_>> {
        self.of_type("AWS::Serverless::Function")
    }

    /// The number of the first line that contains `text`, or 1.
    pub fn line_of(&self, text: &str) -> usize {
        self.text.lines().position(|line| line.contains(text)).map_or(1, |index| index + 1)
    }
}

impl<'a> Resource<'a> {
    /// Its type.
    pub fn kind(self) -> &'a str {
        self.body["Type"].as_str().unwrap_or_default()
    }

    /// The property at a path of names, `/` between them; null if there is none.
    pub fn property(self, path: &str) -> &'a Value {
        self.body.pointer(&format!("/Properties/{path}")).unwrap_or(&NOTHING)
    }

    /// The text of a property; empty if it is none.
    pub fn text(self, path: &str) -> &'a str {
        self.property(path).as_str().unwrap_or_default()
    }

    /// A function's property, or what the template's globals say instead.
    pub fn own_or_global(self, path: &str) -> &'a Value {
        match self.property(path) {
            Value::Null => self.template.value(&format!("/Globals/Function/{path}")),
            own => own,
        }
    }

    /// A function's event sources: name, type, properties.
    pub fn event_sources(self) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
        let events = self.property("Events").as_object().into_iter().flatten();
        events.map(|(name, event)| (name.as_str(), event["Type"].as_str().unwrap_or_default(), &event["Properties"]))
    }

    /// True if CloudFormation creates another resource before this one.
    pub fn waits_for(self, id: &str) -> bool {
        each(&self.body["DependsOn"]).any(|other| other == id)
    }

    /// What becomes of it when its stack is deleted; empty if nothing is said.
    pub fn deletion_policy(self) -> &'a str {
        self.body["DeletionPolicy"].as_str().unwrap_or_default()
    }

    /// The number of the line that it starts in.
    pub fn line(self) -> usize {
        let start = format!("  {}:", self.id);
        let begins =
            |line: &str| line.strip_prefix(&start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        self.template.text.lines().position(begins).map_or(1, |index| index + 1)
    }

    /// The resource of the same template that a value refers to.
    pub fn follow(self, value: &'a Value) -> Option<Resource<'a>> {
        self.template.resource(referred(value)?)
    }
}

/// The logical id that `!Ref X`, `!GetAtt X.Arn` or `!Sub ….${X}` refers to.
pub fn referred(value: &Value) -> Option<&str> {
    if let Some(id) = value["Ref"].as_str() {
        return Some(id);
    }
    match &value["Fn::GetAtt"] {
        Value::String(path) => path.split('.').next(),
        Value::Array(parts) => parts.first()?.as_str(),
        _ => {
            // What AWS itself puts in (`${AWS::Region}`) is no resource.
            let names = value["Fn::Sub"].as_str()?.split("${").skip(1);
            names.filter_map(|name| name.split(['}', '.']).next()).find(|name| !name.starts_with("AWS::"))
        }
    }
}

/// The items of a list, or the one thing that stands where a list may.
pub fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let (list, single) = match value {
        Value::Array(items) => (items.as_slice(), None),
        Value::Null => (&[] as &[Value], None),
        other => (&[] as &[Value], Some(other)),
    };
    list.iter().chain(single)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_followed_however_they_are_written() {
        for value in [
            json!({ "Ref": "Queue" }),
            json!({ "Fn::GetAtt": "Queue.Arn" }),
            json!({ "Fn::GetAtt": ["Queue", "Arn"] }),
            json!({ "Fn::Sub": "integrations/${Queue}" }),
            json!({ "Fn::Sub": "arn:${AWS::Partition}:lambda:path/functions/${Queue.Arn}/invocations" }),
        ] {
            assert_eq!(referred(&value), Some("Queue"), "{value}");
        }
        assert_eq!(referred(&json!("Queue")), None);
    }

    #[test]
    fn a_template_knows_its_context() {
        let template = |path| Template::parse(path, "Resources: {}".to_owned()).unwrap();
        assert_eq!(template("functions/platform/identity/template.yaml").context(), Some("identity"));
        assert_eq!(template("infra/signing-keys.yaml").context(), None);
        assert_eq!(template("infra/signing-keys.yaml").stem(), "signing-keys");
        assert_eq!(template("template.yaml").stem(), "template");
        assert_eq!(template("template.yaml").directory(), "");
    }
}
