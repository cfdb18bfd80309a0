//! HTTPS by rustls: reads certificate and key.

use super::config::Tls;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Returns what turns a connection into an encrypted one.
///
/// # Errors
/// When a file cannot be read, holds no PEM, or certificate and key do not belong together.
pub(super) fn acceptor(tls: &Tls) -> io::Result<TlsAcceptor> {
    let bad = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
    let named = tls.certificate.display();
    let unread = |what: &str, path: &Path, error: pem::Error| match error {
        pem::Error::NoItemsFound => bad(format!("{what} {}: there is none in it, as PEM has it", path.display())),
        error => bad(format!("{what} {}: {error}", path.display())),
    };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, pem::Error>>)
        .and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
        .map_err(|error| unread("tls certificate", &tls.certificate, error))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| unread("tls key", &tls.key, error))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| bad(format!("tls certificate {named}: {error}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
