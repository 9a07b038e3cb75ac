//! `GET /v1/community/points/within`

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Cloud, lonely_place};

use super::support::call;

const PATH: &str = "/v1/community/points/within";

fn names(list: &Value) -> BTreeSet<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_points_of_a_box_come_in_pages_and_by_kind() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let (lat, lng) = lonely_place();
    for (name, kind, north) in [("A", "water", 0.0), ("B", "food", 0.005), ("C", "water", 0.01), ("D", "food", 0.03)] {
        cloud.point_at(&user, name, kind, (lat + north, lng)).await;
    }
    let bbox = format!("bbox={},{},{},{}", lng - 0.02, lat - 0.02, lng + 0.02, lat + 0.02);
    let list =
        async |more: &str| call(&cloud, "GET", &format!("{PATH}?{bbox}{more}"), &stranger, None).await.expect(200);
    let all = list("").await;
    assert_eq!((names(&all), &all["nextCursor"]), (BTreeSet::from(["A", "B", "C"]), &json!(null)));
    let item = &all["items"][0];
    assert_eq!((&item["keeperId"], &item["subscribed"]), (&json!(user.id), &json!(false)));
    assert_eq!((&item["photoCount"], &item["coverPhoto"], &item["lastEvent"]), (&json!(0), &json!(null), &json!(null)));
    assert_eq!(names(&list("&kind=food").await), BTreeSet::from(["B"]));
    let first = list("&limit=2").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&format!("&limit=2&cursor={cursor}")).await;
    assert_eq!(names(&first).len() + names(&second).len(), 3);
    assert_eq!(names(&first).union(&names(&second)).copied().collect::<BTreeSet<_>>(), names(&all));
    // It belongs to this box.
    let other = format!("{PATH}?bbox={lng},{lat},{lng},{lat}&cursor={cursor}");
    call(&cloud, "GET", &other, &stranger, None).await.expect_problem(422, "request.invalid");
}

#[tokio::test]
async fn a_box_lies_across_the_antimeridian() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let lat = lonely_place().0;
    cloud.point_at(&user, "West", "food", (lat, -179.999)).await;
    let path = format!("{PATH}?bbox=179.99,{},-179.99,{}", lat - 0.001, lat + 0.001);
    assert_eq!(names(&call(&cloud, "GET", &path, &user, None).await.expect(200)), BTreeSet::from(["West"]));
}

#[tokio::test]
async fn every_wrong_parameter_is_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = call(&cloud, "GET", &format!("{PATH}?kind=beer&limit=0&cursor=x"), &user, None).await;
    reply.expect_problem(422, "request.invalid");
    let errors = reply.body["errors"].as_array().unwrap().iter();
    let rules: Vec<_> =
        errors.map(|error| (error["field"].as_str().unwrap(), error["rule"].as_str().unwrap())).collect();
    assert_eq!(rules, [("bbox", "required"), ("kind", "invalid"), ("limit", "invalid"), ("cursor", "invalid")]);
    for (bbox, message) in [
        ("0,0,1,1", "zoom in"),
        ("0,1,0.1,0", "south"),
        ("0,0,181,0", "-180 to 180"),
        ("0,0,1", "four numbers"),
        ("0,0,x,1", "four numbers"),
        ("NaN,0,0,0", "-180 to 180"),
    ] {
        let reply = call(&cloud, "GET", &format!("{PATH}?bbox={bbox}"), &user, None).await;
        reply.expect_problem(422, "request.invalid");
        assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains(message), "{}", reply.body);
    }
}
