//! The photos of a point: a few, in the order in which they were put there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{MediaId, PointId, UserId};

/// The most photos that a point has.
pub const MAX_PHOTOS: usize = 20;

/// A photo of a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Which picture.
    pub media_id: MediaId,
    /// Whose it is: who put it there.
    pub added_by: UserId,
    /// When the photo was added.
    pub added_at: Timestamp,
    /// Path of its files, as media published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// All photos of a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Album {
    /// The point.
    pub point_id: PointId,
    /// The oldest first.
    pub photos: Vec<Photo>,
}

/// There is no room for another photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Album {
    /// That of a point without photos.
    pub fn empty(point_id: PointId) -> Self {
        Self { point_id, photos: Vec::new() }
    }

    /// The photo of this picture, if it is there.
    pub fn photo(&self, media_id: MediaId) -> Option<Photo> {
        self.photos.iter().find(|photo| photo.media_id == media_id).cloned()
    }

    /// The album with one more.
    pub fn with(&self, photo: Photo) -> Result<Self, Full> {
        if self.photos.len() >= MAX_PHOTOS {
            return Err(Full);
        }
        let mut photos = self.photos.clone();
        photos.push(photo);
        Ok(Self { photos, ..*self })
    }

    /// The album without a picture.
    #[must_use]
    pub fn without(&self, media_id: MediaId) -> Self {
        let photos = self.photos.iter().filter(|photo| photo.media_id != media_id).cloned().collect();
        Self { photos, ..*self }
    }
}

/// A record of the owner of a picture that it is shown at a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Whose picture it is.
    pub owner_id: UserId,
    /// Which picture.
    pub media_id: MediaId,
    /// Where it is shown.
    pub point_id: PointId,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn photo(number: u8) -> Photo {
        let added_by = UserId::new(Uuid::from_u128(1));
        let media_id = MediaId::new(Uuid::from_u128(number.into()));
        Photo { media_id, added_by, added_at: Timestamp::UNIX_EPOCH, path: None }
    }

    proptest! {
        #[test]
        fn an_album_holds_what_was_put_in_and_not_taken_out_and_no_more_than_it_may(
            steps in prop::collection::vec((any::<bool>(), 0..30_u8), 0..200),
        ) {
            let mut album = Album::empty(PointId::new(Uuid::nil()));
            let mut held: Vec<u8> = Vec::new();
            for (add, number) in steps {
                let photo = photo(number);
                if !add {
                    album = album.without(photo.media_id);
                    held.retain(|other| *other != number);
                } else if album.photo(photo.media_id).is_none() {
                    if let Ok(next) = album.with(photo) {
                        album = next;
                        held.push(number);
                    } else {
                        prop_assert_eq!(held.len(), MAX_PHOTOS);
                    }
                }
                prop_assert!(album.photos.len() <= MAX_PHOTOS);
                prop_assert_eq!(&album.photos, &held.iter().map(|number| super::tests::photo(*number)).collect::<Vec<_>>());
            }
        }
    }
}
