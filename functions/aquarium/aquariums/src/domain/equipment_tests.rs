use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::access::Access;

fn scope() -> Scope {
    let owner = UserId::new(Uuid::from_u128(1));
    Access::new(AquariumId::new(Uuid::from_u128(2)), owner).scope(owner).unwrap()
}

fn filter(interval: Option<u16>, installed_on: Option<Date>) -> Equipment {
    let details = Details {
        name: "Filter".to_owned(),
        kind: EquipmentKind::Filter,
        model: None,
        installed_on,
        service_interval_days: interval,
        warranty_until: None,
    };
    let created = "2026-03-14T23:30:00Z".parse().unwrap();
    Equipment::new(&scope(), EquipmentId::new(Uuid::from_u128(3)), details, created)
}

fn zone(name: &str) -> ZoneName {
    ZoneName::parse(name).unwrap()
}

#[test]
fn the_due_date_follows_the_latest_service_the_installation_or_the_creation() {
    let (utc, berlin) = (zone("UTC"), zone("Europe/Berlin"));
    assert_eq!(filter(None, None).next_due_on(&utc), None);
    assert_eq!(filter(Some(30), None).next_due_on(&utc), Some(date(2026, 4, 13)));
    assert_eq!(filter(Some(30), None).next_due_on(&berlin), Some(date(2026, 4, 14)), "created after midnight there");
    let installed = filter(Some(30), Some(date(2026, 1, 31)));
    assert_eq!(installed.next_due_on(&utc), Some(date(2026, 3, 2)));
    let serviced = installed.serviced("2026-03-28T22:59:59Z".parse().unwrap()).unwrap();
    assert_eq!(serviced.next_due_on(&berlin), Some(date(2026, 4, 27)));
    // One second later it is another day in Berlin.
    let serviced = installed.serviced("2026-03-28T23:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(serviced.next_due_on(&berlin), Some(date(2026, 4, 28)));
}

#[test]
fn intervals_have_bounds_and_a_date_out_of_range_is_none() {
    assert_eq!((interval(0), interval(3_651)), (Err(IntervalOutOfRange), Err(IntervalOutOfRange)));
    assert_eq!((interval(1), interval(3_650)), (Ok(1), Ok(3_650)));
    assert_eq!(filter(Some(3_650), Some(Date::MAX)).next_due_on(&zone("UTC")), None);
}

#[test]
fn a_log_has_a_bound() {
    let at = Timestamp::UNIX_EPOCH;
    let mut equipment = filter(None, None);
    for _ in 0..MAX_SERVICES {
        equipment = equipment.serviced(at).unwrap();
    }
    assert_eq!(equipment.serviced(at), None);
}

#[test]
fn only_what_the_deleted_user_wrote_is_redacted() {
    let note = Some("Cleaned".to_owned());
    let service = Service::new(&scope(), &filter(None, None), ServiceId::generate(), Timestamp::UNIX_EPOCH, note);
    assert_eq!(service.redacted(UserId::generate()), None);
    let redacted = service.redacted(scope().user_id()).unwrap();
    assert_eq!((&redacted.note, redacted.recorded_by, redacted.id), (&None, None, service.id));
}

proptest! {
    #[test]
    fn services_in_any_order_lead_to_the_same_due_date(
        seconds in prop::collection::vec(0..4_000_000_000_i64, 1..20), interval in INTERVAL_DAYS,
        zone_name in prop::sample::select(vec!["Asia/Kolkata", "America/St_Johns", "Pacific/Apia", "UTC"]),
        order in any::<prop::sample::Index>(),
    ) {
        let services: Vec<_> = seconds.iter().map(|second| Timestamp::from_second(*second).unwrap()).collect();
        let after = |services: &[Timestamp]| {
            services.iter().fold(filter(Some(interval), None), |equipment, at| equipment.serviced(*at).unwrap())
        };
        let mut rotated = services.clone();
        rotated.rotate_left(order.index(services.len()));
        let (one, other) = (after(&services), after(&rotated));
        prop_assert_eq!(&one, &other);
        let zone = zone(zone_name);
        let latest = services.iter().map(|at| zone.local(*at).date()).max().unwrap();
        prop_assert_eq!(one.next_due_on(&zone), latest.checked_add(i64::from(interval).days()).ok());
    }

    #[test]
    fn a_change_sets_its_fields_and_no_others(name in "[a-z]{1,9}", fields in any::<[bool; 3]>()) {
        let before = filter(Some(30), None);
        let change = Change {
            name: fields[0].then(|| name.clone()),
            service_interval_days: fields[1].then_some(None),
            warranty_until: fields[2].then_some(Some(date(2030, 1, 1))),
            ..Change::default()
        };
        let after = before.changed(change.clone()).unwrap_or_else(|| before.clone());
        prop_assert_eq!(&after.details.name, if fields[0] { &name } else { &before.details.name });
        prop_assert_eq!(after.details.service_interval_days, if fields[1] { None } else { Some(30) });
        prop_assert_eq!(after.details.warranty_until, fields[2].then(|| date(2030, 1, 1)));
        prop_assert_eq!(after.details.kind, before.details.kind);
        prop_assert_eq!(after.changed(change), None);
        prop_assert!(after.was_created_with(&before.details));
    }
}
