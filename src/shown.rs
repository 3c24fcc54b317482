//! A path as people and services read it: its names joined by `/`, on every system.

use std::path::{Component, Path, Prefix};

/// The path joined by `/`.
pub(crate) fn joined(path: &Path) -> String {
    joined_with(path, |name, out| out.push_str(name))
}

/// The path joined by `/`, each name in it as `push` writes it.
pub(crate) fn joined_with(path: &Path, push: impl Fn(&str, &mut String)) -> String {
    let mut out = String::new();
    for component in path.components() {
        if !out.is_empty() && !out.ends_with('/') {
            out.push('/');
        }
        match component {
            // The one after a drive is there already.
            Component::RootDir if out.ends_with('/') => {}
            Component::RootDir => out.push('/'),
            Component::Prefix(prefix) => match prefix.kind() {
                // What is canonical on Windows begins with `\\?\`, which no one types.
                Prefix::Disk(drive) | Prefix::VerbatimDisk(drive) => {
                    out.push(char::from(drive));
                    out.push(':');
                }
                Prefix::Verbatim(_) | Prefix::VerbatimUNC(..) | Prefix::DeviceNS(_) | Prefix::UNC(..) => {
                    out.push_str(&prefix.as_os_str().to_string_lossy().replace('\\', "/"));
                }
            },
            Component::CurDir | Component::ParentDir | Component::Normal(_) => {
                push(&component.as_os_str().to_string_lossy(), &mut out);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_by_slashes() {
        for path in ["template.yaml", "infra/a b.yaml", "../x.yaml", "./x.yaml", "/srv/shop/x.yaml", "/", ""]
        {
            assert_eq!(joined(Path::new(path)), path);
        }
        assert_eq!(joined(Path::new("infra//shop/./x.yaml")), "infra/shop/x.yaml");
    }

    #[test]
    fn every_name_is_written_as_asked_and_no_separator_is() {
        let shouted = |name: &str, out: &mut String| out.push_str(&name.to_uppercase());
        assert_eq!(joined_with(Path::new("/a/b.yaml"), shouted), "/A/B.YAML");
    }

    /// Elsewhere it is a letter of a name.
    #[cfg(not(windows))]
    #[test]
    fn a_backslash_in_a_name_stays() {
        assert_eq!(joined(Path::new(r"infra/a\b.yaml")), r"infra/a\b.yaml");
    }

    /// Only there a backslash parts names and a path has a drive.
    #[cfg(windows)]
    #[test]
    fn a_path_of_windows_has_slashes() {
        for (path, shown) in [
            (r"infra\shop\x.yaml", "infra/shop/x.yaml"),
            (r".\infra/x.yaml", "./infra/x.yaml"),
            (r"C:\srv\x.yaml", "C:/srv/x.yaml"),
            (r"\\?\C:\srv\x.yaml", "C:/srv/x.yaml"),
            (r"\\host\share\x.yaml", "//host/share/x.yaml"),
        ] {
            assert_eq!(joined(Path::new(path)), shown);
        }
    }
}
