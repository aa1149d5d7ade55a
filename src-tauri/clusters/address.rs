//! Where a cluster is, checked before a key is sent there.

use std::fmt;
use std::net::IpAddr;

use thiserror::Error;
use url::{Host, Url};

/// What stands between a cluster's address and its interface.
const API: &str = "hopsworks-api/api/";

/// Why a text is no address of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Not a URL with a host.
    #[error("it is not a URL like https://cluster.example.com")]
    NotUrl,
    /// Plain HTTP to another machine: the key would travel in the open.
    #[error("it is plain http, over which the key would travel in the open; write https")]
    Plain,
    /// A login, a query or a fragment in the URL.
    #[error("it has a login, a `?` or a `#` in it; only host, port and path belong there")]
    Extras,
}

/// The base address of a cluster's REST interface: https, or http on this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterAddress {
    base: Url,
    place: String,
    is_loopback: bool,
}

impl ClusterAddress {
    /// Reads `api_url` as services record it: with or without the path of the interface, which some write
    /// down and others do not.
    ///
    /// # Errors
    /// When no key may be sent there.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut url = Url::parse(text.trim()).map_err(|_| AddressError::NotUrl)?;
        let (host, is_loopback) = match url.host().ok_or(AddressError::NotUrl)? {
            Host::Domain(name) => (name.to_owned(), name.eq_ignore_ascii_case("localhost")),
            Host::Ipv4(address) => (address.to_string(), IpAddr::from(address).is_loopback()),
            Host::Ipv6(address) => (format!("[{address}]"), IpAddr::from(address).is_loopback()),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => return Err(AddressError::Plain),
            _ => return Err(AddressError::NotUrl),
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(AddressError::Extras);
        }
        let path = url.path().trim_end_matches('/');
        let path = ["/hopsworks-api/api", "/hopsworks-api"]
            .iter()
            .find_map(|end| path.strip_suffix(end))
            .unwrap_or(path);
        let path = format!("{path}/{API}");
        url.set_path(&path);
        let place = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host,
        };
        Ok(Self {
            base: url,
            place,
            is_loopback,
        })
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The URL of a path below the interface, of segments that are escaped here.
    pub(in crate::clusters) fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // An http URL can always carry a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl fmt::Display for ClusterAddress {
    /// Host and port: what sentences call the cluster.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Debug for ClusterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClusterAddress({})", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(text: &str) -> Result<String, AddressError> {
        let address = ClusterAddress::parse(text)?;
        Ok(address.at(&["variables", "versions"]).to_string())
    }

    #[test]
    fn the_interface_is_found_however_much_of_it_is_written_down() {
        let wanted = "https://c.example.com/hopsworks-api/api/variables/versions";
        for text in [
            "https://c.example.com",
            " https://c.example.com/ ",
            "https://c.example.com/hopsworks-api",
            "https://c.example.com/hopsworks-api/api/",
        ] {
            assert_eq!(versions(text).as_deref(), Ok(wanted), "{text}");
        }
        assert_eq!(
            versions("https://c.example.com:8443/eu").as_deref(),
            Ok("https://c.example.com:8443/eu/hopsworks-api/api/variables/versions")
        );
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for text in [
            "http://127.0.0.1:8181",
            "http://localhost:1",
            "http://[::1]:2",
        ] {
            assert!(ClusterAddress::parse(text).is_ok_and(|address| address.is_loopback()));
        }
        for text in [
            "http://c.example.com",
            "http://10.0.0.7",
            "http://127.0.0.1.example.com",
        ] {
            assert_eq!(versions(text), Err(AddressError::Plain), "{text}");
        }
    }

    #[test]
    fn what_no_key_may_be_sent_to_is_refused() {
        for (text, error) in [
            ("c.example.com", AddressError::NotUrl),
            ("ftp://c.example.com", AddressError::NotUrl),
            ("https://me:secret@c.example.com", AddressError::Extras),
            ("https://c.example.com/?to=elsewhere", AddressError::Extras),
            ("https://c.example.com/#here", AddressError::Extras),
        ] {
            assert_eq!(versions(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let address = ClusterAddress::parse("https://c.example.com").expect("an address");
        let url = address.at(&["admin", "users", "../../x?y#z"]);
        assert_eq!(
            url.path(),
            "/hopsworks-api/api/admin/users/..%2F..%2Fx%3Fy%23z"
        );
    }
}
