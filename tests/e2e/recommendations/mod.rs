mod build_model;
mod forget_user;
mod keep_orders;
mod keep_products;
mod list_recommendations;
mod record_views;
mod support;
