//! `GET /v1`

use serde_json::Value;
use tests::Cloud;

#[tokio::test]
async fn it_lists_the_core_and_the_deployed_packs() {
    let cloud = Cloud::connect().await;
    let deployment = cloud.get("/v1").send().await.expect(200);
    assert_eq!(deployment["core"]["name"], "core");
    assert_eq!(deployment["core"]["version"], env!("CARGO_PKG_VERSION"));
    let packs = deployment["packs"].as_array().unwrap();
    let names: Vec<_> = packs.iter().map(|pack| pack["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["aquarium", "commerce", "community"]);
    assert!(packs.iter().all(|pack| pack["version"] == env!("CARGO_PKG_VERSION")), "{deployment}");
}

#[tokio::test]
async fn every_listed_url_leads_to_what_it_says() {
    let cloud = Cloud::connect().await;
    let deployment = cloud.get("/v1").send().await.expect(200);
    for api in deployment["packs"].as_array().unwrap().iter().chain([&deployment["core"]]) {
        let path = |name: &str| {
            let url = api[name].as_str().unwrap();
            url.strip_prefix(&cloud.url("")).unwrap_or_else(|| panic!("{url} is elsewhere")).to_owned()
        };
        let document = cloud.get(&path("openapiUrl")).send().await.expect(200);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{api}");
        assert_eq!(cloud.get(&path("docsUrl")).send().await.status, 200, "{api}");
        assert_eq!(path("baseUrl"), "");
        assert!(document["paths"].as_object().is_some_and(|paths| !paths.is_empty()));
        assert_ne!(document["info"]["description"], Value::Null);
    }
}
