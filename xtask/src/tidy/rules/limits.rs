//! The limits of AWS, with room left: a template that is full cannot be mended in a hurry.

use crate::survey::{Resource, Survey, Template, referred};
use crate::tidy::Report;

/// Resources of one stack; CloudFormation takes 500.
const MAX_RESOURCES: usize = 400;
/// Routes of the API, and integrations; API Gateway takes 300 of each unless asked.
const MAX_ROUTES: usize = 280;

/// Counts.
pub fn check(survey: &Survey<'_>, report: &mut Report) {
    for template in &survey.templates {
        let resources = template.resources().map(|resource| deployed(&resource)).sum::<usize>();
        if resources >= MAX_RESOURCES {
            let message =
                format!("deploys {resources} resources; the limit here is {MAX_RESOURCES}: split the context");
            report.at(&template.path, template.line_of("Resources:"), message);
        }
    }
    let integrations = survey.templates.iter().map(integrations).sum::<usize>();
    for (count, what) in [(survey.routes().count(), "routes"), (integrations, "integrations")] {
        if count >= MAX_ROUTES {
            let message =
                format!("the API has {count} {what}; the limit here is {MAX_ROUTES}: give a pack an API of its own");
            report.at("template.yaml", 1, message);
        }
    }
}

/// How many resources one becomes when SAM has transformed it: a function brings its role, a mapping per queue or stream,
/// and a rule with its permission per other event.
fn deployed(resource: &Resource<'_>) -> usize {
    if resource.kind() != "AWS::Serverless::Function" {
        return 1;
    }
    let sources =
        resource.event_sources().map(|(_, kind, _)| if ["SQS", "DynamoDB", "Kinesis"].contains(&kind) { 1 } else { 2 });
    2 + sources.sum::<usize>()
}

/// The integrations of the HTTP API.
fn integrations(template: &Template) -> usize {
    let all = template.of_type("AWS::ApiGatewayV2::Integration");
    all.filter(|integration| matches!(referred(integration.property("ApiId")), Some("ApiId" | "HttpApi"))).count()
}
