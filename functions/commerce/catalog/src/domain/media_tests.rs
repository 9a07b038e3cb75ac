//! Pictures that a product may show.

use types::Uuid;

use super::*;

fn media(number: u128) -> MediaId {
    MediaId::new(Uuid::from_u128(number))
}

fn owner(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn published(number: u128, of: u128) -> Medium {
    Medium::published(owner(of), media(number), Some(format!("published/{of}/{number}/")))
}

fn wanted(number: u128, alt: &str) -> Picture {
    Picture { media_id: media(number), alt: (!alt.is_empty()).then(|| alt.to_owned()) }
}

#[test]
fn a_product_shows_published_pictures_and_those_that_it_shows_already() {
    let known = [published(1, 7), Medium::deleted(owner(7), media(2), Timestamp::UNIX_EPOCH)];
    let shown = resolve(&[wanted(1, "Front")], &[], &known).unwrap();
    assert_eq!(shown[0].snapshot().path.as_deref(), Some("published/7/1/"));
    assert_eq!((shown[0].owner_id, shown[0].alt.as_deref()), (owner(7), Some("Front")));
    for unpublished in [2, 3] {
        let refused = resolve(&[wanted(1, ""), wanted(unpublished, "")], &[], &known);
        assert_eq!(refused, Err(NotPublished(media(unpublished))));
    }
    // Another manager moves it, and changes its text.
    let others = [published(4, 8)];
    let moved = resolve(&[wanted(4, "Back"), wanted(1, "Side")], &shown, &others).unwrap();
    assert_eq!(moved.iter().map(|picture| picture.owner_id).collect::<Vec<_>>(), [owner(8), owner(7)]);
    assert_eq!(moved[1], ShownPicture { alt: Some("Side".to_owned()), ..shown[0].clone() });
}

#[test]
fn placements_follow_the_pictures_and_not_their_order() {
    let product = ProductId::new(Uuid::from_u128(9));
    let shown = |numbers: &[u128]| {
        let wanted: Vec<_> = numbers.iter().map(|number| wanted(*number, "")).collect();
        let known: Vec<_> = numbers.iter().map(|number| published(*number, 7)).collect();
        resolve(&wanted, &[], &known).unwrap()
    };
    let ids =
        |placements: Vec<Placement>| placements.into_iter().map(|placement| placement.media_id).collect::<Vec<_>>();
    let (added, removed) = moved(product, &shown(&[1, 2, 3]), &shown(&[4, 3, 1]));
    assert_eq!((ids(added), ids(removed)), (vec![media(4)], vec![media(2)]));
    assert_eq!(moved(product, &shown(&[1, 2]), &shown(&[2, 1])), (Vec::new(), Vec::new()));
}

#[test]
fn the_mark_of_a_deleted_picture_expires_and_a_published_one_does_not() {
    assert_eq!(published(1, 7).forgotten_at(), None);
    let mark = Medium::deleted(owner(7), media(1), Timestamp::UNIX_EPOCH);
    assert!(mark.forgotten_at().unwrap() > Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 44));
}
