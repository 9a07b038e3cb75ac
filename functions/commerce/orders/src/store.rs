//! The items of this context in the table. The key table is in this context's README.

mod carts;
mod customers;
mod fulfilment;
mod order_lists;
mod orders;
mod placing;
mod promotions;
mod settings;
mod stock;
mod stock_list;
mod user_copies;
mod variants;

use dynamo::{Context, Entity, IndexKey, Key, Table};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{BuyerId, CartId, LocationId, MovementId, PromotionId, UserId, Uuid, VariantId};

use crate::domain::availability::VariantStock;
use crate::domain::cart::Cart;
use crate::domain::checkout::CheckoutSettings;
use crate::domain::customer::Customer;
use crate::domain::level::StockLevel;
use crate::domain::location::Locations;
use crate::domain::movement::Movement;
use crate::domain::names::PromotionCode;
use crate::domain::prices::PriceListCopies;
use crate::domain::regions::RegionSettings;
use crate::domain::shipping::ShippingSettings;
use crate::domain::shop_promotion::{AutomaticPromotions, CodeEntry, ShopPromotion};
use crate::domain::taxes::TaxSettings;
use crate::domain::variant_copy::VariantCopy;

pub use carts::{CartExists, CartRead, CartsRead, LineRead, MergeFailed};
pub use customers::CustomerNotWritten;
pub use fulfilment::{
    InvoicesRead, NotReturned, NotShipped, NoticeEvent, ReturnRead, ReturnsRead, ShipmentWrite, With,
};
pub use order_lists::{LapsedCursor, OrderFilter};
pub use orders::{OrderChange, OrderEntry, OrderOutcome, SHARDS, UserOrder};
pub use placing::{CheckoutRead, NotAdmitted, NotPlaced, PlacingRead};
pub use promotions::{PromotionRead, PromotionWrite, count_uses, return_uses};
pub use settings::Setting;
pub use stock::{NotWritten, StockRead, StockWrite};
pub use stock_list::{MAX_STOCK_PAGE, StockPage};

/// The context's name in keys.
#[derive(Debug)]
pub struct Orders;

impl Context for Orders {
    const NAME: &'static str = "orders";
}

impl Entity for Locations {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        locations_key()
    }
}

impl Entity for TaxSettings {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        taxes_key()
    }
}

impl Entity for ShippingSettings {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        shipping_key()
    }
}

impl Entity for RegionSettings {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        regions_key()
    }
}

impl Entity for PriceListCopies {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        price_lists_key()
    }
}

impl Entity for AutomaticPromotions {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        automatic_key()
    }
}

impl Entity for ShopPromotion {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        promotion_key(self.id)
    }

    /// All promotions, by the time of their creation.
    fn index(&self) -> Option<IndexKey<Orders>> {
        let sort = format!("at#{:015}#{}", self.created_at.as_millisecond(), self.id);
        Some(IndexKey::new("promotions", "all", sort))
    }
}

impl Entity for CodeEntry {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        code_key(&self.code)
    }
}

/// How often a promotion was used in all, while it has a limit.
#[derive(Debug, Serialize, Deserialize)]
struct PromotionUses {
    promotion_id: PromotionId,
    /// Written by the count alone.
    #[serde(default, skip_serializing)]
    used: u32,
}

impl Entity for PromotionUses {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        uses_key(self.promotion_id)
    }
}

/// How often an account or an e-mail address used a promotion, while it has such a limit.
#[derive(Debug, Serialize, Deserialize)]
struct Redemption {
    promotion_id: PromotionId,
    customer: Uuid,
    /// Written by the count alone.
    #[serde(default, skip_serializing)]
    used: u32,
}

impl Entity for Redemption {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        redemption_key(self.promotion_id, self.customer)
    }
}

impl Entity for Customer {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        customer_key(self.user_id)
    }
}

impl Entity for Cart {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        match self.owner {
            BuyerId::User(user) => user_cart_key(user),
            BuyerId::Guest(_) => guest_cart_key(self.id),
        }
    }

    /// Guests' carts are swept some time after they ended to exist.
    fn expires_at(&self) -> Option<i64> {
        Self::expires_at(self).map(Timestamp::as_second)
    }
}

impl Entity for CheckoutSettings {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        checkout_key()
    }
}

impl Entity for VariantCopy {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        variant_key(self.variant_id)
    }
}

impl Entity for VariantStock {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        variant_stock_key(self.variant_id)
    }

    /// Listed by its availability, and by the ID of the variant.
    fn index(&self) -> Option<IndexKey<Orders>> {
        Some(stock_list::index_of(self))
    }
}

