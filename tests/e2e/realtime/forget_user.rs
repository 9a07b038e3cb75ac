//! `realtime-forget-user` on `identity.user_deleted.v1`: no socket, no log, no mark is left.

use serde_json::json;
use tests::{Cloud, PASSWORD, eventually, inbox_item};

use super::held;

#[tokio::test]
async fn a_deleted_user_leaves_no_socket_and_no_trace() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut socket = cloud.socket(&user.access_token).await;
    cloud.publish(&inbox_item(&user, "Secret")).await;
    socket.expect("notification").await;
    let export = cloud.export(&user).await;
    assert!(export.to_string().contains("Secret"), "the export shows it: {export}");
    // That the export is ready is told too. On a busy machine this could come after the end of the session.
    socket.expect("notification").await;

    let reply = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(reply.send().await.status, 204);
    let frames = socket.closed().await;
    assert_eq!(frames.last().unwrap()["type"], "session_ended", "{frames:?}");
    eventually("the end of it", async || (held(&cloud, &user).await == ["forgotten"]).then_some(())).await;
    assert!(cloud.try_socket(&user.access_token).await.is_err());
}
