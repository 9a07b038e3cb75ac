//! The endpoints, one file each, and what several share.

mod body;
mod currency_view;
pub mod donate;
mod donation_view;
pub mod get_donation;
pub mod get_wallet;
mod kept;
pub mod list_currencies;
pub mod list_donations;
pub mod list_prices;
pub mod list_transactions;
pub mod send_transfer;
pub mod set_currency;

pub use body::MoneyBody;
pub use currency_view::CurrencyView;
pub use donation_view::DonationView;

/// This context's part of the API's description.
#[derive(utoipa::OpenApi)]
#[openapi(paths(
    donate::donate,
    get_donation::get_donation,
    get_wallet::get_wallet,
    list_currencies::list_currencies,
    list_donations::list_donations,
    list_prices::list_prices,
    list_transactions::list_transactions,
    send_transfer::send_transfer,
    set_currency::set_currency
))]
pub struct Api;
