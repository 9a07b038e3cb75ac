//! What endpoints hold that need more than the table and the time.

use aws_sdk_sns::Client as Sns;
use aws_sdk_sns::error::ProvideErrorMetadata;
use kit::auth::{Authenticates, LinkKey, Verifier};
use kit::{Clock, ConfigError, EndpointContext, Environment, LinkContext, sdk};

use crate::domain::branding::{Branding, Colour, ProductName};
use crate::domain::country_codes::CountryCodes;
use crate::domain::device::{Device, Platform, PushToken};
use crate::endpoints::Endpoints;
use crate::store::Store;

/// For endpoints that enter devices at SNS, and take them out.
pub struct PushDevices {
    /// Devices.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Knows devices by their push tokens.
    pub sns: Sns,
    applications: Applications,
    verifier: Verifier,
}

/// The platform applications of this deployment, by their ARNs; none where the operator gave none.
#[derive(Debug, Clone, Default)]
pub struct Applications {
    /// Apple's.
    pub apns: Option<String>,
    /// Firebase's.
    pub fcm: Option<String>,
}

impl PushDevices {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`, and `APNS_APPLICATION_ARN` and `FCM_APPLICATION_ARN` if they are
    /// there.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let applications =
            Applications { apns: env.optional("APNS_APPLICATION_ARN"), fcm: env.optional("FCM_APPLICATION_ARN") };
        let (store, clock, verifier) = EndpointContext::from_env(env).await?.into_parts();
        Ok(Self::new(store, clock, sdk::client!(aws_sdk_sns, &sdk::config()), applications, verifier))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, sns: Sns, applications: Applications, verifier: Verifier) -> Self {
        Self { store, clock, sns, applications, verifier }
    }

    /// The application that a platform's devices are entered under.
    pub fn application(&self, platform: Platform) -> Option<&str> {
        match platform {
            Platform::Apns => self.applications.apns.as_deref(),
            Platform::Fcm => self.applications.fcm.as_deref(),
        }
    }
}

/// A device could not be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnterError {
    /// SNS sees that the push service gave no such token.
    BadToken,
    /// SNS did not do it now; with its code.
    Unavailable(String),
}

impl PushDevices {
    /// Enters a device at SNS, and says where SNS sends to. One that was entered before, and disabled since, is enabled.
    pub(crate) async fn enter(&self, application: &str, token: &PushToken) -> Result<String, EnterError> {
        let entered = self
            .sns
            .create_platform_endpoint()
            .platform_application_arn(application)
            .token(token.as_str())
            .send()
            .await;
        let endpoint = match entered {
            Ok(entered) => {
                entered.endpoint_arn.ok_or_else(|| EnterError::Unavailable("SNS: no endpoint".to_owned()))?
            }
            Err(error) => entered_before(error.code(), error.message())?,
        };
        // An endpoint that was there keeps its attributes, even one that was disabled since.
        let enabled = self
            .sns
            .set_endpoint_attributes()
            .endpoint_arn(&endpoint)
            .attributes("Enabled", "true")
            .attributes("Token", token.as_str())
            .send()
            .await;
        match enabled {
            Ok(_) => Ok(endpoint),
            Err(error) => Err(unavailable(error.code())),
        }
    }

    /// Takes a device out of SNS, which then forgets its push token. Where that fails, the endpoint that is left reaches
    /// no user: only devices that are in the table are sent to.
    pub(crate) async fn take_out(&self, device: &Device) {
        if let Err(error) = Endpoints::new(self.sns.clone()).delete(device).await {
            tracing::warn!(%error, "a device could not be taken out of SNS");
        }
    }
}

/// The endpoint that SNS names where it refuses to make a second one for the same token. Nothing else of the message is
/// told: it may quote the token.
fn entered_before(code: Option<&str>, message: Option<&str>) -> Result<String, EnterError> {
    if !matches!(code, Some("InvalidParameter" | "InvalidParameterException")) {
        return Err(unavailable(code));
    }
    let named = message.and_then(|text| text.split_once("Endpoint arn:")).filter(|(_, rest)| rest.contains("exists"));
    let arn = named.and_then(|(_, rest)| rest.split_whitespace().next());
    arn.map(|rest| format!("arn:{rest}")).ok_or(EnterError::BadToken)
}

fn unavailable(code: Option<&str>) -> EnterError {
    EnterError::Unavailable(format!("SNS: {}", code.unwrap_or("no answer")))
}

impl Authenticates for PushDevices {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// For the endpoint that checks codes which were sent to phones.
pub struct PhoneProofs {
    /// Phones.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Codes are derived with it.
    pub link_key: LinkKey,
    verifier: Verifier,
}

impl PhoneProofs {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER` and `LINK_KEY_NAME`, whose value it loads before the first request
    /// comes.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let endpoint = EndpointContext::from_env(env).await;
        let (endpoint, link_key) = ConfigError::both(endpoint, LinkKey::from_env(env).await)?;
        let (store, clock, verifier) = endpoint.into_parts();
        Ok(Self::new(store, clock, link_key, verifier))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, link_key: LinkKey, verifier: Verifier) -> Self {
        Self { store, clock, link_key, verifier }
    }
}

