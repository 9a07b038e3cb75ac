mod create_media;
mod delete_media;
mod forget_user;
mod get_media;
mod keep_plans;
mod list_media;
mod process_upload;
mod sweep_uploads;
