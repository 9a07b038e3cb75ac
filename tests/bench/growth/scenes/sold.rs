//! Lists of orders, and of what belongs to one.

use contracts::payments::CaptureMode;
use dynamo::Outbox;
use kit::http::{Endpoint, endpoint};
use orders::api::{
    create_return, create_shipment, list_all_orders, list_invoices, list_orders, list_returns, list_shipments,
};
use orders::consumers::issue_invoices::issue_invoices;
use orders::domain::checkout::{CheckoutSettings, Seller};
use orders::domain::placed::Order;
use orders::store::{OrderEntry, Orders, UserOrder};
use serde_json::{Value, json};
use testkit::Template;
use tests::order_samples::{OrderSample, confirmed_order};
use types::{BuyerId, OrderId};

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::stage;
use crate::orders_support::{Place, Shop, event};

/// What grows where the list is of one order.
const OTHERS: &str = "those of other orders";

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/commerce/admin/orders?state=confirmed", "orders", || Box::pin(all_orders())),
    Entry::list("GET /v1/commerce/orders", "orders of the same user, and of others", || Box::pin(own_orders())),
    Entry::list("GET /v1/commerce/orders/{id}/invoices", OTHERS, || Box::pin(invoices())),
    Entry::list("GET /v1/commerce/orders/{id}/returns", OTHERS, || Box::pin(returns())),
    Entry::list("GET /v1/commerce/orders/{id}/shipments", OTHERS, || Box::pin(shipments())),
];

/// A user with a confirmed order.
struct Sold {
    shop: Shop,
    place: Place,
    buyer: SignedInUser,
    order: Order,
    /// What was written of the order.
    written: Template,
}

impl Sold {
    async fn start() -> Self {
        let shop = Shop::start().await;
        let place = shop.stocked(1).await;
        assert_eq!(shop.adjust(place, "first", 10).await.status, 201);
        let buyer = SignedInUser::of(&shop.identity).await;
        let Place { variant, location } = place;
        let (id, capture) = (OrderId::generate(), CaptureMode::Immediate);
        let sample = OrderSample { id, buyer: BuyerId::User(buyer.id), variant, location, quantity: 3, capture };
        let order = confirmed_order(sample);
        let (table, none) = (shop.table.of::<Orders>(), Outbox::none());
        let pointer = UserOrder::of(&order).expect("an order of a user");
        let stored = table.transaction().create(&order, &none).create(&OrderEntry::of(&order), &none);
        let (stored, written) = shop.table.written_by(stored.create(&pointer, &none).commit()).await;
        assert!(stored.is_ok(), "{stored:?}");
        Self { shop, place, buyer, order, written }
    }

    fn manager(&self) -> SignedInUser {
        SignedInUser { id: types::UserId::generate(), token: self.shop.token.clone() }
    }

    /// Changes the order as a manager. Returns what was written of it.
    async fn manage(&self, endpoint: &Endpoint, key: &str, body: &Value) -> Template {
        let path = [("id", self.order.id.to_string())];
        let call = self.shop.call(endpoint, ("POST", key, ""), &path, Some(body));
        let (reply, template) = self.shop.table.written_by(call).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        template
    }

    async fn ship(&self) -> Template {
        let endpoint = endpoint(create_shipment::create_shipment, self.shop.ctx, stage());
        let units = json!([{ "line": 0, "quantity": 2 }]);
        self.manage(&endpoint, "ship", &json!({ "locationId": self.place.location, "units": units })).await
    }

    /// The list of what the order has one of, beside copies for other orders.
    fn list(self, endpoint: Endpoint, written: &Template, kind: &str) -> Scene {
        let copies = Copies::of(written.with(&[kind]), &self.order.id).owned_by(&self.buyer.id);
        let request = Request::get(endpoint, "/v1/commerce/orders/x/y", &self.buyer).about("id", &self.order.id);
        Scene::new(&self.shop.table, copies.others(), request.again()).showing(1, false)
    }
}

async fn all_orders() -> Scene {
    let sold = Sold::start().await;
    let copies = Copies::of(sold.written.with(&["\"entry\""]), &sold.order.id).made_at(sold.order.placed_at);
    let list = endpoint(list_all_orders::list_all_orders, sold.shop.ctx, stage());
    let request = Request::get(list, "/v1/commerce/admin/orders?state=confirmed", &sold.manager());
    Scene::new(&sold.shop.table, copies.all(), request.again()).showing(20, true)
}

async fn own_orders() -> Scene {
    let sold = Sold::start().await;
    let copies = Copies::of(sold.written.with(&["\"entry\"", "\"order#"]), &sold.order.id)
        .owned_by(&sold.buyer.id)
        .made_at(sold.order.placed_at);
    let list = endpoint(list_orders::list_orders, sold.shop.ctx, stage());
    let request = Request::get(list, "/v1/commerce/orders", &sold.buyer);
    Scene::new(&sold.shop.table, copies.both(), request.again()).showing(20, true)
}

async fn shipments() -> Scene {
    let sold = Sold::start().await;
    let written = sold.ship().await;
    let list = endpoint(list_shipments::list_shipments, sold.shop.ctx, stage());
    sold.list(list, &written, "\"shipment#")
}

async fn returns() -> Scene {
    let sold = Sold::start().await;
    sold.ship().await;
    let create = endpoint(create_return::create_return, sold.shop.ctx, stage());
    let body = json!({ "lines": [{ "line": 0, "quantity": 1 }], "reason": "not_wanted" });
    let written = sold.manage(&create, "return", &body).await;
    let list = endpoint(list_returns::list_returns, sold.shop.ctx, stage());
    sold.list(list, &written, "\"return#")
}

async fn invoices() -> Scene {
    let sold = Sold::start().await;
    let seller = Seller::parse("Atoll Handels GmbH", &["Hafenstr. 1".to_owned()], "DE123456789").expect("a seller");
    let settings = CheckoutSettings { seller: Some(seller), ..CheckoutSettings::default() };
    sold.shop.table.of::<Orders>().create(settings, &Outbox::none()).await.expect("settings");
    let confirmed = contracts::orders::OrderConfirmed { order: sold.order.facts(), lines: sold.order.sold() };
    let (issued, written) =
        Box::pin(sold.shop.table.written_by(issue_invoices(sold.shop.consumer, event(confirmed)))).await;
    issued.expect("an invoice");
    let list = endpoint(list_invoices::list_invoices, sold.shop.ctx, stage());
    sold.list(list, &written, "\"invoice#")
}
