//! `GET /v1/users/me/exports/{id}`

use serde_json::{Value, json};
use tests::{Cloud, MiniApp, PASSWORD, TelegramUser, eventually};

#[tokio::test]
async fn the_document_has_the_data_of_every_context() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let init_data = MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token());
    let body = json!({ "initData": init_data, "password": tests::PASSWORD });
    let linked = cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&body).send().await;
    assert_eq!(linked.status, 204, "{}", linked.body);
    // Another context knows the user once the e-mail is out.
    eventually("the e-mail", async || cloud.held("notifications", &user).await.contains("\"sent\"").then_some(()))
        .await;

    let export = cloud.export(&user).await;
    assert_eq!((&export["version"], &export["userId"]), (&json!(1), &json!(user.id)));
    let account = &export["sections"]["identity"]["account"][0];
    assert_eq!((&account["email"], &account["name"]), (&json!(user.email), &json!("Ann")));
    assert_eq!(account["telegram"]["id"], telegram.id);
    assert_eq!(account["sessions"][0]["device"]["name"], "phone");
    let deliveries = export["sections"]["notifications"]["deliveries"].as_array().unwrap();
    assert!(deliveries.iter().any(|delivery| delivery["status"]["state"] == "sent"), "{export}");
    // Neither secrets, nor how it is stored, nor anything of others.
    let text = export.to_string();
    for hidden in ["argon2", "password\":", "replaced", "outbox", "\"pk\"", "identity#", &other.id, &other.email] {
        assert!(!text.contains(hidden), "{hidden} is in {text}");
    }
    let schema = std::fs::read_to_string(tests::root().join("docs/personal-data-export.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let errors: Vec<_> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&export).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[tokio::test]
async fn an_export_is_for_its_owner_only() {
    let cloud = Cloud::connect().await;
    let (user, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let requested = cloud.request_export(&user).await;
    let id = requested["id"].as_str().unwrap();
    let done = cloud.exported(&user, id).await;
    done.expect_calls("identity-get-export", "done");
    assert!(done.body["progress"]["items"].as_u64() > Some(0), "{}", done.body);
    let path = format!("/v1/users/me/exports/{id}");
    cloud.get(&path).send().await.expect_problem(401, "auth.token_missing");
    cloud.get(&path).bearer(&other.access_token).send().await.expect_problem(404, "identity.no_such_export");

    // The URL is the only way to the file, and its signature covers its path and time.
    let url = done.body["url"].as_str().unwrap();
    assert!(url.contains("X-Amz-Expires=900"), "{url}");
    assert_eq!(cloud.fetch(&url.replace("X-Amz-Signature=", "X-Amz-Signature=0")).await.0, 403);

    // With the account, the exports are out of reach.
    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    cloud.get(&path).bearer(&user.access_token).send().await.expect_problem(404, "identity.no_such_user");
    eventually("the file to go", async || cloud.objects(&user.id).await.is_empty().then_some(())).await;
}
