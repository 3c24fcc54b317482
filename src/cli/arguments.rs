//! What can be typed: every option once, with the words of its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::code::HandlerCode;
use crate::date::Date;
use crate::finding::{Confidence, FailOn};
use crate::rule::Profile;

/// A linter for the performance pillar of the AWS Serverless Applications Lens.
#[derive(Parser)]
#[command(name = "lenslint", version, about, arg_required_else_help = true, max_term_width = 100)]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// Whether output is coloured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
}

/// What to do.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Check templates
    Check(Box<Check>),
    /// Show the page of a rule
    Explain(Explain),
    /// List the rules
    Rules(Rules),
    /// Print what the SAM transform makes of a template, as JSON
    Expand(Expand),
    /// Draw the graph of templates, with what is found in them
    Graph(Graph),
    /// Run CloudFormation Guard rules over documents as they are written
    Guard(Guard),
    /// Test rules: the examples of rule pages, and the test files of Guard rules
    Test(Test),
    /// Write a commented lenslint.toml to begin with
    Init(Init),
    /// About configuration files
    Config(Config),
    /// Print what completes commands in a shell
    Completions(Completions),
    /// Print the manual page of lenslint, or of one of its commands
    Man(Man),
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// At a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `lenslint check`.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "a flag on the command line is a bool")]
pub(super) struct Check {
    /// Files, folders or globs; `-` is standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<String>,
    /// Check the files that this file names too, one on a line, or each ended by a NUL (`git diff --name-only -z`); `-`
    /// is standard input
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,
    /// Format of the report: full, concise, json, jsonl, sarif, github, gitlab, junit, rdjson, markdown, azure or
    /// checkstyle; may repeat, with a file for all but one
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "full")]
    pub(super) output: Vec<String>,
    /// Hide the findings that this file lists: what a project lives with for now
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the file of `--baseline`: findings that are new are added, those that are gone removed
    #[arg(long, requires = "baseline")]
    pub(super) write_baseline: bool,
    /// Hide the findings that a revision of git has too: a branch, a tag or a commit
    #[arg(long, value_name = "REV", conflicts_with = "write_baseline")]
    pub(super) new_since: Option<String>,
    #[command(flatten)]
    pub(super) terms: Terms,
    /// Run these rules only, whatever the profile: ids, families (SLP2, queues) or ALL. The linter's own findings
    /// (SLP0) stay, unless they are ignored
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Leave out findings that are less sure [default: low]
    #[arg(long, value_name = "LEVEL")]
    pub(super) min_confidence: Option<ConfidenceArgument>,
    /// Pay no attention to suppressions in the templates
    #[arg(long, conflicts_with = "add_ignore")]
    pub(super) no_ignores: bool,
    /// List the findings that are suppressed too, marked as such
    #[arg(long)]
    pub(super) show_suppressed: bool,
    /// Write a suppression into the templates for everything that is found, then check again
    #[arg(
        long,
        value_name = "REASON",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["show_files", "stdin_filename"]
    )]
    pub(super) add_ignore: Option<String>,
    /// The day that dates (of runtimes, of suppressions) are held against [default: that of lenslint's table of facts]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<Date>,
    /// Exit with 1 for findings of this severity or above [default: warning]
    #[arg(long, value_name = "LEVEL")]
    pub(super) fail_on: Option<FailOnArgument>,
    /// Exit with 0 even if there are findings
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Take all files for the parts of one application: their sections are joined into one template
    #[arg(long)]
    pub(super) merge: bool,
    /// Exit with 2 if no template was found
    #[arg(long)]
    pub(super) require_templates: bool,
    /// Do not read the code of functions beside their templates
    #[arg(long)]
    pub(super) no_code: bool,
    /// Hold files that are named here to the configuration's `exclude` too
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// After the report, count the findings of each rule on standard error, and those that the
    /// profiles above that of the run would add
    #[arg(long)]
    pub(super) statistics: bool,
    /// List the checks that stayed undecided, each with what is not known before deployment
    #[arg(long)]
    pub(super) show_unknown: bool,
    /// List the templates that would be checked, and do nothing else
    #[arg(long)]
    pub(super) show_files: bool,
    /// Check again whenever a file changes, until it is interrupted; at a terminal only
    #[arg(long, conflicts_with_all = ["write_baseline", "show_files", "stdin_filename", "files_from"])]
    pub(super) watch: bool,
    /// The name of what comes on standard input
    #[arg(long, value_name = "FILE")]
    pub(super) stdin_filename: Option<String>,
    /// How many files are checked at a time, at most 64; 0 for as many as there are processors
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0)]
    pub(super) jobs: usize,
    /// Say nothing on standard error but what went wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Say on standard error which configuration holds for each file, and which files are passed over and why
    #[arg(short, long, conflicts_with_all = ["quiet", "show_files"])]
    pub(super) verbose: bool,
}

