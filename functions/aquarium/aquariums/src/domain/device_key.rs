//! Keys of devices: what a device sends, and what is kept of it.
//!
//! A key is 32 random bytes, so its plain SHA-256 cannot be searched for and needs no salt. Its text names the device, whose item
//! holds the hash, and the aquarium, so that its access is read at the same time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use types::{AquariumId, DeviceId, Uuid};

/// How keys start.
const PREFIX: &str = "atd_";
/// The ID of the device, and that of the aquarium: in hexadecimal without hyphens.
const ID_CHARS: usize = 32;
const SECRET_BYTES: usize = 32;

/// A key as its device holds it: `atd_<device id><aquarium id>_<secret>`.
#[derive(Clone)]
pub struct DeviceKey {
    device_id: DeviceId,
    aquarium_id: AquariumId,
    secret: [u8; SECRET_BYTES],
}

types::redacted!(DeviceKey);

/// The text is no device key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a device key")]
pub struct NotADeviceKey;

/// SHA-256 of a key's secret, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceKeyHash(String);

impl DeviceKey {
    /// A key of 32 random bytes.
    pub const fn new(device_id: DeviceId, aquarium_id: AquariumId, random: [u8; SECRET_BYTES]) -> Self {
        Self { device_id, aquarium_id, secret: random }
    }

    /// The device that it is for.
    pub const fn device_id(&self) -> DeviceId {
        self.device_id
    }

    /// The aquarium of the device, by what the key says.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// The text that the device sends.
    pub fn write(&self) -> String {
        let (device, aquarium) = (self.device_id.uuid().simple(), self.aquarium_id.uuid().simple());
        format!("{PREFIX}{device}{aquarium}_{}", URL_SAFE_NO_PAD.encode(self.secret))
    }

    /// Reads a device's text.
    pub fn read(text: &str) -> Result<Self, NotADeviceKey> {
        let (device_id, rest) = id(text.strip_prefix(PREFIX).ok_or(NotADeviceKey)?)?;
        let (aquarium_id, rest) = id(rest)?;
        let secret = rest.strip_prefix('_').ok_or(NotADeviceKey)?;
        let secret = URL_SAFE_NO_PAD.decode(secret).map_err(|_| NotADeviceKey)?;
        let secret: [u8; SECRET_BYTES] = secret.try_into().map_err(|_| NotADeviceKey)?;
        Ok(Self::new(DeviceId::new(device_id), AquariumId::new(aquarium_id), secret))
    }

    /// What the table holds of it.
    pub fn hash(&self) -> DeviceKeyHash {
        DeviceKeyHash(types::hex(&Sha256::digest(self.secret)))
    }
}

/// The ID at the start of a text, and the rest.
fn id(text: &str) -> Result<(Uuid, &str), NotADeviceKey> {
    let (id, rest) = text.split_at_checked(ID_CHARS).ok_or(NotADeviceKey)?;
    Ok((Uuid::try_parse(id).map_err(|_| NotADeviceKey)?, rest))
}

impl DeviceKeyHash {
    /// True for the key with this hash, in constant time.
    pub fn is_of(&self, key: &DeviceKey) -> bool {
        bool::from(self.0.as_bytes().ct_eq(key.hash().0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_come_back_as_the_key(id: u128, aquarium: u128, secret: [u8; 32], other: [u8; 32]) {
            let aquarium = AquariumId::new(Uuid::from_u128(aquarium));
            let key = DeviceKey::new(DeviceId::new(Uuid::from_u128(id)), aquarium, secret);
            let read = DeviceKey::read(&key.write()).unwrap();
            prop_assert_eq!((read.device_id, read.aquarium_id, read.secret), (key.device_id, aquarium, secret));
            prop_assert!(key.hash().is_of(&read));
            prop_assert_eq!(key.hash().is_of(&DeviceKey::new(key.device_id, aquarium, other)), secret == other);
        }
    }

    #[test]
    fn nothing_else_is_a_key_and_debug_shows_none() {
        let key = DeviceKey::new(DeviceId::new(Uuid::from_u128(1)), AquariumId::new(Uuid::from_u128(2)), [7; 32]);
        let text = key.write();
        for bad in
            ["", PREFIX, "atd_é", &text[1..], &text[..text.len() - 1], &format!("{text}A"), &text.replace('_', "-")]
        {
            assert!(DeviceKey::read(bad).is_err(), "{bad}");
        }
        assert!(!format!("{key:?}").contains("07"));
    }
}
