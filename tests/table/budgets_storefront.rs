//! What functions of the storefront ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::orders::StockAvailability;
use contracts::payments::{DisputeOpened, PaymentStarted};
use tests::{Cost, budget, budget_at_most, cost};

use crate::storefront_support::{
    Front, Shown, archived, category, changed, confirmed, event, list, order_id, payment, placed, price, published,
    snapshot, sold, stock, units, variant_changed,
};

fn shown(function: &str, case: &str, shown: &Shown) {
    assert!(shown.status < 400, "{}", shown.body);
    budget(function, case, Cost::of_header(shown.header("server-timing")));
}

#[tokio::test]
async fn pages_keep_to_their_budget() {
    let front = Front::start().await;
    front.hear_all([category("shoes", None, 1), list("eur", 1, None), variant_changed(1, 1)]).await;
    front.hear_all([price(1, "eur", 1, Some(100)), published(1, 2, "shoe"), confirmed(1, &[units(0, 1, 1)])]).await;
    front.build_home().await;
    // One item, and at the same time price lists and categories, which the process then uses for ten seconds.
    shown("storefront-get-web-product", "first of a process", &front.product("shoe", "").await);
    shown("storefront-get-web-product", "found", &front.product("shoe", "").await);
    shown("storefront-get-web-product", "at least", &front.product("shoe", "atLeast=2").await);
    shown("storefront-get-mobile-product", "found", &front.mobile_product("shoe", "currency=EUR").await);
    shown("storefront-get-web-category", "one product", &front.category("shoes", "").await);
    shown("storefront-get-mobile-category", "one product", &front.mobile_category("shoes", "currency=EUR").await);
    shown("storefront-get-web-home", "one product", &front.home().await);
    shown("storefront-get-mobile-home", "one product", &front.mobile_home().await);
    // An earlier slug names the product, whose current slug is in another item.
    front.hear_all([changed(1, 3, snapshot("boot", vec![sold(1, &[])], &["shoes"]))]).await;
    shown("storefront-get-web-product", "earlier slug", &front.product("shoe", "").await);
    // With the standing: the page; 32 shards and three lists at once.
    let order = front.order(order_id(1), "", &front.manager).await;
    shown("storefront-get-backoffice-order", "found", &order);
    shown("storefront-get-dashboard", "one order", &front.dashboard(&front.manager).await);
}

#[tokio::test]
async fn consumers_keep_to_their_budget() {
    let front = Front::start().await;
    let catalog = async |case: &str, event| {
        budget("storefront-build-catalog-pages", case, cost(async { front.hear(event).await.unwrap() }).await);
    };
    catalog("category", category("shoes", None, 1)).await;
    catalog("price list", list("eur", 1, None)).await;
    catalog("variant of a draft", variant_changed(1, 1)).await;
    let publication = published(1, 2, "shoe");
    // The state, then page, card and variants at once, then all in one transaction. State, page, card and variants once more, then the
    // bundles with its variants.
    catalog("published", publication.clone()).await;
    catalog("published, duplicate", publication).await;
    // The facts, then as above.
    catalog("price", price(1, "eur", 1, Some(100))).await;
    catalog("availability", stock(1, 1, StockAvailability::LowStock)).await;
    // Routes of the components are written first, and the products of the components are read for their publication.
    catalog("bundle", changed(2, 1, snapshot("set", vec![sold(2, &[1])], &["shoes"]))).await;
    // The pages of the product and of the bundle, at once.
    let component = cost(async { front.hear(stock(1, 2, StockAvailability::InStock)).await.unwrap() }).await;
    budget_at_most("storefront-build-catalog-pages", "availability of a component", component);
    catalog("new slug", changed(1, 3, snapshot("boot", vec![sold(1, &[])], &["shoes"]))).await;
    catalog("archived", archived(1, 4)).await;

    let order = async |case: &str, event| {
        budget("storefront-build-order-pages", case, cost(async { front.hear(event).await.unwrap() }).await);
    };
    // Page and figures in one read, and in one transaction.
    let first = placed(1, &[units(0, 1, 1), units(1, 2, 1)]);
    order("placed", first.clone()).await;
    order("placed, duplicate", first).await;
    order("payment started", event(15, PaymentStarted { payment: payment(1) })).await;
    // With a counter for each of two products.
    order("confirmed", confirmed(1, &[units(0, 1, 1), units(1, 2, 1)])).await;
    let dispute = DisputeOpened { payment: payment(1), dispute_id: "d".to_owned(), disputed_minor: 1 };
    order("dispute", event(50, dispute)).await;

    // 16 partitions of products and 56 of sales, cards of the bestsellers, and the page.
    budget_at_most("storefront-build-home", "first", cost(front.build_home()).await);
    budget_at_most("storefront-build-home", "unchanged", cost(front.build_home()).await);
}
