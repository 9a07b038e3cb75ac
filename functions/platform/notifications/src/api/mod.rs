//! The endpoints, one file each.

pub mod confirm_phone;
pub mod delete_device;
pub mod delete_mail_suppression;
pub mod delete_notification;
pub mod delete_phone;
mod device_view;
pub mod get_phone;
pub mod get_preferences;
pub mod get_unsubscribe_page;
pub mod list_deliveries;
pub mod list_devices;
pub mod list_notifications;
mod named;
mod phone_view;
mod preferences_view;
pub mod read_all_notifications;
pub mod read_notification;
pub mod register_device;
pub mod send_notification;
pub mod set_phone;
pub mod set_preferences;
pub mod unread;
pub mod unsubscribe;

pub use device_view::DeviceView;
pub use phone_view::PhoneView;
pub use preferences_view::PreferencesView;

use kit::openapi::Conventions;

/// This context's part of the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), components(schemas(list_notifications::InboxItemView)), tags((name = "notifications", description = "The inbox, notification preferences, devices for push messages, and sending notifications from backend services.")), paths(
    confirm_phone::confirm_phone,
    delete_device::delete_device,
    delete_mail_suppression::delete_mail_suppression,
    delete_notification::delete_notification,
    delete_phone::delete_phone,
    get_phone::get_phone,
    get_preferences::get_preferences,
    get_unsubscribe_page::get_unsubscribe_page,
    list_deliveries::list_deliveries,
    list_devices::list_devices,
    list_notifications::list_notifications,
    read_all_notifications::read_all_notifications,
    read_notification::read_notification,
    register_device::register_device,
    send_notification::send_notification,
    set_phone::set_phone,
    set_preferences::set_preferences,
    unsubscribe::unsubscribe,
))]
pub struct Api;
