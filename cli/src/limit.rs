//! Bounds on what one address or one connection may ask of the server: failed logins, connections at a time, octets in
//! a time.
//!
//! In: addresses, amounts and times. Out: yes, or not now. Invariant: memory is bounded whatever comes; an IPv6 peer
//! counts by its network of 64 bits, for such a network is what a single customer gets.
//! It knows no sockets and no clock.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Who an address counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Peer(IpAddr);

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => Self(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into()),
            v4 => Self(v4),
        }
    }
}

/// Makes an address that fails to log in wait: longer each time, up to a bound.
///
/// A success forgives nothing: else one account of one's own would buy any number of guesses at those of others. And
/// who has to wait gets one try at a time, not as many as it has connections.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failed: HashMap<Peer, Failed>,
}

#[derive(Clone, Copy, Debug)]
struct Failed {
    times: u32,
    last: Instant,
}

impl Throttle {
    /// So many failures cost nothing: people mistype.
    pub(crate) const FREE: u32 = 5;
    /// The longest wait.
    pub(crate) const LONGEST: Duration = Duration::from_secs(300);
    /// An address that has not failed for so long is forgotten.
    pub(crate) const MEMORY: Duration = Duration::from_secs(900);
    /// So many addresses are remembered; then the one that failed longest ago is forgotten.
    pub(crate) const ADDRESSES: usize = 10_000;

    /// Lets `address` try, or says how long it must wait. A try that is let through starts the wait anew, for the
    /// outcome comes later, and others might be let through until then.
    ///
    /// # Errors
    /// The wait.
    pub(crate) fn admit(&mut self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        if let Some(wait) = self.wait(address, now) {
            return Err(wait);
        }
        if let Some(failed) = self.failed.get_mut(&address.into()).filter(|failed| failed.times >= Self::FREE) {
            failed.last = now;
        }
        Ok(())
    }

    /// How long `address` must wait before it may try again; `None` if it may now.
    fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let failed = self.failed.get(&address.into())?;
        let doublings = failed.times.checked_sub(Self::FREE)?;
        let wait = Duration::from_secs(1).saturating_mul(2u32.saturating_pow(doublings)).min(Self::LONGEST);
        wait.checked_sub(now.saturating_duration_since(failed.last)).filter(|left| !left.is_zero())
    }

    /// Records a failed login.
    pub(crate) fn failed(&mut self, address: IpAddr, now: Instant) {
        let peer = Peer::from(address);
        if self.failed.len() >= Self::ADDRESSES && !self.failed.contains_key(&peer) {
            self.make_room(now);
        }
        let failed = self.failed.entry(peer).or_insert(Failed { times: 0, last: now });
        if is_forgotten(failed, now) {
            failed.times = 0;
        }
        *failed = Failed { times: failed.times.saturating_add(1), last: now };
    }

    fn make_room(&mut self, now: Instant) {
        self.failed.retain(|_, failed| !is_forgotten(failed, now));
        if self.failed.len() < Self::ADDRESSES {
            return;
        }
        if let Some(oldest) = self.failed.iter().min_by_key(|(_, failed)| failed.last).map(|(peer, _)| *peer) {
            self.failed.remove(&oldest);
        }
    }
}

fn is_forgotten(failed: &Failed, now: Instant) -> bool {
    now.saturating_duration_since(failed.last) >= Throttle::MEMORY
}

/// Why a connection is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// This address has its share.
    Address,
    /// The server is full.
    Server,
}

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Address => "too many connections from this address",
            Self::Server => "too many connections",
        })
    }
}

/// Counts connections, in all and for each address.
#[derive(Debug)]
pub(crate) struct Connections {
    most: usize,
    most_of_one: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    of: HashMap<Peer, usize>,
}

