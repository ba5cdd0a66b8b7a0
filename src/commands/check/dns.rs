//! Which name server fails, and for which record: each one of `/etc/resolv.conf` is
//! asked by itself, once. A resolver only says that it found nothing.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

/// All of it takes no longer.
const LONGEST: Duration = Duration::from_secs(2);

/// No more servers are asked: the C libraries ask no more either [resolv.conf(5)].
const MOST_SERVERS: usize = 3;

/// No more names are tried of what the search list makes of one.
const MOST_NAMES: usize = 4;

/// What an answer by UDP has at most, without EDNS [RFC 1035, 4.2.1].
const DATAGRAM: usize = 512;

/// Whom the host asks, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resolv {
    servers: Vec<SocketAddr>,
    search: Vec<String>,
    /// From so many dots on a name is tried as it is first.
    ndots: usize,
}

/// The records that hold addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DnsRecord {
    /// IPv4.
    A,
    /// IPv6.
    Aaaa,
}

/// What a server says of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DnsAnswer {
    /// Addresses.
    Found,
    /// The name is there, and has no such record.
    Empty,
    /// NXDOMAIN: there is no such name.
    NoSuchName,
    /// More than fits into a datagram.
    Truncated,
    /// Any other code [RFC 1035, 4.1.1].
    Code(u8),
    /// No answer.
    Nothing,
}

/// A server that does not answer as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Its address.
    pub server: IpAddr,
    /// For which records: at least one.
    pub records: Vec<DnsRecord>,
    /// What it says.
    pub answer: DnsAnswer,
}

/// What the servers say of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DnsVerdict {
    /// The name that was asked for: the one that was found, else the one as written.
    pub name: String,
    /// True where some server knows it.
    pub found: bool,
    /// Who does not answer as he should.
    pub faults: Vec<Fault>,
}

impl Resolv {
    /// As this host has it.
    pub fn of_host() -> Self {
        Self::parse(&fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut found = Self { servers: Vec::new(), search: Vec::new(), ndots: 1 };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let address = words.next().and_then(|word| word.parse::<IpAddr>().ok());
                    let servers = address.map(|ip| SocketAddr::new(ip, 53));
                    found.servers.extend(servers);
                }
                Some("search" | "domain") => found.search = words.map(str::to_owned).collect(),
                Some("options") => {
                    let ndots = words.find_map(|word| word.strip_prefix("ndots:")?.parse().ok());
                    found.ndots = ndots.unwrap_or(found.ndots);
                }
                _ => {}
            }
        }
        if found.servers.is_empty() {
            found.servers.push((Ipv4Addr::LOCALHOST, 53).into());
        }
        found.servers.truncate(MOST_SERVERS);
        found
    }

    /// The names that are tried for one, in their order.
    fn names(&self, host: &str) -> Vec<String> {
        let bare = host.trim_end_matches('.');
        let as_written = std::iter::once(bare.to_owned());
        if bare.len() < host.len() {
            return as_written.collect();
        }
        let searched = self.search.iter().map(|domain| {
            let domain = domain.trim_matches('.');
            format!("{bare}.{domain}")
        });
        let dots = bare.matches('.').count();
        let mut names: Vec<String> = if dots >= self.ndots {
            as_written.chain(searched).collect()
        } else {
            searched.chain(as_written).collect()
        };
        names.truncate(MOST_NAMES);
        names
    }

    /// Asks every server for both records of the name. Takes two seconds at most.
    pub fn ask(&self, host: &str) -> DnsVerdict {
        let names = self.names(host);
        let deadline = Instant::now() + LONGEST;
        let heard: Vec<(IpAddr, Vec<[DnsAnswer; 2]>)> = thread::scope(|scope| {
            let asked: Vec<_> = self
                .servers
                .iter()
                .map(|server| (server.ip(), scope.spawn(|| ask(*server, &names, deadline))))
                .collect();
            let heard = asked.into_iter().map(|(ip, asked)| (ip, asked.join().unwrap_or_default()));
            heard.collect()
        });
        judge(host, &names, &heard)
    }
}

/// Whether `/etc/hosts` has the name: then no name server is asked for it.
pub(super) fn in_hosts_file(host: &str) -> bool {
    let text = fs::read_to_string("/etc/hosts").unwrap_or_default();
    text.lines().any(|line| {
        let entry = line.split('#').next().unwrap_or_default();
        let mut names = entry.split_whitespace().skip(1);
        names.any(|name| name.eq_ignore_ascii_case(host))
    })
}

