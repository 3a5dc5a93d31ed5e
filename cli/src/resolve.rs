//! Where to connect for a domain (RFC 6120 section 3.2, XEP-0368).
//!
//! In: the domain of an address, or a host that a person named. Out: endpoints in the order in which to try them.
//! Invariants: service records come first, and where there are some nothing else is tried; a domain that says it has no
//! such service is taken at its word; an answer, or the lack of one, is there within [`OVERALL`]. It refuses to know
//! TLS: whatever the records say, a certificate must be for the domain, not for the host found here.
//!
//! ```text
//! domain ──> SRV _xmpp-client._tcp  ─┐             ┌─> order by priority, weight ──> addresses
//!        └─> SRV _xmpps-client._tcp ─┴─> decide ───┼─> refused
//!                                                  └─> the domain itself, port 5222
//! ```

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{RData, RecordType};
use tokio::time::{Instant, timeout, timeout_at};

/// Nobody waits longer for all of it.
pub(crate) const OVERALL: Duration = Duration::from_secs(5);
/// A name server that does not answer must leave time for the addresses.
const RECORDS: Duration = Duration::from_secs(3);
/// So many endpoints are worth trying; a domain with more has something else in mind.
const ENDPOINTS: usize = 16;
/// Where clients connect when no record says otherwise.
const CLIENT_PORT: u16 = 5222;

/// Somewhere to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The address.
    pub(crate) address: SocketAddr,
    /// TLS from the first byte, no STARTTLS (XEP-0368).
    pub(crate) direct_tls: bool,
    /// The host that has the address, for messages.
    pub(crate) host: String,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { address, host, .. } = self;
        match *host == address.ip().to_string() {
            true => address.fmt(f),
            false => write!(f, "{address} ({host})"),
        }
    }
}

/// Why there is nowhere to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// The domain can be no DNS name.
    Domain(String),
    /// None of the hosts has an address that could be found.
    NoAddress(Vec<String>),
    /// The host that a person named has no address that could be found.
    NoHost(String),
    /// The domain's records say that it serves no clients.
    Refused(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Domain(domain) => write!(f, "{domain:?} can be no DNS name"),
            Self::NoAddress(hosts) => {
                write!(f, "no address found for {}; --server HOST:PORT connects without DNS records", hosts.join(", "))
            }
            Self::NoHost(host) => write!(f, "no address found for {host}"),
            Self::Refused(domain) => write!(f, "{domain} says in DNS that it has no XMPP service for clients"),
        }
    }
}

impl std::error::Error for Error {}

/// The endpoints of a domain.
///
/// # Errors
/// There are none, or none was found in time.
pub(crate) async fn domain(domain: &str) -> Result<Vec<Endpoint>, Error> {
    let deadline = Instant::now() + OVERALL;
    if let Some(address) = literal(domain) {
        return Ok(vec![Endpoint {
            address: (address, CLIENT_PORT).into(),
            direct_tls: false,
            host: address.to_string(),
        }]);
    }
    let ascii = idna::domain_to_ascii(domain).map_err(|_| Error::Domain(domain.into()))?;
    let plan = match TokioResolver::builder_tokio().and_then(|builder| builder.build()) {
        Ok(resolver) => ask(&resolver, &ascii).await,
        // No list of name servers: the system may know names from elsewhere.
        Err(_) => Plan::Fallback,
    };
    let targets = match plan {
        Plan::Fallback => vec![Target { host: ascii, port: CLIENT_PORT, direct_tls: false }],
        Plan::Refused => return Err(Error::Refused(domain.into())),
        Plan::Try(records) => order(records, random).into_iter().map(|record| record.target).collect(),
    };
    addresses(targets, deadline).await
}

/// The endpoints of a host that a person named: no records, no direct TLS.
///
/// # Errors
/// It has no address, or none was found in time.
pub(crate) async fn host(host: &str, port: u16) -> Result<Vec<Endpoint>, Error> {
    let target = Target { host: host.into(), port, direct_tls: false };
    addresses(vec![target], Instant::now() + OVERALL).await.map_err(|_| Error::NoHost(host.into()))
}

/// An IP address as a domain, IPv6 in brackets (RFC 7622 section 3.2).
fn literal(domain: &str) -> Option<IpAddr> {
    match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => domain.parse().ok(),
    }
}

