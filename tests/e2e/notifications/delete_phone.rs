//! `DELETE /v1/notifications/phone`

use serde_json::json;
use tests::Cloud;

use super::set_phone::code;
use super::support::by;

#[tokio::test]
async fn a_number_is_taken_back_and_its_code_with_it() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let delete = || by(&cloud, &user, "DELETE", "/phone").send();
    assert_eq!(delete().await.status, 204);
    let (_, code) = code(&cloud, &user).await;
    assert_eq!(delete().await.status, 204);
    let late = by(&cloud, &user, "POST", "/phone/confirm").json(&json!({ "code": code })).send().await;
    late.expect_problem(409, "notifications.no_code_pending");
    let shown = by(&cloud, &user, "GET", "/phone").send().await.expect(200);
    assert_eq!(shown, json!({ "number": null, "confirmed": false, "pendingNumber": null }));
    assert_eq!(delete().await.status, 204);
}
