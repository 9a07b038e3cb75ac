//! `POST /v1/aquarium/tools/volume`

use serde_json::{Value, json};
use tests::{Cloud, Reply};

async fn volume(body: &Value) -> Reply {
    Cloud::connect().await.post("/v1/aquarium/tools/volume").json(body).send().await
}

fn cm(value: &str) -> Value {
    json!({ "value": value, "unit": "cm" })
}

#[tokio::test]
async fn volumes_are_calculated_without_sign_in() {
    let tank = json!({ "shape": "box", "length": cm("100"), "width": cm("40"), "waterHeight": cm("50") });
    let found = volume(&tank).await.expect(200);
    assert_eq!((&found["value"], &found["unit"]), (&"200.00".into(), &"l".into()));
    assert_eq!(found["uncertainty"], "0.67");
    let round = json!({ "shape": "cylinder", "diameter": cm("20"), "waterHeight": cm("10") });
    let found = volume(&round).await.expect(200);
    assert!(found["value"].as_str().unwrap().starts_with("3.1"), "{found}");
}

#[tokio::test]
async fn impossible_tanks_are_refused_by_field() {
    for (tank, field) in [
        (json!({ "shape": "box", "length": cm("100"), "waterHeight": cm("50") }), "width"),
        (json!({ "shape": "cylinder", "diameter": cm("0"), "waterHeight": cm("50") }), "diameter"),
        (
            json!({ "shape": "box", "length": cm("100"), "width": cm("40"), "diameter": cm("40"), "waterHeight": cm("50") }),
            "diameter",
        ),
        (
            json!({ "shape": "cylinder", "diameter": { "value": "1", "unit": "l" }, "waterHeight": cm("50") }),
            "diameter.unit",
        ),
        (
            json!({ "shape": "bow_front", "length": cm("80"), "sideDepth": cm("30"), "centreDepth": cm("20"), "waterHeight": cm("50") }),
            "centreDepth",
        ),
        (
            json!({ "shape": "cylinder", "diameter": cm("20"), "waterHeight": cm("10"), "displaced": { "value": "1", "unit": "gal" } }),
            "displaced.unit",
        ),
    ] {
        let refused = volume(&tank).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.body);
    }
}
