//! An artifact location is an address as SARIF spells it: an encoded URI below the root of the repository.

use std::path::Path;

use serde::Serialize;

use super::Style;
use crate::report::address::Address;
use crate::shown;

/// The name that SARIF logs give to the root of the repository.
pub(super) const ROOT: &str = "%SRCROOT%";

/// Where a file is.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

impl ArtifactLocation {
    /// The location of a report's path; a file outside of the repository keeps its absolute one.
    pub(super) fn of(path: &str, style: &Style) -> Self {
        match Address::of(path, style) {
            Address::Repository(path) => Self { uri: encoded(&path), uri_base_id: Some(ROOT) },
            Address::Elsewhere(path) => {
                let path = encoded(&path);
                Self { uri: format!("file:///{}", path.trim_start_matches('/')), uri_base_id: None }
            }
        }
    }
}

/// The path with everything percent-encoded that an address does not allow in every place.
fn encoded(path: &Path) -> String {
    shown::joined_with(path, |name, out| {
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(path: &str) -> ArtifactLocation {
        let style = Style {
            working_folder: "/home/me/shop/infra".into(),
            repository_root: "/home/me/shop".into(),
            ..Style::default()
        };
        ArtifactLocation::of(path, &style)
    }

    fn in_repository(uri: &str) -> ArtifactLocation {
        ArtifactLocation { uri: uri.to_owned(), uri_base_id: Some(ROOT) }
    }

    #[test]
    fn a_path_starts_from_the_root_of_the_repository() {
        assert_eq!(address("template.yaml"), in_repository("infra/template.yaml"));
        assert_eq!(address("./a/../b/t.yaml"), in_repository("infra/b/t.yaml"));
        assert_eq!(address("../api/t.yaml"), in_repository("api/t.yaml"));
        assert_eq!(address("/home/me/shop/t.yaml"), in_repository("t.yaml"));
    }

    #[test]
    fn what_an_address_does_not_allow_is_encoded() {
        assert_eq!(
            address("a b/tämplate#1?%:\u{1b}.yaml"),
            in_repository("infra/a%20b/t%C3%A4mplate%231%3F%25%3A%1B.yaml")
        );
    }

    #[test]
    fn a_file_outside_of_the_repository_keeps_its_absolute_address() {
        let outside = |uri: &str| ArtifactLocation { uri: uri.to_owned(), uri_base_id: None };
        assert_eq!(address("../../other/a b.yaml"), outside("file:///home/me/other/a%20b.yaml"));
        assert_eq!(address("/home/me/shopping/t.yaml"), outside("file:///home/me/shopping/t.yaml"));
    }

    #[test]
    fn standard_input_has_a_name() {
        assert_eq!(address("-"), in_repository("stdin"));
    }

    #[test]
    fn without_folders_a_path_stays_as_it_is() {
        assert_eq!(ArtifactLocation::of("infra/t.yaml", &Style::default()), in_repository("infra/t.yaml"));
    }
}
