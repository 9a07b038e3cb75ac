//! Dead-letter queues, and who hears of them.

use serde_json::Value;

use crate::survey::{Resource, each, referred};

/// Says what is wrong with a dead-letter queue that `resource` names: that there is none, or that nobody hears of it.
pub fn complaint(resource: &Resource<'_>, queue: &Value) -> Option<String> {
    let Some(dead) = resource.follow(queue).filter(|dead| dead.kind() == "AWS::SQS::Queue") else {
        return Some("a dead-letter queue of this template".to_owned());
    };
    let mut alarms = resource.template.of_type("AWS::CloudWatch::Alarm");
    let watched = alarms.any(|alarm| {
        let dimensions = each(alarm.property("Dimensions"));
        let tells = each(alarm.property("AlarmActions")).next().is_some();
        tells
            && alarm.text("MetricName") == "ApproximateNumberOfMessagesVisible"
            && dimensions.into_iter().any(|dimension| referred(&dimension["Value"]) == Some(dead.id))
    });
    (!watched).then(|| format!("an alarm with an action on {}'s ApproximateNumberOfMessagesVisible", dead.id))
}
