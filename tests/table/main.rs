//! Conditions, races and duplicates on a real DynamoDB API, in the process.

mod api_keys;
mod budgets;
mod budgets_admin;
mod budgets_notifications;
mod deliveries;
mod identity_support;
mod links;
mod lists;
mod logins;
mod mfa;
mod mfa_support;
mod notifications_devices;
mod notifications_inbox;
mod notifications_phones;
mod notifications_preferences;
mod notifications_requests;
mod notifications_support;
mod people;
mod personal_data;
mod refreshes;
mod tokens;
mod users;
mod writes;
