//! Changes of address: claims, races and undo.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use identity::domain::account::Account;
use identity::domain::email_change::{CHANGE_LIFETIME, UNDO_LIFETIME};
use kit::auth::Purpose;
use kit::http::Problem;
use serde_json::{Value, json};
use testkit::Reply;

use crate::email_sign_in::{EMAIL, World, expect};
use crate::identity_support::{PASSWORD, call};

const NEW: &str = "ann.winter@example.com";
const NEW_PASSWORD: &str = "seven green lanterns over water";

/// A user with a verified address.
struct User {
    id: String,
    token: String,
}

/// The links of the newest request.
struct Links {
    confirm: String,
    undo: Option<String>,
}

async fn user(world: &World, email: &str) -> User {
    let registered = world.deployment.sign_up(email).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (id, token) = (text(&registered.body["user"]["id"]), text(&registered.body["tokens"]["accessToken"]));
    world.deployment.change(id.parse().unwrap(), |account| account.email_verified_at = Some(account.created_at)).await;
    User { id, token }
}

impl User {
    async fn request(&self, world: &World, email: &str) -> Reply {
        let body = json!({ "email": email, "password": PASSWORD });
        call(&world.deployment.change_email(), "POST", "/v1/users/me/email", Some(&self.token), Some(&body)).await
    }

    /// Requests a change, and reads both e-mails.
    async fn links(&self, world: &World, email: &str) -> Links {
        let requested = self.request(world, email).await;
        assert_eq!(requested.status, 202, "{}", requested.body);
        let told = world.told("account").await.into_iter().map(|event| event.data);
        let data = told.into_iter().find(|data| data["userId"] == self.id && data["email"] == email).unwrap();
        let key = &world.deployment.links.link_key;
        let sign = |purpose, name: &str| {
            let proof = data[name].as_str()?.parse().unwrap();
            Some(key.sign(purpose, self.id.parse().unwrap(), proof))
        };
        let confirm = sign(Purpose::ConfirmNewEmail, "confirmationId").unwrap();
        Links { confirm, undo: sign(Purpose::UndoEmailChange, "undoId") }
    }

    async fn confirm(&self, world: &World, link: &str) -> Reply {
        confirm(world, Some(&self.token), &json!({ "token": link })).await
    }

    async fn account(&self, world: &World) -> Account {
        world.account(&self.id).await
    }
}

async fn confirm(world: &World, token: Option<&str>, body: &Value) -> Reply {
    call(&world.deployment.confirm_email(), "POST", "/v1/auth/confirm-email", token, Some(body)).await
}

async fn undo(world: &World, link: &str) -> Reply {
    let body = json!({ "token": link, "password": NEW_PASSWORD });
    call(&world.deployment.undo_email_change(), "POST", "/v1/auth/undo-email", None, Some(&body)).await
}

async fn delete(world: &World, token: &str, password: &str) -> Reply {
    let body = json!({ "password": password });
    call(&world.deployment.delete_me(), "DELETE", "/v1/users/me", Some(token), Some(&body)).await
}

fn text(item: &std::collections::HashMap<String, AttributeValue>, name: &str) -> Option<String> {
    item.get(name).and_then(|value| value.as_s().ok()).cloned()
}

/// The claims of addresses: per key whose they are, and whether they are reserved.
async fn claims(world: &World) -> BTreeMap<String, (String, bool)> {
    let items = world.deployment.table.items().await;
    let claims = items.iter().filter(|item| text(item, "pk").unwrap().starts_with("identity#email#"));
    let claims = claims.filter(|item| text(item, "sk").unwrap() == "claim");
    claims
        .map(|item| {
            assert_eq!(item.contains_key("reserved_until"), item.contains_key("expires_at"));
            let reserved = item.contains_key("reserved_until");
            (text(item, "pk").unwrap(), (text(item, "user_id").unwrap(), reserved))
        })
        .collect()
}

/// Claims and accounts fit together: no address has two accounts, and no claim is left behind.
async fn check_claims(world: &World, users: &[&User]) {
    let mut expected = BTreeMap::new();
    for user in users {
        let Some(read) = world.deployment.ctx.store.account(user.id.parse().unwrap()).await.unwrap() else { continue };
        let own = read.value.email.iter().map(|email| (email.fingerprint(), false));
        let former = read.value.former_emails.iter().map(|former| (former.email.fingerprint(), true));
        for (fingerprint, reserved) in own.chain(former) {
            let before = expected.insert(format!("identity#email#{fingerprint}"), (user.id.clone(), reserved));
            assert_eq!(before, None, "two accounts have one address");
        }
    }
    assert_eq!(claims(world).await, expected);
}

