mod forget_user;
mod mail_feedback;
mod plan_deliveries;
mod send_deliveries;
mod sweep_deliveries;
mod verification_email;
