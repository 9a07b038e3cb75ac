//! How often users and network addresses may use this context; docs/limits.md lists all limits. Wrong codes and passwords of
//! signed-in users are counted in the account itself ([`super::guesses`]), so that their bound is exact.

use kit::limits::Limit;

/// Failed sign-ins of one network address at one account.
pub const SIGN_INS_OF_PAIR: Limit =
    Limit::new("sign_ins_of_pair", 5, 15 * 60).counting("failed sign-ins", "network address and account");
/// Failed sign-ins of one network address at all accounts: an office behind one address mistypes too.
pub const SIGN_INS_OF_SOURCE: Limit =
    Limit::new("sign_ins_of_source", 100, 15 * 60).counting("failed sign-ins", "network address");
/// Failed sign-ins at one account. It does not bind network addresses that the account was used from before.
pub const SIGN_INS_OF_ACCOUNT: Limit = Limit::new("sign_ins_of_account", 20, 60).counting("failed sign-ins", "account");
/// Registrations from one network address, also those that fail. The parameter `MaxRegistrationsPerSource` sets another
/// maximum.
pub const REGISTRATIONS: Limit = Limit::per_day("registrations", 50).counting("registrations", "network address");
/// Codes for signing in by e-mail that are requested from one network address, for any mailbox. The parameter
/// `MaxSignInCodesPerSource` sets another maximum.
pub const EMAIL_CODES_OF_SOURCE: Limit =
    Limit::new("email_codes_of_source", 60, 60 * 60).counting("sign-in codes requested", "network address");
/// Changes of the e-mail address that a user requests: each sends an e-mail to an address that the user names.
pub const EMAIL_CHANGES: Limit = Limit::per_day("email_changes", 5).counting("changes of address requested", "user");
/// Data exports that a user requests.
pub const EXPORTS: Limit = Limit::per_day("exports", 5).counting("data exports requested", "user");

/// All limits of this context.
pub const ALL: [Limit; 7] = [
    REGISTRATIONS,
    SIGN_INS_OF_PAIR,
    SIGN_INS_OF_SOURCE,
    SIGN_INS_OF_ACCOUNT,
    EMAIL_CODES_OF_SOURCE,
    EMAIL_CHANGES,
    EXPORTS,
];
