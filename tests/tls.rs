//! Whom the monitor trusts, and how long it waits: its HTTP agent against
//! servers and proxies on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod certificate;

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certificate::{Certificate, File, Wish, root_ca, self_signed, signed_by_ca};
use illumio_monitor::lang::Lang;
use illumio_monitor::net::AddressBook;
use illumio_monitor::net::secret::Secret;
use illumio_monitor::net::tls::{self, Problem, TlsError, Trust};
use illumio_monitor::pce::client::Client;
use illumio_monitor::pce::clock::Clock;
use illumio_monitor::pce::{Proxy, Settings, connect};
use rustls::{ServerConnection, StreamOwned};

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

fn head(wire: &mut dyn Wire) -> io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        wire.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// A server on loopback that answers each request by `answer`; over TLS where
/// it has a certificate. Returns its port and the heads of the requests.
fn serve(
    certificate: Option<&Certificate>,
    answer: fn(&mut dyn Wire) -> io::Result<()>,
) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = certificate.map(Certificate::server);
    let (heads, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let heads = heads.clone();
            let config = config.clone();
            thread::spawn(move || -> io::Result<()> {
                stream.set_read_timeout(Some(Duration::from_secs(10)))?;
                let mut wire: Box<dyn Wire> = match config {
                    Some(config) => {
                        Box::new(StreamOwned::new(ServerConnection::new(config).unwrap(), stream))
                    }
                    None => Box::new(stream),
                };
                loop {
                    let _ = heads.send(head(&mut wire)?);
                    answer(&mut wire)?;
                    wire.flush()?;
                }
            });
        }
    });
    (port, received)
}

fn fine(wire: &mut dyn Wire) -> io::Result<()> {
    wire.write_all(FINE)
}

fn settings(port: u16) -> Settings {
    Settings {
        url: format!("https://localhost:{port}"),
        org_id: "1".into(),
        key: String::new(),
        secret: Secret::new(""),
        key_expires: None,
        verify_tls: true,
        ca_file: None,
        proxy: Proxy::Direct,
        timeout: Duration::from_secs(1),
        query_timeout: Duration::from_secs(60),
        others: Default::default(),
    }
}

fn agent(settings: &Settings) -> Result<ureq::Agent, TlsError> {
    let agent = connect::agent(settings, Arc::default(), &AddressBook::empty());
    agent.map(|(agent, _)| agent)
}

fn get(settings: &Settings) -> Result<String, ureq::Error> {
    let mut response = agent(settings).unwrap().get(&settings.url).call()?;
    response.body_mut().read_to_string()
}

/// What a server with this certificate gets from a client with this `ca_file`.
fn meet(certificate: &Certificate, ca_pem: Option<&str>) -> Result<String, Option<Problem>> {
    let (port, _) = serve(Some(certificate), fine);
    let file = ca_pem.map(|pem| File::new(pem.as_bytes()));
    let mut settings = settings(port);
    settings.ca_file = file.as_ref().map(|file| file.0.clone());
    get(&settings).map_err(|error| match error {
        ureq::Error::Io(error) => tls::problem(&error),
        other => panic!("not an I/O error: {other:?}"),
    })
}

#[test]
fn a_server_of_a_named_ca_is_trusted() {
    let (server, ca) = signed_by_ca(&Wish::default());
    assert_eq!(meet(&server, Some(&ca)), Ok("fine".into()));
}

#[test]
fn a_server_of_an_unknown_ca_is_not() {
    let (server, _) = signed_by_ca(&Wish::default());
    assert_eq!(meet(&server, None), Err(Some(Problem::UnknownIssuer)));
    let (_, other_ca) = signed_by_ca(&Wish::default());
    let refused = meet(&server, Some(&other_ca));
    assert_eq!(refused, Err(Some(Problem::UnknownIssuer)));
}

#[test]
fn a_named_self_signed_certificate_is_trusted_whatever_it_says_of_ca() {
    for is_ca in [true, false] {
        let server = self_signed(&Wish { is_ca, ..Wish::default() });
        assert_eq!(meet(&server, Some(&server.pem)), Ok("fine".into()), "CA: {is_ca}");
        assert_eq!(meet(&server, None), Err(Some(Problem::UnknownIssuer)));
    }
}

