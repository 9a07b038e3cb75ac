//! The endpoints of notifications in the process, called by people whom identity signed in.

use contracts::notifications::{Category, NotificationAdded, NotificationIds};
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use kit::Clock;
use kit::auth::{ApiKeyItems, ApiKeys, LinkKey};
use kit::http::{Endpoint, endpoint};
use lambda_http::RequestExt;
use notifications::api::{
    confirm_phone, delete_mail_suppression, delete_notification, delete_phone, get_phone, get_preferences,
    get_unsubscribe_page, list_deliveries, list_devices, list_notifications, read_all_notifications, read_notification,
    send_notification, set_phone, set_preferences, unsubscribe,
};
use notifications::domain::branding::Branding;
use notifications::domain::device::{Device, Platform, device_id};
use notifications::domain::inbox::InboxItem;
use notifications::store::{Notifications, Plan, Planned, Store};
use notifications::{NewPhones, PhoneProofs, Public, Services, Unsubscriber};
use serde_json::Value;
use testkit::{Reply, leak, request};
use types::{EventId, SessionId, UserId, Uuid};

use crate::identity_support::{Deployment, stage};

/// The functions of notifications beside those of identity, on the same table.
pub struct Desk {
    pub store: Store,
    pub clock: Clock,
    pub link_key: LinkKey,
    public: &'static Public,
    new_phones: &'static NewPhones,
    phones: &'static PhoneProofs,
    services: &'static Services,
    unsubscriber: &'static Unsubscriber,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub token: String,
}

impl Desk {
    pub fn beside(deployment: &Deployment) -> Self {
        let store = Store::new(deployment.table.of::<Notifications>());
        let clock = Clock::manual(Timestamp::now());
        let link_key = LinkKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap();
        let keys = ApiKeys::new(deployment.table.of::<ApiKeyItems>(), Clock::System);
        Self {
            public: leak(Public::new(store.clone(), clock.clone(), deployment.verifier())),
            new_phones: leak(NewPhones::new(
                store.clone(),
                clock.clone(),
                "+49".parse().unwrap(),
                deployment.verifier(),
            )),
            phones: leak(PhoneProofs::new(store.clone(), clock.clone(), link_key.clone(), deployment.verifier())),
            services: leak(Services::new(store.clone(), clock.clone(), deployment.verifier(), keys)),
            unsubscriber: leak(Unsubscriber { store: store.clone(), link_key: link_key.clone(), branding: branding() }),
            store,
            clock,
            link_key,
        }
    }

    fn endpoint(&self, operation: &str) -> Endpoint {
        let (public, stage) = (self.public, stage());
        match operation {
            "confirm_phone" => endpoint(confirm_phone::confirm_phone, self.phones, stage),
            "delete_mail_suppression" => endpoint(delete_mail_suppression::delete_mail_suppression, public, stage),
            "delete_notification" => endpoint(delete_notification::delete_notification, public, stage),
            "delete_phone" => endpoint(delete_phone::delete_phone, public, stage),
            "get_phone" => endpoint(get_phone::get_phone, public, stage),
            "get_preferences" => endpoint(get_preferences::get_preferences, public, stage),
            "get_unsubscribe_page" => endpoint(get_unsubscribe_page::get_unsubscribe_page, self.unsubscriber, stage),
            "list_deliveries" => endpoint(list_deliveries::list_deliveries, public, stage),
            "list_devices" => endpoint(list_devices::list_devices, public, stage),
            "list_notifications" => endpoint(list_notifications::list_notifications, public, stage),
            "read_all_notifications" => endpoint(read_all_notifications::read_all_notifications, public, stage),
            "read_notification" => endpoint(read_notification::read_notification, public, stage),
            "send_notification" => endpoint(send_notification::send_notification, self.services, stage),
            "set_phone" => endpoint(set_phone::set_phone, self.new_phones, stage),
            "set_preferences" => endpoint(set_preferences::set_preferences, public, stage),
            "unsubscribe" => endpoint(unsubscribe::unsubscribe, self.unsubscriber, stage),
            other => panic!("no operation {other}"),
        }
    }

