mod end_sessions;
mod forget_user;
mod push_notifications;
