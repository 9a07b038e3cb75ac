//! `POST /v1/notifications/read-all`

use serde_json::json;
use tests::Cloud;

use super::support::{by, notify};

#[tokio::test]
async fn all_of_one_s_own_are_read() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    for title in ["Water", "Cats", "Trees"] {
        notify(&cloud, &ann, title).await;
    }
    notify(&cloud, &bob, "Water").await;
    let read_all = || by(&cloud, &ann, "POST", "/read-all").send();
    assert_eq!(read_all().await.expect(200), json!({ "read": 3, "more": false }));
    assert_eq!(read_all().await.expect(200), json!({ "read": 0, "more": false }));
    let unread = async |user| by(&cloud, user, "GET", "").send().await.expect(200)["unreadCount"].clone();
    assert_eq!((unread(&ann).await, unread(&bob).await), (json!(0), json!(1)));
}
