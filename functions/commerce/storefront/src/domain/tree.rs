//! The tree of categories.

use std::collections::BTreeMap;

use contracts::catalog::CategoryChanged;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Number of items that categories are spread over by their slugs: together they hold the catalog's 1,000 categories at their
/// largest, and those that were deleted. Keys depend on it: it never changes.
pub const TREE_PARTS: u8 = 8;
/// Maximum number of levels of a path. The catalog allows 5. Events in any order may describe a circle for a moment.
const MAX_LEVELS: usize = 5;

/// A category, in its newest revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryFacts {
    /// Title.
    pub title: String,
    /// Slug of the category that it is below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Position among the categories of its parent.
    pub position: u32,
    /// True once it was deleted. It is kept, because its revisions continue.
    pub removed: bool,
    /// Revision.
    pub revision: u64,
    /// Time of the event.
    pub at: Timestamp,
}

/// A part of the tree: the categories whose slugs fall into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreePart {
    /// Number of the part.
    pub part: u8,
    /// The categories, by slug.
    pub categories: BTreeMap<String, CategoryFacts>,
}

/// A category with its slug.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// Slug.
    pub slug: &'a str,
    /// The category.
    pub facts: &'a CategoryFacts,
}

/// The whole tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    categories: BTreeMap<String, CategoryFacts>,
}

/// Returns the part in which a slug lies.
pub fn part_of(slug: &str) -> u8 {
    slug.bytes().fold(0_u8, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte)) % TREE_PARTS
}

impl TreePart {
    /// A part without categories.
    pub const fn empty(part: u8) -> Self {
        Self { part, categories: BTreeMap::new() }
    }

    /// Returns the part with what an event says, unless a newer revision of the category is known.
    #[must_use]
    pub fn with(&self, fact: CategoryChanged, at: Timestamp) -> Self {
        let CategoryChanged { slug, title, parent, position, removed, revision } = fact;
        let mut next = self.clone();
        if next.categories.get(&slug).is_none_or(|known| known.revision < revision) {
            next.categories.insert(slug, CategoryFacts { title, parent, position, removed, revision, at });
        }
        next
    }
}

impl Tree {
    /// The tree that parts make.
    pub fn of(parts: impl IntoIterator<Item = TreePart>) -> Self {
        Self { categories: parts.into_iter().flat_map(|part| part.categories).collect() }
    }

    /// Returns a category that exists.
    pub fn get(&self, slug: &str) -> Option<Node<'_>> {
        let (slug, facts) = self.categories.get_key_value(slug)?;
        (!facts.removed).then_some(Node { slug, facts })
    }

    /// Returns the categories directly below a parent, or those at the top, by position and slug.
    pub fn children(&self, parent: Option<&str>) -> Vec<Node<'_>> {
        let existing = self.categories.iter().filter(|(_, facts)| !facts.removed && facts.parent.as_deref() == parent);
        let mut children: Vec<_> = existing.map(|(slug, facts)| Node { slug, facts }).collect();
        children.sort_by_key(|node| (node.facts.position, node.slug));
        children
    }

    /// Returns the path to a category, from the top: a breadcrumb. Empty if the category does not exist.
    pub fn path(&self, slug: &str) -> Vec<Node<'_>> {
        let above = |node: &Node<'_>| node.facts.parent.as_deref().and_then(|parent| self.get(parent));
        let mut path: Vec<_> = std::iter::successors(self.get(slug), above).take(MAX_LEVELS).collect();
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn changed(slug: &str, parent: Option<&str>, position: u32, revision: u64) -> CategoryChanged {
        CategoryChanged {
            slug: slug.to_owned(),
            title: slug.to_uppercase(),
            parent: parent.map(str::to_owned),
            position,
            removed: false,
            revision,
        }
    }

    fn tree(facts: impl IntoIterator<Item = CategoryChanged>) -> Tree {
        let mut parts: Vec<_> = (0..TREE_PARTS).map(TreePart::empty).collect();
        for fact in facts {
            let part = usize::from(part_of(&fact.slug));
            parts[part] = parts[part].with(fact, Timestamp::UNIX_EPOCH);
        }
        Tree::of(parts)
    }

    fn slugs(nodes: &[Node<'_>]) -> Vec<String> {
        nodes.iter().map(|node| node.slug.to_owned()).collect()
    }

    #[test]
    fn a_path_leads_from_the_top_and_children_have_an_order() {
        let tree = tree([
            changed("boots", Some("shoes"), 1, 1),
            changed("sandals", Some("shoes"), 0, 1),
            changed("shoes", Some("clothes"), 0, 1),
            changed("clothes", None, 0, 1),
        ]);
        assert_eq!(slugs(&tree.path("boots")), ["clothes", "shoes", "boots"]);
        assert_eq!(slugs(&tree.children(Some("shoes"))), ["sandals", "boots"]);
        assert_eq!(slugs(&tree.children(None)), ["clothes"]);
        assert!(tree.path("hats").is_empty());
    }

    #[test]
    fn a_circle_of_a_moment_ends_and_a_removed_category_is_gone() {
        let circle = tree([changed("a", Some("b"), 0, 1), changed("b", Some("a"), 0, 1)]);
        assert_eq!(circle.path("a").len(), MAX_LEVELS);
        let removed = CategoryChanged { removed: true, ..changed("a", None, 0, 2) };
        let tree = tree([removed, changed("a", None, 0, 1)]);
        assert!(tree.get("a").is_none() && tree.children(None).is_empty());
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_gives_the_same_tree(
            (facts, shuffled) in prop::collection::vec((0..5_usize, 1..6_u64), 0..30).prop_flat_map(|facts| {
                let twice = [facts.clone(), facts.clone()].concat();
                (Just(facts), Just(twice).prop_shuffle())
            }),
        ) {
            let fact = |(at, revision): (usize, u64)| {
                let slugs = ["a", "b", "c", "d", "e"];
                let parent = usize::try_from(revision).ok().and_then(|revision| slugs.get(revision)).copied();
                changed(slugs[at], parent, 7 - u32::try_from(revision).unwrap(), revision)
            };
            prop_assert_eq!(tree(facts.into_iter().map(fact)), tree(shuffled.into_iter().map(fact)));
        }
    }
}
