//! The table of the data export: which items each context keeps on a user, and the collection that shows them.
//!
//! An item's kind is the first segment of its sort key, so the items of a kind follow each other. A contract test compares
//! this table with the key tables and the sources of all contexts: a new kind of item fails it until a developer decides here.

/// What the export shows of a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The context, which is the section's name.
    pub context: &'static str,
    /// The kinds of items that it keeps on a user.
    pub kinds: &'static [Kind],
}

/// A kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The first segment of the sort key.
    pub name: &'static str,
    /// What becomes of it.
    pub shown: Shown,
}

/// What becomes of a kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// In a collection of this name.
    As(&'static str),
    /// Left out, for this reason.
    No(&'static str),
}

const fn shown(name: &'static str, collection: &'static str) -> Kind {
    Kind { name, shown: Shown::As(collection) }
}

const fn hidden(name: &'static str, reason: &'static str) -> Kind {
    Kind { name, shown: Shown::No(reason) }
}

/// Every context that keeps items on users. One that begins to is added here, and to the role of `RunExport` in this
/// context's template; it keeps them under `<context>#user#<user id>` and has a consumer `forget-user`.
pub const SECTIONS: [Section; 19] = [
    Section {
        context: "analytics",
        kinds: &[
            shown("cohort", "activeWeeks"),
            hidden("count", "the number of reports"),
            shown("funnel", "milestones"),
            hidden("job", "the state of runs of reports"),
            hidden("limit", "a counter of requests"),
            shown("report", "reports"),
            hidden("report-gone", "the ID of a report that was deleted"),
            hidden("run", "an index entry"),
        ],
    },
    Section {
        context: "aquariums",
        kinds: &[
            shown("alarmrule", "alarmRules"),
            shown("aquarium", "aquariums"),
            shown("contribution", "entriesElsewhere"),
            shown("day", "readingDays"),
            shown("device", "devices"),
            shown("episode", "alarms"),
            shown("equipment", "equipment"),
            hidden("limit", "a counter of requests"),
            shown("livestock", "livestock"),
            shown("movement", "movements"),
            shown("quota", "quota"),
            shown("reading", "manualReadings"),
            shown("sensor", "sensors"),
            shown("service", "services"),
            shown("share", "sharedAquariums"),
        ],
    },
    Section {
        context: "badges",
        kinds: &[
            shown("fact", "activities"),
            shown("flow", "flows"),
            hidden("listing", "an index entry"),
            shown("record", "record"),
            shown("zone", "timeZones"),
        ],
    },
    Section { context: "billing", kinds: &[shown("holdings", "holdings")] },
    Section {
        context: "catalog",
        kinds: &[
            hidden("job", "the state of imports and exports of the catalog"),
            hidden("limit", "a counter of requests"),
            shown("media", "images"),
            shown("picture", "pictures"),
        ],
    },
    Section {
        context: "events",
        kinds: &[
            shown("cooldown", "cooldowns"),
            shown("event", "events"),
            hidden("limit", "a counter of requests"),
            shown("medium", "images"),
            shown("removed", "removedEvents"),
            hidden("rewards", "the number of rewards of a day"),
            shown("schedule", "schedules"),
            shown("standing", "standing"),
            shown("subscription", "subscriptions"),
            hidden("tally", "the number of schedules"),
        ],
    },
    Section {
        context: "identity",
        kinds: &[
            shown("account", "account"),
            hidden("job", "the state of exports such as this one"),
            hidden("limit", "a counter of requests"),
            hidden("listing", "an index entry"),
            shown("sign_in", "signIns"),
        ],
    },
    Section {
        context: "knowledge",
        kinds: &[
            shown("guide", "guideVersions"),
            hidden("job", "the state of imports of species"),
            hidden("limit", "a counter of requests"),
            shown("suggestion", "suggestions"),
        ],
    },
    Section {
        context: "media",
        kinds: &[
            shown("account", "storage"),
            shown("item", "images"),
            hidden("limit", "a counter of requests"),
            shown("profile", "profile"),
        ],
    },
    Section {
        context: "notifications",
        kinds: &[
            shown("contact", "contact"),
            shown("delivery", "deliveries"),
            shown("device", "devices"),
            shown("inbox", "inbox"),
            hidden("limit", "a counter of requests"),
            shown("phone", "phone"),
            shown("preferences", "preferences"),
            hidden("removal", "carries an event"),
        ],
    },
    Section {
        context: "orders",
        kinds: &[
            shown("cart", "cart"),
            shown("customer", "customer"),
            shown("invoice", "invoices"),
            hidden("limit", "a counter of requests"),
            shown("order", "orders"),
            shown("return", "returns"),
        ],
    },
    Section {
        context: "payments",
        kinds: &[
            hidden("customer", "the IDs that providers gave the user"),
            hidden("limit", "a counter of requests"),
            shown("method", "methods"),
            shown("payment", "payments"),
            hidden("setup", "the state of an unfinished setup"),
        ],
    },
    Section {
        context: "points",
        kinds: &[
            hidden("limit", "a counter of requests"),
            shown("media", "images"),
            shown("photo", "photos"),
            shown("point", "points"),
            shown("subscription", "subscriptions"),
        ],
    },
    Section {
        context: "realtime",
        kinds: &[
            shown("connection", "connections"),
            shown("ended", "endedSessions"),
            hidden("head", "the number of the newest message"),
            hidden("limit", "a counter of requests"),
            shown("message", "messages"),
            hidden("seen", "the IDs of received events"),
        ],
    },
    Section {
        context: "recommendations",
        kinds: &[shown("basket", "baskets"), hidden("limit", "a counter of requests"), shown("session", "sessions")],
    },
    Section { context: "screens", kinds: &[shown("home", "home")] },
    Section {
        context: "timeline",
        kinds: &[
            hidden("aquarium", "an index entry"),
            shown("dose", "dosePlans"),
            shown("entry", "entries"),
            hidden("limit", "a counter of requests"),
            hidden("shared", "an index entry"),
            shown("task", "tasks"),
            hidden("view", "numbers of entries"),
            shown("wrote", "written"),
        ],
    },
    Section {
        context: "vision",
        kinds: &[
            shown("identification", "identifications"),
            hidden("limit", "a counter of requests"),
            hidden("picture", "copies of entries of `images` of media"),
        ],
    },
    Section {
        context: "wallet",
        kinds: &[
            shown("balance", "balances"),
            hidden("debtor", "whether there was a debt; debts are in the balances"),
            shown("deposit", "deposits"),
            shown("dispute", "disputes"),
            shown("entry", "entries"),
            shown("given", "donationsGiven"),
            hidden("kept", "an index entry of the points that the user keeps"),
            hidden("limit", "a counter of requests"),
            shown("person", "person"),
            shown("received", "donationsReceived"),
            shown("written", "messages"),
        ],
    },
];

/// The marker that an erased user leaves in a context (`dynamo::Table::forget`). It says nothing else.
const FORGOTTEN: &str = "forgotten";

impl Section {
    /// The collection of an item, by its sort key; `None` if items of its kind are left out. A kind that the table does
    /// not name is shown under its own name, so that nothing is missing.
    pub fn collection<'a>(&self, sort_key: &'a str) -> Option<&'a str>
    where
        'static: 'a,
    {
        let name = sort_key.split('#').next().unwrap_or_default();
        match self.kinds.iter().find(|kind| kind.name == name).map(|kind| kind.shown) {
            Some(Shown::As(collection)) => Some(collection),
            Some(Shown::No(_)) => None,
            None => (name != FORGOTTEN).then_some(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sections_and_kinds_are_sorted_and_collections_are_unique() {
        assert!(SECTIONS.is_sorted_by_key(|section| section.context));
        for section in &SECTIONS {
            assert!(section.kinds.is_sorted_by_key(|kind| kind.name), "{}", section.context);
            let collections: Vec<_> = section
                .kinds
                .iter()
                .filter_map(|kind| match kind.shown {
                    Shown::As(collection) => Some(collection),
                    Shown::No(_) => None,
                })
                .collect();
            let unique: BTreeSet<_> = collections.iter().collect();
            assert_eq!(unique.len(), collections.len(), "{}", section.context);
        }
    }

    #[test]
    fn a_kind_that_the_table_does_not_name_is_shown_all_the_same() {
        let identity = SECTIONS.iter().find(|section| section.context == "identity").unwrap();
        assert_eq!(identity.collection("account"), Some("account"));
        assert_eq!(identity.collection("job#export#1"), None);
        assert_eq!(identity.collection("new#1"), Some("new"));
        assert_eq!(identity.collection("forgotten"), None);
    }
}
