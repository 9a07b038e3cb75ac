mod answer_unknown_route;
mod get_deployment;
mod get_docs;
mod get_health;
mod get_openapi;
