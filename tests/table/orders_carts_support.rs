//! Carts and promotions in the process, called by managers, users and guests.

use std::collections::HashMap;

use contracts::catalog::{PriceChanged, PriceListChanged, PriceTier};
use kit::http::{Endpoint, endpoint};
use lambda_http::RequestExt;
use orders::api;
use orders::consumers::keep_prices::keep_prices;
use serde_json::{Value, json};
use testkit::{Reply, request};
use types::{CurrencyCode, UserId, VariantId};

use crate::identity_support::stage;
use crate::orders_support::{Shop, event, published};

/// Who calls.
#[derive(Clone)]
pub enum Who {
    /// A user, by the access token.
    User(String),
    /// A guest, by the key.
    Guest(String),
    /// A user, with the key of a guest.
    Both(String, String),
    /// Somebody without either.
    Nobody,
}

/// A signed-in buyer.
pub struct Person {
    pub id: UserId,
    pub who: Who,
    pub token: String,
}

impl Shop {
    /// Registers a user.
    pub async fn person(&self, email: &str) -> Person {
        let signed_up = self.identity.sign_up(email).await;
        let token = signed_up.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        let id = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        Person { id, who: Who::User(token.clone()), token }
    }

    /// The manager.
    pub fn manager(&self) -> Who {
        Who::User(self.token.clone())
    }

    /// Calls an endpoint as somebody.
    pub async fn call_as(
        &self,
        who: &Who,
        endpoint: &Endpoint,
        (method, query): (&str, &str),
        path: &[(&str, String)],
        body: Option<&Value>,
    ) -> Reply {
        let (token, key) = match who {
            Who::User(token) => (Some(token), None),
            Who::Guest(key) => (None, Some(key)),
            Who::Both(token, key) => (Some(token), Some(key)),
            Who::Nobody => (None, None),
        };
        let authorization = token.map(|token| format!("Bearer {token}"));
        let mut headers: Vec<(&str, &str)> = Vec::new();
        headers.extend(authorization.as_deref().map(|text| ("authorization", text)));
        headers.extend(key.map(|key| ("guest-key", key.as_str())));
        let parameters: HashMap<String, String> =
            path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let request = request(method, &format!("/v1/commerce/test?{query}"), &headers, body);
        endpoint.call(request.with_path_parameters(parameters)).await.into()
    }

    /// Creates a cart in a currency.
    pub async fn create_cart(&self, who: &Who, currency: &str) -> Reply {
        let endpoint = endpoint(api::create_cart::create_cart, self.ctx, stage());
        self.call_as(who, &endpoint, ("POST", ""), &[], Some(&json!({ "currency": currency }))).await
    }

    /// A new cart's ID; and the guest, if it is a guest's.
    pub async fn cart(&self, who: &Who) -> (String, Who) {
        let made = self.create_cart(who, "EUR").await;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.body["cart"]["id"].as_str().unwrap().to_owned();
        let key = made.body["guestKey"].as_str().map(|key| Who::Guest(key.to_owned()));
        (id, key.unwrap_or_else(|| who.clone()))
    }

    /// A cart with prices.
    pub async fn priced(&self, who: &Who, cart: &str, query: &str) -> Reply {
        let endpoint = endpoint(api::get_cart::get_cart, self.ctx, stage());
        self.call_as(who, &endpoint, ("GET", query), &[("id", cart.to_owned())], None).await
    }

    /// Sets a line.
    pub async fn set_line(&self, who: &Who, cart: &str, variant: VariantId, quantity: u32) -> Reply {
        let endpoint = endpoint(api::set_cart_line::set_cart_line, self.ctx, stage());
        let path = [("id", cart.to_owned()), ("variantId", variant.to_string())];
        self.call_as(who, &endpoint, ("PUT", ""), &path, Some(&json!({ "quantity": quantity }))).await
    }

    /// Sets the details.
    pub async fn set_details(&self, who: &Who, cart: &str, body: &Value) -> Reply {
        let endpoint = endpoint(api::set_cart_details::set_cart_details, self.ctx, stage());
        self.call_as(who, &endpoint, ("PUT", ""), &[("id", cart.to_owned())], Some(body)).await
    }

    /// Adds a code.
    pub async fn add_code(&self, who: &Who, cart: &str, code: &str) -> Reply {
        let endpoint = endpoint(api::add_cart_code::add_cart_code, self.ctx, stage());
        let path = [("id", cart.to_owned()), ("code", code.to_owned())];
        self.call_as(who, &endpoint, ("PUT", ""), &path, None).await
    }

    /// Removes a code.
    pub async fn remove_code(&self, who: &Who, cart: &str, code: &str) -> Reply {
        let endpoint = endpoint(api::remove_cart_code::remove_cart_code, self.ctx, stage());
        let path = [("id", cart.to_owned()), ("code", code.to_owned())];
        self.call_as(who, &endpoint, ("DELETE", ""), &path, None).await
    }

    /// Merges a guest's cart.
    pub async fn merge(&self, who: &Who, cart: &str) -> Reply {
        let endpoint = endpoint(api::merge_cart::merge_cart, self.ctx, stage());
        self.call_as(who, &endpoint, ("POST", ""), &[("id", cart.to_owned())], None).await
    }

