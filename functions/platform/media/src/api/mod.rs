//! HTTP endpoints, one per file.

pub mod create_media;
pub mod delete_media;
pub mod get_media;
pub mod get_profile;
pub mod list_media;
pub mod list_profiles;
mod profile_view;
mod view;

pub use profile_view::ProfileView;
pub use view::MediaView;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "media", description = "Image uploads: direct upload to S3, moderation, published variants; public profiles.")), paths(create_media::create_media, delete_media::delete_media, get_media::get_media, get_profile::get_profile, list_media::list_media, list_profiles::list_profiles))]
pub struct Api;
