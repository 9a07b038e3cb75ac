//! HTTP endpoints, one per file, and their shared parts.

pub mod create_badge;
pub mod get_badge;
pub mod list_badges;
pub mod list_my_badges;
pub mod list_user_badges;
pub mod retire_badge;
pub mod update_badge;
mod view;

pub use view::{BadgeView, EarnedTier};

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "badges", description = "Badges with tiers, earned by recorded activity and donations.")), paths(
    create_badge::create_badge,
    get_badge::get_badge,
    list_badges::list_badges,
    list_my_badges::list_my_badges,
    list_user_badges::list_user_badges,
    retire_badge::retire_badge,
    update_badge::update_badge
))]
pub struct Api;
