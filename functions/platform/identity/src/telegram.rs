//! The bot whose signatures prove Telegram users, for the functions that accept them.

use std::sync::Arc;

use jiff::Timestamp;
use kit::auth::{Authenticates, Verifier};
use kit::fresh::Fresh;
use kit::http::Problem;
use kit::{Clock, ConfigError, Environment, Parameters, SecretError, sdk};
use serde::Deserialize;

use crate::domain::telegram::{self, BotToken, TelegramUser};
use crate::problem::Refusal;

/// Init data as the Mini App has it. Its `Debug` shows nothing: for minutes it is as good as a password.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct InitData(String);

impl std::fmt::Debug for InitData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InitData(redacted)")
    }
}

/// The bot's token, kept fresh: one that leaked and was replaced is soon accepted no more.
pub struct Bot(Option<Fresh<BotToken>>);

impl Bot {
    /// No bot: Telegram sign-in is off.
    pub fn off() -> Self {
        Self(None)
    }

    /// A bot whose token stays as it is.
    pub fn fixed(token: BotToken) -> Self {
        Self(Some(Fresh::fixed(token)))
    }

    /// Loads the token from the parameter `name`, at `now`.
    pub async fn load(parameters: Parameters, name: String, now: Timestamp) -> Result<Self, SecretError> {
        let read = |text: &str, _| BotToken::parse(text).map_err(|error| SecretError::new("telegram bot token", error));
        Fresh::load(parameters, name, now, read).await.map(Some).map(Self)
    }

    /// The token; none if sign-in is off.
    async fn token(&self, now: Timestamp) -> Option<Arc<BotToken>> {
        match &self.0 {
            Some(token) => Some(token.get(now).await),
            None => None,
        }
    }
}

/// What a function holds, and the bot.
pub struct WithTelegram<C> {
    /// What it holds beside.
    pub base: C,
    bot: Bot,
}

impl<C> WithTelegram<C> {
    /// Reads what `base` reads and `TELEGRAM_BOT_TOKEN_NAME`, which may be absent.
    pub async fn from_env(
        base: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
        env: &mut Environment,
    ) -> Result<Self, ConfigError> {
        let name = env.optional::<String>("TELEGRAM_BOT_TOKEN_NAME");
        let base = base(env).await?;
        let bot = match name {
            Some(name) => {
                let loaded = Bot::load(Parameters::new(&sdk::config()), name, Clock::System.now()).await;
                loaded.map_err(ConfigError::because)?
            }
            None => Bot::off(),
        };
        Ok(Self::new(base, bot))
    }

    /// From its parts.
    pub fn new(base: C, bot: Bot) -> Self {
        Self { base, bot }
    }

    /// Whom this init data proves.
    pub async fn user(&self, init_data: &InitData, now: Timestamp) -> Result<TelegramUser, Problem> {
        let token = self.bot.token(now).await.ok_or(Refusal::TelegramOff)?;
        Ok(telegram::verify(&init_data.0, &token, now)?)
    }
}

impl<C: Authenticates> Authenticates for WithTelegram<C> {
    fn verifier(&self) -> &Verifier {
        self.base.verifier()
    }
}
