//! One delivery of one message: read, handled, dead-lettered if it is poison, and logged in one line.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use dynamo::Meter;
use futures::FutureExt;

use super::{DeadLetters, Failure, Handled, Message};
use crate::telemetry::{self, Outcome, Record};

/// How a message arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivery<'a> {
    /// The kind of trigger, for the log.
    pub trigger: &'static str,
    /// Lambda's id of the invocation.
    pub request_id: &'a str,
    /// The message as it was delivered.
    pub body: &'a str,
    /// The number of this delivery, where the source counts them.
    pub number: Option<&'a str>,
}

/// What a runner does with one delivery, whatever its source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub delivery: Delivery<'a>,
    pub dead: &'a DeadLetters,
}

impl Attempt<'_> {
    /// Handles the message. `Err` is the reason why it has to be delivered again.
    pub async fn run<M: Message>(self, consumer: &impl AsyncFn(M) -> Handled) -> Result<(), String> {
        let (started, meter) = (Instant::now(), Meter::default());
        let (correlation_id, handled) = meter.scope(self.handle(consumer)).await;
        self.log(&correlation_id, &handled, started, &meter);
        match handled {
            Ok(_) | Err(Failure::Poison(_)) => Ok(()),
            Err(Failure::Retry(reason)) => Err(reason),
        }
    }

    /// The message's correlation id, and the answer. Poison that could not be dead-lettered is to be retried: the source brings
    /// it to the dead-letter queue in the end, without the reason.
    async fn handle<M: Message>(self, consumer: &impl AsyncFn(M) -> Handled) -> (String, Handled) {
        let (correlation_id, handled) = self.call(consumer).await;
        let handled = match handled {
            Err(Failure::Poison(reason)) => match self.dead.put(self.delivery.body, &reason).await {
                Ok(()) => Err(Failure::Poison(reason)),
                Err(error) => Err(Failure::Retry(format!("{error}; poison because: {reason}"))),
            },
            handled => handled,
        };
        (correlation_id, handled)
    }

    async fn call<M: Message>(self, consumer: &impl AsyncFn(M) -> Handled) -> (String, Handled) {
        let message = match M::read(self.delivery.body) {
            Ok(message) => message,
            Err(reason) => return (String::new(), Err(Failure::Poison(reason))),
        };
        let correlation_id = message.correlation_id();
        let handled = AssertUnwindSafe(consumer(message)).catch_unwind().await;
        (correlation_id, handled.unwrap_or_else(|panic| Err(Failure::Retry(telemetry::panic_text(&*panic)))))
    }

    fn log(self, correlation_id: &str, handled: &Handled, started: Instant, meter: &Meter) {
        let (outcome, code, error) = match handled {
            Ok(done) => (Outcome::Ok, done.code(), None),
            Err(Failure::Retry(reason)) => (Outcome::Failed, "retry", Some(self.with_number(reason))),
            Err(Failure::Poison(reason)) => (Outcome::Failed, "poison", Some(reason.clone())),
        };
        Record {
            trigger: self.delivery.trigger,
            request_id: self.delivery.request_id,
            correlation_id,
            caller: None,
            duration: started.elapsed(),
            usage: meter.usage(),
            outcome,
            status: None,
            code: Some(code.to_owned()),
            error,
        }
        .write();
    }

    fn with_number(self, reason: &str) -> String {
        match self.delivery.number {
            Some(number) => format!("{reason} (delivery {number})"),
            None => reason.to_owned(),
        }
    }
}
