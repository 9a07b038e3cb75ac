//! Copies of what a context wrote.

use jiff::{SignedDuration, Timestamp};
use testkit::Template;
use types::Uuid;

/// A whole second: all copies of an item then have the same size, since times are written without trailing zeros.
pub fn whole_second() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).expect("a time")
}

/// The id of copy number `number`. Where lists are spread over partitions by an id's last byte, they are spread evenly.
pub fn fresh(number: usize) -> String {
    let mut bytes = *Uuid::now_v7().as_bytes();
    bytes[15] = u8::try_from(number % 256).expect("a byte");
    Uuid::from_bytes(bytes).to_string()
}

/// Makes copies of one thing of one person, for the same person and for others.
#[derive(Debug, Clone)]
pub struct Copies {
    template: Template,
    /// What each copy has its own of.
    ids: Vec<String>,
    /// Whose it is, and what else is not the same for others.
    theirs: Vec<String>,
    at: Option<Timestamp>,
}

impl Copies {
    /// Copies of these items, each with another id in place of this one.
    pub fn of(template: Template, id: &impl ToString) -> Self {
        assert!(template.items() > 0, "nothing to copy");
        Self { template, ids: vec![id.to_string()], theirs: Vec::new(), at: None }
    }

    /// Another id that each copy has its own of.
    pub fn renaming(mut self, id: &impl ToString) -> Self {
        self.ids.push(id.to_string());
        self
    }

    /// An id that others' copies have their own of.
    pub fn owned_by(mut self, id: &impl ToString) -> Self {
        self.theirs.push(id.to_string());
        self
    }

    /// When it was made: copies were, each a second before the last.
    pub fn made_at(self, at: Timestamp) -> Self {
        Self { at: Some(at), ..self }
    }

    fn swaps(&self, number: usize, is_foreign: bool) -> Vec<(String, String)> {
        let theirs = if is_foreign { &self.theirs[..] } else { &[] };
        let mut swaps: Vec<_> = self.ids.iter().chain(theirs).map(|id| (id.clone(), fresh(number))).collect();
        if let Some(at) = self.at {
            let before = at - SignedDuration::from_secs(i64::try_from(number).expect("a number"));
            swaps.push((at.to_string(), before.to_string()));
            swaps.push((at.as_millisecond().to_string(), before.as_millisecond().to_string()));
        }
        swaps
    }

    /// Another one of the same person.
    pub fn own(&self, number: usize) -> Template {
        self.template.copy(&self.swaps(number, false))
    }

    /// One of somebody else.
    pub fn foreign(&self, number: usize) -> Template {
        self.template.copy(&self.swaps(number, true))
    }

    /// As many more of the same person as of others.
    pub fn both(self) -> impl Fn(usize) -> Vec<Template> {
        move |number| vec![self.own(number), self.foreign(number)]
    }

    /// More of others only.
    pub fn others(self) -> impl Fn(usize) -> Vec<Template> {
        move |number| vec![self.foreign(number)]
    }

    /// More of what is nobody's own.
    pub fn all(self) -> impl Fn(usize) -> Vec<Template> {
        move |number| vec![self.own(number)]
    }
}
