//! `$disconnect`: a socket that is closed leaves no record.

use tests::{Cloud, eventually};

use super::held;

#[tokio::test]
async fn a_closed_socket_leaves_no_record() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut stays = cloud.socket(&user.access_token).await;
    let mut goes = cloud.socket(&user.access_token).await;
    goes.ping().await;
    assert_eq!(held(&cloud, &user).await.len(), 2);
    drop(goes);
    eventually("the record to go", async || (held(&cloud, &user).await.len() == 1).then_some(())).await;
    assert!(stays.ping().await.is_empty());
}
