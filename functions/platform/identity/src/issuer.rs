//! Makes access tokens and key pairs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::JwkSet;
use kit::SecretError;
use kit::auth::{Claims, IdKey, KeyPairs, Signer};
use types::SessionId;

use crate::domain::account::Account;
use crate::domain::challenge::ChallengeKey;
use crate::domain::refresh::RefreshKey;
use crate::secrets::{self, TokenSecrets};

/// How long an access token is valid. It is checked without a call, so this is also how long a session that was ended
/// can still be used.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Signs access tokens with the active key.
pub struct Issuer {
    signer: Signer,
    url: String,
    refresh_key: RefreshKey,
    id_secret: [u8; 32],
    challenge_key: ChallengeKey,
}

impl Issuer {
    /// An issuer with these secrets, which calls itself `issuer`.
    pub fn new(secrets: &TokenSecrets, issuer: impl Into<String>) -> Result<Self, SecretError> {
        Ok(Self {
            signer: secrets.keys.signer()?,
            url: issuer.into(),
            refresh_key: RefreshKey::new(secrets.refresh_key()?),
            id_secret: secrets.refresh_key()?,
            challenge_key: ChallengeKey::new(secrets.challenge_key()?),
        })
    }

    /// The key of the refresh chain.
    pub fn refresh_key(&self) -> &RefreshKey {
        &self.refresh_key
    }

    /// The key of sign-ins that wait for their second factor.
    pub fn challenge_key(&self) -> &ChallengeKey {
        &self.challenge_key
    }

    /// An access token for a session of an account.
    pub fn access_token(
        &self,
        account: &Account,
        session_id: SessionId,
        now: Timestamp,
    ) -> Result<String, SecretError> {
        let claims = Claims {
            iss: self.url.clone(),
            aud: self.url.clone(),
            sub: account.id,
            sid: session_id,
            idk: IdKey::of_user(&self.id_secret, account.id),
            roles: account.roles.clone(),
            scope: String::new(),
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: (now + ACCESS_LIFETIME).as_second(),
            jti: types::new_uuid(),
        };
        self.signer.sign("JWT", &claims)
    }
}

/// New secrets with one key.
pub fn generate_secrets() -> Result<TokenSecrets, SecretError> {
    Ok(TokenSecrets {
        keys: KeyPairs::generate()?,
        refresh_key: STANDARD.encode(secrets::random::<32>()?),
        challenge_key: STANDARD.encode(secrets::random::<32>()?),
    })
}

/// The public halves, as `/.well-known/jwks.json` shows them.
pub fn public_keys(secrets: &TokenSecrets) -> Result<JwkSet, SecretError> {
    secrets.keys.public()
}
