//! Codes of an authenticator app: TOTP (RFC 6238) with what every app knows: SHA-1, 6 digits, steps of 30 seconds.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Builder, Secret, Totp};

/// The secret's length: that of the hash, as RFC 4226, section 4 recommends.
pub const SECRET_BYTES: usize = 20;
/// How many digits a code has.
pub const CODE_DIGITS: u8 = 6;
/// How long a code is shown, in seconds.
const STEP_SECONDS: u64 = 30;
/// How many steps before and after the present one are accepted (RFC 6238, section 5.2: one, for clocks and typing).
const MAX_SKEW_STEPS: u16 = 1;
/// Under which name apps show the account.
const SHOWN_AS: &str = "Atoll";

/// What a URI takes as it is (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A secret that an app and the server share. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(redacted)")
    }
}

impl TotpSecret {
    /// Wraps random bytes.
    pub const fn new(random: [u8; SECRET_BYTES]) -> Self {
        Self(random)
    }

    /// The bytes.
    pub const fn bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// What a user types into an app that has no camera.
    pub fn to_base32(&self) -> String {
        Secret::new_stack(self.0).to_base32()
    }

    /// What an app reads from a QR code, for the account that is called `name`.
    pub fn uri(&self, name: &str) -> String {
        let name = utf8_percent_encode(name, RESERVED);
        let secret = self.to_base32();
        format!(
            "otpauth://totp/{SHOWN_AS}:{name}?secret={secret}&issuer={SHOWN_AS}&algorithm=SHA1&digits={CODE_DIGITS}&period={STEP_SECONDS}"
        )
    }

    /// The step whose code this is, if it is that of a step near `now`. The digits are compared in constant time.
    pub fn step_of(&self, digits: &str, now: Timestamp) -> Option<u64> {
        self.totp().check(digits, u64::try_from(now.as_second()).ok()?)
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_digits(CODE_DIGITS)
            .with_skew(MAX_SKEW_STEPS)
            .with_step_duration(STEP_SECONDS)
            .with_secret(Secret::new_stack(self.0))
            .build_noncompliant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 6238, appendix B: the secret of the test vectors.
    const SECRET: TotpSecret = TotpSecret::new(*b"12345678901234567890");

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        // Time, and the last six digits of the eight that the appendix lists for SHA-1.
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (second, code) in vectors {
            assert_eq!(SECRET.step_of(code, at(second)), Some(u64::try_from(second).unwrap() / 30), "{second}");
        }
    }

    #[test]
    fn one_step_before_and_after_is_accepted_and_no_more() {
        // The code of second 59 is that of 30 to 59.
        for (second, accepted) in [(-1, false), (0, true), (30, true), (59, true), (89, true), (90, false)] {
            assert_eq!(SECRET.step_of("287082", at(second)).is_some(), accepted, "{second}");
        }
    }

    #[test]
    fn only_six_digits_are_a_code() {
        for bad in ["", "28708", "2870820", "+87082", "28708x", " 287082", "２８７０８２"] {
            assert_eq!(SECRET.step_of(bad, at(59)), None, "{bad}");
        }
    }

    #[test]
    fn apps_can_read_the_uri() {
        assert_eq!(
            SECRET.uri("a+b@example.com"),
            "otpauth://totp/Atoll:a%2Bb%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Atoll&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(format!("{SECRET:?}"), "TotpSecret(redacted)");
    }

    proptest! {
        #[test]
        fn a_code_belongs_to_a_step_of_its_window(random: [u8; SECRET_BYTES], second in 0_i64..4_000_000_000, code in 0_u32..1_000_000) {
            let step = TotpSecret::new(random).step_of(&format!("{code:06}"), at(second));
            let present = u64::try_from(second).unwrap() / 30;
            prop_assert!(step.is_none_or(|step| step.abs_diff(present) <= 1));
        }
    }
}