const RECORDS: [DnsRecord; 2] = [DnsRecord::A, DnsRecord::Aaaa];

impl DnsRecord {
    /// Its number in a query [RFC 1035, 3.2.2; RFC 3596, 2.1].
    fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Aaaa => 28,
        }
    }

    /// As zones name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
        }
    }
}

impl DnsAnswer {
    /// As every name server's log names it.
    pub fn code_name(code: u8) -> String {
        match code {
            1 => "FORMERR".to_owned(),
            2 => "SERVFAIL".to_owned(),
            4 => "NOTIMP".to_owned(),
            5 => "REFUSED".to_owned(),
            other => format!("RCODE {other}"),
        }
    }
}

fn judge(host: &str, names: &[String], heard: &[(IpAddr, Vec<[DnsAnswer; 2]>)]) -> DnsVerdict {
    let of = |name: usize, record: usize| {
        heard.iter().map(move |(server, answers)| {
            let answer = answers.get(name).and_then(|pair| pair.get(record));
            (*server, answer.copied().unwrap_or(DnsAnswer::Nothing))
        })
    };
    let has =
        |name: usize, record: usize| of(name, record).any(|(_, answer)| answer == DnsAnswer::Found);
    let found = (0..names.len()).find(|name| has(*name, 0) || has(*name, 1));
    let as_written = names.iter().position(|name| name == host.trim_end_matches('.'));
    let name = found.or(as_written).unwrap_or_default();
    let mut faults: Vec<Fault> = Vec::new();
    for (at, record) in RECORDS.into_iter().enumerate() {
        for (server, answer) in of(name, at) {
            let fine = match answer {
                DnsAnswer::Found => true,
                DnsAnswer::Empty => found.is_some() && !has(name, at),
                _ => false,
            };
            if fine {
                continue;
            }
            let same = |fault: &&mut Fault| fault.server == server && fault.answer == answer;
            match faults.iter_mut().find(same) {
                Some(fault) => fault.records.push(record),
                None => faults.push(Fault { server, records: vec![record], answer }),
            }
        }
    }
    DnsVerdict {
        name: names.get(name).cloned().unwrap_or_default(),
        found: found.is_some(),
        faults,
    }
}

/// What one server says of both records of each name.
fn ask(server: SocketAddr, names: &[String], deadline: Instant) -> Vec<[DnsAnswer; 2]> {
    let mut answers = vec![[DnsAnswer::Nothing; 2]; names.len()];
    // Whoever can't be asked does not answer.
    let _ = ask_each(server, names, deadline, &mut answers);
    answers
}

fn ask_each(
    server: SocketAddr,
    names: &[String],
    deadline: Instant,
    answers: &mut [[DnsAnswer; 2]],
) -> io::Result<()> {
    let own = match server {
        SocketAddr::V4(_) => "0.0.0.0:0",
        SocketAddr::V6(_) => "[::]:0",
    };
    let socket = UdpSocket::bind(own)?;
    socket.connect(server)?;
    let mut open = 0;
    // The number of a query is its place here; nobody else can answer on this socket.
    for (at, name) in names.iter().enumerate() {
        for (record_at, record) in RECORDS.into_iter().enumerate() {
            let Some(query) = query(number_of(at, record_at), name, record) else {
                continue;
            };
            socket.send(&query)?;
            open += 1;
        }
    }
    while open > 0 {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        socket.set_read_timeout(Some(left))?;
        let mut datagram = [0; DATAGRAM];
        let length = socket.recv(&mut datagram)?;
        let Some((number, answer)) = datagram.get(..length).and_then(read) else {
            continue;
        };
        let (at, record_at) = (usize::from(number / 2), usize::from(number % 2));
        if let Some(place) = answers.get_mut(at).and_then(|pair| pair.get_mut(record_at))
            && *place == DnsAnswer::Nothing
        {
            *place = answer;
            open -= 1;
        }
    }
    Ok(())
}

fn number_of(name: usize, record: usize) -> u16 {
    u16::try_from(name * 2 + record).unwrap_or(u16::MAX)
}

