//! What functions for reports, funnels, cohorts and insights ask of the table. The figures are in `tests/budgets.json`; the comments here
//! explain them.

use contracts::identity::{EmailVerified, UserRegistered};
use kit::Deadline;
use serde_json::json;
use tests::{budget, cost};
use types::{PersonName, UserId};

use crate::reports_support::{Office, sales};

const NOW: &str = "2026-11-29T12:00:00Z";

#[tokio::test]
async fn reports_keep_to_their_budget() {
    let office = Office::at(NOW).await;
    // The standing; then the report, the number of reports and the conditions on its tombstone and the marker in one transaction.
    let created = office.create("a", sales("csv")).await;
    budget("analytics-create-report", "created", &created);
    budget("analytics-create-report", "repeated", &office.create("a", sales("csv")).await);
    let report = created.body["id"].as_str().unwrap();
    // The standing at the same time as the read, here and in all reads below.
    budget("analytics-list-reports", "one report", &office.get(&office.list_reports(), &[], "").await);
    budget("analytics-get-report", "found", &office.get(&office.get_report(), &[("id", report)], "").await);
    // Job, entry, limit, and the conditions on report and marker in one transaction.
    let started = office.start(report, "r").await;
    budget("analytics-start-report-run", "started", &started);
    budget("analytics-start-report-run", "repeated", &office.start(report, "r").await);
    let run = started.body["id"].as_str().unwrap();
    // The job, and its four transitions; each of the two metrics reads the report, the marker and four shards of one year.
    // The marker again at the end.
    budget("analytics-run-report", "two metrics", cost(office.write(report, run, Deadline::never())).await);
    budget("analytics-run-report", "duplicate", cost(office.write(report, run, Deadline::never())).await);
    budget("analytics-get-report-run", "done", &office.run(report, run).await);
    // The entries, then their jobs.
    let listed = office.get(&office.list_report_runs(), &[("id", report)], "").await;
    budget("analytics-list-report-runs", "one run", &listed);
    budget("analytics-delete-report", "deleted", &office.delete(report).await);
}

#[tokio::test]
async fn schedules_keep_to_their_budget() {
    let office = Office::at(NOW).await;
    budget("analytics-start-reports", "nothing", cost(office.hourly()).await);
    let mut body = sales("csv");
    body["schedule"] = json!({ "frequency": "daily", "hour": 6, "timeZone": "UTC" });
    office.report(body).await;
    office.clock.advance(std::time::Duration::from_hours(24));
    // The index; then report, job, entry and the condition on the marker in one transaction.
    budget("analytics-start-reports", "one", cost(office.hourly()).await);
    // Four shards of the year of each metric, four metrics at a time; the list is read and written.
    tests::budget_at_most("analytics-find-insights", "no events", cost(office.daily()).await);
    budget("analytics-list-insights", "none", &office.get(&office.list_insights(), &[], "").await);
}

#[tokio::test]
async fn people_keep_to_their_budget() {
    let office = Office::at(NOW).await;
    let (user_id, at) = (UserId::generate(), "2026-11-20T10:00:00Z".parse().unwrap());
    let fact = UserRegistered { user_id, email: None, name: PersonName::parse("Ann").unwrap(), verification_id: None };
    let registered = office.event(at, fact);
    // A row of each of two funnels and of the cohort: each is read, and written with a counter and the condition on the marker.
    tests::budget_at_most("analytics-track-people", "registered", cost(office.track(registered.clone())).await);
    tests::budget_at_most("analytics-track-people", "duplicate", cost(office.track(registered)).await);
    let verified = office.event(at, EmailVerified { user_id, email: "ann@example.com".parse().unwrap() });
    budget("analytics-track-people", "one step", cost(office.track(verified)).await);
    // The marker, then the three rows in one batch; a deletion costs as much as a write.
    budget("analytics-forget-user", "three rows", cost(office.forget(user_id)).await);
    budget("analytics-forget-user", "again", cost(office.forget(user_id)).await);
    // Two months, four shards each.
    let funnel = office.get(&office.get_funnel(), &[("name", "first_order")], "from=2026-10-31&to=2026-11-29").await;
    budget("analytics-get-funnel", "a month", &funnel);
    // One year, four shards.
    budget(
        "analytics-get-cohorts",
        "twelve weeks",
        &office.get(&office.get_cohorts(), &[("name", "sign_up")], "").await,
    );
}
