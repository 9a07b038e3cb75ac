//! Conditions, races and duplicates on a real DynamoDB API, in the process.

mod api_keys;
mod bucket;
mod budgets;
mod budgets_admin;
mod budgets_media;
mod claims;
mod identity_support;
mod links;
mod lists;
mod logins;
mod media;
mod media_support;
mod mfa;
mod mfa_support;
mod people;
mod personal_data;
mod proven;
mod refreshes;
mod tokens;
mod users;
mod writes;
