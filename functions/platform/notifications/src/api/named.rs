//! Names in requests, read so that a wrong one is told with its field.

use contracts::notifications::{Category, Channel};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::device::Platform;
use crate::domain::language::Language;
use crate::domain::preferences::Digest;

/// A value that JSON writes as one of a few names.
pub(crate) trait Named: DeserializeOwned {
    /// What to say of any other name.
    const WRONG: &'static str;

    /// Reads a name.
    fn read(name: &str) -> Result<Self, &'static str> {
        serde_json::from_value(Value::String(name.to_owned())).map_err(|_| Self::WRONG)
    }
}

impl Named for Category {
    const WRONG: &'static str = "must be security, account, messages, activity, reminders or marketing";
}

impl Named for Channel {
    const WRONG: &'static str = "must be in_app, email, push or sms";
}

impl Named for Digest {
    const WRONG: &'static str = "must be immediate, hourly or daily";
}

impl Named for Language {
    const WRONG: &'static str = "must be en or de";
}

impl Named for Platform {
    const WRONG: &'static str = "must be apns or fcm";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_wrong_name_lists_the_right_ones() {
        fn told<T: Named + serde::Serialize>(all: &[T]) {
            let count = T::WRONG.matches(',').count() + 2;
            assert_eq!(count, all.len(), "{}", T::WRONG);
            for value in all {
                let name = serde_json::to_value(value).unwrap();
                assert!(T::WRONG.contains(name.as_str().unwrap()), "{name}");
                assert!(T::read(name.as_str().unwrap()).is_ok());
            }
            assert!(T::read("").is_err() && T::read("x").is_err());
        }
        told(&Category::ALL);
        told(&Channel::ALL);
        told(&Language::ALL);
        told(&[Digest::Immediate, Digest::Hourly, Digest::Daily]);
        told(&[Platform::Apns, Platform::Fcm]);
    }
}
