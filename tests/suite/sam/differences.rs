//! The differences that are known, each with its reason: a list that has to be exactly right, so that a new
//! difference fails a test, and one that is gone fails it too.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// By what differs (a folder and a template): how, and why that is known.
pub(super) type Differences = BTreeMap<String, String>;

/// Differences that a file in `tests/data/sam` lists: `what`, `how` and `why`, with tabs between them.
pub(super) struct Known {
    file: PathBuf,
    /// By what: how and why.
    lines: BTreeMap<String, (String, String)>,
}

impl Known {
    /// The differences in the file of this name.
    pub(super) fn read(name: &str) -> Self {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/sam").join(name);
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let parts = lines.map(|line| {
            let mut parts = line.split('\t');
            let [Some(what), Some(how), Some(why), None] = [(); 4].map(|()| parts.next()) else {
                panic!("{}: a line has three parts: {line}", file.display());
            };
            (what.to_owned(), (how.to_owned(), why.to_owned()))
        });
        Self { lines: parts.collect(), file }
    }

    /// Fails unless the differences found are the known ones. The message ends with the lines that the file
    /// would have to have; a reason that is not known yet has to be written by whoever pastes them.
    pub(super) fn assert_are(&self, found: &Differences) {
        let is_known = |(what, how): (&String, &String)| {
            self.lines.get(what).is_some_and(|(known, why)| known == how && !why.is_empty())
        };
        let new: Vec<&String> =
            found.iter().filter(|found| !is_known(*found)).map(|(what, _)| what).collect();
        let gone: Vec<&String> = self.lines.keys().filter(|what| !found.contains_key(*what)).collect();
        if new.is_empty() && gone.is_empty() {
            return;
        }
        let mut lines = String::new();
        for (what, how) in found {
            let why = self.lines.get(what).map_or("", |(_, why)| why.as_str());
            writeln!(lines, "{what}\t{how}\t{why}").unwrap();
        }
        panic!(
            "New or other than known: {new:#?}\nKnown and gone: {gone:#?}\nThe lines of {} would be:\n{lines}",
            self.file.display()
        );
    }
}
