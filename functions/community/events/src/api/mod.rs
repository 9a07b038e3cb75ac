//! HTTP endpoints, one per file, and their shared parts.

pub mod create_event;
pub mod create_event_type;
pub mod create_schedule;
pub mod delete_event;
pub mod delete_schedule;
pub mod get_event;
pub mod get_event_type;
pub mod get_schedule;
pub mod list_event_types;
pub mod list_point_events;
pub mod list_schedules;
pub mod list_user_events;
pub mod retire_event_type;
pub mod update_event_type;
mod views;

pub use views::{EventPhoto, EventTypeView, EventView, ScheduleView};

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "events", description = "Care events that people report at points, the types of events, and recurring schedules.")), paths(
    create_event::create_event,
    create_event_type::create_event_type,
    create_schedule::create_schedule,
    delete_event::delete_event,
    delete_schedule::delete_schedule,
    get_event::get_event,
    get_event_type::get_event_type,
    get_schedule::get_schedule,
    list_event_types::list_event_types,
    list_point_events::list_point_events,
    list_schedules::list_schedules,
    list_user_events::list_user_events,
    retire_event_type::retire_event_type,
    update_event_type::update_event_type
))]
pub struct Api;
