//! What `docs/editors.md` gives to editors reads what the program prints: each snippet as it stands there, in the editor
//! itself where it is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// One finding of SLP202 at 6:32, a column that is 33 in bytes.
const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      \"VisibilityTimeout\" : &é 60
      RedrivePolicy: {maxReceiveCount: 5}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      MemorySize: 512
      Timeout: 30
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn, BatchSize: 1}}
";

/// The blocks of a language below a heading of the page.
fn block(heading: &str, language: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/editors.md");
    let page = fs::read_to_string(page).unwrap();
    let section = page.split(&format!("\n## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    section.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap().to_owned()
}

/// A folder with the template.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.yaml"), TEMPLATE).unwrap();
    folder
}

/// Runs an editor there; `None` where it is not installed. The program is found as `lenslint`.
fn edit(folder: &Path, editor: &str, arguments: &[&str]) -> Option<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_lenslint")).parent().unwrap();
    let found = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> =
        std::iter::once(program.to_owned()).chain(std::env::split_paths(&found)).collect();
    let mut command = Command::new(editor);
    command.args(arguments).current_dir(folder).env("PATH", std::env::join_paths(path).unwrap());
    command.env("HOME", folder).stdin(Stdio::null());
    let Ok(output) = command.output() else {
        println!("skipped: there is no {editor}");
        return None;
    };
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

/// What `print` in an editor's script has written.
fn answer(folder: &Path, said: &str) -> Value {
    let text = fs::read_to_string(folder.join("out")).unwrap_or_else(|_| panic!("no answer: {said}"));
    serde_json::from_str(&text).unwrap()
}

const QUICKFIX: &str = "call writefile([json_encode(map(filter(getqflist(), {_, q -> q.valid}), {_, q -> \
                        [bufname(q.bufnr), q.lnum, q.col, q.type, q.text[:13]]}))], 'out')\nqa!\n";

#[test]
fn vim_reads_the_lines_as_a_compiler_does() {
    let folder = folder();
    fs::create_dir(folder.path().join("compiler")).unwrap();
    fs::write(folder.path().join("compiler/lenslint.vim"), block("Vim", "vim")).unwrap();
    let script = format!("set runtimepath^=.\ncompiler lenslint\nsilent make t.yaml\n{QUICKFIX}");
    fs::write(folder.path().join("run.vim"), script).unwrap();
    let Some(said) = edit(folder.path(), "vim", &["-es", "-n", "-N", "-u", "NONE", "-S", "run.vim"]) else {
        return;
    };
    let expected = serde_json::json!([["t.yaml", 6, 32, "w", "Queue 'Orders'"]]);
    assert_eq!(answer(folder.path(), &said), expected);
}

/// efm-langserver reads its formats as Vim does.
#[test]
fn the_formats_of_efm_read_the_lines() {
    let folder = folder();
    let configuration = block("efm-langserver", "yaml");
    let formats =
        configuration.lines().filter_map(|line| line.trim().strip_prefix("- '")?.strip_suffix('\''));
    let formats: Vec<&str> = formats.collect();
    assert_eq!(formats.len(), 3);
    let script = format!(
        "let &errorformat = '{}'\nsilent cexpr system('lenslint check --output concise t.yaml')\n{QUICKFIX}",
        formats.join(",")
    );
    fs::write(folder.path().join("run.vim"), script).unwrap();
    let Some(said) = edit(folder.path(), "vim", &["-es", "-n", "-N", "-u", "NONE", "-S", "run.vim"]) else {
        return;
    };
    let expected = serde_json::json!([["t.yaml", 6, 32, "w", "Queue 'Orders'"]]);
    assert_eq!(answer(folder.path(), &said), expected);
}

#[test]
fn neovim_gets_the_bytes_of_each_finding() {
    let folder = folder();
    fs::write(folder.path().join("lint.lua"), block("Neovim with nvim-lint", "lua")).unwrap();
    // Of nvim-lint itself no more is needed than what the snippet sets.
    let script = "package.preload['lint'] = function()
  return { linters = {}, linters_by_ft = {}, try_lint = function() end }
end
package.loaded['lint'] = package.preload['lint']()
vim.cmd('edit t.yaml')
dofile('lint.lua')
local linter = require('lint').linters.lenslint()
local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
local output = vim.fn.system(vim.list_extend({ linter.cmd }, linter.args), lines)
local found = {}
for _, one in ipairs(linter.parser(output, 0)) do
  table.insert(found, { one.lnum, one.col, one.end_lnum, one.end_col, one.severity, one.code })
end
vim.fn.writefile({ vim.json.encode(found) }, 'out')
";
    fs::write(folder.path().join("run.lua"), script).unwrap();
    let arguments = ["--headless", "-n", "-u", "NONE", "-c", "luafile run.lua", "-c", "qa!"];
    let Some(said) = edit(folder.path(), "nvim", &arguments) else { return };
    assert_eq!(answer(folder.path(), &said), serde_json::json!([[5, 32, 5, 34, 2, "SLP202"]]));
}

#[test]
fn flycheck_reads_the_lines() {
    let folder = folder();
    fs::write(folder.path().join("checker.el"), block("Emacs with Flycheck", "elisp")).unwrap();
    let script = r#"
(dolist (parent '("/usr/share/emacs/site-lisp/elpa" "/usr/share/emacs/site-lisp/elpa-src"))
  (when (file-directory-p parent)
    (dolist (folder (directory-files parent t "^[a-z]")) (add-to-list 'load-path folder))))
(unless (require 'flycheck nil t) (princ "no flycheck") (kill-emacs))
(load-file "checker.el")
(let* ((output (shell-command-to-string "lenslint check --output concise t.yaml"))
       (found (flycheck-parse-output output 'lenslint (current-buffer))))
  (dolist (e found)
    (princ (format "%s %s %s %s %s" (flycheck-error-filename e) (flycheck-error-line e)
                   (flycheck-error-column e) (flycheck-error-level e) (flycheck-error-id e)))))
"#;
    fs::write(folder.path().join("run.el"), script).unwrap();
    let Some(said) = edit(folder.path(), "emacs", &["-Q", "--batch", "-l", "./run.el"]) else { return };
    if said.contains("no flycheck") {
        println!("skipped: there is no flycheck");
        return;
    }
    assert!(said.contains("t.yaml 6 32 warning SLP202"), "{said}");
}

#[test]
fn the_problem_matcher_of_vs_code_reads_the_lines() {
    let folder = folder();
    let task: Value = serde_json::from_str(&block("VS Code", "json")).unwrap();
    let task = &task["tasks"][0];
    let pattern = &task["problemMatcher"]["pattern"];
    let expression = fancy_regex::Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let arguments: Vec<&str> = task["command"].as_str().unwrap().split(' ').skip(1).collect();
    let output = crate::lenslint(&arguments).current_dir(folder.path()).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), 1, "{output}");
    let groups = expression.captures(lines[0]).unwrap().unwrap();
    let group = |key: &str| groups.get(pattern[key].as_u64().unwrap() as usize).unwrap().as_str();
    let found = ["file", "line", "column", "severity", "code"].map(group);
    assert_eq!(found, ["t.yaml", "6", "32", "warning", "SLP202"]);
    assert!(group("message").starts_with("Queue 'Orders' hides"));
}
