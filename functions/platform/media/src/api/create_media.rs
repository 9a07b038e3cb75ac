//! `POST /v1/media`: asks for a place to upload a picture to. Needs `Idempotency-Key`.

use std::collections::BTreeMap;

use axum::extract::State;
use dynamo::Versioned;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::MediaId;
use utoipa::ToSchema;

use crate::api::MediaView;
use crate::ctx::Ctx;
use crate::domain::keys;
use crate::domain::medium::{Medium, Status};
use crate::domain::purpose::{ContentType, Purpose};
use crate::problem::Refusal;
use crate::store::NotAdded;

/// What shall be uploaded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateMedia {
    /// What it is for. Avatars take 5 MiB, messages and products 10, photos 20.
    #[schema(value_type = Purpose)]
    purpose: String,
    /// Of which kind the file is.
    #[schema(value_type = ContentType)]
    content_type: String,
    /// How large the file is at the most, in bytes. So much of the quota is taken.
    #[schema(minimum = 1, maximum = 20_971_520, example = 2_500_000)]
    bytes: u64,
}

impl CreateMedia {
    fn parse(&self) -> Result<(Purpose, ContentType, u64), Problem> {
        let mut fields = Fields::new();
        let purpose = fields.check("purpose", self.purpose.parse::<Purpose>());
        let kind = fields.check("contentType", self.content_type.parse::<ContentType>());
        // Without a purpose there is no bound, but nothing is smaller than one byte.
        let bytes = match purpose {
            Some(purpose) => fields.check("bytes", purpose.check_bytes(self.bytes)),
            None => fields.check("bytes", (self.bytes > 0).then_some(self.bytes).ok_or("must be at least 1")),
        };
        let kind = match (purpose, kind) {
            (Some(purpose), Some(kind)) => fields.check("contentType", purpose.check_type(kind)),
            _ => kind,
        };
        fields.all((purpose, kind, bytes))
    }
}

/// The picture, and where to upload it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewMedia {
    #[serde(flatten)]
    view: MediaView,
    /// The form; null once the file has come.
    upload: Option<UploadForm>,
}

/// A form: `POST` to `url` as `multipart/form-data` with all `fields` first, then the file as `file`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadForm {
    /// Where it is sent.
    url: String,
    /// What is sent with the file, as it is.
    #[schema(value_type = BTreeMap<String, String>)]
    fields: BTreeMap<&'static str, String>,
    /// When it ends.
    expires_at: Timestamp,
}

/// Who has the fields may upload.
impl std::fmt::Debug for UploadForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadForm").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Upload a picture
///
/// Answers with a form that S3 takes one file with, of the size and kind that was asked for, for a quarter of an hour. The
/// file is then checked: `GET /v1/media/{id}` tells when it is published or why not. The same request with the same
/// `Idempotency-Key` gets a new form for the same picture, for an hour.
#[utoipa::path(
    post, path = "/v1/media", operation_id = "create_media", tag = "media",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateMedia,
    responses(
        (status = 201, description = "There is a place for it", body = NewMedia),
        (status = 404, description = "`media.no_such_user`: the account is gone"),
        (status = 409, description = "`media.quota_exceeded`: the plan allows no more; `media.upload_expired`: the time to upload is over"),
        (status = 422, description = "`media.key_reused`: the `Idempotency-Key` has asked for another picture"),
    )
)]
pub async fn create_media(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    attempt: IdempotencyKey,
    Json(body): Json<CreateMedia>,
) -> Result<Created<NewMedia>, Problem> {
    let now = ctx.clock.now();
    let (purpose, content_type, bytes) = body.parse()?;
    let id = MediaId::new(attempt.derive_id("create_media", &caller.user_id.to_string()));
    let wanted = Medium {
        id,
        owner_id: caller.user_id,
        purpose,
        content_type,
        bytes,
        correlation_id: call.correlation_id,
        created_at: now,
        status: Status::AwaitingUpload,
    };
    let medium = match ctx.store.add(wanted).await {
        Ok(added) => added.value,
        Err(NotAdded::Exists(before)) => same_as_before(*before, purpose, content_type, bytes)?,
        Err(NotAdded::QuotaExceeded(exceeded)) => return Err(Refusal::QuotaExceeded(exceeded.0).into()),
        Err(NotAdded::Forgotten) => return Err(Refusal::NoSuchUser.into()),
        Err(NotAdded::Store(error)) => return Err(error.into()),
    };
    let view = MediaView::of(&medium, &ctx.objects, now).await?.ok_or(Refusal::UploadExpired)?;
    let upload = form(ctx, &medium, now).await?;
    Ok(Created::at(format!("/v1/media/{id}"), NewMedia { view, upload }))
}

/// A repeat gets what the first try made, if it asks for the same.
fn same_as_before(
    before: Versioned<Medium>,
    purpose: Purpose,
    content_type: ContentType,
    bytes: u64,
) -> Result<Medium, Problem> {
    let before = before.value;
    if (before.purpose, before.content_type, before.bytes) == (purpose, content_type, bytes) {
        Ok(before)
    } else {
        Err(Refusal::KeyReused.into())
    }
}

async fn form(ctx: &Ctx, medium: &Medium, now: Timestamp) -> Result<Option<UploadForm>, Problem> {
    if medium.status != Status::AwaitingUpload {
        return Ok(None);
    }
    let expires_at = medium.form_until(now).ok_or(Refusal::UploadExpired)?;
    let key = keys::upload(medium.owner_id, medium.id);
    let kind = medium.content_type.as_str();
    let (url, fields) = ctx.objects.form(&key, kind, medium.bytes, expires_at, now).await?;
    Ok(Some(UploadForm { url, fields, expires_at }))
}
