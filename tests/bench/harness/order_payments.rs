//! Stripe's wire format for payments of orders and saved methods. Buyers pay when a scene says so.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// Metadata with our payment id.
const PAYMENT: &str = "atoll_payment";
/// What metadata of a form is named by.
const METADATA: &str = "metadata[";

/// The payments, by the provider's ids.
#[derive(Debug, Default)]
pub struct OrderPayments {
    intents: HashMap<String, Value>,
    setups: HashMap<String, Value>,
}

/// The provider's id of a payment of an order.
pub fn intent_id(payment: &str) -> String {
    format!("pi_order_{payment}")
}

fn metadata(fields: &HashMap<String, String>) -> Value {
    let named = |name: &String| name.strip_prefix(METADATA).and_then(|name| name.strip_suffix(']')).map(str::to_owned);
    let pairs = fields.iter().filter_map(|(name, value)| Some((named(name)?, Value::String(value.clone()))));
    Value::Object(pairs.collect::<Map<_, _>>())
}

fn card() -> Value {
    json!({
        "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034, "multicapture": { "status": "available" },
    })
}

impl OrderPayments {
    /// The buyer pays: the amount is reserved, or taken.
    pub fn pay(&mut self, payment: &str) {
        let id = intent_id(payment);
        let intent = self.intents.get_mut(&id).unwrap_or_else(|| panic!("no payment {id}"));
        let (is_manual, amount) = (intent["capture_method"] == "manual", intent["amount"].clone());
        intent["status"] = if is_manual { "requires_capture" } else { "succeeded" }.into();
        intent["latest_charge"] = json!({
            "id": format!("ch_{payment}"), "amount": amount, "amount_captured": if is_manual { json!(0) } else { amount.clone() },
            "status": "succeeded", "payment_method": "pm_1", "payment_method_details": { "card": card() },
            "refunds": { "data": [], "has_more": false },
        });
    }

    /// The answer to a call about an order or a saved method. None if it is about something else.
    pub fn answer(&mut self, method: &str, path: &[&str], fields: &HashMap<String, String>) -> Option<Value> {
        match (method, path) {
            ("POST", ["payment_intents"]) => self.create(fields),
            ("GET", ["payment_intents", id]) => self.intents.get(*id).cloned(),
            ("POST", ["payment_intents", id, "capture"]) => self.capture(id, fields),
            ("POST", ["payment_intents", id, "cancel"]) => {
                let intent = self.intents.get_mut(*id)?;
                intent["status"] = "canceled".into();
                Some(intent.clone())
            }
            ("POST", ["refunds"]) => self.refund(fields),
            ("POST", ["customers"]) => {
                let reference = fields.iter().find(|(name, _)| name.contains("customer")).map(|(_, value)| value);
                Some(json!({ "id": format!("cus_{}", reference.map_or("1", String::as_str)) }))
            }
            (_, ["customers", id]) => Some(json!({ "id": id, "deleted": method == "DELETE" })),
            ("POST", ["setup_intents"]) => Some(self.set_up(fields)),
            ("GET", ["setup_intents", id]) => self.setups.get(*id).cloned(),
            ("POST", ["payment_methods", id, "detach"]) => Some(json!({ "id": id })),
            _ => None,
        }
    }

    fn create(&mut self, fields: &HashMap<String, String>) -> Option<Value> {
        let metadata = metadata(fields);
        let id = intent_id(metadata[PAYMENT].as_str()?);
        let amount: i64 = fields.get("amount")?.parse().ok()?;
        let new = json!({
            "id": id, "amount": amount, "currency": fields.get("currency")?, "status": "requires_payment_method",
            "client_secret": format!("{id}_secret"), "metadata": metadata,
            "capture_method": fields.get("capture_method"), "customer": fields.get("customer"),
        });
        Some(self.intents.entry(id).or_insert(new).clone())
    }

    fn capture(&mut self, id: &str, fields: &HashMap<String, String>) -> Option<Value> {
        let intent = self.intents.get_mut(id)?;
        let amount: i64 = fields.get("amount_to_capture")?.parse().ok()?;
        let captured = intent["latest_charge"]["amount_captured"].as_i64()? + amount;
        intent["latest_charge"]["amount_captured"] = captured.into();
        if fields.get("final_capture").is_none_or(|is_final| is_final != "false") {
            intent["status"] = "succeeded".into();
        }
        Some(intent.clone())
    }

    fn refund(&mut self, fields: &HashMap<String, String>) -> Option<Value> {
        let intent = self.intents.get_mut(fields.get("payment_intent")?)?;
        let amount: i64 = fields.get("amount")?.parse().ok()?;
        let refunds = intent["latest_charge"]["refunds"]["data"].as_array_mut()?;
        let id = format!("re_{}", refunds.len());
        let refund = json!({ "id": id, "amount": amount, "status": "succeeded", "metadata": metadata(fields) });
        refunds.push(refund.clone());
        Some(refund)
    }

    /// A setup whose owner has entered a card at once.
    fn set_up(&mut self, fields: &HashMap<String, String>) -> Value {
        let id = format!("seti_{}", self.setups.len());
        let setup = json!({
            "id": id, "status": "succeeded", "metadata": metadata(fields), "customer": fields.get("customer"),
            "payment_method": { "id": format!("pm_{id}"), "card": card() },
        });
        self.setups.insert(id, setup.clone());
        setup
    }
}
