//! What a function of this context holds.

mod endpoints;

pub use endpoints::{Applications, EnterError, NewPhones, PhoneProofs, PushDevices, Unsubscriber};

use std::num::NonZeroU32;

use contracts::Envelope;
use contracts::notifications::DeliveryQueued;
use kit::auth::{LinkKey, Purpose};
use kit::{Clock, ConfigError, Environment, sdk};
use types::UserId;

use crate::channels::{Mailer, Pace, PerSecond};
use crate::domain::branding::Branding;
use crate::domain::content::{Content, Link};
use crate::domain::country_codes::CountryCodes;
use crate::endpoints::Endpoints;
use crate::queue::DeliveryQueue;
use crate::store::Store;

/// What planning and forgetting need.
pub struct Planner {
    /// Deliveries, inboxes, contacts, devices.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Takes out devices that have signed out.
    pub endpoints: Endpoints,
}

impl Planner {
    /// Reads `TABLE_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"),);
        let (table,) = env.all(values)?;
        let config = sdk::config();
        let endpoints = Endpoints::new(sdk::client!(aws_sdk_sns, &config));
        Ok(Self { store: Store::new(sdk::table(&config, table)), clock: Clock::System, endpoints })
    }
}

/// The context of consumers that need the table and the time only.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that read and write what is held on their caller.
pub type Public = kit::EndpointContext<Store>;

/// The context of endpoints that services may call too, with an API key.
pub type Services = kit::ServiceContext<Store>;

/// What sweeping needs.
pub struct Sweeper {
    /// Deliveries.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where senders wait.
    pub queue: DeliveryQueue,
}

impl Sweeper {
    /// Reads `TABLE_NAME` and `QUEUE_URL`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), env.required::<String>("QUEUE_URL"));
        let (table, queue) = env.all(values)?;
        let config = sdk::config();
        Ok(Self {
            store: Store::new(sdk::table(&config, table)),
            clock: Clock::System,
            queue: DeliveryQueue::new(sdk::client!(aws_sdk_sqs, &config), queue),
        })
    }
}

/// Bounds of text messages, which cost money.
#[derive(Debug, Clone)]
pub struct TextMessages {
    /// The countries to which they are sent.
    pub countries: CountryCodes,
    /// How many the deployment sends per day.
    pub max_per_day: u32,
}

impl TextMessages {
    /// Reads `SMS_COUNTRY_CODES` and `MAX_TEXT_MESSAGES_PER_DAY`; without them, none are sent.
    fn from_env(env: &mut Environment) -> Option<Self> {
        let countries = env.optional::<CountryCodes>("SMS_COUNTRY_CODES").unwrap_or_default();
        let max_per_day = env.required::<u32>("MAX_TEXT_MESSAGES_PER_DAY")?;
        Some(Self { countries, max_per_day })
    }
}

/// All that sending needs.
pub struct Sender {
    /// Deliveries.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// E-mail.
    pub mailer: Mailer,
    /// Push and text messages.
    pub sns: aws_sdk_sns::Client,
    /// Takes out devices that nothing reaches any more.
    pub endpoints: Endpoints,
    /// Where what is tried again waits.
    pub queue: DeliveryQueue,
    /// Signs links in mails.
    pub link_key: LinkKey,
    /// Bounds of text messages.
    pub texts: TextMessages,
    /// The product's name, logo and colour.
    pub branding: Branding,
    /// The base URL of the app's pages, without a trailing slash.
    pub app_url: String,
    /// The base URL of the API, with its version and without a trailing slash.
    pub api_url: String,
}

