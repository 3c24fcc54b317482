//! Embeds the rule pages, and makes constants of the facts. Every `rules/<family>/SLP…md` becomes an entry of one
//! table, and so does every fact of `src/facts/facts.toml`: nothing lists them by hand. The logic of a page is parsed
//! here, with the program's own parser: a page that does not parse is none to build with, and no run has to parse it.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use guard::{Dialect, Rules};

#[expect(dead_code, unreachable_pub, reason = "the library uses all of it")]
#[path = "src/guard"]
mod guard {
    mod ast;
    mod functions;
    mod literal;
    mod message;
    mod parse;
    mod stored;

    pub use ast::{Dialect, Rules};
}
#[expect(dead_code, reason = "the library uses all of it")]
#[path = "src/rule/markdown.rs"]
mod markdown;
#[expect(dead_code, unreachable_pub, reason = "the library uses all of it")]
#[path = "src/source.rs"]
mod source;

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets the manifest's folder"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets the output folder"));
    let write = |name: &str, code: String| {
        fs::write(out.join(name), code).expect("cargo's output folder can be written");
    };
    write("pages.rs", pages(&root.join("rules"), &out));
    let facts = root.join("src/facts/facts.toml");
    println!("cargo::rerun-if-changed={}", facts.display());
    let text = fs::read_to_string(&facts).unwrap_or_else(|error| panic!("{}: {error}", facts.display()));
    let table = DeTable::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", facts.display()));
    write("facts.rs", Table(table.get_ref()).code());
}

/// The table of the pages: family, file name, text and logic.
fn pages(rules: &Path, out: &Path) -> String {
    println!("cargo::rerun-if-changed=rules");
    let mut pages: Vec<(String, PathBuf)> = Vec::new();
    for family in folders(rules) {
        let name = family.file_name().expect("a listed folder has a name").to_string_lossy().into_owned();
        for page in files(&family) {
            pages.push((name.clone(), page));
        }
    }
    pages.sort_by(|a, b| a.1.file_name().cmp(&b.1.file_name()));
    let mut code = String::from("&[\n");
    for (family, page) in &pages {
        println!("cargo::rerun-if-changed={}", page.display());
        let stem = page.file_stem().expect("a page has a name").to_string_lossy();
        let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        let logic = logic(page, &text, &out.join(format!("{stem}.rules")));
        writeln!(
            code,
            "    ({family:?}, {stem:?}, include_str!({:?}), {logic}),",
            page.display().to_string()
        )
        .expect("writing to a string cannot fail");
    }
    code.push_str("]\n");
    code
}

/// Where the logic of a page stands in it, and its parsed form, which is written to a file. A page of the linter's own
/// findings has none.
fn logic(page: &Path, text: &str, parsed: &Path) -> String {
    let Some(halves) = markdown::Halves::of(text) else { return "None".to_owned() };
    let Some(logic) = markdown::Outline::of(halves.body).logic() else { return "None".to_owned() };
    let line = halves.above + logic.line;
    let rules = Rules::parse(logic.text, Dialect::Page).unwrap_or_else(|mut error| {
        error.position.line += line as u32;
        panic!("{}:{error}", page.display())
    });
    let bytes = rules.to_bytes().expect("rules have a form in bytes");
    fs::write(parsed, bytes).expect("cargo's output folder can be written");
    let start = logic.text.as_ptr() as usize - text.as_ptr() as usize;
    let end = start + logic.text.len();
    let parsed = parsed.display().to_string();
    format!("Some(Parsed {{ at: {start}..{end}, line: {line}, bytes: include_bytes!({parsed:?}) }})")
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    entries(dir).into_iter().filter(|path| path.is_dir()).collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    entries(dir).into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "md")).collect()
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let read =
        fs::read_dir(dir).unwrap_or_else(|error| panic!("{} cannot be listed: {error}", dir.display()));
    read.map(|entry| entry.expect("a listed folder's entries can be read").path()).collect()
}

/// A table of the facts' file; whoever breaks the file is told by a failing build.
struct Table<'t>(&'t DeTable<'t>);

