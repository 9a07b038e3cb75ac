//! The endpoints, one file each, and what several share.

pub mod create_media;
pub mod delete_media;
pub mod get_media;
pub mod list_media;
mod view;

pub use view::MediaView;

use kit::openapi::Conventions;

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "media", description = "Image uploads: direct upload to S3, moderation, published variants.")), paths(create_media::create_media, delete_media::delete_media, get_media::get_media, list_media::list_media))]
pub struct Api;
