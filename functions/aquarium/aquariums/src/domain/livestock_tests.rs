use proptest::prelude::*;

use super::*;
use crate::domain::access::Access;

const CAUSES: [MovementCause; 8] = [
    MovementCause::Bought,
    MovementCause::Born,
    MovementCause::Received,
    MovementCause::Died,
    MovementCause::Sold,
    MovementCause::GivenAway,
    MovementCause::Missing,
    MovementCause::Corrected,
];

fn scope() -> Scope {
    let owner = UserId::new(Uuid::from_u128(1));
    Access::new(AquariumId::new(Uuid::from_u128(2)), owner).scope(owner).unwrap()
}

fn details() -> Details {
    Details { species: "Amphiprion ocellaris".to_owned(), name: None }
}

fn change() -> impl Strategy<Value = Change> {
    let direction = prop::sample::select(vec![Direction::In, Direction::Out]);
    (direction, prop_oneof![1..20_u32, 1..=MAX_COUNT], prop::sample::select(CAUSES.to_vec()))
        .prop_filter_map("a valid change", |(direction, number, cause)| Change::new(direction, number, cause).ok())
}

proptest! {
    #[test]
    fn the_count_is_the_sum_of_the_movements_and_never_out_of_range(
        changes in prop::collection::vec(change(), 0..60),
        first in prop_oneof![1..20_u32, 1..=MAX_COUNT, MAX_COUNT - 20..=MAX_COUNT],
    ) {
        let bought = Change::new(Direction::In, first, MovementCause::Bought).unwrap();
        let id = LivestockId::new(Uuid::from_u128(3));
        let mut livestock = Livestock::new(&scope(), id, details(), bought, Timestamp::UNIX_EPOCH);
        let mut sum = i64::from(first);
        for change in changes {
            let expected = sum + change.signed();
            match livestock.moved(change) {
                Ok(next) => {
                    livestock = next;
                    sum = expected;
                }
                Err(CountOutOfRange { count }) => {
                    prop_assert!(!(0..=i64::from(MAX_COUNT)).contains(&expected));
                    prop_assert_eq!(count, livestock.count);
                }
            }
            prop_assert_eq!(i64::from(livestock.count), sum);
            prop_assert!((0..=i64::from(MAX_COUNT)).contains(&sum));
        }
    }
}

#[test]
fn each_cause_fits_one_direction_except_for_corrections() {
    for cause in CAUSES {
        let fits = [Direction::In, Direction::Out].map(|direction| Change::new(direction, 1, cause).is_ok());
        let is_correction = cause == MovementCause::Corrected;
        assert_eq!(fits.into_iter().filter(|fits| *fits).count(), if is_correction { 2 } else { 1 }, "{cause:?}");
    }
    assert_eq!(Change::new(Direction::Out, 1, MovementCause::Bought), Err(MovementError::Cause));
    for number in [0, MAX_COUNT + 1] {
        assert_eq!(Change::new(Direction::In, number, MovementCause::Died), Err(MovementError::Number));
    }
}

#[test]
fn an_edit_sets_its_fields_and_no_others() {
    let bought = Change::new(Direction::In, 2, MovementCause::Bought).unwrap();
    let new = Livestock::new(&scope(), LivestockId::generate(), details(), bought, Timestamp::UNIX_EPOCH);
    let named = new.edited(Edit { name: Some(Some("Nemo".to_owned())), ..Edit::default() }).unwrap();
    assert_eq!((named.details.name.as_deref(), named.count), (Some("Nemo"), 2));
    assert_eq!(named.edited(Edit { name: Some(None), ..Edit::default() }), Some(new.clone()));
    assert_eq!(new.edited(Edit { species: Some(new.details.species.clone()), ..Edit::default() }), None);
    assert!(named.was_created_with(&details(), bought));
}

#[test]
fn only_what_the_deleted_user_wrote_is_redacted() {
    let change = Change::new(Direction::In, 2, MovementCause::Bought).unwrap();
    let livestock = Livestock::new(&scope(), LivestockId::generate(), details(), change, Timestamp::UNIX_EPOCH);
    let note = Some("From a friend".to_owned());
    let report = Report { id: MovementId::generate(), moved_at: Timestamp::UNIX_EPOCH, change, note };
    let movement = Movement::new(&scope(), &livestock, report.clone());
    assert!(movement.was_reported_as(&report));
    assert_eq!(movement.redacted(UserId::generate()), None);
    let redacted = movement.redacted(scope().user_id()).unwrap();
    assert_eq!((&redacted.note, redacted.recorded_by, redacted.change), (&None, None, change));
}
