//! `POST /v1/aquarium/tools/convert`

use serde_json::{Value, json};
use tests::{Cloud, Reply};

async fn convert(body: &Value) -> Reply {
    Cloud::connect().await.post("/v1/aquarium/tools/convert").json(body).send().await
}

#[tokio::test]
async fn values_are_converted_without_sign_in() {
    let body = json!({ "parameter": "nitrate", "value": "10", "from": "mg_l_as_n", "to": "mg_l_as_no3" });
    let found = convert(&body).await.expect(200);
    assert_eq!((&found["value"], &found["unit"]), (&"44.27".into(), &"mg_l_as_no3".into()));
    assert_eq!((&found["method"]["name"], &found["inputs"][0]["value"]), (&"exact-units".into(), &"10".into()));
    let gallons = convert(&json!({ "value": "10", "from": "us_gal", "to": "l" })).await.expect(200);
    assert_eq!(gallons["value"], "37.854");
}

#[tokio::test]
async fn ambiguous_units_are_refused_with_a_remedy() {
    for (body, field, remedy) in [
        (json!({ "value": "10", "from": "gal", "to": "l" }), "from", "us_gal"),
        (json!({ "parameter": "nitrate", "value": "10", "from": "ppm", "to": "mg_l_as_n" }), "from", "mg_l_as_no3"),
        (json!({ "parameter": "ph", "value": "7", "from": "ph", "to": "celsius" }), "to", "use one of ph"),
    ] {
        let refused = convert(&body).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field);
        assert!(refused.body["detail"].as_str().unwrap().contains(remedy), "{}", refused.body);
    }
}

#[tokio::test]
async fn what_is_no_field_of_the_request_is_refused() {
    let refused = convert(&json!({ "value": "1", "from": "l", "to": "ml", "uncertainty": "0" })).await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "uncertainty");
}
