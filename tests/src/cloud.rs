//! The local cloud: HTTP as clients speak it, and a look into the mailbox and the queues.

use aws_config::{BehaviorVersion, SdkConfig};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use types::Uuid;

use crate::{PASSWORD, eventually};

/// The running local cloud.
#[derive(Debug, Clone)]
pub struct Cloud {
    http: reqwest::Client,
    outputs: Outputs,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outputs {
    api_url: String,
    cloud_url: String,
    table_name: String,
    bus_name: String,
    access_key_id: String,
    secret_access_key: String,
    region: String,
    logs: String,
}

/// A mail that was sent.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// A registered user with a signed-in device.
#[derive(Debug, Clone)]
pub struct User {
    /// The address.
    pub email: String,
    /// The account's id.
    pub id: String,
    /// The session's id.
    pub session_id: String,
    /// Proves who calls.
    pub access_token: String,
    /// Gets new tokens.
    pub refresh_token: String,
}

/// A request under way.
#[derive(Debug)]
pub struct Call(reqwest::RequestBuilder);

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body; a text if it is no JSON.
    pub body: Value,
}

impl Call {
    /// Sets the body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Sets the body as it is.
    #[must_use]
    pub fn text(self, content_type: &str, body: &str) -> Self {
        Self(self.0.header("content-type", content_type).body(body.to_owned()))
    }

    /// Sets the access token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    /// Sets a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Sends it.
    pub async fn send(self) -> Reply {
        let response = self.0.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a text");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Reply { status, headers, body }
    }
}

impl Reply {
    /// A header's text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Fails the test unless the status is this.
    #[must_use = "the body tells the rest"]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Fails the test unless it is this problem.
    pub fn expect_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert!(self.body["requestId"].is_string(), "{}", self.body);
    }
}

impl Cloud {
    /// The cloud that `make test` started, or that `ATOLL_OUTPUTS` names.
    pub async fn connect() -> Self {
        let path = std::env::var("ATOLL_OUTPUTS")
            .expect("ATOLL_OUTPUTS names the outputs of a running local cloud; `make test` sets it");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let outputs = serde_json::from_str(&text).expect("the outputs of a deployment");
        Self { http: reqwest::Client::new(), outputs }
    }

    /// Starts a request to the API.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Call(self.http.request(method, format!("{}{path}", self.outputs.api_url)))
    }

    /// Starts a GET.
    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// Starts a POST.
    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    /// An address that nobody has.
    pub fn new_email(&self) -> String {
        format!("user-{}@example.com", Uuid::now_v7().simple())
    }

    /// Registers somebody new.
    pub async fn sign_up(&self) -> User {
        let email = self.new_email();
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ann", "device": { "name": "phone", "platform": "ios" } });
        let reply = self.post("/v1/auth/register").json(&body).send().await.expect(201);
        User::read(&reply)
    }

    /// The mails to an address, newest first.
    pub async fn mails(&self, to: &str) -> Vec<Mail> {
        let url = format!("{}/_local/mailbox.json", self.outputs.cloud_url);
        let request = self.http.get(url).query(&[("to", to)]);
        request.send().await.expect("the mailbox").json().await.expect("mails")
    }

    /// The first mail to an address.
    pub async fn mail(&self, to: &str) -> Mail {
        eventually("a mail", async || self.mails(to).await.pop()).await
    }

    /// Makes the next calls to a service fail, or slow: see the local cloud's page on faults.
    pub async fn inject(&self, fault: &Value) {
        let reply = self.local("POST", "faults").json(fault).send().await;
        assert_eq!(reply.status, 201, "{}", reply.body);
    }

    /// Ends all faults.
    pub async fn clear_faults(&self) {
        self.local("DELETE", "faults").send().await;
    }

    /// A request to the local cloud's own routes.
    pub fn local(&self, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Call(self.http.request(method, format!("{}/_local/{path}", self.outputs.cloud_url)))
    }

    /// The directory of the run's logs.
    pub fn logs(&self) -> &str {
        &self.outputs.logs
    }

    /// The table's name.
    pub fn table_name(&self) -> &str {
        &self.outputs.table_name
    }

    /// The bus's name.
    pub fn bus_name(&self) -> &str {
        &self.outputs.bus_name
    }

    /// How AWS clients reach the cloud as its owner.
    pub async fn sdk(&self) -> SdkConfig {
        let key = (&self.outputs.access_key_id, &self.outputs.secret_access_key);
        aws_config::defaults(BehaviorVersion::latest())
            .region(aws_config::Region::new(self.outputs.region.clone()))
            .credentials_provider(aws_sdk_dynamodb::config::Credentials::new(key.0, key.1, None, None, "test"))
            .endpoint_url(&self.outputs.cloud_url)
            .load()
            .await
    }
}

impl User {
    /// The user in the answer of a sign-in.
    pub fn read(reply: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            email: text(&reply["user"]["email"]),
            id: text(&reply["user"]["id"]),
            session_id: text(&reply["tokens"]["sessionId"]),
            access_token: text(&reply["tokens"]["accessToken"]),
            refresh_token: text(&reply["tokens"]["refreshToken"]),
        }
    }
}
