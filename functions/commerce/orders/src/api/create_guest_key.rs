//! `POST /v1/commerce/guest-keys`: opens a guest's order on another device.

use std::convert::Infallible;

use axum::extract::State;
use dynamo::{Outbox, Read, Versioned};
use kit::auth::GuestKey;
use kit::http::{Created, Fields, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, OrderId};
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::order_number::{OrderName, OrderNumber};
use crate::domain::placed::Order;
use crate::domain::unit_changes::UnitChanges;
use crate::problem::Refusal;
use crate::store::{OrderChange, OrderOutcome};

/// Request for a key of an order.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateGuestKey {
    /// Order number, in capital or small letters. Messages about the order contain it.
    #[schema(min_length = 10, max_length = 10, example = "7ZK2M0QX9D")]
    order_number: String,
    /// E-mail address that the order was placed with.
    #[schema(format = Email, min_length = 3, max_length = 254, example = "ann@example.com")]
    email: String,
}

types::redacted!(CreateGuestKey);

impl CreateGuestKey {
    fn parse(&self) -> Result<(OrderNumber, EmailAddress), Problem> {
        let mut fields = Fields::new();
        let number = fields.check("orderNumber", OrderNumber::parse(&self.order_number));
        let email = fields.check("email", EmailAddress::parse(&self.email));
        fields.all((number, email))
    }
}

/// Key of an order.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderGuestKey {
    /// Order ID.
    pub order_id: OrderId,
    /// Key that opens this order: send it as `Guest-Key`. It is returned only here.
    #[schema(example = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    pub guest_key: String,
}

types::redacted!(OrderGuestKey);

/// Create a guest key
///
/// Returns a key for an order of a guest who has lost the key of the cart, or opens the order on another device: with the order
/// number and the e-mail address of the order. The key opens this order with its shipments, returns and invoices; it cannot pay
/// for it. The five newest keys of an order are valid. Public: no authentication. Limit: 20 requests per network address and
/// hour.
#[utoipa::path(
    post, path = "/v1/commerce/guest-keys", operation_id = "create_guest_key", tag = "orders",
    request_body = CreateGuestKey,
    responses(
        (status = 201, description = "The key", body = OrderGuestKey),
        (status = 404, description = "`orders.no_such_order`: no order of a guest with this number and e-mail address"),
        (status = 429, description = "`request.limit_exceeded`: too many requests from this network address; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_guest_key(
    State(ctx): State<&'static Public>,
    call: Invocation,
    Json(body): Json<CreateGuestKey>,
) -> Result<Created<OrderGuestKey>, Problem> {
    let ((number, email), now) = (body.parse()?, ctx.clock.now());
    let name = OrderName::Number(number);
    let found = async { Ok::<_, Problem>(ctx.store.order_id(&name).await?) };
    let counted = async { Ok(ctx.store.count_guest_key(&call.source_ip, now).await?) };
    let (id, ()) = futures::try_join!(found, counted)?;
    let id = id.ok_or(Refusal::NoSuchOrder)?;
    let order = ctx.store.order(id, Read::Strong).await?.filter(|order| order.value.is_of_guest(&email));
    let order = order.ok_or(Refusal::NoSuchOrder)?;
    let key = GuestKey::generate().map_err(Problem::internal)?;
    let decide = |read: &Versioned<Order>| -> Result<_, Infallible> {
        let next = read.value.with_guest_key(key.hash());
        Ok(Some(OrderChange { next, units: UnitChanges::default(), outbox: Outbox::none() }))
    };
    match ctx.store.change_read_order(order, decide).await? {
        OrderOutcome::Changed(_) | OrderOutcome::Unchanged(_) => {}
        OrderOutcome::Absent => return Err(Refusal::NoSuchOrder.into()),
        OrderOutcome::Refused(never) => match never {},
    }
    let path = format!("/v1/commerce/orders/{id}");
    Ok(Created::at(path, OrderGuestKey { order_id: id, guest_key: key.expose().to_owned() }))
}