#[test]
fn another_certificate_with_the_same_name_is_not_the_named_one() {
    let named = self_signed(&Wish::default());
    let impostor = self_signed(&Wish::default());
    let refused = meet(&impostor, Some(&named.pem));
    assert_eq!(refused, Err(Some(Problem::UnknownIssuer)));
}

#[test]
fn a_certificate_for_another_name_is_refused_even_if_named() {
    for is_ca in [true, false] {
        let server = self_signed(&Wish { name: "pce.example.com", is_ca, ..Wish::default() });
        let refused = meet(&server, Some(&server.pem));
        let Err(Some(Problem::WrongName(names))) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(names, ["pce.example.com"]);
    }
    let by_address = self_signed(&Wish { name: "192.0.2.7", ..Wish::default() });
    let refused = meet(&by_address, Some(&by_address.pem));
    let names = vec!["192.0.2.7".to_owned()];
    assert_eq!(refused, Err(Some(Problem::WrongName(names))));
    let (server, ca) = signed_by_ca(&Wish { name: "pce.example.com", ..Wish::default() });
    assert!(matches!(meet(&server, Some(&ca)), Err(Some(Problem::WrongName(_)))));
}

#[test]
fn a_certificate_out_of_its_time_is_refused_even_if_named() {
    for is_ca in [true, false] {
        for (years, problem) in
            [((2001, 2002), Problem::Expired), ((2080, 2090), Problem::NotYetValid)]
        {
            let wish = Wish { is_ca, years, ..Wish::default() };
            let server = self_signed(&wish);
            assert_eq!(meet(&server, Some(&server.pem)), Err(Some(problem)));
        }
    }
    let (server, ca) = signed_by_ca(&Wish { years: (2001, 2002), ..Wish::default() });
    assert_eq!(meet(&server, Some(&ca)), Err(Some(Problem::Expired)));
}

#[test]
fn a_server_without_the_certificates_key_is_refused_with_and_without_verification() {
    let mut server = self_signed(&Wish::default());
    server.key = self_signed(&Wish::default()).key;
    let refused = meet(&server, Some(&server.pem));
    assert!(matches!(refused, Err(Some(Problem::Other(_)))), "{refused:?}");

    let (port, _) = serve(Some(&server), fine);
    let mut settings = settings(port);
    settings.verify_tls = false;
    assert!(get(&settings).is_err());
}

#[test]
fn without_verification_any_certificate_will_do() {
    let server = self_signed(&Wish { name: "other", years: (2001, 2002), is_ca: true });
    let (port, _) = serve(Some(&server), fine);
    let mut settings = settings(port);
    settings.verify_tls = false;
    assert_eq!(get(&settings).unwrap(), "fine");
}

#[test]
fn an_unusable_ca_file_is_told_before_anything_is_sent() {
    let trust = |path: &std::path::Path| {
        tls::client_config(&Trust { verify: true, ca_file: Some(path.to_owned()) })
    };
    let missing = trust("/nonexistent/ca.pem".as_ref()).unwrap_err();
    assert!(matches!(missing, TlsError::Unreadable { .. }), "{missing}");
    assert!(missing.to_string().contains("/nonexistent/ca.pem"));
    let empty = trust(&File::new(b"no certificate here").0).unwrap_err();
    assert!(matches!(empty, TlsError::Empty { .. }), "{empty}");
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let pem = self_signed(&Wish::default()).pem + damaged;
    let damaged = trust(&File::new(pem.as_bytes()).0).unwrap_err();
    assert!(matches!(damaged, TlsError::Damaged { number: 2, .. }), "{damaged}");
}

