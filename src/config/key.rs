//! The keys of a configuration file: what each is called, what it is for and what it takes. The reader, the schema
//! and the suggestions for a key that does not exist rest on this one list.

use crate::spelling::nearest;

/// A key at the top of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    RequiredVersion,
    Extend,
    Profile,
    Select,
    ExtendSelect,
    Ignore,
    PerFileIgnores,
    Severity,
    MinConfidence,
    FailOn,
    Exclude,
    ForceExclude,
    TestPaths,
    Rules,
    Parameters,
    ParameterFiles,
    Env,
    Region,
    Limits,
    Application,
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `true` or `false`.
    Flag,
    /// Text.
    Text,
    /// A list of text.
    Texts,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of rules and families.
    Selectors,
    /// A table from globs to lists of rules.
    SelectorsByPattern,
    /// A table from rules to severities.
    Severities,
    /// A table from names of parameters to their values.
    Values,
    /// A table from quotas to what the account has.
    Quotas,
    /// A list of tables with `name` and `files`.
    Applications,
}

/// What `profile` takes.
pub(super) const PROFILES: &[&str] = &["default", "strict", "pedantic"];
/// What `[severity]` takes.
pub(super) const SEVERITIES: &[&str] = &["error", "warning", "info"];
/// What `min-confidence` takes.
pub(super) const CONFIDENCES: &[&str] = &["low", "medium", "high"];
/// What `fail-on` takes.
pub(super) const FAIL_ON: &[&str] = &["error", "warning", "info", "never"];

impl Key {
    pub(super) const ALL: [Self; 20] = [
        Self::RequiredVersion,
        Self::Extend,
        Self::Profile,
        Self::Select,
        Self::ExtendSelect,
        Self::Ignore,
        Self::PerFileIgnores,
        Self::Severity,
        Self::MinConfidence,
        Self::FailOn,
        Self::Exclude,
        Self::ForceExclude,
        Self::TestPaths,
        Self::Rules,
        Self::Parameters,
        Self::ParameterFiles,
        Self::Env,
        Self::Region,
        Self::Limits,
        Self::Application,
    ];

    /// The key as it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::RequiredVersion => "required-version",
            Self::Extend => "extend",
            Self::Profile => "profile",
            Self::Select => "select",
            Self::ExtendSelect => "extend-select",
            Self::Ignore => "ignore",
            Self::PerFileIgnores => "per-file-ignores",
            Self::Severity => "severity",
            Self::MinConfidence => "min-confidence",
            Self::FailOn => "fail-on",
            Self::Exclude => "exclude",
            Self::ForceExclude => "force-exclude",
            Self::TestPaths => "test-paths",
            Self::Rules => "rules",
            Self::Parameters => "parameters",
            Self::ParameterFiles => "parameter-files",
            Self::Env => "env",
            Self::Region => "region",
            Self::Limits => "limits",
            Self::Application => "application",
        }
    }

    /// What it is for, in a sentence.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::RequiredVersion => "The releases of lenslint that this file is written for: `>=0.1, <0.3`.",
            Self::Extend => "Another configuration file, which this one builds on.",
            Self::Profile => "Which rules run: each profile includes those before it.",
            Self::Select => "Run these rules only, whatever the profile.",
            Self::ExtendSelect => "Run these rules besides those that `profile` or `select` chooses.",
            Self::Ignore => "Do not run these rules.",
            Self::PerFileIgnores => "Do not run these rules over the files that a pattern names.",
            Self::Severity => "The severity that findings of a rule have, in place of its own.",
            Self::MinConfidence => "Leave out findings that are less sure.",
            Self::FailOn => "Exit with 1 for findings of this severity or above.",
            Self::Exclude => {
                "Files and folders that are not checked, unless they are named on the command line."
            }
            Self::ForceExclude => "Hold files that are named on the command line to `exclude` too.",
            Self::TestPaths => {
                "Files and folders of templates that only tests use, in place of those that usually are."
            }
            Self::Rules => "Rules of your own: rule pages and Guard files, or folders of them.",
            Self::Parameters => "Values of template parameters at deployment.",
            Self::ParameterFiles => "Files with values of template parameters.",
            Self::Env => "The environment whose parameters are read from `samconfig.toml`.",
            Self::Region => "The region of the deployment.",
            Self::Limits => "Quotas that the account has had raised.",
            Self::Application => "Templates that are one application.",
        }
    }

    /// What it takes.
    pub(super) fn shape(self) -> Shape {
        match self {
            Self::RequiredVersion | Self::Extend | Self::Env | Self::Region => Shape::Text,
            Self::Profile => Shape::Word(PROFILES),
            Self::Select | Self::ExtendSelect | Self::Ignore => Shape::Selectors,
            Self::PerFileIgnores => Shape::SelectorsByPattern,
            Self::Severity => Shape::Severities,
            Self::MinConfidence => Shape::Word(CONFIDENCES),
            Self::FailOn => Shape::Word(FAIL_ON),
            Self::ForceExclude => Shape::Flag,
            Self::Exclude | Self::TestPaths | Self::Rules | Self::ParameterFiles => Shape::Texts,
            Self::Parameters => Shape::Values,
            Self::Limits => Shape::Quotas,
            Self::Application => Shape::Applications,
        }
    }

    /// The key of that name; or else the one whose name is nearest, if any is near.
    pub(super) fn named(name: &str) -> Result<Self, Option<&'static str>> {
        let known = || Self::ALL.into_iter().map(Self::name);
        let found = Self::ALL.into_iter().find(|key| key.name() == name);
        found.ok_or_else(|| nearest(&name.replace('_', "-"), known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_name_and_described_in_a_sentence() {
        for key in Key::ALL {
            assert_eq!(Key::named(key.name()), Ok(key));
            assert!(key.about().ends_with('.'), "{key:?}");
        }
    }

    #[test]
    fn a_key_that_is_misspelt_has_a_neighbour() {
        for (written, meant) in [("profil", "profile"), ("Select", "select"), ("fail_on", "fail-on")] {
            assert_eq!(Key::named(written), Err(Some(meant)));
        }
        assert_eq!(Key::named("line-length"), Err(None));
    }
}