/// A query [RFC 1035, 4.1]; `None` for what can't be a name.
fn query(number: u16, name: &str, record: DnsRecord) -> Option<Vec<u8>> {
    const RECURSION_DESIRED: u16 = 0x0100;
    const INTERNET: u16 = 1;
    let mut query = Vec::new();
    for word in [number, RECURSION_DESIRED, 1, 0, 0, 0] {
        query.extend(word.to_be_bytes());
    }
    for label in name.split('.') {
        let length = u8::try_from(label.len()).ok()?;
        if !(1..=63).contains(&length) {
            return None;
        }
        query.push(length);
        query.extend(label.bytes());
    }
    query.push(0);
    query.extend(record.number().to_be_bytes());
    query.extend(INTERNET.to_be_bytes());
    Some(query)
}

/// A response's number and what it says; `None` for what is none.
fn read(datagram: &[u8]) -> Option<(u16, DnsAnswer)> {
    let word = |at: usize| {
        let bytes = datagram.get(at..at + 2)?;
        Some(u16::from_be_bytes(bytes.try_into().ok()?))
    };
    let (number, flags) = (word(0)?, word(2)?);
    let (is_response, truncated, code) = (flags & 0x8000 != 0, flags & 0x0200 != 0, flags & 0xf);
    if !is_response {
        return None;
    }
    let answer = match code {
        0 if truncated => DnsAnswer::Truncated,
        0 if has_address(datagram).unwrap_or(false) => DnsAnswer::Found,
        0 => DnsAnswer::Empty,
        3 => DnsAnswer::NoSuchName,
        other => DnsAnswer::Code(u8::try_from(other).ok()?),
    };
    Some((number, answer))
}

/// Whether one of the answers is of the kind that was asked for: names that stand for
/// others (CNAME) come before it. `None` where the datagram is damaged.
fn has_address(datagram: &[u8]) -> Option<bool> {
    let word = |at: usize| {
        let bytes = datagram.get(at..at + 2)?;
        Some(u16::from_be_bytes(bytes.try_into().ok()?))
    };
    let mut at = behind_name(datagram, 12)?;
    let wanted = word(at)?;
    at += 4;
    for _ in 0..word(6)? {
        at = behind_name(datagram, at)?;
        if word(at)? == wanted {
            return Some(true);
        }
        at += 10 + usize::from(word(at + 8)?);
    }
    Some(false)
}

