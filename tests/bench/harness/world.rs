//! What functions find around them: a table, parameters, and nothing else.

use std::collections::HashMap;

use identity::issuer::{generate_secrets, public_keys};
use serde_json::{Value, json};
use testkit::TestTable;

use super::wire;

const ISSUER: &str = "https://api.test/v1";

/// A table in this process, with keys to sign and to check tokens.
pub struct World {
    environment: HashMap<String, String>,
}

impl World {
    /// Starts one.
    pub async fn start() -> Self {
        let table = TestTable::start().await;
        let secrets = generate_secrets().expect("keys");
        let parameters = HashMap::from([
            ("/atoll/bench/token-secrets".to_owned(), serde_json::to_string(&secrets).expect("JSON")),
            ("/atoll/bench/link-key".to_owned(), format!("{}=", "A".repeat(43))),
        ]);
        let services = wire::serve(move |stream| services(stream, parameters.clone())).await;
        let jwks = serde_json::to_string(&public_keys(&secrets).expect("keys")).expect("JSON");
        let environment = environment(&services, table.address(), &jwks);
        Self { environment }
    }

    /// The environment of every function: each takes what it needs.
    pub fn environment(&self) -> &HashMap<String, String> {
        &self.environment
    }
}

fn environment(services: &str, database: &str, jwks: &str) -> HashMap<String, String> {
    let queue = format!("http://{services}/123456789012/queue");
    let pairs = [
        ("API_URL", "https://api.test"),
        ("APNS_APPLICATION_ARN", "arn:aws:sns:us-east-1:123456789012:app/APNS/app"),
        ("APP_URL", "https://app.test"),
        ("AUTH_ISSUER", ISSUER),
        ("AUTH_JWKS", jwks),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_ENDPOINT_URL", &format!("http://{services}")),
        ("AWS_ENDPOINT_URL_DYNAMODB", &format!("http://{database}")),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_NAME", "measured"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "logs"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "logs"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_SESSION_TOKEN", "test"),
        ("BUCKET_NAME", "bucket"),
        ("BUS_NAME", "bus"),
        ("DLQ_URL", &queue),
        ("FCM_APPLICATION_ARN", "arn:aws:sns:us-east-1:123456789012:app/GCM/app"),
        ("FIRST_ADMIN_EMAIL", "admin@example.com"),
        ("LINK_KEY_NAME", "/atoll/bench/link-key"),
        ("LOG_LEVEL", "info"),
        ("MAIL_FROM", "atoll@example.com"),
        ("MODERATION", "off"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("QUEUE_URL", &queue),
        ("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:123456789012:stateMachine:machine"),
        ("SERVICE_NAME", "measured"),
        ("STAGE", "bench"),
        ("TABLE_NAME", TestTable::name()),
        ("TIMER_GROUP", "group"),
        ("TIMER_QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:queue"),
        ("TIMER_ROLE_ARN", "arn:aws:iam::123456789012:role/timer"),
        ("TOKEN_SECRETS_NAME", "/atoll/bench/token-secrets"),
        ("WEBSOCKET_CALLBACK_URL", &format!("http://{services}")),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Parameters are told; every other service takes what it is given and answers nothing.
async fn services(mut stream: tokio::io::BufStream<tokio::net::TcpStream>, parameters: HashMap<String, String>) {
    while let Some(request) = wire::read(&mut stream).await {
        let body = if request.target == "AmazonSSM.GetParameter" {
            let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
            let name = asked["Name"].as_str().unwrap_or_default();
            json!({ "Parameter": { "Name": name, "Type": "SecureString", "Value": parameters.get(name) } })
        } else {
            json!({})
        };
        if wire::write(&mut stream, 200, &[], body.to_string().as_bytes()).await.is_none() {
            return;
        }
    }
}
