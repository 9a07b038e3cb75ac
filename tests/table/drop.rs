//! A drop: a thousand buyers at once for five hundred units. `make bench ONLY=drop` measures how long they wait.

use crate::drop_support::Figures;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_buyers_get_five_hundred_units_and_no_reply_asks_to_retry() {
    Figures::of_drop(|| {}).await.check();
}
