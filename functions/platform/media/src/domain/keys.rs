//! Where objects lie in the bucket.
//!
//! The owner stands before the picture, so that what a person left is found by a prefix even where no item names it any
//! more. What is published lies under a name made of the file's content: another file under the same picture never
//! replaces it, and a URL always shows the same bytes.

use sha2::{Digest, Sha256};
use types::{MediaId, UserId};

/// Where uploads wait to be checked. A lifecycle rule of the bucket empties it.
pub const QUARANTINE: &str = "quarantine";
/// Where pictures lie that everybody may see. What a CDN shows starts here.
pub const PUBLISHED: &str = "published";

/// How much of a file's hash names it, in bytes.
const REVISION_BYTES: usize = 8;

/// The object that an upload becomes.
pub fn upload(owner: UserId, id: MediaId) -> String {
    format!("{QUARANTINE}/{owner}/{id}")
}

/// The picture that an object under [`QUARANTINE`] was uploaded for.
pub fn parse_upload(key: &str) -> Option<(UserId, MediaId)> {
    let (owner, id) = key.strip_prefix(QUARANTINE)?.strip_prefix('/')?.split_once('/')?;
    let parsed = (owner.parse().ok()?, id.parse().ok()?);
    // One spelling only: a UUID can be written in several ways.
    (upload(parsed.0, parsed.1) == key).then_some(parsed)
}

/// The name of what a file becomes.
pub fn revision(file: &[u8]) -> String {
    let mut start = [0; REVISION_BYTES];
    start.copy_from_slice(&Sha256::digest(file)[..REVISION_BYTES]);
    format!("{:016x}", u64::from_be_bytes(start))
}

/// The object of one variant of a picture.
pub fn variant(owner: UserId, id: MediaId, revision: &str, name: &str) -> String {
    format!("{}{name}.jpg", of_revision(owner, id, revision))
}

/// What all variants of one file begin with.
pub fn of_revision(owner: UserId, id: MediaId, revision: &str) -> String {
    format!("{}{revision}/", of_medium(owner, id))
}

/// What all published objects of a picture begin with.
pub fn of_medium(owner: UserId, id: MediaId) -> String {
    format!("{PUBLISHED}/{owner}/{id}/")
}

/// What all objects of a person begin with.
pub fn of_person(owner: UserId) -> [String; 2] {
    [format!("{QUARANTINE}/{owner}/"), format!("{PUBLISHED}/{owner}/")]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn keys_of_uploads_read_back(owner: u128, id: u128) {
            let (owner, id) = (UserId::new(Uuid::from_u128(owner)), MediaId::new(Uuid::from_u128(id)));
            prop_assert_eq!(parse_upload(&upload(owner, id)), Some((owner, id)));
            prop_assert_eq!(parse_upload(&variant(owner, id, "r", "full")), None);
            prop_assert_eq!(parse_upload(&upload(owner, id).to_uppercase()), None);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            if let Some((owner, id)) = parse_upload(&text) {
                prop_assert_eq!(upload(owner, id), text);
            }
        }

        #[test]
        fn no_prefix_of_one_reaches_another(owner: u128, id: u128, other: u128) {
            prop_assume!(id != other);
            let owner = UserId::new(Uuid::from_u128(owner));
            let [id, other] = [id, other].map(|id| MediaId::new(Uuid::from_u128(id)));
            prop_assert!(!variant(owner, other, "r", "full").starts_with(&of_medium(owner, id)));
        }
    }
}
