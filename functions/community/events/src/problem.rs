//! Problems of this context: every error code that it returns is in this file.

use axum::http::StatusCode;
use kit::auth::StandingError;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::refusal::Refusal;
use crate::domain::schedule::{MAX_SCHEDULES_PER_POINT, MAX_SCHEDULES_PER_USER};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |code, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        let forbidden = |code, title: &'static str| Self::new(StatusCode::FORBIDDEN, code, title);
        let unfit = |code, title: &'static str| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        match refusal {
            Refusal::NoSuchEvent => {
                Self::not_found("events.no_such_event").with_detail("No care event with this ID exists.")
            }
            Refusal::NoSuchEventType => {
                Self::not_found("events.no_such_event_type").with_detail("No event type with this ID exists.")
            }
            Refusal::NoSuchSchedule => {
                Self::not_found("events.no_such_schedule").with_detail("No schedule with this ID exists.")
            }
            Refusal::NoSuchPoint => {
                Self::not_found("events.no_such_point").with_detail("No point with this ID exists.")
            }
            Refusal::NoSuchUser => Self::not_found("events.no_such_user").with_detail("The account was deleted."),
            Refusal::Suspended => StandingError::Suspended.into(),
            Refusal::TypeRetired => conflict("events.type_retired", "Event type retired")
                .with_detail("The event type is retired. Choose another type."),
            Refusal::CodeTaken => conflict("events.code_taken", "Code already taken")
                .with_detail("Another event type has this code. Choose another code."),
            Refusal::CoolingDown { until, wait_seconds } => conflict("events.cooling_down", "Reported recently")
                .retry_after(wait_seconds)
                .with_detail(format!("You reported this event type at this point recently. Try again after {until}.")),
            Refusal::LocationMissing => unfit("events.location_missing", "Location required")
                .with_detail("This event type requires `location`. Send the location of the device."),
            Refusal::TooFar(metres) => unfit("events.too_far", "Too far from the point")
                .with_detail(format!("`location` must be within {metres} metres of the point.")),
            Refusal::PhotoNotPublished => unfit("events.photo_not_published", "Photo not published")
                .with_detail("`photoMediaIds` must contain published photos of your own."),
            Refusal::NotYours => forbidden("events.not_yours", "Not the author")
                .with_detail("Only the author, for a schedule also the keeper of the point, or an admin can do this."),
            Refusal::NotKeeper => forbidden("events.not_keeper", "Not the keeper of the point")
                .with_detail("Only the keeper of the point or an admin can schedule reminders for its subscribers."),
            Refusal::TooLate => conflict("events.too_late", "Deletion period ended")
                .with_detail("Authors can delete an event within 24 hours after they reported it."),
            Refusal::TooManySchedulesOfUser => conflict("events.too_many_schedules", "Too many schedules")
                .with_detail(format!("A user has at most {MAX_SCHEDULES_PER_USER} schedules. Delete one first.")),
            Refusal::TooManySchedulesOfPoint => conflict("events.too_many_schedules", "Too many schedules")
                .with_detail(format!("A point has at most {MAX_SCHEDULES_PER_POINT} schedules. Delete one first.")),
            Refusal::KeyReused => IdempotencyKey::reused(),
        }
    }
}
