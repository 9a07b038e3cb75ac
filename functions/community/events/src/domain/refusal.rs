//! What this context refuses, and why.

use jiff::Timestamp;

/// One way to be refused; how it reads is in `problem.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such event, or it was removed.
    NoSuchEvent,
    /// There is no such kind of event.
    NoSuchEventType,
    /// There is no such schedule.
    NoSuchSchedule,
    /// There is no such point, or none that is known here yet.
    NoSuchPoint,
    /// The token's account is gone.
    NoSuchUser,
    /// The caller's account is suspended.
    Suspended,
    /// No new events of this kind can be made.
    TypeRetired,
    /// Another kind has the code.
    CodeTaken,
    /// The caller has reported the same at the same point a short time ago.
    CoolingDown {
        /// When the cooldown ends.
        until: Timestamp,
        /// How long that is from now, in seconds.
        wait_seconds: u64,
    },
    /// This kind of event asks where its author is.
    LocationMissing,
    /// The author is further away than this kind of event allows, in metres.
    TooFar(u32),
    /// A picture is not the caller's, or not published.
    PhotoNotPublished,
    /// It is another user's.
    NotYours,
    /// Only the keeper of the point, or an admin, reminds its subscribers.
    NotKeeper,
    /// An author takes an event back for a day, and not longer.
    TooLate,
    /// The caller has as many schedules as one may have.
    TooManySchedulesOfUser,
    /// The point has as many schedules as one may have.
    TooManySchedulesOfPoint,
    /// The Idempotency-Key has asked for something else.
    KeyReused,
}