impl Entity for StockLevel {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        level_key(self.variant_id, Some(self.location_id))
    }
}

/// What a change of the units of a level says of it. It has the level's key and none of its settings, which the change leaves
/// as they are.
#[derive(Debug, Serialize, Deserialize)]
struct LevelUnits {
    variant_id: VariantId,
    location_id: LocationId,
    revision: u64,
}

impl Entity for LevelUnits {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        level_key(self.variant_id, Some(self.location_id))
    }
}

/// The free units of a part of a level, from part 1. Each part has a partition of its own, so that parts do not share its
/// write capacity.
#[derive(Debug, Serialize, Deserialize)]
struct StockPart {
    variant_id: VariantId,
    location_id: LocationId,
    part: u16,
    free: i64,
}

impl Entity for StockPart {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        part_key(self.variant_id, self.location_id, self.part)
    }
}

impl Entity for Movement {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        movement_key(self.id)
    }

    /// Listed at its level by time.
    fn index(&self) -> Option<IndexKey<Orders>> {
        let sort = format!("at#{:015}#{}", self.at.as_millisecond(), self.id);
        Some(IndexKey::new("movements", level_name(self.variant_id, self.location_id), sort))
    }
}

fn locations_key() -> Key<Orders> {
    Key::new("shop", "all", "locations")
}

fn taxes_key() -> Key<Orders> {
    Key::new("shop", "all", "taxes")
}

fn shipping_key() -> Key<Orders> {
    Key::new("shop", "all", "shipping")
}

fn checkout_key() -> Key<Orders> {
    Key::new("shop", "all", "checkout")
}

fn regions_key() -> Key<Orders> {
    Key::new("shop", "all", "regions")
}

fn price_lists_key() -> Key<Orders> {
    Key::new("shop", "all", "price-lists")
}

fn automatic_key() -> Key<Orders> {
    Key::new("shop", "all", "promotions")
}

fn promotion_key(id: PromotionId) -> Key<Orders> {
    Key::new("promotion", id, "promotion")
}

fn promotions_index() -> IndexKey<Orders> {
    IndexKey::new("promotions", "all", "at#")
}

fn uses_key(promotion: PromotionId) -> Key<Orders> {
    Key::new("promotion", promotion, "uses")
}

fn redemption_key(promotion: PromotionId, customer: Uuid) -> Key<Orders> {
    Key::new("redemption", format!("{promotion}#{customer}"), "uses")
}

fn code_key(code: &PromotionCode) -> Key<Orders> {
    Key::new("code", code, "code")
}

fn customer_key(user: UserId) -> Key<Orders> {
    Key::new("user", user, "customer")
}

fn user_cart_key(user: UserId) -> Key<Orders> {
    Key::new("user", user, "cart")
}

fn guest_cart_key(id: CartId) -> Key<Orders> {
    Key::new("cart", id, "cart")
}

/// The key of a buyer's cart with this ID. None if the user's cart has another ID.
fn cart_key(buyer: BuyerId, id: CartId) -> Option<Key<Orders>> {
    match buyer {
        BuyerId::User(user) => (Cart::id_of_user(user) == id).then(|| user_cart_key(user)),
        BuyerId::Guest(_) => Some(guest_cart_key(id)),
    }
}

fn variant_key(variant: VariantId) -> Key<Orders> {
    Key::new("variant", variant, "variant")
}

fn variant_stock_key(variant: VariantId) -> Key<Orders> {
    Key::new("stock", variant, "variant")
}

/// The key of a level; without a location, what the keys of all levels of the variant start with.
fn level_key(variant: VariantId, location: Option<LocationId>) -> Key<Orders> {
    let location = location.map(|location| location.to_string()).unwrap_or_default();
    Key::new("stock", variant, format!("level#{location}"))
}

fn part_key(variant: VariantId, location: LocationId, part: u16) -> Key<Orders> {
    Key::new("part", format!("{}#{part:02}", level_name(variant, location)), "part")
}

fn movement_key(id: MovementId) -> Key<Orders> {
    Key::new("movement", id, "movement")
}

fn movements_index(variant: VariantId, location: LocationId) -> IndexKey<Orders> {
    IndexKey::new("movements", level_name(variant, location), "at#")
}

fn level_name(variant: VariantId, location: LocationId) -> String {
    format!("{variant}#{location}")
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Orders>,
}

impl kit::OpenStore for Store {
    type Context = Orders;

    fn open(table: Table<Orders>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Orders>) -> Self {
        Self { table }
    }
}
