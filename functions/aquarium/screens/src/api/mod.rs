//! The endpoints, one file each, and the views that they share.

pub mod get_home;
pub mod get_overview;
pub mod get_person;
pub mod home_view;
pub mod list_all_aquariums;
pub mod staff_view;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(
    modifiers(&Conventions),
    tags((
        name = "screens",
        description = "The home screen of the mobile app, and figures and lists for the staff. They are built from events and follow changes within seconds: `asOf` is the time of the newest event that a screen shows."
    )),
    paths(
        get_home::get_home,
        get_overview::get_overview,
        get_person::get_person,
        list_all_aquariums::list_all_aquariums
    )
)]
pub struct Api;
