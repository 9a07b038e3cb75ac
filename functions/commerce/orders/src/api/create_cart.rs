//! `POST /v1/commerce/carts`: creates a cart for a user or a guest.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Buyer, CheckedBuyer, GuestKey};
use kit::http::{Created, Fields, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::{BuyerId, CartId, CurrencyCode, UserId};
use utoipa::ToSchema;

use crate::api::cart_view::CartView;
use crate::ctx::Ctx;
use crate::domain::cart::Cart;
use crate::domain::prices::PriceListCopies;
use crate::problem::Refusal;

/// Request to create a cart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateCart {
    /// Currency of all prices. The shop must have a price list in it.
    #[schema(value_type = CurrencyCode)]
    currency: String,
}

/// New cart.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedCart {
    /// The cart.
    pub cart: CartView,
    /// Key that opens the cart of a guest, and the orders placed from it: send it as `Guest-Key`. It is returned only here. Null
    /// for users.
    #[schema(example = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    pub guest_key: Option<String>,
}

types::redacted!(CreatedCart);

/// Create a cart
///
/// A user has one cart, whose ID never changes: the request returns it, with `currency` as its new currency. Without an access
/// token, the request creates a cart of a guest and returns the key that opens it. A guest's cart is deleted 30 days after its
/// last change. Idempotent for users; a guest who repeats it gets another empty cart. Limit: 300 guest carts per network address
/// and hour.
#[utoipa::path(
    post, path = "/v1/commerce/carts", operation_id = "create_cart", tag = "orders",
    security((), ("bearer" = [])),
    request_body = CreateCart,
    responses(
        (status = 201, description = "The cart", body = CreatedCart),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`orders.no_such_cart`: the account was deleted"),
        (status = 429, description = "`request.limit_exceeded`: too many guest carts from this network address; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_cart(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    buyer: Option<Buyer>,
    Json(body): Json<CreateCart>,
) -> Result<Created<CreatedCart>, Problem> {
    let mut fields = Fields::new();
    let currency = fields.check("currency", CurrencyCode::parse(&body.currency));
    let (currency,) = fields.all((currency,))?;
    match buyer {
        Some(buyer @ Buyer::User(_)) => Box::pin(of_user(ctx, &buyer, currency)).await,
        Some(Buyer::Guest(_)) | None => of_guest(ctx, &call, currency).await,
    }
}

async fn of_user(ctx: &Ctx, buyer: &Buyer, currency: CurrencyCode) -> Result<Created<CreatedCart>, Problem> {
    let load = async {
        let lists = ctx.store.setting::<PriceListCopies>(Read::Eventual);
        let BuyerId::User(user) = buyer.id() else { return Err(Problem::internal("a user has no ID")) };
        let cart = ctx.store.cart(buyer.id(), Cart::id_of_user(user), ctx.clock.now());
        let (lists, cart) = futures::try_join!(lists, cart)?;
        Ok((lists.value, cart, user))
    };
    let (CheckedBuyer::User(_), (lists, cart, user)) = buyer.with(load).await? else {
        return Err(Problem::internal("a user became a guest"));
    };
    check_currency(&lists, &currency)?;
    let cart = match cart {
        Some(cart) => in_currency(ctx, cart, &currency).await?,
        None => create(ctx, user, &currency).await?,
    };
    Ok(created(&cart, None))
}

async fn in_currency(ctx: &Ctx, cart: Versioned<Cart>, currency: &CurrencyCode) -> Result<Cart, Problem> {
    let now = ctx.clock.now();
    let changed = ctx.store.change_cart(cart, |cart| {
        let next = cart.value.in_currency(currency.clone(), now);
        Ok::<_, Problem>((next.currency != cart.value.currency).then_some(next))
    });
    Ok(changed.await??.ok_or(Refusal::NoSuchCart)?.value)
}

async fn create(ctx: &Ctx, user: UserId, currency: &CurrencyCode) -> Result<Cart, Problem> {
    let now = ctx.clock.now();
    let new = Cart::new_of_user(user, currency.clone(), now);
    if ctx.store.create_user_cart(user, &new).await?.is_ok() {
        return Ok(new);
    }
    // Another request created it, or the user was deleted.
    let there = ctx.store.cart(BuyerId::User(user), new.id, now).await?;
    in_currency(ctx, there.ok_or(Refusal::NoSuchCart)?, currency).await
}

async fn of_guest(ctx: &Ctx, call: &Invocation, currency: CurrencyCode) -> Result<Created<CreatedCart>, Problem> {
    let now = ctx.clock.now();
    let lists = async { Ok::<_, Problem>(ctx.store.setting::<PriceListCopies>(Read::Eventual).await?) };
    let counted = async { Ok(ctx.store.count_guest_cart(&call.source_ip, now).await?) };
    let (lists, ()) = futures::try_join!(lists, counted)?;
    check_currency(&lists.value, &currency)?;
    let key = GuestKey::generate().map_err(Problem::internal)?;
    let cart = Cart::new(CartId::generate(), BuyerId::Guest(key.hash()), currency, now);
    ctx.store.create_guest_cart(&cart).await?;
    Ok(created(&cart, Some(key.expose().to_owned())))
}

fn check_currency(lists: &PriceListCopies, currency: &CurrencyCode) -> Result<(), Problem> {
    let mut fields = Fields::new();
    if !lists.has_currency(currency) {
        fields.refuse("currency", "must be a currency of a price list of the shop");
    }
    fields.all((Some(()),)).map(|((),)| ())
}

fn created(cart: &Cart, guest_key: Option<String>) -> Created<CreatedCart> {
    Created::at(format!("/v1/commerce/carts/{}", cart.id), CreatedCart { cart: CartView::from(cart), guest_key })
}
