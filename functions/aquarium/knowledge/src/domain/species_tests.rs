use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn source(title: &str) -> Source {
    Source {
        title: title.to_owned(),
        publisher: "Publisher".to_owned(),
        url: "https://example.org/a".to_owned(),
        licence: "CC BY 4.0".to_owned(),
        accessed: date(2026, 11, 29),
    }
}

fn fact(value: FactValue) -> Fact {
    Fact { value, sources: ["a".to_owned()].into() }
}

fn text_fact(value: &str) -> Fact {
    fact(FactValue::Text(value.to_owned()))
}

fn row(id: &str, name: &str) -> SpeciesRow {
    let facts = [("kind", "fish"), ("water", "fresh"), ("scientificName", name)];
    SpeciesRow {
        id: id.to_owned(),
        facts: facts.map(|(name, value)| (name.to_owned(), text_fact(value))).into(),
        names: [("en".to_owned(), vec!["Peppered cory".to_owned()])].into(),
        synonyms: Vec::new(),
        sources: [("a".to_owned(), source("A"))].into(),
    }
}

fn species(id: &str, name: &str) -> Species {
    Species::parse(row(id, name)).unwrap()
}

fn fields(row: SpeciesRow) -> Vec<String> {
    Species::parse(row).unwrap_err().into_iter().map(|error| error.field).collect()
}

#[test]
fn a_row_with_a_source_from_the_future_is_refused() {
    let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    assert!(species("a-b", "Aa bb").cited_at(now).is_ok());
    let errors = species("a-b", "Aa bb").cited_at(now - jiff::SignedDuration::from_hours(48)).unwrap_err();
    assert_eq!(errors.into_iter().map(|error| error.field).collect::<Vec<_>>(), ["sources.a.accessed"]);
}

#[test]
fn a_fact_without_a_source_or_licence_is_refused() {
    let mut uncited = row("a-b", "Aa bb");
    uncited.facts.insert("phMinMilli".to_owned(), Fact { value: FactValue::Number(6_000), sources: BTreeSet::new() });
    assert_eq!(fields(uncited), ["facts.phMinMilli.sources"]);
    let mut unknown = row("a-b", "Aa bb");
    let cites = Fact { value: FactValue::Number(6_000), sources: ["b".to_owned()].into() };
    unknown.facts.insert("phMinMilli".to_owned(), cites);
    assert_eq!(fields(unknown), ["facts.phMinMilli.sources"]);
    let mut unlicensed = row("a-b", "Aa bb");
    unlicensed.sources.insert("a".to_owned(), Source { licence: String::new(), ..source("A") });
    assert_eq!(fields(unlicensed), ["sources.a.licence"]);
    let mut without = row("a-b", "Aa bb");
    without.sources.clear();
    assert_eq!(fields(without).len(), 3);
}

#[test]
fn a_row_names_every_wrong_field() {
    let mut wrong = row("A b", "Aa bb");
    wrong.facts.insert("colour".to_owned(), text_fact("red"));
    wrong.facts.insert("ghMinUmol".to_owned(), fact(FactValue::Number(900)));
    wrong.facts.insert("ghMaxUmol".to_owned(), fact(FactValue::Number(100)));
    wrong.facts.remove("water");
    wrong.names.insert("?".to_owned(), vec!["Néon".to_owned(), "neon".to_owned()]);
    let expected = ["id", "facts.colour", "facts.ghMinUmol", "names.?", "names.?", "facts.water"];
    assert_eq!(fields(wrong), expected);
    let mut repeated = row("a-b", "Aa bb");
    let synonym =
        SynonymRow { name: "AA BB".to_owned(), status: SynonymStatus::Synonym, sources: ["a".to_owned()].into() };
    repeated.synonyms.push(synonym);
    assert_eq!(fields(repeated), ["synonyms[0]"]);
}

#[test]
fn sources_that_nothing_cites_are_left_out() {
    let mut more = row("a-b", "Aa bb");
    more.sources.insert("b".to_owned(), source("B"));
    assert_eq!(Species::parse(more).unwrap(), species("a-b", "Aa bb"));
}