impl Connections {
    /// At most `most` connections, at most `most_of_one` of them from one address.
    pub(crate) fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        Arc::new(Self { most, most_of_one, open: Mutex::default() })
    }

    /// Takes a place for a connection from `address`, given back when the [`Place`] is dropped.
    ///
    /// # Errors
    /// There is none left.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let peer = Peer::from(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= self.most {
            return Err(Full::Server);
        }
        if open.of.get(&peer).is_some_and(|&count| count >= self.most_of_one) {
            return Err(Full::Address);
        }
        open.all += 1;
        *open.of.entry(peer).or_default() += 1;
        Ok(Place { peer, of: self.clone() })
    }
}

/// A place among the connections.
#[derive(Debug)]
#[must_use = "dropping it gives the place back"]
pub(crate) struct Place {
    peer: Peer,
    of: Arc<Connections>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.of.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(count) = open.of.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                open.of.remove(&self.peer);
            }
        }
    }
}

/// Holds a connection to a number of octets a second, over and above what it may say at once.
///
/// A server takes in faster than the lines of those it passes things on to. Without this, any account could fill the
/// queue of any other, however fast that one reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    per_second: u32,
    /// When all that was said will have been paid for.
    paid: Instant,
}

impl Pace {
    /// What may be said at once after a silence: two of the longest stanzas.
    pub(crate) const AT_ONCE: u32 = 512 * 1024;

    pub(crate) fn new(per_second: NonZeroU32, now: Instant) -> Self {
        Self { per_second: per_second.get(), paid: now }
    }

    /// Counts `octets` as said.
    pub(crate) fn said(&mut self, octets: usize, now: Instant) {
        self.paid = self.paid.max(now) + self.takes(u32::try_from(octets).unwrap_or(u32::MAX));
    }

