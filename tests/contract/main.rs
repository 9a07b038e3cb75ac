//! What is written down is what the code does: the API's description, the events' schemas, the samples.
//!
//! `BLESS=1` rewrites the generated files instead of comparing them.

mod app_routes;
mod asyncapi;
mod bless;
mod bounds;
mod contexts;
mod described;
mod documents;
mod endpoints;
mod events;
mod funnels;
mod guides_data;
mod limits;
mod metrics;
mod openapi;
mod personal_data;
mod problems;
mod samples;
mod schemas;
mod species_data;
