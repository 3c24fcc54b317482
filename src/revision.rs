//! A revision is a project as git has it: its files are read by way of the `git` program, without touching the working
//! tree, the index or the network.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use rustc_hash::FxHashMap;

/// Bytes of a file; larger ones are left out, as they are beside a template.
const LARGEST: u64 = 4 << 20;
/// Bytes of all files together: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// A commit of the repository around a folder.
#[derive(Debug)]
pub(crate) struct Revision {
    /// The root of the working tree: absolute.
    root: PathBuf,
    /// The id of the commit.
    commit: String,
    /// By the paths from the root.
    files: FxHashMap<String, Blob>,
    /// From the paths that files have now to those that they had then, where they differ.
    before: FxHashMap<String, String>,
}

#[derive(Debug)]
struct Blob {
    id: String,
    bytes: u64,
}

impl Revision {
    /// The commit that `name` stands for in the repository around the working folder.
    ///
    /// # Errors
    ///
    /// There is no `git`, no repository or no such commit; what to do, in one line.
    pub(crate) fn open(name: &str) -> Result<Self, String> {
        let root = git(Path::new("."), &["rev-parse", "--show-toplevel"])?;
        let root = PathBuf::from(line(&root));
        // An option is no revision; git has a word that says so, but not for as long as there is git.
        if name.is_empty() || name.starts_with('-') {
            return Err(format!("'{name}' is no revision"));
        }
        let commit = git(&root, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]);
        let commit = commit.map_err(|_| {
            format!(
                "there is no revision '{name}' in {}; a shallow clone has to fetch it first",
                root.display()
            )
        })?;
        let commit = line(&commit).to_owned();
        let files = files(&git(&root, &["ls-tree", "-r", "-l", "-z", "--full-tree", &commit])?);
        // What is staged is enough to follow a file that was moved; the working tree would have to be read whole.
        let renames = ["diff-index", "--cached", "-M", "--diff-filter=R", "--name-status", "-z", &commit];
        let before = renames_of(&git(&root, &renames)?);
        Ok(Self { root, commit, files, before })
    }

    /// The root of the working tree: absolute.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path that a file had then, from the root of the repository, if there was one; `now` is such a path too.
    pub(crate) fn path_of(&self, now: &str) -> Option<&str> {
        let before = self.before.get(now).map_or(now, String::as_str);
        self.files.get_key_value(before).map(|(path, _)| path.as_str())
    }

    /// The path that a file has now, of one that it had then, where it differs.
    pub(crate) fn path_now(&self, then: &str) -> Option<&str> {
        self.before.iter().find(|(_, before)| *before == then).map(|(now, _)| now.as_str())
    }

    /// Writes the files that `is_wanted` chooses by their paths below a folder, which then stands for the root. Links and
    /// submodules are left out, and files above 4 MiB.
    ///
    /// # Errors
    ///
    /// git does not give them, they are more than 1 GiB, or they cannot be written; in one line.
    pub(crate) fn write_to(&self, folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Result<(), String> {
        let mut wanted: Vec<(&Path, &Blob)> = self
            .files
            .iter()
            .map(|(path, blob)| (Path::new(path.as_str()), blob))
            .filter(|(path, blob)| blob.bytes <= LARGEST && is_inside(path) && is_wanted(path))
            .collect();
        wanted.sort_by_key(|(path, _)| *path);
        let bytes: u64 = wanted.iter().map(|(_, blob)| blob.bytes).sum();
        if bytes > MOST_BYTES {
            return Err(format!("the files of {} that matter are more than 1 GiB", self.commit));
        }
        let mut command = command(&self.root, &["cat-file", "--batch"]);
        let mut child =
            command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|error| missing(&error))?;
        let copied = copy(&mut child, &wanted, folder);
        let ended = child.wait();
        copied.map_err(|error| format!("cannot read the files of {}: {error}", self.commit))?;
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(_) | Err(_) => Err(format!("git does not give the files of {}", self.commit)),
        }
    }
}

