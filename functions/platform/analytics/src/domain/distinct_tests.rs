use proptest::prelude::*;

use super::*;

fn key() -> DistinctKey {
    DistinctKey::from_base64(&STANDARD.encode([7; 32])).unwrap()
}

fn user(number: u32) -> HashedUser {
    key().hash("active_users", &format!("user-{number}"))
}

fn add(sketch: Option<Sketch>, user: HashedUser) -> Sketch {
    match sketch {
        None => Sketch::of(user).unwrap(),
        Some(sketch) => sketch.with(user).unwrap().unwrap_or(sketch),
    }
}

fn sketch_of(users: impl IntoIterator<Item = u32>) -> Vec<Sketch> {
    users.into_iter().fold(None, |sketch, number| Some(add(sketch, user(number)))).into_iter().collect()
}

#[test]
fn small_numbers_are_exact() {
    for number in [0, 1, 2, 10, 100, 300] {
        assert_eq!(count(&sketch_of(0..number)), Ok(i64::from(number)));
    }
}

/// Three standard errors of 1.6 %: of the sizes below, each misses that with a probability of 0.3 % for a random key. The key
/// is fixed, so the test never changes.
#[test]
fn large_numbers_are_within_the_stated_error() {
    for number in [1_000, 5_000, 20_000, 100_000] {
        let estimate = count(&sketch_of(0..number)).unwrap();
        let error = (estimate - i64::from(number)).abs();
        assert!(error * 1_000 <= i64::from(number) * 48, "{number}: {estimate}");
    }
}

#[test]
fn a_known_user_changes_nothing() {
    let sketch = &sketch_of(0..2_000)[0];
    assert!((0..2_000).all(|number| sketch.with(user(number)).unwrap().is_none()));
}

#[test]
fn a_hash_depends_on_the_key_the_metric_and_the_user() {
    let hash = key().hash("a", "b").0;
    let other = DistinctKey::from_base64(&STANDARD.encode([8; 32])).unwrap();
    for different in [key().hash("a", "c"), key().hash("ab", ""), key().hash("", "ab"), other.hash("a", "b")] {
        assert_ne!(hash, different.0);
    }
    assert_eq!(hash, key().hash("a", "b").0);
    assert!(!format!("{:?}", key()).contains('7'));
}

#[test]
fn short_keys_and_broken_sketches_are_refused() {
    assert!(DistinctKey::from_base64(&STANDARD.encode([7; 31])).is_err());
    assert!(DistinctKey::from_base64("no base64!").is_err());
    for text in ["", "AAAA", "no base64!"] {
        assert!(count(&[Sketch(text.to_owned())]).is_err(), "{text}");
    }
}

/// The format is one that other sessions and tools have to read: a change of the library must not change it unnoticed.
#[test]
fn the_serialized_form_does_not_change() {
    assert_eq!(sketch_of(0..3)[0].0, "AgEHDAMIAwAuuRYFGzfiBH+Kpw4=");
}

#[test]
fn a_sketch_is_small() {
    assert!(sketch_of(0..100_000)[0].0.len() < 3_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_count_does_not_depend_on_order_repetition_or_distribution(
        users in proptest::collection::vec((0..6_000_u32, 0..4_usize), 0..3_000),
        seed in any::<u64>(),
    ) {
        let at_once = sketch_of(users.iter().map(|(number, _)| *number));
        let mut shuffled = users.clone();
        shuffled.sort_by_key(|(number, _)| u64::from(*number).wrapping_mul(seed | 1).rotate_left(17));
        let mut shards: [Option<Sketch>; 4] = Default::default();
        for (number, shard) in shuffled.iter().chain(&users) {
            shards[*shard] = Some(add(shards[*shard].take(), user(*number)));
        }
        let shards: Vec<_> = shards.into_iter().flatten().collect();
        prop_assert_eq!(count(&shards), count(&at_once));
    }
}