impl Authenticates for PhoneProofs {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of the endpoint that sends codes to phone numbers.
pub struct NewPhones {
    /// Phones.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The countries to which text messages are sent.
    pub countries: CountryCodes,
    verifier: Verifier,
}

impl NewPhones {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`, and `SMS_COUNTRY_CODES` if it is set.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let countries = env.optional::<CountryCodes>("SMS_COUNTRY_CODES").unwrap_or_default();
        let (store, clock, verifier) = EndpointContext::from_env(env).await?.into_parts();
        Ok(Self::new(store, clock, countries, verifier))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, countries: CountryCodes, verifier: Verifier) -> Self {
        Self { store, clock, countries, verifier }
    }
}

impl Authenticates for NewPhones {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of unsubscribing: no user is signed in, and the token of the e-mail authorizes the request.
pub struct Unsubscriber {
    /// Preferences.
    pub store: Store,
    /// Verifies tokens.
    pub link_key: LinkKey,
    /// The product's name and colour on pages.
    pub branding: Branding,
}

impl Unsubscriber {
    /// Reads `TABLE_NAME`, the branding, and `LINK_KEY_NAME`, whose value it loads before the first request.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let branding = (Branding::from_env(env),);
        let branding = env.all(branding);
        let links = LinkContext::from_env(env).await;
        let ((branding,), LinkContext { store, link_key, .. }) = ConfigError::both(branding, links)?;
        Ok(Self { store, link_key, branding })
    }
}

impl Branding {
    /// Reads `PRODUCT_NAME`, `PRODUCT_COLOUR` and, if it is set, `PRODUCT_LOGO_URL`.
    pub(super) fn from_env(env: &mut Environment) -> Option<Self> {
        let logo_url = env.optional("PRODUCT_LOGO_URL");
        let (name, colour) = (env.required::<ProductName>("PRODUCT_NAME"), env.required::<Colour>("PRODUCT_COLOUR"));
        Some(Self { name: name?, logo_url, colour: colour? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_exists_is_found_in_what_sns_says_of_it() {
        let arn = "arn:aws:sns:eu-central-1:123456789012:endpoint/GCM/atoll/0-1";
        let exists = format!(
            "Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different attributes."
        );
        assert_eq!(entered_before(Some("InvalidParameter"), Some(&exists)), Ok(arn.to_owned()));
        let bad = "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters";
        assert_eq!(entered_before(Some("InvalidParameter"), Some(bad)), Err(EnterError::BadToken));
        let throttled = entered_before(Some("Throttled"), Some(&exists));
        assert_eq!(throttled, Err(EnterError::Unavailable("SNS: Throttled".to_owned())));
    }
}