impl Default for Check {
    /// What is checked where nothing more is typed.
    fn default() -> Self {
        match Arguments::parse_from(["lenslint", "check"]).command {
            Command::Check(check) => *check,
            _ => unreachable!("the words of a command name it"),
        }
    }
}

/// By what templates are checked.
#[derive(Args)]
pub(super) struct Terms {
    #[command(flatten)]
    pub(super) own: OwnRules,
    #[command(flatten)]
    pub(super) deployment: Deployment,
    /// The configuration, in place of the lenslint.toml, .lenslint.toml or pyproject.toml nearest to each template
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    pub(super) isolated: bool,
    /// Which rules run [default: default]
    #[arg(long, value_name = "PROFILE")]
    pub(super) profile: Option<ProfileArgument>,
}

/// Rules that are not built in.
#[derive(Args)]
pub(super) struct OwnRules {
    /// Rules of your own beside the built-in ones: rule pages and Guard files, or folders of them; may repeat
    #[arg(long, value_name = "PATH")]
    pub(super) rules: Vec<String>,
}

/// What is given for a deployment; without it a template's own defaults and allowed values count.
#[derive(Args, Clone)]
pub(super) struct Deployment {
    /// Value of a parameter, rather than what a file gives or its Default; may repeat
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) parameter: Vec<String>,
    /// File of parameters: CloudFormation's JSON list, a map, or a deployment file of Git sync; may repeat
    #[arg(long, value_name = "FILE")]
    pub(super) parameter_file: Vec<String>,
    /// Environment of the nearest samconfig.toml, for its parameters and its region
    #[arg(long, value_name = "NAME")]
    pub(super) env: Option<String>,
    /// Region of the deployment, which also decides the partition; without it the partition is aws
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
}

/// `lenslint explain`.
#[derive(Args)]
pub(super) struct Explain {
    /// Id or name of the rule
    #[arg(value_name = "ID")]
    pub(super) id: String,
    #[command(flatten)]
    pub(super) own: OwnRules,
}

/// `lenslint rules`.
#[derive(Args)]
pub(super) struct Rules {
    /// Format of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) output: RulesFormat,
    #[command(flatten)]
    pub(super) own: OwnRules,
}

/// `lenslint expand`.
#[derive(Args)]
pub(super) struct Expand {
    /// Templates; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    pub(super) paths: Vec<String>,
    /// Print what rules query instead: the resources, resolved where they are known, and the graph
    #[arg(long)]
    pub(super) graph: bool,
    /// With --graph, do not read the code of functions
    #[arg(long)]
    pub(super) no_code: bool,
    /// Add where each resource and property comes from: the author's resource, file, line and column
    #[arg(long, conflicts_with = "graph")]
    pub(super) provenance: bool,
    /// Write one file for each template into this folder
    #[arg(long, value_name = "DIR")]
    pub(super) out_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(super) deployment: Deployment,
}

/// `lenslint graph`.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "a flag on the command line is a bool")]
pub(super) struct Graph {
    /// Files, folders or globs; `-` is standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<String>,
    /// How it is drawn
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    pub(super) format: GraphFormat,
    /// Write into this file rather than to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Draw the resources too that no rule looks at and no edge touches: roles, stages, alarms
    #[arg(long)]
    pub(super) all: bool,
    /// Which workflows are drawn with their states
    #[arg(long, value_name = "WHICH", default_value = "auto")]
    pub(super) states: States,
    /// Draw what is around this resource only: its logical id, or the name that a drawing shows
    #[arg(long, value_name = "ID")]
    pub(super) around: Option<String>,
    /// With --around, how many steps away from it
    #[arg(long, value_name = "N", default_value_t = 2, requires = "around")]
    pub(super) depth: usize,
    /// Draw the findings of these rules only, whatever the profile: ids, families (SLP2, queues) or ALL
    #[arg(long, value_name = "RULE", value_delimiter = ',', conflicts_with = "no_findings")]
    pub(super) select: Vec<String>,
    /// Draw no findings
    #[arg(long)]
    pub(super) no_findings: bool,
    #[command(flatten)]
    pub(super) terms: Terms,
    /// Take all files for the parts of one application: their sections are joined into one template
    #[arg(long)]
    pub(super) merge: bool,
    /// Do not read the code of functions beside their templates
    #[arg(long)]
    pub(super) no_code: bool,
    /// The name of what comes on standard input
    #[arg(long, value_name = "FILE")]
    pub(super) stdin_filename: Option<String>,
}

