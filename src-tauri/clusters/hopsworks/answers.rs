//! What Hopsworks answers, as far as we read it. Versions differ: a status is a number or a name, a list may
//! come without its items, a field may be missing. One odd user must not hide the others.

use serde::Deserialize;

use crate::domain::hopsworks::{HopsworksStatus, HopsworksUser, HopsworksUserId, ProjectLimit};

/// One line of `/variables/versions`.
#[derive(Debug, Deserialize)]
pub(super) struct Version {
    #[serde(default)]
    pub(super) software: String,
    #[serde(default)]
    pub(super) version: String,
}

/// A page of `/admin/users`.
#[derive(Debug, Deserialize)]
pub(super) struct UserList {
    /// How many there are that fit, not how many are on this page.
    pub(super) count: Option<u64>,
    #[serde(default)]
    pub(super) items: Option<Vec<UserProfile>>,
}

/// A user (`UserProfileDTO`).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct UserProfile {
    pub(super) id: Option<i64>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    status: Option<Status>,
    #[serde(rename = "maxNumProjects", default)]
    limit: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Status {
    Code(i64),
    Name(String),
}

impl UserProfile {
    /// The user, or what is missing.
    pub(super) fn read(self) -> Result<HopsworksUser, &'static str> {
        let id = self.id.and_then(HopsworksUserId::new);
        let status = match self.status {
            Some(Status::Code(code)) => HopsworksStatus::of_code(code),
            Some(Status::Name(name)) => HopsworksStatus::of_name(&name),
            None => None,
        };
        Ok(HopsworksUser {
            id: id.ok_or("a user without a number")?,
            email: self.email.ok_or("a user without an e-mail address")?,
            username: self.username.unwrap_or_default(),
            status: status.ok_or("a user whose status is none that we know")?,
            project_limit: self.limit.map(ProjectLimit::of_number),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<HopsworksUser, &'static str> {
        serde_json::from_str::<UserProfile>(json)
            .expect("a profile")
            .read()
    }

    #[test]
    fn both_forms_of_a_profile_say_the_same() {
        let full = read(
            r#"{"href": "http://c/hopsworks-api/api/users/11209", "id": 11209, "firstname": "John",
                "lastname": "Doe", "email": "j@example.com", "username": "john1234",
                "accountType": "REMOTE_ACCOUNT_TYPE", "twoFactor": false, "toursState": 0, "status": 2,
                "maxNumProjects": 5, "numActiveProjects": 1, "activated": "2025-11-05T12:51:03.000Z",
                "role": [{"groupName": "HOPS_USER", "gid": 1006}]}"#,
        );
        let named = read(
            r#"{"id": 11209, "email": "j@example.com", "username": "john1234", "accountType": "OAUTH2",
                "status": "ACTIVATED_ACCOUNT", "maxNumProjects": 5}"#,
        );
        assert_eq!(full, named);
        assert_eq!(full.map(|user| user.status), Ok(HopsworksStatus::Active));
    }

    #[test]
    fn a_user_that_cannot_be_addressed_is_none() {
        assert!(read(r#"{"email": "j@example.com", "status": 2}"#).is_err());
        assert!(read(r#"{"id": 0, "email": "j@example.com", "status": 2}"#).is_err());
        assert!(read(r#"{"id": 7, "email": "j@example.com", "status": 99}"#).is_err());
        assert!(read(r#"{"id": 7, "email": "j@example.com"}"#).is_err());
    }

    #[test]
    fn an_empty_list_may_come_without_items() {
        let list: UserList = serde_json::from_str(r#"{"href": "x", "count": 0}"#).expect("a list");
        assert!(list.items.is_none());
        assert_eq!(list.count, Some(0));
    }
}
