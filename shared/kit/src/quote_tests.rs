//! Quotes that are right, changed, foreign, expired or something else.

use serde_json::json;
use types::{GuestKeyHash, UserId, Uuid};

use super::*;
use crate::auth::KeyPair;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn quote() -> Quote {
    Quote {
        order: OrderId::new(Uuid::from_u128(1)),
        number: "7ZK2M0QX9D".to_owned(),
        payer: BuyerId::User(UserId::new(Uuid::from_u128(2))),
        amount: 3412,
        currency: CurrencyCode::parse("EUR").unwrap(),
        capture: CaptureMode::OnShipment,
        until: at(540),
    }
}

fn verifier(keys: &KeyPairs) -> QuoteVerifier {
    QuoteVerifier::new(&serde_json::to_string(&keys.public().unwrap()).unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_quote_says_what_was_signed_until_it_expires() {
    let keys = KeyPairs::generate().unwrap();
    let (signer, verifier) = (QuoteSigner::new(&keys).unwrap(), verifier(&keys));
    for payer in [quote().payer, BuyerId::Guest(GuestKeyHash::of("key"))] {
        let quote = Quote { payer, ..quote() };
        let token = signer.sign(&quote, at(0)).await.unwrap();
        assert_eq!(verifier.verify(&token, at(539)), Ok(quote));
        assert_eq!(verifier.verify(&token, at(540)), Err(QuoteError::Expired));
    }
}

#[tokio::test]
async fn a_quote_that_was_changed_or_signed_by_others_is_refused() {
    let keys = KeyPairs::generate().unwrap();
    let token = QuoteSigner::new(&keys).unwrap().sign(&quote(), at(0)).await.unwrap();
    let (cheap, others) = (Quote { amount: 1, ..quote() }, KeyPairs::generate().unwrap());
    let forged = QuoteSigner::new(&others).unwrap().sign(&cheap, at(0)).await.unwrap();
    let part = |token: &str, at: usize| token.split('.').nth(at).unwrap().to_owned();
    let mixed = format!("{}.{}.{}", part(&token, 0), part(&forged, 1), part(&token, 2));
    for bad in [forged, mixed, String::new(), "a.b.c".to_owned(), format!("{token}x")] {
        assert_eq!(verifier(&keys).verify(&bad, at(0)), Err(QuoteError::Invalid), "{bad}");
    }
}

#[tokio::test]
async fn tokens_for_other_uses_are_no_quotes() {
    let keys = KeyPairs::generate().unwrap();
    let (signer, verifier) = (keys.signer().unwrap(), verifier(&keys));
    let claims = |audience: &str| {
        let mut claims = serde_json::to_value(quote()).unwrap();
        claims["aud"] = json!(audience);
        claims["iat"] = json!(at(0).as_second());
        claims["exp"] = json!(at(540).as_second());
        claims
    };
    assert!(verifier.verify(&signer.sign(KIND, &claims(AUDIENCE)).unwrap(), at(0)).is_ok());
    for (kind, audience) in [("JWT", AUDIENCE), (KIND, "https://api.example.com/v1")] {
        let token = signer.sign(kind, &claims(audience)).unwrap();
        assert_eq!(verifier.verify(&token, at(0)), Err(QuoteError::Invalid), "{kind} {audience}");
    }
}

#[tokio::test]
async fn a_rotation_refuses_no_quote() {
    let mut keys = KeyPairs::generate().unwrap();
    let before = QuoteSigner::new(&keys).unwrap().sign(&quote(), at(0)).await.unwrap();
    assert!(keys.publish(2, KeyPair::generate).unwrap());
    let published = verifier(&keys);
    let signed_before_activation = QuoteSigner::new(&keys).unwrap().sign(&quote(), at(0)).await.unwrap();
    assert!(keys.activate(2).unwrap());
    let after = QuoteSigner::new(&keys).unwrap().sign(&quote(), at(0)).await.unwrap();
    for token in [&before, &signed_before_activation, &after] {
        assert_eq!(published.verify(token, at(1)), Ok(quote()));
    }
    // The next rotation drops the first key.
    assert!(keys.publish(3, KeyPair::generate).unwrap());
    assert_eq!(verifier(&keys).verify(&before, at(1)), Err(QuoteError::Invalid));
    assert_eq!(verifier(&keys).verify(&after, at(1)), Ok(quote()));
}
