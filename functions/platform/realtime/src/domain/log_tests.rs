//! Whatever is lost, repeated or reordered between the log and a client: in the end the client has every message once, in
//! order. The client here is the rule of the README, line by line.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::log::*;
use contracts::notifications::{Category, NotificationIds};
use jiff::Timestamp;
use types::{EventId, UserId, Uuid};

/// What the server sends that matters here.
#[derive(Debug, Clone)]
enum Heard {
    Message(u64),
    Resumed { last: u64, more: bool },
    Reset(u64),
    Pong(u64),
}

/// The README's client.
#[derive(Debug, Default)]
struct Client {
    last: u64,
    applied: Vec<u64>,
    resets: usize,
    asked: bool,
}

impl Client {
    /// What it asks for after it has heard something.
    fn hear(&mut self, heard: &Heard) -> Option<u64> {
        let mut wants = false;
        match heard {
            Heard::Message(number) if *number == self.last + 1 => {
                self.last += 1;
                self.applied.push(*number);
            }
            Heard::Message(number) => wants = *number > self.last,
            // An answer may have been lost: a heartbeat asks again in any case.
            Heard::Pong(last) => {
                wants = *last > self.last;
                self.asked = false;
            }
            Heard::Resumed { last, more } => {
                self.asked = false;
                wants = *more || *last > self.last;
            }
            Heard::Reset(last) => {
                (self.asked, self.last) = (false, *last);
                self.resets += 1;
            }
        }
        (wants && !self.asked).then(|| self.ask())
    }

    fn ask(&mut self) -> u64 {
        self.asked = true;
        self.last
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// An event's message is appended; its push is on its way.
    Append,
    /// A push that is on its way arrives, not necessarily the oldest.
    Push(prop::sample::Index),
    /// A push is lost, as when its consumer dies.
    Lose(prop::sample::Index),
    /// An event comes again and is pushed again.
    Repeat(prop::sample::Index),
    /// The client hears the next thing that was sent to it.
    Hear,
    /// The next thing that was sent to it never arrives: the gateway failed.
    Drop,
    /// The socket breaks, and what was sent on it is lost.
    Disconnect,
    /// The client connects and asks for what it missed.
    Connect,
    /// The client asks whether anybody is there.
    Ping,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Append),
        4 => any::<prop::sample::Index>().prop_map(Step::Push),
        1 => any::<prop::sample::Index>().prop_map(Step::Lose),
        1 => any::<prop::sample::Index>().prop_map(Step::Repeat),
        8 => Just(Step::Hear),
        1 => Just(Step::Drop),
        1 => Just(Step::Disconnect),
        2 => Just(Step::Connect),
        1 => Just(Step::Ping),
    ]
}

struct World {
    user: UserId,
    log: Vec<Message>,
    pushes: Vec<u64>,
    client: Client,
    /// What is on its way to the client; none while it is offline.
    socket: Option<VecDeque<Heard>>,
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn content() -> Content {
    Content::Notification(Notification {
        notification_id: Uuid::nil(),
        category: Category::Activity,
        kind: "plain".into(),
        data: NotificationIds::default(),
        title: "t".into(),
        body: "b".into(),
        link: None,
    })
}

impl World {
    fn new() -> Self {
        Self { user: UserId::generate(), log: vec![], pushes: vec![], client: Client::default(), socket: None }
    }

    fn last(&self) -> u64 {
        self.log.last().map_or(0, |message| message.number)
    }

    fn send(&mut self, heard: Heard) {
        if let Some(socket) = &mut self.socket {
            socket.push_back(heard);
        }
    }

    /// The server's answer to `resume`.
    fn resume(&mut self, after: u64) {
        let last = self.last();
        let answer = match plan(Some(after), last) {
            Plan::UpToDate => Missed::Page { messages: vec![], last, more: false },
            Plan::Reset => Missed::Reset { last },
            Plan::Read(after) => {
                let read = self.log.iter().filter(|message| message.number > after).take(RESUME_PAGE_MESSAGES);
                missed(after, last, read.cloned().collect(), now())
            }
        };
        match answer {
            Missed::Reset { last } => self.send(Heard::Reset(last)),
            Missed::Page { messages, last, more } => {
                for message in &messages {
                    self.send(Heard::Message(message.number));
                }
                self.send(Heard::Resumed { last, more });
            }
        }
    }

    fn connect(&mut self) {
        self.socket = Some(VecDeque::new());
        self.client.asked = false;
        let after = self.client.ask();
        self.resume(after);
    }

