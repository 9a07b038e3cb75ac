//! Scenes of the platform's own functions and of those that describe packs: they ask for nothing that must be prepared.

use serde_json::Value;

use crate::request::sample;

pub fn event(name: &str) -> Option<Value> {
    match name {
        "aquarium-get-openapi"
        | "commerce-get-openapi"
        | "community-get-openapi"
        | "platform-answer-unknown-route"
        | "platform-get-deployment"
        | "platform-get-docs"
        | "platform-get-health"
        | "platform-get-openapi"
        | "platform-publish-events" => Some(sample(name)),
        _ => None,
    }
}
