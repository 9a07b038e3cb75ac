//! Functions of guides and suggestions in the process.

use kit::http::{Endpoint, endpoint};
use knowledge::api;
use serde_json::{Value, json};

use crate::identity_support::stage;
use crate::knowledge_support::{Answer, By, Library, source};

impl Library {
    pub async fn create_guide(&self, by: By, key: &str, body: &Value) -> Answer {
        let endpoint = endpoint(api::create_guide::create_guide, self.ctx, stage());
        self.ask(&endpoint, ("POST", by), (&[], ""), &[("idempotency-key", key)], Some(body)).await
    }

    pub async fn update_guide(&self, by: By, id: &str, if_match: &str, body: &Value) -> Answer {
        let endpoint = endpoint(api::update_guide::update_guide, self.ctx, stage());
        let headers = [("if-match", if_match)];
        let headers = if if_match.is_empty() { &headers[..0] } else { &headers[..] };
        self.ask(&endpoint, ("PATCH", by), (&[("id", id)], ""), headers, Some(body)).await
    }

    pub async fn review(&self, by: By, id: &str, body: &Value) -> Answer {
        let endpoint = endpoint(api::review_guide::review_guide, self.ctx, stage());
        self.ask(&endpoint, ("POST", by), (&[("id", id)], ""), &[], Some(body)).await
    }

    pub async fn publish(&self, by: By, id: &str, version: u32) -> Answer {
        let endpoint = endpoint(api::publish_guide::publish_guide, self.ctx, stage());
        self.ask(&endpoint, ("POST", by), (&[("id", id)], ""), &[], Some(&json!({ "version": version }))).await
    }

    pub async fn withdraw(&self, by: By, id: &str) -> Answer {
        let endpoint = endpoint(api::withdraw_guide::withdraw_guide, self.ctx, stage());
        self.ask(&endpoint, ("POST", by), (&[("id", id)], ""), &[], None).await
    }

    pub async fn guide(&self, slug: &str, known: &str) -> Answer {
        let endpoint = endpoint(api::get_guide::get_guide, self.public, stage());
        let headers = [("if-none-match", known)];
        let headers = if known.is_empty() { &headers[..0] } else { &headers[..] };
        self.ask(&endpoint, ("GET", By::Nobody), (&[("id", slug)], ""), headers, None).await
    }

    pub fn list_guides(&self) -> Endpoint {
        endpoint(api::list_guides::list_guides, self.public, stage())
    }

    pub async fn guides(&self, query: &str) -> Answer {
        self.ask(&self.list_guides(), ("GET", By::Nobody), (&[], query), &[], None).await
    }

    pub fn list_guide_drafts(&self) -> Endpoint {
        endpoint(api::list_guide_drafts::list_guide_drafts, self.ctx, stage())
    }

    pub async fn drafts(&self, by: By, query: &str) -> Answer {
        self.ask(&self.list_guide_drafts(), ("GET", by), (&[], query), &[], None).await
    }

    pub fn list_guide_versions(&self) -> Endpoint {
        endpoint(api::list_guide_versions::list_guide_versions, self.ctx, stage())
    }

    pub async fn versions(&self, by: By, id: &str, query: &str) -> Answer {
        self.ask(&self.list_guide_versions(), ("GET", by), (&[("id", id)], query), &[], None).await
    }

    pub async fn version(&self, by: By, id: &str, number: &str) -> Answer {
        let endpoint = endpoint(api::get_guide_version::get_guide_version, self.ctx, stage());
        self.ask(&endpoint, ("GET", by), (&[("id", id), ("version", number)], ""), &[], None).await
    }

    pub async fn suggest(&self, by: By, species: &str, key: &str, body: &Value) -> Answer {
        let endpoint = endpoint(api::create_suggestion::create_suggestion, self.ctx, stage());
        self.ask(&endpoint, ("POST", by), (&[("id", species)], ""), &[("idempotency-key", key)], Some(body)).await
    }

    pub fn list_my_suggestions(&self) -> Endpoint {
        endpoint(api::list_my_suggestions::list_my_suggestions, self.ctx, stage())
    }

    pub async fn my_suggestions(&self, by: By, query: &str) -> Answer {
        self.ask(&self.list_my_suggestions(), ("GET", by), (&[], query), &[], None).await
    }

    pub fn list_open_suggestions(&self) -> Endpoint {
        endpoint(api::list_open_suggestions::list_open_suggestions, self.ctx, stage())
    }

    pub async fn open_suggestions(&self, by: By, query: &str) -> Answer {
        self.ask(&self.list_open_suggestions(), ("GET", by), (&[], query), &[], None).await
    }

    pub async fn delete_suggestion(&self, by: By, id: &str) -> Answer {
        let endpoint = endpoint(api::delete_suggestion::delete_suggestion, self.ctx, stage());
        self.ask(&endpoint, ("DELETE", by), (&[("id", id)], ""), &[], None).await
    }

    pub async fn decide(&self, by: By, species: &str, id: &str, body: &Value) -> Answer {
        let endpoint = endpoint(api::decide_suggestion::decide_suggestion, self.ctx, stage());
        self.ask(&endpoint, ("POST", by), (&[("id", species), ("suggestionId", id)], ""), &[], Some(body)).await
    }

    /// Creates a guide by the admin; returns its ID.
    pub async fn new_guide(&self, slug: &str, title: &str) -> String {
        let created = self.create_guide(By::Admin, slug, &guide(slug, title)).await;
        assert_eq!(created.status, 201, "{}", created.body);
        text(&created.body["id"])
    }

    /// Has the editor approve a version, and publishes it.
    pub async fn approve_and_publish(&self, id: &str, version: u32) -> Answer {
        let reviewed = self.review(By::Editor, id, &approve(version)).await;
        assert_eq!(reviewed.status, 200, "{}", reviewed.body);
        let published = self.publish(By::Admin, id, version).await;
        assert_eq!(published.status, 200, "{}", published.body);
        published
    }

    /// Creates a suggestion of the user; returns its ID.
    pub async fn new_suggestion(&self, species: &str, key: &str, field: &str, value: &str) -> String {
        let created = self.suggest(By::User, species, key, &suggestion(field, value)).await;
        assert_eq!(created.status, 201, "{}", created.body);
        text(&created.body["id"])
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_owned()
}

/// The body of a guide in English.
pub fn guide(slug: &str, title: &str) -> Value {
    json!({
        "slug": slug, "language": "en", "title": title, "summary": "In short", "body": "# Title\n\nText.",
        "sources": [source("A")],
    })
}

pub fn approve(version: u32) -> Value {
    json!({ "version": version, "verdict": "approve" })
}

pub fn reject(version: u32) -> Value {
    json!({ "version": version, "verdict": "reject", "note": "A dose has no source." })
}

/// The body of a suggestion.
pub fn suggestion(field: &str, value: &str) -> Value {
    json!({ "field": field, "value": value, "source": source("S"), "comment": "I read it there." })
}

pub fn accept() -> Value {
    json!({ "verdict": "accept" })
}

pub fn refuse() -> Value {
    json!({ "verdict": "reject", "reason": "The page says something else." })
}
