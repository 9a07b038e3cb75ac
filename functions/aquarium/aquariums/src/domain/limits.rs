//! How often users may use this context; docs/limits.md lists all limits. The number of aquariums is in `quota.rs`.

use kit::limits::Limit;

/// Aquariums that a user creates, including those that were deleted since.
pub const AQUARIUMS: Limit = Limit::per_day("aquariums", 40).counting("aquariums created", "user");

/// Invitations that a user creates.
pub const INVITATIONS: Limit = Limit::per_day("invitations", 50).counting("invitations created", "user");

/// Codes of invitations that do not exist, so that users cannot search for one.
pub const WRONG_CODES: Limit = Limit::new("wrong-codes", 10, 60 * 60).counting("wrong invitation codes", "user");

/// Records that a user writes into aquariums: equipment, services, livestock and movements.
pub const RECORDS: Limit = Limit::per_day("records", 1_000).counting("records written", "user");

/// Readings that a user records by hand.
pub const READINGS: Limit = Limit::per_day("readings", 1_000).counting("manual readings recorded", "user");

/// Requests of a device that change hours which have moved to their buckets. The head of the device counts them
/// ([`super::device::DeviceHead`]), so they cost no write.
pub const PAST_HOURS: Limit = Limit::per_day("past-hours", 2_000).counting("requests that change past hours", "device");

/// Requests of a user that import history.
pub const HISTORY: Limit = Limit::per_day("history", 500).counting("requests that import history", "user");

/// Changes of alarm rules and quiet times by a user. Each may begin or end alarms, of which all members are notified.
pub const ALARM_SETUP: Limit =
    Limit::per_day("alarm-setup", 200).counting("changes of alarm rules and quiet times", "user");

/// All limits of this context.
pub const ALL: [Limit; 8] = [AQUARIUMS, INVITATIONS, WRONG_CODES, RECORDS, READINGS, PAST_HOURS, HISTORY, ALARM_SETUP];
