//! Popularity of products: what was sold decides between hits that are equal otherwise.

use jiff::SignedDuration;
use kit::sqs::Done;

use crate::search_support::{Finder, changed, confirmed, found, product_id, published};

async fn ranked(finder: &Finder) -> Vec<String> {
    let view = finder.view().await;
    found(&view, "shoe", finder.clock.now()).hits.into_iter().map(|hit| hit.id).collect()
}

fn ids(numbers: [u128; 3]) -> Vec<String> {
    numbers.map(|number| product_id(number).to_string()).into()
}

#[tokio::test]
async fn of_equal_products_the_one_that_sold_most_ranks_first_and_a_repeated_order_counts_once() {
    let finder = Finder::start().await;
    finder.tell_all((1..=3).map(|number| published(number, 1, "Shoe"))).await;
    let now = finder.clock.now();
    finder.tell(confirmed(1, now, 3, 5)).await.unwrap();
    assert_eq!(finder.tell(confirmed(2, now, 2, 3)).await.unwrap(), Done::Applied);
    assert_eq!(finder.tell(confirmed(2, now, 2, 3)).await.unwrap(), Done::Duplicate);
    let long_ago = now - SignedDuration::from_hours(24 * 31);
    assert_eq!(finder.tell(confirmed(3, long_ago, 1, 100)).await.unwrap(), Done::Duplicate);
    finder.build_now().await;
    assert_eq!(ranked(&finder).await, ids([3, 2, 1]));
}

#[tokio::test]
async fn a_product_that_changes_keeps_its_popularity_until_the_next_build() {
    let finder = Finder::start().await;
    finder.tell_all((1..=3).map(|number| published(number, 1, "Shoe"))).await;
    finder.tell(confirmed(1, finder.clock.now(), 3, 5)).await.unwrap();
    finder.build_now().await;
    finder.tell(changed(3, 2, "Shoe")).await.unwrap();
    finder.tell(confirmed(2, finder.clock.now(), 2, 9)).await.unwrap();
    assert_eq!(ranked(&finder).await, ids([3, 1, 2]));
    finder.build_now().await;
    assert_eq!(ranked(&finder).await, ids([2, 3, 1]));
}