/// A name ends with an empty label or with a pointer [RFC 1035, 4.1.4].
fn behind_name(datagram: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *datagram.get(at)? {
            0 => return Some(at + 1),
            0xc0.. => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A name server on loopback: what it says of A and of AAAA, for the names that
    /// end so; of others it says NXDOMAIN. It ends with the test's process.
    fn server(known: &'static str, says: [DnsAnswer; 2]) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        thread::spawn(move || {
            let mut query = [0; DATAGRAM];
            while let Ok((length, client)) = socket.recv_from(&mut query) {
                let query = &query[..length];
                let end = behind_name(query, 12).unwrap();
                let mut name = String::new();
                let mut at = 12;
                while query[at] != 0 {
                    let label = &query[at + 1..at + 1 + usize::from(query[at])];
                    name += &String::from_utf8_lossy(label);
                    name.push('.');
                    at += 1 + label.len();
                }
                let answer = match name.trim_end_matches('.') == known {
                    true if query[end + 1] == 1 => says[0],
                    true => says[1],
                    false => DnsAnswer::NoSuchName,
                };
                let (flags, count) = match answer {
                    DnsAnswer::Nothing => continue,
                    DnsAnswer::Found => (0x8180_u16, 2_u16),
                    DnsAnswer::Empty => (0x8180, 0),
                    DnsAnswer::NoSuchName => (0x8183, 0),
                    DnsAnswer::Truncated => (0x8380, 0),
                    DnsAnswer::Code(code) => (0x8180 | u16::from(code), 0),
                };
                let mut response = query.to_vec();
                response[2..4].copy_from_slice(&flags.to_be_bytes());
                response[6..8].copy_from_slice(&count.to_be_bytes());
                let kind = [query[end], query[end + 1]];
                for kind in [[0, 5], kind].iter().take(count.into()) {
                    response.extend([0xc0, 12]);
                    response.extend(kind);
                    response.extend([0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4]);
                }
                socket.send_to(&response, client).unwrap();
            }
        });
        address
    }

    fn resolv(servers: &[SocketAddr], search: &[&str]) -> Resolv {
        Resolv {
            servers: servers.to_vec(),
            search: search.iter().map(|&domain| domain.to_owned()).collect(),
            ndots: 1,
        }
    }

    fn said(verdict: &DnsVerdict) -> Vec<(String, DnsAnswer)> {
        let named = verdict.faults.iter().map(|fault| {
            let names: Vec<&str> = fault.records.iter().map(|record| record.name()).collect();
            (names.join("+"), fault.answer)
        });
        named.collect()
    }

    #[test]
    fn the_record_and_the_answer_that_fail_are_named() {
        use DnsAnswer::*;
        for answer in [NoSuchName, Code(2), Code(4), Code(5), Nothing, Truncated] {
            let server = server("pce.example.test", [Found, answer]);
            let verdict = resolv(&[server], &[]).ask("pce.example.test");
            assert!(verdict.found);
            assert_eq!(said(&verdict), [("AAAA".to_owned(), answer)]);
        }
        let server = server("pce.example.test", [Found, Empty]);
        assert_eq!(said(&resolv(&[server], &[]).ask("pce.example.test")), []);
    }

    #[test]
    fn of_two_servers_the_one_that_does_not_know_the_name_is_told() {
        use DnsAnswer::*;
        let good = server("pce.example.test", [Found, Empty]);
        let bad = server("other.example.test", [Found, Empty]);
        let verdict = resolv(&[good, bad], &[]).ask("pce.example.test");
        assert!(verdict.found);
        assert_eq!(said(&verdict), [("A+AAAA".to_owned(), NoSuchName)]);
        let empty = server("pce.example.test", [Empty, Empty]);
        let verdict = resolv(&[good, empty], &[]).ask("pce.example.test");
        assert_eq!(said(&verdict), [("A".to_owned(), Empty)]);
    }

    #[test]
    fn a_name_is_also_found_by_the_search_list() {
        use DnsAnswer::*;
        let server = server("pce.dc1.example.test", [Found, Empty]);
        let verdict = resolv(&[server], &["other.test", "example.test"]).ask("pce.dc1");
        assert_eq!((verdict.name.as_str(), verdict.found), ("pce.dc1.example.test", true));
        assert_eq!(said(&verdict), []);
        let verdict = resolv(&[server], &[]).ask("pce.dc1");
        assert_eq!((verdict.name.as_str(), verdict.found), ("pce.dc1", false));
        assert_eq!(said(&verdict), [("A+AAAA".to_owned(), NoSuchName)]);
    }

    #[test]
    fn a_silent_server_takes_two_seconds_and_a_dead_one_none() {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        let begin = Instant::now();
        let verdict = resolv(&[silent.local_addr().unwrap()], &[]).ask("pce.test");
        assert_eq!(said(&verdict), [("A+AAAA".to_owned(), DnsAnswer::Nothing)]);
        assert!(begin.elapsed() < LONGEST * 3);
    }

    #[test]
    fn no_datagram_however_odd_stops_it() {
        let query = query(7, "pce.example.test", DnsRecord::A).unwrap();
        for length in 0..query.len() {
            for byte in [0, 0x3f, 0x80, 0xc0, 0xff] {
                let mut damaged = query[..length].to_vec();
                for at in 2..length {
                    damaged[2] |= 0x80;
                    damaged[at] = byte;
                    let _ = read(&damaged);
                }
            }
        }
    }

    #[test]
    fn resolv_conf_is_read_as_the_c_libraries_do() {
        let text = "# x\nnameserver 10.0.0.1\nnameserver nonsense\nnameserver 2001:db8::1\n\
            search a.test b.test\noptions timeout:1 ndots:2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n";
        let read = Resolv::parse(text);
        let servers = ["10.0.0.1:53", "[2001:db8::1]:53", "10.0.0.3:53"];
        assert_eq!(read.servers, servers.map(|text| text.parse().unwrap()));
        assert_eq!(read.names("pce.dc1"), ["pce.dc1.a.test", "pce.dc1.b.test", "pce.dc1"]);
        assert_eq!(read.names("pce.dc1.x"), ["pce.dc1.x", "pce.dc1.x.a.test", "pce.dc1.x.b.test"]);
        assert_eq!(read.names("pce."), ["pce"]);
        assert_eq!(Resolv::parse("").servers, ["127.0.0.1:53".parse().unwrap()]);
    }
}