    /// How long nothing more is listened to; `None` if there is no such wait.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let owed = self.paid.saturating_duration_since(now);
        owed.checked_sub(self.takes(Self::AT_ONCE)).filter(|wait| !wait.is_zero())
    }

    fn takes(&self, octets: u32) -> Duration {
        Duration::from_secs(octets.into()) / self.per_second
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn v4(last: u32) -> IpAddr {
        IpAddr::V4((0x0A00_0000 + last).into())
    }

    fn fail(throttle: &mut Throttle, times: u32, now: Instant) {
        for _ in 0..times {
            throttle.failed(v4(1), now);
        }
    }

    #[test]
    fn a_few_failures_are_free() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        assert_eq!(throttle.wait(v4(1), now), None);
        fail(&mut throttle, Throttle::FREE - 1, now);
        assert_eq!(throttle.wait(v4(1), now), None);
        fail(&mut throttle, 1, now);
        assert_eq!(throttle.wait(v4(1), now), Some(SECOND));
        assert_eq!(throttle.wait(v4(2), now), None, "others do not pay for it");
    }

    #[test]
    fn the_wait_doubles_up_to_a_bound() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        fail(&mut throttle, Throttle::FREE, now);
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let wait = Duration::from_secs(seconds);
            assert_eq!(throttle.wait(v4(1), now), Some(wait));
            assert_eq!(throttle.wait(v4(1), now + wait - SECOND / 2), Some(SECOND / 2));
            assert_eq!(throttle.wait(v4(1), now + wait), None);
            fail(&mut throttle, 1, now);
        }
        fail(&mut throttle, 100, now);
        assert_eq!(throttle.wait(v4(1), now), Some(Throttle::LONGEST));
    }

    #[test]
    fn who_has_waited_gets_one_try() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..50 {
            assert_eq!(throttle.admit(v4(1), now), Ok(()), "nothing has failed");
        }
        fail(&mut throttle, 50, now);
        let later = now + Throttle::LONGEST;
        assert_eq!(throttle.admit(v4(1), later), Ok(()));
        assert_eq!(throttle.admit(v4(1), later), Err(Throttle::LONGEST), "whatever comes of the first");
        assert_eq!(throttle.admit(v4(1), later + Throttle::LONGEST), Ok(()));
    }

    #[test]
    fn time_forgives() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        fail(&mut throttle, 20, now);
        let later = now + Throttle::MEMORY;
        fail(&mut throttle, 1, later);
        assert_eq!(throttle.wait(v4(1), later), None, "counted anew");
        fail(&mut throttle, 20, later);
        fail(&mut throttle, 1, later + Throttle::MEMORY - SECOND);
        assert!(throttle.wait(v4(1), later + Throttle::MEMORY - SECOND).is_some(), "not a moment earlier");
    }

    #[test]
    fn a_clock_that_stands_or_goes_back_does_not_panic() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        fail(&mut throttle, 6, now + SECOND);
        assert_eq!(throttle.wait(v4(1), now), Some(SECOND * 2));
        fail(&mut throttle, 1, now);
    }

    #[test]
    fn memory_is_bounded() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let many = u32::try_from(Throttle::ADDRESSES).unwrap();
        for n in 0..many {
            throttle.failed(v4(n), now + Duration::from_millis(n.into()));
        }
        let later = now + Duration::from_millis(many.into());
        throttle.failed(v4(0), later);
        for n in many..many + 10 {
            throttle.failed(v4(n), later);
        }
        assert_eq!(throttle.failed.len(), Throttle::ADDRESSES);
        assert!(throttle.failed.contains_key(&v4(0).into()), "it failed again meanwhile");
        assert!(!throttle.failed.contains_key(&v4(10).into()), "the oldest went");
        throttle.failed(v4(many + 20), later + Throttle::MEMORY);
        assert_eq!(throttle.failed.len(), 1, "all of the past went");
    }

    #[test]
    fn an_ipv6_network_is_one_peer() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..20 {
            throttle.failed(format!("2001:db8::{n:x}").parse().unwrap(), now);
        }
        assert!(throttle.wait("2001:db8::ffff:0:0:1".parse().unwrap(), now).is_some());
        assert_eq!(throttle.wait("2001:db8:0:1::1".parse().unwrap(), now), None);
        fail(&mut throttle, 6, now);
        assert!(throttle.wait("::ffff:10.0.0.1".parse().unwrap(), now).is_some(), "an IPv4 address in disguise");
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let connections = Connections::new(3, 2);
        let first = connections.admit(v4(1)).unwrap();
        let second = connections.admit(v4(1)).unwrap();
        assert_eq!(connections.admit(v4(1)).unwrap_err(), Full::Address);
        let third = connections.admit(v4(2)).unwrap();
        assert_eq!(connections.admit(v4(3)).unwrap_err(), Full::Server);
        drop(first);
        let fourth = connections.admit(v4(1)).unwrap();
        drop((second, third, fourth));
        let open = connections.open.lock().unwrap();
        assert_eq!((open.all, open.of.len()), (0, 0));
    }

    #[test]
    fn who_says_much_is_listened_to_later() {
        let start = Instant::now();
        let mut pace = Pace::new(NonZeroU32::new(Pace::AT_ONCE).unwrap(), start);
        let at_once = usize::try_from(Pace::AT_ONCE).unwrap();
        pace.said(at_once, start);
        assert_eq!(pace.wait(start), None, "so much is free");
        pace.said(at_once / 2, start);
        assert_eq!(pace.wait(start), Some(SECOND / 2));
        assert_eq!(pace.wait(start + SECOND / 4), Some(SECOND / 4));
        assert_eq!(pace.wait(start + SECOND / 2), None);
        pace.said(1, start + SECOND / 2);
        assert!(pace.wait(start + SECOND / 2).is_some(), "there is nothing left to be had at once");
        pace.said(at_once, start + SECOND * 9);
        assert_eq!(pace.wait(start + SECOND * 9), None, "a silence pays, but never for more than that");
        pace.said(1, start + SECOND * 9);
        assert!(pace.wait(start + SECOND * 9).is_some());
        pace.said(usize::MAX, start);
        pace.said(0, start);
        assert!(pace.wait(start).is_some());
    }
}
