//! The local cloud: HTTP as clients speak it, and a look into the mailbox and the queues.

use aws_config::{BehaviorVersion, SdkConfig};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use types::Uuid;

use crate::{Cost, PASSWORD, eventually};

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
    web_socket_url: String,
    table_name: String,
    bus_name: String,
    media_bucket_name: String,
    access_key_id: String,
    secret_access_key: String,
    region: String,
    logs: String,
    samconfig: String,
    telegram_bot_token: String,
    stack: StackOutputs,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StackOutputs {
    web_socket_api_id: String,
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
    /// Headers beyond those that every mail has.
    pub headers: std::collections::HashMap<String, String>,
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

    /// Fails the test unless the function made as many calls to the table as its budget says. Units and round trips are
    /// not compared: the local cloud counts units otherwise, and is asked by many at once.
    #[track_caller]
    pub fn expect_calls(&self, function: &str, case: &str) {
        let (spent, allowed) = (Cost::of_header(self.header("server-timing")), Cost::allowed(function, case));
        assert_eq!(spent.calls, allowed.calls, "{function}, `{case}`");
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

    /// The URL of a path of the API.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.outputs.api_url)
    }

    /// Starts a request to the API.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Call(self.http.request(method, self.url(path)))
    }

    /// Starts a GET.
    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// Starts a POST.
    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    /// An address that no account has.
    pub fn new_email(&self) -> String {
        format!("user-{}@example.com", Uuid::now_v7().simple())
    }

    /// Registers a new user.
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

    /// The environment in which AWS tools reach the cloud as its owner.
    pub fn client_environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.outputs.cloud_url.clone()),
            ("AWS_ACCESS_KEY_ID", self.outputs.access_key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.outputs.secret_access_key.clone()),
            ("AWS_DEFAULT_REGION", self.outputs.region.clone()),
            // Which deployment the operator's commands mean.
            ("STAGE", "local".to_owned()),
        ]
    }

    /// The URL of the WebSocket API.
    pub fn web_socket_url(&self) -> &str {
        &self.outputs.web_socket_url
    }

    /// Where functions reach open sockets.
    pub fn connections_url(&self) -> String {
        format!("{}/_aws/execute-api/{}/live", self.outputs.cloud_url, self.outputs.stack.web_socket_api_id)
    }

    /// The path of the settings that operator commands read.
    pub fn samconfig(&self) -> &str {
        &self.outputs.samconfig
    }

    /// The directory of the run's logs.
    pub fn logs(&self) -> &str {
        &self.outputs.logs
    }

    /// The token of the local cloud's bot.
    pub fn telegram_bot_token(&self) -> &str {
        &self.outputs.telegram_bot_token
    }

    /// The table's name.
    pub fn table_name(&self) -> &str {
        &self.outputs.table_name
    }

    /// The bus's name.
    pub fn bus_name(&self) -> &str {
        &self.outputs.bus_name
    }

    /// The media bucket's name.
    pub fn media_bucket(&self) -> &str {
        &self.outputs.media_bucket_name
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

/// A message in a dead-letter queue.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// Why it is there.
    pub reason: String,
    /// Name of the function that refused it, as deployed; empty if the queue itself gave up.
    pub consumer: String,
    /// What it was.
    pub body: String,
}

impl Cloud {
    /// Publishes an event as another context would.
    pub async fn publish<T: serde::Serialize>(&self, event: &contracts::Envelope<T>) {
        let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder()
            .event_bus_name(&self.outputs.bus_name)
            .source(format!("atoll.{}", event.context()))
            .detail_type(event.detail_type())
            .detail(serde_json::to_string(event).expect("json"))
            .build();
        let client = aws_sdk_eventbridge::Client::new(&self.sdk().await);
        let reply = client.put_events().entries(entry).send().await.expect("the bus");
        assert_eq!(reply.failed_entry_count(), 0);
    }

    /// Waits for the message with `marker` in the dead-letter queue whose name contains `queue`, and takes it out.
    pub async fn take_dead_letter(&self, queue: &str, marker: &str) -> DeadLetter {
        let client = aws_sdk_sqs::Client::new(&self.sdk().await);
        let urls = client.list_queues().send().await.expect("queues").queue_urls.unwrap_or_default();
        let url = urls.into_iter().find(|url| url.contains(queue)).unwrap_or_else(|| panic!("no queue {queue}"));
        eventually("a dead letter", async || take(&client, &url, marker).await.pop()).await
    }

