//! Invitations: codes that make their holders members of an aquarium, once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::aquariums::MemberRole;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::{AquariumId, InvitationId, UserId, Uuid};

use super::access::{Access, NotAdmitted, Scope};

/// How long an invitation can be accepted.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Number of random bytes in a code.
pub const SECRET_BYTES: usize = 16;

/// Length of a code in characters: two IDs and the secret in base64, after the prefix.
pub const CODE_CHARS: usize = PREFIX.len() + CODE_BYTES / 3 * 4;

/// Start of every code, so that scanners for leaked secrets recognise it.
const PREFIX: &str = "atoll_ai_";
const ID_BYTES: usize = 16;
const CODE_BYTES: usize = 2 * ID_BYTES + SECRET_BYTES;

/// A code as its holder has it. It names the invitation and proves with a secret that the holder was invited. `Debug` shows no
/// secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    aquarium_id: AquariumId,
    invitation_id: InvitationId,
    secret: [u8; SECRET_BYTES],
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({}, secret redacted)", self.invitation_id)
    }
}

/// The text is no code of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the complete code of an invitation, which starts with `atoll_ai_`")]
pub struct NotACode;

impl Code {
    /// A code with a random secret.
    pub const fn new(aquarium_id: AquariumId, invitation_id: InvitationId, secret: [u8; SECRET_BYTES]) -> Self {
        Self { aquarium_id, invitation_id, secret }
    }

    /// The aquarium.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// The invitation.
    pub const fn invitation_id(&self) -> InvitationId {
        self.invitation_id
    }

    /// Writes the text for the holder.
    pub fn write(&self) -> String {
        let ids = [self.aquarium_id.uuid().into_bytes(), self.invitation_id.uuid().into_bytes()].concat();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([ids.as_slice(), &self.secret].concat()))
    }

    /// Reads the text of a holder.
    pub fn read(text: &str) -> Result<Self, NotACode> {
        let bytes = text.strip_prefix(PREFIX).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(NotACode)?;
        let bytes: [u8; CODE_BYTES] = bytes.try_into().map_err(|_| NotACode)?;
        let id = |from: usize| Uuid::from_slice(&bytes[from..from + ID_BYTES]).map_err(|_| NotACode);
        let secret = bytes[2 * ID_BYTES..].try_into().map_err(|_| NotACode)?;
        Ok(Self::new(AquariumId::new(id(0)?), InvitationId::new(id(ID_BYTES)?), secret))
    }

    /// Hash of the secret: 16 random bytes need neither salt nor a slow hash.
    fn hash(&self) -> String {
        types::hex(&Sha256::digest(self.secret))
    }
}

/// An invitation that has not been accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// ID.
    pub id: InvitationId,
    /// The role that it gives.
    pub role: MemberRole,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Hash of the code's secret.
    hash: String,
}

/// What accepting a code leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// The user becomes a member with this authority. The access becomes this one.
    Admitted(Scope, Access),
    /// The user has access already, which stays as it is. The invitation stays open.
    HasAccess(Scope),
    /// The invitation does not exist, has expired, was accepted or deleted, or has another secret.
    Unknown,
    /// The aquarium has the maximum number of members.
    Full,
}

impl Invitation {
    /// The invitation of a code.
    pub fn new(code: &Code, role: MemberRole, now: Timestamp) -> Self {
        Self { aquarium_id: code.aquarium_id, id: code.invitation_id, role, created_at: now, hash: code.hash() }
    }

    /// The time from which it cannot be accepted.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX)
    }

    /// True if it can be accepted at this time.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires_at()
    }
}

/// Decides what becomes of a code, given what is stored under the IDs in it.
///
/// A user who has access gets that answer with any code of the aquarium, so that a repeated request does not fail after the
/// first one has used up the invitation.
pub fn accept(
    access: Option<&Access>,
    invitation: Option<&Invitation>,
    code: &Code,
    user: UserId,
    now: Timestamp,
) -> Acceptance {
    let Some(access) = access else { return Acceptance::Unknown };
    if let Some(scope) = access.scope(user) {
        return Acceptance::HasAccess(scope);
    }
    let open = invitation.filter(|invitation| invitation.is_open(now) && invitation.hash == code.hash());
    let Some(invitation) = open else { return Acceptance::Unknown };
    match access.admit(user, invitation.role) {
        Ok(next) => match next.scope(user) {
            Some(scope) => Acceptance::Admitted(scope, next),
            None => Acceptance::Unknown,
        },
        Err(NotAdmitted::Full) => Acceptance::Full,
        Err(NotAdmitted::Removed | NotAdmitted::HasAccess) => Acceptance::Unknown,
    }
}

#[cfg(test)]
#[path = "invitation_tests.rs"]
mod tests;
