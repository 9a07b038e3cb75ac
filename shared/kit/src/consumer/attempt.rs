//! One delivery of one message: read, handled, continued or dead-lettered if need be, and logged in one line.

use std::panic::AssertUnwindSafe;

use dynamo::Meter;
use futures::FutureExt;
use tokio::time::Instant;

use super::{DeadLetters, Failure, MAX_CONTINUATIONS, Message, OwnQueue, PartlyHandled, Pause, Progress};
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
    /// How often the message was continued before.
    pub continuations: u32,
}

/// What a runner does with one delivery, whatever its source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub delivery: Delivery<'a>,
    pub dead: &'a DeadLetters,
    /// Where continuations go; none for consumers that finish within one invocation.
    pub own: Option<&'a OwnQueue>,
}

impl Attempt<'_> {
    /// Handles the message. `Err` is the reason why it has to be delivered again.
    pub async fn run<M: Message, R: Into<Progress>>(
        self,
        consumer: &impl AsyncFn(M) -> Result<R, Failure>,
    ) -> Result<(), String> {
        let (started, meter) = (Instant::now(), Meter::default());
        let (correlation_id, handled) = meter.scope(self.handle(consumer)).await;
        self.log(&correlation_id, &handled, started, &meter);
        match handled {
            Ok(_) | Err(Failure::Poison(_)) => Ok(()),
            Err(Failure::Retry(reason)) => Err(reason),
        }
    }

    /// The message's correlation id, and the answer once all messages that it asks for are sent.
    async fn handle<M: Message, R: Into<Progress>>(
        self,
        consumer: &impl AsyncFn(M) -> Result<R, Failure>,
    ) -> (String, PartlyHandled) {
        let (correlation_id, handled) = self.call(consumer).await;
        let handled = match handled {
            Ok(Progress::Continue(pause)) => self.proceed(pause).await,
            handled => handled,
        };
        let handled = match handled {
            Err(Failure::Poison(reason)) => Err(self.bury(reason).await),
            handled => handled,
        };
        (correlation_id, handled)
    }

    async fn call<M: Message, R: Into<Progress>>(
        self,
        consumer: &impl AsyncFn(M) -> Result<R, Failure>,
    ) -> (String, PartlyHandled) {
        let message = match M::read(self.delivery.body) {
            Ok(message) => message,
            Err(reason) => return (String::new(), Err(Failure::Poison(reason))),
        };
        let correlation_id = message.correlation_id();
        let handled = AssertUnwindSafe(consumer(message)).catch_unwind().await;
        let handled = handled.unwrap_or_else(|panic| Err(Failure::Retry(telemetry::panic_text(&*panic))));
        (correlation_id, handled.map(Into::into))
    }

    /// Sends the continuation. If that fails, the message itself is delivered again.
    async fn proceed(self, pause: Pause) -> PartlyHandled {
        let number = self.delivery.continuations + 1;
        if number > MAX_CONTINUATIONS {
            return Err(Failure::Poison(format!("not finished after {MAX_CONTINUATIONS} continuations")));
        }
        let own = self.own.ok_or_else(|| Failure::Retry("this consumer has no queue to continue in".to_owned()))?;
        own.put(self.delivery.body, pause, number).await.map_err(Failure::Retry)?;
        Ok(Progress::Continue(pause))
    }

    /// Sends a dead letter. If that fails, the message is to be retried: its source brings it to the dead-letter queue in the
    /// end, without the reason.
    async fn bury(self, reason: String) -> Failure {
        match self.dead.put(self.delivery.body, &reason).await {
            Ok(()) => Failure::Poison(reason),
            Err(error) => Failure::Retry(format!("{error}; poison because: {reason}")),
        }
    }

    fn log(self, correlation_id: &str, handled: &PartlyHandled, started: Instant, meter: &Meter) {
        let (outcome, code, error) = match handled {
            Ok(Progress::Finished(done)) => (Outcome::Ok, done.code(), None),
            Ok(Progress::Continue(_)) => (Outcome::Ok, "continued", None),
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