#[test]
fn a_ca_file_is_read_whatever_wrote_it() {
    let (server, ca) = signed_by_ca(&Wish::default());
    let labelled = |label: &str| ca.replace("CERTIFICATE-----", &format!("{label}-----"));
    let utf16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let marked = [b"\xef\xbb\xbf", ca.as_bytes()].concat();
    for (what, bytes) in [
        ("a byte order mark", marked),
        ("UTF-16", utf16(&ca.replace('\n', "\r\n"))),
        ("Windows' line ends", ca.replace('\n', "\r\n").into_bytes()),
        ("X509", labelled("X509 CERTIFICATE").into_bytes()),
        ("a trusted one", trusted(&ca).into_bytes()),
        ("words before", format!("# the CA\nsubject=CN\n{ca}").into_bytes()),
        ("a key before", format!("{}{ca}", block("PRIVATE KEY")).into_bytes()),
    ] {
        let file = File::new(&bytes);
        let (port, _) = serve(Some(&server), fine);
        let mut settings = settings(port);
        settings.ca_file = Some(file.0.clone());
        settings.timeout = Duration::from_secs(5);
        assert_eq!(get(&settings).unwrap(), "fine", "{what}");
    }
}

/// As `openssl x509 -trustout` writes it: DER with what OpenSSL trusts it for behind.
fn trusted(pem: &str) -> String {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let mut der = STANDARD.decode(base64).unwrap();
    der.extend([0x30, 0x0c, 0x30, 0x0a, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1]);
    let body = STANDARD.encode(der);
    format!("-----BEGIN TRUSTED CERTIFICATE-----\n{body}\n-----END TRUSTED CERTIFICATE-----\n")
}

fn block(label: &str) -> String {
    format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n")
}

#[test]
fn what_is_not_read_of_a_ca_file_is_named() {
    let pkcs7 = File::new(block("PKCS7").as_bytes());
    let error = tls::read_ca_file(&pkcs7.0).unwrap_err().to_string();
    assert!(error.contains("PKCS7"), "{error}");
    let ca = self_signed(&Wish::default()).pem;
    let both = [block("PKCS7"), ca.clone(), block("X509 CRL"), block("PKCS7")].concat();
    let (certificates, passed_by) = tls::read_ca_file(&File::new(both.as_bytes()).0).unwrap();
    assert_eq!(certificates.len(), 1);
    assert_eq!(passed_by, ["PKCS7", "X509 CRL"]);
    let cut = ca.lines().take(4).collect::<Vec<_>>().join("\n");
    let error = tls::read_ca_file(&File::new(cut.as_bytes()).0).unwrap_err();
    assert!(matches!(error, TlsError::Damaged { number: 1, .. }), "{error}");
}

#[test]
fn the_right_one_of_200_cas_of_one_name_is_found() {
    let (server, ca) = signed_by_ca(&Wish::default());
    let others: Vec<String> = (0..199).map(|_| root_ca()).collect();
    for place in [0, 120, 199] {
        let mut all = others.clone();
        all.insert(place, ca.clone());
        assert_eq!(meet(&server, Some(&all.concat())), Ok("fine".into()), "{place}");
    }
    let refused = meet(&server, Some(&others.concat()));
    assert_eq!(refused, Err(Some(Problem::UnknownIssuer)));
}

/// One letter every 300 ms, longer than the timeout of 1 s as a whole.
fn trickle(wire: &mut dyn Wire) -> io::Result<()> {
    wire.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")?;
    for letter in b"slowly" {
        wire.flush()?;
        thread::sleep(Duration::from_millis(300));
        wire.write_all(&[*letter])?;
    }
    Ok(())
}

fn hang_in_the_body(wire: &mut dyn Wire) -> io::Result<()> {
    wire.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nslo")?;
    wire.flush()?;
    thread::sleep(Duration::from_secs(8));
    Ok(())
}

fn hang_before_the_head(_: &mut dyn Wire) -> io::Result<()> {
    thread::sleep(Duration::from_secs(8));
    Ok(())
}

#[test]
fn a_slow_download_is_waited_for_and_a_hang_is_not() {
    let certificate = self_signed(&Wish::default());
    for certificate in [None, Some(&certificate)] {
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let ask = |answer| {
            let (port, _) = serve(certificate, answer);
            let mut settings = settings(port);
            settings.url = format!("{scheme}://localhost:{port}");
            settings.verify_tls = false;
            let start = Instant::now();
            (get(&settings), start.elapsed())
        };
        let (body, took) = ask(trickle);
        assert_eq!(body.unwrap(), "slowly");
        assert!(took > Duration::from_millis(1500), "{took:?}");
        for hang in [hang_in_the_body, hang_before_the_head] {
            let (body, took) = ask(hang);
            assert!(matches!(body, Err(ureq::Error::Timeout(_))), "{body:?}");
            assert!(took < Duration::from_secs(4), "{took:?}");
        }
    }
}

