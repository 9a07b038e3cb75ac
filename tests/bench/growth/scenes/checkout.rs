//! Orders among many orders, and carts among many products.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::Timestamp;
use kit::http::endpoint;
use orders::api::get_cart;
use serde_json::{Value, json};
use testkit::{Reply, Template};
use types::VariantId;

use super::ask::{Answer, Request, SignedInUser};
use super::copies::Copies;
use super::{Asking, Entry, Kind, Scene};
use crate::identity_support::stage;
use crate::orders_carts_support::{Person, Who};
use crate::orders_checkout_support::Desk;
use crate::orders_support::published;

/// How often an order is placed for each size, beside the first one.
const PLACINGS: usize = 5;
/// Carts that are filled before: for three sizes, with room.
const CARTS: usize = 24;
/// Units of the variant in stock.
const UNITS: i64 = 1_000;

pub(super) const SCENES: &[Entry] = &[
    Entry::new(Kind::Checkout, "GET /v1/commerce/carts/{id}", "products, and orders", || Box::pin(cart())),
    Entry::new(Kind::Checkout, "POST /v1/commerce/orders", "products, and orders", || Box::pin(placing()))
        .asked(PLACINGS),
];

/// A shop with a variant in stock, and a user.
struct Shop {
    desk: Desk,
    variant: VariantId,
    ann: Person,
}

async fn shop() -> Shop {
    let desk = Desk::start().await;
    let variant = desk.shop.assortment(1).await[0];
    desk.stock(&[variant], UNITS, &json!({ "parts": 1 })).await;
    let ann = desk.shop.person("ann@example.com").await;
    Shop { desk, variant, ann }
}

impl Shop {
    /// An order of the user, and the items of its own.
    async fn order(&self) -> (Value, Template) {
        let (cart, who) = self.desk.filled(&self.ann.who, &[(self.variant, 1)]).await;
        let (Reply { status, body, .. }, template) =
            self.desk.shop.table.written_by(self.desk.place(&who, &cart, "first")).await;
        assert_eq!(status, 201, "{body}");
        (body, template.with(&["orders#order#", "\"order#"]))
    }

    async fn orders(&self) -> Copies {
        let (order, template) = self.order().await;
        let at: Timestamp = text(&order["placedAt"]).parse().expect("a time");
        Copies::of(template, &text(&order["id"])).owned_by(&self.ann.id).made_at(at)
    }

    /// The copy of another variant.
    async fn products(&self) -> Copies {
        let other = VariantId::generate();
        let hear = self.desk.shop.hear(published(&[other], 1));
        let (heard, template) = self.desk.shop.table.written_by(hear).await;
        assert!(heard.is_ok(), "{heard:?}");
        Copies::of(template, &other)
    }

    fn ann(&self) -> SignedInUser {
        SignedInUser { id: self.ann.id, token: self.ann.token.clone() }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// As many products as orders.
fn both(products: &Copies, orders: &Copies) -> impl Fn(usize) -> Vec<Template> + 'static {
    let (products, orders) = (products.clone(), orders.clone());
    move |number| vec![products.own(number), orders.foreign(number)]
}

async fn cart() -> Scene {
    let shop = shop().await;
    let (products, orders) = (shop.products().await, shop.orders().await);
    let (cart, _) = shop.desk.filled(&shop.ann.who, &[(shop.variant, 1)]).await;
    let get = endpoint(get_cart::get_cart, shop.desk.ctx, stage());
    let request = Request::get(get, "/v1/commerce/carts/x", &shop.ann()).about("id", &cart);
    Scene::new(&shop.desk.shop.table, both(&products, &orders), request.again())
}

async fn placing() -> Scene {
    let shop = shop().await;
    let (products, orders) = (shop.products().await, shop.orders().await);
    let mut carts = Vec::new();
    for _ in 0..CARTS {
        carts.push(shop.desk.filled(&Who::Nobody, &[(shop.variant, 1)]).await);
    }
    let (table, carts) = (shop.desk.shop.table.clone(), RefCell::new(carts));
    let desk = Rc::new(shop.desk);
    let place = move |_| -> Asking {
        let (cart, guest) = carts.borrow_mut().pop().expect("a cart");
        let desk = Rc::clone(&desk);
        Box::pin(async move {
            let placed = desk.place(&guest, &cart, "1").await;
            assert_eq!(placed.status, 201, "{}", placed.body);
            Answer::from(placed)
        })
    };
    Scene::new(&table, both(&products, &orders), place)
}
