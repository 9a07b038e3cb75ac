//! What every function has.

use serde_json::Value;

use crate::survey::Survey;
use crate::tidy::Report;

/// Looks for a log group with retention.
pub fn logs(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions() {
        let resource = function.resource;
        let group = resource.follow(resource.property("LoggingConfig/LogGroup"));
        match group.filter(|group| group.kind() == "AWS::Logs::LogGroup") {
            None => report.resource(
                &resource,
                "writes to a log group that nobody declared, and that is kept for ever: set LoggingConfig to one",
            ),
            Some(group) if group.property("RetentionInDays") == &Value::Null => {
                report.resource(&group, "keeps logs for ever: set RetentionInDays");
            }
            Some(_) => {}
        }
    }
}

/// Looks for X-Ray.
pub fn tracing(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions().filter(|function| function.resource.own_or_global("Tracing") != "Active") {
        report.resource(
            &function.resource,
            "is not traced: set `Tracing: Active`, in Globals for all functions of the template",
        );
    }
}
