//! The entry of a program: the file that `Handler` names.

use std::path::{Path, PathBuf};

use super::Language;
use super::expression::Code;
use super::modules::java_script_file;
use super::tree::CodeTree;

/// The file of a handler in a language that says by its name where it lies: `app.handler`, `src/app.handler`.
pub(super) fn file(language: Language, handler: &str, tree: &CodeTree<'_>) -> Option<PathBuf> {
    let (folder, name) = handler.rsplit_once('/').unwrap_or(("", handler));
    let folder = Path::new(folder);
    match language {
        Language::Python => {
            let (module, _) = name.rsplit_once('.')?;
            let module = folder.join(module.replace('.', "/"));
            let mut package = module.clone().into_os_string();
            package.push(".py");
            [PathBuf::from(package), module.join("__init__.py")].into_iter().find(|file| tree.has(file))
        }
        Language::JavaScript => {
            let (stem, _) = name.split_once('.')?;
            let target = folder.join(stem);
            // What a compiler writes to `dist` comes from `src` or from the root.
            let compiled =
                ["dist", "build", "lib", "out"].iter().find_map(|made| target.strip_prefix(made).ok());
            let source = compiled.unwrap_or(&target);
            let candidates = [target.clone(), Path::new("src").join(source), source.to_owned()];
            candidates.iter().find_map(|target| java_script_file(target, tree))
        }
        Language::Ruby => {
            let (stem, _) = name.split_once('.')?;
            Some(folder.join(format!("{stem}.rb"))).filter(|file| tree.has(file))
        }
        Language::Java | Language::Go | Language::CSharp | Language::Rust => None,
    }
}

/// The class of a handler of Java or C#: `com.acme.Orders::handle`, `Orders::Acme.Orders.Function::Handle`.
pub(super) fn class(language: Language, handler: &str) -> Option<&str> {
    let qualified = match language {
        Language::Java => handler.split("::").next()?,
        Language::CSharp => {
            let mut parts = handler.split("::");
            parts.next()?;
            parts.next()?
        }
        Language::Python | Language::JavaScript | Language::Go | Language::Ruby | Language::Rust => {
            return None;
        }
    };
    qualified.rsplit(['.', '$', '+', '/']).next().filter(|name| !name.is_empty())
}

/// The function that a program is entered by.
pub(super) fn function(language: Language, handler: &str) -> &str {
    match language {
        Language::Go | Language::Rust => "main",
        // A class that implements an interface of Lambda's is named alone.
        Language::Java if !handler.contains("::") => "handleRequest",
        Language::Python | Language::JavaScript | Language::Ruby | Language::Java | Language::CSharp => {
            handler.rsplit(['.', ':']).next().unwrap_or_default()
        }
    }
}

/// The types that a file declares.
pub(super) fn declared(code: &Code) -> Vec<&str> {
    let is_declared =
        |at: &usize| matches!(code.word(*at), "class" | "interface" | "enum" | "record" | "struct");
    (0..code.len()).filter(is_declared).filter(|at| code.is_word(at + 1)).map(|at| code.at(at + 1)).collect()
}

/// Whether a file has the function that a program of Go or Rust starts with.
pub(super) fn has_main(code: &Code) -> bool {
    (0..code.len()).any(|at| {
        matches!(code.word(at), "func" | "fn") && code.word(at + 1) == "main" && code.is(at + 2, "(")
    })
}
