//! `PUT /v1/commerce/settings/checkout`: replaces the checkout settings of the shop.

use axum::extract::State;
use contracts::payments::CaptureMode;
use dynamo::{Read, Versioned};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, IfMatch, Json, Problem, Tagged};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::checkout_view::{CheckoutSettingsView, SellerEntry};
use crate::ctx::Ctx;
use crate::domain::checkout::{
    CheckoutSettings, InvoicePrefix, MAX_ADDRESS_LINES, MAX_RETURN_DAYS, Seller, SellerError,
};

/// Request to replace the checkout settings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetCheckoutSettings {
    /// Whether orders can be placed. Carts are not affected.
    #[schema(example = true)]
    is_open: bool,
    /// When money is captured.
    capture_mode: CaptureMode,
    /// Days after delivery within which buyers may return units.
    #[schema(minimum = 0, maximum = 365, example = 14)]
    return_days: u16,
    /// Seller, as it stands on invoices. Null for none: then there are no invoices.
    #[serde(default)]
    seller: Option<SellerEntry>,
    /// First part of invoice numbers.
    #[schema(value_type = InvoicePrefix)]
    invoice_prefix: String,
}

impl SetCheckoutSettings {
    fn parse(self) -> Result<CheckoutSettings, Problem> {
        let mut fields = Fields::new();
        let Self { is_open, capture_mode: capture, return_days, seller, invoice_prefix } = self;
        let days = (return_days <= MAX_RETURN_DAYS).then_some(return_days);
        let days = fields.check("returnDays", days.ok_or(format!("must be 0 to {MAX_RETURN_DAYS}")));
        let prefix = fields.check("invoicePrefix", InvoicePrefix::parse(&invoice_prefix));
        let seller = match seller.map(parse_seller).transpose() {
            Ok(seller) => Some(seller),
            Err((field, message)) => {
                fields.refuse(&field, message);
                None
            }
        };
        fields.all((days, prefix, seller)).map(|(return_days, invoice_prefix, seller)| CheckoutSettings {
            is_open,
            capture,
            return_days,
            seller,
            invoice_prefix,
        })
    }
}

fn parse_seller(seller: SellerEntry) -> Result<Seller, (String, String)> {
    let address: Vec<String> = seller.address.into_iter().map(|line| line.0).collect();
    Seller::parse(&seller.name, &address, &seller.tax_number).map_err(|error| match error {
        SellerError::Name(error) => ("seller.name".to_owned(), error.to_string()),
        SellerError::AddressLength => {
            ("seller.address".to_owned(), format!("must have 1 to {MAX_ADDRESS_LINES} entries"))
        }
        SellerError::AddressLine(at, error) => (format!("seller.address[{at}]"), error.to_string()),
        SellerError::TaxNumber(error) => ("seller.taxNumber".to_owned(), error.to_string()),
    })
}

/// Replace the checkout settings
///
/// Applies to orders that are placed from now on. Requires `If-Match` with the last `ETag`, and the role `manager` or `admin`.
#[utoipa::path(
    put, path = "/v1/commerce/settings/checkout", operation_id = "set_checkout_settings", tag = "orders",
    security(("bearer" = ["manager"])),
    params(IfMatch),
    request_body = SetCheckoutSettings,
    responses((status = 200, description = "The checkout settings", body = CheckoutSettingsView))
)]
pub async fn set_checkout_settings(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    based_on: IfMatch,
    Json(body): Json<SetCheckoutSettings>,
) -> Result<Tagged<CheckoutSettingsView>, Problem> {
    let settings = body.parse()?;
    let (_, read) = standing.with(ctx.store.setting::<CheckoutSettings>(Read::Strong)).await?;
    let decide = |read: &Versioned<CheckoutSettings>| {
        based_on.check(read.version)?;
        Ok::<_, Problem>((read.value != settings).then(|| settings.clone()))
    };
    let written = ctx.store.change_setting(read, decide).await??;
    Ok(Tagged::new(written.version, CheckoutSettingsView::from(&written.value)))
}
