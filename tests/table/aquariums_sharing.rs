//! Invitations and members under races, and what members may do.

use contracts::aquariums::{AccessChanged, AquariumRemoved};
use contracts::identity::UserDeleted;
use futures::future::join_all;
use jiff::Timestamp;
use kit::sqs::Done;
use serde_json::json;

use crate::aquariums_support::{Asked, Fishroom, Person, about, event};
use crate::takeovers::reclaimed;

/// An aquarium with its owner.
async fn shared() -> (Fishroom, Person, String) {
    let room = Fishroom::start().await;
    let owner = room.person("owner").await;
    let id = room.aquarium(&owner, "a").await;
    (room, owner, id)
}

async fn people<const N: usize>(room: &Fishroom) -> [Person; N] {
    let people = join_all((0..N).map(async |number| room.person(&format!("person-{number}")).await)).await;
    people.try_into().ok().unwrap()
}

#[tokio::test]
async fn of_ten_users_with_one_code_one_becomes_a_member() {
    let (room, owner, id) = shared().await;
    let people: [Person; 10] = people(&room).await;
    let code = room.invite(&owner, &id, "keeper").await;
    let replies = join_all(people.iter().map(|person| room.accept(person, &code))).await;
    let admitted = replies.iter().filter(|reply| reply.status == 200).count();
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.body["code"] == "aquariums.no_such_invitation"));
    assert_eq!(admitted, 1);
    let members = room.call(&room.list_members(), "GET", &owner, about(&id), None).await;
    assert_eq!(members.body["members"].as_array().unwrap().len(), 1);
    let mut shares = 0;
    for person in &people {
        shares += room.listed(person).await.len();
    }
    assert_eq!(shares, 1, "the member sees it, nobody else does");
}

#[tokio::test]
async fn a_repeated_acceptance_gets_the_same_answer() {
    let (room, owner, id) = shared().await;
    let [bob] = people(&room).await;
    let code = room.invite(&owner, &id, "viewer").await;
    let replies = join_all((0..5).map(|_| room.accept(&bob, &code))).await;
    for reply in &replies {
        assert_eq!((reply.status, &reply.body["role"]), (200, &json!("viewer")), "{}", reply.body);
    }
    let code = room.invite(&owner, &id, "keeper").await;
    assert_eq!(room.accept(&bob, &code).await.body["role"], "viewer", "the role stays");
    assert_eq!(room.accept(&owner, &code).await.body["role"], "owner");
    let list = room.call(&room.list_invitations(), "GET", &owner, about(&id), None).await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1, "and the invitation");
}

#[tokio::test]
async fn thirty_concurrent_acceptances_admit_twenty_members() {
    let (room, owner, id) = shared().await;
    let people: [Person; 30] = people(&room).await;
    let mut codes = Vec::new();
    for _ in &people {
        codes.push(room.invite(&owner, &id, "viewer").await);
    }
    // All at once, and again one after the other: those that met too many others try again.
    join_all(people.iter().zip(&codes).map(|(person, code)| room.accept(person, code))).await;
    let mut admitted = 0;
    for (person, code) in people.iter().zip(&codes) {
        let reply = room.accept(person, code).await;
        assert!(reply.status == 200 || reply.body["code"] == "aquariums.members_full", "{}", reply.body);
        admitted += usize::from(reply.status == 200);
    }
    assert_eq!(admitted, 20);
    let shares = room.table.items().await.into_iter().filter(|item| item["sk"].as_s().unwrap().starts_with("share#"));
    assert_eq!(shares.count(), 20);
}

#[tokio::test]
async fn an_acceptance_in_the_middle_of_a_removal_leaves_no_half_of_a_membership() {
    let (room, owner, id) = shared().await;
    let [bob] = people(&room).await;
    room.share(&owner, &id, &bob, "keeper").await;
    let about_bob = || about(&id).and("userId", bob.id);
    for _ in 0..10 {
        let code = room.invite(&owner, &id, "keeper").await;
        let (remove, accept) = (room.remove_member(), room.accept_invitation());
        let body = Some(json!({ "code": code }));
        let (removed, accepted) = tokio::join!(
            room.call(&remove, "DELETE", &owner, about_bob(), None),
            room.call(&accept, "POST", &bob, Asked::default(), body),
        );
        assert!([204, 404].contains(&removed.status), "{}", removed.body);
        assert_eq!(accepted.status, 200, "{}", accepted.body);
        let access = room.store.access(id.parse().unwrap()).await.unwrap().unwrap();
        let is_member = access.value.member(bob.id).is_some();
        assert_eq!(room.listed(&bob).await.len(), usize::from(is_member));
        let share = format!("aquariums#user#{} share#{id}", bob.id);
        assert_eq!(room.items_with(&id).await.contains(&share), is_member);
    }
}

