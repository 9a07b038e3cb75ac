//! `POST /v1/aquarium/tools/dose`

use serde_json::{Value, json};
use tests::{Cloud, Reply};

async fn dose(change: impl Fn(&mut Value)) -> Reply {
    let mut body = json!({
        "parameter": "alkalinity",
        "volume": { "value": "100", "unit": "l" },
        "current": { "value": "6", "unit": "dkh" },
        "target": { "value": "8", "unit": "dkh" },
        "solution": {
            "amount": { "value": "10", "unit": "ml" },
            "water": { "value": "100", "unit": "l" },
            "raises": { "value": "1", "unit": "dkh" },
        },
        "maxRisePerDay": { "value": "1", "unit": "dkh" },
    });
    change(&mut body);
    Cloud::connect().await.post("/v1/aquarium/tools/dose").json(&body).send().await
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn doses_of_solutions_and_salts_are_calculated_without_sign_in() {
    let found = dose(|_| ()).await.expect(200);
    assert!((number(&found["value"]) - 20.0).abs() < 0.1, "{found}");
    assert_eq!((&found["unit"], &found["days"]), (&"ml".into(), &2.into()));
    assert!(number(&found["uncertainty"]) > 1.0 && found["inputs"][1]["name"] == "current", "{found}");
    let salt = dose(|body| {
        body.as_object_mut().unwrap().remove("solution");
        body["compound"] = "sodium_bicarbonate".into();
    });
    let salt = salt.await.expect(200);
    assert!((number(&salt["value"]) - 5.99).abs() < 0.02, "{salt}");
    assert_eq!((&salt["unit"], &salt["method"]["name"]), (&"g".into(), &"stoichiometry".into()));
}

#[tokio::test]
async fn what_cannot_be_dosed_is_refused_by_field() {
    let refused = async |field: &str, change: fn(&mut Value)| {
        let refused = dose(change).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.body);
    };
    refused("target", |body| body["target"]["value"] = "5".into()).await;
    refused("volume.unit", |body| body["volume"]["unit"] = "gal".into()).await;
    refused("solution", |body| body["compound"] = "sodium_carbonate".into()).await;
    refused("parameter", |body| body["parameter"] = "ph".into()).await;
    refused("maxRisePerDay", |body| body["maxRisePerDay"]["value"] = "0".into()).await;
    refused("price", |body| body["price"] = 1.into()).await;
}