impl Table<'_> {
    /// The constants `CHECKED`, `FACTS`, `RUNTIMES_SOURCE` and `RUNTIMES`.
    fn code(&self) -> String {
        let checked = self.date("checked").expect("the facts have a day");
        let facts: String =
            self.tables("fact").into_iter().map(|(name, fact)| fact.fact(name, &checked)).collect();
        let runtimes = self.table("runtimes");
        let families = runtimes.tables("families").into_iter();
        let families: String = families.map(|(name, family)| family.runtimes(name)).collect();
        format!(
            "/// The day on which all that has no day of its own was checked.\npub(super) const CHECKED: Date = {checked};\n\
             pub(super) const FACTS: &[Fact] = &[\n{facts}];\n\
             pub(super) const RUNTIMES_SOURCE: &str = {:?};\n\
             pub(super) const RUNTIMES: &[Runtime] = &[\n{families}];\n",
            runtimes.text("source")
        )
    }

    fn fact(&self, name: &str, checked: &str) -> String {
        let key: String = name.split('-').map(capitalized).collect();
        let is_raisable = self.0.get("raisable").is_some();
        format!(
            "Fact {{ name: {name:?}, key: {key:?}, about: {:?}, value: {}, unit: {:?}, source: {:?}, \
             checked: {}, is_raisable: {is_raisable} }},\n",
            self.text("about"),
            self.integer("value"),
            self.text("unit"),
            self.text("source"),
            self.date("checked").as_deref().unwrap_or(checked),
        )
    }

    fn runtimes(&self, family: &str) -> String {
        let newest = self.text("newest");
        let rows = self.0.get("dates").map(Spanned::get_ref).and_then(DeValue::as_array);
        let rows = rows.unwrap_or_else(|| panic!("family {family} has no `dates`")).iter();
        let row = |row: &Spanned<DeValue<'_>>| {
            let cells: Vec<&DeValue<'_>> = row.get_ref().as_array()?.iter().map(Spanned::get_ref).collect();
            let [id, deprecated, blocks_create, blocks_update] = cells[..] else { return None };
            Some(format!(
                "Runtime {{ id: {:?}, family: {family:?}, newest: {newest:?}, deprecated: {}, \
                 blocks_create: {}, blocks_update: {} }},\n",
                id.as_str()?,
                date(deprecated)?,
                date(blocks_create)?,
                date(blocks_update)?
            ))
        };
        rows.map(|it| row(it).unwrap_or_else(|| panic!("family {family}: {it:?} is no runtime"))).collect()
    }

    fn table(&self, key: &str) -> Table<'_> {
        let value = self.0.get(key).map(Spanned::get_ref);
        match value {
            Some(DeValue::Table(table)) => Table(table),
            _ => panic!("the facts have no table `{key}`"),
        }
    }

    /// The tables in a table, as the file has them.
    fn tables(&self, key: &str) -> Vec<(&str, Table<'_>)> {
        let Table(all) = self.table(key);
        let mut all: Vec<_> = all.iter().collect();
        all.sort_by_key(|(name, _)| name.span().start);
        let named = all.into_iter().map(|(name, value)| match value.get_ref() {
            DeValue::Table(table) => (name.get_ref().as_ref(), Table(table)),
            _ => panic!("`{}` is no table", name.get_ref()),
        });
        named.collect()
    }

    fn text(&self, key: &str) -> &str {
        let text = self.0.get(key).and_then(|value| value.get_ref().as_str());
        text.unwrap_or_else(|| panic!("{:?} has no text `{key}`", self.0))
    }

    fn integer(&self, key: &str) -> i64 {
        let number = self.0.get(key).and_then(|value| value.get_ref().as_integer());
        let number = number.and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        number.unwrap_or_else(|| panic!("{:?} has no integer `{key}`", self.0))
    }

    fn date(&self, key: &str) -> Option<String> {
        date(self.0.get(key)?.get_ref())
    }
}

fn date(value: &DeValue<'_>) -> Option<String> {
    let date = value.as_datetime()?.date?;
    Some(format!("Date::of({}, {}, {})", date.year, date.month, date.day))
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}
