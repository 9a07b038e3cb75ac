//! `GET /v1/notifications/preferences`

use serde_json::json;
use tests::Cloud;

use super::support::by;

#[tokio::test]
async fn whoever_never_said_anything_has_the_usual_ones() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = by(&cloud, &user, "GET", "/preferences").send().await;
    assert_eq!(reply.header("etag"), "\"0\"");
    let choice =
        |channels: &[&str], can_change| json!({ "channels": channels, "digest": "immediate", "canChange": can_change });
    let expected = json!({
        "language": "en",
        "timeZone": "UTC",
        "quietHours": null,
        "categories": {
            "security": choice(&["in_app", "email", "push"], false),
            "account": choice(&["in_app", "email"], true),
            "messages": choice(&["in_app", "push"], true),
            "activity": choice(&["in_app", "push"], true),
            "reminders": choice(&["in_app", "email", "push"], true),
            "marketing": choice(&[], true),
        },
    });
    assert_eq!(reply.expect(200), expected);
}
