//! How this context's refusals read: every code it answers with is in this file.

use axum::http::StatusCode;
use kit::http::Problem;

use crate::domain::refusal::Refusal;
use crate::domain::schedule::{MAX_SCHEDULES_PER_POINT, MAX_SCHEDULES_PER_USER};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |code, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        let forbidden = |code, title: &'static str| Self::new(StatusCode::FORBIDDEN, code, title);
        let unfit = |code, title: &'static str| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        match refusal {
            Refusal::NoSuchEvent => Self::not_found("events.no_such_event"),
            Refusal::NoSuchEventType => Self::not_found("events.no_such_event_type"),
            Refusal::NoSuchSchedule => Self::not_found("events.no_such_schedule"),
            Refusal::NoSuchPoint => Self::not_found("events.no_such_point"),
            Refusal::NoSuchUser => Self::not_found("events.no_such_user"),
            Refusal::Suspended => forbidden("events.suspended", "This account is suspended"),
            Refusal::TypeRetired => conflict("events.type_retired", "This kind of event was retired"),
            Refusal::CodeTaken => conflict("events.code_taken", "Another kind of event has this code"),
            Refusal::CoolingDown(until) => {
                conflict("events.cooling_down", "The same was reported here a short time ago")
                    .with_detail(format!("it can be reported again from {until} on"))
            }
            Refusal::LocationMissing => {
                unfit("events.location_missing", "This kind of event asks for the location of its author")
            }
            Refusal::TooFar(metres) => unfit("events.too_far", "The point is too far away")
                .with_detail(format!("this kind of event asks its author to be within {metres} metres of the point")),
            Refusal::PhotoNotPublished => {
                unfit("events.photo_not_published", "Only published pictures of one's own can be shown")
            }
            Refusal::NotYours => forbidden("events.not_yours", "It is somebody else's"),
            Refusal::TooLate => conflict("events.too_late", "An event can be taken back for a day"),
            Refusal::TooManySchedulesOfUser => {
                conflict("events.too_many_schedules", "There is no room for another schedule")
                    .with_detail(format!("one person may have {MAX_SCHEDULES_PER_USER}"))
            }
            Refusal::TooManySchedulesOfPoint => {
                conflict("events.too_many_schedules", "There is no room for another schedule")
                    .with_detail(format!("one point may have {MAX_SCHEDULES_PER_POINT}"))
            }
            Refusal::KeyReused => unfit("events.key_reused", "This Idempotency-Key has asked for something else"),
        }
    }
}
