//! What is shown beside events: their photos, as far as they are published now, and the names of their points.

use std::collections::{BTreeSet, HashMap};

use dynamo::{Key, MAX_BATCH_ITEMS, Read, StoreError};
use futures::future::try_join_all;
use types::{MediaId, PointId, UserId};

use super::keys::{medium_key, point_key};
use super::{Events, Store};
use crate::domain::care_event::{CareEvent, Circumstances};
use crate::domain::copies::{MediumCopy, PointCopy};

/// Photos and points of events.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    media: HashMap<MediaId, MediumCopy>,
    points: HashMap<PointId, PointCopy>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    Point(PointId),
    Medium(UserId, MediaId),
}

impl Wanted {
    fn key(self) -> Key<Events> {
        match self {
            Self::Point(id) => point_key(id),
            Self::Medium(owner, id) => medium_key(owner, id),
        }
    }
}

impl Beside {
    /// What a decision on a report was based on.
    pub fn known_of(circumstances: &Circumstances) -> Self {
        let mut beside = Self::default();
        for medium in circumstances.photos.iter().cloned() {
            beside.media.insert(medium.media_id, medium);
        }
        if let Some(point) = circumstances.point.clone() {
            beside.points.insert(point.point_id, point);
        }
        beside
    }

    /// A picture that is published.
    pub fn published(&self, id: MediaId) -> Option<&MediumCopy> {
        self.media.get(&id).filter(|medium| medium.published)
    }

    /// The name of a point; none if it is not known, or was deleted.
    pub fn point_name(&self, id: PointId) -> Option<&str> {
        self.points.get(&id)?.place.as_ref().map(|place| place.name.as_str())
    }
}

impl Store {
    /// What is shown beside events. May miss the last second. Its calls run at the same time.
    pub async fn beside(&self, events: &[CareEvent]) -> Result<Beside, StoreError> {
        let wanted: BTreeSet<Wanted> = events.iter().flat_map(wanted).collect();
        let wanted: Vec<Wanted> = wanted.into_iter().collect();
        let calls = wanted.chunks(MAX_BATCH_ITEMS).map(async |wanted| {
            let mut found =
                self.table.get_many(wanted.iter().map(|wanted| wanted.key()).collect(), Read::Eventual).await?;
            let mut part = Beside::default();
            for wanted in wanted {
                match wanted {
                    Wanted::Point(id) => {
                        part.points.extend(found.take::<PointCopy>(wanted.key())?.map(|copy| (*id, copy.value)));
                    }
                    Wanted::Medium(_, id) => {
                        part.media.extend(found.take::<MediumCopy>(wanted.key())?.map(|copy| (*id, copy.value)));
                    }
                }
            }
            Ok::<_, StoreError>(part)
        });
        let mut beside = Beside::default();
        for part in try_join_all(calls).await? {
            beside.media.extend(part.media);
            beside.points.extend(part.points);
        }
        Ok(beside)
    }
}

fn wanted(event: &CareEvent) -> Vec<Wanted> {
    let photos = event
        .author_id
        .iter()
        .flat_map(|author| event.photo_media_ids.iter().map(|media| Wanted::Medium(*author, *media)));
    std::iter::once(Wanted::Point(event.point_id)).chain(photos).collect()
}
