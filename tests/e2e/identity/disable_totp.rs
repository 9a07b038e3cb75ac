//! `POST /v1/auth/mfa/totp/disable`

use tests::{Cloud, PASSWORD, User};

use super::mfa_support::{Secured, disable, login};

#[tokio::test]
async fn both_factors_turn_it_off() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let off = disable(&cloud, &secured.user, PASSWORD, &secured.fresh_code()).await;
    off.expect_calls("identity-disable-totp", "turned off");
    assert_eq!(off.status, 204);
    let again = User::read(&login(&cloud, &secured.user).await);
    disable(&cloud, &again, PASSWORD, "123456").await.expect_problem(409, "identity.mfa_off");
}

#[tokio::test]
async fn a_recovery_code_is_enough_for_those_who_lost_their_app() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let code = secured.recovery_codes[0].to_lowercase();
    assert_eq!(disable(&cloud, &secured.user, PASSWORD, &code).await.status, 204);
}

#[tokio::test]
async fn one_factor_is_not_enough() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let (wrong, right) = (secured.app.wrong_code(secured.confirmed_at), secured.fresh_code());
    disable(&cloud, &secured.user, "not the password", &right).await.expect_problem(403, "identity.wrong_password");
    disable(&cloud, &secured.user, PASSWORD, &wrong).await.expect_problem(403, "identity.mfa_code_wrong");
    let reply = disable(&cloud, &secured.user, PASSWORD, "x").await;
    reply.expect_problem(422, "request.invalid");
    assert!(login(&cloud, &secured.user).await["mfaToken"].is_string());
}
