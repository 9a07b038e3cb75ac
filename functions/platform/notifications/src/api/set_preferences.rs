//! `PUT /v1/notifications/preferences`: says what the caller wants to hear of, where and when.

use std::collections::BTreeMap;

use axum::extract::State;
use contracts::notifications::{Category, Channel};
use dynamo::StoreError;
use kit::auth::Caller;
use kit::http::{Fields, IfMatch, Json, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{UserId, ZoneName};
use utoipa::ToSchema;

use crate::api::PreferencesView;
use crate::api::named::Named;
use crate::api::preferences_view::QuietHoursText;
use crate::ctx::Public;
use crate::domain::language::Language;
use crate::domain::preferences::{Choice, Digest, Preferences};
use crate::domain::quiet_hours::QuietHours;
use crate::problem::Refusal;
use crate::store::{MAX_ATTEMPTS, Saved};

/// All that a person wants. What is left out is as if they had never said anything of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPreferences {
    /// What they read.
    #[schema(value_type = Language)]
    language: String,
    /// Whose clock they live by, by its name in the IANA database.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// When nothing may ring; null or absent for never. Security rings all the same.
    quiet_hours: Option<QuietHoursText>,
    /// What they want of each category. `security` may be absent, or as it is.
    #[serde(default)]
    #[schema(value_type = BTreeMap<Category, ChoiceInput>)]
    categories: BTreeMap<String, ChoiceInput>,
}

/// What a person wants of one category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChoiceInput {
    /// Where they want to hear of it; nowhere if it is empty.
    #[schema(value_type = Vec<Channel>)]
    channels: Vec<String>,
    /// Whether mails are collected; `immediate` unless told.
    #[schema(value_type = Option<Digest>)]
    digest: Option<String>,
}

impl SetPreferences {
    fn parse(self, user_id: UserId) -> Result<Preferences, Problem> {
        let mut fields = Fields::new();
        let language = fields.check("language", Language::read(&self.language));
        let zone = fields.check("timeZone", ZoneName::parse(&self.time_zone));
        let quiet_hours = match &self.quiet_hours {
            Some(input) => window(input, &mut fields).map(Some),
            None => Some(None),
        };
        let mut preferences = Preferences::of_nobody_s_saying(user_id);
        for (name, input) in self.categories {
            input.add_to(&mut preferences, &name, &mut fields);
        }
        let (language, zone, quiet_hours) = fields.all((language, zone, quiet_hours))?;
        Ok(Preferences { language, zone, quiet_hours, ..preferences })
    }
}

impl ChoiceInput {
    fn add_to(self, preferences: &mut Preferences, name: &str, fields: &mut Fields) {
        let field = format!("categories.{name}");
        let category = fields.check(&field, Category::read(name));
        let channels: Vec<_> = self
            .channels
            .iter()
            .enumerate()
            .map(|(at, name)| fields.check(&format!("{field}.channels[{at}]"), Channel::read(name)))
            .collect();
        let digest = self.digest.as_deref().map_or(Ok(Digest::default()), Digest::read);
        let digest = fields.check(&format!("{field}.digest"), digest);
        let channels: Option<_> = channels.into_iter().collect();
        if let (Some(category), Some(channels), Some(digest)) = (category, channels, digest) {
            fields.check(&field, preferences.choose(category, Choice { channels, digest }));
        }
    }
}

fn window(input: &QuietHoursText, fields: &mut Fields) -> Option<QuietHours> {
    let from = fields.check("quietHours.from", QuietHours::time(&input.from));
    let to = fields.check("quietHours.to", QuietHours::time(&input.to));
    fields.check("quietHours.to", QuietHours::new(from?, to?))
}

/// Set one's preferences
///
/// They count for what is sent from now on, also for what was planned before. `If-Match` is honoured; whoever never said
/// anything has the `ETag` `"0"`.
#[utoipa::path(
    put, path = "/v1/notifications/preferences", operation_id = "set_preferences", tag = "notifications",
    security(("bearer" = [])),
    params(OptionalIfMatch),
    request_body = SetPreferences,
    responses(
        (status = 200, description = "The preferences as they are now", body = PreferencesView),
        (status = 404, description = "`notifications.no_such_user`: the account is gone"),
    )
)]
pub async fn set_preferences(
    State(ctx): State<&'static Public>,
    caller: Caller,
    based_on: Option<IfMatch>,
    Json(body): Json<SetPreferences>,
) -> Result<Tagged<PreferencesView>, Problem> {
    let wanted = body.parse(caller.user_id)?;
    let mut read = ctx.store.preferences(caller.user_id).await?;
    for _ in 0..MAX_ATTEMPTS {
        let version = read.as_ref().map_or(0, |read| read.version);
        based_on.map_or(Ok(()), |tag| tag.check(version))?;
        if read.as_ref().is_some_and(|read| read.value == wanted) {
            return Ok(Tagged::new(version, PreferencesView::from(&wanted)));
        }
        match ctx.store.save_preferences(read.as_ref(), wanted.clone()).await? {
            Saved::Done(written) => return Ok(Tagged::new(written.version, PreferencesView::from(&written.value))),
            Saved::Newer(newer) => read = newer,
            Saved::Forgotten => return Err(Refusal::NoSuchUser.into()),
        }
    }
    Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
}
