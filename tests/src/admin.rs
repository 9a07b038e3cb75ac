//! The deployment's first admin, whose address the local cloud is deployed with.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{Cloud, User};

/// What `infra/local` passes as `FirstAdminEmail`.
const FIRST_ADMIN: &str = "admin@example.com";
/// What the demo data of `infra/local` registers it with.
const FIRST_ADMIN_PASSWORD: &str = "a passphrase for admins";

/// One for the tests of a process, since an account has few devices and a sign-in beyond them ends the oldest session.
static ADMIN: Mutex<Option<(Instant, User)>> = Mutex::const_new(None);
/// How long a token is used again. It lasts ten minutes, and all tests of a slow machine take longer.
const REUSE: Duration = Duration::from_mins(4);

impl Cloud {
    /// The first admin, signed in.
    pub async fn admin(&self) -> User {
        let mut known = ADMIN.lock().await;
        if let Some((since, user)) = known.as_ref()
            && since.elapsed() < REUSE
        {
            return user.clone();
        }
        let user = self.sign_in_first_admin().await;
        *known = Some((Instant::now(), user.clone()));
        user
    }

    /// Moves an account to the plan with one device; local accounts start with a larger one.
    pub async fn limit_to_one_device(&self, user: &User) {
        let path = format!("/v1/users/{}/plan", user.id);
        let admin = self.admin().await;
        let changed = self.call("PUT", &path).bearer(&admin.access_token).json(&json!({ "plan": "free" })).send().await;
        assert_eq!(changed.expect(200)["plan"], "free");
    }

    async fn sign_in_first_admin(&self) -> User {
        let credentials = json!({ "email": FIRST_ADMIN, "password": FIRST_ADMIN_PASSWORD });
        let mut account = credentials.clone();
        account["name"] = json!("Admin");
        // Another process may have registered the account before.
        let reply = self.post("/v1/auth/register").json(&account).send().await;
        assert!([201, 409].contains(&reply.status), "{}", reply.body);
        if reply.status == 201 {
            self.verify_address(&User::read(&reply.body).id).await;
        }
        // The other process may not have come as far as to prove the address.
        crate::eventually("the first admin", async || {
            let signed_in = self.post("/v1/auth/login").json(&credentials).send().await.expect(200);
            let is_admin = signed_in["user"]["roles"].as_array().is_some_and(|roles| roles.contains(&json!("admin")));
            is_admin.then(|| User::read(&signed_in))
        })
        .await
    }

    /// Notes an address as proven, as the link in the mail would.
    pub(crate) async fn verify_address(&self, user_id: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let client = aws_sdk_dynamodb::Client::new(&self.sdk().await);
        let update = client
            .update_item()
            .table_name(self.table_name())
            .key("pk", text(&format!("identity#user#{user_id}")))
            .key("sk", text("account"))
            .update_expression("SET email_verified_at = :now, standing.email_verified = :true ADD version :one")
            .expression_attribute_values(":now", text(&jiff::Timestamp::now().to_string()))
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        update.send().await.expect("the account");
    }

    /// Lets other contexts take the address of a user as verified until the account changes.
    pub async fn pass_as_verified(&self, user: &User) {
        let client = aws_sdk_dynamodb::Client::new(&self.sdk().await);
        let update = client
            .update_item()
            .table_name(self.table_name())
            .key("pk", AttributeValue::S(format!("identity#user#{}", user.id)))
            .key("sk", AttributeValue::S("account".to_owned()))
            .update_expression("SET standing.email_verified = :true")
            .expression_attribute_values(":true", AttributeValue::Bool(true));
        update.send().await.expect("the account");
    }

    /// The sessions in an account's item, oldest first.
    pub async fn sessions(&self, user_id: &str) -> Vec<AttributeValue> {
        let client = aws_sdk_dynamodb::Client::new(&self.sdk().await);
        let get = client
            .get_item()
            .table_name(self.table_name())
            .key("pk", AttributeValue::S(format!("identity#user#{user_id}")))
            .key("sk", AttributeValue::S("account".to_owned()))
            .consistent_read(true);
        let mut item = get.send().await.expect("the account").item.expect("the account");
        match item.remove("sessions") {
            Some(AttributeValue::L(sessions)) => sessions,
            other => panic!("no sessions: {other:?}"),
        }
    }

    /// The text of a new API key with these scopes, and its id.
    pub async fn api_key(&self, scopes: &[&str], expires_at: Option<jiff::Timestamp>) -> (String, String) {
        let admin = self.admin().await;
        let mut body = json!({ "name": "test", "scopes": scopes });
        if let Some(end) = expires_at {
            body["expiresAt"] = json!(end);
        }
        let made = self.post("/v1/api-keys").bearer(&admin.access_token).json(&body).send().await.expect(201);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&made["key"]), text(&made["id"]))
    }
}
