//! HTTP endpoints, one per file.

pub mod create_media;
pub mod delete_media;
pub mod get_media;
pub mod list_media;
mod view;

pub use view::MediaView;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "media", description = "Image uploads: direct upload to S3, moderation, published variants.")), paths(create_media::create_media, delete_media::delete_media, get_media::get_media, list_media::list_media))]
pub struct Api;
