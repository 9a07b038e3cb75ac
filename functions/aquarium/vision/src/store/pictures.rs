//! Copies of published pictures.

use dynamo::{Decision, Outcome, StoreError};

use super::{Store, picture_key};
use crate::domain::picture::PictureCopy;

impl Store {
    /// Keeps what is known of a picture. Returns false if something as new is known, or the owner is erased.
    pub async fn keep_picture(&self, copy: &PictureCopy) -> Result<bool, StoreError> {
        let key = picture_key(copy.owner_id, copy.media_id);
        let kept: Outcome<PictureCopy> = self
            .table
            .update_unless_forgotten(copy.owner_id, key, |known| {
                Decision::from(copy.clone().after(known.map(|known| &known.value)))
            })
            .await?;
        Ok(kept.is_applied())
    }
}
