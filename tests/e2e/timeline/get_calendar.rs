//! `GET /v1/aquarium/calendar/{file}`

use contracts::aquariums::AccessChanged;

use super::support::{Shared, rolling, tell};

#[tokio::test]
async fn calendar_programs_read_the_feed_without_a_sign_in() {
    let shared = Shared::start().await;
    shared.plan().await;
    let task = shared.task(&rolling()).await;
    let link = shared.dosing("POST", &shared.viewer, "/calendar-link", 0, None).await.expect(200);
    let path = link["path"].as_str().unwrap();
    let reply = shared.cloud.get(path).send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "text/calendar; charset=utf-8");
    assert!(reply.header("cache-control").starts_with("private"));
    let text = reply.body.as_str().unwrap();
    assert!(text.contains("SUMMARY:Refill: Calcium A\r\n"), "{text}");
    assert!(text.contains("SUMMARY:Clean the skimmer\r\n"), "{text}");
    assert!(text.contains(&format!("UID:task-{}-", task["id"].as_str().unwrap())), "{text}");
    let again = shared.cloud.get(path).header("if-none-match", reply.header("etag")).send().await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn a_member_who_leaves_has_no_feed_any_more() {
    let shared = Shared::start().await;
    let link = shared.dosing("POST", &shared.keeper, "/calendar-link", 0, None).await.expect(200);
    let path = link["path"].as_str().unwrap();
    let alone = AccessChanged { members: Vec::new(), ..shared.access(2) };
    let entry = tell(&shared.cloud, "timeline-keep-access", alone).await;
    assert!(entry.contains("applied"), "{entry}");
    shared.cloud.get(path).send().await.expect_problem(404, "timeline.no_such_calendar");
}

#[tokio::test]
async fn other_names_are_no_feeds() {
    let shared = Shared::start().await;
    let link = shared.dosing("POST", &shared.owner, "/calendar-link", 0, None).await.expect(200);
    let good = link["path"].as_str().unwrap();
    let other = good.replace(&shared.id.uuid().simple().to_string(), &types::Uuid::now_v7().simple().to_string());
    for wrong in [other.as_str(), "/v1/aquarium/calendar/x.ics", &good[..good.len() - 4]] {
        shared.cloud.get(wrong).send().await.expect_problem(404, "timeline.no_such_calendar");
    }
}

#[tokio::test]
async fn a_suspended_member_has_no_feed_until_the_account_is_restored() {
    let shared = Shared::start().await;
    let link = shared.dosing("POST", &shared.viewer, "/calendar-link", 0, None).await.expect(200);
    let path = link["path"].as_str().unwrap();
    let admin = shared.cloud.admin().await;
    let change = async |verb: &str| {
        let call = shared.cloud.post(&format!("/v1/users/{}/{verb}", shared.viewer.id));
        drop(call.bearer(&admin.access_token).send().await.expect(200));
    };
    change("suspend").await;
    shared.cloud.get(path).send().await.expect_problem(404, "timeline.no_such_calendar");
    change("restore").await;
    assert_eq!(shared.cloud.get(path).send().await.status, 200);
}
