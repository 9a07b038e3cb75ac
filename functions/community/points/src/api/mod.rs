//! The endpoints, one file each, and what several share.

pub mod add_photo;
pub mod create_point;
pub mod delete_photo;
pub mod delete_point;
pub mod get_point;
pub mod list_photos;
pub mod list_points;
pub mod list_subscriptions;
mod rules;
pub mod subscribe_point;
pub mod unsubscribe_point;
pub mod update_point;
mod view;

use kit::openapi::Conventions;

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "points", description = "Places on the map where animals are cared for, with photos and subscriptions.")), paths(
    add_photo::add_photo,
    create_point::create_point,
    delete_photo::delete_photo,
    delete_point::delete_point,
    get_point::get_point,
    list_photos::list_photos,
    list_points::list_points,
    list_subscriptions::list_subscriptions,
    subscribe_point::subscribe_point,
    unsubscribe_point::unsubscribe_point,
    update_point::update_point
))]
pub struct Api;
