//! `PUT /v1/notifications/preferences`: replaces the caller's notification preferences.
//!
//! Emits `notifications.preferences_changed.v1` if the time zone changes.

use std::collections::BTreeMap;

use axum::extract::State;
use calendar::{DailyWindow, ZoneName};
use contracts::notifications::{Category, Channel, PreferencesChanged};
use dynamo::{ConflictRetry, Outbox, Versioned};
use kit::auth::Standing;
use kit::http::{Fields, IfMatch, Invocation, Json, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::PreferencesView;
use crate::api::named::Named;
use crate::api::preferences_view::QuietHoursText;
use crate::ctx::Public;
use crate::domain::language::Language;
use crate::domain::preferences::{Choice, Digest, Preferences};
use crate::problem::Refusal;
use crate::store::Saved;

/// New preferences. Categories that are left out get their defaults.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPreferences {
    /// Language of messages.
    #[schema(value_type = Language)]
    language: String,
    /// IANA time zone for quiet hours, digests, and times in messages.
    #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: String,
    /// Quiet hours; null or absent for none. They do not apply to `security`.
    quiet_hours: Option<QuietHoursText>,
    /// Choices per category. `security` cannot be changed: leave it out, or repeat it as it is.
    #[serde(default)]
    #[schema(value_type = BTreeMap<Category, ChoiceInput>)]
    categories: BTreeMap<String, ChoiceInput>,
}

/// The choice for one category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChoiceInput {
    /// Channels to use; empty turns the category off.
    #[schema(value_type = Vec<Channel>)]
    channels: Vec<String>,
    /// Whether e-mails are combined into a digest; default `immediate`.
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
        let mut preferences = Preferences::defaults_of(user_id);
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

fn window(input: &QuietHoursText, fields: &mut Fields) -> Option<DailyWindow> {
    let from = fields.check("quietHours.from", DailyWindow::time(&input.from));
    let to = fields.check("quietHours.to", DailyWindow::time(&input.to));
    fields.check("quietHours.to", DailyWindow::new(from?, to?))
}

/// Replace notification preferences
///
/// Applies to everything that is sent from now on, including deliveries that are already waiting. Supports optimistic concurrency:
/// send `If-Match` with the last `ETag` (`"0"` if preferences were never saved); a stale value gets 412.
#[utoipa::path(
    put, path = "/v1/notifications/preferences", operation_id = "set_preferences", tag = "notifications",
    security(("bearer" = [])),
    params(OptionalIfMatch),
    request_body = SetPreferences,
    responses(
        (status = 200, description = "The saved preferences", body = PreferencesView),
        (status = 404, description = "`notifications.no_such_user`: the account was deleted"),
    )
)]
pub async fn set_preferences(
    State(ctx): State<&'static Public>,
    call: Invocation,
    standing: Standing,
    based_on: Option<IfMatch>,
    Json(body): Json<SetPreferences>,
) -> Result<Tagged<PreferencesView>, Problem> {
    let wanted = body.parse(standing.user_id())?;
    let (_, mut read) = standing.with(ctx.store.preferences(standing.user_id())).await?;
    let mut retry = ConflictRetry::default();
    loop {
        let version = read.as_ref().map_or(0, |read| read.version);
        based_on.map_or(Ok(()), |tag| tag.check(version))?;
        if read.as_ref().is_some_and(|read| read.value == wanted) {
            return Ok(Tagged::new(version, PreferencesView::from(&wanted)));
        }
        let outbox = zone_changed(ctx, &call, read.as_ref(), &wanted)?;
        match ctx.store.save_preferences(read.as_ref(), wanted.clone(), &outbox).await? {
            Saved::Done(written) => return Ok(Tagged::new(written.version, PreferencesView::from(&written.value))),
            Saved::Newer(newer) => read = newer,
            Saved::Forgotten => return Err(Refusal::NoSuchUser.into()),
        }
        retry.pause().await?;
    }
}

/// The event of a change of the time zone. Nothing else in the preferences concerns other contexts.
fn zone_changed(
    ctx: &Public,
    call: &Invocation,
    read: Option<&Versioned<Preferences>>,
    wanted: &Preferences,
) -> Result<Outbox, Problem> {
    if read.is_some_and(|read| read.value.zone == wanted.zone) {
        return Ok(Outbox::none());
    }
    let revision = read.map_or(1, |read| read.version + 1);
    let time_zone = wanted.zone.as_str().to_owned();
    let fact = PreferencesChanged { user_id: wanted.user_id, time_zone, revision };
    Ok(Outbox::of(call.event(ctx.clock.now(), fact))?)
}
