//! HTTP endpoints, one per file, and their shared parts.

pub mod add_payment_method;
mod admin_payment;
pub mod capture_payment;
pub mod delete_payment_method;
pub mod get_admin_payment;
pub mod get_payment;
pub mod list_payment_attention;
pub mod list_payment_methods;
pub mod list_payments;
pub mod list_unmatched_payments;
pub mod receive_payment_webhook;
pub mod refresh_payment;
pub mod refund_payment;
pub mod set_default_payment_method;
pub mod start_payment;
pub mod view;
pub mod void_payment;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "payments", description = "Payments of orders with Stripe and PayPal: captures, refunds, disputes, and saved payment methods.")), paths(
    add_payment_method::add_payment_method,
    capture_payment::capture_payment,
    delete_payment_method::delete_payment_method,
    get_admin_payment::get_admin_payment,
    get_payment::get_payment,
    list_payment_attention::list_payment_attention,
    list_payment_methods::list_payment_methods,
    list_payments::list_payments,
    list_unmatched_payments::list_unmatched_payments,
    receive_payment_webhook::receive_payment_webhook,
    refresh_payment::refresh_payment,
    refund_payment::refund_payment,
    set_default_payment_method::set_default_payment_method,
    start_payment::start_payment,
    void_payment::void_payment
))]
pub struct Api;
