//! Pages of lists: every item once, in order, whatever the page size.

use dynamo::{Context, Cursor, Entity, IndexKey, Key, Outbox, Page, Read};
use serde::{Deserialize, Serialize};
use testkit::TestTable;

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    number: u32,
}

impl Entity for Line {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Key::new("order", "1", format!("line#{:03}", self.number))
    }

    fn index(&self) -> Option<IndexKey<Shop>> {
        Some(IndexKey::new("lines", "all", format!("{:03}", self.number)))
    }
}

#[tokio::test]
async fn pages_hold_every_item_once() {
    let table = TestTable::start().await.of::<Shop>();
    for number in 0..23 {
        table.create(Line { number }, &Outbox::none()).await.unwrap();
    }
    for limit in [1, 5, 22, 23, 24, 100] {
        for newest_first in [false, true] {
            for by_index in [false, true] {
                let (mut seen, mut cursor) = (Vec::new(), None);
                loop {
                    let page: Page<Line> = if by_index {
                        table.list_index(IndexKey::new("lines", "all", "0"), newest_first, limit, cursor).await.unwrap()
                    } else {
                        table.list(Key::new("order", "1", "line#"), newest_first, limit, cursor).await.unwrap()
                    };
                    assert!(page.items.len() <= limit as usize);
                    seen.extend(page.items.into_iter().map(|item| item.value.number));
                    // What clients get is what comes back.
                    cursor = page.next.map(|next| Cursor::decode(&next.encode()).unwrap());
                    if cursor.is_none() {
                        break;
                    }
                }
                let mut expected: Vec<u32> = (0..23).collect();
                if newest_first {
                    expected.reverse();
                }
                assert_eq!(seen, expected, "limit {limit}, newest first {newest_first}, by index {by_index}");
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_that_this_list_cannot_have_given_leads_nowhere() {
    let table = TestTable::start().await.of::<Shop>();
    table.create(Line { number: 1 }, &Outbox::none()).await.unwrap();
    // "a" and "zzz": before and after all that is listed.
    for forged in ["YQ", "enp6"] {
        for newest_first in [false, true] {
            let cursor = || Some(Cursor::decode(forged).unwrap());
            let page: Page<Line> =
                table.list(Key::new("order", "1", "line#"), newest_first, 9, cursor()).await.unwrap();
            assert!(page.items.is_empty() && page.next.is_none(), "{forged}");
            let index = IndexKey::new("lines", "all", "00");
            let page: Page<Line> = table.list_index(index, newest_first, 9, cursor()).await.unwrap();
            assert!(page.items.is_empty() && page.next.is_none(), "{forged}");
        }
    }
}

#[tokio::test]
async fn many_items_are_read_in_one_call_and_those_that_are_not_there_are_left_out() {
    let table = TestTable::start().await.of::<Shop>();
    for number in 0..100 {
        table.create(Line { number }, &Outbox::none()).await.unwrap();
    }
    let keys = |numbers: std::ops::Range<u32>| numbers.map(|number| Line { number }.key()).collect();
    let mut asked: Vec<_> = keys(50..150);
    asked.reverse();
    let found: Vec<u32> = table
        .get_many(asked, Read::Strong)
        .await
        .unwrap()
        .into_all::<Line>()
        .unwrap()
        .into_iter()
        .map(|line| line.value.number)
        .collect();
    assert_eq!(found, (50..100).rev().collect::<Vec<_>>(), "in the order of the keys");
    assert!(table.get_many(Vec::new(), Read::Eventual).await.unwrap().into_all::<Line>().unwrap().is_empty());
}

/// An item with the key of a line and other content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Damaged {
    #[serde(skip)]
    line: u32,
    number: String,
}

impl Entity for Damaged {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Line { number: self.line }.key()
    }

    fn index(&self) -> Option<IndexKey<Shop>> {
        Line { number: self.line }.index()
    }
}

#[tokio::test]
async fn an_unreadable_item_is_left_out_and_ends_no_list() {
    let table = TestTable::start().await.of::<Shop>();
    for line in 0..9 {
        // Alone, beside another, and at the end.
        if [2, 3, 8].contains(&line) {
            table.create(Damaged { line, number: "two".to_owned() }, &Outbox::none()).await.unwrap();
        } else {
            table.create(Line { number: line }, &Outbox::none()).await.unwrap();
        }
    }
    for limit in [1, 2, 3, 9, 100] {
        for (newest_first, by_index) in [(false, false), (false, true), (true, false), (true, true)] {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page: Page<Line> = if by_index {
                    table.list_index(IndexKey::new("lines", "all", "0"), newest_first, limit, cursor).await.unwrap()
                } else {
                    table.list(Key::new("order", "1", "line#"), newest_first, limit, cursor).await.unwrap()
                };
                seen.extend(page.items.into_iter().map(|line| line.value.number));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 4, 5, 6, 7], "{limit} {newest_first} {by_index}");
        }
    }
    let keys = (0..9).map(|number| Line { number }.key()).collect();
    let found = table.get_many(keys, Read::Strong).await.unwrap().into_readable::<Line>();
    assert_eq!(found.len(), 6);
    // A list that decides something fails instead.
    assert!(table.list_strong::<Line>(Key::new("order", "1", "line#"), false, 100, None).await.is_err());
}
