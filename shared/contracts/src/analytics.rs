//! Events of reports.

use serde::{Deserialize, Serialize};
use types::UserId;
use utoipa::ToSchema;

/// A run of a report was requested, by its owner or by its schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportRunRequested {
    /// User ID of the report's owner.
    pub user_id: UserId,
    /// Report ID.
    pub report_id: uuid::Uuid,
    /// Run ID.
    pub run_id: uuid::Uuid,
}

event!(ReportRunRequested, "analytics.report_run_requested", version = 1, subject = run_id);