/// Looks the targets up, one after the other, in their order.
async fn addresses(targets: Vec<Target>, deadline: Instant) -> Result<Vec<Endpoint>, Error> {
    let mut found = Vec::new();
    for target in &targets {
        let lookup = tokio::net::lookup_host((target.host.as_str(), target.port));
        let Ok(Ok(addresses)) = timeout_at(deadline, lookup).await else { continue };
        found.extend(addresses.map(|address| Endpoint {
            address,
            direct_tls: target.direct_tls,
            host: target.host.clone(),
        }));
        if found.len() >= ENDPOINTS {
            break;
        }
    }
    found.truncate(ENDPOINTS);
    if found.is_empty() {
        Err(Error::NoAddress(targets.into_iter().map(|target| target.host).collect()))
    } else {
        Ok(found)
    }
}

/// A host and a port, to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    host: String,
    port: u16,
    direct_tls: bool,
}

/// One service record.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    priority: u16,
    weight: u16,
    target: Target,
}

/// What DNS says about one service.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    /// It is to be found there. Never empty.
    Found(Vec<Record>),
    /// No records, or no answer at all.
    Nothing,
    /// The domain does not have it: a single record whose target is the root.
    Refused,
}

/// What follows from both answers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Plan {
    /// The domain's own address.
    Fallback,
    /// Nothing.
    Refused,
    /// These records.
    Try(Vec<Record>),
}

async fn ask(resolver: &TokioResolver, ascii: &str) -> Plan {
    let (starttls, direct) =
        tokio::join!(records(resolver, "_xmpp-client", ascii), records(resolver, "_xmpps-client", ascii));
    decide(starttls, direct)
}

/// Records of both services are one list (XEP-0368). That there is no direct TLS says nothing about the rest.
fn decide(starttls: Answer, direct: Answer) -> Plan {
    match (starttls, direct) {
        (Answer::Found(mut all), Answer::Found(more)) => {
            all.extend(more);
            Plan::Try(all)
        }
        (Answer::Found(all), _) | (_, Answer::Found(all)) => Plan::Try(all),
        (Answer::Refused, _) => Plan::Refused,
        (Answer::Nothing, _) => Plan::Fallback,
    }
}

async fn records(resolver: &TokioResolver, service: &str, ascii: &str) -> Answer {
    // The dot at the end keeps the system's search list out.
    let query = resolver.lookup(format!("{service}._tcp.{ascii}."), RecordType::SRV);
    let Ok(Ok(lookup)) = timeout(RECORDS, query).await else { return Answer::Nothing };
    let direct_tls = service == "_xmpps-client";
    let mut refused = false;
    let mut found = Vec::new();
    for answer in lookup.answers() {
        let RData::SRV(srv) = &answer.data else { continue };
        if srv.target.is_root() {
            refused = true;
            continue;
        }
        let host = srv.target.to_ascii().trim_end_matches('.').to_owned();
        let target = Target { host, port: srv.port, direct_tls };
        found.push(Record { priority: srv.priority, weight: srv.weight, target });
    }
    match (found.is_empty(), refused) {
        (false, _) => Answer::Found(found),
        (true, true) => Answer::Refused,
        (true, false) => Answer::Nothing,
    }
}

/// Lowest priority first; within one priority by lot, a record's chance being its weight (RFC 2782). `draw(n)` gives a
/// number from 0 to `n`, both included.
fn order(mut records: Vec<Record>, mut draw: impl FnMut(u64) -> u64) -> Vec<Record> {
    // Weight 0 stands first among its equals, so that only a draw of 0 chooses it before others.
    records.sort_by_key(|record| (record.priority, record.weight != 0));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let priority = first.priority;
        let equals = records.iter().take_while(|record| record.priority == priority);
        let drawn = draw(equals.clone().map(|record| u64::from(record.weight)).sum());
        let mut passed = 0;
        let chosen = equals.clone().position(|record| {
            passed += u64::from(record.weight);
            passed >= drawn
        });
        ordered.push(records.remove(chosen.unwrap_or(0)));
    }
    ordered
}

