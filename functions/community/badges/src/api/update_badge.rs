//! `PATCH /v1/community/badges/{id}`: changes what people read of a badge.

use axum::extract::State;
use kit::auth::{Admin, Require};
use kit::http::{Fields, Id, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::BadgeId;
use utoipa::ToSchema;

use crate::api::BadgeView;
use crate::ctx::Ctx;
use crate::domain::badge::{self, Badge, Design, Texts};

/// What shall be read instead. What is absent stays; what is counted, and the tiers, never change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateBadge {
    /// What it is called, at most 60 characters.
    #[schema(example = "Feeder")]
    name: Option<String>,
    /// What it is for, at most 500 characters.
    description: Option<String>,
    /// The name of its picture in the apps: a-z, 0-9, _ and -, at most 60.
    #[schema(example = "bowl")]
    icon: Option<String>,
}

/// What is asked for, each where it is.
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

/// Change a badge's texts
///
/// What is absent stays. `If-Match` is honoured.
#[utoipa::path(
    patch, path = "/v1/community/badges/{id}", operation_id = "update_badge", tag = "badges",
    security(("bearer" = ["admin"])),
    params(
        ("id" = BadgeId, Path, description = "Which badge"),
        OptionalIfMatch,
    ),
    request_body = UpdateBadge,
    responses(
        (status = 200, description = "The badge as it is now", body = BadgeView),
        (status = 404, description = "`badges.no_such_badge`"),
    )
)]
pub async fn update_badge(
    State(ctx): State<&'static Ctx>,
    _admin: Require<Admin>,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<BadgeId>>,
    Json(body): Json<UpdateBadge>,
) -> Result<Tagged<BadgeView>, Problem> {
    let changes = body.parse()?;
    let update = |read: &dynamo::Versioned<Badge>, revision| {
        seen.map_or(Ok(()), |seen| seen.check(read.version))?;
        let texts = changes.of(&read.value.design.texts);
        if texts == read.value.design.texts {
            return Ok(None);
        }
        let design = Design { texts, ..read.value.design.clone() };
        Ok::<_, Problem>(Some(Badge { design, changed: revision, ..read.value.clone() }))
    };
    let badge = ctx.store.change_badge(id, update).await?;
    Ok(Tagged::new(badge.version, BadgeView::from(&badge.value)))
}