/// Asks for each blob from one thread and takes the answers in another: git stops reading while nobody takes them.
fn copy(child: &mut Child, wanted: &[(&Path, &Blob)], folder: &Path) -> io::Result<()> {
    let asks = child.stdin.take().map(BufWriter::new);
    let answers = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    // The answers are closed when the taking ends, so that after an error neither git nor the asking waits.
    thread::scope(move |scope| {
        let mut answers = BufReader::new(answers);
        scope.spawn(move || -> io::Result<()> {
            let mut asks = asks.ok_or(io::ErrorKind::BrokenPipe)?;
            for (_, blob) in wanted {
                writeln!(asks, "{}", blob.id)?;
            }
            asks.flush()
        });
        for (path, blob) in wanted {
            let mut header = String::new();
            answers.read_line(&mut header)?;
            // `ID blob BYTES`, or `ID missing` in a clone that has left it out.
            if header.trim_end() != format!("{} blob {}", blob.id, blob.bytes) {
                return Err(io::Error::other(format!("{} is not there", path.display())));
            }
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            let mut content = Vec::new();
            answers.by_ref().take(blob.bytes).read_to_end(&mut content)?;
            fs::write(path, content)?;
            answers.read_exact(&mut [0])?;
        }
        Ok(())
    })
}

/// What git answers.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = command(folder, arguments).output().map_err(|error| missing(&error))?;
    if output.status.success() {
        // A name that is not UTF-8 is that of no file that we read.
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let told = told.lines().next().unwrap_or("git fails");
    Err(told.trim_start_matches("fatal: ").to_owned())
}

/// The program, with arguments and never by way of a shell. Nothing of the repository's configuration is run: what is
/// asked reads objects and the index alone.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["-c", "core.fsmonitor=false"]).args(arguments);
    // A partial clone would ask its server.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn missing(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "the program `git` is not there".to_owned(),
        _ => format!("cannot run `git`: {error}"),
    }
}

fn line(text: &str) -> &str {
    text.trim_end_matches(['\r', '\n'])
}

/// Reads `MODE blob ID BYTES\tPATH\0…`, without what is no file.
fn files(listed: &str) -> FxHashMap<String, Blob> {
    let entries = listed.split('\0').filter_map(|entry| entry.split_once('\t'));
    entries
        .filter_map(|(about, path)| {
            let mut about = about.split_ascii_whitespace();
            let mode = about.next()?;
            let (Some("blob"), Some(id), Some(bytes)) = (about.next(), about.next(), about.next()) else {
                return None;
            };
            let blob = Blob { id: id.to_owned(), bytes: bytes.parse().ok()? };
            // `120000` is a link.
            mode.starts_with("100").then(|| (path.to_owned(), blob))
        })
        .collect()
}

/// Reads `R100\0BEFORE\0NOW\0…`.
fn renames_of(listed: &str) -> FxHashMap<String, String> {
    let parts: Vec<&str> = listed.split('\0').collect();
    let renames = parts.chunks_exact(3).filter(|rename| rename[0].starts_with('R'));
    renames.map(|rename| (rename[2].to_owned(), rename[1].to_owned())).collect()
}

/// Whether a path stays below the folder that it is joined to: the trees of a hostile repository may hold any name.
fn is_inside(path: &Path) -> bool {
    path.components().all(|part| match part {
        Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_submodules_are_no_files() {
        let listed = "100644 blob aa      12\ta b.yaml\u{0}120000 blob bb       6\tlink.yaml\u{0}\
                      160000 commit cc       -\tvendor\u{0}100755 blob dd       0\tx/run.py\u{0}";
        let files = files(listed);
        let mut paths: Vec<&String> = files.keys().collect();
        paths.sort();
        assert_eq!(paths, ["a b.yaml", "x/run.py"]);
        assert_eq!(files["a b.yaml"].bytes, 12);
    }

    #[test]
    fn a_rename_leads_from_the_name_of_now_to_that_of_then() {
        let renames = renames_of("R100\0old.yaml\0new.yaml\0R087\0a\0b\0");
        assert_eq!((renames["new.yaml"].as_str(), renames["b"].as_str()), ("old.yaml", "a"));
    }

    #[test]
    fn a_tree_cannot_lead_outside_of_the_folder_that_it_is_written_to() {
        for path in ["../t.yaml", "a/../../t.yaml", "/t.yaml", ".git/config", "a/.GIT/hooks/t.yaml"] {
            assert!(!is_inside(Path::new(path)), "{path}");
        }
        assert!(is_inside(Path::new("infra/.github/t.yaml")));
    }

    #[test]
    fn an_option_is_no_revision() {
        assert_eq!(Revision::open("--output=x").unwrap_err(), "'--output=x' is no revision");
    }
}
