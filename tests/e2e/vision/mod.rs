mod confirm_identification;
mod create_identification;
mod delete_identification;
mod forget_user;
mod get_identification;
mod identify;
mod keep_pictures;
mod list_identifications;
