//! `POST /v1/aquarium/tools/derive`

use serde_json::{Value, json};
use tests::{Cloud, Reply};

async fn derive(quantity: &str, kind: &str, inputs: Value) -> Reply {
    let body = json!({ "quantity": quantity, "kind": kind, "inputs": inputs });
    Cloud::connect().await.post("/v1/aquarium/tools/derive").json(&body).send().await
}

fn water() -> Value {
    json!({
        "ammonia": { "value": "1", "unit": "mg_l_as_n" },
        "temperature": { "value": "25", "unit": "celsius" },
        "ph": { "value": "8", "unit": "ph" },
        "alkalinity": { "value": "4", "unit": "dkh" },
    })
}

#[tokio::test]
async fn values_are_derived_without_sign_in() {
    let found = derive("un_ionised_ammonia", "fresh", water()).await.expect(200);
    let value: f64 = found["value"].as_str().unwrap().parse().unwrap();
    assert!((value - 0.053).abs() < 0.005, "{found}");
    assert_eq!((&found["unit"], &found["method"]["name"]), (&"mg_l_as_n".into(), &"emerson-1975".into()));
    assert_eq!(found["inputs"].as_array().map(Vec::len), Some(4));
    let found = derive("specific_gravity", "marine", json!({ "salinity": { "value": "35", "unit": "psu" } })).await;
    assert!(found.expect(200)["value"].as_str().unwrap().starts_with("1.026"));
}

#[tokio::test]
async fn what_cannot_be_derived_is_refused_by_field() {
    let refused = async |quantity: &str, kind: &str, inputs: Value, field: &str| {
        let refused = derive(quantity, kind, inputs).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.body);
    };
    refused("carbon_dioxide", "marine", water(), "kind").await;
    refused("carbon_dioxide", "lake", water(), "kind").await;
    refused("un_ionised_ammonia", "marine", water(), "inputs.salinity").await;
    let mut without_basis = water();
    without_basis["ammonia"]["unit"] = "mg_l".into();
    refused("un_ionised_ammonia", "fresh", without_basis, "inputs.ammonia").await;
    let mut hot = water();
    hot["temperature"]["value"] = "60".into();
    refused("un_ionised_ammonia", "fresh", hot, "inputs.temperature").await;
    let mut contradictory = water();
    contradictory["airPressureHpa"] = "950".into();
    assert_eq!(derive("oxygen_solubility", "fresh", contradictory.clone()).await.status, 200);
    contradictory["altitudeM"] = "500".into();
    refused("oxygen_solubility", "fresh", contradictory, "inputs.altitudeM").await;
}
