//! The endpoints of analytics: who may read, what is wrong in a request, and what is returned.

use serde_json::{Value, json};

use crate::analytics_support::{Counters, confirmed, signed_in, user};
use crate::users::Administration;

fn fields(body: &Value) -> Vec<(String, String)> {
    let field = |error: &Value| {
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (text("field"), text("message"))
    };
    body["errors"].as_array().unwrap_or_else(|| panic!("{body}")).iter().map(field).collect()
}

#[tokio::test]
async fn values_are_filled_with_zeros_and_have_one_series_per_currency() {
    let administration = Administration::start().await;
    let (counters, admin) = (Counters::start().await, Some(administration.token.as_str()));
    counters.deliver(&confirmed(counters.ago(1), "EUR", 1_250, &[1])).await;
    counters.deliver(&confirmed(counters.ago(3), "USD", 990, &[2])).await;
    let query = "from=2026-11-29T10:00:00Z&to=2026-11-29T14:00:00Z&interval=hour";
    let reply = counters.ask(&administration.deployment, admin, Some("gross_sales"), query).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let expected = json!({
        "name": "gross_sales", "unit": "minor_units", "interval": "hour", "by": null,
        "periods": [
            "2026-11-29T10:00:00.000Z", "2026-11-29T11:00:00.000Z", "2026-11-29T12:00:00.000Z", "2026-11-29T13:00:00.000Z",
        ],
        "series": [
            { "value": null, "currency": "EUR", "values": [0, 0, 1_250, 0] },
            { "value": null, "currency": "USD", "values": [990, 0, 0, 0] },
        ],
    });
    assert_eq!(reply.body, expected);
    counters.deliver(&signed_in(counters.ago(1), user(1), "plan9")).await;
    let query = "from=2026-11-29T10:00:00Z&to=2026-11-29T14:00:00Z&by=platform";
    let reply = counters.ask(&administration.deployment, admin, Some("sessions_started"), query).await;
    assert_eq!(reply.body["series"], json!([{ "value": "other", "currency": null, "values": [1] }]));
    let query = "from=2020-01-01T00:00:00Z&to=2020-01-03T00:00:00Z";
    let reply = counters.ask(&administration.deployment, admin, Some("units_sold"), query).await;
    assert_eq!(reply.body["series"], json!([{ "value": null, "currency": null, "values": [0, 0] }]));
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let administration = Administration::start().await;
    let (counters, admin) = (Counters::start().await, Some(administration.token.as_str()));
    let refused = async |name: &str, query: &str| {
        let reply = counters.ask(&administration.deployment, admin, Some(name), query).await;
        assert_eq!(reply.status, 422, "{query}: {}", reply.body);
        fields(&reply.body).into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    let day = "from=2026-11-28T00:00:00Z&to=2026-11-29T00:00:00Z";
    assert_eq!(refused("gross_sales", "").await, ["from", "to"]);
    assert_eq!(refused("gross_sales", "from=yesterday&to=2026").await, ["from", "to"]);
    assert_eq!(refused("gross_sales", "from=2026-11-28T00:00:00Z&to=2026-11-28T00:00:00Z").await, ["to"]);
    assert_eq!(refused("gross_sales", "from=2023-01-01T00:00:00Z&to=2026-01-01T00:00:00Z").await, ["to"]);
    assert_eq!(
        refused("gross_sales", "from=2015-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&interval=month").await,
        ["to"]
    );
    assert_eq!(refused("gross_sales", &format!("{day}&interval=week")).await, ["interval"]);
    assert_eq!(refused("gross_sales", &format!("{day}&by=country")).await, ["by"]);
    assert_eq!(refused("refunds", &format!("{day}&by=country")).await, ["by"]);
    assert_eq!(refused("gross_sales", &format!("{day}&limit=5")).await, ["limit"]);
    assert_eq!(refused("active_users", &format!("{day}&interval=hour")).await, ["interval"]);
    assert_eq!(refused("active_users", "from=2026-01-01T00:00:00Z&to=2026-11-29T00:00:00Z").await, ["to"]);
}

#[tokio::test]
async fn only_managers_and_admins_read() {
    let administration = Administration::start().await;
    let signed_up = administration.deployment.sign_up("ann@example.com").await.body;
    let (counters, ann) = (Counters::start().await, signed_up["tokens"]["accessToken"].as_str());
    let day = "from=2026-11-28T00:00:00Z&to=2026-11-29T00:00:00Z";
    for name in [Some("gross_sales"), Some("no_such_metric"), None] {
        let ask = async |token| counters.ask(&administration.deployment, token, name, day).await.status;
        assert_eq!((ask(None).await, ask(ann).await), (401, 403), "{name:?}");
    }
    let admin = Some(administration.token.as_str());
    let reply = counters.ask(&administration.deployment, admin, Some("no_such_metric"), day).await;
    assert_eq!((reply.status, reply.body["code"].as_str()), (404, Some("analytics.no_such_metric")));
    let list = counters.ask(&administration.deployment, admin, None, "").await;
    let items = list.body["items"].as_array().unwrap();
    assert_eq!(items.len(), analytics::domain::metrics::all().count());
    let sales = items.iter().find(|metric| metric["name"] == "refunds").unwrap();
    assert_eq!(sales["dimensions"], json!([{ "name": "provider", "values": ["stripe", "paypal", "other"] }]));
    assert_eq!((&sales["kind"], &sales["unit"]), (&json!("sum"), &json!("minor_units")));
}