#[test]
fn a_rename_keeps_the_id_and_the_earlier_name_with_its_source() {
    let known = species("corydoras-paleatus", "Corydoras paleatus");
    let renamed = known.renamed("Hoplisoma paleatum".to_owned(), ("b".to_owned(), source("B"))).unwrap().unwrap();
    assert_eq!((renamed.id.as_str(), renamed.scientific_name.as_str()), ("corydoras-paleatus", "Hoplisoma paleatum"));
    let [synonym] = renamed.synonyms.as_slice() else { panic!("{:?}", renamed.synonyms) };
    assert_eq!((synonym.name.as_str(), synonym.status), ("Corydoras paleatus", SynonymStatus::FormerlyAccepted));
    assert!(synonym.sources.iter().all(|id| renamed.sources.contains_key(id)));
    let again = renamed.renamed("Hoplisoma paleatum".to_owned(), ("b".to_owned(), source("B")));
    assert_eq!(again, Ok(None), "repeated");
    let back = renamed.renamed("Corydoras paleatus".to_owned(), ("a".to_owned(), source("A"))).unwrap().unwrap();
    assert_eq!(back.synonyms.iter().map(|synonym| synonym.name.as_str()).collect::<Vec<_>>(), ["Hoplisoma paleatum"]);
    let other = known.renamed("Hoplisoma paleatum".to_owned(), ("a".to_owned(), source("C")));
    assert_eq!(other, Err(ChangeRefusal::SourceInUse("a".to_owned())));
}

#[test]
fn an_import_keeps_names_that_were_accepted_before() {
    let known = species("corydoras-paleatus", "Corydoras paleatus");
    assert_eq!(known.imported(known.clone()), Ok(None), "nothing new");
    let imported = known.imported(species("corydoras-paleatus", "Hoplisoma paleatum")).unwrap().unwrap();
    assert_eq!(imported.synonyms[0].name, "Corydoras paleatus");
    let repeated = imported.imported(species("corydoras-paleatus", "Hoplisoma paleatum"));
    assert_eq!(repeated, Ok(None), "the row is as before");
    // The source of the earlier name was read again: what the import says of it is newer.
    let mut newer = row("corydoras-paleatus", "Hoplisoma paleatum");
    newer.sources.insert("a".to_owned(), Source { accessed: date(2027, 1, 1), ..source("A") });
    let newer = imported.imported(Species::parse(newer).unwrap()).unwrap().unwrap();
    assert_eq!(newer.sources["a"].accessed, date(2027, 1, 1));
}

#[test]
fn a_merge_leaves_a_redirect_and_its_names() {
    let (gone, kept) = (species("a-b", "Aa bb"), species("c-d", "Cc dd"));
    let (merged, other) = gone.merged(&kept).unwrap().unwrap();
    assert_eq!((merged.id.as_str(), merged.merged_into.as_ref()), ("a-b", Some(&kept.id)));
    assert_eq!(other.synonyms[0].name, "Aa bb");
    assert_eq!(merged.merged(&other), Ok(None), "repeated");
    assert_eq!(merged.imported(gone.clone()), Err(ChangeRefusal::Merged(kept.id.clone())));
    assert_eq!(other.merged(&merged), Err(ChangeRefusal::Merged(kept.id.clone())));
    assert_eq!(gone.merged(&gone), Err(ChangeRefusal::IntoItself));
    let plant = Species { kind: SpeciesKind::Plant, ..kept };
    assert_eq!(gone.merged(&plant), Err(ChangeRefusal::OtherKind));
    assert_eq!(merged.merged_fact(7).unwrap().merged_into, "c-d");
}

#[test]
fn an_import_keeps_names_that_came_with_merges() {
    let synonym = |name: &str| SynonymRow {
        name: name.to_owned(),
        status: SynonymStatus::Synonym,
        sources: ["a".to_owned()].into(),
    };
    let mut first = row("a-b", "Aa bb");
    first.synonyms.push(synonym("Ee ff"));
    let mut second = row("c-d", "Cc dd");
    second.synonyms.push(synonym("Gg hh"));
    let (_, second) = Species::parse(first).unwrap().merged(&Species::parse(second).unwrap()).unwrap().unwrap();
    let (_, kept) = second.merged(&species("i-j", "Ii jj")).unwrap().unwrap();
    let origins = |species: &Species| {
        let origin = |synonym: &Synonym| synonym.merged_from.as_ref().map(|id| id.as_str().to_owned());
        species.synonyms.iter().map(|synonym| (synonym.name.clone(), origin(synonym))).collect::<Vec<_>>()
    };
    let expected = [("Aa bb", "a-b"), ("Cc dd", "c-d"), ("Ee ff", "a-b"), ("Gg hh", "c-d")];
    let expected = expected.map(|(name, id)| (name.to_owned(), Some(id.to_owned())));
    assert_eq!(origins(&kept), expected);
    assert_eq!(kept.imported(species("i-j", "Ii jj")), Ok(None), "nothing new");
    // A row that has such a name itself, and then one that has not.
    let mut own = row("i-j", "Ii jj");
    own.synonyms.push(synonym("Ee ff"));
    let again = kept.imported(Species::parse(own).unwrap()).unwrap().unwrap_or_else(|| kept.clone());
    assert_eq!(origins(&again), expected);
    let again = again.imported(species("i-j", "Ii jj")).unwrap().unwrap_or(again);
    assert_eq!(origins(&again), expected);
    // The origin is stored, and a row cannot set it.
    let stored: Synonym = serde_json::from_value(serde_json::to_value(&kept.synonyms[0]).unwrap()).unwrap();
    assert_eq!(stored, kept.synonyms[0]);
    let as_row: Result<SynonymRow, _> = serde_json::from_value(serde_json::to_value(&kept.synonyms[0]).unwrap());
    assert!(as_row.is_err());
}

