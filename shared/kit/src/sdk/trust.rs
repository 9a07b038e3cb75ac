//! Whom a function believes to be AWS.

use aws_sdk_sqs::config::SharedHttpClient;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

/// The roots that Amazon signs the certificates of its services with, all five that it recommends to those with a store of
/// their own: <https://www.amazontrust.com/repository/>. The last of them to expire does so in 2040, the first in 2037.
const AMAZON: &[u8] = include_bytes!("amazon_roots.pem");

/// Regions of partitions that have, or may have, other roots: China, the European Sovereign Cloud, the isolated ones.
const ELSEWHERE: [&str; 4] = ["cn-", "eusc-", "us-iso", "eu-iso"];

/// The client that all SDK clients share. Reading the machine's own store, of about 150 roots, took most of a cold start, and a function talks to AWS alone through it.
pub(super) fn http_client(region: Option<&str>) -> SharedHttpClient {
    let trusted = store(region, std::env::var("AWS_CA_BUNDLE").ok().as_deref());
    let builder = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    match TlsContext::builder().with_trust_store(trusted).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // Then the machine's own store is asked, which is slower and no less right.
        Err(_) => builder.build_https(),
    }
}

/// Amazon's roots, or those of the bundle that an operator names (`AWS_CA_BUNDLE`, as for AWS's own tools), or the machine's.
fn store(region: Option<&str>, bundle: Option<&str>) -> TrustStore {
    if let Some(pem) = bundle.and_then(|path| std::fs::read(path).ok()) {
        return TrustStore::empty().with_pem_certificate(pem);
    }
    if bundle.is_some() || region.is_some_and(|region| ELSEWHERE.iter().any(|prefix| region.starts_with(prefix))) {
        return TrustStore::default();
    }
    TrustStore::empty().with_pem_certificate(AMAZON)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    /// SHA-256 of each root's public key (its `SubjectPublicKeyInfo`), as <https://www.amazontrust.com/repository/> gives it.
    const PUBLISHED: [&str; 5] = [
        "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
        "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
        "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
        "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
        "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
    ];

    #[test]
    fn the_roots_are_those_that_amazon_publishes() {
        let text = std::str::from_utf8(AMAZON).unwrap();
        let bodies = text.split("-----BEGIN CERTIFICATE-----").skip(1);
        let bodies = bodies.map(|rest| rest.split("-----END").next().unwrap().split_whitespace().collect::<String>());
        let certificates: Vec<_> = bodies.map(|body| STANDARD.decode(body).unwrap()).collect();
        assert_eq!(certificates.len(), PUBLISHED.len());
        for (certificate, published) in certificates.iter().zip(PUBLISHED) {
            let mut hashes = (0..certificate.len()).filter_map(|start| sequence(&certificate[start..])).map(hex);
            assert!(hashes.any(|hash| hash == published), "no part of a certificate has the hash {published}");
        }
    }

    /// The SEQUENCE that begins here, if one does (DER: X.690, 8.1 and 8.9).
    fn sequence(der: &[u8]) -> Option<&[u8]> {
        let length = match *der {
            [0x30, length @ ..=0x7f, ..] => 2 + usize::from(length),
            [0x30, 0x81, length, ..] => 3 + usize::from(length),
            [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([high, low])),
            _ => return None,
        };
        der.get(..length)
    }

    fn hex(bytes: &[u8]) -> String {
        Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    #[test]
    fn the_machines_own_store_is_for_other_partitions_and_wrong_bundles() {
        let is_native = |region, bundle| format!("{:?}", store(region, bundle)).contains("enable_native_roots: true");
        assert!(!is_native(Some("us-east-1"), None) && !is_native(None, None));
        assert!(is_native(Some("cn-north-1"), None) && is_native(Some("us-isob-east-1"), None));
        assert!(is_native(Some("us-east-1"), Some("/nowhere/bundle.pem")));
    }
}
