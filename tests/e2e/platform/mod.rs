mod get_docs;
mod get_health;
mod get_openapi;
