//! Consumers and schedules, one per file.

pub mod count_events;
pub mod find_insights;
pub mod forget_user;
pub mod run_report;
pub mod start_reports;
pub mod track_people;
