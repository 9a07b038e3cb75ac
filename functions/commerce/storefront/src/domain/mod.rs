//! What the pages contain, and how events change it: pure and synchronous.

pub mod card;
pub mod dashboard;
pub mod fit;
pub mod home;
pub mod order;
pub mod order_news;
pub mod order_status;
pub mod page;
pub mod price_list;
pub mod product;
pub mod projection;
pub mod sales;
pub mod slug_page;
pub mod stock;
pub mod tree;
pub mod units;
pub mod variant;
