//! An address names a file for readers elsewhere: a service knows the repository and not the folder that we ran in.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use super::Style;
use crate::shown;

/// Where a file is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// In the repository: the way from its root.
    Repository(PathBuf),
    /// Outside of it: absolute.
    Elsewhere(PathBuf),
}

impl Address {
    /// The address of a report's path.
    pub(super) fn of(path: &str, style: &Style) -> Self {
        if path == "-" {
            return Self::Repository("stdin".into());
        }
        let absolute = without_dots(&style.working_folder.join(path));
        match absolute.strip_prefix(without_dots(&style.repository_root)) {
            Ok(relative) if relative.is_relative() => Self::Repository(relative.to_owned()),
            Ok(_) | Err(_) => Self::Elsewhere(absolute),
        }
    }
}

/// Joined by `/`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Repository(path) | Self::Elsewhere(path)) = self;
        f.write_str(&shown::joined(path))
    }
}

/// The path with `.` and `..` worked out, by its text alone: reports read no files.
fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if out.components().next_back().is_some_and(is_name) => {
                out.pop();
            }
            Component::ParentDir | Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                out.push(component);
            }
        }
    }
    out
}

fn is_name(component: Component<'_>) -> bool {
    matches!(component, Component::Normal(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(path: &str) -> String {
        let style = Style {
            working_folder: "/home/me/shop/infra".into(),
            repository_root: "/home/me/shop".into(),
            ..Style::default()
        };
        Address::of(path, &style).to_string()
    }

    #[test]
    fn a_path_starts_from_the_root_of_the_repository() {
        assert_eq!(address("template.yaml"), "infra/template.yaml");
        assert_eq!(address("./a/../b/t.yaml"), "infra/b/t.yaml");
        assert_eq!(address("../api/t.yaml"), "api/t.yaml");
        assert_eq!(address("/home/me/shop/t.yaml"), "t.yaml");
    }

    #[test]
    fn a_file_outside_of_the_repository_keeps_its_absolute_address() {
        assert_eq!(address("../../other/a b.yaml"), "/home/me/other/a b.yaml");
        assert_eq!(address("/home/me/shopping/t.yaml"), "/home/me/shopping/t.yaml");
    }

    #[test]
    fn standard_input_has_a_name() {
        assert_eq!(address("-"), "stdin");
    }

    #[test]
    fn without_folders_a_path_stays_as_it_is() {
        assert_eq!(Address::of("infra/t.yaml", &Style::default()).to_string(), "infra/t.yaml");
    }
}
