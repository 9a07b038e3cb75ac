//! `GET /v1/notifications/phone`

use serde_json::json;
use tests::Cloud;

use super::set_phone::code;
use super::support::by;

#[tokio::test]
async fn one_sees_one_s_own_number_and_whether_it_is_confirmed() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up_proven().await, cloud.sign_up().await);
    let shown = async |user| by(&cloud, user, "GET", "/phone").send().await.expect(200);
    let nothing = json!({ "number": null, "confirmed": false, "pendingNumber": null });
    assert_eq!(shown(&user).await, nothing);
    let (number, code) = code(&cloud, &user).await;
    assert_eq!(shown(&user).await, json!({ "number": null, "confirmed": false, "pendingNumber": number }));
    let confirmed = by(&cloud, &user, "POST", "/phone/confirm").json(&json!({ "code": code })).send().await;
    assert_eq!(confirmed.status, 204, "{}", confirmed.body);
    assert_eq!(shown(&user).await, json!({ "number": number, "confirmed": true, "pendingNumber": null }));
    assert_eq!(shown(&stranger).await, nothing);
}
