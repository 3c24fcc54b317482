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
/// Bytes of what a link leads to; the longest path of Linux.
const LONGEST_TARGET: u64 = 4096;
/// Links that lead from one to the next.
const MOST_LINKS: usize = 16;
/// Files that links to folders lead to, all together.
const MOST_LINKED: usize = 100_000;
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

#[derive(Clone, Debug)]
struct Blob {
    id: String,
    bytes: u64,
}

/// What a commit holds, by the paths from the root.
#[derive(Debug, Default)]
struct Tree {
    files: FxHashMap<String, Blob>,
    /// Their blobs say where they lead to.
    links: FxHashMap<String, Blob>,
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
        if name.is_empty() || name.starts_with(['-', '^']) {
            return Err(format!("'{name}' is no revision: expected a branch, a tag or a commit"));
        }
        let commit = git(&root, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]);
        let commit = commit.map_err(|_| {
            format!(
                "there is no revision '{name}' in {}; a shallow clone has to fetch it first",
                root.display()
            )
        })?;
        let commit = line(&commit).to_owned();
        let Tree { mut files, links } =
            tree(&git(&root, &["ls-tree", "-r", "-l", "-z", "--full-tree", &commit])?);
        follow(&root, &links, &mut files)?;
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

    /// Writes the files that `is_wanted` chooses by their paths below a folder, which then stands for the root. A link to a
    /// file is written as what it leads to; submodules and files above 4 MiB are left out.
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
        read_all(&self.root, &wanted, |path, content| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, content)
        })
        .map_err(|error| format!("cannot read the files of {}: {error}", self.commit))
    }
}

/// Gives each of some blobs to `take`, with what it is called.
fn read_all<P: Copy + Sync + AsRef<Path>>(
    root: &Path,
    wanted: &[(P, &Blob)],
    take: impl FnMut(P, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut command = command(root, &["cat-file", "--batch"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let copied = copy(&mut child, wanted, take);
    let ended = child.wait()?;
    copied?;
    if ended.success() { Ok(()) } else { Err(io::Error::other("git fails")) }
}

/// Asks for each blob from one thread and takes the answers in another: git stops reading while nobody takes them.
fn copy<P: Copy + Sync + AsRef<Path>>(
    child: &mut Child,
    wanted: &[(P, &Blob)],
    mut take: impl FnMut(P, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let asks = child.stdin.take().map(BufWriter::new);
    let answers = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    // The answers are closed when the taking ends, so that after an error neither git nor the asking waits.
    thread::scope(|scope| {
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
                return Err(io::Error::other(format!("{} is not there", path.as_ref().display())));
            }
            let mut content = Vec::new();
            answers.by_ref().take(blob.bytes).read_to_end(&mut content)?;
            take(*path, content)?;
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

/// Reads `MODE blob ID BYTES\tPATH\0…`, without submodules.
fn tree(listed: &str) -> Tree {
    let mut tree = Tree::default();
    for (about, path) in listed.split('\0').filter_map(|entry| entry.split_once('\t')) {
        let about: Vec<&str> = about.split_ascii_whitespace().collect();
        let &[mode, "blob", id, bytes] = about.as_slice() else { continue };
        let Ok(bytes) = bytes.parse() else { continue };
        let is_link = mode == "120000";
        if is_link || mode.starts_with("100") {
            let all = if is_link { &mut tree.links } else { &mut tree.files };
            all.insert(path.to_owned(), Blob { id: id.to_owned(), bytes });
        }
    }
    tree
}

/// Adds the links that lead to files, each as that file, and of those that lead to folders what is in them. One that
/// leads out of the repository is left out.
fn follow(
    root: &Path,
    links: &FxHashMap<String, Blob>,
    files: &mut FxHashMap<String, Blob>,
) -> Result<(), String> {
    if links.is_empty() {
        return Ok(());
    }
    let listed: Vec<(&str, &Blob)> = links
        .iter()
        .map(|(path, blob)| (path.as_str(), blob))
        .filter(|(_, blob)| blob.bytes <= LONGEST_TARGET)
        .collect();
    let mut targets: FxHashMap<&str, String> = FxHashMap::default();
    read_all(root, &listed, |path, target| {
        targets.extend(String::from_utf8(target).ok().map(|target| (path, target)));
        Ok(())
    })
    .map_err(|error| format!("cannot read the links of the revision: {error}"))?;
    let mut found: Vec<(String, Blob)> = Vec::new();
    let mut of_folders: Vec<(&str, String)> = Vec::new();
    for link in targets.keys() {
        let mut at = (*link).to_owned();
        for _ in 0..MOST_LINKS {
            let Some(target) = targets.get(at.as_str()) else { break };
            let Some(next) = joined(&at, target) else { break };
            at = next;
        }
        match files.get(&at) {
            Some(blob) => found.push(((*link).to_owned(), blob.clone())),
            None => of_folders.push((*link, at)),
        }
    }
    files.extend(found);
    let below = below_links(of_folders, files);
    files.extend(below);
    Ok(())
}

/// What is in the folders that links lead to, each by its path through the link.
fn below_links(mut links: Vec<(&str, String)>, files: &FxHashMap<String, Blob>) -> Vec<(String, Blob)> {
    links.sort_unstable();
    let mut sorted: Vec<(&str, &Blob)> = files.iter().map(|(path, blob)| (path.as_str(), blob)).collect();
    sorted.sort_unstable_by_key(|(path, _)| *path);
    let below = links.iter().flat_map(|(link, folder)| {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = sorted.partition_point(|(path, _)| *path < prefix.as_str());
        let there = sorted[from..]
            .iter()
            .map_while(move |(path, blob)| Some((path.strip_prefix(prefix.as_str())?, *blob)));
        there.map(move |(rest, blob)| (format!("{link}/{rest}"), blob.clone()))
    });
    below.take(MOST_LINKED).collect()
}

/// The path from the root to which a link at `link` leads by the words of `target`, if it stays below the root.
fn joined(link: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        return None;
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
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
        let Tree { files, links } = tree(listed);
        let mut paths: Vec<&String> = files.keys().collect();
        paths.sort();
        assert_eq!(paths, ["a b.yaml", "x/run.py"]);
        assert_eq!(files["a b.yaml"].bytes, 12);
        assert_eq!(links.keys().collect::<Vec<_>>(), ["link.yaml"]);
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
    fn a_link_leads_on_from_its_folder_and_never_out_of_the_repository() {
        assert_eq!(joined("a/b/link", "../c/./t.yaml").as_deref(), Some("a/c/t.yaml"));
        assert_eq!(joined("link", "t.yaml").as_deref(), Some("t.yaml"));
        assert_eq!(joined("a/link", "../../etc/passwd"), None);
        assert_eq!(joined("link", "/etc/passwd"), None);
    }

    #[test]
    fn what_git_would_take_for_something_else_is_no_revision() {
        for name in ["--output=x", "^HEAD", ""] {
            let expected = format!("'{name}' is no revision: expected a branch, a tag or a commit");
            assert_eq!(Revision::open(name).unwrap_err(), expected);
        }
    }
}
