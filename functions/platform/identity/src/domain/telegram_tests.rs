use proptest::prelude::*;
use serde_json::json;

use super::*;

const TOKEN: &str = "4242:the-token-of-a-bot-that-does-not-exist";

fn token() -> BotToken {
    BotToken::parse(TOKEN).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn encode(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The fields with their hash, as Telegram would sign them.
fn signed(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let sorted = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let hash = token().sign(&check_string(&sorted));
    sorted.into_iter().chain([("hash".to_owned(), hash)]).collect()
}

fn ann() -> String {
    json!({ "id": 4711, "first_name": "Ann", "last_name": "Winter", "username": "ann", "language_code": "en" })
        .to_string()
}

fn init_data(second: i64, user: &str) -> String {
    let date = at(second).as_second().to_string();
    encode(&signed(&[("query_id", "AAH"), ("user", user), ("auth_date", &date), ("signature", "c2ln")]))
}

/// Signed by another program, so that a mistake in the steps is not made on both sides.
#[test]
fn what_telegram_s_own_steps_sign_is_accepted() {
    let text = "user=%7B%22id%22%3A4711%2C%22first_name%22%3A%22Ann%22%2C%22last_name%22%3A%22O%27Neil%20%26%20Co%22%7D\
                &chat_instance=-30&auth_date=1800000000&signature=abc_-D&hash=b6023b0bed7b66eea479b8ecf6ca21e27b0aaba2b5043176b41a3cdef65b51d4";
    let user = verify(text, &token(), at(1)).unwrap();
    assert_eq!((user.id.number(), user.name.as_str()), (4711, "Ann O'Neil & Co"));
}

proptest! {
    #[test]
    fn any_order_of_the_fields_proves_the_user(
        fields in Just(signed(&[
            ("query_id", "AAH"), ("user", &ann()), ("auth_date", "1800000000"), ("signature", "c2ln"), ("start_param", "a-b"),
        ])).prop_shuffle(),
    ) {
        let user = verify(&encode(&fields), &token(), at(0)).unwrap();
        prop_assert_eq!(user.id.number(), 4711);
        prop_assert_eq!(user.name.as_str(), "Ann Winter");
    }

    #[test]
    fn a_changed_character_of_a_name_or_a_value_proves_nobody(
        field in any::<prop::sample::Index>(), at_char in any::<prop::sample::Index>(), name: bool, other: char,
    ) {
        let mut fields = signed(&[("query_id", "AAH"), ("user", &ann()), ("auth_date", "1800000000"), ("signature", "c2ln")]);
        let field = field.index(fields.len());
        let text = if name { &mut fields[field].0 } else { &mut fields[field].1 };
        let mut chars: Vec<_> = text.chars().collect();
        let place = at_char.index(chars.len());
        prop_assume!(chars[place] != other);
        chars[place] = other;
        *text = chars.into_iter().collect();
        prop_assert!(verify(&encode(&fields), &token(), at(0)).is_err());
    }

    /// A byte of the text itself may be written in two ways (`%2f` and `%2F`): then, and only then, it says the same.
    #[test]
    fn a_changed_byte_proves_nobody_unless_it_says_the_same(place in any::<prop::sample::Index>(), flip in 1_u8..128) {
        let text = init_data(0, &ann());
        let mut bytes = text.clone().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        let says = |text: &str| form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
        prop_assert_eq!(verify(&changed, &token(), at(0)).is_ok(), says(&changed) == says(&text), "{}", changed);
    }

    #[test]
    fn no_text_panics(text: String) {
        prop_assert!(verify(&text, &token(), at(0)).is_err());
    }
}

#[test]
fn it_proves_its_user_for_five_minutes() {
    let text = init_data(0, &ann());
    for (second, expected) in
        [(-31, Some(InitDataError::TooNew)), (-30, None), (0, None), (300, None), (301, Some(InitDataError::TooOld))]
    {
        assert_eq!(verify(&text, &token(), at(second)).err(), expected, "{second}");
    }
}

#[test]
fn another_bot_s_init_data_proves_nobody() {
    let other = BotToken::parse("4243:the-token-of-a-bot-that-does-not-exist").unwrap();
    assert_eq!(verify(&init_data(0, &ann()), &other, at(0)), Err(InitDataError::Forged));
}

#[test]
fn a_field_that_stands_there_twice_is_refused_before_anything_else() {
    let text = init_data(0, &ann());
    for twice in ["hash=00", "user=%7B%7D", "auth_date=1"] {
        assert_eq!(verify(&format!("{text}&{twice}"), &token(), at(0)), Err(InitDataError::Duplicate), "{twice}");
    }
}

/// `a=1\nb=2` as one value would be signed as the two fields `a` and `b` are.
#[test]
fn fields_cannot_be_cut_in_other_places_than_where_they_were_signed() {
    let hash = token().sign(&format!("auth_date=1800000000\nquery_id=AAH\nuser={}", ann()));
    let hidden = format!("AAH\nuser={}", ann());
    let joined = [("auth_date", "1800000000"), ("query_id", &hidden), ("hash", &hash)];
    let fields: Vec<_> = joined.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(verify(&encode(&fields), &token(), at(0)), Err(InitDataError::Malformed));
    for name in ["", "User", "a=b", "a\nb"] {
        let fields = [(name.to_owned(), "1".to_owned())];
        assert_eq!(verify(&encode(&fields), &token(), at(0)), Err(InitDataError::Malformed), "{name:?}");
    }
}

#[test]
fn what_names_no_user_is_refused_though_it_is_signed() {
    let without = encode(&signed(&[("auth_date", "1800000000")]));
    assert_eq!(verify(&without, &token(), at(0)), Err(InitDataError::NoUser));
    for user in ["", "{}", "7", r#"{"id":0,"first_name":"A"}"#, r#"{"id":-1,"first_name":"A"}"#, r#"{"id":1}"#] {
        assert_eq!(verify(&init_data(0, user), &token(), at(0)), Err(InitDataError::NoUser), "{user}");
    }
}

#[test]
fn what_has_no_hash_or_no_date_is_refused() {
    let undated = encode(&signed(&[("user", &ann())]));
    let odd = encode(&signed(&[("user", &ann()), ("auth_date", "soon")]));
    let endless = encode(&signed(&[("user", &ann()), ("auth_date", "9223372036854775807")]));
    let long = "a".repeat(MAX_BYTES + 1);
    for text in ["", "user=%7B%7D", &undated, &odd, &endless, &long] {
        assert_eq!(verify(text, &token(), at(0)), Err(InitDataError::Malformed));
    }
}

#[test]
fn names_that_we_would_refuse_are_brought_into_shape() {
    let name = |user: serde_json::Value| verify(&init_data(0, &user.to_string()), &token(), at(0)).unwrap().name;
    assert_eq!(name(json!({ "id": 1, "first_name": "", "last_name": null })).as_str(), "Unnamed");
    assert_eq!(name(json!({ "id": 1, "first_name": "A\u{7}nn", "last_name": "" })).as_str(), "Ann");
    assert_eq!(name(json!({ "id": 1, "first_name": "a".repeat(64), "last_name": "b".repeat(64) })).as_str().len(), 100);
}

#[test]
fn a_token_that_anybody_could_know_is_none() {
    for bad in [
        "",
        " ",
        "4242",
        "4242:",
        ":the-token-of-a-bot-that-does-not-exist",
        "x:the-token-of-a-bot-that-does-not-exist",
    ] {
        assert_eq!(BotToken::parse(bad).err(), Some(BadBotToken), "{bad}");
    }
    assert!(!format!("{:?}", token()).contains("4242"));
}
