//! What functions find around them: a table, parameters, and services that take what they are given.

use std::collections::HashMap;

use identity::issuer::{Issuer, generate_secrets, public_keys};
use identity::mfa_keys::MfaSecrets;
use jiff::Timestamp;
use kit::auth::{KeyPairs, LinkKey};
use kit::quote::QuoteSigner;
use testkit::TestTable;

use super::deployed::Deployed;
use super::services::{BUCKET, CUSTOM_RESOURCE, PAYMENTS, Services};

const ISSUER: &str = "https://api.test/v1";
/// The token of the bot that signs Telegram users in.
pub const BOT_TOKEN: &str = "1000000001:the-bot-of-the-benches";
/// What the payment provider signs its messages with.
pub const WEBHOOK_SECRET: &str = "whsec_bench";

/// A table in this process, with keys to sign and to check tokens.
pub struct World {
    environment: HashMap<String, String>,
    table: TestTable,
    services: Services,
    address: String,
    issuer: Issuer,
    link_key: LinkKey,
    quotes: QuoteSigner,
}

impl World {
    /// Starts one.
    pub async fn start() -> Self {
        let table = TestTable::start().await;
        let secrets = generate_secrets().expect("keys");
        let mfa_keys = MfaSecrets::generate(Timestamp::now()).expect("a key");
        let quote_keys = KeyPairs::generate().expect("keys");
        let link_key = format!("{}=", "A".repeat(43));
        let parameters = [
            ("mfa-keys", mfa_keys.to_text().expect("JSON")),
            ("token-secrets", serde_json::to_string(&secrets).expect("JSON")),
            ("link-key", link_key.clone()),
            ("distinct-key", link_key.clone()),
            ("quote-keys", serde_json::to_string(&quote_keys).expect("JSON")),
            ("telegram-bot-token", BOT_TOKEN.to_owned()),
            ("payment-secret", "sk_test_bench".to_owned()),
            ("payment-webhook-secret", WEBHOOK_SECRET.to_owned()),
        ];
        let services = Services::new(parameters.map(|(name, value)| (parameter(name), value)).into());
        let address = services.start().await;
        let jwks = serde_json::to_string(&public_keys(&secrets).expect("keys")).expect("JSON");
        let quote_jwks = serde_json::to_string(&quote_keys.public().expect("keys")).expect("JSON");
        Self {
            environment: environment(&address, table.address(), &jwks, &quote_jwks),
            table,
            services,
            address,
            issuer: Issuer::new(&secrets, ISSUER).expect("an issuer"),
            link_key: LinkKey::from_base64(&link_key).expect("a key"),
            quotes: QuoteSigner::new(&quote_keys).expect("keys"),
        }
    }

    /// The environment of every function: each takes what it needs.
    pub fn environment(&self) -> &HashMap<String, String> {
        &self.environment
    }

