//! The folder that a template lies in: files that it names are read from there, and from nowhere outside of its
//! project.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A template's own folder, in its project: the repository around it, the outermost assembly of the CDK that its own is
/// nested in, or the folder itself where there is neither. Nothing outside of the project is read, symbolic links
/// included, and nothing larger than [`Folder::MOST_BYTES`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder {
    /// As it is named; most templates name no file, and finding out where it is costs as much as reading one.
    named: Option<PathBuf>,
    place: OnceCell<Option<Place>>,
}

/// Where a folder is, without symbolic links.
#[derive(Clone, Debug)]
struct Place {
    folder: PathBuf,
    project: PathBuf,
    /// How many folders further up the assets of the CDK lie: 1 for `cdk.out/assembly-Prod`.
    levels: usize,
}

/// A file that a template names.
pub(crate) struct Named {
    /// Where it lies, without symbolic links.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
}

impl Folder {
    /// A file larger than this is left alone: 4 MiB, four times the largest template that CloudFormation accepts.
    pub(crate) const MOST_BYTES: u64 = 4 << 20;

    /// The folder of the template at `path`.
    pub(crate) fn of(path: &Path) -> Self {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Self { named: Some(parent.unwrap_or(Path::new(".")).to_owned()), place: OnceCell::new() }
    }

    fn place(&self) -> Option<&Place> {
        let named = self.named.as_deref()?;
        let place = self.place.get_or_init(|| {
            let folder = fs::canonicalize(named).ok()?;
            let repository = folder.ancestors().find(|above| above.join(".git").exists());
            let levels = levels_of_assembly(&folder);
            let outermost = repository.or_else(|| folder.ancestors().nth(levels));
            Some(Place { project: outermost.unwrap_or(&folder).to_owned(), levels, folder })
        });
        place.as_ref()
    }

    /// No folder: a template from standard input without a name. Nothing can be read.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Whether it is known which folder it is.
    pub(crate) fn is_known(&self) -> bool {
        self.place().is_some()
    }

    /// The text of a file named relative to the folder: see [`Folder::file`].
    pub(crate) fn read(&self, relative: &str) -> Option<String> {
        self.file(relative).map(|named| named.text)
    }

    /// A file named relative to the folder, if it is there, inside of the project, small enough and UTF-8.
    pub(crate) fn file(&self, relative: &str) -> Option<Named> {
        let Place { folder, project, .. } = self.place()?;
        let path = fs::canonicalize(folder.join(relative)).ok()?;
        // Opening a pipe would wait for its writer: only what is known to be a file is opened.
        if !path.starts_with(project) || !fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut text = String::new();
        // One byte more than is allowed tells a file that is too large, also one that grows meanwhile.
        File::open(&path).ok()?.take(Self::MOST_BYTES + 1).read_to_string(&mut text).ok()?;
        (text.len() as u64 <= Self::MOST_BYTES).then_some(Named { path, text })
    }

    /// A folder of code named relative to the folder, without symbolic links in its path: below the folder itself, or
    /// below the outermost assembly of the CDK, whose assets lie side by side.
    pub(crate) fn code(&self, relative: &str) -> Option<PathBuf> {
        let Place { folder, levels, .. } = self.place()?;
        let path = fs::canonicalize(folder.join(relative)).ok()?;
        let root = folder.ancestors().nth(*levels)?;
        (path.starts_with(root) && path.is_dir()).then_some(path)
    }

    /// The path of an asset of the CDK, relative to the folder, by what it is called in its bucket: a hash and an
    /// extension. Whether it is there is not known.
    pub(crate) fn path_of_asset(&self, key: &str) -> Option<String> {
        let name = format!("asset.{key}");
        let levels = self.place().map_or(0, |place| place.levels);
        is_asset(&name).then(|| "../".repeat(levels) + &name)
    }
}

/// How many assemblies of the CDK the one in `folder` is nested in.
fn levels_of_assembly(folder: &Path) -> usize {
    let is_assembly = |folder: &Path| folder.join("manifest.json").is_file();
    let is_nested = |folder: &&Path| {
        let name = folder.file_name().and_then(OsStr::to_str);
        name.is_some_and(|name| name.starts_with("assembly-"))
            && is_assembly(folder)
            && folder.parent().is_some_and(is_assembly)
    };
    folder.ancestors().take_while(is_nested).count()
}

