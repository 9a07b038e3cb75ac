mod count_events;
mod get_metric;
mod list_metrics;

use tests::Cloud;

/// Nobody without the role may read a path.
async fn refuses_others(cloud: &Cloud, path: &str) {
    assert_eq!(cloud.get(path).send().await.status, 401);
    let user = cloud.sign_up().await;
    cloud.get(path).bearer(&user.access_token).send().await.expect_problem(403, "auth.forbidden");
}
