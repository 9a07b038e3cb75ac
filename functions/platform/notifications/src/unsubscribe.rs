//! Tokens in mails that turn the mails of one category off, without signing in (RFC 8058).

use contracts::notifications::Category;
use kit::auth::{BadLink, LinkKey, Purpose};
use types::{UserId, Uuid};

/// A token that turns off the mails of a category. It works for as long as the mail is kept, and does nothing else.
pub fn sign(key: &LinkKey, user_id: UserId, category: Category) -> String {
    let number = Category::ALL.iter().position(|known| *known == category).unwrap_or_default();
    key.sign(Purpose::Unsubscribe, user_id, Uuid::from_u128(number as u128))
}

/// Whose mails of which category a token turns off.
pub fn verify(key: &LinkKey, token: &str) -> Result<(UserId, Category), BadLink> {
    let (user_id, number) = key.verify(Purpose::Unsubscribe, token)?;
    let number = usize::try_from(number.as_u128()).map_err(|_| BadLink)?;
    let category = Category::ALL.get(number).filter(|category| **category != Category::Security);
    Ok((user_id, *category.ok_or(BadLink)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_for_one_person_and_one_category_and_never_for_security() {
        let key = LinkKey::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
        let user = UserId::generate();
        for category in Category::ALL {
            let verified = verify(&key, &sign(&key, user, category));
            assert_eq!(verified.is_ok(), category != Category::Security);
            assert!(verified.is_err() || verified == Ok((user, category)));
        }
        assert!(verify(&key, &key.sign(Purpose::VerifyEmail, user, Uuid::from_u128(1))).is_err());
        assert!(verify(&key, &key.sign(Purpose::Unsubscribe, user, Uuid::from_u128(99))).is_err());
    }
}