/// Whether a file has the name that the CDK gives to a copy of one: `asset.`, the hash of what is in it, an extension.
fn is_asset(name: &str) -> bool {
    let hash = name.strip_prefix("asset.").and_then(|rest| rest.split('.').next()).unwrap_or_default();
    hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The path that reports show of a file that the template shown as `template` names: `infra/app.yaml` and
/// `../shared/queue.yaml` are `shared/queue.yaml`.
pub(super) fn shown_beside(template: &str, location: &str) -> String {
    let mut steps: Vec<&str> = template.split('/').collect();
    steps.pop();
    for step in location.split('/') {
        match step {
            "." | "" => {}
            ".." if steps.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_inside_is_read() {
        let outside = tempfile::tempdir().unwrap();
        let inside = outside.path().join("app");
        fs::create_dir_all(inside.join("asl")).unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        fs::write(inside.join("asl/flow.json"), "{}").unwrap();
        fs::write(inside.join("large"), vec![b'x'; Folder::MOST_BYTES as usize + 1]).unwrap();
        fs::write(inside.join("binary"), [0xff]).unwrap();
        let folder = Folder::of(&inside.join("template.yaml"));
        assert_eq!(folder.read("asl/flow.json").as_deref(), Some("{}"));
        assert_eq!(folder.read("./asl/../asl/flow.json").as_deref(), Some("{}"));
        for refused in ["../secret", "nowhere", "large", "binary", "asl", ".", ""] {
            assert_eq!(folder.read(refused), None, "{refused}");
        }
        assert_eq!(folder.read(&outside.path().join("secret").display().to_string()), None);
        assert_eq!(Folder::none().read("asl/flow.json"), None);
    }

    #[test]
    fn a_repository_is_read_from_whichever_of_its_folders_a_template_lies_in() {
        let outside = tempfile::tempdir().unwrap();
        let repository = outside.path().join("repository");
        fs::create_dir_all(repository.join(".git")).unwrap();
        fs::create_dir_all(repository.join("infra")).unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        fs::write(repository.join("flow.json"), "{}").unwrap();
        let folder = Folder::of(&repository.join("infra/template.yaml"));
        assert_eq!(folder.read("../flow.json").as_deref(), Some("{}"));
        assert_eq!(folder.read("../../secret"), None);
    }

    #[test]
    fn code_is_read_below_the_folder_alone() {
        let outside = tempfile::tempdir().unwrap();
        let repository = outside.path().join("repository");
        for folder in [".git", "infra/src", "src"] {
            fs::create_dir_all(repository.join(folder)).unwrap();
        }
        fs::write(repository.join("infra/file"), "").unwrap();
        let folder = Folder::of(&repository.join("infra/template.yaml"));
        let found =
            ["src", "./src/", ".", "../src", "..", "file", "nowhere"].map(|it| folder.code(it).is_some());
        assert_eq!(found, [true, true, true, false, false, false, false]);
        assert!(Folder::none().code("src").is_none());
    }

    #[test]
    fn a_file_is_shown_by_its_way_from_the_template() {
        for (template, named, shown) in [
            ("t.yaml", "q.yaml", "q.yaml"),
            ("infra/t.yaml", "./q.yaml", "infra/q.yaml"),
            ("infra/t.yaml", "../shared/q.yaml", "shared/q.yaml"),
            ("t.yaml", "../q.yaml", "../q.yaml"),
            ("../t.yaml", "../q.yaml", "../../q.yaml"),
            ("/repo/infra/t.yaml", "../q.yaml", "/repo/q.yaml"),
            ("/repo/t.yaml", "../../q.yaml", "/../q.yaml"),
            ("app/t.yaml", "asl/../flow.json", "app/flow.json"),
        ] {
            assert_eq!(shown_beside(template, named), shown, "{template} {named}");
        }
    }

    #[test]
    fn the_assets_of_a_stage_are_read_in_the_assembly_around_it() {
        let outer = tempfile::tempdir().unwrap();
        let stage = outer.path().join("assembly-Prod");
        fs::create_dir(&stage).unwrap();
        let key = "0123456789abcdef".repeat(4) + ".json";
        fs::write(outer.path().join(format!("asset.{key}")), "{}").unwrap();
        let template = stage.join("Shop.template.json");
        let asset = format!("../asset.{key}");
        assert_eq!(Folder::of(&template).read(&asset), None, "no assemblies");

        fs::write(outer.path().join("manifest.json"), "{}").unwrap();
        fs::write(stage.join("manifest.json"), "{}").unwrap();
        let folder = Folder::of(&template);
        assert_eq!(folder.path_of_asset(&key).as_deref(), Some(asset.as_str()));
        assert_eq!(folder.read(&asset).as_deref(), Some("{}"));
        for other in ["flow.json", "../x.json", "0123.json"] {
            assert_eq!(folder.path_of_asset(other), None, "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_out_of_the_folder_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        let inside = outside.path().join("app");
        fs::create_dir(&inside).unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), inside.join("link")).unwrap();
        assert_eq!(Folder::of(&inside.join("template.yaml")).read("link"), None);
    }
}
