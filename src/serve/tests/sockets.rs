//! Connections: slow ones, too many, half-closed, and those that are open when the server stops.

use super::*;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

const HEAD: &[u8] = b"POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\nContent-Length: 16\r\n\r\n";

struct Started {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

/// Starts a server on a free port.
async fn started(config: Config) -> Started {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let serving = serve(listener, config, Moderator::builtin().unwrap(), async { stopped.await.unwrap_or_default() });
    Started { address, stop, serving: tokio::spawn(serving) }
}

fn quick() -> Config {
    Config { timeout: Duration::from_millis(100), ..Config::default() }
}

/// Sends bytes and returns all that comes back until the connection ends.
async fn said(address: SocketAddr, bytes: Vec<u8>) -> String {
    String::from_utf8(said_bytes(address, bytes).await).unwrap()
}

async fn said_bytes(address: SocketAddr, bytes: Vec<u8>) -> Vec<u8> {
    let talk = move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // The server may hang up before it has read all.
        let _ = socket.write_all(&bytes);
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        answer
    };
    spawn_blocking(talk).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_answered_before_the_server_stops() {
    let Started { address, stop, serving } = started(Config::default()).await;
    let (half_sent, wait_half) = oneshot::channel();
    let (go_on, wait_go_on) = std::sync::mpsc::channel();
    let client = spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(&[HEAD, b"{\"text\":"].concat()).unwrap();
        half_sent.send(()).unwrap();
        wait_go_on.recv().unwrap();
        socket.write_all(b"\"hello\"}").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    });
    wait_half.await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!serving.is_finished());
    go_on.send(()).unwrap();
    let answer = client.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"action\""), "{answer}");
    serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn before_it_stops_the_server_says_that_it_is_not_ready() {
    let Started { address, stop, serving } =
        started(Config { drain_delay: Duration::from_secs(2), ..Config::default() }).await;
    let ask = || said(address, b"GET /readyz HTTP/1.1\r\nHost: gruff\r\nConnection: close\r\n\r\n".to_vec());
    assert!(ask().await.starts_with("HTTP/1.1 200"));
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(ask().await.starts_with("HTTP/1.1 503"));
    let row =
        b"POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\nConnection: close\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}";
    assert!(said(address, row.to_vec()).await.starts_with("HTTP/1.1 200"));
    serving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_given_up() {
    let server = started(quick()).await;
    let address = server.address;
    let answer = said(address, [HEAD, b"{\"text\":"].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_does_not_come_and_an_idle_connection_are_given_up() {
    let config = Config { head_timeout: Duration::from_millis(100), ..Config::default() };
    let server = started(config).await;
    let address = server.address;
    for begun in [&b"POST /v1/mod"[..], b"", b"GET /healthz HTTP/1.1\r\nHost: gruff\r\n\r\n"] {
        // It ends; otherwise reading would end with a time-out much later.
        let since = std::time::Instant::now();
        said(address, begun.to_vec()).await;
        assert!(since.elapsed() < Duration::from_secs(8));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stalls_does_not_keep_the_server_from_stopping() {
    let Started { address, stop, serving } = started(quick()).await;
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"POST /v1/mod").unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), serving).await.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_head_does_not_keep_the_server_from_stopping() {
    let hour = Duration::from_secs(3600);
    let Started { address, stop, serving } =
        started(Config { timeout: hour, head_timeout: hour, ..Config::default() }).await;
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"POST /v1/mod").unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(60), serving).await.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_limit_are_told_so_at_once() {
    let server = started(Config { max_connections: 1, ..Config::default() }).await;
    let address = server.address;
    let mut first = TcpStream::connect(address).unwrap();
    first.write_all(b"GET /healthz HTTP/1.1\r\nHost: gruff\r\n\r\n").unwrap();
    first.read_exact(&mut [0; 12]).unwrap();
    let answer = said(address, b"GET /healthz HTTP/1.1\r\nHost: gruff\r\n\r\n".to_vec()).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 1"), "{answer}");
    drop(first);
    let freed = || said(address, b"GET /healthz HTTP/1.1\r\nHost: gruff\r\nConnection: close\r\n\r\n".to_vec());
    let mut tries = 0;
    while !freed().await.starts_with("HTTP/1.1 200") {
        tries += 1;
        assert!(tries < 100);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_are_too_long_or_malformed_are_refused() {
    let server = started(Config::default()).await;
    let address = server.address;
    let long = format!("GET /healthz HTTP/1.1\r\nHost: gruff\r\nX-Long: {}\r\n\r\n", "a".repeat(200_000));
    let many = format!("GET /healthz HTTP/1.1\r\nHost: gruff\r\n{}\r\n", "X-Many: a\r\n".repeat(200));
    for (request, status) in [
        (long.as_str(), "431"),
        (&many, "431"),
        ("GET /healthz HTTP/1.1\r\nHo st: gruff\r\n\r\n", "400"),
        ("\u{1f410}\r\n\r\n", "400"),
        ("POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\nContent-Length: x\r\n\r\n", "400"),
        ("POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"),
    ] {
        let answer = said(address, request.as_bytes().to_vec()).await;
        // A head so long that the server hangs up over it may not get its answer through.
        let hung_up = request.len() > 100_000 && answer.is_empty();
        assert!(hung_up || answer.starts_with(&format!("HTTP/1.1 {status}")), "{status} {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_gone_frees_its_place() {
    let server = started(Config { max_connections: 2, ..Config::default() }).await;
    let address = server.address;
    for _ in 0..20 {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(&[HEAD, b"{\"text\":"].concat()).unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        // The server ends what can never become a request.
        let mut rest = Vec::new();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let _ = socket.read_to_end(&mut rest);
    }
    let row =
        b"POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\nConnection: close\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}";
    assert!(said(address, row.to_vec()).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_one_host() {
    let server = started(Config::default()).await;
    let address = server.address;
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n", "400"),
        ("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n", "200"),
        ("GET /healthz HTTP/1.0\r\n", "200"),
    ] {
        let answer = said(address, format!("{head}Connection: close\r\n\r\n").into_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")) || answer.starts_with(&format!("HTTP/1.0 {status}")),
            "{head} {answer}"
        );
    }
    let google = b"GET /v1alpha1/a HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec();
    let answer = said(address, google).await;
    assert!(answer.contains("\"status\":\"INVALID_ARGUMENT\"") && answer.contains("no Host header"), "{answer}");
    let metrics = said(address, b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec()).await;
    assert!(metrics.contains("route=\"/healthz\",status=\"400\"} "), "what is refused is counted: {metrics}");
}

#[cfg(feature = "tls")]
mod encrypted {
    use super::*;
    use std::path::Path;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    /// Asks a server that shows the certificate of the tests.
    async fn asked(address: SocketAddr, name: &'static str, request: &str) -> io::Result<String> {
        let mut roots = RootCertStore::empty();
        let certificate = include_bytes!("../../../tests/fixtures/tls/certificate.pem");
        roots.add(CertificateDer::from_pem_slice(certificate).unwrap()).unwrap();
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let stream = tokio::net::TcpStream::connect(address).await?;
        let name = ServerName::try_from(name).unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        Ok(String::from_utf8(answer).unwrap())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn https_answers_and_plain_http_at_its_port_harms_nothing() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls");
        let tls = Tls { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
        let server =
            started(Config { tls: Some(tls), head_timeout: Duration::from_secs(2), ..Config::default() }).await;
        let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let discovery = "GET /$discovery/rest HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n";
        for _ in 0..2 {
            let answer = asked(server.address, "localhost", health).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            let answer = asked(server.address, "localhost", discovery).await.unwrap();
            assert!(answer.contains("\"rootUrl\":\"https://localhost:1/\""), "{answer}");
            // Neither a plain request nor noise gets an answer in plain text, nor does it end the server.
            let answer = said_bytes(server.address, health.as_bytes().to_vec()).await;
            assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
            said_bytes(server.address, vec![0x16, 0x03, 0x01, 0xff, 0xff, 0x00]).await;
        }
        assert!(asked(server.address, "example.com", health).await.is_err());
        server.stop.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(90), server.serving).await.unwrap().unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_certificate_without_its_key_is_refused_at_the_start() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls");
        let certificate = folder.join("certificate.pem");
        for (certificate, key, told) in [
            (folder.join("none.pem"), folder.join("key.pem"), "none.pem"),
            (certificate.clone(), certificate.clone(), "there is none in it"),
            (folder.join("key.pem"), folder.join("key.pem"), "there is none in it"),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let config = Config { tls: Some(Tls { certificate, key }), ..Config::default() };
            let error = serve(listener, config, Moderator::builtin().unwrap(), async {}).await.unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}

/// Most clients read only after they have sent all.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_reaches_a_client_that_sends_all_before_it_reads() {
    let key = KeyTable {
        name: "a".into(),
        hash: KeyHash::of("k"),
        scopes: vec![Scope::Score],
        per_second: None,
        burst: None,
    };
    let limited = Config { max_body: 1 << 20, ..Config::default() };
    let full = Config { max_requests: 0, ..limited.clone() };
    let locked = Config { keys: vec![key], ..limited.clone() };
    for (config, status, extra) in
        [(limited.clone(), 413, ""), (full, 503, ""), (locked, 401, ""), (limited, 415, "Content-Encoding: br\r\n")]
    {
        let server = started(config).await;
        let address = server.address;
        let talk = move |length: Option<usize>| {
            let mut socket = TcpStream::connect(address).unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let framing = length.map_or("Transfer-Encoding: chunked".into(), |all| format!("Content-Length: {all}"));
            let head = format!("POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\n{extra}{framing}\r\n\r\n");
            socket.write_all(head.as_bytes()).unwrap();
            let chunk = [b"10000\r\n".as_slice(), &[b'a'; 1 << 16], b"\r\n"].concat();
            match length {
                Some(length) => socket.write_all(&vec![b'a'; length]).unwrap(),
                None => (0..100).for_each(|_| socket.write_all(&chunk).unwrap()),
            }
            let mut answer = String::new();
            socket.read_to_string(&mut answer).unwrap();
            answer
        };
        for length in [Some(5 << 20), None] {
            let answer = spawn_blocking(move || talk(length)).await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{status} {length:?}: {answer}");
        }
    }
}
