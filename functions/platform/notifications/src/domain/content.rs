//! The content of a delivery, before it is rendered in the recipient's language.

use std::collections::BTreeMap;

use contracts::notifications::{Category, Message, NotificationIds};
use serde::{Deserialize, Serialize};
use types::Uuid;

/// Maximum number of notifications that one digest lists; of the rest it says the number.
pub const MAX_DIGEST_ENTRIES: usize = 50;
/// Maximum number of notifications beyond the list that a digest counts.
pub const MAX_DIGEST_REST: usize = 450;

/// What a delivery says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Content {
    /// A template and what is put into it.
    Template {
        /// The template's name.
        name: String,
        /// What is put into it.
        #[serde(default)]
        data: BTreeMap<String, String>,
        /// Where it leads.
        link: Link,
    },
    /// Several notifications in one.
    Digest {
        /// The first of them.
        entries: Vec<DigestEntry>,
        /// The others, which are only counted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rest: Vec<Collected>,
    },
}

/// What decides whether a notification is still part of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// The category.
    pub category: Category,
    /// The notification's ID if it is in the inbox, where it can be read or deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_inbox: Option<Uuid>,
}

/// A notification that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestEntry {
    /// Whether it is still part of the digest.
    #[serde(flatten)]
    pub collected: Collected,
    /// Its first line.
    pub title: String,
    /// Where it leads.
    pub link: Link,
}

/// Where a message leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum Link {
    /// The app.
    App,
    /// A page of the app.
    Page {
        /// Its path.
        path: String,
    },
    /// The page that proves an address; the link is signed when it is sent, so what is stored is no secret.
    VerifyEmail {
        /// Which proof is under way.
        proof: Uuid,
    },
    /// The page that sets a new password, signed likewise.
    ResetPassword {
        /// Which proof is under way.
        proof: Uuid,
    },
    /// The page that cancels the removal of the second factor, signed likewise.
    CancelMfaRemoval {
        /// Which removal.
        proof: Uuid,
    },
    /// The page that signs in, with a code and a signed link, both derived when it is sent.
    SignIn {
        /// Which request is under way.
        proof: Uuid,
    },
    /// The page that confirms the new address of an account, signed likewise.
    ConfirmNewEmail {
        /// Which proof is under way.
        proof: Uuid,
    },
    /// The page that takes a change of address back, signed likewise.
    UndoEmailChange {
        /// Which proof is under way.
        proof: Uuid,
    },
    /// Nowhere: a code proves a phone number. It is derived when it is sent, likewise.
    ConfirmPhone {
        /// Which proof is under way.
        proof: Uuid,
    },
}

impl Link {
    /// The path of a page that anybody may be led to; none where the link is signed.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Page { path } => Some(path),
            Self::App
            | Self::VerifyEmail { .. }
            | Self::ResetPassword { .. }
            | Self::SignIn { .. }
            | Self::ConfirmNewEmail { .. }
            | Self::UndoEmailChange { .. }
            | Self::CancelMfaRemoval { .. }
            | Self::ConfirmPhone { .. } => None,
        }
    }
}

impl Content {
    /// A template without anything put into it.
    pub fn template(name: &str, link: Link) -> Self {
        Self::Template { name: name.to_owned(), data: BTreeMap::new(), link }
    }

    /// The text that is given.
    pub fn plain(title: &str, body: &str) -> Self {
        let data = [("title", title), ("body", body)].map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self::Template { name: "plain".to_owned(), data: data.into(), link: Link::App }
    }

    /// The same with one more text put into it.
    #[must_use]
    pub fn with(&self, field: &str, text: &str) -> Self {
        let mut content = self.clone();
        if let Self::Template { data, .. } = &mut content {
            data.insert(field.to_owned(), text.to_owned());
        }
        content
    }

    /// Where it leads.
    pub fn link(&self) -> &Link {
        match self {
            Self::Template { link, .. } => link,
            Self::Digest { .. } => &Link::App,
        }
    }

