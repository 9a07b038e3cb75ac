//! `GET /v1/community/points`

use serde_json::{Value, json};
use tests::{Cloud, lonely_place};

use super::support::call;

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn points_come_by_their_distance_in_pages_and_by_kind() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let (lat, lng) = lonely_place();
    for (name, kind, north) in [("C", "water", 0.01), ("A", "water", 0.0), ("D", "food", 0.02), ("B", "food", -0.005)] {
        cloud.point_at(&user, name, kind, (lat + north, lng)).await;
    }
    let list = async |more: &str| {
        let path = format!("/v1/community/points?near={lat},{lng}&radiusM={more}");
        call(&cloud, "GET", &path, &stranger, None).await.expect(200)
    };
    let all = list("5000").await;
    assert_eq!((names(&all), &all["nextCursor"]), (vec!["A", "B", "C", "D"], &json!(null)));
    let distances: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|item| item["distanceM"].as_f64().unwrap()).collect();
    for (distance, degrees) in distances.iter().zip([0.0, 0.005, 0.01, 0.02]) {
        assert!((distance - degrees * 111_194.9).abs() < 0.1, "{distances:?}");
    }
    assert_eq!(names(&list("1000").await), ["A", "B"]);
    assert_eq!(names(&list("5000&kind=food").await), ["B", "D"]);
    assert_eq!(names(&list("5000&kind=shelter").await), Vec::<&str>::new());

    let first = list("5000&limit=3").await;
    assert_eq!(names(&first), ["A", "B", "C"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    // What comes between two pages does not move what was shown.
    cloud.point_at(&user, "Z", "water", (lat + 0.001, lng)).await;
    assert_eq!(names(&list(&format!("5000&limit=3&cursor={cursor}")).await), ["D"]);
}

#[tokio::test]
async fn the_antimeridian_is_no_border() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let lat = lonely_place().0;
    cloud.point_at(&user, "West", "food", (lat, 179.999)).await;
    let reply =
        call(&cloud, "GET", &format!("/v1/community/points?near={lat},-179.999&radiusM=500"), &user, None).await;
    assert_eq!(names(&reply.expect(200)), ["West"]);
}

#[tokio::test]
async fn every_wrong_parameter_is_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let wrong = "/v1/community/points?near=91,0&radiusM=20001&kind=beer&limit=0&cursor=x";
    let reply = call(&cloud, "GET", wrong, &user, None).await;
    reply.expect_problem(422, "request.invalid");
    let fields: Vec<_> = reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["near", "radiusM", "kind", "limit", "cursor"]);
    // What is missing is told at once, with a rule of its own.
    let reply = call(&cloud, "GET", "/v1/community/points?kind=beer", &user, None).await;
    reply.expect_problem(422, "request.invalid");
    let errors = reply.body["errors"].as_array().unwrap().iter();
    let rules: Vec<_> =
        errors.map(|error| (error["field"].as_str().unwrap(), error["rule"].as_str().unwrap())).collect();
    assert_eq!(rules, [("near", "required"), ("radiusM", "required"), ("kind", "invalid")]);
    for path in [
        "/v1/community/points",
        "/v1/community/points?near=1,1",
        "/v1/community/points?radiusM=100",
        "/v1/community/points?near=1&radiusM=100",
    ] {
        call(&cloud, "GET", path, &user, None).await.expect_problem(422, "request.invalid");
    }
}
