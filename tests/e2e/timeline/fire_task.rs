//! `timeline-fire-task`: EventBridge Scheduler calls, and keepers are reminded in the inbox, at open sockets and by push message.

use std::time::Duration;

use jiff::Timestamp;
use tests::{User, eventually, eventually_within};

use super::support::{Shared, soon};

/// The next minute, the ten seconds that the local timer takes, and some patience.
const BOUND: Duration = Duration::from_mins(2);

#[tokio::test]
async fn an_occurrence_reminds_owner_and_keepers_in_the_inbox_on_open_sockets_and_by_push() {
    let shared = Shared::start().await;
    let token = shared.cloud.new_push_token();
    shared.cloud.register_device(&shared.owner, &token).await;
    let mut socket = shared.cloud.socket(&shared.owner.access_token).await;
    let task = shared.task(&soon()).await;
    let (id, due) = (task["id"].as_str().unwrap(), task["nextAt"].as_str().unwrap());
    let due: Timestamp = due.parse().unwrap();
    let inbox = async |user: &User| {
        let page = shared.cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
        page["items"].as_array().unwrap().clone()
    };
    for user in [&shared.owner, &shared.keeper] {
        let first = eventually_within(BOUND, "a reminder", async || inbox(user).await.first().cloned()).await;
        assert!(first["title"].as_str().unwrap().contains("Clean the skimmer"), "{first}");
        let local = due.in_tz("Asia/Kathmandu").unwrap().strftime("%H:%M").to_string();
        assert!(first["body"].as_str().unwrap().contains(&local), "{first}");
        assert_eq!(first["link"], format!("/aquariums/{}/tasks/{id}", shared.id));
    }
    let frame = socket.next_within(BOUND).await.expect("a message");
    assert_eq!((&frame["data"]["kind"], &frame["data"]["data"]["taskId"]), (&"task_due".into(), &task["id"]));
    let push = eventually("the push message", async || shared.cloud.pushes(&token).await.pop()).await;
    assert!(push.title.contains("Clean the skimmer"), "{}", push.title);
    assert!(inbox(&shared.viewer).await.is_empty(), "viewers are not reminded");
    let read = shared.task_call("GET", &shared.viewer, &format!("/{id}"), 0, None).await.expect(200);
    assert_eq!((&read["open"][0]["dueAt"], &read["version"]), (&task["nextAt"], &2.into()));
    let scheduler = aws_sdk_scheduler::Client::new(&shared.cloud.sdk().await);
    eventually("the next call", async || {
        let listed = scheduler.list_schedules().send().await.ok()?;
        let prefix = id.replace('-', "");
        listed.schedules.iter().any(|call| call.name().is_some_and(|name| name.starts_with(&prefix))).then_some(())
    })
    .await;
    assert_eq!(shared.task_call("DELETE", &shared.owner, &format!("/{id}"), 2, None).await.status, 204);
}
