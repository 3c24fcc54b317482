//! The languages that handlers are read in.

use std::path::Path;

/// A language, by what its comments, texts and AWS SDK look like; TypeScript is read as JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    /// Python.
    Python,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Java.
    Java,
    /// Go.
    Go,
    /// C#.
    CSharp,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
}

impl Language {
    /// The language that a runtime is for; nothing for a runtime of the author's own (`provided.al2023`).
    pub(crate) fn of_runtime(runtime: &str) -> Option<Self> {
        let name = runtime.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | 'x'));
        Some(match name {
            "python" => Self::Python,
            "nodejs" => Self::JavaScript,
            "java" | "java8.al" => Self::Java,
            "dotnet" | "dotnetcore" => Self::CSharp,
            "ruby" => Self::Ruby,
            "go" => Self::Go,
            _ => return None,
        })
    }

    /// The languages that are compiled to a runtime of the author's own.
    pub(crate) const OF_OWN_RUNTIMES: [Self; 2] = [Self::Go, Self::Rust];

    /// What its files are called, in the order in which they are looked for.
    pub(super) fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["py"],
            Self::JavaScript => &["js", "mjs", "cjs", "ts", "mts", "cts", "tsx", "jsx"],
            Self::Java => &["java"],
            Self::Go => &["go"],
            Self::CSharp => &["cs"],
            Self::Ruby => &["rb"],
            Self::Rust => &["rs"],
        }
    }

    /// Whether a line's end ends a statement.
    pub(super) fn ends_statements_with_lines(self) -> bool {
        match self {
            Self::Python | Self::JavaScript | Self::Go | Self::Ruby => true,
            Self::Java | Self::CSharp | Self::Rust => false,
        }
    }

    /// Whether a file that lies among a program's own is one of tests, by its name.
    pub(super) fn is_of_tests(self, path: &Path) -> bool {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        match self {
            // Their files are asked for by name.
            Self::Python | Self::JavaScript | Self::Ruby => false,
            Self::Java | Self::CSharp => {
                stem.ends_with("Test") || stem.ends_with("Tests") || stem.ends_with("IT")
            }
            Self::Go => stem.ends_with("_test"),
            Self::Rust => stem == "build" || stem == "tests",
        }
    }
}
