//! Data exports as a client makes them, and what a context keeps on a user.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::{Cloud, PASSWORD, Reply, User, eventually};

impl Cloud {
    /// Exports the personal data of a user: requests it, waits, downloads the document.
    pub async fn export(&self, user: &User) -> Value {
        let requested = self.request_export(user).await;
        let done = self.exported(user, requested["id"].as_str().expect("an id")).await.expect(200);
        let (status, document) = self.fetch(done["url"].as_str().expect("a URL")).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&document));
        serde_json::from_slice(&document).expect("JSON")
    }

    /// Requests an export, with the password of every user of the tests.
    pub async fn request_export(&self, user: &User) -> Value {
        let call = self.post("/v1/users/me/exports").bearer(&user.access_token);
        call.json(&json!({ "password": PASSWORD })).send().await.expect(202)
    }

    /// Waits until an export is done, and answers with the last response.
    pub async fn exported(&self, user: &User, id: &str) -> Reply {
        let path = format!("/v1/users/me/exports/{id}");
        eventually("the export", async || {
            let reply = self.get(&path).bearer(&user.access_token).send().await;
            assert_ne!(reply.body["status"], "failed", "{}", reply.body);
            (reply.body["status"] == "done").then_some(reply)
        })
        .await
    }

    /// The items that a context keeps on a user, as a text.
    pub async fn held(&self, context: &str, user: &User) -> String {
        let client = aws_sdk_dynamodb::Client::new(&self.sdk().await);
        let partition = AttributeValue::S(format!("{context}#user#{}", user.id));
        let query = client.query().table_name(self.table_name()).key_condition_expression("pk = :pk");
        let found = query.expression_attribute_values(":pk", partition).consistent_read(true).send().await;
        format!("{:?}", found.expect("a query").items())
    }
}
