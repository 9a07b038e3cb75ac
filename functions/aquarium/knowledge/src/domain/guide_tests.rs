use jiff::civil::date;
use proptest::prelude::*;

use super::super::source::Source;
use super::super::species_id::SpeciesId;
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn text(title: &str, name: &str) -> GuideText {
    GuideText {
        slug: slug(name),
        title: title.to_owned(),
        summary: "Summary".to_owned(),
        body: "# Body".to_owned(),
        species_ids: [SpeciesId::parse("danio-rerio").unwrap()].into(),
        sources: vec![Source {
            title: "A".to_owned(),
            publisher: "P".to_owned(),
            url: "https://example.org".to_owned(),
            licence: "CC BY 4.0".to_owned(),
            accessed: date(2026, 11, 30),
        }],
    }
}

fn users() -> (UserId, UserId) {
    (UserId::generate(), UserId::generate())
}

fn retitled(title: &str) -> TextChange {
    TextChange { title: Some(title.to_owned()), ..TextChange::default() }
}

fn renamed(name: &str) -> TextChange {
    TextChange { slug: Some(slug(name)), ..TextChange::default() }
}

fn new(author: UserId) -> (Guide, GuideVersion) {
    Guide::new(GuideId::generate(), "en".to_owned(), text("One", "one"), author, at(0))
}

fn approved(guide: &Guide, version: &GuideVersion, reviewer: UserId) -> (Guide, GuideVersion) {
    guide.reviewed(version, reviewer, (Verdict::Approve, None), at(1)).unwrap().unwrap()
}

#[test]
fn the_author_of_a_version_cannot_review_it() {
    let (author, other) = users();
    let (guide, version) = new(author);
    for verdict in [Verdict::Approve, Verdict::Reject] {
        assert_eq!(guide.reviewed(&version, author, (verdict, None), at(1)), Err(GuideRefusal::OwnVersion));
    }
    let (guide, version) = approved(&guide, &version, other);
    assert_eq!((guide.newest_state, version.state), (VersionState::Approved, VersionState::Approved));
    // The next version is by the reviewer of the first one, and its author reviews it.
    let edit = guide.edited(&version, retitled("Two"), other, at(2)).unwrap().unwrap();
    let own = edit.guide.reviewed(&edit.version, other, (Verdict::Approve, None), at(3));
    assert_eq!(own, Err(GuideRefusal::OwnVersion));
    assert!(edit.guide.reviewed(&edit.version, author, (Verdict::Approve, None), at(3)).unwrap().is_some());
}

#[test]
fn an_author_of_unreviewed_text_cannot_approve_a_later_version_with_it() {
    let (author, other) = users();
    let (guide, version) = new(author);
    // A correction by another user makes the text of the first author not reviewed.
    let edit = guide.edited(&version, retitled("Two"), other, at(1)).unwrap().unwrap();
    for user in [author, other] {
        let own = edit.guide.reviewed(&edit.version, user, (Verdict::Approve, None), at(2));
        assert_eq!(own, Err(GuideRefusal::OwnVersion));
    }
    let third = UserId::generate();
    // After a rejection it is still not reviewed.
    let rejected = edit.guide.reviewed(&edit.version, third, (Verdict::Reject, None), at(2)).unwrap().unwrap();
    let again = rejected.0.edited(&rejected.1, retitled("Three"), other, at(3)).unwrap().unwrap();
    let own = again.guide.reviewed(&again.version, author, (Verdict::Approve, None), at(4));
    assert_eq!(own, Err(GuideRefusal::OwnVersion));
    let (guide, version) = approved(&again.guide, &again.version, third);
    let edit = guide.edited(&version, retitled("Four"), other, at(5)).unwrap().unwrap();
    assert!(edit.guide.reviewed(&edit.version, author, (Verdict::Approve, None), at(6)).unwrap().is_some());
}

#[test]
fn a_version_is_reviewed_once_and_only_while_it_is_the_newest() {
    let (author, other) = users();
    let (guide, version) = new(author);
    let edit = guide.edited(&version, retitled("Two"), author, at(1)).unwrap().unwrap();
    let late = edit.guide.reviewed(&version, other, (Verdict::Approve, None), at(2));
    assert_eq!(late, Err(GuideRefusal::Outdated(2)));
    let (guide, reviewed) = approved(&edit.guide, &edit.version, other);
    assert_eq!(guide.reviewed(&reviewed, other, (Verdict::Approve, None), at(3)), Ok(None), "repeated");
    assert_eq!(guide.reviewed(&reviewed, other, (Verdict::Reject, None), at(3)), Err(GuideRefusal::Reviewed));
    let third = UserId::generate();
    assert_eq!(guide.reviewed(&reviewed, third, (Verdict::Approve, None), at(3)), Err(GuideRefusal::Reviewed));
}

