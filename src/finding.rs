//! A finding is one defect at one place, with everything that a reader needs to believe it and to mend it.

use std::fmt;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::source::Location;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Advice that depends on the workload.
    Info,
    /// AWS documents against it and the template proves it.
    Warning,
    /// Rejected at deployment, or certain to malfunction.
    Error,
}

/// How often a firing is right and worth acting on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It depends on the workload.
    Low,
    /// Mostly.
    Medium,
    /// Nearly always.
    High,
}

impl Severity {
    /// The severity of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error].into_iter().find(|severity| severity.as_str() == name)
    }

    /// `error`, `warning`, `info`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Confidence {
    /// The confidence of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|confidence| confidence.as_str() == name)
    }

    /// One step less sure: the finding rests on a default that a deployment may override.
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }

    /// `high`, `medium`, `low`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// From which severity on findings fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything.
    Info,
    /// Nothing.
    Never,
}

impl FailOn {
    /// The level of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Error, Self::Warning, Self::Info, Self::Never].into_iter().find(|level| level.as_str() == name)
    }

    /// `error`, `warning`, `info`, `never`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Never => "never",
        }
    }

    /// Whether a finding of this severity fails the run.
    pub fn includes(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

/// A place, and what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub location: Location,
    /// A few words for the margin: `the consumer's timeout`.
    pub message: String,
}

/// One defect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `SLP202`.
    pub rule: String,
    /// `sqs-visibility-below-6x`.
    pub name: String,
    /// The grade.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// One line that stands alone: it names the resource and the numbers.
    pub message: String,
    /// The offending value, or the key that the missing value belongs under.
    pub primary: Label,
    /// Everything else that proves it: the places of the path in their order, then the others.
    pub related: Vec<Label>,
    /// The way through the application that leads to it, step by step, where it rests on one. The primary place is
    /// among the steps if it is one.
    pub path: Vec<Label>,
    /// What it speaks for, where it is one finding for many, in the order of the text: it is there as long as one of
    /// them is neither suppressed nor known.
    pub members: Vec<Member>,
    /// The author's logical id at the primary place; `None` outside of resources.
    pub resource: Option<String>,
    /// The construct of the CDK that this resource comes from: `ShopStack/Orders`.
    pub construct: Option<String>,
    /// `Resources/OrdersQueue/Properties/VisibilityTimeout`.
    pub logical_path: String,
    /// `IsProd is false`, when it is true in a branch only.
    pub condition: Option<String>,
    /// What to write.
    pub help: Option<String>,
    /// 32 hex digits that stay the same while the defect does.
    pub fingerprint: String,
}

/// One of the defects that a finding gathers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Where it would be told of alone.
    pub location: Location,
    /// `Resources/Orders`.
    pub logical_path: String,
    /// That of the finding that it would be alone.
    pub fingerprint: String,
}

impl Finding {
    /// The member at the primary place; the first, where that is none of them: `Globals`.
    pub(crate) fn first_member(&self) -> Option<&Member> {
        let at_primary = self.members.iter().find(|member| member.location == self.primary.location);
        at_primary.or_else(|| self.members.first())
    }
}

/// The fingerprint of a defect: the same whatever moves around it. Neither lines nor values nor the message
/// go in, only the rule, the logical path and the `subjects` (the other resources that it rests on, sorted).
pub fn fingerprint(rule: &str, logical_path: &str, subjects: &[String]) -> String {
    let key = format!("v1\n{rule}\n{logical_path}\n{}", subjects.join("\n"));
    format!("{:032x}", xxh3_128(key.as_bytes()))
}

/// A check that could not be decided: a rule might have spoken of this subject if more were known before deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// `SLP202`.
    pub rule: String,
    /// `sqs-visibility-below-6x`.
    pub name: String,
    /// The subject: the key of the construct that the rule asks about.
    pub location: Location,
    /// The author's logical id there; `None` outside of resources.
    pub resource: Option<String>,
    /// What is not known and was asked for first.
    pub first: Reason,
    /// What else is not known, in the order in which the rule asks for it.
    pub others: Vec<Reason>,
}

/// Something that is not known, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind of cause.
    pub kind: ReasonKind,
    /// A few words that stand alone: `parameter 'Timeout' has no value`.
    pub text: String,
    /// The value, or the place where it would be written.
    pub location: Location,
}

/// Why something is not known, from what the reader can tell the linter to what nobody can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonKind {
    /// A parameter without a default.
    Parameter,
    /// `AWS::Region` and its like.
    Pseudo,
    /// Another file of the same application has it.
    OtherFile,
    /// Another stack exports it.
    Import,
    /// `{{resolve:…}}`, and what Parameter Store fills in.
    DynamicReference,
    /// The name or an attribute of a resource.
    Attribute,
    /// A macro, a transform or a loop writes there.
    Macro,
    /// A mapping's row under a key that is not known.
    Mapping,
    /// A value of a form that its property does not take.
    Form,
    /// A function that is not evaluated.
    Function,
    /// More cases than are followed.
    TooMany,
    /// The template is not enough to tell.
    Outside,
}