    /// Waits until so many messages with `marker` are in dead-letter queues, whichever, and takes them out.
    pub async fn take_dead_letters(&self, marker: &str, count: usize) -> Vec<DeadLetter> {
        let client = aws_sdk_sqs::Client::new(&self.sdk().await);
        let urls = client.list_queues().send().await.expect("queues").queue_urls.unwrap_or_default();
        let mut taken = Vec::new();
        eventually("all dead letters", async || {
            for url in urls.iter().filter(|url| url.ends_with("-dead-letters")) {
                taken.extend(take(&client, url, marker).await);
            }
            (taken.len() >= count).then_some(())
        })
        .await;
        taken
    }

    /// The lines that functions logged so far: the function's name, a space, and what it wrote.
    pub fn log(&self) -> Vec<String> {
        let path = std::path::Path::new(&self.outputs.logs).join("functions.log");
        std::fs::read_to_string(path).expect("the log").lines().map(str::to_owned).collect()
    }

    /// How many lines a function logged.
    pub fn log_lines(&self, function: &str) -> usize {
        self.log().iter().filter(|line| line.starts_with(function)).count()
    }

    /// True if a function logged a line with `text`.
    pub fn logged(&self, function: &str, text: &str) -> bool {
        self.log().iter().any(|line| line.starts_with(function) && line.contains(text))
    }

    /// How AWS clients reach the cloud in the role of a function.
    pub async fn sdk_as(&self, function: &str) -> SdkConfig {
        let functions = self.local("GET", "functions").send().await.expect(200);
        let found = functions.as_array().expect("a list").iter().find(|item| item["binary"] == function);
        let role = found.and_then(|item| item["role"].as_str()).unwrap_or_else(|| panic!("no function {function}"));
        let sts = aws_sdk_sts::Client::new(&self.sdk().await);
        let reply = sts.assume_role().role_arn(role).role_session_name("test").send().await.expect("the role");
        let key = reply.credentials.expect("credentials");
        let credentials = aws_sdk_dynamodb::config::Credentials::new(
            key.access_key_id,
            key.secret_access_key,
            Some(key.session_token),
            None,
            "test",
        );
        self.sdk()
            .await
            .into_builder()
            .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(credentials))
            .build()
    }
}

impl Cloud {
    /// Calls a function as its owner does from a console, and gives its answer.
    pub async fn ask(&self, binary: &str, payload: &Value) -> Value {
        let reply = self.try_to_ask(binary, payload).await;
        assert_eq!((reply.status, reply.header("x-amz-function-error")), (200, ""), "{}", reply.body);
        reply.body
    }

    /// Calls a function that may fail.
    pub async fn try_to_ask(&self, binary: &str, payload: &Value) -> Reply {
        self.function("POST", binary, "invocations").await.json(payload).send().await
    }

    /// Sets the time-out of a function, as its template does.
    pub async fn set_timeout(&self, binary: &str, seconds: u32) {
        let configuration = json!({ "Timeout": seconds });
        let reply = self.function("PUT", binary, "configuration").await.json(&configuration).send().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// A request to Lambda's API about a function.
    async fn function(&self, method: &str, binary: &str, what: &str) -> Call {
        let functions = self.local("GET", "functions").send().await.expect(200);
        let found = functions.as_array().expect("a list").iter().find(|item| item["binary"] == binary);
        let name = found.and_then(|item| item["name"].as_str()).unwrap_or_else(|| panic!("no function {binary}"));
        let url = format!("{}/2015-03-31/functions/{name}/{what}", self.outputs.cloud_url);
        // The local cloud takes the owner's key without looking at the signature.
        let scope = format!("{}/20260101/{}/lambda/aws4_request", self.outputs.access_key_id, self.outputs.region);
        let signature = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Call(self.http.request(method, url)).header("authorization", &signature)
    }
}

/// Takes those of a queue's messages that have a marker.
async fn take(client: &aws_sdk_sqs::Client, url: &str, marker: &str) -> Vec<DeadLetter> {
    let receive = client.receive_message().queue_url(url).message_attribute_names("All").max_number_of_messages(10);
    // What is not ours is seen again at once by those whose it is.
    let messages = receive.visibility_timeout(0).send().await.expect("messages").messages.unwrap_or_default();
    let mut taken = Vec::new();
    for found in messages.into_iter().filter(|message| message.body().is_some_and(|body| body.contains(marker))) {
        let handle = found.receipt_handle().expect("a handle");
        client.delete_message().queue_url(url).receipt_handle(handle).send().await.expect("a deletion");
        let attributes = found.message_attributes.unwrap_or_default();
        let text =
            |name: &str| attributes.get(name).and_then(|value| value.string_value()).unwrap_or_default().to_owned();
        let (reason, consumer) = (text("reason"), text("consumer"));
        taken.push(DeadLetter { reason, consumer, body: found.body.unwrap_or_default() });
    }
    taken
}
