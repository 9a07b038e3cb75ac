//! `PUT /v1/commerce/carts/{id}/details`: replaces e-mail address, addresses and shipping method.

use axum::extract::State;
use kit::auth::Buyer;
use kit::http::{Fields, Id, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{CartId, EmailAddress};
use utoipa::ToSchema;

use crate::api::cart_body::AddressEntry;
use crate::api::cart_view::CartView;
use crate::ctx::Ctx;
use crate::domain::cart::{CartDetails, Language};
use crate::domain::shipping::ShippingCode;
use crate::problem::Refusal;

/// Request to replace the details of a cart. What is absent is removed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetCartDetails {
    /// E-mail address for messages about the order.
    #[schema(format = Email, max_length = 254, example = "ann@example.com")]
    email: Option<String>,
    /// Language of these messages. Absent for English.
    language: Option<Language>,
    /// Where the order is delivered. Its country decides on taxes, price lists and shipping methods.
    shipping_address: Option<AddressEntry>,
    /// Who pays. Absent for the shipping address.
    billing_address: Option<AddressEntry>,
    /// Code of the shipping method.
    #[schema(value_type = Option<ShippingCode>)]
    shipping_method: Option<String>,
}

types::redacted!(SetCartDetails);

impl SetCartDetails {
    fn parse(&self) -> Result<CartDetails, Problem> {
        let mut fields = Fields::new();
        let email = fields.check("email", self.email.as_deref().map(EmailAddress::parse).transpose());
        let mut address = |entry: &Option<AddressEntry>, at| match entry {
            Some(entry) => entry.parse(at, &mut fields).map(Some),
            None => Some(None),
        };
        let shipping_address = address(&self.shipping_address, "shippingAddress");
        let billing_address = address(&self.billing_address, "billingAddress");
        let method = self.shipping_method.as_deref().map(ShippingCode::parse).transpose();
        let shipping_method = fields.check("shippingMethod", method);
        let (email, shipping_address, billing_address, shipping_method) =
            fields.all((email, shipping_address, billing_address, shipping_method))?;
        let language = self.language.unwrap_or_default();
        Ok(CartDetails { email, language, shipping_address, billing_address, shipping_method })
    }
}

/// Set the details of a cart
///
/// Replaces e-mail address, addresses and shipping method. Whether the method delivers to the address is checked when the cart
/// is priced: `problems` of the cart says so. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/carts/{id}/details", operation_id = "set_cart_details", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = CartId, Path, description = "Cart ID"),
        OptionalIfMatch,
    ),
    request_body = SetCartDetails,
    responses(
        (status = 200, description = "The cart, without prices", body = CartView),
        (status = 404, description = "`orders.no_such_cart`: no cart of the caller with this ID"),
    )
)]
pub async fn set_cart_details(
    State(ctx): State<&'static Ctx>,
    buyer: Buyer,
    based_on: Option<IfMatch>,
    Path(Id { id }): Path<Id<CartId>>,
    Json(body): Json<SetCartDetails>,
) -> Result<Tagged<CartView>, Problem> {
    let (details, now) = (body.parse()?, ctx.clock.now());
    let (_, cart) = buyer.with(ctx.store.cart(buyer.id(), id, now)).await?;
    let written = ctx.store.change_cart(cart.ok_or(Refusal::NoSuchCart)?, |cart| {
        if let Some(tag) = based_on {
            tag.check(cart.version)?;
        }
        Ok::<_, Problem>((cart.value.details != details).then(|| cart.value.with_details(details.clone(), now)))
    });
    let written = written.await??.ok_or(Refusal::NoSuchCart)?;
    Ok(Tagged::new(written.version, CartView::from(&written.value)))
}
