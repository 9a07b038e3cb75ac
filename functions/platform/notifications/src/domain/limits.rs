//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Codes for phone numbers that a user requests.
pub const PHONE_CODES: Limit = Limit::per_day("phone_codes", 5).counting("verification codes requested", "user");
/// Text messages to one phone number, for all users together.
pub const TEXT_MESSAGES_TO_NUMBER: Limit =
    Limit::per_day("text_messages_to_number", 10).counting("text messages", "phone number");
/// Text messages to one user.
pub const TEXT_MESSAGES_TO_USER: Limit = Limit::per_day("text_messages_to_user", 10).counting("text messages", "user");
/// Text messages of the deployment. The parameter `MaxTextMessagesPerDay` sets another maximum.
pub const TEXT_MESSAGES: Limit = Limit::per_day("text_messages", 1_000).counting("text messages", "deployment");
/// E-mails to a mailbox that no user has verified: anybody can have them sent.
pub const UNVERIFIED_MAIL: Limit =
    Limit::per_day("mail_unverified", 5).counting("e-mails to an address that is not verified", "mailbox");
/// Requested links to a verified mailbox: more than identity requests for an account (16 per 24 hours), so that strangers
/// cannot use it up.
pub const REQUESTED_MAIL: Limit =
    Limit::per_day("mail_requested", 20).counting("e-mails with a requested link", "mailbox");
/// E-mails with a code for signing in, which anybody can request for any address.
pub const SIGN_IN_MAIL: Limit = Limit::per_day("mail_sign_in", 20).counting("e-mails with a sign-in code", "mailbox");
/// Notices of a change of address, with the link that undoes it. They have a limit of their own: the user who changes the
/// address must not be able to use it up with other warnings. An account requests at most five changes a day.
pub const UNDO_MAIL: Limit = Limit::per_day("mail_undo", 10).counting("notices of a change of address", "mailbox");
/// E-mails about orders of guests, who may name any address. An attacker has to pay for an order each time.
pub const GUEST_MAIL: Limit = Limit::per_day("mail_guest", 20).counting("e-mails about orders of guests", "mailbox");
/// Security warnings to a mailbox.
pub const SECURITY_MAIL: Limit = Limit::per_day("mail_security", 30).counting("security warnings by e-mail", "mailbox");
/// Other e-mails to a mailbox.
pub const ORDINARY_MAIL: Limit = Limit::per_day("mail_ordinary", 100).counting("other e-mails", "mailbox");

/// All limits of this context.
pub const ALL: [Limit; 11] = [
    PHONE_CODES,
    TEXT_MESSAGES_TO_NUMBER,
    TEXT_MESSAGES_TO_USER,
    TEXT_MESSAGES,
    UNVERIFIED_MAIL,
    REQUESTED_MAIL,
    SIGN_IN_MAIL,
    UNDO_MAIL,
    GUEST_MAIL,
    SECURITY_MAIL,
    ORDINARY_MAIL,
];
