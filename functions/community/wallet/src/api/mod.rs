//! HTTP endpoints, one per file, and their shared parts.

mod body;
pub mod create_deposit;
mod currency_view;
mod deposit_view;
pub mod donate;
mod donation_view;
pub mod get_currency;
pub mod get_deposit;
pub mod get_donation;
pub mod get_wallet;
mod kept;
pub mod list_currencies;
pub mod list_donations;
pub mod list_prices;
pub mod list_transactions;
pub mod receive_payment_notice;
mod refused;
pub mod send_transfer;
pub mod set_currency;

pub use body::MoneyBody;
pub use currency_view::CurrencyView;
pub use donation_view::DonationView;

use kit::openapi::Conventions;

/// OpenAPI description of this context.
#[derive(utoipa::OpenApi)]
#[openapi(modifiers(&Conventions), tags((name = "wallet", description = "Balances, deposits, transfers, donations and currencies, kept in a double-entry ledger.")), paths(
    create_deposit::create_deposit,
    donate::donate,
    get_currency::get_currency,
    get_deposit::get_deposit,
    get_donation::get_donation,
    get_wallet::get_wallet,
    list_currencies::list_currencies,
    list_donations::list_donations,
    list_prices::list_prices,
    list_transactions::list_transactions,
    receive_payment_notice::receive_payment_notice,
    send_transfer::send_transfer,
    set_currency::set_currency
))]
pub struct Api;
