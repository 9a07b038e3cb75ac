//! What a function may not do, it cannot do: IAM is enforced, and each role ends at its context.

use aws_sdk_dynamodb::types::AttributeValue;
use tests::Cloud;

/// Functions, each with a key of its own context and one of another.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("badges-list-user-badges", "badges#user#nobody", "identity#user#nobody"),
    // Events are everybody's to look at; what it keeps on people is not.
    ("events-get-event", "events#event#nothing", "events#user#nobody"),
    ("identity-get-me", "identity#user#nobody", "notifications#user#nobody"),
    // Its role is narrower still: accounts and API keys, and not who has which address.
    ("identity-get-user", "identity#apikey#nobody", "identity#email#nobody"),
    // Donations, and not who has how much.
    ("wallet-get-donation", "wallet#donation#nobody", "wallet#user#nobody"),
    ("platform-get-health", "platform#health#nothing", "identity#user#nobody"),
];

#[tokio::test]
async fn a_function_reads_its_own_context_only() {
    let cloud = Cloud::connect_for_faults().await;
    // A function's role is known once it runs.
    let user = cloud.sign_up().await;
    assert_eq!(cloud.get("/v1/users/me").bearer(&user.access_token).send().await.status, 200);
    assert_eq!(cloud.get("/v1/health").send().await.status, 200);
    let badges = cloud.get(&format!("/v1/community/users/{}/badges", user.id)).bearer(&user.access_token);
    assert_eq!(badges.send().await.status, 200);
    let event = format!("/v1/community/events/{}", types::Uuid::now_v7());
    assert_eq!(cloud.get(&event).bearer(&user.access_token).send().await.status, 404);
    let donation = format!("/v1/community/donations/{}", types::Uuid::now_v7());
    assert_eq!(cloud.get(&donation).bearer(&user.access_token).send().await.status, 404);
    let (key, _) = cloud.api_key(&["users:read"], None).await;
    assert_eq!(cloud.get(&format!("/v1/users/{}", user.id)).header("x-api-key", &key).send().await.status, 200);
    for (function, own, foreign) in FUNCTIONS {
        let client = aws_sdk_dynamodb::Client::new(&cloud.sdk_as(function).await);
        let get = |pk: &str| {
            let key = [("pk", pk), ("sk", "account")]
                .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
            client.get_item().table_name(cloud.table_name()).set_key(Some(key.into())).send()
        };
        assert!(get(own).await.is_ok(), "{function} cannot read {own}");
        let denied = get(foreign).await.expect_err("another context's item").into_service_error();
        assert_eq!(denied.meta().code(), Some("AccessDeniedException"), "{function} {foreign}");
        let put = client.put_item().table_name(cloud.table_name());
        let put = put.item("pk", AttributeValue::S((*own).to_owned())).item("sk", AttributeValue::S("x".to_owned()));
        let denied = put.send().await.expect_err("a write").into_service_error();
        assert_eq!(denied.meta().code(), Some("AccessDeniedException"), "{function} may write");
    }
}

#[tokio::test]
async fn a_function_of_another_context_reads_the_standing_of_an_account_and_nothing_else_of_it() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let point = format!("/v1/community/points/{}/subscription", types::Uuid::now_v7());
    assert_eq!(cloud.call("PUT", &point).bearer(&user.access_token).send().await.status, 404);
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk_as("points-subscribe-point").await);
    let get = |id: &str, sort: &str, projection: Option<&str>| {
        let key = [("pk", format!("identity#user#{id}")), ("sk", sort.to_owned())]
            .map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
        let get = client.get_item().table_name(cloud.table_name()).set_key(Some(key.into()));
        get.set_projection_expression(projection.map(str::to_owned)).send()
    };
    let read = get(&user.id, "account", Some("standing")).await.unwrap();
    assert!(read.item.unwrap().keys().eq(["standing"]));
    for projection in [None, Some("password"), Some("standing, email"), Some("standing, mfa.secret")] {
        let denied = get(&user.id, "account", projection).await.expect_err("another attribute").into_service_error();
        assert_eq!(denied.meta().code(), Some("AccessDeniedException"), "{projection:?}");
    }
}

#[tokio::test]
async fn the_export_reads_people_in_every_context_and_nothing_else() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    cloud.export(&user).await;
    let client = aws_sdk_dynamodb::Client::new(&cloud.sdk_as("identity-run-export").await);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let query = |pk: &str| {
        let query = client.query().table_name(cloud.table_name()).key_condition_expression("pk = :pk");
        query.expression_attribute_values(":pk", text(pk)).send()
    };
    for allowed in [
        "badges#user#nobody",
        "events#user#nobody",
        "identity#user#nobody",
        "notifications#user#nobody",
        "points#user#nobody",
        "realtime#user#nobody",
        "wallet#user#nobody",
    ] {
        assert!(query(allowed).await.is_ok(), "{allowed}");
    }
    for refused in [
        "events#event#nobody",
        "identity#email#nobody",
        "identity#telegram#1",
        "platform#health#nothing",
        "points#point#nothing",
        "wallet#transfer#nothing",
    ] {
        let denied = query(refused).await.expect_err(refused).into_service_error();
        assert_eq!(denied.meta().code(), Some("AccessDeniedException"), "{refused}");
    }
    let own = [("pk", "identity#user#nobody"), ("sk", "account")].map(|(name, value)| (name.to_owned(), text(value)));
    let delete = client.delete_item().table_name(cloud.table_name()).set_key(Some(own.into()));
    let denied = delete.send().await.expect_err("a deletion").into_service_error();
    assert_eq!(denied.meta().code(), Some("AccessDeniedException"));
}
