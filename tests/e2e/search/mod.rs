mod get_search_report;
mod get_synonyms;
mod index_products;
mod list_suggestions;
mod rebuild_index;
mod record_search_event;
mod search_collection;
mod set_synonyms;