#[test]
fn a_new_version_supersedes_a_draft_and_no_reviewed_one() {
    let (author, other) = users();
    let (guide, version) = new(author);
    assert_eq!(guide.edited(&version, retitled("One"), author, at(1)), Ok(None), "nothing new");
    let edit = guide.edited(&version, retitled("Two"), author, at(1)).unwrap().unwrap();
    assert_eq!(edit.superseded.unwrap().state, VersionState::Superseded);
    let (guide, version) = approved(&edit.guide, &edit.version, other);
    let edit = guide.edited(&version, retitled("Three"), author, at(2)).unwrap().unwrap();
    assert_eq!((edit.superseded, edit.guide.newest, edit.guide.newest_state), (None, 3, VersionState::Draft));
}

#[test]
fn only_approved_versions_are_published_also_earlier_ones() {
    let (author, other) = users();
    let (guide, version) = new(author);
    assert_eq!(guide.published(&version, at(1)), Err(GuideRefusal::NotApproved));
    let (guide, first) = approved(&guide, &version, other);
    let edit = guide.edited(&first, retitled("Two"), author, at(2)).unwrap().unwrap();
    assert_eq!(edit.guide.published(&edit.version, at(3)), Err(GuideRefusal::NotApproved));
    let shown = edit.guide.published(&first, at(3)).unwrap().unwrap();
    assert_eq!(shown.published(&first, at(4)), Ok(None), "repeated");
    assert_eq!(shown.page(&first, 4).unwrap().text.title, "One");
    assert_eq!(shown.page(&edit.version, 4), None);
    let hidden = shown.withdrawn().unwrap();
    assert_eq!((hidden.published.as_ref(), hidden.withdrawn(), hidden.page(&first, 5)), (None, None, None));
}

#[test]
fn earlier_slugs_redirect_only_if_they_were_published() {
    let (author, other) = users();
    let (guide, version) = new(author);
    let edit = guide.edited(&version, renamed("two"), author, at(1)).unwrap().unwrap();
    assert_eq!(edit.new_slug, Some(slug("two")));
    let (guide, version) = approved(&edit.guide, &edit.version, other);
    let guide = guide.published(&version, at(2)).unwrap().unwrap();
    assert_eq!(guide.page(&version, 3).unwrap().earlier_slugs, BTreeSet::new(), "`one` was never published");
    let edit = guide.edited(&version, renamed("one"), author, at(3)).unwrap().unwrap();
    assert_eq!(edit.new_slug, None, "it is the guide's own");
    let (guide, version) = approved(&edit.guide, &edit.version, other);
    let guide = guide.published(&version, at(4)).unwrap().unwrap();
    assert_eq!(guide.page(&version, 5).unwrap().earlier_slugs, [slug("two")].into());
}

#[test]
fn slugs_and_versions_are_bounded() {
    let (author, _) = users();
    let (mut guide, mut version) = new(author);
    for number in 1..MAX_SLUGS {
        let edit = guide.edited(&version, renamed(&format!("s{number}")), author, at(1)).unwrap().unwrap();
        (guide, version) = (edit.guide, edit.version);
    }
    assert_eq!(guide.edited(&version, renamed("more"), author, at(2)), Err(GuideRefusal::TooManySlugs));
    guide.newest = MAX_VERSIONS;
    assert_eq!(guide.edited(&version, retitled("More"), author, at(2)), Err(GuideRefusal::TooManyVersions));
}