    /// Creates or changes a promotion.
    pub async fn set_promotion(&self, id: &str, body: &Value) -> Reply {
        let endpoint = endpoint(api::set_promotion::set_promotion, self.ctx, stage());
        self.call_as(&self.manager(), &endpoint, ("PUT", ""), &[("id", id.to_owned())], Some(body)).await
    }

    /// A promotion.
    pub async fn promotion(&self, id: &str) -> Reply {
        let endpoint = endpoint(api::get_promotion::get_promotion, self.ctx, stage());
        self.call_as(&self.manager(), &endpoint, ("GET", ""), &[("id", id.to_owned())], None).await
    }

    /// A page of promotions.
    pub async fn promotions(&self, query: &str) -> Reply {
        let endpoint = endpoint(api::list_promotions::list_promotions, self.ctx, stage());
        self.call_as(&self.manager(), &endpoint, ("GET", query), &[], None).await
    }

    /// Sets the group of a user.
    pub async fn set_group(&self, user: UserId, group: Option<&str>) -> Reply {
        let endpoint = endpoint(api::set_customer_group::set_customer_group, self.ctx, stage());
        let path = [("userId", user.to_string())];
        self.call_as(&self.manager(), &endpoint, ("PUT", ""), &path, Some(&json!({ "group": group }))).await
    }

    /// Returns the group of a user.
    pub async fn group(&self, user: UserId) -> Reply {
        let endpoint = endpoint(api::get_customer_group::get_customer_group, self.ctx, stage());
        self.call_as(&self.manager(), &endpoint, ("GET", ""), &[("userId", user.to_string())], None).await
    }

    /// Delivers a price list in euros.
    pub async fn hear_list(&self, code: &str, group: Option<&str>, revision: u64) -> kit::consumer::Handled {
        let fact = PriceListChanged {
            price_list: code.to_owned(),
            title: code.to_owned(),
            currency: CurrencyCode::parse("EUR").unwrap(),
            region: None,
            customer_group: group.map(str::to_owned),
            valid_from: "2026-01-01T00:00:00Z".parse().unwrap(),
            valid_until: None,
            revision,
        };
        keep_prices(self.consumer, event(fact)).await
    }

    /// Delivers a price.
    pub async fn hear_price(
        &self,
        variant: VariantId,
        list: &str,
        amount_minor: i64,
        revision: u64,
    ) -> kit::consumer::Handled {
        let fact = PriceChanged {
            variant_id: variant,
            sku: "S".to_owned(),
            price_list: list.to_owned(),
            currency: CurrencyCode::parse("EUR").unwrap(),
            tiers: Some(vec![PriceTier { min_quantity: 1, amount_minor }]),
            revision,
        };
        keep_prices(self.consumer, event(fact)).await
    }

    /// Published variants that cost 10.00 in the list `base`, and settings with which they can be ordered in Germany.
    pub async fn assortment(&self, number: usize) -> Vec<VariantId> {
        let variants: Vec<VariantId> = (0..number).map(|_| VariantId::generate()).collect();
        for some in variants.chunks(50) {
            self.hear(published(some, 1)).await.unwrap();
        }
        self.hear_list("base", None, 1).await.unwrap();
        for variant in &variants {
            self.hear_price(*variant, "base", 1_000, 1).await.unwrap();
        }
        let rates = json!([{ "taxClass": "standard", "country": "DE", "rate": 190_000 }]);
        let taxes = json!({ "pricesIncludeTax": true, "rounding": "by_rate", "rates": rates });
        let set = endpoint(api::set_tax_settings::set_tax_settings, self.ctx, stage());
        assert_eq!(self.settings(&set, Some(0), "", Some(&taxes)).await.status, 200);
        let tiers = json!([{ "upToGrams": 1_000_000, "prices": [{ "amountMinor": 490, "currency": "EUR" }] }]);
        let method = json!({
            "code": "parcel", "name": "Parcel", "countries": ["DE"], "taxClass": "standard", "tiers": tiers,
        });
        let set = endpoint(api::set_shipping_settings::set_shipping_settings, self.ctx, stage());
        let shipping = json!({ "methods": [method] });
        assert_eq!(self.settings(&set, Some(0), "", Some(&shipping)).await.status, 200);
        variants
    }
}

/// Details with which a cart can be ordered.
pub fn details() -> Value {
    let address =
        json!({ "name": "Ann", "line1": "Hauptstraße 1", "postalCode": "10115", "city": "Berlin", "country": "DE" });
    json!({ "email": "ann@example.com", "shippingAddress": address, "shippingMethod": "parcel" })
}

/// Ten percent off everything, with these codes and limits.
pub fn ten_percent(codes: &[&str], limits: &Value) -> Value {
    let effect = json!({ "kind": "order_percentage", "rate": 100_000 });
    json!({ "name": "Ten", "effect": effect, "validFrom": "2026-01-01T00:00:00Z", "codes": codes, "limits": limits })
}