#[test]
fn a_server_that_hangs_in_the_handshake_ends_the_attempt() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let start = Instant::now();
    let failed = get(&settings(listener.local_addr().unwrap().port()));
    assert!(matches!(failed, Err(ureq::Error::Timeout(_))), "{failed:?}");
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_redirect_is_handed_back_and_not_followed() {
    let (port, heads) = serve(None, |wire| {
        wire.write_all(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    });
    let mut settings = settings(port);
    settings.url = format!("http://localhost:{port}");
    let response = agent(&settings).unwrap().get(&settings.url).call();
    assert_eq!(response.unwrap().status(), 302);
    assert!(heads.recv().unwrap().contains("illumio-monitor/"));
    assert!(heads.recv_timeout(Duration::from_millis(200)).is_err());
}

#[test]
fn an_https_pce_is_never_asked_in_the_clear() {
    let (port, heads) = serve(None, fine);
    let agent = agent(&settings(port)).unwrap();
    assert!(agent.get(format!("http://localhost:{port}")).call().is_err());
    assert!(heads.recv_timeout(Duration::from_millis(200)).is_err());
}

#[test]
fn two_requests_share_one_connection() {
    let certificate = self_signed(&Wish::default());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = certificate.server();
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut wire = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
        for _ in 0..2 {
            head(&mut wire).unwrap();
            wire.write_all(FINE).unwrap();
        }
    });
    let mut settings = settings(port);
    settings.verify_tls = false;
    let agent = agent(&settings).unwrap();
    for _ in 0..2 {
        let mut response = agent.get(&settings.url).call().unwrap();
        assert_eq!(response.body_mut().read_to_string().unwrap(), "fine");
    }
    server.join().unwrap();
}

/// A proxy that knows CONNECT; over TLS where it has a certificate.
fn start_proxy(certificate: Option<&Certificate>) -> (u16, Receiver<String>) {
    serve(certificate, |wire| {
        // The tests' target never speaks first, so half-duplex in turns will do.
        let mut target = TARGET.with_port()?;
        wire.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        wire.flush()?;
        target.set_read_timeout(Some(Duration::from_millis(100)))?;
        let mut buffer = [0; 16384];
        loop {
            let amount = wire.read(&mut buffer)?;
            if amount == 0 {
                return Ok(());
            }
            target.write_all(&buffer[..amount])?;
            while let Ok(amount @ 1..) = target.read(&mut buffer) {
                wire.write_all(&buffer[..amount])?;
                wire.flush()?;
            }
        }
    })
}

/// Where the proxies of these tests lead, whatever they are asked for.
static TARGET: Target = Target(std::sync::OnceLock::new());

struct Target(std::sync::OnceLock<(u16, String)>);

impl Target {
    fn start(&self) -> &(u16, String) {
        self.0.get_or_init(|| {
            let (certificate, ca) =
                signed_by_ca(&Wish { name: "pce.example.com", ..Wish::default() });
            (serve(Some(&certificate), fine).0, ca)
        })
    }

    fn with_port(&self) -> io::Result<TcpStream> {
        TcpStream::connect(("127.0.0.1", self.start().0))
    }
}

#[test]
fn a_proxy_with_credentials_leads_to_the_pce() {
    let (_, ca) = TARGET.start();
    let over_tls = self_signed(&Wish::default());
    for certificate in [None, Some(&over_tls)] {
        let (port, heads) = start_proxy(certificate);
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let own = certificate.map(|own| own.pem.as_str()).unwrap_or_default();
        let file = File::new(format!("{ca}{own}").as_bytes());
        let mut settings = settings(0);
        settings.url = "https://pce.example.com:8443".into();
        settings.ca_file = Some(file.0.clone());
        settings.timeout = Duration::from_secs(5);
        let url = format!("{scheme}://user:p%40ss@localhost:{port}");
        settings.proxy = Proxy::Url(Secret::new(url));
        assert_eq!(get(&settings).unwrap(), "fine");
        let head = heads.recv().unwrap();
        assert!(head.starts_with("CONNECT pce.example.com:8443 "), "{head}");
        assert!(head.contains("Basic dXNlcjpwQHNz"), "{head}");
    }
}

