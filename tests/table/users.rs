//! The list of all accounts, and what admins change, with others at work.

use std::collections::HashSet;

use dynamo::{Cursor, Entity, Key, Outbox, Read, Versioned};
use identity::domain::account::{Account, NewAccount, Status};
use identity::domain::listing::Filter;
use identity::domain::password::{HashingCost, Password, PasswordHashText};
use identity::store::{ACCOUNT_SORT_KEY, Identity, Store};
use jiff::{SignedDuration, Timestamp};
use kit::http::{Problem, endpoint};
use lambda_http::RequestExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, request};
use tests::Cost;
use types::{EmailAddress, PersonName, Role, UserId, Uuid};

use crate::identity_support::{Deployment, stage};

fn hash() -> PasswordHashText {
    Password::new("correct horse battery staple").hash(&[1; 16], HashingCost::FOR_TESTS).unwrap()
}

/// Account number `number`: every seventh a manager, every fifth suspended, every eleventh deleted; three share a time.
fn account(number: u32, hash: &PasswordHashText) -> (EmailAddress, Account) {
    let email = EmailAddress::parse(&format!("user-{number}@example.com")).unwrap();
    let new = NewAccount { email: email.clone(), name: PersonName::parse("Ann").unwrap(), password: hash.clone() };
    let made_at = Timestamp::from_millisecond(1_800_000_000_000 + i64::from(number / 3)).unwrap();
    let mut account = Account::register(UserId::generate(), Uuid::now_v7(), new, made_at).0;
    if number.is_multiple_of(7) {
        account.roles.push(Role::Manager);
    }
    if number.is_multiple_of(5) {
        account.status = Status::Suspended;
    }
    if number.is_multiple_of(11) {
        account.status = Status::Deleted;
    }
    (email, account)
}

async fn filled(count: u32) -> (Store, Vec<Account>) {
    let (store, hash) = (Store::new(TestTable::start().await.of()), hash());
    let mut accounts = Vec::new();
    for number in 0..count {
        let (_, account) = account(number, &hash);
        store.add_with_claims(&account, &Outbox::none()).await.unwrap();
        accounts.push(account);
    }
    // Newest first; those of one time in the order of their ids.
    accounts.sort_by_key(|account| std::cmp::Reverse((account.created_at, account.id.to_string())));
    (store, accounts)
}

/// All pages, and how many there were.
async fn pages(store: &Store, filter: Filter, limit: u32) -> (Vec<UserId>, usize) {
    let (mut seen, mut after, mut count) = (Vec::new(), None, 0);
    loop {
        let page = store.users(filter, limit, after).await.unwrap();
        assert!(page.items.len() <= limit as usize);
        seen.extend(page.items.into_iter().map(|account| account.value.id));
        count += 1;
        // What clients get is what comes back.
        after = page.next.map(|next| Cursor::decode(&next.encode()).unwrap());
        if after.is_none() {
            return (seen, count);
        }
    }
}

#[tokio::test]
async fn pages_hold_every_wanted_account_once_and_newest_first() {
    let (store, accounts) = filled(40).await;
    for status in [None, Some(Status::Active), Some(Status::Suspended)] {
        for role in [None, Some(Role::User), Some(Role::Manager), Some(Role::Admin)] {
            let filter = Filter { status, role };
            let expected: Vec<_> =
                accounts.iter().filter(|account| filter.wants(account)).map(|account| account.id).collect();
            assert_eq!(expected.is_empty(), role == Some(Role::Admin));
            for limit in [1, 7, 40, 100] {
                assert_eq!(pages(&store, filter, limit).await.0, expected, "{filter:?} by {limit}");
            }
        }
    }
}

/// What an account's item looks like to a reader that needs less of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Damaged {
    id: UserId,
    email: String,
}

impl Entity for Damaged {
    type Context = Identity;

    fn key(&self) -> Key<Identity> {
        Key::new("user", self.id, ACCOUNT_SORT_KEY)
    }
}

#[tokio::test]
async fn an_unreadable_account_is_left_out_and_ends_no_list() {
    let table = TestTable::start().await;
    let (store, hash) = (Store::new(table.of()), hash());
    let mut readable = HashSet::new();
    for number in 0..10 {
        let (_, account) = account(number, &hash);
        store.add_with_claims(&account, &Outbox::none()).await.unwrap();
        if number == 4 {
            let damaged = Damaged { id: account.id, email: "i\u{307}x@example.com".to_owned() };
            let read = table.of::<Identity>().get::<Damaged>(damaged.key(), Read::Strong).await.unwrap().unwrap();
            table.of::<Identity>().replace(&read, damaged, &Outbox::none()).await.unwrap();
            assert!(store.account(account.id).await.is_err());
        } else {
            readable.insert(account.id);
        }
    }
    for status in [None, Some(Status::Active)] {
        for limit in [1, 3, 100] {
            let (seen, _) = pages(&store, Filter { status, role: None }, limit).await;
            // Number 0 is deleted, number 5 suspended.
            let wanted = if status.is_some() { 7 } else { 8 };
            assert_eq!(seen.len(), wanted, "{status:?} by {limit}");
            assert!(seen.iter().all(|id| readable.contains(id)));
        }
    }
}