#[tokio::test]
async fn an_acceptance_in_the_middle_of_a_deletion_leaves_no_share() {
    let room = Fishroom::start().await;
    let (owner, [bob]) = (room.person("owner").await, people(&room).await);
    for round in 0..5 {
        let id = room.aquarium(&owner, &format!("key-{round}")).await;
        let code = room.invite(&owner, &id, "keeper").await;
        let delete = room.delete_aquarium();
        let asked = about(&id).tagged("\"1\"");
        let (deleted, accepted) =
            tokio::join!(room.call(&delete, "DELETE", &owner, asked, None), room.accept(&bob, &code));
        assert_eq!(deleted.status, 204, "{}", deleted.body);
        assert!([200, 404].contains(&accepted.status), "{}", accepted.body);
        assert_eq!(room.listed(&bob).await, Vec::<String>::new());
        let fact = AquariumRemoved { aquarium_id: id.parse().unwrap(), owner_id: owner.id, revision: 9 };
        room.purge(event(fact)).await.unwrap();
        assert_eq!(room.items_with(&id).await, [format!("aquariums#aquarium#{id} access")], "only the tombstone");
    }
}

#[tokio::test]
async fn roles_decide_what_members_may_do() {
    let (room, owner, id) = shared().await;
    let [keeper, viewer, stranger] = people(&room).await;
    room.share(&owner, &id, &keeper, "keeper").await;
    room.share(&owner, &id, &viewer, "viewer").await;
    for person in [&keeper, &viewer] {
        let seen = room.call(&room.get_aquarium(), "GET", person, about(&id), None).await;
        assert_eq!((seen.status, &seen.body["ownerId"]), (200, &json!(owner.id)));
        assert_eq!(room.call(&room.list_members(), "GET", person, about(&id), None).await.status, 200);
        assert_eq!(room.listed(person).await, std::slice::from_ref(&id));
    }
    let update = || about(&id).tagged("\"1\"").and("userId", viewer.id);
    for (person, status) in [(&keeper, 403), (&viewer, 403), (&stranger, 404)] {
        let role = Some(json!({ "role": "keeper" }));
        let other = about(&id).and("userId", if person.id == viewer.id { keeper.id } else { viewer.id });
        let invitation = about(&id).and("invitationId", keeper.id);
        let replies = [
            room.call(&room.update_aquarium(), "PATCH", person, update(), Some(json!({ "name": "Mine" }))).await,
            room.call(&room.delete_aquarium(), "DELETE", person, update(), None).await,
            room.call(&room.create_invitation(), "POST", person, about(&id), role.clone()).await,
            room.call(&room.list_invitations(), "GET", person, about(&id), None).await,
            room.call(&room.delete_invitation(), "DELETE", person, invitation, None).await,
            room.call(&room.update_member(), "PATCH", person, update(), role).await,
            room.call(&room.remove_member(), "DELETE", person, other, None).await,
        ];
        for reply in replies {
            assert_eq!(reply.status, status, "{}", reply.body);
        }
    }
}

#[tokio::test]
async fn a_change_of_roles_and_the_end_of_a_share_take_effect_at_once() {
    let (room, owner, id) = shared().await;
    let [bob] = people(&room).await;
    room.share(&owner, &id, &bob, "viewer").await;
    let about_bob = || about(&id).and("userId", bob.id);
    let update = async |role| {
        let body = Some(json!({ "role": role }));
        room.call(&room.update_member(), "PATCH", &owner, about_bob(), body).await
    };
    assert_eq!(update("keeper").await.status, 200);
    assert_eq!(update("keeper").await.body["role"], "keeper", "a repeat");
    let seen = room.call(&room.get_aquarium(), "GET", &bob, about(&id), None).await;
    assert_eq!(seen.body["role"], "keeper");
    let told = room.told::<AccessChanged>().await;
    let newest = told.iter().max_by_key(|event| event["data"]["revision"].as_u64()).unwrap();
    assert_eq!(newest["data"]["members"], json!([{ "userId": bob.id, "role": "keeper" }]));
    assert_eq!(newest["data"]["revision"], 3);

    let leave = room.call(&room.remove_member(), "DELETE", &bob, about_bob(), None).await;
    assert_eq!(leave.status, 204);
    let again = room.call(&room.remove_member(), "DELETE", &bob, about_bob(), None).await;
    assert_eq!(again.body["code"], "aquariums.no_such_aquarium");
    let by_owner = room.call(&room.remove_member(), "DELETE", &owner, about_bob(), None).await;
    assert_eq!(by_owner.body["code"], "aquariums.no_such_member");
    assert_eq!(update("viewer").await.body["code"], "aquariums.no_such_member");
    let seen = room.call(&room.get_aquarium(), "GET", &bob, about(&id), None).await;
    assert_eq!(seen.status, 404);
    let own = about(&id).and("userId", owner.id);
    let owner_leaves = room.call(&room.remove_member(), "DELETE", &owner, own, None).await;
    assert_eq!(owner_leaves.body["code"], "aquariums.owner_cannot_leave");
}

