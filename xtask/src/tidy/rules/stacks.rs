//! What stacks keep when they go, and what they tell each other.

use serde_json::Value;

use crate::survey::{PLATFORM, Survey, Template, workspace_version};
use crate::tidy::Report;

/// The type of a parameter whose value CloudFormation reads from the parameter store.
const STORED: &str = "AWS::SSM::Parameter::Value<";
/// Deleted only where a stack's creation is rolled back.
const KEPT: &str = "RetainExceptOnCreate";
/// The topic of alarms.
const ALARMS: &str = "AlarmTopic";

/// Looks at the table and the keys: the one is a global table, both outlive their stack, and a stage's keys stay its own.
pub fn kept(survey: &Survey<'_>, report: &mut Report) {
    for resource in survey.templates.iter().flat_map(Template::resources) {
        match resource.kind() {
            "AWS::DynamoDB::Table" => {
                report.resource(&resource, "cannot become a global table later: make it an AWS::DynamoDB::GlobalTable");
            }
            "AWS::DynamoDB::GlobalTable" if resource.deletion_policy() != KEPT => {
                report.resource(&resource, format!("goes with its stack: set DeletionPolicy to {KEPT}"));
            }
            "Custom::SigningKeys" => {
                if resource.deletion_policy() != KEPT {
                    report.resource(&resource, format!("goes with its stack: set DeletionPolicy to {KEPT}"));
                }
                if resource.property("Stage").is_null() {
                    report.resource(&resource, "does not notice a change of the stage: set Stage to !Ref Stage");
                }
            }
            _ => {}
        }
    }
}

/// Looks for topics that SNS stores in plain text. Alarms name functions and queues only, and CloudWatch may not publish under
/// the key of AWS.
pub fn topics(survey: &Survey<'_>, report: &mut Report) {
    for topic in survey.templates.iter().flat_map(|template| template.of_type("AWS::SNS::Topic")) {
        if topic.id != ALARMS && topic.property("KmsMasterKeyId").is_null() {
            report.resource(&topic, "stores messages in plain text: set KmsMasterKeyId to a key of the deployment");
        }
    }
}

/// Compares what packs read with what the core publishes.
pub fn published(survey: &Survey<'_>, report: &mut Report) {
    let published: Vec<_> = survey
        .templates
        .iter()
        .flat_map(|template| template.of_type("AWS::SSM::Parameter"))
        .filter_map(|parameter| Some(parameter.property("Name")["Fn::Sub"].as_str()?.to_owned()))
        .collect();
    for pack in survey.packs().filter(|pack| *pack != PLATFORM) {
        let path = format!("functions/{pack}/template.yaml");
        let Some(template) = survey.templates.iter().find(|template| template.path == path) else { continue };
        let parameters = template.value("/Parameters").as_object().into_iter().flatten();
        let stored = parameters.filter(|(_, parameter)| is_stored(parameter));
        for (name, _) in stored {
            let wanted = format!("/atoll/${{Stage}}/core/{}", super::queues::kebab(name));
            if !published.contains(&wanted) {
                let message = format!("{name} reads {wanted}, which the core's template does not publish");
                report.at(&path, template.line_of(&format!("  {name}:")), message);
            }
        }
        let own = format!("/atoll/${{Stage}}/packs/{pack}/api-url");
        if !published.contains(&own) {
            report.at(&path, 1, format!("does not publish the URL of its API: add an AWS::SSM::Parameter {own}"));
        }
        check_version(survey, template, pack, report);
    }
}

/// `GET /v1` shows the release of a pack, which its stack publishes: the version of the workspace that it is built from.
fn check_version(survey: &Survey<'_>, template: &Template, pack: &str, report: &mut Report) {
    let name = format!("/atoll/${{Stage}}/packs/{pack}/version");
    let manifest = survey.repository.read("Cargo.toml").unwrap_or_default();
    let Some(version) = workspace_version(&manifest) else {
        return report.at("Cargo.toml", 1, "has no version in [workspace.package]");
    };
    let parameters: Vec<_> = template.of_type("AWS::SSM::Parameter").collect();
    let published = parameters.iter().find(|parameter| parameter.property("Name")["Fn::Sub"] == name.as_str());
    match published {
        Some(parameter) if parameter.property("Value") == version => {}
        Some(parameter) => {
            report.resource(parameter, format!("is not the version of the workspace: set Value to {version}"));
        }
        None => {
            report.at(&template.path, 1, format!("does not publish its version: add an AWS::SSM::Parameter {name}"));
        }
    }
}

fn is_stored(parameter: &Value) -> bool {
    parameter["Type"].as_str().is_some_and(|kind| kind.starts_with(STORED))
}
