//! What a delivery says, before it is written out in somebody's language.

use std::collections::BTreeMap;

use contracts::notifications::Message;
use serde::{Deserialize, Serialize};
use types::Uuid;

/// The most notifications that one collecting mail lists; of the rest it tells the number.
pub const MAX_DIGEST_ENTRIES: usize = 50;

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
        /// How many more there are.
        left_out: u32,
    },
}

/// A notification among others in one mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestEntry {
    /// What it is about.
    pub category: contracts::notifications::Category,
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
            Self::App | Self::VerifyEmail { .. } | Self::ResetPassword { .. } | Self::ConfirmPhone { .. } => None,
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

    /// True for mail that goes to an address that is not proven: it asks for the proof, or its owner asked for it.
    pub fn is_for_an_unproven_address(&self) -> bool {
        match self {
            Self::Template { link: Link::VerifyEmail { .. } | Link::ResetPassword { .. }, .. } => true,
            // It tells of what happened to an account that nobody else can be told of.
            Self::Template { name, .. } => name == "password_changed",
            Self::Digest { .. } => false,
        }
    }

    /// True for mail that asks for the proof of an address.
    pub fn asks_for_proof(&self) -> bool {
        matches!(self.link(), Link::VerifyEmail { .. })
    }

    /// A collecting mail with one more notification in it.
    #[must_use]
    pub fn collecting(self, entry: DigestEntry) -> Self {
        let (mut entries, mut left_out) = match self {
            Self::Digest { entries, left_out } => (entries, left_out),
            Self::Template { .. } => (Vec::new(), 0),
        };
        if entries.len() < MAX_DIGEST_ENTRIES {
            entries.push(entry);
        } else {
            left_out += 1;
        }
        Self::Digest { entries, left_out }
    }
}

impl From<Message> for Content {
    fn from(message: Message) -> Self {
        let link = message.link.map_or(Link::App, |path| Link::Page { path });
        Self::Template { name: message.template, data: message.data, link }
    }
}
