//! Where the lines of invocations go in a simulation.

use std::cell::RefCell;
use std::marker::PhantomData;

use super::Record;
use crate::Clock;

/// Takes one line, without its line break.
type Write = Box<dyn FnMut(&str)>;

struct Sink {
    clock: Clock,
    write: Write,
    is_first: bool,
}

thread_local! {
    /// A simulation's sink; absent in deployed functions, whose lines go to standard error.
    static SINK: RefCell<Option<Sink>> = const { RefCell::new(None) };
}

/// Sends the lines to standard error again when it is dropped.
#[derive(Debug)]
pub(crate) struct LogSink(PhantomData<*const ()>);

impl Drop for LogSink {
    fn drop(&mut self) {
        SINK.take();
    }
}

/// Sends the lines of this thread's invocations to `write`, with the time of `clock`.
pub(crate) fn redirect(clock: Clock, write: impl FnMut(&str) + 'static) -> LogSink {
    SINK.replace(Some(Sink { clock, write: Box::new(write), is_first: true }));
    LogSink(PhantomData)
}

/// True if a sink took the line.
pub(super) fn write(record: &Record<'_>) -> bool {
    SINK.with_borrow_mut(|sink| {
        let Some(sink) = sink else { return false };
        let line = record.line(sink.clock.now(), std::mem::take(&mut sink.is_first));
        (sink.write)(&line.to_string());
        true
    })
}
