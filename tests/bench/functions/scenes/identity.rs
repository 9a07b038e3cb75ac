//! Scenes of identity: a member and an admin. What changes the member's account finds it as it was, each time.

use contracts::billing::{EntitlementChanged, EntitlementSource, EntitlementStep};
use contracts::identity::ExportRequested;
use dynamo::Outbox;
use identity::domain::account::{Account, Status};
use identity::domain::email_code::MailboxCodes;
use identity::domain::mfa_removal::{DELAY, Reason, RemovalRequest};
use identity::domain::plan::Plan;
use identity::domain::proof::RESET_LIFETIME;
use identity::domain::proofs::Proofs;
use identity::domain::sign_in_methods::SignInMethod;
use jiff::{SignedDuration, Timestamp};
use kit::auth::Purpose;
use serde_json::Value;
use tests::{Authenticator, MiniApp, PASSWORD, TelegramUser};
use types::{ApiKeyId, EmailAddress, Role, UserId, Uuid};

use crate::harness::world::BOT_TOKEN;
use crate::request::{Request, fact, sample};
use crate::stage::{Member, Stage};

/// Accounts on the page that admins look at.
const ACCOUNTS: usize = 20;

pub struct Scene {
    ann: Member,
    admin: Member,
    telegram: TelegramUser,
    /// The account in other states: with two sessions, suspended, with Telegram, with a reset under way.
    devices: Member,
    suspended: Account,
    linked: Account,
    resetting: Account,
    /// While the second factor is being set up, and once it is on; with its app.
    enrolled: Account,
    secured: Account,
    app: Authenticator,
    /// With a removal of the second factor that takes effect later, and that a second admin has to confirm.
    removal: Account,
    unconfirmed: Account,
    key: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, admin) = (stage.member(&[]).await, stage.member(&[Role::Admin]).await);
        for _ in 2..ACCOUNTS {
            stage.member(&[]).await;
        }
        let account = ann.account.clone();
        let premium = Plan::try_from("premium".to_owned()).expect("a plan");
        let devices = stage.signed_in(&Account { plan: premium, ..account.clone() });
        let suspended = Account { status: Status::Suspended, ..account.clone() };
        let reset = Some(Proofs::first(Uuid::now_v7(), RESET_LIFETIME, Timestamp::now()));
        let resetting = Account { reset, ..account };

        let telegram = TelegramUser::new();
        let link = Request::of("identity-link-telegram").by(&ann.person);
        stage.call(link.with("initData", opened(&telegram))).await;
        let linked = read(stage, &ann).await;
        stage.restore(&ann.account).await;

        let begun = stage.call(Request::of("identity-enrol-totp").by(&ann.person)).await;
        let app = Authenticator::new(begun["secret"].as_str().expect("a secret"));
        let enrolled = read(stage, &ann).await;
        let confirm = Request::of("identity-confirm-totp").by(&ann.person);
        stage.call(confirm.with("code", app.code(Timestamp::now()))).await;
        let secured = read(stage, &ann).await;
        let secured = Account { email_verified_at: Some(secured.created_at), ..secured };
        stage.restore(&ann.account).await;
        let removal = with_removal(&secured, &admin);
        let unconfirmed = with_removal(&Account { roles: vec![Role::User, Role::Admin], ..secured.clone() }, &ann);
        let key = stage.api_key("users:read").await;
        // An entry of the history of sign-ins.
        let email = ann.account.email.as_ref().expect("an address").as_str();
        stage.call(Request::of("identity-login").with("email", email).with("password", PASSWORD)).await;
        stage.restore(&ann.account).await;
        Self {
            ann,
            admin,
            telegram,
            devices,
            suspended,
            linked,
            resetting,
            enrolled,
            secured,
            app,
            removal,
            unconfirmed,
            key,
        }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        stage.restore(self.before(name)).await;
        let ask = || Request::of(name).by(&self.ann.person);
        let manage = || Request::of(name).by(&self.admin.person);
        let about = || manage().at("id", self.ann.person.id);
        let event = match name {
            "identity-complete-email-sign-in" => mailed_code(stage, name).await,
            "identity-confirm-email" | "identity-undo-email-change" => changing(stage, name).await,
            "identity-change-email" => {
                // Each request counts towards a limit of the user.
                let newcomer = stage.member(&[]).await;
                ask().by(&newcomer.person).event()
            }
            "identity-change-password"
            | "identity-enrol-totp"
            | "identity-get-me"
            | "identity-cancel-own-mfa-removal"
            | "identity-list-sessions"
            | "identity-list-sign-ins"
            | "identity-logout"
            | "identity-resend-verification"
            | "identity-unlink-telegram"
            | "identity-update-me" => ask().event(),
            "identity-confirm-totp" | "identity-disable-totp" | "identity-replace-recovery-codes" => {
                ask().with("code", self.code()).event()
            }
            "identity-create-api-key" => manage().with("expiresAt", in_a_month()).event(),
            "identity-delete-api-key" => manage().at("id", self.api_key(stage).await).event(),
            "identity-get-export" | "identity-run-export" => {
                let exporting = stage.member(&[]).await;
                let request = Request::of("identity-create-export").by(&exporting.person).keyed();
                let export_id = stage.made(request).await.parse().expect("an id");
                match name {
                    "identity-get-export" => ask().by(&exporting.person).at("id", export_id).event(),
                    _ => fact(name, ExportRequested { user_id: exporting.person.id, export_id }),
                }
            }
            "identity-keep-entitlements" => {
                let (plan, source) = (Some("premium".to_owned()), EntitlementSource::Grant);
                let steps = vec![EntitlementStep { plan, source, until: None }];
                fact(name, EntitlementChanged { user_id: self.ann.person.id, revision: 1, steps })
            }
            // Each leaves something behind that a repetition would meet.
            "identity-create-export" | "identity-delete-me" => {
                let newcomer = stage.member(&[]).await;
                ask().by(&newcomer.person).event()
            }
            "identity-get-jwks" | "identity-get-openid-configuration" => sample(name),
            "identity-cancel-mfa-removal"
            | "identity-confirm-mfa-removal"
            | "identity-get-user"
            | "identity-request-mfa-removal"
            | "identity-restore-user"
            | "identity-set-user-plan"
            | "identity-set-user-roles"
            | "identity-suspend-user" => about().event(),
            "identity-link-telegram" => ask().with("initData", opened(&TelegramUser::new())).event(),
            "identity-list-api-keys" => manage().event(),
            "identity-list-users" => Request::of(name).header("x-api-key", &self.key).event(),
            "identity-manage-signing-keys" => {
                let mut event = sample(name);
                event["ResponseURL"] = stage.world.custom_resource_url().into();
                event["ResourceProperties"]["Generation"] = "2".into();
                event
            }
            "identity-revoke-other-sessions" => ask().by(&self.devices.person).event(),
            "identity-revoke-session" => ask().by(&self.devices.person).at("id", self.ann.person.session).event(),
            _ => return self.sign_in(stage, name),
        };
        Some(event)
    }

    /// What asks for no token.
    fn sign_in(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name);
        let email = self.ann.account.email.as_ref().expect("an address").as_str();
        let link = |purpose, proofs: Option<&Proofs>| {
            stage.world.link_key().sign(
                purpose,
                self.ann.person.id,
                proofs.and_then(Proofs::newest).expect("a proof").id,
            )
        };
        let event = match name {
            "identity-begin-email-sign-in" => {
                ask().with("email", format!("{}@example.com", stage.fresh("code"))).event()
            }
            "identity-cancel-mfa-removal-by-link" => {
                let removal = self.removal.mfa.removal().expect("a removal").id;
                ask()
                    .with("token", stage.world.link_key().sign(Purpose::CancelMfaRemoval, self.ann.person.id, removal))
                    .event()
            }
            "identity-forgot-password" => ask().with("email", email).event(),
            "identity-login" => ask().with("email", email).with("password", PASSWORD).event(),
            "identity-refresh" => {
                let token = stage.world.issuer().refresh_key().write(&self.ann.refresh);
                ask().with("refreshToken", token).event()
            }
            "identity-register" => ask().with("email", format!("{}@example.com", stage.fresh("new"))).event(),
            "identity-reset-password" => {
                ask().with("token", link(Purpose::ResetPassword, self.resetting.reset.as_ref())).event()
            }
            "identity-sign-in-with-telegram" => ask().with("initData", opened(&self.telegram)).event(),
            "identity-verify-email" => {
                let token = link(Purpose::VerifyEmail, self.ann.account.verification.as_ref());
                ask().with("token", token).with("password", PASSWORD).event()
            }
            "identity-verify-mfa" => {
                let (key, account) = (stage.world.issuer().challenge_key(), &self.secured);
                let token = key.issue(
                    account.id,
                    SignInMethod::Password,
                    &account.first_factor(SignInMethod::Password),
                    Uuid::now_v7(),
                    Timestamp::now(),
                );
                ask().with("mfaToken", token).with("code", self.code()).event()
            }
            _ => return None,
        };
        Some(event)
    }

    /// The member's account before a call of a function.
    fn before(&self, name: &str) -> &Account {
        match name {
            "identity-confirm-totp" => &self.enrolled,
            "identity-disable-totp"
            | "identity-replace-recovery-codes"
            | "identity-request-mfa-removal"
            | "identity-verify-mfa" => &self.secured,
            "identity-cancel-mfa-removal"
            | "identity-cancel-own-mfa-removal"
            | "identity-cancel-mfa-removal-by-link" => &self.removal,
            "identity-confirm-mfa-removal" => &self.unconfirmed,
            "identity-restore-user" => &self.suspended,
            "identity-reset-password" => &self.resetting,
            "identity-revoke-other-sessions" | "identity-revoke-session" => &self.devices.account,
            "identity-sign-in-with-telegram" | "identity-unlink-telegram" => &self.linked,
            _ => &self.ann.account,
        }
    }

    /// A code that was not used yet: one that confirmed the app cannot turn it off, or sign in.
    fn code(&self) -> String {
        self.app.next_code(Timestamp::now())
    }

    async fn api_key(&self, stage: &Stage) -> ApiKeyId {
        let request = Request::of("identity-create-api-key").by(&self.admin.person).keyed();
        stage.made(request.with("expiresAt", in_a_month())).await.parse().expect("an id")
    }
}

