//! Random bytes and the bits of new ids: the only place that reads the operating system's generator.
//!
//! A simulation may put a seeded source in front of it for its own thread ([`seeded`]), so that a run can be repeated. In a
//! deployed function no such source exists; `cargo xtask tidy` refuses product code that installs one.

use std::cell::RefCell;
use std::marker::PhantomData;

use uuid::Uuid;

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes: {0}")]
pub struct RandomError(getrandom::Error);

/// Fills `bytes` from the operating system's generator.
pub fn fill(bytes: &mut [u8]) -> Result<(), RandomError> {
    SOURCE.with_borrow_mut(|source| match source {
        Some(source) => {
            source.random.fill(bytes);
            Ok(())
        }
        None => system_fill(bytes),
    })
}

/// A random number, each of the 2^64 equally likely.
pub fn u64() -> Result<u64, RandomError> {
    let mut bytes = [0; 8];
    fill(&mut bytes).map(|()| u64::from_le_bytes(bytes))
}

/// A new `UUIDv7` (RFC 9562, section 5.7): unique, and sortable by the time at which it was made.
pub fn new_uuid() -> Uuid {
    SOURCE.with_borrow_mut(|source| source.as_mut().map_or_else(system_uuid, Source::uuid))
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the operating system's generator")]
fn system_fill(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(RandomError)
}

#[expect(clippy::disallowed_methods, reason = "the one maker of ids")]
fn system_uuid() -> Uuid {
    Uuid::now_v7()
}

thread_local! {
    /// A simulation's source; absent in deployed functions.
    static SOURCE: RefCell<Option<Source>> = const { RefCell::new(None) };
}

struct Source {
    random: fastrand::Rng,
    /// Milliseconds since 1970.
    now: Box<dyn Fn() -> u64>,
    last: (u64, u16),
}

/// The largest counter in a `UUIDv7`'s 12 bits.
const MAX_COUNTER: u16 = 0xfff;

impl Source {
    /// A counter behind the time keeps ids of the same millisecond in order (RFC 9562, section 6.2, method 1).
    fn uuid(&mut self) -> Uuid {
        let (last, counter) = self.last;
        let now = (self.now)();
        self.last = match counter {
            _ if now > last => (now, 0),
            MAX_COUNTER => (last + 1, 0),
            _ => (last, counter + 1),
        };
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        bytes[..2].copy_from_slice(&self.last.1.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(self.last.0, &bytes).into_uuid()
    }
}

/// Takes a seeded source away again when it is dropped.
#[derive(Debug)]
#[must_use = "the source is removed when this is dropped"]
pub struct Seeded(PhantomData<*const ()>);

impl Drop for Seeded {
    fn drop(&mut self) {
        SOURCE.take();
    }
}

/// Replaces the operating system's generator on this thread, for simulations: the same seed gives the same bytes and, with
/// the same times of `now` (milliseconds since 1970), the same ids. The bytes are predictable and protect nothing.
pub fn seeded(seed: u64, now: impl Fn() -> u64 + 'static) -> Seeded {
    let source = Source { random: fastrand::Rng::with_seed(seed), now: Box::new(now), last: (0, 0) };
    SOURCE.replace(Some(source));
    Seeded(PhantomData)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw() -> (Vec<Uuid>, u64, [u8; 16]) {
        let mut bytes = [0; 16];
        fill(&mut bytes).unwrap();
        ((0..5_000).map(|_| new_uuid()).collect(), u64().unwrap(), bytes)
    }

    #[test]
    fn a_seed_gives_the_same_and_only_while_it_is_there() {
        let of = |seed| {
            let _seeded = seeded(seed, || 1_700_000_000_000);
            draw()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert_ne!(draw(), draw());
    }

    #[test]
    fn ids_sort_by_when_they_were_made_with_and_without_a_seed() {
        let sorted = |(ids, ..): (Vec<Uuid>, u64, [u8; 16])| ids.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(sorted(draw()));
        let _seeded = seeded(7, || 1_700_000_000_000);
        let (ids, ..) = draw();
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert!(sorted((ids, 0, [0; 16])));
    }
}