    /// Calls an operation; `{id}` in its path is `id`.
    pub async fn call(
        &self,
        operation: &str,
        headers: &[(&str, &str)],
        query: &str,
        id: Option<Uuid>,
        body: Option<&Value>,
    ) -> Reply {
        let request = request("POST", &format!("/v1/notifications{query}"), headers, body);
        let path = id.map(|id| ("id".to_owned(), id.to_string()));
        let request = request.with_path_parameters(path.into_iter().collect::<std::collections::HashMap<_, _>>());
        self.endpoint(operation).call(request).await.into()
    }

    /// Calls an operation as somebody.
    pub async fn by(&self, person: &Person, operation: &str, id: Option<Uuid>, body: Option<&Value>) -> Reply {
        let bearer = format!("Bearer {}", person.token);
        self.call(operation, &[("authorization", &bearer)], "", id, body).await
    }

    /// Lists a part of somebody's inbox.
    pub async fn inbox(&self, person: &Person, query: &str) -> Reply {
        let bearer = format!("Bearer {}", person.token);
        self.call("list_notifications", &[("authorization", &bearer)], query, None, None).await
    }

    /// Puts a notification into somebody's inbox, as of a time.
    pub async fn notify(&self, person: &Person, at: Timestamp) -> Uuid {
        add(&self.store, person.id, at).await
    }
}

/// Puts a notification into the inbox of a user, as of a time.
pub async fn add(store: &Store, user_id: UserId, at: Timestamp) -> Uuid {
    let item = InboxItem {
        user_id,
        notification_id: Uuid::now_v7(),
        category: Category::Activity,
        kind: "plain".to_owned(),
        data: NotificationIds::default(),
        title: "News".to_owned(),
        body: "Water again".to_owned(),
        link: Some("/points/7".to_owned()),
        created_at: at,
        read_at: None,
    };
    let added = NotificationAdded {
        user_id: item.user_id,
        notification_id: item.notification_id,
        category: item.category,
        kind: item.kind.clone(),
        data: item.data.clone(),
        title: item.title.clone(),
        body: item.body.clone(),
        link: item.link.clone(),
    };
    let event = Envelope::new(EventId::generate(), at, "test".to_owned(), Actor::System, added);
    let (id, known) = (item.notification_id, store.known(user_id).await.unwrap());
    let plan = Plan { inbox: Some((item, event)), ..Plan::default() };
    assert_eq!(store.carry_out(user_id, &known, plan).await.unwrap(), Planned::Done);
    id
}

/// The product as it appears in tests.
pub fn branding() -> Branding {
    Branding { name: "Atoll".parse().unwrap(), logo_url: None, colour: "#0b7285".parse().unwrap() }
}

/// Somebody new.
pub async fn somebody(deployment: &Deployment, number: usize) -> Person {
    let reply = deployment.sign_up(&format!("user-{number}@example.com")).await.body;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Person { id: text(&reply["user"]["id"]).parse().unwrap(), token: text(&reply["tokens"]["accessToken"]) }
}

/// Somebody new whose address is verified.
pub async fn somebody_verified(deployment: &Deployment, number: usize) -> Person {
    let person = somebody(deployment, number).await;
    deployment.change(person.id, |account| account.email_verified_at = Some(account.created_at)).await;
    person
}

/// A device with this push token.
pub fn device(user_id: UserId, token: &str, created_at: Timestamp) -> Device {
    Device {
        user_id,
        device_id: device_id(Platform::Fcm, token),
        platform: Platform::Fcm,
        endpoint_arn: format!("arn:aws:sns:us-east-1:000000000000:endpoint/GCM/atoll/{token}"),
        session_id: SessionId::generate(),
        created_at,
    }
}
