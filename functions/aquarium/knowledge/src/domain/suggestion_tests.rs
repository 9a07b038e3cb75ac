use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn source(title: &str) -> Source {
    Source {
        title: title.to_owned(),
        publisher: "Publisher".to_owned(),
        url: "https://example.org/a".to_owned(),
        licence: "CC BY 4.0".to_owned(),
        accessed: date(2026, 11, 30),
    }
}

fn species() -> Species {
    let fact = |value: FactValue| Fact { value, sources: ["a".to_owned()].into() };
    let text = |text: &str| fact(FactValue::Text(text.to_owned()));
    let facts = [
        ("kind", text("fish")),
        ("water", text("fresh")),
        ("scientificName", text("Danio rerio")),
        ("phMinMilli", fact(FactValue::Number(6_000))),
        ("phMaxMilli", fact(FactValue::Number(8_000))),
    ];
    let row = SpeciesRow {
        id: "danio-rerio".to_owned(),
        facts: facts.map(|(name, fact)| (name.to_owned(), fact)).into(),
        names: [("en".to_owned(), vec!["Zebra danio".to_owned()])].into(),
        synonyms: Vec::new(),
        sources: [("a".to_owned(), source("A"))].into(),
    };
    Species::parse(row).unwrap()
}

fn proposal(field: FactName, value: FactValue) -> Proposal {
    let species_id = SpeciesId::parse("danio-rerio").unwrap();
    Proposal { species_id, field, value, source: source("B"), comment: Some("I measured it.".to_owned()) }
}

fn suggestion(user: UserId) -> Suggestion {
    let proposal = proposal(FactName::MinGroup, FactValue::Number(8));
    Suggestion::new(SuggestionId::generate(), proposal, user, at(0))
}

fn accepted() -> Decision {
    Decision { verdict: Verdict::Accepted, reason: None, at: at(1) }
}

fn rejected() -> Decision {
    Decision { verdict: Verdict::Rejected, reason: Some("The page says 6.".to_owned()), at: at(1) }
}

#[test]
fn an_accepted_value_has_its_source_and_obeys_the_rules_of_imports() {
    let (known, id) = (species(), SuggestionId::generate());
    let next = proposal(FactName::MinGroup, FactValue::Number(8)).applied_to(&known, id).unwrap().unwrap();
    let fact = &next.facts[&FactName::MinGroup];
    let slug = format!("suggestion-{id}");
    assert_eq!((&fact.value, &fact.sources), (&FactValue::Number(8), &[slug.clone()].into()));
    assert_eq!((&next.sources[&slug], next.sources.len()), (&source("B"), 2));
    // The other facts stay with their sources.
    assert_eq!(next.facts[&FactName::PhMinMilli], known.facts[&FactName::PhMinMilli]);
    let above = proposal(FactName::PhMinMilli, FactValue::Number(9_000)).applied_to(&known, id);
    let Err(SuggestionRefusal::Rules(errors)) = above else { panic!("{above:?}") };
    assert_eq!(errors[0].field, "facts.phMinMilli");
    let wrong = proposal(FactName::Temperament, FactValue::Text("friendly".to_owned())).applied_to(&known, id);
    assert!(matches!(wrong, Err(SuggestionRefusal::Rules(_))));
    let unlicensed = Source { licence: String::new(), ..source("B") };
    let unlicensed = Proposal { source: unlicensed, ..proposal(FactName::MinGroup, FactValue::Number(8)) };
    assert!(matches!(unlicensed.applied_to(&known, id), Err(SuggestionRefusal::Rules(_))));
}

#[test]
fn a_known_value_gains_the_source_and_a_known_source_is_not_added_twice() {
    let (known, id) = (species(), SuggestionId::generate());
    let same = proposal(FactName::PhMinMilli, FactValue::Number(6_000));
    let next = same.applied_to(&known, id).unwrap().unwrap();
    assert_eq!(next.facts[&FactName::PhMinMilli].sources.len(), 2);
    assert_eq!(same.applied_to(&next, id), Ok(None), "repeated");
    assert_eq!(same.applied_to(&next, SuggestionId::generate()), Ok(None), "the same source");
    let other = Proposal { source: source("A"), ..proposal(FactName::MinGroup, FactValue::Number(6)) };
    let next = other.applied_to(&known, id).unwrap().unwrap();
    assert_eq!((next.facts[&FactName::MinGroup].sources.len(), next.sources.len()), (1, 1));
}

#[test]
fn another_accepted_name_keeps_the_earlier_one() {
    let (known, id) = (species(), SuggestionId::generate());
    let name = proposal(FactName::ScientificName, FactValue::Text("Brachydanio rerio".to_owned()));
    let next = name.applied_to(&known, id).unwrap().unwrap();
    assert_eq!((next.scientific_name.as_str(), next.synonyms[0].name.as_str()), ("Brachydanio rerio", "Danio rerio"));
    let back = proposal(FactName::ScientificName, FactValue::Text("Danio rerio".to_owned()));
    let back = back.applied_to(&next, id).unwrap().unwrap();
    assert_eq!((back.scientific_name.as_str(), back.synonyms[0].name.as_str()), ("Danio rerio", "Brachydanio rerio"));
}