#[test]
fn a_deleted_user_leaves_no_name() {
    let (author, other) = users();
    let (guide, version) = new(author);
    let note = Some("Well done.".to_owned());
    let (_, version) = guide.reviewed(&version, other, (Verdict::Approve, note), at(1)).unwrap().unwrap();
    assert_eq!(version.work(Part::Author).unwrap().user_id, author);
    assert_eq!(version.work(Part::Reviewer).unwrap().user_id, other);
    let left = version.without(author).unwrap();
    assert_eq!((left.author, left.work(Part::Author), left.without(author)), (None, None, None));
    let left = left.without(other).unwrap();
    assert_eq!((left.work(Part::Reviewer), left.state), (None, VersionState::Approved));
    assert_eq!(left.review.unwrap().note, None);
    assert_eq!(version.without(UserId::generate()), None);
    let (guide, _) = new(author);
    assert_eq!(guide.without(author).unwrap().without(author), None);
    assert_eq!(guide.without(other), None);
}

#[test]
fn a_page_has_an_entry_of_its_language_and_of_each_species() {
    let (author, other) = users();
    let (guide, version) = new(author);
    let (guide, version) = approved(&guide, &version, other);
    let guide = guide.published(&version, at(2)).unwrap().unwrap();
    let page = guide.page(&version, 3).unwrap();
    let species: Vec<_> = page.entries().into_iter().map(|entry| entry.species_id.map(|id| id.to_string())).collect();
    assert_eq!(species, [None, Some("danio-rerio".to_owned())]);
    let fact = page.changed_fact(true, 3);
    assert_eq!((fact.published, fact.published_at, fact.revision), (true, Some(at(2)), 3));
    let fact = page.changed_fact(false, 4);
    assert_eq!((fact.published, fact.published_at, fact.revision), (false, None, 4));
}

/// A step of a guide: who does what.
#[derive(Debug, Clone, Copy)]
enum Step {
    Edit,
    Approve,
    Reject,
    Publish(usize),
    Withdraw,
}

fn steps() -> impl Strategy<Value = Vec<(Step, usize)>> {
    let step = prop_oneof![
        Just(Step::Edit),
        Just(Step::Approve),
        Just(Step::Reject),
        (0_usize..8).prop_map(Step::Publish),
        Just(Step::Withdraw),
    ];
    prop::collection::vec((step, 0_usize..3), 0..40)
}

proptest! {
    /// Whatever the staff does in whatever order, what is published was approved by a user who wrote no version since the last
    /// approved one before.
    #[test]
    fn what_is_published_was_approved_by_a_second_user(steps in steps()) {
        let staff = [UserId::generate(), UserId::generate(), UserId::generate()];
        let (mut guide, first) = new(staff[0]);
        let mut versions = vec![first];
        for (number, (step, user)) in steps.into_iter().enumerate() {
            let (user, now) = (staff[user], at(i64::try_from(number).unwrap()));
            let newest = versions.last().unwrap().clone();
            let last = versions.len() - 1;
            match step {
                Step::Edit => {
                    if let Ok(Some(edit)) = guide.edited(&newest, retitled(&number.to_string()), user, now) {
                        if let Some(superseded) = edit.superseded {
                            versions[last] = superseded;
                        }
                        guide = edit.guide;
                        versions.push(edit.version);
                    }
                }
                Step::Approve | Step::Reject => {
                    let verdict = if matches!(step, Step::Approve) { Verdict::Approve } else { Verdict::Reject };
                    if let Ok(Some((next, version))) = guide.reviewed(&newest, user, (verdict, None), now) {
                        guide = next;
                        versions[last] = version;
                    }
                }
                Step::Publish(which) => {
                    let version = &versions[which.min(last)];
                    if let Ok(Some(next)) = guide.published(version, now) {
                        guide = next;
                    }
                }
                Step::Withdraw => guide = guide.withdrawn().unwrap_or(guide),
            }
            prop_assert_eq!(guide.newest_state, versions.last().unwrap().state);
            prop_assert_eq!(usize::try_from(guide.newest).unwrap(), versions.len());
            let waiting = versions.iter().filter(|version| version.state == VersionState::Draft).count();
            prop_assert!(waiting <= 1);
            if let Some(published) = &guide.published {
                let version = &versions[usize::try_from(published.version).unwrap() - 1];
                let reviewer = version.review.as_ref().and_then(|review| review.reviewer);
                prop_assert_eq!(version.state, VersionState::Approved);
                let before = &versions[..usize::try_from(published.version).unwrap()];
                let since = before[..before.len() - 1].iter().rposition(|one| one.state == VersionState::Approved);
                let new = &before[since.map_or(0, |last| last + 1)..];
                prop_assert!(reviewer.is_some() && new.iter().all(|one| one.author != reviewer));
            }
        }
    }
}
