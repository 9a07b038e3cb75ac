//! Saved payment methods at a provider. No card is seen here: only its brand, last digits and expiry.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ClientSecret, ProviderCall};

/// Defines an id that the provider gives.
macro_rules! provider_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// An id that the provider gave.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

provider_id! {
    /// The provider's id of a buyer.
    CustomerId
}

provider_id! {
    /// The provider's id of a saved method.
    MethodId
}

provider_id! {
    /// The provider's id of a setup, in which a buyer saves a method without a payment.
    SetupId
}

/// A saved card, as its owner knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct SavedMethod {
    /// The provider's id.
    pub id: MethodId,
    /// Brand in lower case, such as `visa`.
    pub brand: String,
    /// Last four digits.
    pub last4: String,
    /// Month of the expiry, 1 to 12.
    pub expiry_month: u8,
    /// Year of the expiry, four digits.
    pub expiry_year: u16,
}

/// How far a setup got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupStatus {
    /// The buyer has not finished.
    Open,
    /// The method is saved.
    Succeeded,
    /// Canceled.
    Canceled,
}

/// A setup as the provider reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The provider's id.
    pub id: SetupId,
    /// Our reference. Absent if it was created by another deployment.
    pub reference: Option<String>,
    /// Status.
    pub status: SetupStatus,
    /// For the provider's form in the client. Absent once the setup has ended.
    pub client_secret: Option<ClientSecret>,
    /// The buyer.
    pub customer: Option<CustomerId>,
    /// The saved method, once it succeeded.
    pub method: Option<SavedMethod>,
}

/// The saved methods of buyers at a provider.
pub trait SavedMethods: Send + Sync {
    /// Creates a buyer. No personal data is sent. Idempotent by our reference for a day; after that it may create another,
    /// so store the id that was returned. A buyer who was deleted meanwhile is not returned: another one is created.
    fn create_customer<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, CustomerId>;

    /// Whether the buyer exists: it may have been deleted in the provider's dashboard.
    fn has_customer<'a>(&'a self, customer: &'a CustomerId) -> ProviderCall<'a, bool>;

    /// Deletes a buyer with all saved methods. Idempotent.
    fn delete_customer<'a>(&'a self, customer: &'a CustomerId) -> ProviderCall<'a, ()>;

    /// Starts to save a method for later payments, also without the buyer. Idempotent by our reference for a day.
    fn create_setup<'a>(&'a self, customer: &'a CustomerId, reference: &'a str) -> ProviderCall<'a, Setup>;

    /// A setup as it is now.
    fn find_setup<'a>(&'a self, id: &'a SetupId) -> ProviderCall<'a, Setup>;

    /// The saved cards of a buyer, newest first, at most 100.
    fn list_methods<'a>(&'a self, customer: &'a CustomerId) -> ProviderCall<'a, MethodList>;

    /// Removes a method from its buyer. Idempotent.
    fn detach_method<'a>(&'a self, method: &'a MethodId) -> ProviderCall<'a, ()>;

    /// Makes a method the buyer's default. Idempotent.
    fn set_default_method<'a>(&'a self, customer: &'a CustomerId, method: &'a MethodId) -> ProviderCall<'a, ()>;
}

/// The saved methods of one buyer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MethodList {
    /// Methods, newest first.
    pub methods: Vec<SavedMethod>,
    /// The default among them.
    pub default: Option<MethodId>,
}
