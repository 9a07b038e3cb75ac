//! Where a scene plays: a world of its own, people, and other functions, by which the scene prepares what it needs.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;
use std::time::Duration;

use contracts::DomainEvent;
use contracts::identity::Device;
use dynamo::Outbox;
use identity::ctx::first_token;
use identity::domain::account::{Account, NewAccount};
use identity::domain::attempts::Source;
use identity::domain::password::{HashingCost, Password, PasswordHashText};
use identity::domain::refresh::RefreshToken;
use identity::store::{Identity, Store};
use jiff::{SignedDuration, Timestamp};
use kit::http::Problem;
use serde::Serialize;
use serde_json::Value;
use tests::PASSWORD;
use tokio::sync::Mutex;
use types::{EmailAddress, PersonName, Role, SessionId, UserId, Uuid};

use crate::harness::binary;
use crate::harness::deployed::{Deployed, functions};
use crate::harness::runtime_api::Function;
use crate::harness::world::World;
use crate::measure::success;
use crate::request::{self, Request};

/// After this time the counters of an hour have expired.
const COUNTERS_EXPIRED: SignedDuration = SignedDuration::from_hours(3);

/// A user who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub session: SessionId,
    pub token: String,
}

/// A user with an account in the table.
#[derive(Debug, Clone)]
pub struct Member {
    pub person: Person,
    pub account: Account,
    pub refresh: RefreshToken,
}

/// A world, and functions that prepare it.
pub struct Stage {
    pub world: World,
    deployed: BTreeMap<String, Deployed>,
    running: Mutex<HashMap<String, Function>>,
    count: Cell<u64>,
    /// Accounts that the table lacks.
    newcomers: RefCell<Vec<Account>>,
}

/// How a function is started.
pub fn command(name: &str) -> Vec<String> {
    vec![binary(name).display().to_string()]
}

impl Stage {
    /// An empty one.
    pub async fn start() -> Self {
        let deployed = functions().into_iter().map(|function| (function.name.clone(), function)).collect();
        let (running, count, newcomers) = (Mutex::default(), Cell::default(), RefCell::default());
        Self { world: World::start().await, deployed, running, count, newcomers }
    }

    /// Where the table is, as seen from some way off.
    pub async fn database(&self, added: Duration) -> String {
        let table = self.world.table();
        if added.is_zero() { table.address().to_owned() } else { table.address_behind(added).await }
    }

