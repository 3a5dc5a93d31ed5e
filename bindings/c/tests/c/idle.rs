//! What connections of a server take when nothing happens on them, by the allocator's count: fewer than in the
//! benchmark `idle`, whose host and client these are.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "every handle is the host's own")]

#[path = "../../../../benches/boundary/src/bin/idle/client.rs"]
mod client;
#[path = "../../../../benches/boundary/src/bin/idle/host.rs"]
mod host;

use std::ptr;

use allocation_counter::measure;
use client::Client;
use host::Host;

const COUNT: usize = 1_000;
/// Octets that an idle connection may take.
const MOST: usize = 1_024;
/// What an allocator may add to each block.
const ADDED: usize = 24;

#[test]
fn l07_a_thousand_idle_connections_take_a_kibibyte_each() {
    let mut host = Host::new("example.net", "jul13t").unwrap();
    let mut client = Client::new("example.net", "jul13t");
    let mut conns = vec![ptr::null_mut(); COUNT];
    let log_in = |host: &mut Host, client: &mut Client| {
        let conn = host.connect().unwrap();
        client.log_in(host, conn, 0).unwrap();
        client.talk(host, conn).unwrap();
        conn
    };
    // What host and client keep, they have from now on.
    let first = log_in(&mut host, &mut client);
    host.disconnect(first).unwrap();

    let (mut busy, mut idle) = (0, 0);
    let counted = measure(|| {
        for conn in &mut conns {
            *conn = log_in(&mut host, &mut client);
            busy += host.memory(*conn);
            host.shrink(*conn).unwrap();
            let shrunk = host.memory(*conn);
            host.hear(*conn, " ").unwrap();
            assert_eq!(host.memory(*conn), shrunk, "white space keeps a connection alive, and no memory");
            idle += shrunk;
        }
    });
    let octets = usize::try_from(counted.bytes_current).unwrap();
    let blocks = usize::try_from(counted.count_current).unwrap();
    assert_eq!(idle, octets, "what the library says of itself");
    let taken = octets + blocks * ADDED;
    assert!(taken <= COUNT * MOST, "{taken} octets in {blocks} blocks");
    assert!(busy >= 2 * idle, "{busy} octets before, {idle} after");

    for conn in conns {
        client.say(&mut host, conn).unwrap();
        host.disconnect(conn).unwrap();
    }
}
