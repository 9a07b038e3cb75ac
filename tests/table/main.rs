//! Conditions, races and duplicates on a real DynamoDB API, in the process.

mod api_keys;
mod budgets;
mod budgets_admin;
mod budgets_realtime;
mod deliveries;
mod identity_support;
mod links;
mod lists;
mod logins;
mod mfa;
mod mfa_support;
mod people;
mod personal_data;
mod realtime_connections;
mod realtime_log;
mod realtime_support;
mod refreshes;
mod tokens;
mod users;
mod writes;
