//! What a function of this context holds.

use kit::auth::LinkKey;
use kit::{Clock, ConfigError, Environment, Parameters, sdk};

use crate::mail::Mailer;
use crate::store::Store;

/// All that sending needs.
pub struct Ctx {
    /// Deliveries.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// E-mail.
    pub mailer: Mailer,
    /// Signs links in mails.
    pub link_key: LinkKey,
    /// Where the app's pages are, without a slash at the end.
    pub app_url: String,
}

impl Ctx {
    /// Reads `TABLE_NAME`, `MAIL_FROM`, `APP_URL` and `LINK_KEY_NAME`, whose value it loads before the first event comes.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (
            env.required::<String>("TABLE_NAME"),
            env.required::<String>("MAIL_FROM"),
            env.required::<String>("APP_URL"),
            env.required::<String>("LINK_KEY_NAME"),
        );
        let (table, from, app_url, link_key_name) = env.all(values)?;
        let config = sdk::config().await;
        let link_key = Parameters::new(&config).get(&link_key_name).await.map_err(ConfigError::because)?;
        Ok(Self {
            store: Store::new(sdk::table(&config, table)),
            clock: Clock::System,
            mailer: Mailer::new(aws_sdk_sesv2::Client::new(&config), from),
            link_key: LinkKey::from_base64(&link_key).map_err(ConfigError::because)?,
            app_url: app_url.trim_end_matches('/').to_owned(),
        })
    }
}
