//! HTTP endpoints, one per file, and their shared parts.

pub mod add_photo;
pub mod create_point;
pub mod delete_photo;
pub mod delete_point;
pub mod get_point;
pub mod list_my_points;
pub mod list_photos;
pub mod list_points;
pub mod list_points_within;
pub mod list_subscriptions;
mod rules;
pub mod subscribe_point;
pub mod unsubscribe_point;
pub mod update_point;
mod view;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "points", description = "Places on the map where animals are cared for, with photos and subscriptions.")), paths(add_photo::add_photo, create_point::create_point, delete_photo::delete_photo, delete_point::delete_point, get_point::get_point, list_my_points::list_my_points, list_photos::list_photos, list_points::list_points, list_points_within::list_points_within, list_subscriptions::list_subscriptions, subscribe_point::subscribe_point, unsubscribe_point::unsubscribe_point, update_point::update_point))]
pub struct Api;
