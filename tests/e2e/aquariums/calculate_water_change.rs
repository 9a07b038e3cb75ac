//! `POST /v1/aquarium/tools/water-change`

use serde_json::{Value, json};
use tests::{Cloud, Reply};

async fn change(parameter: &str, target: &str, share: Option<&str>) -> Reply {
    let nitrate = |value: &str| json!({ "value": value, "unit": "mg_l_as_no3" });
    let mut body = json!({
        "parameter": parameter,
        "volume": { "value": "100", "unit": "l" },
        "current": nitrate("40"),
        "newWater": nitrate("0"),
        "target": nitrate(target),
    });
    if let Some(share) = share {
        body["sharePercent"] = share.into();
    }
    Cloud::connect().await.post("/v1/aquarium/tools/water-change").json(&body).send().await
}

#[tokio::test]
async fn water_changes_are_calculated_without_sign_in() {
    let one = change("nitrate", "20", None).await.expect(200);
    assert_eq!((&one["changes"], &one["unit"], &one["afterUnit"]), (&1.into(), &"l".into(), &"mg_l_as_no3".into()));
    let litres: f64 = one["value"].as_str().unwrap().parse().unwrap();
    assert!((litres - 50.0).abs() < 0.1, "{one}");
    let equal = change("nitrate", "20", Some("25")).await.expect(200);
    assert_eq!((&equal["changes"], &equal["value"]), (&3.into(), &"25.0000".into()));
    assert_eq!(equal["after"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn what_no_change_reaches_is_refused_by_field() {
    for (parameter, target, share, field) in [
        ("nitrate", "50", None, "target"),
        ("nitrate", "0", None, "target"),
        ("nitrate", "20", Some("100"), "sharePercent"),
        ("ph", "20", None, "parameter"),
        ("nitrite", "20", None, "current.unit"),
    ] {
        let refused: Reply = change(parameter, target, share).await;
        refused.expect_problem(422, "request.invalid");
        let found: &Value = &refused.body["errors"][0]["field"];
        assert_eq!(found, field, "{}", refused.body);
    }
}