#[tokio::test]
async fn wrong_codes_are_limited_and_do_not_count_for_others() {
    let (room, owner, id) = shared().await;
    let [bob, eve] = people(&room).await;
    let code = room.invite(&owner, &id, "keeper").await;
    let wrong = format!("{}AAAA", &code[..code.len() - 4]);
    for _ in 0..10 {
        assert_eq!(room.accept(&eve, &wrong).await.body["code"], "aquariums.no_such_invitation");
    }
    let limited = room.accept(&eve, &code).await;
    assert_eq!((limited.status, &limited.body["code"]), (429, &json!("request.limit_exceeded")));
    assert_eq!(room.accept(&bob, &code).await.status, 200);
}

#[tokio::test]
async fn a_deleted_or_repeated_invitation_has_no_second_code() {
    let (room, owner, id) = shared().await;
    let [bob] = people(&room).await;
    let create = room.create_invitation();
    let body = || Some(json!({ "role": "viewer" }));
    let first = room.call(&create, "POST", &owner, about(&id).once("k"), body()).await;
    assert_eq!(first.status, 201);
    let second = room.call(&create, "POST", &owner, about(&id).once("k"), body()).await;
    assert_eq!(second.body["code"], "aquariums.invitation_exists");
    let invitation = about(&id).and("invitationId", first.body["id"].as_str().unwrap());
    let delete = async || room.call(&room.delete_invitation(), "DELETE", &owner, invitation.clone(), None).await;
    assert_eq!(delete().await.status, 204);
    assert_eq!(delete().await.body["code"], "aquariums.no_such_invitation");
    let refused = room.accept(&bob, first.body["code"].as_str().unwrap()).await;
    assert_eq!(refused.body["code"], "aquariums.no_such_invitation");
}

#[tokio::test]
async fn a_page_has_owned_aquariums_and_then_shared_ones_and_pages_together_have_all() {
    let room = Fishroom::start().await;
    let (ann, bob) = (room.person("ann").await, room.person("bob").await);
    for person in [&ann, &bob] {
        room.plan(person.id, "plus", Timestamp::now()).await.unwrap();
    }
    let mut all = Vec::new();
    for number in 0..5 {
        all.push(room.aquarium(&bob, &format!("own-{number}")).await);
    }
    for number in 0..7 {
        let id = room.aquarium(&ann, &format!("shared-{number}")).await;
        room.share(&ann, &id, &bob, "viewer").await;
        all.push(id);
    }
    all[..5].sort();
    all[5..].sort();
    for limit in 1..14 {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for _ in 0..14 {
            let query = format!("limit={limit}{cursor}");
            let asked = Asked { query: &query, ..Asked::default() };
            let page = room.call(&room.list_aquariums(), "GET", &bob, asked, None).await.body;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, all, "limit {limit}");
    }
}

#[tokio::test]
async fn a_deleted_member_leaves_all_aquariums_and_a_deleted_owner_ends_all_shares() {
    let (room, owner, id) = shared().await;
    let [bob, eve] = people(&room).await;
    room.share(&owner, &id, &bob, "keeper").await;
    room.share(&owner, &id, &eve, "viewer").await;
    let gone = event(UserDeleted { user_id: bob.id });
    assert_eq!(room.forget(gone.clone()).await.unwrap(), Done::Applied);
    assert_eq!(room.items_with(&bob.id.to_string()).await, Vec::<String>::new());
    assert_eq!(room.forget(gone).await.unwrap(), Done::Duplicate);
    let told = room.told::<AccessChanged>().await;
    let newest = told.iter().max_by_key(|event| event["data"]["revision"].as_u64()).unwrap();
    assert_eq!(newest["data"]["members"], json!([{ "userId": eve.id, "role": "viewer" }]));
    // A token that still holds brings nobody back.
    let code = room.invite(&owner, &id, "keeper").await;
    assert_eq!(room.accept(&bob, &code).await.body["code"], "aquariums.no_such_user");

    assert_eq!(room.forget(event(UserDeleted { user_id: owner.id })).await.unwrap(), Done::Applied);
    assert_eq!(room.listed(&eve).await, Vec::<String>::new());
    assert_eq!(room.items_with(&eve.id.to_string()).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_member_who_left_before_the_account_was_deleted_is_named_nowhere() {
    let (room, owner, id) = shared().await;
    let [bob] = people(&room).await;
    room.share(&owner, &id, &bob, "keeper").await;
    let leave = about(&id).and("userId", bob.id);
    assert_eq!(room.call(&room.remove_member(), "DELETE", &bob, leave, None).await.status, 204);
    room.forget(event(UserDeleted { user_id: bob.id })).await.unwrap();
    assert_eq!(room.items_with(&bob.id.to_string()).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_takeover_ends_shares_from_before_it() {
    let (room, owner, id) = shared().await;
    let [bob] = people(&room).await;
    room.share(&owner, &id, &bob, "keeper").await;
    let takeover = Timestamp::now();
    let second = room.aquarium(&owner, "b").await;
    room.share(&owner, &second, &bob, "keeper").await;
    assert_eq!(room.forget(reclaimed(bob.id, takeover)).await.unwrap(), Done::Applied);
    assert_eq!(room.listed(&bob).await, [second]);
    assert_eq!(room.forget(reclaimed(bob.id, takeover)).await.unwrap(), Done::Duplicate);
}