    /// True for mail that the owner of an address requested, verified or not: it verifies the address, resets the password or
    /// signs in.
    pub fn is_requested_by_owner(&self) -> bool {
        matches!(
            self.link(),
            Link::VerifyEmail { .. } | Link::ResetPassword { .. } | Link::SignIn { .. } | Link::ConfirmNewEmail { .. }
        )
    }

    /// The template's name, by which clients tell kinds of notifications apart.
    pub fn kind(&self) -> &str {
        match self {
            Self::Template { name, .. } => name,
            Self::Digest { .. } => "digest",
        }
    }

    /// The IDs among the values, for clients: those whose names end in `_id`.
    pub fn ids(&self) -> NotificationIds {
        match self {
            Self::Template { data, .. } => NotificationIds::of(data),
            Self::Digest { .. } => NotificationIds::default(),
        }
    }

    /// True for mail that asks for the proof of an address.
    pub fn asks_for_proof(&self) -> bool {
        matches!(self.link(), Link::VerifyEmail { .. })
    }

    /// A digest with one more notification in it.
    #[must_use]
    pub fn collecting(self, entry: DigestEntry) -> Self {
        let (mut entries, mut rest) = match self {
            Self::Digest { entries, rest } => (entries, rest),
            Self::Template { .. } => (Vec::new(), Vec::new()),
        };
        if entries.len() < MAX_DIGEST_ENTRIES {
            entries.push(entry);
        } else if rest.len() < MAX_DIGEST_REST {
            rest.push(entry.collected);
        }
        Self::Digest { entries, rest }
    }

    /// The notifications of a digest that are in the inbox.
    pub fn collected_in_inbox(&self) -> Vec<Uuid> {
        match self {
            Self::Digest { entries, rest } => {
                let all = entries.iter().map(|entry| &entry.collected).chain(rest);
                all.filter_map(|collected| collected.in_inbox).collect()
            }
            Self::Template { .. } => Vec::new(),
        }
    }

    /// A digest without the notifications that its reader does not need any more; any other content as it is.
    #[must_use]
    pub fn without(&self, is_obsolete: impl Fn(&Collected) -> bool) -> Self {
        let Self::Digest { entries, rest } = self else { return self.clone() };
        Self::Digest {
            entries: entries.iter().filter(|entry| !is_obsolete(&entry.collected)).cloned().collect(),
            rest: rest.iter().filter(|collected| !is_obsolete(collected)).copied().collect(),
        }
    }
}

impl From<Message> for Content {
    fn from(message: Message) -> Self {
        let link = message.link.map_or(Link::App, |path| Link::Page { path });
        Self::Template { name: message.template, data: message.data, link }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u128) -> DigestEntry {
        let collected = Collected { category: Category::Activity, in_inbox: Some(Uuid::from_u128(number)) };
        DigestEntry { collected, title: format!("Notification {number}"), link: Link::App }
    }

    #[test]
    fn a_digest_lists_and_counts_only_what_is_left_of_it() {
        let all = u128::try_from(MAX_DIGEST_ENTRIES + MAX_DIGEST_REST).unwrap();
        let empty = Content::Digest { entries: Vec::new(), rest: Vec::new() };
        let digest = (0..all + 10).map(entry).fold(empty, Content::collecting);
        assert_eq!(digest.collected_in_inbox().len(), MAX_DIGEST_ENTRIES + MAX_DIGEST_REST);
        let left = digest.without(|collected| collected.in_inbox.is_none_or(|id| id.as_u128() % 2 == 0));
        let Content::Digest { entries, rest } = left else { panic!("it is a digest") };
        assert_eq!((entries.len(), rest.len()), (MAX_DIGEST_ENTRIES / 2, MAX_DIGEST_REST / 2));
        assert_eq!(entries[0].title, "Notification 1");
    }
}
