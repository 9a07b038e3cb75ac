//! The adapters of the payment providers against their sandboxes, which speak the providers' wire formats.
//!
//! Each test has a deployment of its own, so that the webhooks of its payments are no concern of the stack's.

mod paypal;
mod stripe;
mod support;
