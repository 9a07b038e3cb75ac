mod count_events;
mod create_report;
mod delete_report;
mod find_insights;
mod forget_user;
mod get_cohorts;
mod get_funnel;
mod get_metric;
mod get_report;
mod get_report_run;
mod list_insights;
mod list_metrics;
mod list_report_runs;
mod list_reports;
mod reports_support;
mod run_report;
mod start_report_run;
mod start_reports;
mod track_people;

use tests::Cloud;

/// Nobody without the role may read a path.
async fn refuses_others(cloud: &Cloud, path: &str) {
    assert_eq!(cloud.get(path).send().await.status, 401);
    let user = cloud.sign_up().await;
    cloud.get(path).bearer(&user.access_token).send().await.expect_problem(403, "auth.forbidden");
}
