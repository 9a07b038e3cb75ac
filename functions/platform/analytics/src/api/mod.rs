//! The endpoints, one file each.

pub mod create_report;
pub mod delete_report;
pub mod get_cohorts;
pub mod get_funnel;
pub mod get_report;
pub mod get_report_run;
pub mod list_insights;
pub mod list_report_runs;
pub mod list_reports;
pub mod report_view;
pub mod run_view;
pub mod start_report_run;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "analytics", description = "Operations of the context analytics.")), paths(create_report::create_report, delete_report::delete_report, get_cohorts::get_cohorts, get_funnel::get_funnel, get_report::get_report, get_report_run::get_report_run, list_insights::list_insights, list_report_runs::list_report_runs, list_reports::list_reports, start_report_run::start_report_run))]
pub struct Api;
