//! Refresh tokens through the endpoint, with a clock that the test moves.

use std::time::Duration;

use jiff::Timestamp;
use kit::Clock;
use testkit::Reply;

use crate::identity_support::Deployment;

fn token(reply: &Reply) -> String {
    reply.body["tokens"]["refreshToken"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

#[tokio::test]
async fn a_token_that_was_replaced_long_ago_ends_its_session() {
    let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
    let deployment = Deployment::at(clock.clone()).await;
    let first = token(&deployment.sign_up("ann@example.com").await);
    let second = token(&deployment.present(&first).await);
    clock.advance(Duration::from_secs(29));
    assert_eq!(token(&deployment.present(&first).await), second, "within the grace");
    clock.advance(Duration::from_secs(2));
    let replay = deployment.present(&first).await;
    assert_eq!((replay.status, replay.body["code"].as_str()), (401, Some("identity.refresh_replayed")));
    let gone = deployment.present(&second).await;
    assert_eq!((gone.status, gone.body["code"].as_str()), (401, Some("identity.refresh_invalid")));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tabs_at_once_get_one_successor() {
    let deployment: &'static Deployment = Box::leak(Box::new(Deployment::start().await));
    let first = token(&deployment.sign_up("ann@example.com").await);
    let tabs: Vec<_> = (0..20)
        .map(|_| {
            let first = first.clone();
            tokio::spawn(async move { token(&deployment.present(&first).await) })
        })
        .collect();
    let mut successors = std::collections::HashSet::new();
    for tab in tabs {
        successors.insert(tab.await.unwrap());
    }
    assert_eq!(successors.len(), 1);
}
