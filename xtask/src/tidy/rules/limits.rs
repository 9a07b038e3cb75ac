//! The limits of AWS, with room left: a template that is full cannot be mended in a hurry.

use crate::survey::{Resource, Survey, Template, each};
use crate::tidy::Report;

/// Resources of one stack; CloudFormation takes 500.
const MAX_RESOURCES: usize = 400;
/// Resources that one operation changes, nested stacks included; CloudFormation takes 2,500.
const MAX_OPERATION: usize = 2_000;
/// Operations of an HTTP API; API Gateway takes 300 integrations, and no more on request.
const MAX_ROUTES: usize = 280;
/// IAM roles of a deployment; an account has 1,000, and 5,000 on request.
const MAX_ROLES: usize = 900;
/// The packs that are planned beside the platform.
const PLANNED_PACKS: usize = 5;

/// Counts what there is, and what there would be if every planned pack were as large as the largest of today.
pub fn check(survey: &Survey<'_>, report: &mut Report) {
    for template in &survey.templates {
        let resources = resources(template);
        if resources >= MAX_RESOURCES {
            let message =
                format!("deploys {resources} resources; the limit here is {MAX_RESOURCES}: split the context");
            report.at(&template.path, template.line_of("Resources:"), message);
        }
    }
    let mut largest = 0;
    let mut roles = 0;
    for pack in survey.packs() {
        let routes = survey.operations.iter().filter(|operation| operation.pack() == pack).count();
        if routes >= MAX_ROUTES {
            let message =
                format!("the API of {pack} has {routes} operations; the limit here is {MAX_ROUTES}: split the pack");
            report.at(root(pack), 1, message);
        }
        let all = operation(survey, pack);
        if all >= MAX_OPERATION {
            let message = format!(
                "one deployment of {pack} changes {all} resources; the limit here is {MAX_OPERATION}: split the pack"
            );
            report.at(root(pack), 1, message);
        }
        let of_pack = self::roles(survey, pack);
        if pack == crate::survey::PLATFORM { roles = of_pack } else { largest = largest.max(of_pack) }
    }
    let planned = roles + PLANNED_PACKS * largest;
    if planned >= MAX_ROLES {
        let message = format!(
            "{PLANNED_PACKS} packs as large as the largest have {planned} roles with the platform; the limit here is {MAX_ROLES}: \
             let functions with the same permissions share a role"
        );
        report.at("template.yaml", 1, message);
    }
}

fn root(pack: &str) -> String {
    if pack == crate::survey::PLATFORM { "template.yaml".to_owned() } else { format!("functions/{pack}/template.yaml") }
}

/// The templates that one `sam deploy` deploys.
fn together<'a>(survey: &'a Survey<'_>, pack: &str) -> impl Iterator<Item = &'a Template> {
    let of_pack = format!("functions/{pack}/");
    let core = pack == crate::survey::PLATFORM;
    survey.templates.iter().filter(move |template| {
        template.path.starts_with(&of_pack) || (core && !template.path.starts_with("functions/"))
    })
}

/// The resources of one operation: those of all its templates, and the API's three.
fn operation(survey: &Survey<'_>, pack: &str) -> usize {
    3 + together(survey, pack).map(resources).sum::<usize>()
}

fn roles(survey: &Survey<'_>, pack: &str) -> usize {
    together(survey, pack).map(|template| template.of_type("AWS::IAM::Role").count()).sum()
}

fn resources(template: &Template) -> usize {
    template.resources().map(|resource| deployed(&resource)).sum()
}

/// How many resources one becomes when SAM has transformed it: a function brings its role if it has none of its own, a
/// mapping per queue or stream, a rule with its permission per other event, and what says where failures go.
fn deployed(resource: &Resource<'_>) -> usize {
    if resource.kind() != "AWS::Serverless::Function" {
        return 1;
    }
    let sources =
        resource.event_sources().map(|(_, kind, _)| if ["SQS", "DynamoDB", "Kinesis"].contains(&kind) { 1 } else { 2 });
    let role = usize::from(resource.property("Role").is_null());
    1 + role + each(resource.property("EventInvokeConfig")).count() + sources.sum::<usize>()
}