/// How a graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// A flowchart that GitHub and GitLab draw in Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// A page to explore the picture in: search, zoom, facts and findings; it needs no network
    Html,
    /// Everything that is known, for programs
    Json,
}

/// Which workflows are drawn with their states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum States {
    /// As many as a picture has room for, the shortest first; all in JSON
    Auto,
    /// All
    All,
    /// None: each workflow is one card
    None,
}

/// `lenslint guard`.
#[derive(Args)]
pub(super) struct Guard {
    /// Guard files, or folders of them (`*.guard`, `*.ruleset`)
    #[arg(short, long, value_name = "PATH", num_args = 1.., required = true)]
    pub(super) rules: Vec<String>,
    /// YAML or JSON documents, or folders of them; `-` is standard input
    #[arg(short, long, value_name = "PATH", num_args = 1.., required = true)]
    pub(super) data: Vec<String>,
    /// Give the verdicts of cfn-guard 3.2.1 to the letter, and an error where it ends without one;
    /// `Metadata.guard.SuppressedRules` is not honoured
    #[arg(long)]
    pub(super) strict: bool,
    /// Format of the report: full, concise, json (every verdict), jsonl, sarif, github, gitlab, junit, rdjson,
    /// markdown, azure or checkstyle; may repeat, with a file for all but one
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "full")]
    pub(super) output: Vec<String>,
}

/// `lenslint test`.
#[derive(Args)]
pub(super) struct Test {
    /// Folders of rules, rule pages, Guard files (each with `tests/NAME*.yaml` beside it), or test files
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<String>,
}

/// `lenslint init`.
#[derive(Args)]
pub(super) struct Init {
    /// The folder that gets it
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) folder: PathBuf,
}

/// `lenslint config`.
#[derive(Args)]
pub(super) struct Config {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: ConfigCommand,
}

/// `lenslint completions`.
#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

/// `lenslint man`.
#[derive(Args)]
pub(super) struct Man {
    /// A command of lenslint, such as check
    #[arg(value_name = "COMMAND")]
    pub(super) command: Option<String>,
}

/// What to do about configuration files.
#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the JSON Schema of lenslint.toml
    Schema,
}

/// What a command reads of the code of functions.
pub(super) fn handler_code(no_code: bool) -> HandlerCode {
    if no_code { HandlerCode::LeftAlone } else { HandlerCode::Read }
}

/// How the list of rules is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// A line for each rule
    Text,
    /// JSON
    Json,
    /// A table
    Markdown,
}

/// From which severity on findings fail a run, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOnArgument {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Everything
    Info,
    /// Nothing
    Never,
}

impl From<FailOnArgument> for FailOn {
    fn from(level: FailOnArgument) -> Self {
        match level {
            FailOnArgument::Error => Self::Error,
            FailOnArgument::Warning => Self::Warning,
            FailOnArgument::Info => Self::Info,
            FailOnArgument::Never => Self::Never,
        }
    }
}

/// A profile as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileArgument {
    /// Right nearly every time
    Default,
    /// Sound advice that fires on most code
    Strict,
    /// Everything
    Pedantic,
}

impl From<ProfileArgument> for Profile {
    fn from(profile: ProfileArgument) -> Self {
        match profile {
            ProfileArgument::Default => Self::Default,
            ProfileArgument::Strict => Self::Strict,
            ProfileArgument::Pedantic => Self::Pedantic,
        }
    }
}

/// A confidence as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfidenceArgument {
    /// Everything
    Low,
    /// What is mostly right
    Medium,
    /// What is nearly always right
    High,
}

impl From<ConfidenceArgument> for Confidence {
    fn from(confidence: ConfidenceArgument) -> Self {
        match confidence {
            ConfidenceArgument::Low => Self::Low,
            ConfidenceArgument::Medium => Self::Medium,
            ConfidenceArgument::High => Self::High,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::report::Format;

    #[test]
    fn help_names_every_format() {
        for command in ["check", "guard"] {
            let arguments = Arguments::command();
            let command = arguments.find_subcommand(command).unwrap();
            let output = command.get_arguments().find(|argument| argument.get_id() == "output").unwrap();
            let help = output.get_help().unwrap().to_string();
            let words: Vec<_> = help.split(|c: char| !c.is_alphanumeric()).collect();
            for format in Format::ALL {
                assert!(words.contains(&format.as_str()), "{format} in {help}");
            }
        }
    }
}