#[test]
fn kept_synonyms_keep_to_the_number_of_sources() {
    let mut full = row("a-b", "Aa bb");
    let facts = ["phMinMilli", "phMaxMilli", "ghMinUmol", "ghMaxUmol", "minVolumeMl"];
    for (at, name) in facts.into_iter().enumerate() {
        let cited: BTreeSet<_> = (0..20).map(|number| format!("s{at}-{number}")).collect();
        full.sources.extend(cited.iter().map(|id| (id.clone(), source("S"))));
        full.facts.insert(name.to_owned(), Fact { value: FactValue::Number(6_000), sources: cited });
    }
    for name in ["kind", "water", "scientificName"] {
        full.facts.get_mut(name).unwrap().sources = ["s0-0".to_owned()].into();
    }
    full.sources.remove("a");
    let full = Species::parse(full).unwrap();
    assert_eq!(full.sources.len(), MAX_SOURCES);
    assert_eq!(species("a-b", "Cc dd").imported(full.clone()), Err(ChangeRefusal::TooManySources));
    assert_eq!(species("c-d", "Cc dd").merged(&full), Err(ChangeRefusal::TooManySources));
    let renamed = full.renamed("Cc dd".to_owned(), ("b".to_owned(), source("B")));
    assert_eq!(renamed, Err(ChangeRefusal::TooManySources));
}

#[test]
fn names_of_a_row_have_a_bounded_size() {
    let mut large = row("a-b", "Aa bb");
    for language in 0..29 {
        let names = (0..20).map(|number| format!("{number} {}", "字".repeat(40))).collect();
        large.names.insert(format!("en-{language}"), names);
    }
    assert_eq!(fields(large), ["names"]);
}

#[test]
fn names_have_a_bounded_number_of_words() {
    let mut many = row("a-b", "Aa bb");
    for language in ["en", "de", "fr"] {
        let names = (0..17).map(|number| format!("{language}{number}")).collect();
        many.names.insert(language.to_owned(), names);
    }
    let many = Species::parse(many).unwrap();
    assert_eq!(many.check_words(), Err(ChangeRefusal::TooManyWords(53)));
    assert_eq!(species("a-b", "Aa bb").imported(many), Err(ChangeRefusal::TooManyWords(53)));
}

proptest! {
    /// However often a species is renamed and imported, every name that it had is its name or a synonym, with a source.
    #[test]
    fn no_name_is_lost(names in proptest::collection::vec("[A-E]a [a-e]b", 1..12), imports in any::<u16>()) {
        let first = species("a-b", "Zz yy");
        let mut current = first.clone();
        for (at, name) in names.iter().enumerate() {
            let next = if imports >> at & 1 == 1 {
                current.imported(species("a-b", name)).unwrap()
            } else {
                current.renamed(name.clone(), (format!("s{at}"), source(name))).unwrap()
            };
            current = next.unwrap_or(current);
            prop_assert_eq!(&current.scientific_name, name);
        }
        for name in names.iter().chain([&first.scientific_name]) {
            let count = current.synonyms.iter().filter(|synonym| same_name(&synonym.name, name)).count();
            prop_assert_eq!(count, usize::from(!same_name(name, &current.scientific_name)), "{}", name);
        }
        for synonym in &current.synonyms {
            prop_assert!(!synonym.sources.is_empty());
            prop_assert!(synonym.sources.iter().all(|id| current.sources.contains_key(id)));
        }
        prop_assert_eq!(current.imported(species("a-b", &current.scientific_name)).unwrap().map_or_else(|| current.synonyms.clone(), |next| next.synonyms), current.synonyms);
    }
}
