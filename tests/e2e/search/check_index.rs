//! `search-check-index` each hour

use tests::Cloud;

#[tokio::test]
async fn the_check_runs() {
    Cloud::connect().await.invoke("search-check-index").await;
}
