//! What contexts hold on a person is found and deleted, all of it and nothing else.

use dynamo::{Context, Entity, Key, Outbox, TransactionError};
use serde::{Deserialize, Serialize};
use testkit::TestTable;

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Note {
    user: String,
    number: u32,
    text: String,
}

impl Entity for Note {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Key::new("user", &self.user, format!("note#{:04}", self.number))
    }
}

async fn notes(table: &TestTable, user: &str, count: u32, text: &str) {
    for number in 0..count {
        let note = Note { user: user.to_owned(), number, text: text.to_owned() };
        table.of::<Shop>().create(note, &Outbox::none()).await.unwrap();
    }
}

#[tokio::test]
async fn a_person_is_forgotten_a_bounded_part_at_a_time_and_others_are_not() {
    let table = TestTable::start().await;
    notes(&table, "ann", 1_050, "").await;
    notes(&table, "anna", 3, "").await;
    let shop = table.of::<Shop>();
    let first = shop.forget("ann", 1_800_000_000).await.unwrap();
    assert_eq!((first.items, first.more), (1_000, true));
    let second = shop.forget("ann", 1_800_000_000).await.unwrap();
    assert_eq!((second.items, second.more), (50, false));
    let again = shop.forget("ann", 1_800_000_000).await.unwrap();
    assert_eq!((again.items, again.more), (0, false));
    // The notes of the other, and the marker.
    assert_eq!(table.items().await.len(), 3 + 1);
}

#[tokio::test]
async fn whoever_was_forgotten_cannot_be_brought_back() {
    let table = TestTable::start().await;
    let shop = table.of::<Shop>();
    let note = |user: &str, number| Note { user: user.to_owned(), number, text: String::new() };
    let write = async |user: &str, number| {
        let transaction = shop.transaction().create(&note(user, number), &Outbox::none());
        transaction.unless_forgotten(user).commit().await
    };
    write("ann", 1).await.unwrap();
    assert!(!shop.is_forgotten("ann").await.unwrap());
    shop.forget("ann", 1_800_000_000).await.unwrap();
    assert!(shop.is_forgotten("ann").await.unwrap());
    let Err(TransactionError::Cancelled(why)) = write("ann", 2).await else { panic!("the note was written") };
    assert!(why.failed(1) && !why.failed(0));
    write("bob", 1).await.unwrap();
    assert_eq!(table.items().await.len(), 2);
}

#[tokio::test]
async fn pages_hold_every_item_of_one_person_in_one_context_once() {
    let table = TestTable::start().await;
    // Two pages: a query stops after a megabyte.
    notes(&table, "ann", 12, &"x".repeat(100_000)).await;
    notes(&table, "anna", 3, "").await;
    let reader = table.personal_data();
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = reader.page("shop", "ann", after).await.unwrap();
        seen.extend(page.items.into_iter().map(|item| (item.sort_key, item.attributes["number"].clone())));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(pages > 1);
    assert_eq!(seen, (0..12).map(|number| (format!("note#{number:04}"), number.into())).collect::<Vec<_>>());
    assert_eq!(reader.page("other", "ann", None).await.unwrap().items, []);
}
