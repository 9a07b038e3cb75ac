//! Tests of the model: reasons, fallbacks, filters and the bound of its size.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use types::{OrderId, ProductId, Uuid, VariantId};

use super::basket::{Basket, BasketLine};
use super::build::{Build, Part};
use super::collected::{Collected, MAX_SESSIONS, product_id};
use super::feed::{Change, Changes};
use super::model::{Kind, MAX_BYTES, Model, Reason};
use super::product_copy::{ProductCopy, VariantStock};
use super::session::{Session, SessionHash, View};

fn product(number: u128, category: &str, available: bool) -> ProductCopy {
    let variant = VariantId::new(Uuid::from_u128(number));
    ProductCopy {
        revision: 1,
        published: true,
        categories: vec![category.to_owned()],
        variants: BTreeSet::from([variant]),
        stock: BTreeMap::from([(variant, VariantStock { revision: 1, available })]),
        ..ProductCopy::unknown(product_id(number))
    }
}

fn session(second: i64, products: &[u128]) -> Session {
    let at = Timestamp::from_second(second).unwrap();
    let views = products.iter().map(|number| View { product_id: product_id(*number), at }).collect();
    Session { views, ..Session::start(SessionHash::of("0123456789abcdef").unwrap(), None, at) }
}

fn basket(second: i64, lines: &[(u128, u32)]) -> Basket {
    let line = |(number, quantity): &(u128, u32)| BasketLine { product_id: product_id(*number), quantity: *quantity };
    Basket {
        order_id: OrderId::generate(),
        user_id: None,
        placed_at: Timestamp::from_second(second).unwrap(),
        lines: lines.iter().map(line).collect(),
    }
}

/// Products 1 to 9: shoes below 5, of which 4 is sold out, and bags.
pub(super) fn collected() -> Collected {
    let mut collected = Collected::default();
    let products: Vec<_> =
        (1..10).map(|number| product(number, if number < 5 { "shoes" } else { "bags" }, number != 4)).collect();
    collected.add_products(&products);
    for (second, products) in [(100, &[1, 2][..]), (200, &[1, 4]), (300, &[1, 2, 77]), (400, &[5, 6]), (500, &[3])] {
        collected.add_session(&session(second, products));
    }
    collected.add_basket(&basket(600, &[(1, 1), (7, 5)]));
    collected.add_basket(&basket(700, &[(8, 2), (3, 1)]));
    collected
}

fn model() -> Model {
    Model::build(&collected(), MAX_BYTES)
}

fn ask(model: &Model, items: &[u128], kind: Kind, changes: &Changes) -> Vec<(u128, Reason)> {
    let items: Vec<_> = items.iter().map(|number| product_id(*number)).collect();
    let found = model.recommend(&items, kind, 20, changes);
    found.into_iter().map(|found| (found.product_id.uuid().as_u128(), found.reason)).collect()
}

/// Asks a model about every product, alone and with others.
pub(super) fn ask_everything(model: &Model) {
    let items: Vec<ProductId> = (0..12).map(product_id).collect();
    for kind in [Kind::Next, Kind::Together] {
        for end in 0..items.len() {
            assert!(model.recommend(&items[..end], kind, 5, &Changes::default()).len() <= 5);
            assert!(model.recommend(&items[end..=end], kind, 50, &Changes::default()).len() <= 50);
        }
    }
}

#[test]
fn sessions_come_first_then_the_category_then_the_shop() {
    let found = ask(&model(), &[1], Kind::Next, &Changes::default());
    assert_eq!(found[0], (2, Reason::Viewed));
    assert_eq!(found[1], (3, Reason::PopularInCategory), "4 is sold out");
    // Seven was bought five times, eight twice, and the last two were viewed once.
    let shop: Vec<_> = found[2..].iter().map(|(number, _)| *number).collect();
    assert_eq!(shop, [7, 8, 5, 6], "nine was neither bought nor viewed");
    assert!(found[2..].iter().all(|(_, reason)| *reason == Reason::PopularInShop));
}

