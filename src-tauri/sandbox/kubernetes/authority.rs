//! The authority of a sandbox's clusters: it signs what their API servers show, and what one of their users
//! signs in with.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;

use crate::secrets::Secret;

/// An authority: a name and a key. Its own certificate may be made anew at any time: what it signed is
/// verified by both.
#[derive(Debug)]
pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new() -> Result<Self, rcgen::Error> {
        KeyPair::generate().map(Self::of)
    }

    /// The one with that key, PEM.
    ///
    /// # Errors
    /// When it is none.
    pub fn with_key(pem: &str) -> Result<Self, rcgen::Error> {
        KeyPair::from_pem(pem).map(Self::of)
    }

    fn of(key: KeyPair) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = named("Sandbox clusters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self { params, key }
    }

    /// Its key, PEM.
    #[must_use]
    pub fn key(&self) -> Secret<String> {
        Secret::new(self.key.serialize_pem())
    }

    /// Its certificate.
    ///
    /// # Errors
    /// When it cannot sign.
    pub fn certificate(&self) -> Result<rcgen::Certificate, rcgen::Error> {
        self.params.self_signed(&self.key)
    }

    /// What a server on this machine shows until then.
    ///
    /// # Errors
    /// When it cannot sign.
    pub fn server(&self, until: OffsetDateTime) -> Result<Arc<CertifiedKey>, rcgen::Error> {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = named("kube-apiserver");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let (certificate, key) = self.sign(params, until)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = rustls::crypto::ring::sign::any_supported_type(&der)
            .map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        Ok(Arc::new(CertifiedKey::new(
            vec![certificate.der().clone()],
            key,
        )))
    }

    /// What somebody signs in with until then: certificate and key, PEM.
    ///
    /// # Errors
    /// When it cannot sign.
    pub fn client(&self, until: OffsetDateTime) -> Result<(String, Secret<String>), rcgen::Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name = named("hopsdesk");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let (certificate, key) = self.sign(params, until)?;
        Ok((certificate.pem(), Secret::new(key.serialize_pem())))
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        until: OffsetDateTime,
    ) -> Result<(rcgen::Certificate, KeyPair), rcgen::Error> {
        params.not_after = until;
        let key = KeyPair::generate()?;
        let issuer = Issuer::from_params(&self.params, &self.key);
        let certificate = params.signed_by(&key, &issuer)?;
        Ok((certificate, key))
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}
