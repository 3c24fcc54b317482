//! Packages of others: which are known not to call a function of the author's by themselves.

use std::path::Path;

use super::Language;
use super::expression::Code;
use super::token::Kind;
use super::tree::CodeTree;

/// Whether inline code asks for nothing but known packages; others can only be in a layer.
pub(super) fn are_known(code: &Code) -> bool {
    let is_import = |at: &usize| match code.language {
        Language::Python => matches!(code.word(*at), "import" | "from"),
        Language::JavaScript => matches!(code.word(*at), "require" | "from" | "import"),
        Language::Java | Language::Go | Language::CSharp | Language::Ruby | Language::Rust => false,
    };
    (0..code.len()).filter(is_import).all(|at| {
        let named = at + 1 + usize::from(code.is(at + 1, "("));
        let is_named = code.language == Language::Python || code.kind(named) == Some(Kind::Text);
        !is_named || is_known(code.at(named), code.language)
    })
}

/// Whether a package is asked for that a layer may hold, and that may call whatever it likes.
pub(super) fn are_unexplained(packages: &[String], language: Language, tree: &mut CodeTree<'_>) -> bool {
    let mut unknown = packages.iter().filter(|name| !is_known(name, language)).peekable();
    if unknown.peek().is_none() {
        return false;
    }
    let manifests: &[&str] = match language {
        Language::Python => &["requirements.txt", "pyproject.toml", "Pipfile"],
        Language::JavaScript => &["package.json"],
        Language::Ruby => &["Gemfile"],
        Language::Java | Language::Go | Language::CSharp | Language::Rust => &[],
    };
    let declared: String = manifests.iter().filter_map(|file| tree.read(Path::new(file))).collect();
    unknown.any(|name| !declared.contains(name.as_str()))
}

/// Whether a package is known not to call a function of the author's by itself: of the language, or of AWS.
fn is_known(name: &str, language: Language) -> bool {
    let first = name.split(['/', '.']).next().unwrap_or(name);
    match language {
        Language::Python => PYTHON.contains(&first) || first.starts_with("aws_"),
        Language::JavaScript => {
            let name = name.strip_prefix("node:").unwrap_or(name);
            NODE.contains(&name.split('/').next().unwrap_or(name))
                || ["@aws-sdk/", "@smithy/", "@aws-lambda-powertools/", "aws-"]
                    .iter()
                    .any(|it| name.starts_with(it))
        }
        Language::Ruby => {
            first.starts_with("aws-")
                || ["json", "logger", "time", "date", "uri", "net", "securerandom"].contains(&first)
        }
        Language::Java | Language::Go | Language::CSharp | Language::Rust => true,
    }
}

const PYTHON: [&str; 43] = [
    "__future__",
    "abc",
    "argparse",
    "array",
    "ast",
    "asyncio",
    "base64",
    "boto3",
    "botocore",
    "cfnresponse",
    "collections",
    "concurrent",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "hmac",
    "http",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "os",
    "pathlib",
    "random",
    "re",
    "secrets",
    "string",
    "sys",
    "tempfile",
    "threading",
    "time",
    "traceback",
    "typing",
    "urllib",
    "uuid",
    "zipfile",
];

const NODE: [&str; 17] = [
    "assert",
    "buffer",
    "crypto",
    "events",
    "fs",
    "http",
    "https",
    "net",
    "os",
    "path",
    "process",
    "stream",
    "timers",
    "url",
    "util",
    "worker_threads",
    "zlib",
];