#[test]
fn baskets_answer_what_is_bought_together() {
    let found = ask(&model(), &[1], Kind::Together, &Changes::default());
    assert_eq!(found[0], (7, Reason::Bought));
    assert!(found[1..].iter().all(|(number, reason)| *number != 1 && *reason != Reason::Bought), "{found:?}");
}

#[test]
fn unknown_items_get_popular_products() {
    let found = ask(&model(), &[77], Kind::Next, &Changes::default());
    assert_eq!(found[0], (7, Reason::PopularInShop));
    assert_eq!(ask(&model(), &[], Kind::Next, &Changes::default()), found);
    assert_eq!(ask(&Model::build(&Collected::default(), MAX_BYTES), &[1], Kind::Next, &Changes::default()), []);
}

#[test]
fn changes_hide_and_show_products_and_place_new_ones() {
    let mut changes = Changes::default();
    let change = |number, sellable, category: &str| Change {
        product_id: product_id(number),
        copy_version: 2,
        at: Timestamp::UNIX_EPOCH,
        sellable,
        categories: vec![category.to_owned()],
    };
    changes.add(change(2, false, "shoes"));
    changes.add(change(4, true, "shoes"));
    changes.add(change(77, true, "bags"));
    let found = ask(&model(), &[1], Kind::Next, &changes);
    assert_eq!(found[0], (4, Reason::Viewed));
    assert!(found.iter().all(|(number, _)| *number != 2));
    // A product that was published after the build has the popular products of its category.
    assert_eq!(ask(&model(), &[77], Kind::Next, &changes)[0], (7, Reason::PopularInCategory));
}

#[test]
fn a_model_and_what_was_collected_are_read_again() {
    let (model, collected) = (model(), collected());
    assert_eq!(Model::from_bytes(&model.to_bytes()), Ok(model));
    assert_eq!(Collected::from_bytes(&collected.to_bytes()), Ok(collected));
}

#[test]
fn a_build_that_has_enough_sessions_goes_on_with_baskets() {
    let mut collected = Collected::default();
    collected.add_products(&[product(1, "shoes", true)]);
    let session = session(1, &[1]);
    for _ in 0..MAX_SESSIONS {
        assert!(!collected.sessions_full());
        collected.add_session(&session);
    }
    collected.add_session(&session);
    assert_eq!(collected.sessions().len(), MAX_SESSIONS);
    assert!(collected.sessions_full() && !collected.baskets_full() && !collected.products_full());
    let start = Build::start(Uuid::from_u128(1), Timestamp::UNIX_EPOCH);
    let mut build = Build { next_part: 20, pages: 3, after: Some("at#1#hash".to_owned()), ..start };
    assert!(matches!(build.next_part(&collected), Some(Part::Baskets(_))));
    assert_eq!((build.pages, build.after), (0, None));
}

#[test]
fn products_that_are_not_known_leave_sessions() {
    let mut collected = Collected::default();
    collected.add_session(&session(1, &[1, 2]));
    assert!(collected.sessions().is_empty());
    let draft = ProductCopy { published: false, ..product(1, "shoes", true) };
    collected.add_products([&draft]);
    assert!(collected.products().is_empty());
}

#[test]
fn a_large_model_is_pruned_to_its_bound_and_keeps_the_newest_sessions() {
    let mut collected = Collected::default();
    let products: Vec<_> = (0..2_000).map(|number| product(number, "shoes", true)).collect();
    collected.add_products(&products);
    for second in 0..1_000_u32 {
        let item = |step: u32| u128::from((second * 2 + step) % 2_000);
        collected.add_session(&session(second.into(), &[item(0), item(1)]));
    }
    let whole = Model::build(&collected, MAX_BYTES);
    assert_eq!(whole.sessions(), 1_000);
    let bound = 60_000;
    let pruned = Model::build(&collected, bound);
    assert!(pruned.to_bytes().len() < whole.to_bytes().len());
    assert!((1..1_000).contains(&pruned.sessions()), "{} sessions", pruned.sessions());
    assert_eq!(ask(&pruned, &[1_998], Kind::Next, &Changes::default())[0], (1_999, Reason::Viewed));
    assert_ne!(ask(&pruned, &[0], Kind::Next, &Changes::default())[0].1, Reason::Viewed);
}