impl ReasonKind {
    /// Every kind, in their order.
    pub const ALL: [Self; 12] = [
        Self::Parameter,
        Self::Pseudo,
        Self::OtherFile,
        Self::Import,
        Self::DynamicReference,
        Self::Attribute,
        Self::Macro,
        Self::Mapping,
        Self::Form,
        Self::Function,
        Self::TooMany,
        Self::Outside,
    ];

    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parameter => "parameter",
            Self::Pseudo => "pseudo-parameter",
            Self::OtherFile => "other-file",
            Self::Import => "import",
            Self::DynamicReference => "dynamic-reference",
            Self::Attribute => "attribute",
            Self::Macro => "macro",
            Self::Mapping => "mapping",
            Self::Form => "form",
            Self::Function => "function",
            Self::TooMany => "too-many",
            Self::Outside => "outside",
        }
    }
}

impl Undecided {
    /// Everything that is not known.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The kind of the reason that is hardest to do away with: it is what the check waits for in the end.
    pub fn kind(&self) -> ReasonKind {
        self.others.iter().map(|reason| reason.kind).fold(self.first.kind, Ord::max)
    }
}

/// One file that was checked, with the texts that its findings point into.
#[derive(Default)]
pub struct Checked {
    /// The template and the files that it named; [`crate::source::FileId`] is an index.
    pub sources: Vec<crate::source::Source>,
    /// How many templates it is: none where it could not be read, and more than one with nested stacks.
    pub templates: usize,
    /// Where the templates of the nested stacks lie that were checked as a part of it.
    pub nested: Vec<std::path::PathBuf>,
    /// In the order of the file, then of the rule ids.
    pub findings: Vec<Finding>,
    /// What the author does not want to hear of, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// The names in suppressions that are told to hold nothing back.
    pub unused: Vec<Location>,
    /// What could not be decided, in the order of the file, then of the rule ids.
    pub undecided: Vec<Undecided>,
    /// Rules that could not be evaluated over it, by the files that hold them.
    pub broken: Vec<RunError>,
    /// The parameters that it declares, by name.
    pub parameters: Vec<String>,
    /// What is odd about the values that are given for them, each in one line.
    pub notes: Vec<String>,
}

/// A finding that is suppressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// What suppresses it.
    pub by: Suppression,
}

/// What suppresses a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Its form.
    pub kind: SuppressionKind,
    /// Why, as its author says.
    pub reason: Option<String>,
    /// The name of the rule in it; `None` where that has no place of its own.
    pub location: Option<Location>,
}

/// The forms that a suppression has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionKind {
    /// `# lenslint: ignore[RULE]` on the line, or above it.
    Comment,
    /// `# lenslint: ignore-file[RULE]` at the top of the file.
    FileComment,
    /// `Metadata.lenslint.ignore` of the resource.
    ResourceMetadata,
    /// `Metadata.lenslint.ignore` of the template.
    TemplateMetadata,
    /// `Metadata.guard.SuppressedRules` of the resource.
    GuardMetadata,
    /// `Metadata.cfn-lint.config.ignore_checks` of the resource or the template.
    CfnLintMetadata,
    /// `Metadata.cdk_nag.rules_to_suppress` of the resource.
    CdkNagMetadata,
    /// The baseline lists it.
    Baseline,
    /// The revision of `--new-since` has it too.
    Revision,
}

impl Suppression {
    /// One that has no room for a reason, and no place of its own.
    pub(crate) fn of(kind: SuppressionKind) -> Self {
        Self { kind, reason: None, location: None }
    }
}

impl SuppressionKind {
    /// Every form, in their order.
    pub const ALL: [Self; 9] = [
        Self::Comment,
        Self::FileComment,
        Self::ResourceMetadata,
        Self::TemplateMetadata,
        Self::GuardMetadata,
        Self::CfnLintMetadata,
        Self::CdkNagMetadata,
        Self::Baseline,
        Self::Revision,
    ];

    /// Whether the finding was known before the run: nobody asked for silence where it stands.
    pub fn is_known(self) -> bool {
        matches!(self, Self::Baseline | Self::Revision)
    }

    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::FileComment => "file-comment",
            Self::ResourceMetadata => "resource-metadata",
            Self::TemplateMetadata => "template-metadata",
            Self::GuardMetadata => "guard-metadata",
            Self::CfnLintMetadata => "cfn-lint-metadata",
            Self::CdkNagMetadata => "cdk-nag-metadata",
            Self::Baseline => "baseline",
            Self::Revision => "revision",
        }
    }
}

/// Something that kept us from doing the job on one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    /// The path as the user will know it.
    pub path: String,
    /// What happened and what to do, in one line.
    pub message: String,
}

/// What the files of a run are, for whoever counts them in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileKind {
    /// Templates.
    #[default]
    Template,
    /// Documents of any kind.
    Document,
}

/// Everything that a run found, ready to be printed in any format.
#[derive(Default)]
pub struct Report {
    /// Files that were read, in the order of their paths; files that are no templates are left out.
    pub checked: Vec<Checked>,
    /// What those files are.
    pub kind: FileKind,
    /// Ids of the rules that ran, in order.
    pub rules: Vec<String>,
    /// Whether the findings were held against those of a baseline or an earlier revision: what is left is new.
    pub is_compared: bool,
    /// In the order of their paths.
    pub errors: Vec<RunError>,
}
