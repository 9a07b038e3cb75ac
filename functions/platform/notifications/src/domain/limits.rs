//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Codes for phone numbers that a user requests.
pub const PHONE_CODES: Limit = Limit::per_day("phone_codes", 5).counting("verification codes requested", "user");
/// Text messages to one phone number, whoever caused them.
pub const TEXT_MESSAGES_TO_NUMBER: Limit =
    Limit::per_day("text_messages_to_number", 10).counting("text messages", "phone number");
/// Text messages to one user.
pub const TEXT_MESSAGES_TO_USER: Limit = Limit::per_day("text_messages_to_user", 10).counting("text messages", "user");
/// Text messages of the deployment. The parameter `MaxTextMessagesPerDay` sets another maximum.
pub const TEXT_MESSAGES: Limit = Limit::per_day("text_messages", 1_000).counting("text messages", "deployment");

/// All limits of this context.
pub const ALL: [Limit; 4] = [PHONE_CODES, TEXT_MESSAGES_TO_NUMBER, TEXT_MESSAGES_TO_USER, TEXT_MESSAGES];
