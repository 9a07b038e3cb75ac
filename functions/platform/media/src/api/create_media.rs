//! `POST /v1/media`: creates an upload. Requires `Idempotency-Key`.

use axum::extract::State;
use dynamo::Versioned;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use kit::upload_form::{FormUpload, UploadForm};
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

/// Upload request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateMedia {
    /// Purpose. Maximum size: 5 MiB for avatars, 10 MiB for messages and products, 20 MiB for photos.
    #[schema(value_type = Purpose)]
    purpose: String,
    /// Content type of the file.
    #[schema(value_type = ContentType)]
    content_type: String,
    /// Maximum size of the file in bytes. Counts towards the quota.
    #[schema(minimum = 1, maximum = 20_971_520, example = 2_500_000)]
    bytes: u64,
}

impl CreateMedia {
    fn parse(&self) -> Result<(Purpose, ContentType, u64), Problem> {
        let mut fields = Fields::new();
        let purpose = fields.check("purpose", self.purpose.parse::<Purpose>());
        let kind = fields.check("contentType", self.content_type.parse::<ContentType>());
        // Without a valid purpose the upper bound is unknown.
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

/// A media item with its upload form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewMedia {
    #[serde(flatten)]
    view: MediaView,
    /// Upload form. Null once the file was uploaded.
    upload: Option<UploadForm>,
}

/// Create an upload
///
/// Returns a form for uploading one image of the declared size and type directly to S3 within 15 minutes. The image
/// is then stripped of metadata, moderated and published asynchronously; read its status with `GET /v1/media/{id}`.
/// The declared size counts towards the quota of the plan. Limit: 100 uploads per user and day, including those that are
/// deleted afterwards. Idempotent by `Idempotency-Key` for one hour: a repeated
/// request returns a new form for the same image.
#[utoipa::path(
    post, path = "/v1/media", operation_id = "create_media", tag = "media",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateMedia,
    responses(
        (status = 201, description = "Upload created", body = NewMedia),
        (status = 404, description = "`media.no_such_user`: the account was deleted"),
        (status = 409, description = "`media.quota_exceeded`: the quota of the plan is used up; `media.upload_expired`: the upload period of one hour has ended"),
        (status = 429, description = "`request.limit_exceeded`: the user created 100 uploads today; retry after `Retry-After` seconds"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn create_media(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<CreateMedia>,
) -> Result<Created<NewMedia>, Problem> {
    let now = ctx.clock.now();
    let (purpose, content_type, bytes) = body.parse()?;
    let id = MediaId::new(attempt.derive_id("create_media", &standing.user_id().to_string()));
    let wanted = Medium {
        id,
        owner_id: standing.user_id(),
        purpose,
        content_type,
        bytes,
        correlation_id: call.correlation_id,
        created_at: now,
        status: Status::AwaitingUpload,
    };
    let (_, account) = standing.with(ctx.store.account(wanted.owner_id)).await?;
    let medium = match ctx.store.add(wanted, account).await {
        Ok(added) => added.value,
        Err(NotAdded::Exists(before)) => replay(*before, purpose, content_type, bytes)?,
        Err(NotAdded::QuotaExceeded(exceeded)) => return Err(Refusal::QuotaExceeded(exceeded.0).into()),
        Err(NotAdded::Limit(exceeded)) => return Err(exceeded.into()),
        Err(NotAdded::Forgotten) => return Err(Refusal::NoSuchUser.into()),
        Err(NotAdded::Store(error)) => return Err(error.into()),
    };
    let view = MediaView::of(&medium, &ctx.objects, now).await?.ok_or(Refusal::UploadExpired)?;
    let upload = form(ctx, &medium, now).await?;
    Ok(Created::at(format!("/v1/media/{id}"), NewMedia { view, upload }))
}

/// Returns the existing upload if the request is the same, for a retry with the same key.
fn replay(
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
    let content_type = medium.content_type.as_str();
    let upload = FormUpload { key: &key, content_type, max_bytes: medium.bytes, until: expires_at };
    Ok(Some(ctx.objects.form(&upload, now).await?))
}
