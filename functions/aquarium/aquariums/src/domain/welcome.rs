//! The notification about a user's first aquarium.

use std::collections::BTreeMap;

use contracts::notifications::{Category, Message, NotificationRequested};
use types::derive_id;

use super::aquarium::Aquarium;

/// The notification about the first aquarium of a user. Its ID depends on the user alone: of several aquariums that are created at
/// the same time, one causes a notification.
pub fn welcome(aquarium: &Aquarium) -> NotificationRequested {
    let data = BTreeMap::from([
        ("aquarium".to_owned(), aquarium.details.name.clone()),
        ("aquarium_id".to_owned(), aquarium.id.to_string()),
    ]);
    let link = Some(format!("/aquariums/{}", aquarium.id));
    NotificationRequested {
        notification_id: derive_id(&["aquariums", "welcome", &aquarium.owner_id.to_string()]),
        recipients: vec![aquarium.owner_id],
        category: Category::Activity,
        message: Message { template: "aquarium_welcome".to_owned(), data, link },
        channels: None,
    }
}

#[cfg(test)]
mod tests {
    use calendar::ZoneName;
    use contracts::aquariums::AquariumKind;
    use jiff::Timestamp;
    use types::{AquariumId, UserId, Uuid};

    use super::*;
    use crate::domain::aquarium::Details;

    fn aquarium(number: u128, owner: u128) -> Aquarium {
        let details = Details {
            name: "Reef".to_owned(),
            kind: AquariumKind::Marine,
            net_volume_ml: 180_000,
            time_zone: ZoneName::parse("Europe/Berlin").unwrap(),
        };
        let (id, owner) = (AquariumId::new(Uuid::from_u128(number)), UserId::new(Uuid::from_u128(owner)));
        Aquarium::new(id, owner, details, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_user_is_welcomed_once() {
        let (one, other) = (welcome(&aquarium(1, 7)), welcome(&aquarium(2, 7)));
        assert_eq!(one.notification_id, other.notification_id);
        assert_ne!(one.notification_id, welcome(&aquarium(1, 8)).notification_id);
        assert_eq!(one.message.data["aquarium"], "Reef");
        assert_eq!(one.message.link, Some(format!("/aquariums/{}", aquarium(1, 7).id)));
    }
}
