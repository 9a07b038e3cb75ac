//! Addresses in requests.

use kit::http::Fields;
use serde::Deserialize;
use types::{PersonName, PhoneNumber};
use utoipa::ToSchema;

use crate::domain::address::{Address, AddressLine, MAX_LINE_CHARS, MAX_POSTAL_CODE_CHARS};
use crate::domain::location::CountryCode;

/// Postal address in a request.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddressEntry {
    /// Name of the recipient.
    #[schema(min_length = 1, max_length = 100, example = "Ada Lovelace")]
    name: String,
    /// Company.
    #[schema(min_length = 1, max_length = 100)]
    company: Option<String>,
    /// Street and number.
    #[schema(min_length = 1, max_length = 100, example = "Hauptstraße 1")]
    line1: String,
    /// Further part of the address, such as a floor.
    #[schema(min_length = 1, max_length = 100)]
    line2: Option<String>,
    /// Postal code, where addresses have one.
    #[schema(min_length = 1, max_length = 20, example = "10115")]
    postal_code: Option<String>,
    /// City.
    #[schema(min_length = 1, max_length = 100, example = "Berlin")]
    city: String,
    /// State, province or prefecture, where addresses have one.
    #[schema(min_length = 1, max_length = 100)]
    state: Option<String>,
    /// Country.
    #[schema(value_type = CountryCode)]
    country: String,
    /// Phone number in E.164 format, for the carrier.
    #[schema(max_length = 32, example = "+4930123456")]
    phone: Option<String>,
}

types::redacted!(AddressEntry);

impl AddressEntry {
    /// Parses the address in a field. Errors are kept in `fields`.
    pub fn parse(&self, at: &str, fields: &mut Fields) -> Option<Address> {
        let mut line = |name: &str, text: &str, max_chars: usize| {
            fields.check(&format!("{at}.{name}"), AddressLine::parse(text, max_chars))
        };
        let line1 = line("line1", &self.line1, MAX_LINE_CHARS);
        let city = line("city", &self.city, MAX_LINE_CHARS);
        let mut optional = |name: &str, text: Option<&String>, max: usize| {
            text.map(|text| line(name, text, max)).map_or(Some(None), |line| line.map(Some))
        };
        let company = optional("company", self.company.as_ref(), MAX_LINE_CHARS);
        let line2 = optional("line2", self.line2.as_ref(), MAX_LINE_CHARS);
        let postal_code = optional("postalCode", self.postal_code.as_ref(), MAX_POSTAL_CODE_CHARS);
        let state = optional("state", self.state.as_ref(), MAX_LINE_CHARS);
        let name = fields.check(&format!("{at}.name"), PersonName::parse(&self.name));
        let country = fields.check(&format!("{at}.country"), CountryCode::parse(&self.country));
        let phone = self.phone.as_deref().map(PhoneNumber::parse).transpose();
        let phone = fields.check(&format!("{at}.phone"), phone);
        Some(Address {
            name: name?,
            company: company?,
            line1: line1?,
            line2: line2?,
            postal_code: postal_code?,
            city: city?,
            state: state?,
            country: country?,
            phone: phone?,
        })
    }
}