#[test]
fn a_merged_species_takes_no_suggestion() {
    let gone = Species { merged_into: Some(SpeciesId::parse("c-d").unwrap()), ..species() };
    let refused = proposal(FactName::MinGroup, FactValue::Number(8)).applied_to(&gone, SuggestionId::generate());
    assert!(matches!(refused, Err(SuggestionRefusal::Change(ChangeRefusal::Merged(_)))));
}

#[test]
fn a_suggestion_is_decided_once_and_not_by_its_user() {
    let (user, staff) = (UserId::generate(), UserId::generate());
    let open = suggestion(user);
    assert_eq!(open.decided(accepted(), (user, true)), Err(SuggestionRefusal::Own));
    assert_eq!(open.notification("Danio rerio"), None);
    let decided = open.decided(rejected(), (staff, false)).unwrap().unwrap();
    assert_eq!(decided.decided(rejected(), (staff, false)), Ok(None), "repeated");
    assert_eq!(decided.decided(accepted(), (staff, false)), Err(SuggestionRefusal::Decided));
    let sent = decided.notification("Danio rerio").unwrap();
    assert_eq!((sent.recipients, sent.message.data["decision"].as_str()), (vec![user], "rejected"));
    assert_eq!(sent.message.data["reason"], "The page says 6.");
    let own = decided.own().unwrap();
    assert_eq!((own.user_id, own.decision), (user, decided.decision.clone()));
}

#[test]
fn only_admins_accept_what_says_which_species_it_is() {
    let staff = UserId::generate();
    for (field, needs_admin) in [
        (FactName::Kind, true),
        (FactName::Water, true),
        (FactName::ScientificName, true),
        (FactName::MinGroup, false),
        (FactName::MinVolumeMl, false),
    ] {
        let mut open = suggestion(UserId::generate());
        open.proposal.field = field;
        let by_manager = open.decided(accepted(), (staff, false));
        assert_eq!(by_manager == Err(SuggestionRefusal::NeedsAdmin), needs_admin, "{field:?}");
        assert!(open.decided(accepted(), (staff, true)).unwrap().is_some(), "{field:?}");
        assert!(open.decided(rejected(), (staff, false)).unwrap().is_some(), "{field:?}");
    }
}

#[test]
fn the_record_of_a_deleted_suggestion_has_no_comment() {
    let own = suggestion(UserId::generate()).own().unwrap();
    let deleted = own.deleted(own.created_at);
    assert_eq!((deleted.proposal.comment.as_ref(), deleted.deleted_at), (None, Some(own.created_at)));
    assert_eq!((deleted.id, deleted.user_id), (own.id, own.user_id));
}

#[test]
fn a_deleted_user_leaves_the_value_and_no_comment() {
    let decided = suggestion(UserId::generate()).decided(accepted(), (UserId::generate(), false)).unwrap().unwrap();
    let left = decided.without_user().unwrap();
    assert_eq!((left.user_id, left.proposal.comment.as_ref()), (None, None));
    assert_eq!((left.own(), left.notification("Danio rerio"), left.without_user()), (None, None, None));
    assert_eq!(left.decision, decided.decision);
}

#[test]
fn values_are_read_as_the_fact_has_them() {
    assert_eq!(value(FactName::MinGroup, "8"), Ok(FactValue::Number(8)));
    assert_eq!(value(FactName::Diet, "omnivore"), Ok(FactValue::Text("omnivore".to_owned())));
    for (field, bad) in [
        (FactName::MinGroup, "eight"),
        (FactName::MinGroup, "8.5"),
        (FactName::PhMinMilli, "7"),
        (FactName::Diet, "everything"),
        (FactName::Family, ""),
    ] {
        assert!(value(field, bad).is_err(), "{bad}");
    }
}

proptest! {
    /// Pages of the list have each suggestion once, oldest first, however the partitions are filled.
    #[test]
    fn pages_over_all_partitions_have_each_item_once(
        places in prop::collection::btree_map(0_u32..500, 0_usize..4, 0..60), limit in 1_usize..12,
    ) {
        let place = |number: u32| format!("{PLACE_PREFIX}{number:05}");
        let (mut seen, mut after) = (Vec::new(), None::<String>);
        for _ in 0..=places.len() + 1 {
            let shards = (0..4).map(|shard| {
                let own = places.iter().filter(|(_, own)| **own == shard).map(|(number, _)| (place(*number), *number));
                let mut items: Vec<_> = own.filter(|(place, _)| after.as_ref().is_none_or(|after| place > after)).collect();
                let more = items.len() > limit;
                items.truncate(limit);
                let end = items.last().map(|(place, _)| place.clone()).filter(|_| more);
                Shard { items, end }
            });
            let (page, next) = oldest(shards.collect(), limit);
            prop_assert!(page.len() <= limit);
            seen.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        prop_assert_eq!(after, None);
        prop_assert_eq!(seen, places.keys().copied().collect::<Vec<_>>());
    }
}