    /// The environment that the template gives one function, and Lambda's own; `database` is where it finds the table.
    pub fn environment_of(&self, function: &Deployed, database: &str) -> HashMap<String, String> {
        let mut own: HashMap<_, _> = self
            .environment
            .clone()
            .into_iter()
            .filter(|(name, _)| name.starts_with("AWS_") || name == "PATH")
            .collect();
        for (name, text) in &function.variables {
            let value = text.as_ref().or_else(|| self.environment.get(name));
            own.insert(name.clone(), value.unwrap_or_else(|| panic!("no value for {name}: world.rs")).clone());
        }
        let lambda = [
            ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{database}")),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mib.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ];
        own.extend(lambda.map(|(name, value)| (name.to_owned(), value)));
        own
    }

    /// The table.
    pub fn table(&self) -> &TestTable {
        &self.table
    }

    /// What functions call beside the table.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Where CloudFormation takes answers.
    pub fn custom_resource_url(&self) -> String {
        format!("http://{}{CUSTOM_RESOURCE}", self.address)
    }

    /// Makes tokens that its functions accept.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Makes quotes of orders that its functions accept.
    pub fn quotes(&self) -> &QuoteSigner {
        &self.quotes
    }

    /// Makes mailed links that its functions accept.
    pub fn link_key(&self) -> &LinkKey {
        &self.link_key
    }
}

fn parameter(name: &str) -> String {
    format!("/atoll/bench/{name}")
}

fn environment(services: &str, database: &str, jwks: &str, quote_jwks: &str) -> HashMap<String, String> {
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
        ("BUCKET_NAME", BUCKET),
        ("BUS_NAME", "bus"),
        ("CARD_HOLD_DAYS", "0"),
        ("DEFAULT_PLAN", "free"),
        ("DISTINCT_KEY_NAME", &parameter("distinct-key")),
        ("DOCS_PAGE", "on"),
        ("DLQ_URL", &queue),
        ("FCM_APPLICATION_ARN", "arn:aws:sns:us-east-1:123456789012:app/GCM/app"),
        ("FIRST_ADMIN_EMAIL", "admin@example.com"),
        ("LINK_KEY_NAME", &parameter("link-key")),
        ("LOG_LEVEL", "info"),
        ("MAIL_FROM", "atoll@example.com"),
        ("MAIL_CONFIGURATION_SET", "mail"),
        ("MAIL_PER_SECOND", "1000000"),
        ("MEDIA_BASE_URL", ""),
        ("MFA_REMOVAL_DELAY_HOURS", "24"),
        ("MFA_KEYS_NAME", &parameter("mfa-keys")),
        ("MODERATION", "rekognition"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("PACKS_PATH", &parameter("packs")),
        ("PAYMENT_SECRET_NAME", &parameter("payment-secret")),
        ("PAYMENT_RETURN_URL", "https://shop.test/paid"),
        ("PAYPAL_SECRET_NAME", ""),
        ("PAYPAL_URL", ""),
        ("STRIPE_SECRET_NAME", &parameter("payment-secret")),
        ("STRIPE_URL", &format!("http://{services}{PAYMENTS}")),
        ("STRIPE_WEBHOOK_SECRET_NAME", &parameter("payment-webhook-secret")),
        ("PAYMENT_URL", &format!("http://{services}{PAYMENTS}")),
        ("PAYMENT_WEBHOOK_SECRET_NAME", &parameter("payment-webhook-secret")),
        ("POINT_SHARDS", "4"),
        ("PRODUCT_COLOUR", "#0b7a8c"),
        ("PRODUCT_LOGO_URL", ""),
        ("PRODUCT_NAME", "Atoll"),
        ("PUBLIC_URL", ""),
        ("QUEUE_URL", &queue),
        ("QUOTE_JWKS", quote_jwks),
        ("QUOTE_KEYS_NAME", &parameter("quote-keys")),
        ("STATE_MACHINE_ARN", "arn:aws:states:us-east-1:123456789012:stateMachine:machine"),
        ("REWARD_POINT_AGE_HOURS", "0"),
        ("SERVICE_NAME", "measured"),
        ("STAGE", "bench"),
        ("TABLE_NAME", TestTable::name()),
        ("TELEGRAM_BOT_TOKEN_NAME", &parameter("telegram-bot-token")),
        ("TIMER_GROUP", "group"),
        ("TIMER_QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:queue"),
        ("TIMER_ROLE_ARN", "arn:aws:iam::123456789012:role/timer"),
        ("TOKEN_SECRETS_NAME", &parameter("token-secrets")),
        ("ALLOWED_ORIGINS", "*"),
        ("MAX_REGISTRATIONS_PER_SOURCE", "1000000"),
        ("MAX_SIGN_IN_CODES_PER_SOURCE", "1000000"),
        ("MAX_TEXT_MESSAGES_PER_DAY", "1000000"),
        ("SMS_COUNTRY_CODES", "*"),
        ("VISION", "rekognition"),
        ("VISION_SECRET_NAME", ""),
        ("VISION_SPECIES_MODEL_ARN", "arn:aws:rekognition:us-east-1:123456789012:project/fish/version/fish/1"),
        ("VISION_TEST_STRIP_MODEL_ARN", "arn:aws:rekognition:us-east-1:123456789012:project/strips/version/strips/1"),
        ("VISION_URL", ""),
        ("WEBSOCKET_CALLBACK_URL", &format!("http://{services}")),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