    /// A number that was not given before.
    pub fn number(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// A text that was not given before.
    pub fn fresh(&self, word: &str) -> String {
        format!("{word}-{}", self.number())
    }

    /// Calls an endpoint, and gives what its answer says.
    pub async fn call(&self, request: Request) -> Value {
        let (name, answer) = (request.name.clone(), self.invoke(&request.name.clone(), &request.event()).await);
        let body = answer["body"].as_str().unwrap_or_default();
        assert!(answer["statusCode"].is_u64(), "{name}: {answer}");
        serde_json::from_str(body).unwrap_or_default()
    }

    /// Calls an endpoint that makes something, and gives its id.
    pub async fn made(&self, request: Request) -> String {
        let name = request.name.clone();
        let body = self.call(request).await;
        body["id"].as_str().unwrap_or_else(|| panic!("{name}: {body}")).to_owned()
    }

    /// Lets a consumer hear of a fact.
    pub async fn hear<T: DomainEvent + Serialize>(&self, name: &str, fact: T) {
        self.invoke(name, &request::fact(name, fact)).await;
    }

    /// Calls a function that must succeed.
    pub async fn invoke(&self, name: &str, event: &Value) -> Value {
        self.register().await;
        let mut running = self.running.lock().await;
        if !running.contains_key(name) {
            let deployed = self.deployed.get(name).unwrap_or_else(|| panic!("no function {name}"));
            let environment = self.world.environment_of(deployed, self.world.table().address());
            let started = Function::start(&command(name), &environment).await;
            running.insert(name.to_owned(), started.unwrap_or_else(|error| panic!("{name}: {error}")));
        }
        let reply = running.get_mut(name).expect("it runs").invoke(event).await;
        let reply = reply.unwrap_or_else(|error| panic!("{name}: {error}")).reply;
        success(name, &reply).unwrap_or_else(|error| panic!("to prepare: {name}: {error}"));
        reply.expect("a success")
    }

    /// Lets the counters of hours expire, before a call that a limit would refuse. What is kept for days stays.
    pub async fn expire_counters(&self) {
        self.world.table().expire((Timestamp::now() + COUNTERS_EXPIRED).as_second()).await;
    }

    /// A new user who is unknown to other contexts.
    pub fn person(&self) -> Person {
        self.newcomer(&[])
    }

    /// An admin, of whom no other context has heard.
    pub fn admin(&self) -> Person {
        self.newcomer(&[Role::Admin])
    }

    fn newcomer(&self, roles: &[Role]) -> Person {
        let account = self.account(roles);
        let verified_at = Some(account.created_at);
        let member = self.signed_in(&Account { email_verified_at: verified_at, ..account });
        self.newcomers.borrow_mut().push(member.account);
        member.person
    }

    /// Puts the accounts of new people into the table: changes need an account in good standing.
    pub async fn register(&self) {
        let newcomers = self.newcomers.take();
        for account in newcomers {
            self.accounts().add_with_claims(&account, &Outbox::none()).await.expect("an account");
        }
    }

    /// A new user who has registered an hour ago, and may do this beside what all may.
    pub async fn member(&self, roles: &[Role]) -> Member {
        let member = self.signed_in(&self.account(roles));
        self.add(&member).await;
        member
    }

    /// Puts a user's account into the table.
    pub async fn add(&self, member: &Member) {
        self.accounts().add_with_claims(&member.account, &Outbox::none()).await.expect("an account");
    }

    /// Accounts in the table.
    pub fn accounts(&self) -> Store {
        Store::new(self.world.table().of::<Identity>())
    }

    /// Sets an account back to what it was, with all that goes with it.
    pub async fn restore(&self, account: &Account) {
        let accounts = self.accounts();
        let read = accounts.account(account.id).await.expect("a table").expect("an account");
        let changed = accounts.change_with_claims(read, |there| {
            there.clone_from(account);
            Ok::<_, Problem>(((), Outbox::none()))
        });
        changed.await.expect("an account");
    }

    /// The text of an API key that may do this.
    pub async fn api_key(&self, scope: &str) -> String {
        let admin = self.member(&[Role::Admin]).await;
        let ends = Timestamp::now() + SignedDuration::from_hours(24 * 30);
        let request = Request::of("identity-create-api-key").by(&admin.person).with("scopes", [scope]);
        let made = self.call(request.with("expiresAt", ends)).await;
        made["key"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// An account that was made an hour ago: what may be asked for once a minute may be asked for now.
    fn account(&self, roles: &[Role]) -> Account {
        let email = EmailAddress::parse(&format!("{}@example.com", self.fresh("user"))).expect("an address");
        let new = NewAccount { email, name: PersonName::parse("Ann").expect("a name"), password: password_hash() };
        let made_at = Timestamp::now() - SignedDuration::from_hours(1);
        let mut account = Account::register(UserId::generate(), Uuid::now_v7(), new, made_at).0;
        account.roles.extend(roles);
        account.known_sources.remember(&Source::of("203.0.113.7"));
        account
    }

    /// Signs a device in.
    pub fn signed_in(&self, account: &Account) -> Member {
        let (mut account, now) = (account.clone(), Timestamp::now());
        let refresh = first_token(account.id).expect("a token");
        let device = Device { name: "Ann's phone".to_owned(), platform: "ios".to_owned() };
        account.sign_in(&refresh, device, now);
        let session = refresh.session_id;
        let token = self.world.issuer().access_token(&account, session, now).expect("a token");
        Member { person: Person { id: account.id, session, token }, account, refresh }
    }
}

/// The hash of [`PASSWORD`], which takes long to make.
fn password_hash() -> PasswordHashText {
    static HASH: OnceLock<PasswordHashText> = OnceLock::new();
    HASH.get_or_init(|| Password::new(PASSWORD).hash(&[7; 16], HashingCost::PRODUCTION).expect("a hash")).clone()
}
