//! `PATCH /v1/community/badges/{id}`: updates the texts of a badge.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Id, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::BadgeId;
use utoipa::ToSchema;

use crate::api::BadgeView;
use crate::ctx::Ctx;
use crate::domain::badge::{self, Badge, Design, Texts};
use crate::problem::Refusal;

/// Fields to update. Requirement and tiers are immutable.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateBadge {
    /// Name, at most 60 characters.
    #[schema(nullable = false, min_length = 1, max_length = 60, example = "Feeder")]
    name: Option<String>,
    /// Description, at most 500 characters.
    #[schema(nullable = false, min_length = 1, max_length = 500)]
    description: Option<String>,
    /// Icon name of the app: a-z, 0-9, `_` and `-`, at most 60 characters.
    #[schema(nullable = false, max_length = 60, pattern = "^[a-z0-9_-]+$", example = "bowl")]
    icon: Option<String>,
}

/// Validated changes.
struct Changes {
    name: Option<String>,
    description: Option<String>,
    icon: Option<String>,
}

impl UpdateBadge {
    fn parse(self) -> Result<Changes, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", self.name.as_deref().map(badge::name).transpose());
        let description = fields.check("description", self.description.as_deref().map(badge::description).transpose());
        let icon = fields.check("icon", self.icon.as_deref().map(badge::icon).transpose());
        let (name, description, icon) = fields.all((name, description, icon))?;
        Ok(Changes { name, description, icon })
    }
}

impl Changes {
    fn of(&self, texts: &Texts) -> Texts {
        let or = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
        Texts {
            name: or(&self.name, &texts.name),
            description: or(&self.description, &texts.description),
            icon: or(&self.icon, &texts.icon),
        }
    }
}

/// Update a badge
///
/// Requires the role `admin`. Updates name, description and icon; absent fields stay unchanged. Retired
/// badges cannot be updated. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    patch, path = "/v1/community/badges/{id}", operation_id = "update_badge", tag = "badges",
    security(("bearer" = ["admin"])),
    params(
        ("id" = BadgeId, Path, description = "Badge ID"),
        OptionalIfMatch,
    ),
    request_body = UpdateBadge,
    responses(
        (status = 200, description = "The updated badge", body = BadgeView),
        (status = 404, description = "`badges.no_such_badge`: no badge with this ID"),
        (status = 409, description = "`badges.badge_retired`: the badge is retired"),
    )
)]
pub async fn update_badge(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<BadgeId>>,
    Json(body): Json<UpdateBadge>,
) -> Result<Tagged<BadgeView>, Problem> {
    let changes = body.parse()?;
    standing.check().await?;
    let update = |read: &dynamo::Versioned<Badge>, revision| {
        seen.map_or(Ok(()), |seen| seen.check(read.version))?;
        if read.value.retired.is_some() {
            return Err(Refusal::Retired.into());
        }
        let texts = changes.of(&read.value.design.texts);
        if texts == read.value.design.texts {
            return Ok(None);
        }
        let design = Design { texts, ..read.value.design.clone() };
        Ok::<_, Problem>(Some(Badge { design, changed: revision, ..read.value.clone() }))
    };
    let badge = ctx.store.change_badge(id, update).await?;
    Ok(Tagged::new(badge.version, BadgeView::new(&badge.value, badge.version)))
}
