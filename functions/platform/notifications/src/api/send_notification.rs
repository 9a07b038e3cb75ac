//! `POST /v1/notifications`: a service has people told something. Emits `notifications.requested.v1`. Needs
//! `Idempotency-Key`.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use contracts::notifications::{Category, Channel, Message};
use kit::auth::{Access, Principal, SendNotifications};
use kit::http::{Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::api::named::Named;
use crate::ctx::Services;
use crate::domain::content::Content;
use crate::domain::request::{self, Asked, PLAIN, Request, Wrong};
use crate::problem::Refusal;
use crate::store::Accepted;
use crate::templates;

/// A notification and its recipients.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendNotification {
    /// IDs of the recipients.
    #[schema(value_type = Vec<UserId>, min_items = 1, max_items = 100)]
    recipients: Vec<String>,
    /// Category; `security` is reserved for the platform.
    #[schema(value_type = Category)]
    category: String,
    /// Template name; default `plain`, which requires `title` and `body`.
    #[schema(min_length = 1, max_length = 64, example = "plain")]
    template: Option<String>,
    /// Value of the template's variable `title`.
    #[schema(max_length = 120, example = "Your order is on its way")]
    title: Option<String>,
    /// Value of the template's variable `body`.
    #[schema(max_length = 4000, example = "It comes on Tuesday.")]
    body: Option<String>,
    /// Values of the template's other variables; other names are refused. Amounts like `12.50 EUR` and times in RFC 3339 are written in the reader's
    /// language. Variables whose names end in `_id` reach clients as `data`: `order_id` as `orderId`.
    #[serde(default)]
    data: BTreeMap<String, String>,
    /// Path of a page of the app.
    #[schema(max_length = 512, example = "/orders/7")]
    link: Option<String>,
    /// Channels that may be used; default: those that each recipient has chosen for the category.
    #[schema(value_type = Option<Vec<Channel>>)]
    channels: Option<Vec<String>>,
}

impl SendNotification {
    fn parse(self) -> Result<Asked, Problem> {
        let mut fields = Fields::new();
        let recipients = all(&self.recipients, "recipients", &mut fields, |text| {
            text.parse::<UserId>().map_err(|_| "must be a user's id")
        });
        let recipients = recipients.and_then(|all| fields.check("recipients", request::recipients(all)));
        let category = fields.check("category", Category::read(&self.category));
        let category = category.and_then(|category| fields.check("category", request::category(category)));
        let template = request::template(self.template.as_deref().unwrap_or(PLAIN), templates::NAMES);
        let template = fields.check("template", template);
        let data = data(self.title, self.body, self.data, &mut fields);
        let link = fields.check("link", self.link.as_deref().map(request::link).transpose());
        let channels = match self.channels {
            None => Some(None),
            Some(names) => all(&names, "channels", &mut fields, Channel::read)
                .and_then(|all| fields.check("channels", request::channels(all)))
                .map(Some),
        };
        if let (Some(template), Some(data)) = (&template, &data) {
            check_variables(template, data, &mut fields)?;
        }
        let (recipients, category, template, data, link, channels) =
            fields.all((recipients, category, template, data, link, channels))?;
        Ok(Asked { recipients, category, template, data, link, channels })
    }
}

/// Parses several values; `None` if one is invalid.
fn all<T, E: std::fmt::Display>(
    texts: &[String],
    field: &str,
    fields: &mut Fields,
    read: impl Fn(&str) -> Result<T, E>,
) -> Option<Vec<T>> {
    let values: Vec<_> =
        texts.iter().enumerate().map(|(at, text)| fields.check(&format!("{field}[{at}]"), read(text))).collect();
    values.into_iter().collect()
}

/// The values of the template's variables.
fn data(
    title: Option<String>,
    body: Option<String>,
    data: BTreeMap<String, String>,
    fields: &mut Fields,
) -> Option<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let mut is_right = true;
    for (name, text) in data {
        let value = request::field_name(&name).and_then(|()| value(&name, &text));
        let value = fields.check(&format!("data.{name}"), value);
        is_right &= value.is_some();
        values.insert(name, value.unwrap_or_default());
    }
    for (name, text) in [("title", title), ("body", body)] {
        let Some(text) = text else { continue };
        let value = fields.check(name, value(name, &text));
        is_right &= value.is_some();
        if values.insert(name.to_owned(), value.unwrap_or_default()).is_some() {
            fields.refuse(name, "is in data too");
        }
    }
    let values = fields.check("data", request::data(values));
    values.filter(|_| is_right)
}

fn value(name: &str, text: &str) -> Result<String, Wrong> {
    if name == "title" { request::title(text) } else { request::text(text) }
}

/// Missing and unknown variables are reported to the caller, before the event is published.
fn check_variables(template: &str, data: &BTreeMap<String, String>, fields: &mut Fields) -> Result<(), Problem> {
    let message = Message { template: template.to_owned(), data: data.clone(), link: None };
    let content = Content::from(message);
    let place = |name: String| if ["title", "body"].contains(&name.as_str()) { name } else { format!("data.{name}") };
    for name in templates::missing(&content).map_err(Problem::internal)? {
        fields.refuse(&place(name), format!("is required by the template {template}"));
    }
    for name in templates::unused(&content).map_err(Problem::internal)? {
        fields.refuse(
            &place(name),
            format!("is not a variable of the template {template}; remove it, or check its name"),
        );
    }
    Ok(())
}

/// The accepted notification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcceptedNotification {
    /// ID of the notification, for `GET /v1/notifications/{id}/deliveries`.
    id: Uuid,
}

/// Send a notification
///
/// Sends a notification to up to 100 users, through the channels that each of them has chosen for the category. Users who turned the
/// category off and unknown users are skipped. Requires an API key with the scope `notifications:send`. Repeating the request
/// with the same `Idempotency-Key` sends nothing again.
#[utoipa::path(
    post, path = "/v1/notifications", operation_id = "send_notification", tag = "notifications",
    security(("apiKey" = ["notifications:send"])),
    params(IdempotencyKey),
    request_body = SendNotification,
    responses(
        (status = 202, description = "Accepted; deliveries are sent asynchronously", body = AcceptedNotification),
        (status = 422, description = "`request.idempotency_key_reused`: the key was used with a different request"),
    )
)]
pub async fn send_notification(
    State(ctx): State<&'static Services>,
    call: Invocation,
    access: Access<SendNotifications>,
    attempt: IdempotencyKey,
    Json(body): Json<SendNotification>,
) -> Result<(StatusCode, Json<AcceptedNotification>), Problem> {
    let asked = body.parse()?;
    let client = match &access.principal {
        Principal::User(caller) => format!("user:{}", caller.user_id),
        Principal::Service(key) => format!("key:{key}"),
    };
    let id = attempt.derive_id("send_notification", &client);
    let now = ctx.clock.now();
    let (request, requested) = Request::accept(id, asked, now);
    match ctx.store.accept(request, call.event(now, requested)).await? {
        Accepted::Done => Ok((StatusCode::ACCEPTED, Json(AcceptedNotification { id }))),
        Accepted::Other => Err(Refusal::KeyReused.into()),
    }
}
