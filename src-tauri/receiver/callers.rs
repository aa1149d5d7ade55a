//! Who calls, as far as the network tells, and how often they may fail to say who they are.
//!
//! Only failures count: whoever signs rightly is let in however often others at the same address fail, since
//! Auth0 does not send again and Stripe's senders share theirs.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use axum::http::HeaderMap;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::receiver::Network;

/// Failures that an address has at once, before they are counted against time.
const BURST: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// Failures a minute after that.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Addresses that are remembered before those are forgotten that have not failed lately.
const MANY: usize = 10_000;

/// The address at the other end of the connection, put into a request's extensions by `serve`.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Counts failures by address.
pub struct Callers {
    proxies: Vec<Network>,
    failures: DefaultKeyedRateLimiter<IpAddr>,
}

impl Callers {
    /// Believes what these proxies say about where a request came from, and nobody else.
    #[must_use]
    pub fn new(proxies: Vec<Network>) -> Self {
        let quota = Quota::per_minute(PER_MINUTE).allow_burst(BURST);
        Self {
            proxies,
            failures: RateLimiter::keyed(quota),
        }
    }

    /// Counts a failure; whether there have been too many.
    #[must_use]
    pub fn failed(&self, peer: Option<Peer>, headers: &HeaderMap) -> bool {
        let Some(Peer(peer)) = peer else {
            return false;
        };
        if self.failures.len() > MANY {
            self.failures.retain_recent();
        }
        let caller = self.caller(peer.ip(), headers);
        self.failures.check_key(&network_of(caller)).is_err()
    }

    /// The nearest address that is no proxy of ours. `X-Forwarded-For` is written from left to right, so it is
    /// read from the right: what stands before the first stranger is the stranger's invention.
    fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let trusted = |address: IpAddr| self.proxies.iter().any(|proxy| proxy.holds(address));
        let mut nearest = peer.to_canonical();
        if !trusted(nearest) {
            return nearest;
        }
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .collect();
        for hop in hops.iter().rev() {
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            nearest = address.to_canonical();
            if !trusted(nearest) {
                break;
            }
        }
        nearest
    }
}

/// What one caller can have as many addresses of as they like counts as one.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn callers(proxies: &[&str]) -> Callers {
        let proxies = proxies
            .iter()
            .map(|text| Network::parse(text).expect("a network"))
            .collect();
        Callers::new(proxies)
    }

    fn forwarded(lines: &[&'static str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| {
                (
                    axum::http::HeaderName::from_static("x-forwarded-for"),
                    HeaderValue::from_static(line),
                )
            })
            .collect()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_its_neighbour() {
        let trusting = callers(&["10.0.0.0/8", "2001:db8::/32"]);
        for (peer, lines, expected) in [
            ("203.0.113.1", &["198.51.100.1"][..], "203.0.113.1"),
            ("10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            (
                "10.1.2.3",
                &["1.1.1.1, 198.51.100.1, 10.9.9.9"],
                "198.51.100.1",
            ),
            ("10.1.2.3", &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["nonsense"], "10.1.2.3"),
            ("10.1.2.3", &[], "10.1.2.3"),
            ("2001:db8::1", &["2001:4860::1"], "2001:4860::1"),
        ] {
            let found = trusting.caller(ip(peer), &forwarded(lines));
            assert_eq!(found, ip(expected), "{peer} {lines:?}");
        }
        let headers = forwarded(&["198.51.100.1"]);
        assert_eq!(
            callers(&[]).caller(ip("10.1.2.3"), &headers),
            ip("10.1.2.3")
        );
    }

    #[test]
    fn failures_are_counted_by_address() {
        let callers = callers(&[]);
        let peer = |text: &str| Some(Peer(SocketAddr::new(ip(text), 1)));
        let none = HeaderMap::new();
        for _ in 0..BURST.get() {
            assert!(!callers.failed(peer("203.0.113.1"), &none));
        }
        assert!(callers.failed(peer("203.0.113.1"), &none), "too many");
        assert!(!callers.failed(peer("203.0.113.2"), &none), "a neighbour");
        for host in 0..BURST.get() {
            let _ = callers.failed(peer(&format!("2001:db8::{host:x}")), &none);
        }
        assert!(
            callers.failed(peer("2001:db8::ffff"), &none),
            "one network of IPv6 is one caller"
        );
    }
}
