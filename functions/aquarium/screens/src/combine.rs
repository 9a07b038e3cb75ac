//! Joins messages of a batch that change the same items, so that they are written once.
//!
//! The messages of a batch are handled at the same time, each by itself. The first one of a key lets the others arrive, and then works
//! for all of them; each gets the same answer. If the work fails, all of them are delivered again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use kit::sqs::{Done, Failure, Handled};

/// A message that waits for its answer.
#[derive(Debug)]
struct Waiting<N> {
    news: N,
    answer: oneshot::Sender<Handled>,
}

/// Messages that wait, by key.
#[derive(Debug)]
pub struct Combiner<K, N> {
    waiting: Mutex<BTreeMap<K, Vec<Waiting<N>>>>,
}

impl<K, N> Combiner<K, N> {
    /// Nothing waits.
    pub const fn new() -> Self {
        Self { waiting: Mutex::new(BTreeMap::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Vec<Waiting<N>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, N> Default for Combiner<K, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord + Copy, N> Combiner<K, N> {
    /// Handles a message with those of the same key that arrive at the same time. `work` answers true if it changed something.
    pub async fn join(&self, key: K, news: N, work: impl AsyncFnOnce(Vec<N>) -> Result<bool, Failure>) -> Handled {
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut waiting = self.lock();
            let of_key = waiting.entry(key).or_default();
            of_key.push(Waiting { news, answer });
            of_key.len() == 1
        };
        if is_first {
            tokio::task::yield_now().await;
            let joined = self.lock().remove(&key).unwrap_or_default();
            let (news, answers): (Vec<_>, Vec<_>) = joined.into_iter().map(|it| (it.news, it.answer)).unzip();
            let worked = work(news).await;
            for answer in answers {
                // Only a message that is not handled any more does not take its answer.
                drop(answer.send(copy(&worked)));
            }
        }
        let ended = || Failure::Retry("the work that this message was joined with has ended".to_owned());
        answered.await.map_err(|_| ended())?
    }
}

fn copy(worked: &Result<bool, Failure>) -> Handled {
    match worked {
        Ok(true) => Ok(Done::Applied),
        Ok(false) => Ok(Done::Duplicate),
        Err(Failure::Retry(reason)) => Err(Failure::Retry(reason.clone())),
        Err(Failure::Poison(reason)) => Err(Failure::Poison(reason.clone())),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn messages_of_a_key_that_arrive_together_are_worked_on_once() {
        let (combiner, works) = (Combiner::new(), RefCell::new(Vec::new()));
        let join = async |key: u8, news: u8| {
            let work = async |all: Vec<u8>| {
                works.borrow_mut().push((key, all));
                Ok(true)
            };
            combiner.join(key, news, work).await
        };
        let handled = join_all([join(1, 1), join(2, 2), join(1, 3)]).await;
        assert!(handled.into_iter().all(|handled| matches!(handled, Ok(Done::Applied))));
        join(1, 4).await.unwrap();
        assert_eq!(works.into_inner(), [(1, vec![1, 3]), (2, vec![2]), (1, vec![4])]);
    }

    #[tokio::test]
    async fn all_messages_get_the_failure_of_their_work() {
        let combiner = Combiner::<u8, u8>::new();
        let join = async |news| {
            let work = async |_: Vec<u8>| Err(Failure::Retry("full".to_owned()));
            combiner.join(1, news, work).await
        };
        for handled in join_all([join(1), join(2)]).await {
            assert!(matches!(handled, Err(Failure::Retry(reason)) if reason == "full"));
        }
        assert!(combiner.lock().is_empty());
    }
}
