mod adjust_stock;
mod get_stock;
mod keep_variants;
mod list_locations;
mod list_movements;
mod set_location;
mod set_stock;
mod support;