/// A sign-in of a new user, who has received a code.
async fn mailed_code(stage: &Stage, name: &str) -> Value {
    let email: EmailAddress = format!("{}@example.com", stage.fresh("code")).parse().expect("an address");
    let (key, user, id) = (stage.world.link_key(), UserId::generate(), Uuid::now_v7());
    let (codes, _) = MailboxCodes::request(None, &email, user, id, Timestamp::now()).expect("a code");
    stage.accounts().write_codes(None, codes, &Outbox::none()).await.expect("a table");
    let token = format!("atoll_mail_{}", key.sign_request(Purpose::SignIn, id, email.as_str()));
    let code = key.long_code(Purpose::SignIn, user, id);
    Request::of(name).with("requestToken", token).with("code", code).event()
}

/// A new user with a verified address, who has requested another one.
async fn changing(stage: &Stage, name: &str) -> Value {
    let (mut account, now) = (stage.member(&[]).await.account, Timestamp::now());
    account.email_verified_at = Some(now);
    let email = format!("{}@example.com", stage.fresh("address")).parse().expect("an address");
    let fact = account.request_email_change(email, Uuid::now_v7(), now).expect("a change");
    stage.restore(&account).await;
    let (purpose, proof) = match name {
        "identity-confirm-email" => (Purpose::ConfirmNewEmail, fact.confirmation_id),
        _ => (Purpose::UndoEmailChange, fact.undo_id.expect("a verified address")),
    };
    Request::of(name).with("token", stage.world.link_key().sign(purpose, account.id, proof)).event()
}

/// An account with a requested removal of its second factor. The address counts as verified.
fn with_removal(account: &Account, requested_by: &Member) -> Account {
    let mut account = Account { email_verified_at: Some(account.created_at), ..account.clone() };
    let (id, admin) = (Uuid::now_v7(), types::UserId::generate());
    let reason = Reason::parse("ticket 4711").expect("a reason");
    let admin = if requested_by.person.id == account.id { admin } else { requested_by.person.id };
    let request = RemovalRequest { id, admin, reason };
    account.request_mfa_removal(request, DELAY, Timestamp::now()).expect("a removal");
    account
}

async fn read(stage: &Stage, member: &Member) -> Account {
    stage.accounts().account(member.person.id).await.expect("a table").expect("an account").value
}

fn in_a_month() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(24 * 30)
}

fn opened(user: &TelegramUser) -> String {
    MiniApp::opened_by(user).init_data(BOT_TOKEN)
}