    /// The client hears the next thing; false if there is none.
    fn hear(&mut self) -> bool {
        let Some(heard) = self.socket.as_mut().and_then(VecDeque::pop_front) else { return false };
        if let Some(after) = self.client.hear(&heard) {
            self.resume(after);
        }
        true
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Append => {
                let event = EventId::generate();
                let entry = append(self.last(), self.user, event, content(), now());
                self.pushes.push(entry.seen.number);
                self.log.push(entry.message);
            }
            Step::Push(which) if !self.pushes.is_empty() => {
                let number = self.pushes.remove(which.index(self.pushes.len()));
                self.send(Heard::Message(number));
            }
            Step::Lose(which) if !self.pushes.is_empty() => {
                self.pushes.remove(which.index(self.pushes.len()));
            }
            Step::Repeat(which) if !self.log.is_empty() => {
                let number = which.get(&self.log).number;
                self.pushes.push(number);
            }
            Step::Push(_) | Step::Lose(_) | Step::Repeat(_) => {}
            Step::Hear => {
                self.hear();
            }
            Step::Drop => {
                self.socket.as_mut().and_then(VecDeque::pop_front);
            }
            Step::Disconnect => {
                self.socket = None;
            }
            Step::Connect => self.connect(),
            Step::Ping => {
                let last = self.last();
                self.send(Heard::Pong(last));
            }
        }
    }
}

proptest! {
    #[test]
    fn a_client_ends_up_with_every_message_once_and_in_order(steps in prop::collection::vec(step(), 0..400)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        // A socket that stays, and a heartbeat on it, are enough.
        if world.socket.is_none() {
            world.connect();
        }
        while world.hear() {}
        world.take(&Step::Ping);
        while world.hear() {}
        let all: Vec<_> = (1..=world.last()).collect();
        prop_assert_eq!(&world.client.applied, &all);
        prop_assert_eq!(world.client.resets, 0);
    }

    #[test]
    fn numbers_follow_each_other(events in 1usize..50) {
        let user = UserId::generate();
        let mut last = 0;
        for _ in 0..events {
            let entry = append(last, user, EventId::generate(), content(), now());
            prop_assert_eq!((entry.head.last, entry.message.number, entry.seen.number), (last + 1, last + 1, last + 1));
            last = entry.head.last;
        }
    }

    #[test]
    fn what_is_not_kept_any_more_is_a_reset_and_never_a_gap(after in 0u64..30, last in 1u64..30, ended in 0u64..30) {
        prop_assume!(after < last);
        let later = now() + MESSAGE_LIFETIME;
        let log = (1..=last).map(|number| Message {
            user_id: UserId::new(Uuid::nil()),
            number,
            kept_until: if number <= ended { later } else { later + MESSAGE_LIFETIME },
            content: content(),
        });
        let read: Vec<_> = log.filter(|message| message.number > after).collect();
        match missed(after, last, read, later) {
            Missed::Reset { last: reached } => {
                prop_assert!(after < ended);
                prop_assert_eq!(reached, last);
            }
            Missed::Page { messages, last: reached, more } => {
                prop_assert!(after >= ended);
                let numbers: Vec<_> = messages.iter().map(|message| message.number).collect();
                prop_assert_eq!(numbers, (after + 1..=last).collect::<Vec<_>>());
                prop_assert_eq!((reached, more), (last, false));
            }
        }
    }
}

#[test]
fn a_message_whose_forerunner_was_not_seen_yet_waits() {
    let message = |number: u64| append(number - 1, UserId::generate(), EventId::generate(), content(), now()).message;
    let answer = missed(4, 5, vec![message(5), message(7)], now());
    assert!(matches!(answer, Missed::Page { last: 5, more: false, ref messages } if messages.len() == 1));
}

#[test]
fn a_client_that_is_far_behind_or_from_elsewhere_reads_the_inbox() {
    assert_eq!(plan(Some(0), MAX_BEHIND + 1), Plan::Reset);
    assert_eq!(plan(Some(0), MAX_BEHIND), Plan::Read(0));
    assert_eq!(plan(Some(9), 8), Plan::Reset);
    assert_eq!((plan(None, 8), plan(Some(8), 8), plan(Some(0), 0)), (Plan::UpToDate, Plan::UpToDate, Plan::UpToDate));
}

#[test]
fn long_texts_are_cut_and_say_so() {
    let added = contracts::notifications::NotificationAdded {
        user_id: UserId::generate(),
        notification_id: Uuid::nil(),
        category: Category::Activity,
        kind: "plain".into(),
        data: NotificationIds::default(),
        title: "é".repeat(1_000),
        body: "\u{1}".repeat(10_000),
        link: Some("/".repeat(1_000)),
    };
    let cut = Notification::from(added);
    assert_eq!((cut.title.chars().count(), cut.body.chars().count(), cut.link.clone()), (200, 2_000, None));
    assert!(cut.title.ends_with('…') && cut.body.ends_with('…'));
    assert!(serde_json::to_string(&cut).unwrap().len() < 32 * 1024, "a frame of the gateway");
}
