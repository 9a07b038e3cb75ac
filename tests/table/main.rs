//! Conditions, races and duplicates on a real DynamoDB API, in the process.

mod budgets;
mod claims;
mod identity_support;
mod lists;
mod logins;
mod people;
mod personal_data;
mod writes;