#[tokio::test]
async fn a_rare_account_among_many_is_found_over_short_pages() {
    let (store, accounts) = filled(600).await;
    let oldest = accounts.last().unwrap().id;
    let read = store.account(accounts[accounts.len() - 2].id).await.unwrap().unwrap();
    let found = read.value.id;
    assert_ne!(found, oldest);
    let promote = |account: &mut Account| {
        account.roles.push(Role::Admin);
        Ok::<_, Problem>(((), Outbox::none()))
    };
    store.change(read, promote).await.unwrap();
    let filter = Filter { status: None, role: Some(Role::Admin) };
    let first = store.users(filter, 20, None).await.unwrap();
    assert!(first.items.is_empty() && first.next.is_some(), "a request looks at a bounded number of accounts");
    assert_eq!(pages(&store, filter, 20).await, (vec![found], 2));
}

#[tokio::test]
async fn accounts_that_change_between_pages_keep_their_places() {
    let (store, accounts) = filled(30).await;
    let wanted: Vec<_> = accounts.iter().filter(|account| account.status != Status::Deleted).collect();
    let first = store.users(Filter::default(), 10, None).await.unwrap();
    for account in &wanted {
        let read = store.account(account.id).await.unwrap().unwrap();
        let touch = |account: &mut Account| {
            account.roles.push(Role::Admin);
            Ok::<_, Problem>(((), Outbox::none()))
        };
        store.change(read, touch).await.unwrap();
    }
    let rest = store.users(Filter::default(), 100, first.next).await.unwrap();
    let seen: Vec<_> = first.items.iter().chain(&rest.items).map(|account| account.value.id).collect();
    assert_eq!(seen, wanted.iter().map(|account| account.id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_of_another_list_leads_nowhere() {
    let (store, _) = filled(3).await;
    // "a", "created", "line#1", "zzz".
    for forged in ["YQ", "Y3JlYXRlZA", "bGluZSMx", "enp6"] {
        let page = store.users(Filter::default(), 10, Some(Cursor::decode(forged).unwrap())).await.unwrap();
        assert!(page.items.is_empty() && page.next.is_none(), "{forged}");
    }
}

/// A deployment with a signed-in admin.
pub struct Administration {
    pub deployment: Deployment,
    pub token: String,
}

impl Administration {
    pub async fn start() -> Self {
        let deployment = Deployment::start().await;
        let id = deployment.sign_up("admin@example.com").await.body["user"]["id"].as_str().unwrap().parse().unwrap();
        deployment.change(id, |account| account.roles.push(Role::Admin)).await;
        let token =
            deployment.sign_in("admin@example.com").await.body["tokens"]["accessToken"].as_str().unwrap().into();
        Self { deployment, token }
    }

    /// Calls the endpoint that `verb` names for an account.
    pub async fn call(&self, verb: &str, id: &str, seen: Option<&str>, body: Option<&Value>) -> Reply {
        use identity::api::{delete_api_key, get_user, restore_user, set_user_plan, set_user_roles, suspend_user};
        let public = self.deployment.public;
        let endpoint = match verb {
            "delete-key" => endpoint(delete_api_key::delete_api_key, public, stage()),
            "get" => endpoint(get_user::get_user, self.deployment.directory(kit::Clock::System), stage()),
            "plan" => endpoint(set_user_plan::set_user_plan, public, stage()),
            "restore" => endpoint(restore_user::restore_user, public, stage()),
            "roles" => endpoint(set_user_roles::set_user_roles, public, stage()),
            "suspend" => endpoint(suspend_user::suspend_user, public, stage()),
            other => panic!("no endpoint {other}"),
        };
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(seen.map(|seen| ("if-match", seen)));
        let request = request("PUT", "/v1/users", &headers, body);
        let parameters = [("id".to_owned(), id.to_owned())];
        endpoint.call(request.with_path_parameters(std::collections::HashMap::from(parameters))).await.into()
    }

    pub async fn account(&self, id: &str) -> Versioned<Account> {
        self.deployment.ctx.store.account(id.parse().unwrap()).await.unwrap().unwrap()
    }

    /// The events on an account's item.
    async fn told(&self, id: &str) -> Vec<(String, Value)> {
        let items = self.deployment.table.items().await;
        let item = items.iter().find(|item| {
            item["pk"].as_s().is_ok_and(|pk| pk.ends_with(id)) && item["sk"].as_s().is_ok_and(|sk| sk == "account")
        });
        let text = item.unwrap().get("outbox").map_or("[]", |outbox| outbox.as_s().unwrap());
        Outbox::parse(text).unwrap().into_iter().map(|event| (event.event_type, event.data)).collect()
    }
}

#[tokio::test]
async fn each_change_tells_its_events_with_the_change() {
    let admin = Administration::start().await;
    let user = admin.deployment.sign_up("ann@example.com").await.body;
    let id = user["user"]["id"].as_str().unwrap();
    let changed = admin.call("plan", id, None, Some(&json!({ "plan": "premium" }))).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let plan = |plan: &str| ("identity.plan_changed".to_owned(), json!({ "userId": id, "plan": plan }));
    assert_eq!(admin.told(id).await, [plan("premium")]);
    let second = admin.deployment.sign_in("ann@example.com").await.body;
    admin.call("plan", id, None, Some(&json!({ "plan": "free" }))).await;
    let ended = |session: &Value, reason: &str| {
        let device = json!({ "name": "Unknown device", "platform": "unknown" });
        let session = &session["tokens"]["sessionId"];
        let data = json!({ "userId": id, "sessionId": session, "device": device, "reason": reason });
        ("identity.session_ended".to_owned(), data)
    };
    assert_eq!(admin.told(id).await, [plan("free"), ended(&user, "device_limit")]);
    admin.call("roles", id, None, Some(&json!({ "roles": ["manager"] }))).await;
    let roles = ("identity.roles_changed".to_owned(), json!({ "userId": id, "roles": ["user", "manager"] }));
    assert_eq!(admin.told(id).await, [roles]);
    admin.call("suspend", id, None, None).await;
    let suspended = ("identity.user_suspended".to_owned(), json!({ "userId": id }));
    assert_eq!(admin.told(id).await, [suspended, ended(&second, "suspended")]);
    admin.call("restore", id, None, None).await;
    assert_eq!(admin.told(id).await, [("identity.user_restored".to_owned(), json!({ "userId": id }))]);
    // What changes nothing writes nothing.
    let version = admin.account(id).await.version;
    for (verb, body) in
        [("plan", Some(json!({ "plan": "free" }))), ("roles", Some(json!({ "roles": ["manager"] }))), ("restore", None)]
    {
        let same = admin.call(verb, id, None, body.as_ref()).await;
        assert_eq!((same.status, same.body["version"].as_u64()), (200, Some(version)), "{verb}");
        assert_eq!(Cost::from(&same).calls, 2, "{verb}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_admins_who_saw_the_same_version_one_changes_it() {
    let admin: &'static Administration = Box::leak(Box::new(Administration::start().await));
    let user = admin.deployment.sign_up("ann@example.com").await.body;
    let id: &'static str = user["user"]["id"].as_str().unwrap().to_owned().leak();
    let rivals: Vec<_> = (0..20)
        .map(|number| {
            let body = json!({ "roles": [if number % 2 == 0 { "manager" } else { "admin" }] });
            tokio::spawn(async move { admin.call("roles", id, Some("\"1\""), Some(&body)).await.status })
        })
        .collect();
    let mut answers = Vec::new();
    for rival in rivals {
        answers.push(rival.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [vec![200], vec![412; 19]].concat());
    assert_eq!(admin.account(id).await.version, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_signs_in_meanwhile_a_suspended_account_has_no_session() {
    let admin: &'static Administration = Box::leak(Box::new(Administration::start().await));
    let user = admin.deployment.sign_up("ann@example.com").await.body;
    let id: &'static str = user["user"]["id"].as_str().unwrap().to_owned().leak();
    let logins: Vec<_> =
        (0..20).map(|_| tokio::spawn(async { admin.deployment.sign_in("ann@example.com").await.status })).collect();
    let suspended = tokio::spawn(async { admin.call("suspend", id, None, None).await.status });
    assert_eq!(suspended.await.unwrap(), 200);
    let mut answers = HashSet::new();
    for login in logins {
        answers.insert(login.await.unwrap());
    }
    assert!(answers.is_subset(&HashSet::from([200, 403])), "{answers:?}");
    let account = admin.account(id).await.value;
    let later = admin.deployment.ctx.clock.now() + SignedDuration::from_secs(1);
    assert_eq!((account.status, account.sessions.live(later).count()), (Status::Suspended, 0));
}

#[tokio::test]
async fn the_first_admin_is_made_at_the_login_after_the_proof() {
    let table = Deployment::start().await;
    let id: UserId = table.sign_up("boss@example.com").await.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let named = table.with_first_admin("boss@example.com");
    let roles = |reply: &Reply| reply.body["user"]["roles"].clone();
    assert_eq!(roles(&named.sign_in("boss@example.com").await), json!(["user"]), "the address is not proven");
    let read = table.ctx.store.account(id).await.unwrap().unwrap();
    let prove = |account: &mut Account| {
        account.email_verified_at = Some(account.created_at);
        Ok::<_, Problem>(((), Outbox::none()))
    };
    table.ctx.store.change(read, prove).await.unwrap();
    assert_eq!(roles(&table.sign_in("boss@example.com").await), json!(["user"]), "nobody is named");
    assert_eq!(roles(&named.sign_in("boss@example.com").await), json!(["user", "admin"]));
    let account = named.ctx.store.account(id).await.unwrap().unwrap();
    assert_eq!(account.value.roles, [Role::User, Role::Admin]);
}