/// What a client says of a proxy that answers so.
fn through(answer: fn(&mut dyn Wire) -> io::Result<()>, login: &str) -> String {
    let (port, _) = serve(None, answer);
    through_port(port, login)
}

fn through_port(port: u16, login: &str) -> String {
    let (_, ca) = TARGET.start();
    let file = File::new(ca.as_bytes());
    let mut settings = settings(0);
    settings.url = "https://pce.example.com:8443".into();
    settings.ca_file = Some(file.0.clone());
    settings.proxy = Proxy::Url(Secret::new(format!("http://{login}localhost:{port}")));
    let soon = Instant::now() + Duration::from_secs(20);
    let clock = Clock::of_host(jiff::Timestamp::UNIX_EPOCH, jiff::SignedDuration::ZERO);
    let mut client = Client::new(&settings, clock, soon, &AddressBook::empty()).unwrap();
    client.get("/noop").unwrap_err().text(Lang::En)
}

fn refuses(wire: &mut dyn Wire) -> io::Result<()> {
    wire.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
}

#[test]
fn a_proxy_that_does_not_lead_to_the_pce_is_named_with_what_to_do() {
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = [
        (through_port(dead.port(), ""), "refuses the connection"),
        (through(refuses, ""), "requires a user and a password (407)"),
        (through(refuses, "me:hunter2@"), "refuses the user and password"),
        (
            through(
                |wire| wire.write_all(b"HTTP/1.0 403 Forbidden\r\nVia: x\r\n\r\n"),
                "me:hunter2@",
            ),
            "answers 403 to CONNECT pce.example.com:8443",
        ),
        (through(|wire| wire.write_all(b"HTTP/1.1 503 No\r\n\r\n"), ""), "check its log"),
        (through(|wire| wire.write_all(b"220 mail\r\n\r\n"), ""), "not an HTTP proxy"),
        (through(|_| Err(io::ErrorKind::Other.into()), ""), "closed the connection"),
        (through(hang_before_the_head, ""), "does not answer in time"),
    ];
    for (text, says) in told {
        assert!(text.contains("the proxy localhost:"), "{text}");
        assert!(text.contains("api.proxy") && text.contains(says), "{says}: {text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn any_2xx_to_connect_is_a_yes() {
    for answer in ["201 Created", "204 No Content", "200", "299 Whatever"] {
        let (_, ca) = TARGET.start();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || -> io::Result<()> {
            let (mut client, _) = listener.accept()?;
            head(&mut client)?;
            client.write_all(format!("HTTP/1.1 {answer}\r\nVia: x\r\n\r\n").as_bytes())?;
            let mut target = TARGET.with_port()?;
            let (mut back, mut to) = (target.try_clone()?, client.try_clone()?);
            thread::spawn(move || io::copy(&mut back, &mut to));
            io::copy(&mut client, &mut target).map(drop)
        });
        let file = File::new(ca.as_bytes());
        let mut settings = settings(0);
        settings.url = "https://pce.example.com:8443".into();
        settings.ca_file = Some(file.0.clone());
        settings.timeout = Duration::from_secs(5);
        settings.proxy = Proxy::Url(Secret::new(format!("http://localhost:{port}")));
        assert_eq!(get(&settings).unwrap(), "fine", "{answer}");
    }
}

#[test]
fn an_unusable_proxy_is_told_without_its_password() {
    for url in ["socks5://user:hunter2@proxy:1080", "http://", "ftp://user:hunter2@proxy"] {
        let mut settings = settings(1);
        settings.proxy = Proxy::Url(Secret::new(url));
        let error = agent(&settings).expect_err(url);
        assert!(matches!(error, TlsError::Proxy { .. }), "{error}");
        assert!(!error.to_string().contains("hunter2"));
    }
}
