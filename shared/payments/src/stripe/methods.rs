//! Stripe's customers, setup intents and saved cards.

use std::collections::BTreeMap;

use futures::FutureExt;
use kit::outbound::{Answer, Call};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::view::{self, Card};
use super::{DEPLOYMENT, Stripe, not_done, refusal};
use crate::methods::{CustomerId, MethodId, MethodList, SavedMethod, SavedMethods, Setup, SetupId, SetupStatus};
use crate::{ClientSecret, PaymentError, ProviderCall};

/// The metadata that holds our reference of a setup or customer.
pub(super) const SETUP: &str = "atoll_setup";
const CUSTOMER: &str = "atoll_customer";
/// What does not exist, or belongs to no customer.
const MISSING: &str = "resource_missing";

/// How often a user is created anew within a day.
const MAX_CUSTOMERS: u32 = 10;

#[derive(Deserialize)]
struct Created {
    id: String,
}

#[derive(Deserialize)]
struct SetupIntent {
    id: String,
    status: String,
    client_secret: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "view::id")]
    customer: Option<String>,
    payment_method: Option<Method>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Method {
    Expanded(Saved),
    Id(#[expect(dead_code, reason = "only its shape is known then")] String),
}

#[derive(Deserialize)]
struct Saved {
    id: String,
    card: Option<Card>,
}

#[derive(Deserialize)]
struct Customer {
    #[serde(default)]
    invoice_settings: InvoiceSettings,
    #[serde(default)]
    deleted: bool,
}

#[derive(Default, Deserialize)]
struct InvoiceSettings {
    #[serde(default, deserialize_with = "view::id")]
    default_payment_method: Option<String>,
}

impl Saved {
    fn method(self) -> Option<SavedMethod> {
        let Self { id, card } = self;
        card.map(|card| card.saved(id))
    }
}

fn parsed<T: DeserializeOwned>(answer: &Answer) -> Result<T, PaymentError> {
    match refusal(answer)? {
        None => answer.json().map_err(PaymentError::Unreadable),
        Some(failed) => Err(not_done(answer, failed)),
    }
}

/// Something that was to be removed and is not there is removed.
fn removed(answer: &Answer) -> Result<(), PaymentError> {
    match refusal(answer)? {
        None => Ok(()),
        Some(failed) if failed.code.as_deref() == Some(MISSING) => Ok(()),
        // A method that was detached already is attached to no customer.
        Some(failed) if failed.code.as_deref() == Some("payment_method_not_attached") => Ok(()),
        Some(failed) => Err(not_done(answer, failed)),
    }
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

impl Stripe {
    fn setup(&self, setup: SetupIntent) -> Setup {
        let is_ours = setup.metadata.get(DEPLOYMENT) == Some(&self.deployment);
        let status = match setup.status.as_str() {
            "succeeded" => SetupStatus::Succeeded,
            "canceled" => SetupStatus::Canceled,
            _ => SetupStatus::Open,
        };
        let method = match setup.payment_method {
            Some(Method::Expanded(saved)) if status == SetupStatus::Succeeded => saved.method(),
            _ => None,
        };
        Setup {
            id: SetupId::new(setup.id),
            reference: setup.metadata.get(SETUP).filter(|_| is_ours).cloned(),
            status,
            client_secret: setup.client_secret.filter(|_| status == SetupStatus::Open).map(ClientSecret::new),
            customer: setup.customer.map(CustomerId::new),
            method,
        }
    }
}

impl SavedMethods for Stripe {
    fn create_customer<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, CustomerId> {
        async move {
            let fields = vec![self.ours(), field(&format!("metadata[{CUSTOMER}]"), reference)];
            for number in 0..MAX_CUSTOMERS {
                let key = match number {
                    0 => format!("{reference}:customer"),
                    _ => format!("{reference}:customer:{number}"),
                };
                let answer = self.form("customers", Some(&key), &fields).await?;
                let customer = CustomerId::new(parsed::<Created>(&answer)?.id);
                // A key of the last day returns the customer of then, also one who was deleted since.
                if self.has_customer(&customer).await? {
                    return Ok(customer);
                }
            }
            Err(PaymentError::State { code: "customer_deleted".to_owned() })
        }
        .boxed()
    }

    fn has_customer<'a>(&'a self, customer: &'a CustomerId) -> ProviderCall<'a, bool> {
        async move {
            match parsed::<Customer>(&self.read(&format!("customers/{customer}"), &Vec::new()).await?) {
                Ok(read) => Ok(!read.deleted),
                Err(PaymentError::Refused { status: 404, .. }) => Ok(false),
                Err(error) => Err(error),
            }
        }
        .boxed()
    }

    fn delete_customer<'a>(&'a self, customer: &'a CustomerId) -> ProviderCall<'a, ()> {
        async move { removed(&self.send(Call::delete(format!("{}/v1/customers/{customer}", self.url))).await?) }.boxed()
    }

    fn create_setup<'a>(&'a self, customer: &'a CustomerId, reference: &'a str) -> ProviderCall<'a, Setup> {
        async move {
            let fields = vec![
                field("customer", customer.as_str()),
                field("usage", "off_session"),
                field("payment_method_types[]", "card"),
                field("expand[]", "payment_method"),
                self.ours(),
                field(&format!("metadata[{SETUP}]"), reference),
            ];
            let answer = self.form("setup_intents", Some(&format!("{reference}:setup")), &fields).await?;
            Ok(self.setup(parsed(&answer)?))
        }
        .boxed()
    }

    fn find_setup<'a>(&'a self, id: &'a SetupId) -> ProviderCall<'a, Setup> {
        async move {
            let answer = self.read(&format!("setup_intents/{id}"), &vec![field("expand[]", "payment_method")]).await?;
            Ok(self.setup(parsed(&answer)?))
        }
        .boxed()
    }

    fn list_methods<'a>(&'a self, customer: &'a CustomerId) -> ProviderCall<'a, MethodList> {
        async move {
            let query = vec![field("type", "card"), field("limit", "100")];
            let (methods, path) = (format!("customers/{customer}/payment_methods"), format!("customers/{customer}"));
            let none = Vec::new();
            let (methods, customer) = futures::future::join(self.read(&methods, &query), self.read(&path, &none)).await;
            let customer: Customer = match parsed(&customer?) {
                Err(PaymentError::Refused { status: 404, .. }) => return Ok(MethodList::default()),
                read => read?,
            };
            if customer.deleted {
                return Ok(MethodList::default());
            }
            let methods: Vec<Saved> = view::list(&methods?)?;
            let methods: Vec<_> = methods.into_iter().filter_map(Saved::method).collect();
            let default = customer.invoice_settings.default_payment_method.map(MethodId::new);
            Ok(MethodList { default: default.filter(|id| methods.iter().any(|method| method.id == *id)), methods })
        }
        .boxed()
    }

    fn detach_method<'a>(&'a self, method: &'a MethodId) -> ProviderCall<'a, ()> {
        async move { removed(&self.form(&format!("payment_methods/{method}/detach"), None, &Vec::new()).await?) }
            .boxed()
    }

    fn set_default_method<'a>(&'a self, customer: &'a CustomerId, method: &'a MethodId) -> ProviderCall<'a, ()> {
        async move {
            let fields = vec![field("invoice_settings[default_payment_method]", method.as_str())];
            parsed::<Created>(&self.form(&format!("customers/{customer}"), None, &fields).await?).map(drop)
        }
        .boxed()
    }
}