impl Sender {
    /// Reads `TABLE_NAME`, `MAIL_FROM`, `MAIL_CONFIGURATION_SET`, `MAIL_PER_SECOND`, `MAX_CONCURRENCY`, `APP_URL`, `API_URL`,
    /// `QUEUE_URL`, the branding, and `LINK_KEY_NAME`, whose value it loads before the first event.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let configuration_set = env.optional::<String>("MAIL_CONFIGURATION_SET");
        let branding = Branding::from_env(env);
        let texts = TextMessages::from_env(env);
        let values = (
            branding,
            texts,
            env.required::<String>("TABLE_NAME"),
            env.required::<String>("MAIL_FROM"),
            env.required::<PerSecond>("MAIL_PER_SECOND"),
            env.required::<NonZeroU32>("MAX_CONCURRENCY"),
            env.required::<String>("APP_URL"),
            env.required::<String>("API_URL"),
            env.required::<String>("QUEUE_URL"),
        );
        let values = env.all(values);
        let ((branding, texts, table, from, per_second, processes, app, api, queue), link_key) =
            ConfigError::both(values, LinkKey::from_env(env).await)?;
        let config = sdk::config();
        // What a provider has taken cannot be taken back: a delivery counts its own attempts.
        let sending = config.clone().without_retries();
        let (ses, pace) = (sdk::client!(aws_sdk_sesv2, &sending), Pace::new(per_second, processes));
        Ok(Self {
            store: Store::new(sdk::table(&config, table)),
            clock: Clock::System,
            mailer: Mailer::new(ses, from, configuration_set, pace),
            endpoints: Endpoints::new(sdk::client!(aws_sdk_sns, &config)),
            sns: sdk::client!(aws_sdk_sns, &sending),
            queue: DeliveryQueue::new(sdk::client!(aws_sdk_sqs, &config), queue),
            link_key,
            texts,
            branding,
            app_url: app.trim_end_matches('/').to_owned(),
            api_url: api.trim_end_matches('/').to_owned(),
        })
    }

    /// Where a message leads. Links that prove something are signed here and nowhere else: events, which are archived,
    /// and deliveries hold no secret.
    pub(crate) fn link(&self, user_id: UserId, link: &Link) -> String {
        let signed = |page: &str, purpose, proof| {
            format!("{}/{page}?token={}", self.app_url, self.link_key.sign(purpose, user_id, proof))
        };
        // A fragment is sent to no server, so no log of the app's host has the token.
        let in_fragment = |page: &str, purpose, proof| {
            format!("{}/{page}#token={}", self.app_url, self.link_key.sign(purpose, user_id, proof))
        };
        match link {
            Link::App | Link::ConfirmPhone { .. } => self.app_url.clone(),
            Link::Page { path } => format!("{}{path}", self.app_url),
            Link::VerifyEmail { proof } => signed("verify-email", Purpose::VerifyEmail, *proof),
            Link::ResetPassword { proof } => signed("reset-password", Purpose::ResetPassword, *proof),
            Link::SignIn { proof } => in_fragment("sign-in", Purpose::SignIn, *proof),
            Link::ConfirmNewEmail { proof } => in_fragment("confirm-email", Purpose::ConfirmNewEmail, *proof),
            Link::UndoEmailChange { proof } => in_fragment("undo-email", Purpose::UndoEmailChange, *proof),
            Link::CancelMfaRemoval { proof } => signed("cancel-mfa-removal", Purpose::CancelMfaRemoval, *proof),
        }
    }

    /// Adds the verification code and the product's name to a message that needs them.
    pub(crate) fn with_code(&self, user_id: UserId, content: &Content) -> Content {
        match content.link() {
            Link::ConfirmPhone { proof } => {
                let code = self.link_key.code(Purpose::ConfirmPhone, user_id, *proof);
                content.with("code", &code).with("product", self.branding.name.as_str())
            }
            Link::SignIn { proof } => content.with("code", &self.link_key.long_code(Purpose::SignIn, user_id, *proof)),
            _ => content.clone(),
        }
    }

    /// Has a delivery sent again later.
    pub(crate) async fn again(
        &self,
        cause: &Envelope<serde_json::Value>,
        delivery: DeliveryQueued,
        after: jiff::SignedDuration,
    ) -> Result<(), String> {
        let event = cause.causing(types::EventId::generate(), self.clock.now(), delivery);
        self.queue.send_later(event, after).await
    }
}
