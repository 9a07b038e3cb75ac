//! What is done with a picture that did not move on by itself.

use jiff::Timestamp;

use super::medium::{Medium, Reason, Status};

/// What is done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Care {
    /// Nothing: it is not due, or has moved on.
    Leave,
    /// Nothing was uploaded: it goes, and its room is free again.
    Remove,
    /// It is put into the queue again, as this.
    Redrive(Medium),
    /// It was tried often enough: it becomes this.
    Reject(Medium),
    /// What is left of its objects goes, and it becomes this.
    Purge(Medium),
}

/// Decides on a picture. `uploaded` says whether its file waits to be checked.
pub fn care(medium: &Medium, uploaded: bool, now: Timestamp) -> Care {
    if medium.due_at().is_none_or(|due| now < due) {
        return Care::Leave;
    }
    match medium.status {
        Status::AwaitingUpload if !uploaded => Care::Remove,
        Status::AwaitingUpload | Status::Pending { .. } => match medium.redriven(now) {
            Some(again) if uploaded => Care::Redrive(again),
            // The file is gone, or it was tried for a day.
            Some(_) | None => Care::Reject(medium.rejected(Reason::NotChecked, now)),
        },
        Status::Deleted { .. } => Care::Purge(medium.purged(now)),
        Status::Published { .. } | Status::Rejected { .. } => Care::Leave,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use types::{MediaId, UserId, Uuid};

    use super::*;
    use crate::domain::purpose::{ContentType, Purpose};

    fn start() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn medium() -> Medium {
        Medium {
            id: MediaId::new(Uuid::from_u128(1)),
            owner_id: UserId::new(Uuid::from_u128(2)),
            purpose: Purpose::Avatar,
            content_type: ContentType::Png,
            bytes: 1,
            correlation_id: String::new(),
            created_at: start(),
            status: Status::AwaitingUpload,
        }
    }

    fn late(medium: &Medium) -> Timestamp {
        medium.due_at().unwrap_or_else(start)
    }

    #[test]
    fn nothing_is_done_before_its_time() {
        for medium in [medium(), medium().received(start()), medium().deleted(start())] {
            let early = late(&medium) - Duration::from_millis(1);
            assert_eq!(care(&medium, false, early), Care::Leave);
            assert_ne!(care(&medium, false, late(&medium)), Care::Leave);
        }
    }

    #[test]
    fn an_upload_whose_message_was_lost_is_checked_all_the_same() {
        let medium = medium();
        assert_eq!(care(&medium, false, late(&medium)), Care::Remove);
        assert!(matches!(care(&medium, true, late(&medium)), Care::Redrive(again) if again.holds_room()));
    }

    #[test]
    fn a_stuck_picture_is_rejected_once_its_file_is_gone_or_it_was_tried_for_a_day() {
        let mut medium = medium().received(start());
        let rejected = |care| matches!(care, Care::Reject(medium) if !medium.holds_room());
        assert!(rejected(care(&medium, false, late(&medium))));
        while let Care::Redrive(again) = care(&medium, true, late(&medium)) {
            medium = again;
        }
        assert!(rejected(care(&medium, true, late(&medium))));
    }

    #[test]
    fn a_deleted_picture_is_looked_at_once_more() {
        let deleted = medium().deleted(start());
        let Care::Purge(purged) = care(&deleted, true, late(&deleted)) else { panic!("not purged") };
        assert_eq!(care(&purged, true, late(&deleted) + Duration::from_hours(1)), Care::Leave);
    }
}
