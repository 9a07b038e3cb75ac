//! The contexts that have endpoints.

use utoipa::OpenApi;

/// Each context's part of the API's description.
pub fn apis() -> Vec<utoipa::openapi::OpenApi> {
    vec![
        analytics::api::Api::openapi(),
        aquarium::api::Api::openapi(),
        aquariums::api::Api::openapi(),
        badges::api::Api::openapi(),
        billing::api::Api::openapi(),
        catalog::api::Api::openapi(),
        commerce::api::Api::openapi(),
        community::api::Api::openapi(),
        events::api::Api::openapi(),
        identity::api::Api::openapi(),
        knowledge::api::Api::openapi(),
        media::api::Api::openapi(),
        notifications::api::Api::openapi(),
        orders::api::Api::openapi(),
        payments::api::Api::openapi(),
        platform::api::Api::openapi(),
        points::api::Api::openapi(),
        recommendations::api::Api::openapi(),
        screens::api::Api::openapi(),
        search::api::Api::openapi(),
        storefront::api::Api::openapi(),
        timeline::api::Api::openapi(),
        vision::api::Api::openapi(),
        wallet::api::Api::openapi(),
    ]
}
