//! HTTP endpoints, one per file, and their shared parts.

pub mod create_report;
pub mod delete_report;
pub mod get_cohorts;
pub mod get_funnel;
pub mod get_metric;
pub mod get_report;
pub mod get_report_run;
pub mod list_insights;
pub mod list_metrics;
pub mod list_report_runs;
pub mod list_reports;
pub mod report_view;
pub mod run_view;
pub mod start_report_run;
mod view;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "analytics", description = "Metrics of the product: orders, sales, donations, sign-ups and active users, counted from events; reports of them as files, funnels, cohorts and insights.")), paths(
    create_report::create_report,
    delete_report::delete_report,
    get_cohorts::get_cohorts,
    get_funnel::get_funnel,
    get_metric::get_metric,
    get_report::get_report,
    get_report_run::get_report_run,
    list_insights::list_insights,
    list_metrics::list_metrics,
    list_report_runs::list_report_runs,
    list_reports::list_reports,
    start_report_run::start_report_run,
))]
pub struct Api;
