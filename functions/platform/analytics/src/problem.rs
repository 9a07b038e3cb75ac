//! Problems of this context: every code that it answers with is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::report::MAX_REPORTS;
use crate::store::ValuesError;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No metric has this name.
    NoSuchMetric,
    /// The caller has no report with this ID.
    NoSuchReport,
    /// The report has no run with this ID.
    NoSuchRun,
    /// The caller has the maximum number of reports.
    TooManyReports,
    /// The `Idempotency-Key` was used with a different request, or its report was deleted.
    KeyReused,
    /// No funnel has this name.
    NoSuchFunnel,
    /// No kind of cohort has this name.
    NoSuchCohorts,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchMetric => Self::not_found("analytics.no_such_metric"),
            Refusal::NoSuchReport => {
                Self::not_found("analytics.no_such_report").with_detail("You have no report with this ID.")
            }
            Refusal::NoSuchRun => Self::not_found("analytics.no_such_run").with_detail(
                "The report has no run with this ID. Runs are deleted with their files, after about a week.",
            ),
            Refusal::TooManyReports => Self::new(
                StatusCode::CONFLICT,
                "analytics.too_many_reports",
                "Too many reports",
            )
            .with_detail(format!(
                "A user has at most {MAX_REPORTS} reports. Delete one with DELETE /v1/analytics/reports/{{id}} first."
            )),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::NoSuchFunnel => Self::not_found("analytics.no_such_funnel")
                .with_detail("No funnel has this name. The description of the operation lists the names."),
            Refusal::NoSuchCohorts => Self::not_found("analytics.no_such_cohorts")
                .with_detail("No kind of cohort has this name. The description of the operation lists the names."),
        }
    }
}

impl From<ValuesError> for Problem {
    fn from(error: ValuesError) -> Self {
        match error {
            ValuesError::Store(error) => error.into(),
            ValuesError::Undeclared(_) | ValuesError::TooManyRows(_) | ValuesError::Sketch(_) => Self::internal(error),
        }
    }
}
