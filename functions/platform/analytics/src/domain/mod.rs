//! Rules of metrics: pure and synchronous.

pub mod cohort;
pub mod counting;
pub mod distinct;
pub mod funnel;
pub mod insight;
pub mod limits;
pub mod metric;
pub mod metrics;
pub mod period;
pub mod pointer;
pub mod report;
pub mod row;
pub mod series;
pub mod shown_funnel;
pub mod suppression;
pub mod tally;
