//! Conditions, races and duplicates on a real DynamoDB API, in the process.

mod api_keys;
mod budgets;
mod claims;
mod identity_support;
mod lists;
mod logins;
mod users;
mod writes;