#[tokio::test]
async fn the_old_address_works_until_the_new_one_is_confirmed_and_is_reserved_for_seven_days() {
    let world = World::start().await;
    let ann = user(&world, EMAIL).await;
    let links = ann.links(&world, NEW).await;
    assert_eq!(world.deployment.sign_in(NEW).await.status, 401);
    expect(&confirm(&world, None, &json!({ "token": links.confirm })).await, 403, "identity.password_required");
    let wrong = json!({ "token": links.confirm, "password": "not the password" });
    expect(&confirm(&world, None, &wrong).await, 403, "identity.wrong_password");
    for other in [links.undo.as_deref().unwrap(), "x"] {
        expect(&ann.confirm(&world, other).await, 422, "identity.link_invalid");
    }
    // The free plan has one device: what signs in ends the session of the caller, so the password proves possession.
    assert_eq!(world.deployment.sign_in(EMAIL).await.status, 200);
    let right = json!({ "token": links.confirm, "password": PASSWORD });
    assert_eq!(confirm(&world, None, &right).await.status, 204);
    let told: Vec<_> = world.told("account").await.into_iter().map(|event| event.event_type).collect();
    assert_eq!(told, ["identity.email_changed", "identity.session_ended"]);
    check_claims(&world, &[&ann]).await;
    assert_eq!(world.deployment.sign_in(EMAIL).await.status, 401);
    assert_eq!(world.deployment.sign_in(NEW).await.status, 200);
    expect(&world.deployment.sign_up(EMAIL).await, 409, "identity.email_taken");
    expect(&world.sign_in(EMAIL, Some("Eve")).await, 409, "identity.email_taken");
    let reset = json!({ "email": EMAIL });
    let before = ann.account(&world).await;
    call(&world.deployment.forgot_password(), "POST", "/v1/auth/forgot-password", None, Some(&reset)).await;
    assert_eq!(ann.account(&world).await, before, "a request for the old address resets nothing");

    world.wait(UNDO_LIFETIME.as_secs().unsigned_abs());
    expect(&undo(&world, links.undo.as_deref().unwrap()).await, 422, "identity.link_invalid");
    let bob = world.deployment.sign_up(EMAIL).await;
    assert_eq!(bob.status, 201, "{}", bob.body);
    // The account's record of the address that it lost meanwhile harms neither.
    let ann = User {
        token: world.deployment.sign_in(NEW).await.body["tokens"]["accessToken"].as_str().unwrap().into(),
        ..ann
    };
    let links = ann.links(&world, "third@example.com").await;
    assert_eq!(ann.confirm(&world, &links.confirm).await.status, 204);
    let owner = world.deployment.ctx.store.owner_of(&EMAIL.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(owner.to_string(), bob.body["user"]["id"].as_str().unwrap());
    assert_eq!(delete(&world, &ann.token, PASSWORD).await.status, 204);
    assert_eq!(claims(&world).await.len(), 1, "a deleted account frees its addresses");
}

#[tokio::test]
async fn a_reservation_that_has_ended_is_not_mistaken_for_that_of_the_next_owner() {
    let world = World::start().await;
    let ann = user(&world, EMAIL).await;
    assert_eq!(ann.confirm(&world, &ann.links(&world, NEW).await.confirm).await.status, 204);
    world.wait(UNDO_LIFETIME.as_secs().unsigned_abs());
    world.deployment.table.expire(world.clock.now().as_second()).await;

    // The next owner of the address gives it up too, so their reservation is in the version that Ann's was in.
    let bob = user(&world, EMAIL).await;
    assert_eq!(bob.confirm(&world, &bob.links(&world, "bob@example.com").await.confirm).await.status, 204);
    let token = world.deployment.sign_in(NEW).await.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    let ann = User { token, ..ann };
    assert_eq!(ann.confirm(&world, &ann.links(&world, "third@example.com").await.confirm).await.status, 204);
    check_claims(&world, &[&ann, &bob]).await;
    expect(&world.deployment.sign_up(EMAIL).await, 409, "identity.email_taken");
}

#[tokio::test]
async fn a_change_can_be_undone_before_and_after_it_took_effect() {
    for confirmed in [false, true] {
        let world = World::start().await;
        let ann = user(&world, EMAIL).await;
        let links = ann.links(&world, NEW).await;
        if confirmed {
            assert_eq!(ann.confirm(&world, &links.confirm).await.status, 204);
        }
        let link = links.undo.unwrap();
        expect(&undo(&world, &links.confirm).await, 422, "identity.link_invalid");
        assert_eq!(undo(&world, &link).await.status, 204);
        check_claims(&world, &[&ann]).await;
        let account = ann.account(&world).await;
        assert_eq!((account.email.clone().unwrap().as_str(), account.email_change.clone()), (EMAIL, None));
        assert_eq!(account.sessions.live(world.clock.now()).count(), 0);
        assert_eq!(world.deployment.sign_in(EMAIL).await.status, 401, "the stolen password");
        assert_eq!(world.deployment.sign_in_with(EMAIL, NEW_PASSWORD).await.status, 200);
        expect(&undo(&world, &link).await, 422, "identity.link_invalid");
        expect(&ann.confirm(&world, &links.confirm).await, 422, "identity.link_invalid");
        assert_eq!(world.deployment.sign_up(NEW).await.status, 201, "the other address is free");
    }
}

#[tokio::test]
async fn an_account_that_goes_back_and_forth_keeps_its_claims() {
    let world = World::start().await;
    let ann = user(&world, EMAIL).await;
    for email in [NEW, EMAIL, NEW, "third@example.com", NEW] {
        world.wait(61);
        let links = ann.links(&world, email).await;
        assert_eq!(ann.confirm(&world, &links.confirm).await.status, 204, "{email}");
        check_claims(&world, &[&ann]).await;
    }
    assert_eq!(delete(&world, &ann.token, PASSWORD).await.status, 204);
    assert!(claims(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_accounts_that_change_to_one_address_at_once_one_gets_it() {
    for _ in 0..5 {
        let world = World::start().await;
        let (ann, bob) = (user(&world, EMAIL).await, user(&world, "bob@example.com").await);
        let (first, second) = (ann.links(&world, NEW).await, bob.links(&world, NEW).await);
        let (first, second) = tokio::join!(ann.confirm(&world, &first.confirm), bob.confirm(&world, &second.confirm));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{} {}", first.body, second.body);
        check_claims(&world, &[&ann, &bob]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_an_undo_and_a_deletion_at_once_leave_one_state() {
    for _ in 0..10 {
        let world = World::start().await;
        let ann = user(&world, EMAIL).await;
        let links = ann.links(&world, NEW).await;
        let link = links.undo.unwrap();
        let (confirmed, undone, deleted) = tokio::join!(
            ann.confirm(&world, &links.confirm),
            undo(&world, &link),
            delete(&world, &ann.token, PASSWORD),
        );
        assert!(matches!(confirmed.status, 204 | 401 | 403 | 422), "{} {}", confirmed.status, confirmed.body);
        assert!(matches!(undone.status, 204 | 422), "{} {}", undone.status, undone.body);
        assert!(matches!(deleted.status, 204 | 401 | 403), "{} {}", deleted.status, deleted.body);
        assert!(deleted.status == 204 || undone.status == 204, "somebody has won");
        check_claims(&world, &[&ann]).await;
        if let Some(read) = world.deployment.ctx.store.account(ann.id.parse().unwrap()).await.unwrap() {
            assert_eq!(read.value.email.unwrap().as_str(), EMAIL, "the owner of the earlier address has the last word");
        }
    }
}

#[tokio::test]
async fn requests_need_the_password_and_are_limited() {
    let world = World::start().await;
    let ann = user(&world, EMAIL).await;
    let ask = async |body: &Value| {
        call(&world.deployment.change_email(), "POST", "/v1/users/me/email", Some(&ann.token), Some(body)).await
    };
    expect(&ask(&json!({ "email": NEW })).await, 422, "request.invalid");
    let wrong = json!({ "email": NEW, "password": "not the password" });
    expect(&ask(&wrong).await, 403, "identity.wrong_password");
    let same = ask(&json!({ "email": EMAIL, "password": PASSWORD })).await;
    expect(&same, 422, "request.invalid");
    assert_eq!(same.body["errors"][0]["field"], "email");
    for number in 0..5 {
        assert_eq!(ann.request(&world, &format!("ann{number}@example.com")).await.status, 202, "{number}");
        expect(&ann.request(&world, NEW).await, 429, "identity.too_soon");
        world.wait(60);
    }
    expect(&ann.request(&world, NEW).await, 429, "request.limit_exceeded");
    let items = world.deployment.table.items().await;
    assert!(items.iter().any(|item| text(item, "sk").unwrap().starts_with("limit#email_changes#")));
}

#[tokio::test]
async fn an_address_changes_at_most_three_times_in_seven_days() {
    let world = World::start().await;
    let ann = user(&world, EMAIL).await;
    for number in 0..3 {
        let links = ann.links(&world, &format!("ann{number}@example.com")).await;
        assert_eq!(ann.confirm(&world, &links.confirm).await.status, 204);
        world.wait(60);
    }
    expect(&ann.request(&world, NEW).await, 429, "identity.too_many_addresses");
}

#[tokio::test]
async fn a_change_of_an_unverified_address_gives_it_up_and_dies_with_a_reset() {
    let world = World::start().await;
    let registered = world.deployment.sign_up(EMAIL).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let ann = User { id: text(&registered.body["user"]["id"]), token: text(&registered.body["tokens"]["accessToken"]) };
    let links = ann.links(&world, NEW).await;
    assert!(links.undo.is_none(), "the mailbox may be a stranger's");
    // Its owner signs in: the change that another person requested is over.
    let owner = world.sign_in(EMAIL, None).await;
    assert_eq!(owner.status, 200, "{}", owner.body);
    let token = owner.body["tokens"]["accessToken"].as_str();
    let late = confirm(&world, token, &json!({ "token": links.confirm })).await;
    expect(&late, 422, "identity.link_invalid");
}

#[tokio::test]
async fn a_link_to_the_new_address_is_valid_for_a_day() {
    let world = World::start().await;
    let ann = user(&world, EMAIL).await;
    let links = ann.links(&world, NEW).await;
    world.wait(CHANGE_LIFETIME.as_secs().unsigned_abs());
    let body = json!({ "token": links.confirm, "password": PASSWORD });
    expect(&confirm(&world, None, &body).await, 422, "identity.link_invalid");
}

#[tokio::test]
async fn a_confirmation_whose_response_was_lost_happens_once() {
    let (table, lost) = testkit::TestTable::start_losing_responses().await;
    let world = World::on(table);
    let ann = user(&world, EMAIL).await;
    lost.lose_next("TransactWriteItems");
    let links = ann.links(&world, NEW).await;
    lost.lose_next("TransactWriteItems");
    assert_eq!(ann.confirm(&world, &links.confirm).await.status, 204);
    lost.lose_next("TransactWriteItems");
    assert_eq!(undo(&world, &links.undo.unwrap()).await.status, 204);
    assert!(lost.are_lost());
    check_claims(&world, &[&ann]).await;
}

/// A change that read the account before its owner deleted it.
#[tokio::test]
async fn a_change_that_meets_a_deletion_finds_no_account() {
    let world = World::start().await;
    let ann = user(&world, EMAIL).await;
    let (store, id) = (&world.deployment.ctx.store, ann.id.parse().unwrap());
    let read = store.account(id).await.unwrap().unwrap();
    assert_eq!(delete(&world, &ann.token, PASSWORD).await.status, 204);
    let nothing = |_: &mut Account| Ok::<_, Problem>(((), dynamo::Outbox::none()));
    let late = store.change(read.clone(), nothing).await.unwrap_err();
    assert_eq!((late.status().as_u16(), late.code()), (404, "identity.no_such_user"));
    let late = store.change_with_claims(read, nothing).await.unwrap_err();
    assert_eq!((late.status().as_u16(), late.code()), (404, "identity.no_such_user"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_of_a_fault_while_an_account_is_deleted() {
    for _ in 0..10 {
        let world: &'static World = Box::leak(Box::new(World::start().await));
        let ann: &'static User = Box::leak(Box::new(user(world, EMAIL).await));
        let rename = |number: usize| async move {
            let body = json!({ "name": format!("Ann {number}") });
            call(&world.deployment.update_me(), "PATCH", "/v1/users/me", Some(&ann.token), Some(&body)).await
        };
        let sign_in = || async { world.deployment.sign_in(EMAIL).await };
        let renaming: Vec<_> = (0..8).map(|number| tokio::spawn(rename(number))).collect();
        let deleting = tokio::spawn(delete(world, &ann.token, PASSWORD));
        let signing_in = tokio::spawn(sign_in());
        for reply in renaming {
            let reply = reply.await.unwrap();
            // A sign-in meanwhile ends the session of a free plan.
            assert!(matches!(reply.status, 200 | 401 | 404), "{} {}", reply.status, reply.body);
        }
        assert!(matches!(deleting.await.unwrap().status, 204 | 401));
        assert!(matches!(signing_in.await.unwrap().status, 200 | 401));
    }
}