/// Spreads load; no secret depends on it, so the standard library's hash keys will do.
fn random(most: u64) -> u64 {
    let drawn = RandomState::new().hash_one(());
    most.checked_add(1).map_or(drawn, |count| drawn % count)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use hickory_resolver::proto::op::{Message, ResponseCode};
    use hickory_resolver::proto::rr::{self, Name, rdata::SRV};
    use std::collections::HashMap;
    use tokio::net::UdpSocket;

    fn record(priority: u16, weight: u16, host: &str) -> Record {
        Record { priority, weight, target: Target { host: host.into(), port: CLIENT_PORT, direct_tls: false } }
    }

    fn hosts(records: &[Record]) -> Vec<&str> {
        records.iter().map(|record| record.target.host.as_str()).collect()
    }

    #[test]
    fn priorities_go_first() {
        let records = vec![record(20, 100, "c"), record(10, 0, "b"), record(5, 1, "a")];
        for draw in [0, u64::MAX] {
            assert_eq!(hosts(&order(records.clone(), |most| draw.min(most))), ["a", "b", "c"]);
        }
        assert_eq!(order(vec![], |_| 0), []);
    }

    #[test]
    fn a_draw_falls_on_weights() {
        let records = vec![record(1, 10, "a"), record(1, 0, "zero"), record(1, 30, "b")];
        let first = |drawn: u64| {
            let mut first = Some(drawn);
            let ordered = order(records.clone(), |most| first.take().unwrap_or(most));
            hosts(&ordered)[0].to_owned()
        };
        assert_eq!((first(0), first(1), first(10)), ("zero".into(), "a".into(), "a".into()));
        assert_eq!((first(11), first(40)), ("b".into(), "b".into()));
    }

    #[test]
    fn the_draw_is_from_the_sum_of_what_is_left() {
        let mut sums = Vec::new();
        let records = vec![record(1, 10, "a"), record(1, 30, "b"), record(2, 7, "c")];
        let ordered = order(records, |most| {
            sums.push(most);
            most
        });
        assert_eq!((hosts(&ordered), sums), (vec!["b", "a", "c"], vec![40, 10, 7]));
    }

    #[test]
    fn every_record_comes_once_and_often_enough() {
        let records =
            vec![record(1, 0, "zero"), record(1, 1, "light"), record(1, 3, "heavy"), record(1, 65_535, "huge")];
        let mut first = HashMap::new();
        for _ in 0..2_000 {
            let ordered = order(records.clone(), random);
            let mut all = hosts(&ordered);
            *first.entry(all[0].to_owned()).or_insert(0) += 1;
            all.sort_unstable();
            assert_eq!(all, ["heavy", "huge", "light", "zero"]);
        }
        assert!(first["huge"] > 1_900, "{first:?}");
        let even = vec![record(1, 5, "a"), record(1, 5, "b")];
        let a = (0..2_000).filter(|_| hosts(&order(even.clone(), random))[0] == "a").count();
        assert!((800..1_300).contains(&a), "{a} of 2000");
    }

    #[test]
    fn draws_stay_in_their_range() {
        assert!((0..1_000).all(|_| random(3) <= 3));
        assert_eq!(random(0), 0);
        random(u64::MAX);
    }

    #[test]
    fn t15_two_answers_make_one_plan() {
        let (a, b) = (vec![record(1, 1, "a")], vec![record(2, 1, "b")]);
        let both = vec![record(1, 1, "a"), record(2, 1, "b")];
        let found = Answer::Found;
        assert_eq!(decide(found(a.clone()), found(b.clone())), Plan::Try(both));
        assert_eq!(decide(found(a.clone()), Answer::Refused), Plan::Try(a.clone()));
        assert_eq!(decide(found(a.clone()), Answer::Nothing), Plan::Try(a));
        assert_eq!(decide(Answer::Refused, found(b.clone())), Plan::Try(b.clone()));
        assert_eq!(decide(Answer::Nothing, found(b.clone())), Plan::Try(b));
        assert_eq!(decide(Answer::Refused, Answer::Refused), Plan::Refused);
        assert_eq!(decide(Answer::Refused, Answer::Nothing), Plan::Refused);
        assert_eq!(decide(Answer::Nothing, Answer::Refused), Plan::Fallback);
        assert_eq!(decide(Answer::Nothing, Answer::Nothing), Plan::Fallback);
    }

    #[test]
    fn addresses_are_their_own_endpoints() {
        assert_eq!(literal("127.0.0.1"), Some([127, 0, 0, 1].into()));
        assert_eq!(literal("[::1]"), Some(Ipv6Addr::LOCALHOST.into()));
        for name in ["example.com", "[127.0.0.1]", "[::1", "[]"] {
            assert_eq!(literal(name), None, "{name}");
        }
    }

    fn run<T>(test: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
    }

    #[test]
    fn hosts_and_literals_need_no_records() {
        run(async {
            let found = domain("[::1]").await.unwrap();
            assert_eq!(found[0].address, "[::1]:5222".parse().unwrap());
            let found = host("127.0.0.1", 15_222).await.unwrap();
            assert_eq!((found.len(), found[0].address), (1, "127.0.0.1:15222".parse().unwrap()));
            assert!(matches!(domain("xn--a").await, Err(Error::Domain(_))));
        });
    }

    #[test]
    fn targets_without_an_address_are_passed_over() {
        run(async {
            let target = |host: &str, direct_tls| Target { host: host.into(), port: 1, direct_tls };
            let deadline = Instant::now() + OVERALL;
            let targets = vec![target("no.such.invalid", false), target("127.0.0.1", true)];
            let found = addresses(targets, deadline).await.unwrap();
            assert_eq!(
                found,
                [Endpoint { address: "127.0.0.1:1".parse().unwrap(), direct_tls: true, host: "127.0.0.1".into() }]
            );
            let many = (0..100).map(|_| target("127.0.0.1", false)).collect();
            assert_eq!(addresses(many, deadline).await.unwrap().len(), ENDPOINTS);
            let error = addresses(vec![target("no.such.invalid", false)], deadline).await.unwrap_err();
            assert!(error.to_string().starts_with("no address found for no.such.invalid"), "{error}");
        });
    }

    /// Priority, weight and target of each record, under a response code.
    type Reply = (ResponseCode, &'static [(u16, u16, &'static str)]);

    /// A name server on loopback that gives one answer to everything, or none.
    async fn plan_with(answer: Option<Reply>) -> Plan {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let server = async move {
            let mut memory = [0; 1_500];
            loop {
                let (length, from) = socket.recv_from(&mut memory).await.unwrap();
                let query = Message::from_vec(&memory[..length]).unwrap();
                let Some((code, records)) = answer else { continue };
                let name = query.queries[0].name().clone();
                let mut reply = query.into_response();
                reply.metadata.response_code = code;
                for &(priority, weight, host) in records {
                    let srv = SRV::new(priority, weight, 5223, Name::from_ascii(host).unwrap());
                    reply.add_answer(rr::Record::from_rdata(name.clone(), 60, RData::SRV(srv)));
                }
                socket.send_to(&reply.to_vec().unwrap(), from).await.unwrap();
            }
        };
        let mut connection = ConnectionConfig::udp();
        connection.port = port;
        let servers = vec![NameServerConfig::new([127, 0, 0, 1].into(), true, vec![connection])];
        let config = ResolverConfig::from_parts(None, vec![], servers);
        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap();
        tokio::select! {
            plan = ask(&resolver, "example.com") => plan,
            () = server => unreachable!(),
        }
    }

    #[test]
    fn records_are_read_from_dns() {
        run(async {
            let plan = plan_with(Some((ResponseCode::NoError, &[(1, 2, "xmpp.example.com.")]))).await;
            let at = |direct_tls| Record {
                priority: 1,
                weight: 2,
                target: Target { host: "xmpp.example.com".into(), port: 5223, direct_tls },
            };
            assert_eq!(plan, Plan::Try(vec![at(false), at(true)]));
            assert_eq!(plan_with(Some((ResponseCode::NoError, &[(0, 0, ".")]))).await, Plan::Refused);
            assert_eq!(plan_with(Some((ResponseCode::NoError, &[]))).await, Plan::Fallback);
            assert_eq!(plan_with(Some((ResponseCode::NXDomain, &[]))).await, Plan::Fallback);
            assert_eq!(plan_with(Some((ResponseCode::ServFail, &[]))).await, Plan::Fallback);
        });
    }

    #[test]
    fn a_silent_name_server_costs_no_more_than_its_share() {
        run(async {
            let start = Instant::now();
            assert_eq!(plan_with(None).await, Plan::Fallback);
            assert!(start.elapsed() < RECORDS + Duration::from_secs(1), "{:?}", start.elapsed());
        });
    }
}
